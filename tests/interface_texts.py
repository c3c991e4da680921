"""The texts people read: found in templates, Python and mappings, and their German."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po
from ruamel.yaml import YAML

ROOT = Path(__file__).resolve().parents[1]
CATALOGUE = ROOT / "marketplace" / "locale" / "de.po"
MAPPINGS = ROOT / "marketplace" / "formats" / "mappings"

FIRST_ARGUMENT = (
    "message",
    "Invalid",
    "Conflict",
    "NotFound",
    "NotAllowed",
    "Gone",
    "NeedsReview",
    "Unreadable",
)
SECOND_ARGUMENT = ("require", "Problem", "warn")
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|\{\w+\}")
TAG = re.compile(r"</?\w[^>]*>")

Key = tuple[str | None, str]
"""Context and message id; a plural goes by its singular."""


@dataclass(frozen=True)
class Wanted:
    """A text of the source: its id, its plural if it has one, and the files that show it."""

    singular: str
    plural: str
    files: tuple[str, ...]


@dataclass(frozen=True)
class German:
    """A translation: one form, or two if it depends on a number."""

    forms: tuple[str, ...]
    is_fuzzy: bool


@cache
def wanted() -> Mapping[Key, Wanted]:
    """Every text that the source shows to people."""
    found: dict[Key, Wanted] = {}
    for file, singular, plural, context in (*_marked(), *_of_mappings()):
        before = found.get((context, singular), Wanted(singular, "", ()))
        files = before.files if file in before.files else (*before.files, file)
        found[context, singular] = Wanted(singular, before.plural or plural, files)
    return found


@cache
def german() -> Mapping[Key, German]:
    """Every German text of the catalogue."""
    with CATALOGUE.open("rb") as file:
        entries = [entry for entry in read_po(file, locale="de") if entry.id]
    return {
        (entry.context, _first(entry.id)): German(_forms(entry.string), entry.fuzzy)
        for entry in entries
    }


def _marked() -> Iterator[tuple[str, str, str, str | None]]:
    mappings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["babel"]["mappings"]
    keywords: dict[str, Any] = dict(DEFAULT_KEYWORDS)
    keywords |= dict.fromkeys(FIRST_ARGUMENT) | dict.fromkeys(SECOND_ARGUMENT, (2,))
    extracted = extract_from_dir(
        ROOT,
        [(each["pattern"], each["method"]) for each in mappings],
        {
            each["pattern"]: {k: v for k, v in each.items() if k not in ("pattern", "method")}
            for each in mappings
        },
        keywords=keywords,
        directory_filter=_is_source,
    )
    for file, _line, message, _comments, context in extracted:
        plural = "" if isinstance(message, str) else message[1]
        if _first(message):
            yield file, _first(message), plural, context


def _is_source(folder: str | Path) -> bool:
    way = Path(folder).relative_to(ROOT).parts
    return not way or way[0] in ("catalog", "impact", "marketplace", "templates")


def _of_mappings() -> Iterator[tuple[str, str, str, str | None]]:
    """A mapping of a table may warn of a word in a cell."""
    for path in sorted(MAPPINGS.glob("*.yaml")):
        for text in _warnings(YAML(typ="safe").load(path.read_text())):
            yield str(path.relative_to(ROOT)), text, "", None


def _warnings(value: object) -> Iterator[str]:
    if not isinstance(value, dict):
        return
    for key, inner in value.items():
        if key == "warn" and isinstance(inner, dict):
            yield from inner.values()
        else:
            yield from _warnings(inner)


def _first(message: str | tuple[str, ...] | list[str]) -> str:
    return message if isinstance(message, str) else message[0]


def _forms(string: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (string,) if isinstance(string, str) else tuple(string)
