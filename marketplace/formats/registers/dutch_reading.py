"""Entries of the Dutch algorithm register, read into cards with the source marked.

Takes both vocabularies in which the register is passed on: the ten short fields of collectors and
the delivery API of the publication standard. Texts stay Dutch; HTML becomes plain lines; what no
code of ours says stays as the source's own words. A row is taken whole or refused with the field.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from catalog.errors import Problem
from catalog.organizations import OrganizationName
from catalog.records import is_web_address
from catalog.register import record as documents
from catalog.register.record import EntryRecord
from marketplace.formats.algoritmeregister import entries_in, organization_of, text_of
from marketplace.formats.drafts import key_of, presentable, problem_of, short_key
from marketplace.formats.json_document import read_document
from marketplace.formats.personal import is_shared_mailbox
from marketplace.formats.records import Refused, excerpt
from marketplace.formats.registers import dutch
from marketplace.formats.words import tables

REGISTER = "Algoritmeregister van de Nederlandse overheid"
LICENSE = "CC0-1.0"
KEY = "algoritmeregister:"
"""Before the id of the source, so that registers cannot meet in one key."""

STATUS = {
    "in gebruik": "operation",
    "in_gebruik": "operation",
    "ontwikkeling": "planned",
    "in ontwikkeling": "planned",
    "buiten gebruik": "ended",
    "buiten_gebruik": "ended",
}
TEXTS: Mapping[str, tuple[str, ...]] = {
    "summary": ("description_short",),
    "intended_purpose": ("goal", "doel"),
    "proportionality": ("proportionality",),
    "human_oversight": ("human_intervention",),
    "monitoring": ("risks",),
    "data_used": ("source_data",),
    "how_it_works": ("methods_and_models",),
}
"""Which texts of the source go into which text of ours."""

NO_BODY = Problem("organisatie", "The entry names no organization.")

IMPACTFUL = {"Impactvolle algoritmes": True, "Overige algoritmes": False}
ADDRESSES = {
    "public_page": "website",
    "processing_register_url": "process_index_url",
    "repository": "publiccode",
}


@dataclass(frozen=True)
class TakenEntry:
    """A row that was understood."""

    row: int
    source_key: str
    record: EntryRecord
    organization: OrganizationName
    warnings: tuple[Problem, ...] = ()


def read(path: Path) -> Iterator[TakenEntry | Refused]:
    """Every row of a file of the register. Raises ``Unreadable`` for the file as a whole."""
    return rows_of(read_document(path).value)


def rows_of(content: Any) -> Iterator[TakenEntry | Refused]:
    """Every row of the content of such a file: a list, one entry, or a list under a name."""
    return (_row(number, value) for number, value in enumerate(entries_in(content), 1))


def _row(row: int, given: Any) -> TakenEntry | Refused:
    if not isinstance(given, dict):
        return Refused(row, Problem("", "Expected an object."), excerpt=excerpt(str(given)))
    value, warnings, too_big = presentable(row, given)
    if too_big:
        return too_big
    title, body = text_of(value, "title", "name"), organization_of(value)
    key = text_of(value, "id", "lars", "source_id") or key_of(body.name if body else "", title)
    found = _record(value, title, body.name if body else "", key)
    if isinstance(found, Problem) or body is None:
        problem = found if isinstance(found, Problem) else NO_BODY
        return Refused(row, problem, key, excerpt(str(value)))
    return TakenEntry(row, short_key(KEY + key), found, body, tuple(warnings))


def _record(value: Mapping[str, Any], title: str, body: str, key: str) -> EntryRecord | Problem:
    """The card, or the first reason why there is none."""
    if not title:
        return Problem("title", "The entry has no title.")
    if not body:
        return NO_BODY
    try:
        record = msgspec.convert(_content(value, title, body, key), EntryRecord)
    except msgspec.ValidationError as error:
        return problem_of(error)
    return next(iter(documents.check(record)), record)


def _content(value: Mapping[str, Any], title: str, body: str, key: str) -> dict[str, Any]:
    status = text_of(value, "status")
    raw = {"organization": body, "status": "" if status.lower() in STATUS else status}
    raw |= {name: text_of(value, name) for name in ("impactassessment", "publication_category")}
    known = {
        "name": {"nl": title},
        "status": STATUS.get(status.lower(), ""),
        "fields_of_action": _themes(value),
        "start": _month(text_of(value, "begin_date")),
        "end": _month(text_of(value, "end_date")),
        "contact": _contact(text_of(value, "contact_email")),
        "is_impactful": IMPACTFUL.get(raw["publication_category"]),
        "legal_basis": _legal_bases(value),
        "impact_assessments": _assessments(value),
        "data_sources": [
            {"name": title, "url": link} for title, link in _links(value, "source_data_grouping")
        ],
        "suppliers": _suppliers(value),
        "keywords": [tag for tag in re.split(r"\s*[,;]\s*", text_of(value, "tags")) if tag],
        "source": _source(value, key),
        "raw": {name: words[:500] for name, words in raw.items() if words},
    }
    for name, sources in TEXTS.items():
        if text := text_of(value, *sources):
            known[name] = {"nl": text}
    for name, source in ADDRESSES.items():
        known[name] = _address(text_of(value, source))
    return {name: each for name, each in known.items() if each not in (None, "", [], {})}


def _themes(value: Mapping[str, Any]) -> list[str]:
    themes = value.get("category")
    words = tables()["fields_of_action"]
    found = [words.get(str(each).lower(), "") for each in themes or [] if isinstance(each, str)]
    return [code for code in dict.fromkeys(found) if code] if isinstance(themes, list) else []


def _contact(text: str) -> dict[str, str]:
    if is_shared_mailbox(text):
        return {"email": text}
    return {"url": text} if is_web_address(text) else {}


def _legal_bases(value: Mapping[str, Any]) -> list[dict[str, str]]:
    text = text_of(value, "lawful_basis", "juridische_basis")
    links = _links(value, "lawful_basis_grouping")
    found = [{"title": title, "url": link} for title, link in links]
    if not text:
        return found
    if len(text) <= 500:
        return [{"title": text}, *found]
    return [{"title": f"{text[:119].rstrip()}…", "text": text}, *found]


def _assessments(value: Mapping[str, Any]) -> list[dict[str, str]]:
    found = [
        {"kind": _kind(title), "status": "done", "summary": title, "url": link}
        for title, link in _links(value, "impacttoetsen_grouping")
    ]
    if text := text_of(value, "impacttoetsen"):
        found.append({"kind": "other", "summary": text})
    if not found and text_of(value, "impactassessment") == "Ja":
        found.append({"kind": "other", "status": "done"})
    return [{name: each for name, each in row.items() if each} for row in found]


def _kind(title: str) -> str:
    if "DPIA" in title and "scan" not in title.lower():
        return "dpia"
    return "fria" if "FRAIA" in title or "IAMA" in title else "other"


def _suppliers(value: Mapping[str, Any]) -> list[dict[str, str]]:
    name = text_of(value, "provider")
    return [{"name": name}] if name and name != dutch.OWN else []


def _links(value: Mapping[str, Any], name: str) -> Iterator[tuple[str, str]]:
    rows = value.get(name)
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict) and (title := text_of(row, "title")):
            yield title, _address(text_of(row, "link"))


def _address(text: str) -> str:
    return text if is_web_address(text) else ""


def _month(text: str) -> str | None:
    day = text if len(text) == 10 else f"{text}-01"
    return day if _is_day(day) else None


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _source(value: Mapping[str, Any], key: str) -> dict[str, str]:
    days = {
        "entered_on": text_of(value, "geregistreerd", "laatst_gewijzigd", "publication_dt")[:10],
        "collected_on": text_of(value, "toegevoegd")[:10],
    }
    return {
        "name": REGISTER,
        "key": key,
        "url": _address(text_of(value, "url")),
        "license": LICENSE,
        **{name: day for name, day in days.items() if _is_day(day)},
    }
