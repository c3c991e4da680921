"""The published versions of an entry and what each changed, without what is withheld today."""

from collections.abc import Sequence
from dataclasses import dataclass

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath

from catalog.database import Session
from catalog.register import entries, fields, listing
from catalog.register.fields import Field
from catalog.register.record import EntryRecord
from marketplace.pages.frame import PageFrame
from marketplace.pages.reader import Reader, frame
from marketplace.pages.register import views
from marketplace.pages.register.views import FieldView
from marketplace.pages.rendering import render
from marketplace.pages.wording import named
from marketplace.routing import get, paths

MOST = 30
"""Versions on the page; the API has all of them."""


@dataclass(frozen=True)
class Changed:
    """One field before and after."""

    label: str
    before: FieldView
    after: FieldView


@dataclass(frozen=True)
class VersionRow:
    """A version, since when it holds, and what it changed; the first one changed nothing."""

    number: int
    valid_since: str
    changed: Sequence[Changed]
    is_first: bool
    json_href: str


@dataclass(frozen=True)
class VersionsPage:
    """Every version, newest first."""

    page: PageFrame
    title: str
    name: str
    rows: Sequence[VersionRow]
    entry_href: str


@get(paths("register_versions"))
def show(
    session: NamedDependency[Session], reader: NamedDependency[Reader], slug: FromPath[str]
) -> Response[str]:
    """What was published when, field by field."""
    entry = entries.by_slug(session, slug)
    name = named(entry.public_record.name, reader).text
    href = reader.address("register_entry", slug=entry.slug)
    title = reader._("What has changed?")
    known = listing.records_of(session, entry, limit=MOST + 1)
    return render(
        "register/versions.html",
        VersionsPage(
            page=frame(
                reader,
                title,
                section="register_entries",
                crumbs=[
                    (reader._("AI transparency register"), reader.address("register_entries")),
                    (name, href),
                ],
            ),
            title=title,
            name=f"{name} · {entry.organization.name}",
            rows=[
                VersionRow(
                    number=version.number,
                    valid_since=reader.day(version.valid_since),
                    changed=_changed(known[place + 1][1], record, reader)
                    if place + 1 < len(known)
                    else (),
                    is_first=version.number == 1,
                    json_href=f"/api/v1/register/entries/{entry.id}/versions/{version.number}",
                )
                for place, (version, record) in enumerate(known[:MOST])
            ],
            entry_href=href,
        ),
    )


HANDLERS = [show]


def _changed(older: EntryRecord, newer: EntryRecord, reader: Reader) -> Sequence[Changed]:
    return [
        Changed(
            views.in_language(field.label, reader),
            views.field_view(older, field, reader),
            views.field_view(newer, field, reader),
        )
        for field in fields.by_id().values()
        if _differs(older, newer, field)
    ]


def _differs(older: EntryRecord, newer: EntryRecord, field: Field) -> bool:
    values = getattr(older, field.id) != getattr(newer, field.id)
    return values or older.withheld.get(field.id) != newer.withheld.get(field.id)
