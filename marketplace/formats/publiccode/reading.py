"""publiccode.yml to our record: what a catalogue of municipal software tells of itself.

Each file is a row, brought to version 0.7 before it is read. Needed are ``name`` and ``url``; what
else the check finds is named in a warning; lines and columns tells ``marketplace publiccode
check``. ``maintenance.contacts`` are people and stay out (the standard wants natural persons
there). ``usedBy`` is the publisher's claim: kept in the source, not turned into declared use.

The key is the address of the repository without its scheme and ``.git``, as the standard makes it
the identity of a project.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from catalog.errors import Problem
from catalog.organizations import Kind, OrganizationName
from catalog.records import is_web_address
from marketplace.formats import single_files
from marketplace.formats.drafts import Draft, folded, presentable
from marketplace.formats.jsonl import language_of
from marketplace.formats.publiccode.checking import MAX_FILE, Finding, check
from marketplace.formats.publiccode.upgrading import upgrade
from marketplace.formats.records import Reading, Refused, Taken, excerpt
from marketplace.formats.single_files import SingleFiles
from marketplace.formats.words import tables

SOURCE = "publiccode"

LOCAL = ("comune", "città di", "gemeente", "stadt ", "gemeinde", "ville de", "ayuntamiento")
PUBLIC = ("regione", "provincia", "ministero", "consiglio", "azienda", "dipartimento", "agenzia")
FIRM = re.compile(r"(?i)\b(s\.?r\.?l|s\.?p\.?a|s\.?c\.?a\.?r\.?l|gmbh|b\.?v|ltd|inc|s\.?a\.?s)\b")
UNIVERSITY = "universit"

PROPRIETARY = "LicenseRef-proprietary"
"""What is all that the standard says of the licence of a dependency that is not open."""


def read(path: Path) -> Reading:
    """Open a file, or every YAML file below a folder. Raises ``Unreadable``."""
    return single_files.read(path, FILES)


def one(row: int, file_name: str, content: bytes) -> Taken | Refused:
    """The record of one file."""
    found = check(content)
    if found.document is None:
        first = found.findings[0]
        return Refused(row, first.text, excerpt=file_name)
    value, warnings, too_big = presentable(row, dict(found.document))
    if too_big:
        return too_big
    told = [replace(each.text, field=_field_of(each)) for each in found.findings]
    return _taken(row, value, file_name, [*warnings, *told])


FILES = SingleFiles("publiccode", "*.yml, *.yaml", MAX_FILE, one)


def _field_of(found: Finding) -> str:
    """The dotted name of the field; for a missing key the key itself."""
    names = [part for part in found.pointer.split("/") if part]
    if found.text.field and found.text.field not in names[-1:]:
        names.append(found.text.field)
    return ".".join(names)


def _taken(
    row: int, value: dict[str, Any], file_name: str, warnings: list[Problem]
) -> Taken | Refused:
    raw, changed = value, upgrade(value)
    value = {**changed.document}
    warnings = [*warnings, *changed.notes]
    name, url = _text(value, "name"), _text(value, "url")
    if not name:
        return Refused(row, Problem("name", "The file has no “name”."), excerpt=file_name)
    if not is_web_address(url):
        problem = Problem("url", "“url” must be the web address of the repository.")
        return Refused(row, problem, excerpt=excerpt(f"{file_name}: {url}"))
    key = re.sub(r"(?i)^https?://(www\.)?|(\.git)?/*$", "", url)
    descriptions = _descriptions(value)
    draft = Draft(row, next(iter(descriptions), "en"))
    draft.warnings += warnings
    draft.put("name", name)
    _put_descriptions(draft, descriptions)
    _put_facts(draft, value)
    used_by = tuple(str(user) for user in _list(value, "usedBy"))
    if used_by:
        draft.warn(
            "usedBy",
            "%(count)d users are named. They stay in the kept source until they declare it.",
            count=len(used_by),
        )
    draft.put("source.name", "publiccode.yml")
    draft.put("source.key", key)
    draft.put("source.url", url)
    return draft.finish(SOURCE, key, raw, _organization({**raw, **value}), used_by)


def _descriptions(value: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    for tag, text in _map(value, "description").items():
        if isinstance(text, dict):
            found.setdefault(language_of(tag), text)
    return found


def _put_descriptions(draft: Draft, descriptions: Mapping[str, Mapping[str, Any]]) -> None:
    first = draft.language
    for language, text in descriptions.items():
        draft.language = language
        local_name = _text(text, "localisedName") or _text(text, "name")
        if local_name and language != first:
            draft.put("name", local_name)
        draft.put("summary", _text(text, "shortDescription"))
        draft.put("description", _text(text, "longDescription"))
        features = [str(feature) for feature in _list(text, "features")]
        draft.put("description", "\n".join(f"- {feature}" for feature in features))
        if not draft.values.get("documentation"):
            draft.put("documentation", _text(text, "documentation"))
    draft.language = first


def _put_facts(draft: Draft, value: Mapping[str, Any]) -> None:
    draft.put("repository", _text(value, "url"))
    draft.put("website", _text(value, "landingURL"))
    draft.put_code("phase", _text(value, "developmentStatus"), tables()["phase"])
    draft.put_license(_text(_map(value, "legal"), "license"))
    for category in _list(value, "categories"):
        draft.put("keywords", str(category))
    # The standard has no mark for AI, so nothing is said about the technique.
    for language in _list(_map(value, "localisation"), "availableLanguages"):
        draft.put("languages", language_of(str(language)))
    _put_dependencies(draft, _map(value, "dependsOn"))
    maintenance = _map(value, "maintenance")
    firms = [_text(f, "name") for f in _list(maintenance, "contractors") if isinstance(f, dict)]
    draft.put("responsibility.maintenance", "; ".join(filter(None, firms)))
    draft.keep("softwareVersion", _text(value, "softwareVersion"))
    released = _text(value, "releaseDate")
    draft.keep("releaseDate", released)
    if released and not _is_day(released):
        draft.warn("releaseDate", "“%(words)s” cannot be read as a date.", words=released[:80])


def _put_dependencies(draft: Draft, value: Mapping[str, Any]) -> None:
    for each in _entries(value, "open"):
        draft.put_dependency(_text(each, "name"), _version(each))
    for each in _entries(value, "proprietary"):
        draft.put_dependency(_text(each, "name"), _version(each), PROPRIETARY)
    for each in _entries(value, "hardware"):
        draft.put("hardware", " ".join(filter(None, (_text(each, "name"), _version(each)))))


def _entries(value: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    return [each for each in _list(value, name) if isinstance(each, dict)]


def _version(value: Mapping[str, Any]) -> str:
    """One version, or from which to which: "≥ 3.4, ≤ 3.99"."""
    least, most = _text(value, "versionMin"), _text(value, "versionMax")
    bounds = (f"≥ {least}" if least else "", f"≤ {most}" if most else "")
    return _text(value, "version") or ", ".join(filter(None, bounds))


def _is_day(words: str) -> bool:
    probe = Draft(0, "en")
    probe.put("confirmed_on", words)
    return "confirmed_on" in probe.values


def _organization(value: Mapping[str, Any]) -> OrganizationName | None:
    body = _map(value, "organisation") or _map(value, "organization")
    name = " ".join((_text(body, "name") or _owner(value)).split())
    if not name:
        return None
    is_italian = _text(body, "uri").startswith("urn:x-italian-pa:") or "IT" in value
    return OrganizationName(name, _kind(name), "IT" if is_italian or "it" in value else "")


def _kind(name: str) -> Kind:
    plain = folded(name)
    if plain.startswith(LOCAL):
        return Kind.MUNICIPALITY
    if UNIVERSITY in plain:
        return Kind.RESEARCH
    return Kind.VENDOR if FIRM.search(name) else Kind.ASSOCIATION


def _owner(value: Mapping[str, Any]) -> str:
    """The owner of repository or copyright, if its name shows a body: it may be a person."""
    legal = _map(value, "legal")
    for field in ("repoOwner", "mainCopyrightOwner"):
        owner = _text(legal, field)
        plain = folded(owner)
        if plain.startswith((*LOCAL, *PUBLIC)) or UNIVERSITY in plain or FIRM.search(owner):
            return owner
    return ""


def _text(value: Mapping[str, Any], name: str) -> str:
    given = value.get(name)
    return given.strip() if isinstance(given, str) else ""


def _map(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    given = value.get(name)
    return given if isinstance(given, dict) else {}


def _list(value: Mapping[str, Any], name: str) -> list[Any]:
    given = value.get(name)
    return given if isinstance(given, list) else []
