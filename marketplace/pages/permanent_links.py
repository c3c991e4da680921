"""Permanent links: ``/id/{kind}/{uuid}`` leads to the page that shows the thing today."""

from collections.abc import Callable
from uuid import UUID

from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from catalog import adoptions, municipalities, organizations, solutions
from catalog.database import Session
from catalog.errors import NotFound
from catalog.solutions import State
from marketplace.pages.reader import Reader
from marketplace.routing import get


def iri(reader: Reader, kind: str, thing_id: UUID) -> str:
    """The permanent link of a thing: it names the thing for ever, whatever its slug."""
    return f"{reader.base_url}/id/{kind}/{thing_id}"


@get("/id/{kind:str}/{thing_id:uuid}")
def follow(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    kind: FromPath[str],
    thing_id: FromPath[UUID],
) -> Redirect:
    """See the page of a thing; a withdrawn one answers there with its reason."""
    find = FINDERS.get(kind)
    if find is None:
        raise NotFound("There is no such thing.")
    return Redirect(
        find(session, reader, thing_id), status_code=303, headers={"Vary": "Accept-Language"}
    )


HANDLERS = [follow]


def _solution(session: Session, reader: Reader, thing_id: UUID) -> str:
    solution = solutions.by_id(session, thing_id)
    if solution.state not in (State.PUBLISHED, State.WITHDRAWN):
        raise NotFound("There is no such solution.")
    return reader.address("solution", slug=solution.slug)


def _organization(session: Session, reader: Reader, thing_id: UUID) -> str:
    return reader.address("organization", slug=organizations.by_id(session, thing_id).slug)


def _adoption(session: Session, reader: Reader, thing_id: UUID) -> str:
    adoption = adoptions.by_id(session, thing_id)
    return _solution(session, reader, adoption.solution_id) + "#use"


def _municipality(session: Session, reader: Reader, thing_id: UUID) -> str:
    place = municipalities.by_id(session, thing_id)
    return reader.address("municipality", ars=place.ars, slug=place.slug)


FINDERS: dict[str, Callable[[Session, Reader, UUID], str]] = {
    "solution": _solution,
    "organization": _organization,
    "adoption": _adoption,
    "municipality": _municipality,
}
