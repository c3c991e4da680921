"""What lists and feeds hold: rows in runs that fit into memory, newest first for feeds."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import Session, joinedload

from catalog import solutions
from catalog.adoptions import Adoption, Stage
from catalog.database import in_slices
from catalog.errors import Invalid
from catalog.municipalities import Municipality
from catalog.organizations import Kind, Organization
from catalog.solutions import Solution, State
from marketplace.export.columns import ListedLight, ListedSolution

LARGEST_LIST = 10_000
"""Rows of one list; whoever needs all takes the dump."""

AT_ONCE = 200
"""Records in memory at a time."""

FEED_PAGE = 50
"""Entries of one page of a feed."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, order=True)
class Position:
    """Where a page of a feed ends: the next one goes on with what is older."""

    at: datetime
    id: UUID

    def __str__(self) -> str:
        return f"{(self.at - _EPOCH) // timedelta(microseconds=1)}-{self.id.hex}"

    @classmethod
    def read(cls, text: str) -> "Position":
        """The position of the parameter ``after``; raises ``Invalid`` for another text."""
        micros, _, key = text.partition("-")
        try:
            return cls(_EPOCH + timedelta(microseconds=int(micros)), UUID(hex=key))
        except (ValueError, OverflowError) as error:
            raise Invalid(
                "This page of the feed does not exist. Begin with its first page.", field="after"
            ) from error


@dataclass(frozen=True)
class SolutionNews:
    """A page of changed solutions, withdrawn ones included, and where the next one begins."""

    items: Sequence[Solution]
    following: Position | None


def solutions_in_order(session: Session, ids: Sequence[UUID]) -> Iterator[ListedSolution]:
    """The published ones among these ids in their order, some hundred in memory at a time."""
    for part in in_slices(ids[:LARGEST_LIST], AT_ONCE):
        rows = solutions.published_by_ids(session, part)
        yield from listed(session, [rows[key] for key in part if key in rows])
        session.expunge_all()


def solutions_of(session: Session, publisher_id: UUID) -> Iterator[ListedSolution]:
    """What a body publishes, newest first, as its page has it."""
    ids = session.scalars(
        select(Solution.id)
        .where(Solution.publisher_id == publisher_id, Solution.state == State.PUBLISHED)
        .order_by(Solution.published_at.desc(), Solution.id)
        .limit(LARGEST_LIST)
    ).all()
    yield from solutions_in_order(session, ids)


def listed(session: Session, rows: Sequence[Solution]) -> list[ListedSolution]:
    """The solutions with their numbers of live municipalities; one statement."""
    live = live_by_solution(session, [row.id for row in rows])
    return [ListedSolution.of(row, live.get(row.id, 0)) for row in rows]


def live_by_solution(session: Session, ids: Sequence[UUID]) -> Mapping[UUID, int]:
    """In how many municipalities these solutions are live and confirmed."""
    found: dict[UUID, int] = {}
    for part in in_slices(ids):
        query = (
            select(Adoption.solution_id, func.count())
            .join(Organization, Organization.id == Adoption.organization_id)
            .where(
                Adoption.solution_id.in_(part),
                Adoption.stage == Stage.LIVE,
                Adoption.confirmed_on.is_not(None),
                Organization.kind == Kind.MUNICIPALITY,
            )
            .group_by(Adoption.solution_id)
        )
        found.update((key, count) for key, count in session.execute(query))
    return found


def lights(session: Session) -> Sequence[ListedLight]:
    """Every municipality where something runs and is confirmed, brightest first."""
    live = func.count(Adoption.id)
    query = (
        select(Municipality, live, func.max(Adoption.updated_at))
        .join(Organization, Organization.municipality_id == Municipality.id)
        .join(Adoption, Adoption.organization_id == Organization.id)
        .join(Solution, Solution.id == Adoption.solution_id)
        .where(
            Adoption.stage == Stage.LIVE,
            Adoption.confirmed_on.is_not(None),
            Solution.state == State.PUBLISHED,
        )
        .group_by(Municipality.id)
        .order_by(live.desc(), Municipality.name, Municipality.ars)
        .limit(LARGEST_LIST)
    )
    return [ListedLight(place, number, at) for place, number, at in session.execute(query)]


def solution_news(
    session: Session,
    *,
    ids: Sequence[UUID] | None = None,
    publisher_id: UUID | None = None,
    after: Position | None = None,
    size: int = FEED_PAGE,
) -> SolutionNews:
    """A page of what changed last among all solutions, these ids, or those of one body.

    What was withdrawn is always told: a search no longer finds it, and who has it must learn.
    """
    keys = _newest(session, State.WITHDRAWN, publisher_id, after, size)
    if ids is None:
        keys += _newest(session, State.PUBLISHED, publisher_id, after, size)
    else:
        keys += _newest_of(session, ids, after)
    newest = sorted(keys, reverse=True)
    shown = newest[:size]
    rows = _by_ids(session, [key.id for key in shown])
    return SolutionNews(
        [rows[key.id] for key in shown if key.id in rows],
        shown[-1] if len(newest) > size else None,
    )


def _newest(
    session: Session,
    state: State,
    publisher_id: UUID | None,
    after: Position | None,
    size: int,
) -> list[Position]:
    query: Select[datetime, UUID] = (
        select(Solution.updated_at, Solution.id)
        .where(Solution.state == state)
        .order_by(Solution.updated_at.desc(), Solution.id.desc())
        .limit(size + 1)
    )
    if publisher_id is not None:
        query = query.where(Solution.publisher_id == publisher_id)
    if after is not None:
        query = query.where(tuple_(Solution.updated_at, Solution.id) < (after.at, after.id))
    return [Position(at, key) for at, key in session.execute(query)]


def _newest_of(session: Session, ids: Sequence[UUID], after: Position | None) -> list[Position]:
    found: list[Position] = []
    for part in in_slices(ids):
        query = select(Solution.updated_at, Solution.id).where(
            Solution.id.in_(part), Solution.state == State.PUBLISHED
        )
        found += [Position(at, key) for at, key in session.execute(query)]
    return [each for each in found if after is None or each < after]


def _by_ids(session: Session, ids: Sequence[UUID]) -> Mapping[UUID, Solution]:
    query = select(Solution).options(joinedload(Solution.publisher)).where(Solution.id.in_(ids))
    return {row.id: row for row in session.scalars(query)}


def page_after(
    positions: Iterable[Position], after: Position | None, size: int = FEED_PAGE
) -> tuple[Sequence[Position], Position | None]:
    """The newest of these positions behind ``after``, and where the next page begins."""
    older = sorted((each for each in positions if after is None or each < after), reverse=True)
    shown = older[:size]
    return shown, shown[-1] if len(older) > size else None
