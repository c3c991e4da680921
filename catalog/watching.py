"""Watches: what a person wants to hear about. Who watches is nobody else's business.

The body that answers for a thing may know how many watch it, never who.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from catalog import changes, municipalities, organizations, solutions
from catalog.database import Base, UtcDateTime, in_slices, new_id, now
from catalog.errors import Conflict, Invalid, NotFound
from catalog.permissions import Actor, person_of, require

KIND = "watch"

MOST = 500
"""Watches of one person."""


class Watchable(StrEnum):
    """Kinds of things that can be watched, named as in the change feed."""

    SOLUTION = "solution"
    ORGANIZATION = "organization"
    MUNICIPALITY = "municipality"


class Watch(Base):
    """One person watches one thing."""

    __tablename__ = "watches"
    __table_args__ = (
        UniqueConstraint("person_id", "kind", "thing_id"),
        Index("ix_watches_kind_thing_id", "kind", "thing_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    kind: Mapped[str] = mapped_column(String(40))
    thing_id: Mapped[UUID]
    since: Mapped[datetime] = mapped_column(UtcDateTime(), default=now)


def watch(session: Session, actor: Actor, kind: str, thing_id: UUID) -> Watch:
    """Begin to watch a public thing; watching it already changes nothing.

    Raises ``NotFound`` for a thing that is not public and ``Conflict`` beyond ``MOST`` watches.
    """
    person_id = person_of(actor)
    _require_public(session, kind, thing_id)
    known = of_thing(session, actor, kind, thing_id)
    if known is not None:
        return known
    if len(of_person(session, actor)) >= MOST:
        raise Conflict(
            "You watch %(most)s entries already. End one of them on your account page first.",
            most=MOST,
        )
    begun = Watch(person_id=person_id, kind=kind, thing_id=thing_id)
    session.add(begun)
    session.flush()
    changes.record(session, actor, "watched", KIND, begun.id, public=False)
    return begun


def unwatch(session: Session, actor: Actor, watch_id: UUID) -> None:
    """End one of the actor's own watches."""
    found = by_id(session, actor, watch_id)
    session.delete(found)
    changes.record(session, actor, "unwatched", KIND, found.id, public=False)


def by_id(session: Session, actor: Actor, watch_id: UUID) -> Watch:
    """One of the actor's own watches; those of others do not exist for it."""
    person_id, found = person_of(actor), session.get(Watch, watch_id)
    if found is None or found.person_id != person_id:
        raise NotFound("There is no such watch.")
    return found


def of_person(session: Session, actor: Actor) -> Sequence[Watch]:
    """What the actor watches, newest first."""
    query = select(Watch).where(Watch.person_id == person_of(actor)).order_by(Watch.id.desc())
    return session.scalars(query).all()


def of_thing(session: Session, actor: Actor, kind: str, thing_id: UUID) -> Watch | None:
    """The actor's watch of a thing, if it watches it."""
    return session.scalar(
        select(Watch).where(
            Watch.person_id == person_of(actor), Watch.kind == kind, Watch.thing_id == thing_id
        )
    )


def count(
    session: Session, actor: Actor, kind: str, thing_id: UUID, *, owner_id: UUID | None
) -> int:
    """How many people watch a thing; only the body ``owner_id`` that answers for it may know."""
    require(
        actor.may_draft_for(owner_id), "Only the responsible body may know how many people watch."
    )
    query = select(func.count()).select_from(Watch)
    return session.scalar(query.where(Watch.kind == kind, Watch.thing_id == thing_id)) or 0


def watchers(
    session: Session, things: Sequence[tuple[str, UUID]]
) -> Mapping[UUID, Mapping[UUID, datetime]]:
    """Who watches each of these things, and since when, by thing and person.

    For sending notices, never for show.
    """
    found: dict[UUID, dict[UUID, datetime]] = {}
    wanted = set(things)
    for part in in_slices(sorted({thing_id for _, thing_id in things})):
        for row in session.scalars(select(Watch).where(Watch.thing_id.in_(part))):
            if (row.kind, row.thing_id) in wanted:
                found.setdefault(row.thing_id, {})[row.person_id] = row.since
    return found


def _require_public(session: Session, kind: str, thing_id: UUID) -> None:
    if kind == Watchable.SOLUTION:
        if thing_id not in solutions.published_by_ids(session, [thing_id]):
            raise NotFound("There is no such solution.")
    elif kind == Watchable.ORGANIZATION:
        organizations.by_id(session, thing_id)
    elif kind == Watchable.MUNICIPALITY:
        municipalities.by_id(session, thing_id)
    else:
        raise Invalid(
            "Only solutions, organizations and municipalities can be watched.", field="kind"
        )
