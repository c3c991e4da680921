"""How the node is: one sentence on top, then everything that was looked at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from babel.dates import format_datetime
from litestar import Request, Response
from litestar.di import NamedDependency
from litestar.params import FromQuery

from catalog import organizations
from catalog.database import Session
from marketplace import node_health
from marketplace.node_health import Finding, Grade
from marketplace.pages.editor.access import OFFICE_ZONE, sign_in_first
from marketplace.pages.frame import NavLink, PageFrame, PageNotice
from marketplace.pages.reader import Reader, frame
from marketplace.pages.rendering import number, render
from marketplace.pages.wording import short_day
from marketplace.routing import get, paths
from marketplace.search.service import SearchService

PAGE_SIZE = 50


@dataclass(frozen=True)
class HealthRow:
    """One thing that was looked at."""

    name: str
    grade: str
    word: str
    text: str


@dataclass(frozen=True)
class OverviewPage:
    """How the node is, and where the steward goes on."""

    page: PageFrame
    title: str
    grade: str
    sentence: str
    rows: Sequence[HealthRow]
    links: Sequence[NavLink]


@dataclass(frozen=True)
class BodyRow:
    """An organization in the list."""

    name: str
    href: str
    verified_on: str


@dataclass(frozen=True)
class OrganizationsPage:
    """Organizations whose names hold the words."""

    page: PageFrame
    title: str
    links: Sequence[NavLink]
    action: str
    asked: str
    rows: Sequence[BodyRow]
    total: int
    previous_href: str
    next_href: str


@get(paths("administration"))
def show(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    search: NamedDependency[SearchService],
) -> Response[Any]:
    """Is anything broken?"""
    if reader.actor.is_anonymous:
        return sign_in_first(reader)
    settings = request.app.state.settings
    found = node_health.findings(session, reader.actor, settings, search)
    worst = node_health.worst(found)
    title = reader._("Administration")
    context = OverviewPage(
        page=admin_frame(reader, title, "administration"),
        title=title,
        grade=worst.value,
        sentence=_sentence(reader, found, worst),
        rows=[
            HealthRow(reader._(each.name), each.grade.value, _word(reader, each.grade),
                      told(reader, each))
            for each in found
        ],
        links=links(reader, "administration"),
    )  # fmt: skip
    return render("administration/overview.html", context)


@get(paths("admin_organizations"))
def bodies(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    q: FromQuery[str] = "",
    page: FromQuery[int] = 1,
) -> Response[Any]:
    """Find an organization."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader)
    asked = q.strip()[:200]
    title = reader._("Organizations")
    at = min(max(page, 1), 1_000)
    found = organizations.administered(
        session, reader.actor, asked, PAGE_SIZE + 1, (at - 1) * PAGE_SIZE
    )

    def page_href(other: int) -> str:
        query = {"q": asked} if asked else {}
        return reader.address("admin_organizations", query | {"page": str(other)})

    context = OrganizationsPage(
        page=admin_frame(reader, title, "admin_organizations"),
        title=title,
        links=links(reader, "admin_organizations"),
        action=reader.address("admin_organizations"),
        asked=asked,
        rows=[
            BodyRow(
                body.name,
                reader.address("organization", slug=body.slug),
                short_day(body.verified_on.date(), reader.language) if body.verified_on else "",
            )
            for body in found[:PAGE_SIZE]
        ],
        total=organizations.count(session),
        previous_href=page_href(at - 1) if at > 1 else "",
        next_href=page_href(at + 1) if len(found) > PAGE_SIZE else "",
    )
    return render("administration/organizations.html", context)


HANDLERS = [show, bodies]


def admin_frame(
    reader: Reader, title: str, name: str, notices: Sequence[PageNotice] = ()
) -> PageFrame:
    """The frame of a page of the administration."""
    above = [(reader._("Administration"), reader.address("administration"))]
    crumbs = [] if name == "administration" else above
    return frame(reader, title, section=name, crumbs=crumbs, notices=notices, is_indexed=False)


def links(reader: Reader, current: str) -> Sequence[NavLink]:
    """The pages of the administration."""
    _ = reader._
    pages = {
        "administration": _("Health"),
        "admin_people": _("Accounts"),
        "admin_organizations": _("Organizations"),
        "admin_node": _("This node"),
        "announcements": _("Announcements"),
        "audit": _("Log"),
    }
    return [
        NavLink(label, reader.address(name), current=name == current)
        for name, label in pages.items()
    ]


def moment(reader: Reader, value: datetime) -> str:
    """A moment as offices here read it."""
    local = value.astimezone(OFFICE_ZONE)
    return str(format_datetime(local, "short", locale=reader.language))


def told(reader: Reader, finding: Finding) -> str:
    """What was found, in words."""

    def in_words(value: object) -> object:
        if isinstance(value, datetime):
            return moment(reader, value)
        return number(value, reader.language) if isinstance(value, float) else value

    params = {key: in_words(value) for key, value in finding.params.items()}
    return reader._(finding.sentence) % params


def _sentence(reader: Reader, found: Sequence[Finding], worst: Grade) -> str:
    _ = reader._
    if worst is Grade.OK:
        return _("Nothing is broken.")
    names = ", ".join(_(each.name) for each in found if each.grade in (Grade.BAD, Grade.WARN))
    if worst is Grade.BAD:
        return _("Something is broken: %(names)s.") % {"names": names}
    return _("Please look at: %(names)s.") % {"names": names}


def _word(reader: Reader, grade: Grade) -> str:
    _ = reader._
    return {
        Grade.OK: _("in order"),
        Grade.WARN: _("look at it"),
        Grade.BAD: _("broken"),
        Grade.NOT_SET_UP: _("not set up"),
    }[grade]
