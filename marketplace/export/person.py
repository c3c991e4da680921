"""Everything that the node keeps about one person, as a file to take along (Art. 15, 20 GDPR).

A ZIP: one JSON file for each kind of data, and ``index.html`` that says what is in which. What
proves who somebody is, such as hashes of passwords, stays here.
"""

import html
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from catalog.changes import Change
from catalog.people import Person
from catalog.permissions import Actor, person_of
from marketplace.accounts import personal_data
from marketplace.translations import message, translations

TITLES: Mapping[str, str] = {
    "people": message("Your account: name, address, language, rights"),
    "memberships": message("Your organizations and roles"),
    "logins": message("Browsers in which you are signed in"),
    "watches": message("What you watch"),
    "saved_searches": message("Searches that you keep"),
    "notices": message("What we told you"),
    "notice_preferences": message("What you want to be told"),
    "unsubscribe_tokens": message("Mails that you can unsubscribe from"),
    "changes": message("What you did here"),
}

OTHER = message("Further data: %(table)s")

MOST_ROWS = 50_000
"""Rows of one kind; nobody has more."""


@dataclass(frozen=True)
class Part:
    """One file of the export: its name, what it holds, how many entries."""

    file: str
    title: str
    rows: Sequence[Mapping[str, Any]]


def parts(session: Session, actor: Actor, language: str) -> list[Part]:
    """What the export holds, in the order of the list that people see."""
    person_id = person_of(actor)
    found = {"people": _rows(session, Person.__table__, Person.__table__.c.id == person_id)}
    for table, column in personal_data.tables():
        found.setdefault(table.name, []).extend(_rows(session, table, column == person_id))
    changes = Change.__table__
    own = or_(
        changes.c.actor_id == person_id,
        (changes.c.kind == "person") & (changes.c.thing_id == person_id),
    )
    found["changes"] = _rows(session, changes, own)
    _ = translations(language).gettext
    order = [*TITLES, *sorted(set(found) - set(TITLES))]
    return [
        Part(
            f"{name}.json",
            _(TITLES[name]) if name in TITLES else _(OTHER) % {"table": name},
            found[name],
        )
        for name in order
        if name in found
    ]


def written(found: Sequence[Part], *, node_name: str, made_on: str, language: str) -> bytes:
    """The ZIP of these parts with its list of contents."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("index.html", _index(found, node_name, made_on, language))
        for part in found:
            encoded = msgspec.json.encode(part.rows)
            archive.writestr(part.file, msgspec.json.format(encoded, indent=2))
    return buffer.getvalue()


def _rows(session: Session, table: Any, condition: Any) -> list[dict[str, Any]]:
    columns = [each for each in table.columns if not personal_data.is_secret(each)]
    keys = list(table.primary_key.columns)
    query = select(*columns).where(condition).order_by(*keys).limit(MOST_ROWS)
    return [dict(row) for row in session.execute(query).mappings()]


def _index(found: Sequence[Part], node_name: str, made_on: str, language: str) -> str:
    _ = translations(language).gettext
    title = html.escape(_("Your data at %(node)s") % {"node": node_name})
    rows = "".join(
        f'<li><a href="{part.file}">{html.escape(part.title)}</a> ({len(part.rows)})</li>\n'
        for part in found
    )
    explained = html.escape(
        _("As of %(date)s. Behind each line is a file that programs and text editors read.")
        % {"date": made_on}
    )
    return (
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8">'
        f"<title>{title}</title></head>\n<body><h1>{title}</h1>\n"
        f"<p>{explained}</p>\n<ul>\n{rows}</ul></body></html>\n"
    )
