"""The workbench: enter the interfaces of a solution, mend them, publish them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, MultipartBody, URLEncodedBody
from litestar.response import Redirect

from catalog import interfaces, releases, taxonomy
from catalog.database import Session
from catalog.errors import Conflict, Invalid, NotFound
from catalog.interfaces import InterfaceSpec
from catalog.solutions import Solution
from marketplace import interface_checks
from marketplace.forms import NO_ERRORS, Errors, Rejected
from marketplace.pages.editor import access
from marketplace.pages.frame import PageFrame, PageNotice
from marketplace.pages.interfaces import posted, showing, views
from marketplace.pages.interfaces.description import DescriptionView, Drawing
from marketplace.pages.interfaces.views import DifferenceView, ProblemView, SpecView
from marketplace.pages.reader import Reader, frame
from marketplace.pages.rendering import render
from marketplace.routing import get, paths, post

Option = tuple[str, str]


@dataclass(frozen=True)
class WorkbenchPage:
    """The interfaces of a solution, and the form for another."""

    page: PageFrame
    kicker: str
    title: str
    drafts: Sequence[SpecView]
    published: Sequence[SpecView]
    action: str
    values: Mapping[str, str]
    errors: Errors
    standards: Sequence[Option]
    directions: Sequence[Option]
    releases: Sequence[Option]
    names: Sequence[str]
    back_href: str


@dataclass(frozen=True)
class DraftInterfacePage:
    """A draft with its check result: what to mend and where, or what publishing would change."""

    page: PageFrame
    kicker: str
    title: str
    spec: SpecView
    problems: Sequence[ProblemView]
    breaking: Sequence[DifferenceView]
    compatible: Sequence[DifferenceView]
    description: DescriptionView | None
    query: str
    action: str
    errors: Errors
    may_publish: bool
    is_valid: bool
    back_href: str


@get(paths("draft_interfaces"))
def show_workbench(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    done: FromQuery[str] = "",
) -> Response[Any]:
    """The interfaces of a solution with the form for another."""
    if reader.actor.is_anonymous:
        return access.sign_in_first(reader)
    solution = access.opened(session, reader, id)
    return _workbench(session, reader, solution, {}, done=done)


@post(paths("draft_interfaces"))
def describe(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    data: MultipartBody[dict[str, Any]],
) -> Redirect:
    """Enter an interface as a draft; its page shows what the check found."""
    if reader.actor.is_anonymous:
        return access.sign_in_first(reader)
    solution = access.opened(session, reader, id)
    values = posted.values(data)
    try:
        release = (
            releases.of_version(session, solution, values["release"]) if values["release"] else None
        )
        statement = posted.statement(data, release)
        document = posted.described(data)
        spec = interfaces.describe(session, reader.actor, solution, statement, document)
    except (Invalid, Conflict) as refusal:
        errors = access.errors_of(reader, refusal)
        raise Rejected(_workbench(session, reader, solution, values, errors)) from refusal
    return Redirect(_href(reader, solution, spec), status_code=303)


@get(paths("draft_interface"))
def show_draft(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    spec: FromPath[str],
) -> Response[Any]:
    """A draft as it would be read, with every problem, its line and its pointer."""
    if reader.actor.is_anonymous:
        return access.sign_in_first(reader)
    solution = access.opened(session, reader, id)
    return _draft(session, reader, solution, _opened(session, reader, solution, spec), NO_ERRORS)


@post(paths("draft_interface"))
def correct(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    spec: FromPath[str],
    data: MultipartBody[dict[str, Any]],
) -> Redirect:
    """Put another document in the place of a draft's."""
    if reader.actor.is_anonymous:
        return access.sign_in_first(reader)
    solution = access.opened(session, reader, id)
    found = _opened(session, reader, solution, spec)
    try:
        interfaces.correct(session, reader.actor, found, solution, posted.corrected(data))
    except (Invalid, Conflict) as refusal:
        errors = access.errors_of(reader, refusal)
        raise Rejected(_draft(session, reader, solution, found, errors)) from refusal
    return Redirect(_href(reader, solution, found), status_code=303)


