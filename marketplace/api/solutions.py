"""Solutions: the published records, their versions."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta, Struct

from catalog import solutions, versions
from catalog.database import Session
from catalog.errors import NotFound
from catalog.records import SolutionRecord
from catalog.solutions import Solution, State
from catalog.versions import Version
from impact import evidence
from marketplace.api import cursors
from marketplace.api.answers import ApiRequest, public
from marketplace.api.cursors import Source, Walk
from marketplace.api.operations import asked, id_in, reads
from marketplace.api.references import OrganizationRef, iri
from marketplace.api.refusals import Moved

TAG = "Solutions"


class SolutionAnswer(Struct, frozen=True):
    """A published solution: the record as it was published, and what the node knows of it."""

    id: UUID
    iri: str
    """Permanent link; names the solution for ever."""
    slug: str
    state: str
    version: Annotated[int, Meta(description="Number of the published version, from 1.")]
    publisher: OrganizationRef | None
    record: SolutionRecord
    evidence: Annotated[
        str, Meta(description="How well its effect is known; a code of the list `evidence`.")
    ]
    home: Annotated[str, Meta(description="IRI of the node that owns it; empty if this one does.")]
    is_sample: bool
    published_at: datetime | None
    updated_at: datetime

    @classmethod
    def from_solution(cls, request: ApiRequest, solution: Solution) -> "SolutionAnswer":
        """The answer of a solution that is or was public."""
        publisher = solution.publisher
        record = solution.public_record
        return cls(
            id=solution.id,
            iri=iri(request, "solution", solution.id),
            slug=solution.slug,
            state=solution.state,
            version=solution.version,
            publisher=OrganizationRef.from_organization(request, publisher) if publisher else None,
            record=record,
            evidence=evidence.level(record).value,
            home=solution.home,
            is_sample=solution.is_sample,
            published_at=solution.published_at,
            updated_at=solution.updated_at,
        )


class SolutionPage(Struct, frozen=True):
    """Some solutions, and the address of the next ones."""

    items: list[SolutionAnswer]
    next: str | None


class VersionAnswer(Struct, frozen=True):
    """One published state of a solution."""

    number: int
    published_at: datetime


class VersionList(Struct, frozen=True):
    """Every published version, newest first."""

    items: list[VersionAnswer]


class VersionRecordAnswer(Struct, frozen=True):
    """One published state of a solution with its record, kept whole."""

    number: int
    published_at: datetime
    record: SolutionRecord


def public_one(session: Session, key: str) -> Solution:
    """The published solution with this id or slug; raises ``Gone`` for a withdrawn one."""
    known = id_in(key)
    if known is None:
        return solutions.by_slug(session, key)
    solution = solutions.by_id(session, known)
    if solution.state == State.PUBLISHED:
        return solution
    if solution.state == State.WITHDRAWN:
        return solutions.by_slug(session, solution.slug)
    raise NotFound("There is no such solution.")


def addressed(session: Session, key: str) -> Solution:
    """The published solution in an address; raises ``Moved`` for one that was merged."""
    found = public_one(session, key)
    if key == found.slug or id_in(key) == found.id:
        return found
    if solutions.is_merged_away(session, id_in(key) or key):
        raise Moved(found.id)
    return found


@reads("/solutions", SolutionPage, tag=TAG, asks=Walk)
def walk(request: ApiRequest, session: NamedDependency[Session]) -> Response[bytes]:
    """Walk through all published solutions.

    In the order of their ids. At the end of a walk come once more the solutions that changed since
    it began, so that a full walk visits every record that is public at its end at least once.
    """

    question = asked(request, Walk)

    def among(ids: Sequence[UUID]) -> Sequence[Solution]:
        return list(solutions.published_by_ids(session, ids).values())

    source = Source(
        lambda last, limit: solutions.published_after(session, last, limit), among, solutions.KIND
    )
    return cursors.answer(
        request,
        session,
        source,
        lambda rows, following: SolutionPage(
            [SolutionAnswer.from_solution(request, row) for row in rows], following
        ),
        after=question.after,
        limit=question.limit,
    )


@reads("/solutions/{solution}", SolutionAnswer, tag=TAG, refusals=(404, 410))
def show(
    request: ApiRequest, session: NamedDependency[Session], solution: FromPath[str]
) -> Response[bytes]:
    """Read one solution by id or slug.

    A slug that the solution once had leads here too. A withdrawn solution answers 410 with the
    reason and its successor.
    """
    found = addressed(session, solution)
    return public(request, SolutionAnswer.from_solution(request, found), version=found.version)


@reads("/solutions/{solution}/versions", VersionList, tag=TAG, refusals=(404, 410))
def history(
    request: ApiRequest, session: NamedDependency[Session], solution: FromPath[str]
) -> Response[bytes]:
    """List the published versions of a solution, newest first."""
    found = versions.of_solution(session, addressed(session, solution))
    return public(request, VersionList([VersionAnswer(v.number, v.published_at) for v in found]))


@reads("/solutions/{solution}/versions/{number}", VersionRecordAnswer, tag=TAG, refusals=(404, 410))
def version(
    request: ApiRequest,
    session: NamedDependency[Session],
    solution: FromPath[str],
    number: FromPath[str],
) -> Response[bytes]:
    """Read a solution as one version published it."""
    found = addressed(session, solution)
    known = _version(session, found, number)
    record = versions.record_of(session, found, known.number)
    content = VersionRecordAnswer(known.number, known.published_at, record)
    return public(request, content, version=known.number)


def _version(session: Session, solution: Solution, number: str) -> Version:
    for version_ in versions.of_solution(session, solution):
        if str(version_.number) == number:
            return version_
    raise NotFound("There is no version %(number)s of this solution.", number=number)


HANDLERS: list[Any] = [walk, show, history, version]
