"""Accounts: find one, give rights, suspend. Nobody can act in the name of another."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect

from catalog import memberships, people
from catalog.database import Session
from catalog.errors import Conflict, Invalid
from catalog.people import Person
from marketplace.forms import NO_ERRORS, Errors, Rejected
from marketplace.pages.account.posted import id_in
from marketplace.pages.administration.overview import admin_frame, links
from marketplace.pages.editor.access import errors_of, sign_in_first
from marketplace.pages.frame import NavLink, PageFrame, PageNotice
from marketplace.pages.reader import Reader
from marketplace.pages.rendering import render
from marketplace.pages.wording import role_name, short_day
from marketplace.routing import get, paths, post

PAGE_SIZE = 50

Fields = URLEncodedBody[dict[str, str]]


@dataclass(frozen=True)
class PersonRow:
    """An account in the list."""

    name: str
    email: str
    href: str
    rights: str
    is_suspended: bool


@dataclass(frozen=True)
class PeoplePage:
    """Accounts whose name or address holds the words."""

    page: PageFrame
    title: str
    links: Sequence[NavLink]
    action: str
    asked: str
    rows: Sequence[PersonRow]
    next_href: str


@dataclass(frozen=True)
class PersonPage:
    """One account with its rights."""

    page: PageFrame
    title: str
    links: Sequence[NavLink]
    email: str
    since: str
    roles: Sequence[tuple[str, str, str]]
    """Organization, its page, role."""
    is_moderator: bool
    is_steward: bool
    suspended_on: str
    action: str
    suspend_action: str
    readmit_action: str
    log_href: str
    errors: Errors


@get(paths("admin_people"))
def index(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    q: FromQuery[str] = "",
    after: FromQuery[str] = "",
) -> Response[Any]:
    """Find accounts."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader)
    asked = q.strip()[:200]
    last = id_in(after) if after else None
    found = people.listed(session, reader.actor, asked, after=last, limit=PAGE_SIZE + 1)
    title = reader._("Accounts")
    kept = {"q": asked} if asked else {}
    context = PeoplePage(
        page=admin_frame(reader, title, "admin_people"),
        title=title,
        links=links(reader, "admin_people"),
        action=reader.address("admin_people"),
        asked=asked,
        rows=[_row(reader, person) for person in found[:PAGE_SIZE]],
        next_href=reader.address("admin_people", {**kept, "after": str(found[PAGE_SIZE - 1].id)})
        if len(found) > PAGE_SIZE
        else "",
    )
    return render("administration/people.html", context)


@get(paths("admin_person"))
def show(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    done: FromQuery[str] = "",
) -> Response[Any]:
    """One account."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader)
    person = people.administered(session, reader.actor, id_in(id))
    return _page(session, reader, person, done=done)


@post(paths("admin_person"))
def give_rights(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    data: Fields,
) -> Redirect:
    """Make somebody moderator or steward, or take it."""
    person = people.administered(session, reader.actor, id_in(id))
    rights = {name: data.get(name) == "1" for name in ("is_moderator", "is_steward")}
    try:
        people.give_rights(session, reader.actor, person, **rights)
    except Conflict as refusal:
        raise Rejected(
            _page(session, reader, person, errors=errors_of(reader, refusal))
        ) from refusal
    return _done(reader, person, "rights")


@post(paths("admin_suspend"))
def suspend(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    data: Fields,
) -> Redirect:
    """Suspend an account; its address must be typed."""
    person = people.administered(session, reader.actor, id_in(id))
    try:
        typed = data.get("address", "")
        people.suspend(session, reader.actor, person, typed_address=typed)
    except (Conflict, Invalid) as refusal:
        raise Rejected(
            _page(session, reader, person, errors=errors_of(reader, refusal))
        ) from refusal
    return _done(reader, person, "suspended")


@post(paths("admin_readmit"))
def readmit(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
) -> Redirect:
    """Let somebody act again."""
    person = people.administered(session, reader.actor, id_in(id))
    people.readmit(session, reader.actor, person)
    return _done(reader, person, "readmitted")


HANDLERS = [index, show, give_rights, suspend, readmit]


def _done(reader: Reader, person: Person, done: str) -> Redirect:
    href = reader.address("admin_person", {"done": done}, id=str(person.id))
    return Redirect(href, status_code=303)


def _rights(reader: Reader, person: Person) -> str:
    words = [reader._("Moderation")] if person.is_moderator else []
    words += [reader._("Steward of this node")] if person.is_steward else []
    return ", ".join(words)


def _row(reader: Reader, person: Person) -> PersonRow:
    return PersonRow(
        person.name,
        person.email,
        reader.address("admin_person", id=str(person.id)),
        _rights(reader, person),
        person.suspended_at is not None,
    )


def _page(
    session: Session,
    reader: Reader,
    person: Person,
    *,
    done: str = "",
    errors: Errors = NO_ERRORS,
) -> Response[str]:
    texts = {
        "rights": reader._("The rights are saved."),
        "suspended": reader._("The account is suspended."),
        "readmitted": reader._("The account may act again."),
    }
    notices = (PageNotice(texts[done], "ok", live="status"),) if done in texts else ()
    key = str(person.id)
    context = PersonPage(
        page=admin_frame(reader, person.name, "admin_people", notices),
        title=person.name,
        links=links(reader, "admin_people"),
        email=person.email,
        since=short_day(person.created_at.date(), reader.language),
        roles=[
            (
                each.organization.name,
                reader.address("organization", slug=each.organization.slug),
                role_name(reader, each.role),
            )
            for each in memberships.of_person(session, person.id)
        ],
        is_moderator=person.is_moderator,
        is_steward=person.is_steward,
        suspended_on=short_day(person.suspended_at.date(), reader.language)
        if person.suspended_at
        else "",
        action=reader.address("admin_person", id=key),
        suspend_action=reader.address("admin_suspend", id=key),
        readmit_action=reader.address("admin_readmit", id=key),
        log_href=reader.address("audit", {"actor": key}),
        errors=errors,
    )
    return render("administration/person.html", context)
