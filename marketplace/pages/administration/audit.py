"""The log: who did what, when, on whose behalf; searched, paged, taken along as CSV or JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response
from litestar.di import NamedDependency

from catalog import audit, organizations
from catalog.audit import Wanted
from catalog.changes import Change
from catalog.database import Session
from marketplace.formats import csv_out
from marketplace.pages.administration.overview import admin_frame, links, moment
from marketplace.pages.editor.access import OFFICE_ZONE, sign_in_first
from marketplace.pages.feeds import suffixed
from marketplace.pages.frame import NavLink, PageFrame
from marketplace.pages.reader import Reader
from marketplace.pages.rendering import render
from marketplace.routing import get, paths

PAGE_SIZE = 50

FIELDS = ("who", "actor", "kind", "verb", "thing", "body", "since", "until")

COLUMNS = ("serial", "at", "actor_id", "actor_name", "verb", "kind", "thing_id", "version",
           "on_behalf_of_id", "on_behalf_of", "public")  # fmt: skip


@dataclass(frozen=True)
class AuditRow:
    """One entry of the log."""

    serial: int
    at: str
    who: str
    who_href: str
    verb: str
    kind: str
    thing_href: str
    thing_id: str
    body: str


@dataclass(frozen=True)
class AuditPage:
    """The entries that were asked for, newest first."""

    page: PageFrame
    title: str
    links: Sequence[NavLink]
    action: str
    values: Mapping[str, str]
    kinds: Sequence[tuple[str, str]]
    verbs: Sequence[tuple[str, str]]
    rows: Sequence[AuditRow]
    next_href: str
    clear_href: str
    downloads: Sequence[tuple[str, str]]


@get(paths("audit"))
def show(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
) -> Response[Any]:
    """The entries of the log that are asked for."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader)
    values = {name: request.query_params.get(name, "").strip()[:200] for name in FIELDS}
    found = audit.entries(
        session,
        reader.actor,
        _wanted(values),
        before=_serial(request.query_params.get("before", "")),
        limit=PAGE_SIZE + 1,
    )
    bodies = _bodies(session, found)
    kinds, verbs = audit.vocabulary(session, reader.actor)
    kept = [(name, value) for name, value in values.items() if value]
    title = reader._("Log")
    here = reader.address("audit")
    context = AuditPage(
        page=admin_frame(reader, title, "audit"),
        title=title,
        links=links(reader, "audit"),
        action=here,
        values=values,
        kinds=[(kind, kind) for kind in kinds],
        verbs=[(verb, verb) for verb in verbs],
        rows=[_row(reader, each, bodies) for each in found[:PAGE_SIZE]],
        next_href=reader.address("audit", [*kept, ("before", str(found[PAGE_SIZE - 1].serial))])
        if len(found) > PAGE_SIZE
        else "",
        clear_href=here if kept else "",
        downloads=[
            (name, reader.address("audit", kept).replace(here, f"{here}.{suffix}", 1))
            for name, suffix in (("CSV", "csv"), ("JSON", "json"))
        ],
    )
    return render("administration/audit.html", context)


@get([*suffixed("audit", "csv"), *suffixed("audit", "json")])
def download(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
) -> Response[Any]:
    """The entries that are asked for as a file, at most ``audit.LARGEST_EXPORT``."""
    values = {name: request.query_params.get(name, "").strip()[:200] for name in FIELDS}
    found = audit.entries(
        session,
        reader.actor,
        _wanted(values),
        before=_serial(request.query_params.get("before", "")),
        limit=audit.LARGEST_EXPORT,
    )
    bodies = _bodies(session, found)
    suffix = request.url.path.rsplit(".", 1)[-1]
    rows = [_values(each, bodies) for each in found]
    content = (
        b"".join(csv_out.written(COLUMNS, rows))
        if suffix == "csv"
        else msgspec.json.encode([dict(zip(COLUMNS, row, strict=True)) for row in rows])
    )
    name = f"lichtermeer-log-{reader.today.isoformat()}.{suffix}"
    return Response(
        content,
        media_type=csv_out.MEDIA_TYPE if suffix == "csv" else "application/json",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        },
    )


HANDLERS = [show, download]


def _wanted(values: Mapping[str, str]) -> Wanted:
    """The question in the fields; what cannot be read finds nothing rather than everything."""
    nobody = UUID(int=0)

    def key(name: str) -> UUID | None:
        try:
            return UUID(values[name]) if values[name] else None
        except ValueError:
            return nobody

    return Wanted(
        who=values["who"],
        actor_id=key("actor"),
        verb=values["verb"],
        kind=values["kind"],
        thing_id=key("thing"),
        on_behalf_of_id=key("body"),
        since=_midnight(values["since"]),
        until=_midnight(values["until"], days=1),
    )


def _midnight(text: str, days: int = 0) -> datetime | None:
    try:
        day = date.fromisoformat(text)
        return datetime.combine(day + timedelta(days=days), time(), OFFICE_ZONE)
    except (ValueError, OverflowError):
        return None


def _serial(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def _bodies(session: Session, found: Sequence[Change]) -> Mapping[UUID, str]:
    ids = [each.on_behalf_of_id for each in found if each.on_behalf_of_id]
    return {key: body.name for key, body in organizations.by_ids(session, ids).items()}


def _values(change: Change, bodies: Mapping[UUID, str]) -> list[Any]:
    body = change.on_behalf_of_id
    return [
        change.serial,
        change.at,
        str(change.actor_id or ""),
        change.actor_name,
        change.verb,
        change.kind,
        str(change.thing_id),
        change.version,
        str(body or ""),
        bodies.get(body, "") if body else "",
        change.public,
    ]


def _row(reader: Reader, change: Change, bodies: Mapping[UUID, str]) -> AuditRow:
    body = change.on_behalf_of_id
    is_public = change.public and change.kind in ("solution", "organization", "adoption")
    return AuditRow(
        change.serial,
        moment(reader, change.at),
        change.actor_name or reader._("nobody named"),
        reader.address("audit", {"actor": str(change.actor_id)}) if change.actor_id else "",
        change.verb,
        change.kind,
        f"/id/{change.kind}/{change.thing_id}" if is_public else "",
        str(change.thing_id),
        bodies.get(body, "") if body else "",
    )
