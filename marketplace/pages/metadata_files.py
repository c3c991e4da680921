"""The record of a solution as publiccode.yml, codemeta.json and CITATION.cff.

The addresses hold the id, not the slug: they stay, whatever the solution is called.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath

from catalog import releases, solutions
from catalog.database import Session
from catalog.errors import NotFound
from catalog.releases import Release
from catalog.solutions import Solution, State
from marketplace.formats import citation, codemeta
from marketplace.formats.publiccode import record as publiccode
from marketplace.pages import permanent_links
from marketplace.pages.reader import Reader
from marketplace.routing import get

WRITERS: Mapping[str, tuple[str, Callable[[codemeta.Described], bytes]]] = {
    "publiccode.yml": ("application/yaml; charset=utf-8", publiccode.write_record),
    "codemeta.json": (
        "application/ld+json",
        lambda d: msgspec.json.format(msgspec.json.encode(codemeta.document(d)), indent=2),
    ),
    "CITATION.cff": ("application/yaml; charset=utf-8", citation.write),
}
"""Media type and writer of a file by its name."""


def hrefs(solution_id: UUID) -> Sequence[tuple[str, str]]:
    """The files of a solution: name and address."""
    return tuple((name, f"/api/v1/solutions/{solution_id}/{name}") for name in WRITERS)


def _served(name: str) -> Any:
    media_type, write = WRITERS[name]

    @get(f"/api/v1/solutions/{{solution_id:uuid}}/{name}")
    def serve(
        session: NamedDependency[Session],
        reader: NamedDependency[Reader],
        solution_id: FromPath[UUID],
    ) -> Response[bytes]:
        """A file that other programs read, made of the published record."""
        solution = solutions.by_id(session, solution_id)
        if solution.state != State.PUBLISHED:
            raise NotFound("There is no such solution.")
        described = _described(solution, releases.of_solution(session, solution), reader)
        headers = {"Content-Disposition": f'inline; filename="{name}"'}
        return Response(write(described), media_type=media_type, headers=headers)

    return serve


def _described(solution: Solution, known: Sequence[Release], reader: Reader) -> codemeta.Described:
    newest = known[0] if known else None
    return codemeta.Described(
        record=solution.public_record,
        iri=permanent_links.iri(reader, "solution", solution.id),
        publisher=solution.publisher.name if solution.publisher else "",
        version=newest.version if newest else "",
        released_on=newest.released_on if newest else None,
    )


HANDLERS = [_served(name) for name in WRITERS]
