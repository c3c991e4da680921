"""What an organization's systems provide and require, and whether a solution fits to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, MultipartBody, URLEncodedBody
from litestar.response import Redirect

from catalog import interfaces, organizations, records, solutions
from catalog.database import Session
from catalog.errors import Conflict, Invalid, NotFound
from catalog.organizations import Organization
from marketplace import interface_fits
from marketplace.forms import NO_ERRORS, Errors, Rejected
from marketplace.interface_fits import Requirement
from marketplace.interfaces.fitting import Fit
from marketplace.pages.editor import access
from marketplace.pages.frame import PageFrame
from marketplace.pages.interfaces import editing, posted, views
from marketplace.pages.interfaces.views import SpecView
from marketplace.pages.reader import Reader, frame
from marketplace.pages.rendering import render
from marketplace.routing import get, paths, post

MOST_BROKEN = 5


@dataclass(frozen=True)
class SystemRow:
    """One interface of an organization's system."""

    spec: SpecView
    key: str


@dataclass(frozen=True)
class SystemsPage:
    """The interfaces of an organization's systems, and the form for another."""

    page: PageFrame
    kicker: str
    title: str
    rows: Sequence[SystemRow]
    action: str
    values: Mapping[str, str]
    errors: Errors
    standards: Sequence[tuple[str, str]]
    directions: Sequence[tuple[str, str]]
    back_href: str


@dataclass(frozen=True)
class FitRow:
    """One requirement: who has it, how it stands, why."""

    who: str
    name: str
    word: str
    kind: str
    why: str
    broken: Sequence[str]


@dataclass(frozen=True)
class FitPage:
    """Whether a solution fits to the systems of an organization."""

    page: PageFrame
    kicker: str
    title: str
    body: str
    bodies: Sequence[tuple[str, str]]
    rows: Sequence[FitRow]
    has_own: bool
    systems_href: str
    back_href: str


@get(paths("organization_interfaces"))
def show_systems(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    slug: FromPath[str],
) -> Response[Any]:
    """The interfaces of an organization's systems; its members only see them."""
    if reader.actor.is_anonymous:
        return access.sign_in_first(reader)
    return _systems(session, reader, organizations.by_slug(session, slug), {}, NO_ERRORS)


@post(paths("organization_interfaces"))
def describe_system(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    slug: FromPath[str],
    data: MultipartBody[dict[str, Any]],
) -> Redirect:
    """Enter an interface of a system."""
    if reader.actor.is_anonymous:
        return access.sign_in_first(reader)
    body = organizations.by_slug(session, slug)
    try:
        statement, document = posted.statement(data), posted.described(data)
        interfaces.describe(session, reader.actor, body, statement, document)
    except (Invalid, Conflict) as refusal:
        errors = access.errors_of(reader, refusal)
        page = _systems(session, reader, body, posted.values(data), errors)
        raise Rejected(page) from refusal
    return Redirect(reader.address("organization_interfaces", slug=slug), status_code=303)


@post(paths("organization_interface_discard"))
def discard_system(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    slug: FromPath[str],
    data: URLEncodedBody[dict[str, Any]],
) -> Redirect:
    """Take an interface of a system away."""
    if reader.actor.is_anonymous:
        return access.sign_in_first(reader)
    body = organizations.by_slug(session, slug)
    try:
        spec = interfaces.opened(session, reader.actor, UUID(str(data.get("interface"))), body)
    except ValueError:
        raise NotFound("There is no such interface.") from None
    interfaces.discard(session, reader.actor, spec, body)
    return Redirect(reader.address("organization_interfaces", slug=slug), status_code=303)


@get(paths("solution_fit"))
def show_fit(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    slug: FromPath[str],
    organization: FromQuery[str] = "",
) -> Response[Any]:
    """Which requirements of an organization a solution meets, which not, and why; both ways."""
    if reader.actor.is_anonymous:
        return access.sign_in_first(reader)
    solution = solutions.by_slug(session, slug)
    bodies = access.bodies_of(session, reader.actor)
    chosen = next((each for each in bodies if each.slug == organization), None)
    chosen = chosen or (bodies[0] if bodies else None)
    own = interfaces.of_organization(session, reader.actor, chosen) if chosen else []
    name = records.best(solution.public_record.name, reader.language)[0]
    title = reader._("Does it fit us?")
    found = interface_fits.requirements(own, interface_fits.offered_by(session, solution))
    body = chosen.name if chosen else ""
    crumbs = [
        (reader._("Solutions"), reader.address("search")),
        (name, reader.address("solution", slug=solution.slug) + "#interfaces"),
    ]
    context = FitPage(
        page=frame(reader, title, section="search", crumbs=crumbs, is_indexed=False),
        kicker=name,
        title=title,
        body=body,
        bodies=[(each.slug, each.name) for each in bodies],
        rows=[_row(reader, each, body if each.is_ours else name) for each in found],
        has_own=bool(own),
        systems_href=reader.address("organization_interfaces", slug=chosen.slug) if chosen else "",
        back_href=reader.address("solution", slug=solution.slug),
    )
    return render("interfaces/fit.html", context)


def _row(reader: Reader, each: Requirement, who: str) -> FitRow:
    _ = reader._
    words = {
        Fit.MET: (_("met"), "ok"),
        Fit.NOT_MET: (_("not met"), "bad"),
        Fit.UNKNOWN: (_("cannot be told"), "open"),
    }
    word, kind = words[each.found.fit]
    system, name = each.spec.system, each.spec.name
    return FitRow(
        who=who,
        name=f"{system}: {name}" if system else name,
        word=word,
        kind=kind,
        why=interface_fits.reason(each.found, reader.language),
        broken=[one.sentence(reader.language) for one in each.found.broken[:MOST_BROKEN]],
    )


def _systems(
    session: Session,
    reader: Reader,
    body: Organization,
    values: Mapping[str, str],
    errors: Errors,
) -> Response[str]:
    title = reader._("Interfaces of our systems")
    own = interfaces.of_organization(session, reader.actor, body)
    home = reader.address("organization", slug=body.slug)
    page = frame(reader, title, crumbs=[(body.name, home)], is_indexed=False)
    wrong = bool(errors.by_field or errors.general)
    context = SystemsPage(
        page=replace(page, title=f"{reader._('Error:')} {title}") if wrong else page,
        kicker=body.name,
        title=title,
        rows=[SystemRow(views.view(reader, each, ""), str(each.id)) for each in own],
        action=reader.address("organization_interfaces", slug=body.slug),
        values=values,
        errors=errors,
        standards=editing.standards(reader),
        directions=editing.directions(reader),
        back_href=home,
    )
    return render("interfaces/systems.html", context, status_code=422 if wrong else 200)


HANDLERS = [show_systems, describe_system, discard_system, show_fit]
