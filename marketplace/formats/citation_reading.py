"""CITATION.cff to our record: Citation File Format 1.0.0 to 1.2.0, checked and read.

Keys, needed keys and forms by the schemas of the format (https://doi.org/10.5281/zenodo.5171937).
Unknown keys are errors there, so the file is refused with the name of the key. Persons stay out;
the first author that is a body (``name``) answers for the solution. A list of licences is a choice
(schema guide, ``license``), so it is joined with OR.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from catalog.errors import Problem
from catalog.organizations import Kind, OrganizationName
from catalog.records import is_web_address
from marketplace.formats import yaml_text
from marketplace.formats.drafts import Draft, key_of, presentable
from marketplace.formats.jsonl import put_prose
from marketplace.formats.records import Refused, Taken, excerpt
from marketplace.formats.single_files import MAX_FILE, SingleFiles, mapping_of

SOURCE = "citation"

_COMMON = frozenset(
    {
        "abstract", "authors", "cff-version", "commit", "contact", "date-released", "doi",
        "keywords", "license", "license-url", "message", "references", "repository",
        "repository-artifact", "repository-code", "title", "url", "version",
    }
)  # fmt: skip

KEYS: Mapping[str, frozenset[str]] = {
    "1.0": _COMMON,
    "1.1": _COMMON | {"identifiers"},
    "1.2": _COMMON | {"identifiers", "preferred-citation", "type"},
}
"""The keys of each version of the format."""

NEEDED: Mapping[str, Sequence[str]] = {
    "1.0": ("message", "authors", "title", "version", "date-released"),
    "1.1": ("message", "authors", "title", "version", "date-released"),
    "1.2": ("message", "authors", "title"),
}

IDENTIFIERS = ("doi", "url", "swh", "other")

_READ = frozenset(
    {
        "abstract", "authors", "cff-version", "contact", "date-released", "doi", "keywords",
        "license", "message", "repository", "repository-code", "title", "type", "url", "version",
    }
)  # fmt: skip
_DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$")


def one(row: int, file_name: str, content: bytes) -> Taken | Refused:
    """The record of one file."""
    found = mapping_of(row, file_name, content, yaml_text.parse)
    if isinstance(found, Refused):
        return found
    whole, doubled = found
    wrong = _wrong(whole, doubled)
    if wrong is not None:
        return Refused(row, wrong, excerpt=excerpt(file_name))
    value, warnings, too_big = presentable(row, whole)
    if too_big:
        return too_big
    draft = Draft(row, "en")
    draft.warnings += warnings
    title = " ".join(str(value["title"]).split())
    draft.put("name", title)
    _put_facts(draft, value)
    draft.leave(sorted(set(whole) - _READ))
    key = _key(value, title)
    draft.put("source.name", "CITATION.cff")
    draft.put("source.key", key[:200])
    return draft.finish(SOURCE, key, value, _organization(whole))


FILES = SingleFiles("citation", "CITATION.cff, *.cff", MAX_FILE, one)


def _wrong(value: Mapping[str, Any], doubled: Sequence[str]) -> Problem | None:
    """What the format does not allow."""
    given = _text(value, "cff-version")
    version = ".".join(given.split(".")[:2])
    if version not in KEYS:
        known = ", ".join(f"{each}.x" for each in KEYS)
        return Problem("cff-version", "Name the version of the format, one of: %(known)s.",
                       {"known": known})  # fmt: skip
    if doubled:
        name = doubled[0][:80]
        return Problem(name, "“%(name)s” stands twice. Keep one.", {"name": name})
    for key in NEEDED[version]:
        if not value.get(key):
            return Problem(key, "The format needs “%(name)s”.", {"name": key})
    unknown = next((key for key in value if key not in KEYS[version]), "")
    if unknown:
        return Problem(
            unknown[:80],
            "The Citation File Format %(version)s knows no “%(name)s”.",
            {"version": given[:20], "name": unknown[:80]},
        )
    return _wrong_value(value)


def _wrong_value(value: Mapping[str, Any]) -> Problem | None:
    released = value.get("date-released")
    if released is not None and not _is_day(released):
        return Problem("date-released", "Write the day as year-month-day, for example 2026-03-11.")
    for key in ("title", "message"):
        if not isinstance(value[key], str):
            return Problem(key, "“%(name)s” must be a text.", {"name": key})
    authors = value["authors"]
    if not isinstance(authors, list) or not all(isinstance(each, dict) for each in authors):
        return Problem("authors", "Write the authors as a list, each with keys and values.")
    for each in _list(value, "identifiers"):
        kind = each.get("type") if isinstance(each, dict) else None
        if kind not in IDENTIFIERS:
            return Problem("identifiers", "The type of an identifier is one of: %(known)s.",
                           {"known": ", ".join(IDENTIFIERS)})  # fmt: skip
    return None


def _is_day(value: Any) -> bool:
    if not isinstance(value, str) or not _DAY.match(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _put_facts(draft: Draft, value: Mapping[str, Any]) -> None:
    put_prose(draft, _text(value, "abstract"))
    for word in _list(value, "keywords"):
        draft.put("keywords", word if isinstance(word, str) else "")
    draft.put("repository", _text(value, "repository-code") or _text(value, "repository"))
    draft.put("website", _text(value, "url"))
    licenses = [each for each in _list(value, "license") if isinstance(each, str)]
    draft.put_license(" OR ".join(licenses) or _text(value, "license"))
    draft.keep("softwareVersion", _text(value, "version"))
    draft.keep("releaseDate", _text(value, "date-released"))
    draft.keep("doi", _text(value, "doi"))
    if _text(value, "type") == "dataset":
        draft.warn("type", "The file describes data, not software.")


def _organization(value: Mapping[str, Any]) -> OrganizationName | None:
    for each in value["authors"]:
        name = " ".join(_text(each, "name").split())
        if name:
            return OrganizationName(name, Kind.ASSOCIATION, "")
    return None


def _key(value: Mapping[str, Any], title: str) -> str:
    """The repository, as the identity of a project; else the DOI, else the title."""
    repository = _text(value, "repository-code") or _text(value, "repository")
    if is_web_address(repository):
        return re.sub(r"(?i)^https?://(www\.)?|(\.git)?/*$", "", repository)
    return _text(value, "doi") or key_of(title)


def _text(value: Mapping[str, Any], name: str) -> str:
    given = value.get(name)
    return given.strip() if isinstance(given, str) else ""


def _list(value: Mapping[str, Any], name: str) -> list[Any]:
    given = value.get(name)
    return given if isinstance(given, list) else []
