"""Permanent links: ``/id/{kind}/{uuid}`` leads to the page that shows the thing today.

Programs that prefer JSON (RFC 9110, 12.5.1) are led to the thing in the API.
"""

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID

from litestar import Request
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from catalog import adoptions, municipalities, organizations, solutions
from catalog.database import Session
from catalog.errors import NotFound
from catalog.register import entries
from catalog.solutions import State
from marketplace.pages.reader import Reader
from marketplace.routing import get


def iri(reader: Reader, kind: str, thing_id: UUID) -> str:
    """The permanent link of a thing: it names the thing for ever, whatever its slug."""
    return f"{reader.base_url}/id/{kind}/{thing_id}"


@get("/id/{kind:str}/{thing_id:uuid}")
def follow(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    kind: FromPath[str],
    thing_id: FromPath[UUID],
) -> Redirect:
    """See the page of a thing; a withdrawn one answers there with its reason."""
    find = FINDERS.get(kind)
    if find is None:
        raise NotFound("There is no such thing.")
    page = find(session, reader, thing_id)
    wants_json = prefers_json(request.headers.get("accept", ""))
    return Redirect(
        f"/api/v1/{IN_API[kind]}/{thing_id}" if wants_json else page,
        status_code=303,
        headers={"Vary": "Accept, Accept-Language"},
    )


def prefers_json(accept: str) -> bool:
    """Whether an ``Accept`` header gives JSON more weight than HTML."""
    weights = {"json": 0.0, "html": 0.0}
    for each in accept.lower().split(","):
        kind, *parameters = (part.strip() for part in each.split(";"))
        weight = next((_weight(part[2:]) for part in parameters if part.startswith("q=")), 1.0)
        if kind == "application/json" or (kind.startswith("application/") and "+json" in kind):
            weights["json"] = max(weights["json"], weight)
        if kind in ("text/html", "application/xhtml+xml", "text/*"):
            weights["html"] = max(weights["html"], weight)
    return weights["json"] > weights["html"]


def _weight(text: str) -> float:
    return float(text) if re.fullmatch(r"[01](\.\d{0,3})?", text) else 0.0


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


def _register_entry(session: Session, reader: Reader, thing_id: UUID) -> str:
    return reader.address("register_entry", slug=entries.by_id(session, thing_id).slug)


FINDERS: dict[str, Callable[[Session, Reader, UUID], str]] = {
    "solution": _solution,
    "organization": _organization,
    "adoption": _adoption,
    "municipality": _municipality,
    entries.KIND: _register_entry,
}

IN_API = {
    "solution": "solutions",
    "organization": "organizations",
    "adoption": "adoptions",
    "municipality": "municipalities",
    entries.KIND: "register/entries",
}
"""Where the API has the things of a kind."""
