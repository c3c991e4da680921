"""What readers see of the interfaces of a solution: description, check, differences, document."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from catalog import interfaces, records, solutions
from catalog.database import Session
from catalog.errors import NotFound
from catalog.interfaces import InterfaceSpec
from catalog.solutions import Solution
from marketplace import interface_checks
from marketplace.pages.frame import PageFrame
from marketplace.pages.interfaces import views
from marketplace.pages.interfaces.description import DescriptionView, Drawing
from marketplace.pages.interfaces.views import DifferenceView, ProblemView, SpecView
from marketplace.pages.reader import Reader, frame
from marketplace.pages.rendering import render
from marketplace.rate_limits import CHECK, COST
from marketplace.routing import get, paths

LONGEST_QUERY = 200


@dataclass(frozen=True)
class InterfacePage:
    """A described interface."""

    page: PageFrame
    kicker: str
    title: str
    spec: SpecView
    description: DescriptionView | None
    query: str
    action: str
    document_href: str
    differences_href: str
    problems: Sequence[ProblemView]
    older: Sequence[SpecView]


@dataclass(frozen=True)
class DifferencesPage:
    """What one version of an interface changed against the one before it."""

    page: PageFrame
    kicker: str
    title: str
    before: str
    after: str
    breaking: Sequence[DifferenceView]
    compatible: Sequence[DifferenceView]
    back_href: str


@get(paths("interface"))
def show(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    slug: FromPath[str],
    id: FromPath[str],  # noqa: A002 - the name in the address
    q: FromQuery[str] = "",
) -> Response[str]:
    """An interface as it is described: operations, schemas, check result; with a search."""
    solution, spec = _found(session, slug, id)
    interface = interface_checks.model_of(spec)
    query = q.strip()[:LONGEST_QUERY]
    parts = {"slug": solution.slug, "id": str(spec.id)}
    title = f"{spec.name} {spec.version}".strip()
    others = [
        each
        for each in interfaces.of_solution(session, solution.id)
        if each.name == spec.name and each.id != spec.id
    ]
    context = InterfacePage(
        page=_frame(reader, solution, title),
        kicker=_name(reader, solution),
        title=title,
        spec=views.view(reader, spec, ""),
        description=Drawing(interface, reader).whole(query) if interface else None,
        query=query,
        action=reader.address("interface", **parts),
        document_href=reader.address("interface_document", **parts) if spec.content else "",
        differences_href=reader.address("interface_differences", **parts)
        if spec.differences
        else "",
        problems=views.problems(reader, spec.problems),
        older=[views.view(reader, each, href(reader, solution, each)) for each in others],
    )
    return render("interfaces/show.html", context)


@get(paths("interface_differences"), opt={COST: CHECK})
def show_differences(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    slug: FromPath[str],
    id: FromPath[str],  # noqa: A002 - the name in the address
) -> Response[str]:
    """What changed against the version before: what breaks callers, what does not."""
    solution, spec = _found(session, slug, id)
    older = interfaces.before(session, spec)
    if older is None:
        raise NotFound("There is no version before this one.")
    title = reader._("What changed: %(name)s") % {"name": spec.name}
    context = DifferencesPage(
        page=_frame(reader, solution, title),
        kicker=_name(reader, solution),
        title=title,
        before=older.version or reader.day(older.checked_at.date()),
        after=spec.version or reader.day(spec.checked_at.date()),
        breaking=views.differences(reader, spec.differences, "breaking"),
        compatible=views.differences(reader, spec.differences, "compatible"),
        back_href=href(reader, solution, spec),
    )
    return render("interfaces/differences.html", context)


@get(paths("interface_document"))
def document(
    session: NamedDependency[Session],
    slug: FromPath[str],
    id: FromPath[str],  # noqa: A002 - the name in the address
) -> Response[bytes]:
    """The document as it came, to be saved and never to be shown by the browser."""
    _, spec = _found(session, slug, id)
    return download(spec)


def download(spec: InterfaceSpec) -> Response[bytes]:
    """A kept document as a file."""
    if spec.content is None:
        raise NotFound("There is no document for this interface.")
    name = quote(spec.file_name or "interface", safe="")
    return Response(
        spec.content,
        media_type="application/octet-stream",
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"},
    )


def href(reader: Reader, solution: Solution, spec: InterfaceSpec) -> str:
    """Where readers find a published interface."""
    return reader.address("interface", slug=solution.slug, id=str(spec.id))


def _found(session: Session, slug: str, key: str) -> tuple[Solution, InterfaceSpec]:
    solution = solutions.by_slug(session, slug)
    try:
        spec = interfaces.published(session, UUID(key))
    except ValueError:
        raise NotFound("There is no such interface.") from None
    if spec.solution_id != solution.id:
        raise NotFound("There is no such interface.")
    return solution, spec


def _name(reader: Reader, solution: Solution) -> str:
    return records.best(solution.public_record.name, reader.language)[0]


def _frame(reader: Reader, solution: Solution, title: str) -> PageFrame:
    crumbs = [
        (reader._("Solutions"), reader.address("search")),
        (_name(reader, solution), reader.address("solution", slug=solution.slug) + "#interfaces"),
    ]
    return frame(reader, title, section="search", crumbs=crumbs)


HANDLERS = [show, show_differences, document]
