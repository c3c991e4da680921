"""The register as lists: filters, counts, pages by position, versions.

Counts come from one pass over a covering index and are added up here, so a page costs the same few
statements at a hundred entries and at a hundred thousand.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import Session, joinedload

from catalog.adoptions import Adoption
from catalog.errors import NotFound
from catalog.organizations import Organization
from catalog.register import decided, law, record
from catalog.register.entries import EntryVersion, RegisterEntry
from catalog.register.record import EntryRecord
from catalog.solutions import State

FACETS = ("land", "topic", "risk_class", "status")


@dataclass(frozen=True)
class Wanted:
    """Which public entries are asked for; values of one facet are alternatives."""

    land: Sequence[str] = ()
    topic: Sequence[str] = ()
    risk_class: Sequence[str] = ()
    status: Sequence[str] = ()
    is_current: bool = False
    """Only what its body has confirmed in time."""
    municipality_id: UUID | None = None
    organization_id: UUID | None = None
    rule: str = ""
    """Only what this rule of the law in force decides."""


class Cell(NamedTuple):
    """How many entries share four facets, and how many of them are confirmed in time."""

    land: str
    topic: str
    risk_class: str
    status: str
    entries: int
    current: int


@dataclass(frozen=True)
class Counts:
    """How many entries a question has, of those how many are current, and what each further choice
    would give."""

    total: int
    current: int
    facets: Mapping[str, Mapping[str, int]]


class Position(NamedTuple):
    """Where a page ends: behind this day and id."""

    day: date
    id: UUID

    def __str__(self) -> str:
        return f"{self.day.isoformat()}-{self.id.hex}"

    @classmethod
    def read(cls, text: str) -> "Position | None":
        """The position in an address; None for whatever else stands there."""
        day, key = text[:10], text[11:]
        try:
            return cls(date.fromisoformat(day), UUID(hex=key))
        except ValueError:
            return None


def counts(session: Session, wanted: Wanted, *, today: date) -> Counts:
    """The numbers of the list's head and filters; one statement."""
    columns = [getattr(RegisterEntry, name) for name in FACETS]
    query = (
        select(*columns, func.count(), func.count().filter(RegisterEntry.review_due >= today))
        .where(RegisterEntry.state == State.PUBLISHED)
        .group_by(*columns)
    )
    cells = [Cell(*row) for row in session.execute(_of_body(query, wanted))]
    facets = {}
    for name in FACETS:
        found: dict[str, int] = {}
        for cell in cells:
            if _matches(cell, wanted, but=name):
                value = getattr(cell, name)
                found[value] = found.get(value, 0) + _weight(cell, wanted)
        facets[name] = found
    hits = [cell for cell in cells if _matches(cell, wanted)]
    return Counts(
        total=sum(_weight(cell, wanted) for cell in hits),
        current=sum(cell.current for cell in hits),
        facets=facets,
    )


def page(
    session: Session, wanted: Wanted, *, today: date, after: Position | None = None, size: int = 25
) -> Sequence[RegisterEntry]:
    """Entries by the day since when they hold, newest first, with body, place and solution."""
    query = (
        filtered(wanted, today)
        .order_by(RegisterEntry.valid_since.desc(), RegisterEntry.id.desc())
        .limit(size)
    )
    if after is not None:
        query = query.where(tuple_(RegisterEntry.valid_since, RegisterEntry.id) < tuple(after))
    return session.scalars(query).all()


def walk(
    session: Session,
    wanted: Wanted,
    *,
    today: date,
    after: UUID | None = None,
    among: Sequence[UUID] | None = None,
    limit: int = 500,
) -> Sequence[RegisterEntry]:
    """Entries in the order of their ids, for who reads all of them."""
    query = filtered(wanted, today).order_by(RegisterEntry.id).limit(limit)
    if after is not None:
        query = query.where(RegisterEntry.id > after)
    if among is not None:
        query = query.where(RegisterEntry.id.in_(among))
    return session.scalars(query).all()