@post(paths("draft_interface_decide"))
def decide(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    spec: FromPath[str],
    data: URLEncodedBody[dict[str, Any]],
) -> Redirect:
    """Publish a draft, or throw it away."""
    if reader.actor.is_anonymous:
        return access.sign_in_first(reader)
    solution = access.opened(session, reader, id)
    found = _opened(session, reader, solution, spec)
    done = "discarded"
    try:
        if data.get("decision") == "publish":
            changed = interface_checks.differences_from_before(session, found)
            interfaces.publish(session, reader.actor, solution, found, changed)
            done = "broken" if found.breaking else "published"
        else:
            interfaces.discard(session, reader.actor, found, solution)
    except (Invalid, Conflict) as refusal:
        errors = access.errors_of(reader, refusal)
        raise Rejected(_draft(session, reader, solution, found, errors)) from refusal
    href = reader.address("draft_interfaces", {"done": done}, id=id)
    return Redirect(href, status_code=303)


def _opened(session: Session, reader: Reader, solution: Solution, key: str) -> InterfaceSpec:
    try:
        return interfaces.opened(session, reader.actor, UUID(key), solution)
    except ValueError:
        raise NotFound("There is no such interface.") from None


def _href(reader: Reader, solution: Solution, spec: InterfaceSpec) -> str:
    return reader.address("draft_interface", id=str(solution.id), spec=str(spec.id))


def standards(reader: Reader) -> list[Option]:
    """The standards that can be claimed, by code and label."""
    return [
        (code, taxonomy.label("standard", code, reader.language))
        for code in taxonomy.codes("standard")
    ]


def directions(reader: Reader) -> list[Option]:
    """Provided and required, by code and label."""
    _ = reader._
    return [("provides", _("It provides this interface")), ("requires", _("It requires it"))]


def _workbench(
    session: Session,
    reader: Reader,
    solution: Solution,
    values: Mapping[str, str],
    errors: Errors = NO_ERRORS,
    *,
    done: str = "",
) -> Response[str]:
    _ = reader._
    key = str(solution.id)
    texts = {
        "published": _("The interface is published."),
        "broken": _("The interface is published. Those who use the solution are told what breaks."),
        "discarded": _("The draft is thrown away."),
    }
    title = _("Interfaces")
    notices = (PageNotice(texts[done], "ok", live="status"),) if done in texts else ()
    page = frame(
        reader,
        title,
        section="my_solutions",
        crumbs=access.crumbs(reader, solution),
        notices=notices,
        is_indexed=False,
    )
    wrong = bool(errors.by_field or errors.general)
    shown = interfaces.of_solution(session, solution.id)
    context = WorkbenchPage(
        page=replace(page, title=f"{_('Error:')} {title}") if wrong else page,
        kicker=access.kicker(reader, solution),
        title=title,
        drafts=[
            views.view(reader, each, _href(reader, solution, each))
            for each in interfaces.drafts_of(session, reader.actor, solution)
        ],
        published=[
            views.view(reader, each, showing.href(reader, solution, each)) for each in shown
        ],
        action=reader.address("draft_interfaces", id=key),
        values=values,
        errors=errors,
        standards=standards(reader),
        directions=directions(reader),
        releases=[(each.version, each.version) for each in releases.of_solution(session, solution)],
        names=sorted({each.name for each in shown}),
        back_href=reader.address("draft", id=key),
    )
    return render("interfaces/workbench.html", context, status_code=422 if wrong else 200)


def _draft(
    session: Session, reader: Reader, solution: Solution, spec: InterfaceSpec, errors: Errors
) -> Response[str]:
    key, title = str(solution.id), f"{spec.name} {spec.version}".strip()
    page = frame(
        reader,
        title,
        section="my_solutions",
        crumbs=[
            *access.crumbs(reader, solution),
            (reader._("Interfaces"), reader.address("draft_interfaces", id=key)),
        ],
        is_indexed=False,
    )
    wrong = bool(errors.by_field or errors.general)
    changed = interface_checks.differences_from_before(session, spec)
    interface = interface_checks.model_of(spec)
    context = DraftInterfacePage(
        page=replace(page, title=f"{reader._('Error:')} {title}") if wrong else page,
        kicker=access.kicker(reader, solution),
        title=title,
        spec=views.view(reader, spec, ""),
        problems=views.problems(reader, spec.problems),
        breaking=views.differences(reader, changed, "breaking"),
        compatible=views.differences(reader, changed, "compatible"),
        description=Drawing(interface, reader).whole() if interface else None,
        query="",
        action=_href(reader, solution, spec),
        errors=errors,
        may_publish=reader.actor.may_edit_for(solution.publisher_id) and not spec.is_published,
        is_valid=spec.may_be_published,
        back_href=reader.address("draft_interfaces", id=key),
    )
    return render("interfaces/draft.html", context, status_code=422 if wrong else 200)


HANDLERS = [show_workbench, describe, show_draft, correct, decide]
