"""The Dutch algorithm register (algoritmes.overheid.nl): its API's JSON, read.

Two sets of fields occur. The short one of collectors: ``id, title, organisatie, doel,
juridische_basis, impactassessment, status, geregistreerd, url``. And the publication standard 0.4
and 1.0 in full (``name, description_short, goal, lawful_basis, …``), whose texts hold HTML. Texts
are Dutch. A file is ``{"algoritmes": […]}``, a list, or one entry.
"""

import json
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from catalog.errors import Problem
from catalog.organizations import Kind, OrganizationName
from marketplace.formats import html_text
from marketplace.formats.drafts import Draft, folded, key_of, presentable
from marketplace.formats.json_document import read_document
from marketplace.formats.jsonl import put_prose
from marketplace.formats.personal import is_shared_mailbox
from marketplace.formats.records import (
    MAX_ROWS,
    Reading,
    Refused,
    Taken,
    Unread,
    Unreadable,
    excerpt,
)
from marketplace.formats.words import tables

SOURCE = "algoritmeregister"
REGISTER = "Algoritmeregister van de Nederlandse overheid"
LISTS = ("algoritmes", "algorithms", "results", "data")

TEXTS: Mapping[str, str] = {
    "juridische_basis": "data.legal_basis",
    "proportionality": "reason_for_ai",
    "human_intervention": "human_oversight_text",
    "risks": "risks",
    "lawful_basis": "data.legal_basis",
    "source_data": "data.inputs",
    "methods_and_models": "explanation",
    "monitoring": "monitoring",
}
"""Which text of the register goes into which field of ours."""

SHOWN_AS_THEY_ARE = (
    "impactassessment",
    "geregistreerd",
    "publication_category",
    "impacttoetsen",
    "iama",
    "iama_description",
    "type",
    "end_date",
)
"""Facts that have no field here yet; they stay visible as the source's words."""

PROVINCES = "provincie "
MUNICIPALITIES = "gemeente "
MINISTRIES = "ministerie "


def read(path: Path) -> Reading:
    """Open a file of the register. Raises ``Unreadable``."""
    document = read_document(path)
    entries = entries_in(document.value)
    return Reading(
        path,
        "algoritmeregister",
        document.encoding,
        _rows(entries),
        total=len(entries),
        warnings=document.warnings,
    )


def entries_in(value: Any) -> list[Any]:
    """The rows of a file's content. Raises ``Unreadable`` where there are none."""
    if isinstance(value, dict):
        listed = next((value[name] for name in LISTS if isinstance(value.get(name), list)), None)
        value = listed if listed is not None else [value]
    if not isinstance(value, list):
        raise Unreadable("Expected a list of entries, or an object with “algoritmes”.")
    if len(value) > MAX_ROWS:
        raise Unreadable("More than %(limit)d rows.", limit=MAX_ROWS)
    if not value:
        raise Unreadable("The file has no rows.")
    return value


def _rows(entries: list[Any]) -> Iterator[Unread]:
    for row, entry in enumerate(entries, 1):
        yield Unread(row, json.dumps(entry).encode(), partial(_entry, row, entry))


def _entry(row: int, value: Any) -> Taken | Refused:
    if not isinstance(value, dict):
        return Refused(row, Problem("", "Expected an object."), excerpt=excerpt(str(value)))
    value, warnings, too_big = presentable(row, value)
    if too_big:
        return too_big
    title = text_of(value, "title", "name")
    organization = organization_of(value)
    named = organization.name if organization else ""
    key = text_of(value, "id", "lars", "source_id") or key_of(named, title)
    if not title:
        return Refused(row, Problem("title", "The entry has no title."), key, excerpt(str(value)))
    draft = Draft(row, "nl")
    draft.warnings += warnings
    draft.put("name", title)
    _put_texts(draft, value)
    _put_facts(draft, value)
    draft.put("source.name", REGISTER)
    draft.put("source.key", key)
    draft.put("source.url", text_of(value, "url"))
    draft.put("source.license", "CC0-1.0")
    return draft.finish(SOURCE, key, value, organization)


def text_of(value: Mapping[str, Any], *names: str) -> str:
    """The first of these fields that says something, as one text."""
    for name in names:
        given = value.get(name)
        if isinstance(given, list):
            given = "; ".join(str(item) for item in given if isinstance(item, str | int | float))
        if isinstance(given, str | int | float) and str(given).strip():
            return html_text.plain(str(given)).strip()
    return ""


def _put_texts(draft: Draft, value: Mapping[str, Any]) -> None:
    for name in ("description_short", "doel", "goal"):
        put_prose(draft, text_of(value, name))
    for name, field in TEXTS.items():
        if field == "human_oversight_text":
            _put_oversight(draft, text_of(value, name))
        else:
            draft.put(field, text_of(value, name))


def _put_oversight(draft: Draft, text: str) -> None:
    # Our field is a code; what the register says in words stays words and is never guessed at.
    if text:
        draft.keep("human_oversight", text)
        draft.put("explanation", text)


def _put_facts(draft: Draft, value: Mapping[str, Any]) -> None:
    words = tables()
    draft.put_code("phase", text_of(value, "status"), words["phase"])
    themes = value.get("category")
    for theme in themes if isinstance(themes, list) else [themes]:
        draft.put_code("fields_of_action", str(theme or ""), words["fields_of_action"])
    draft.put_when(
        "in_use_since", text_of(value, "begin_date"), ("%Y-%m-%d", "%Y-%m", "%m-%Y", "%Y")
    )
    for name in SHOWN_AS_THEY_ARE:
        draft.keep(name, text_of(value, name))
    draft.put("vendor", text_of(value, "provider"))
    draft.put("website", text_of(value, "website"))
    draft.put("repository", text_of(value, "publiccode"))
    for tag in text_of(value, "tags").replace(";", ",").split(","):
        draft.put("keywords", tag)
    contact = text_of(value, "contact_email")
    if is_shared_mailbox(contact):
        draft.put("contact.email", contact)
    elif contact.startswith("https://"):
        draft.put("contact.url", contact)


def organization_of(value: Mapping[str, Any]) -> OrganizationName | None:
    """The body that a row names; else the provider, if it names one."""
    name = " ".join(text_of(value, "organisatie", "organization").split())
    if not name:
        provider = text_of(value, "provider")
        return OrganizationName(provider, Kind.VENDOR, "NL") if provider else None
    return OrganizationName(name, _kind(folded(name)), "NL")


def _kind(name: str) -> str:
    if name.startswith(MUNICIPALITIES):
        return Kind.MUNICIPALITY
    if name.startswith(PROVINCES):
        return Kind.STATE
    # Agencies, water boards and joint bodies do not say in their names what they are.
    return Kind.FEDERAL if name.startswith(MINISTRIES) else Kind.ASSOCIATION