def of_organizations(session: Session, ids: Sequence[UUID]) -> Sequence[RegisterEntry]:
    """The public entries of some bodies, newest first."""
    query = (
        filtered(Wanted(), date.min)
        .where(RegisterEntry.organization_id.in_(ids))
        .order_by(RegisterEntry.valid_since.desc(), RegisterEntry.id)
    )
    return session.scalars(query).all()


def newest(
    session: Session,
    wanted: Wanted,
    *,
    today: date,
    after: tuple[datetime, UUID] | None = None,
    limit: int,
) -> Sequence[RegisterEntry]:
    """What changed last, withdrawn entries included: who has them must learn of it."""
    query = (
        filtered(wanted, today, states=(State.PUBLISHED, State.WITHDRAWN))
        .order_by(RegisterEntry.updated_at.desc(), RegisterEntry.id.desc())
        .limit(limit)
    )
    if after is not None:
        query = query.where(tuple_(RegisterEntry.updated_at, RegisterEntry.id) < after)
    return session.scalars(query).all()


def filtered(
    wanted: Wanted, today: date, *, states: Sequence[str] = (State.PUBLISHED,)
) -> Select[RegisterEntry]:
    """The statement for what is wanted, with what a list shows of an entry."""
    query = (
        select(RegisterEntry)
        .options(
            joinedload(RegisterEntry.organization).joinedload(Organization.municipality),
            joinedload(RegisterEntry.adoption).joinedload(Adoption.solution),
        )
        .where(RegisterEntry.state.in_(states))
    )
    for name in FACETS:
        if chosen := getattr(wanted, name):
            query = query.where(getattr(RegisterEntry, name).in_(chosen))
    if wanted.is_current:
        query = query.where(RegisterEntry.review_due >= today)
    return _of_body(query, wanted)


@dataclass(frozen=True)
class Version:
    """One published state without its document."""

    number: int
    valid_since: date


def versions_of(session: Session, entry: RegisterEntry) -> Sequence[Version]:
    """The published states of an entry, newest first."""
    query = (
        select(EntryVersion.number, EntryVersion.valid_since)
        .where(EntryVersion.entry_id == entry.id)
        .order_by(EntryVersion.number.desc())
    )
    return [Version(*row) for row in session.execute(query)]


def records_of(
    session: Session, entry: RegisterEntry, *, limit: int
) -> Sequence[tuple[Version, EntryRecord]]:
    """The newest versions with what they said, without what is withheld today or was then."""
    rows = session.scalars(
        select(EntryVersion)
        .where(EntryVersion.entry_id == entry.id)
        .order_by(EntryVersion.number.desc())
        .limit(limit)
    )
    hidden = _withheld_now(entry)
    return [
        (Version(row.number, row.valid_since), record.public(row.record, withheld_now=hidden))
        for row in rows
    ]


def record_of(session: Session, entry: RegisterEntry, number: int) -> EntryRecord:
    """What a version said, without what is withheld today or was then."""
    version = session.get(EntryVersion, (entry.id, number))
    if version is None:
        raise NotFound("There is no version %(number)s of this entry.", number=number)
    return record.public(version.record, withheld_now=_withheld_now(entry))


def _withheld_now(entry: RegisterEntry) -> frozenset[str]:
    return frozenset(entry.record.withheld) if entry.record else frozenset()


def _matches(cell: Cell, wanted: Wanted, *, but: str = "") -> bool:
    return all(
        not getattr(wanted, name) or getattr(cell, name) in getattr(wanted, name)
        for name in FACETS
        if name != but
    )


def _weight(cell: Cell, wanted: Wanted) -> int:
    return cell.current if wanted.is_current else cell.entries


def _of_body(query: Select, wanted: Wanted) -> Select:  # type: ignore[type-arg]
    if wanted.municipality_id is not None:
        query = query.where(RegisterEntry.municipality_id == wanted.municipality_id)
    if wanted.organization_id is not None:
        query = query.where(RegisterEntry.organization_id == wanted.organization_id)
    if wanted.rule:
        query = query.where(RegisterEntry.id.in_(decided.by(law.CURRENT, wanted.rule)))
    return query
