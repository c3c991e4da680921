"""The fields and lists of the standard, read from ``standard.yaml``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from ruamel.yaml import YAML


@dataclass(frozen=True)
class Element:
    """One key: the rule of its value, or the keys below it; a list of such; texts by language."""

    rule: str = ""
    fields: Mapping[str, "Element"] = field(default_factory=dict)
    is_list: bool = False
    may_be_single: bool = False
    by_language: bool = False
    needed: bool = False
    least: int = 0
    most: int = 0
    gone: str = ""


@cache
def root() -> Element:
    """The document."""
    return Element(fields=_elements(_data()["fields"]))


@cache
def countries() -> Mapping[str, Element]:
    """The sections of countries whose keys are known, by ISO code."""
    return _elements(_data()["countries"])


def values(name: str) -> Sequence[str]:
    """A list of the standard."""
    found: Sequence[str] = _data()["lists"][name]
    return found


def versions(name: str) -> Sequence[str]:
    """The versions of a group: ``latest``, ``older`` or ``draft``."""
    found: Sequence[str] = _data()["versions"][name]
    return found


def written_version() -> str:
    """The version that we write."""
    return str(_data()["write_as"])


@cache
def _data() -> Mapping[str, Any]:
    text = (resources.files("marketplace.formats.publiccode") / "standard.yaml").read_text("utf-8")
    loaded: Mapping[str, Any] = YAML(typ="safe").load(text)
    return loaded


def _elements(rows: Mapping[str, Any]) -> Mapping[str, Element]:
    return {name: _element(row) for name, row in rows.items()}


def _element(row: Mapping[str, Any]) -> Element:
    return Element(
        row.get("is", ""),
        _elements(row.get("fields", {})),
        is_list=bool(row.get("list")),
        may_be_single=row.get("list") == "optional",
        by_language=row.get("map") == "language",
        needed=row.get("needed", False),
        least=row.get("least", 0),
        most=row.get("most", 0),
        gone=row.get("gone", ""),
    )
