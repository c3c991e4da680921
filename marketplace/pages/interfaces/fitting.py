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
from catalog.interfaces import Direction, InterfaceSpec
from catalog.organizations import Organization
from marketplace import interface_checks
from marketplace.forms import NO_ERRORS, Errors, Rejected
from marketplace.interfaces.fitting import Fit, Match, Reason, Side, match
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
    published = interfaces.newest(interfaces.of_solution(session, solution.id))
    offered = [interfaces.published(session, each.id) for each in published]
    crumbs = [
        (reader._("Solutions"), reader.address("search")),
        (name, reader.address("solution", slug=solution.slug) + "#interfaces"),
    ]
    context = FitPage(
        page=frame(reader, title, section="search", crumbs=crumbs, is_indexed=False),
        kicker=name,
        title=title,
        body=chosen.name if chosen else "",
        bodies=[(each.slug, each.name) for each in bodies],
        rows=_rows(reader, own, offered, name, chosen.name if chosen else ""),
        has_own=bool(own),
        systems_href=reader.address("organization_interfaces", slug=chosen.slug) if chosen else "",
        back_href=reader.address("solution", slug=solution.slug),
    )
    return render("interfaces/fit.html", context)


def _rows(
    reader: Reader,
    own: Sequence[InterfaceSpec],
    offered: Sequence[InterfaceSpec],
    solution: str,
    body: str,
) -> list[FitRow]:
    """Our requirements against what the solution provides, and the other way round."""
    rows = []
    for who, asking, answering in ((body, own, offered), (solution, offered, own)):
        provided = [side(each) for each in answering if each.direction == Direction.PROVIDES]
        for each in asking:
            if each.direction == Direction.REQUIRES:
                name = f"{each.system}: {each.name}" if each.system else each.name
                found = match(replace(side(each), name=name), provided)
                rows.append(_row(reader, who, found))
    return rows


def side(spec: InterfaceSpec) -> Side:
    """A kept interface as one side of a comparison."""
    return Side(
        name=spec.name,
        standards=frozenset(each.standard for each in spec.claims),
        format=spec.format,
        interface=interface_checks.model_of(spec) if spec.may_be_published else None,
    )


def _row(reader: Reader, who: str, found: Match) -> FitRow:
    _ = reader._
    words = {
        Fit.MET: (_("met"), "ok"),
        Fit.NOT_MET: (_("not met"), "bad"),
        Fit.UNKNOWN: (_("cannot be told"), "open"),
    }
    reasons = {
        Reason.SAME_STANDARD: _("“%(name)s” claims the same standard."),
        Reason.SAME_OPERATIONS: _("“%(name)s” has everything that is required."),
        Reason.BREAKS: _("“%(name)s” differs from what is required:"),
        Reason.OTHER_FORMAT: _("The nearest, “%(name)s”, has another format and standard."),
        Reason.NOTHING_PROVIDED: _("The other side provides no interface."),
        Reason.NO_DOCUMENT: _("“%(name)s” has no document that could be compared."),
    }
    word, kind = words[found.fit]
    name = found.provided.name if found.provided else ""
    return FitRow(
        who=who,
        name=found.required.name,
        word=word,
        kind=kind,
        why=reasons[found.reason] % {"name": name},
        broken=[each.sentence(reader.language) for each in found.broken[:MOST_BROKEN]],
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
