"""The one change feed: append-only, with serials in the order of commits.

Every domain write calls ``record``. Search index, federation, feeds, caches and the audit log read
with ``after`` and keep the last serial they saw.

A database numbers rows when they are inserted, but transactions commit in another order, so a
reader could pass a number that becomes visible later. ``record`` therefore only notes the change;
at ``before_commit`` one listener takes an advisory lock (PostgreSQL; SQLite has one writer anyway)
and inserts what was noted. The lock ends with the transaction, so serials become visible in order.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import Flag, auto
from functools import cache
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Index,
    Integer,
    Select,
    String,
    bindparam,
    event,
    func,
    insert,
    or_,
    select,
    text,
)
from sqlalchemy.orm import Mapped, Session, SessionTransaction, mapped_column

from catalog.database import Base, UtcDateTime, now
from catalog.permissions import Actor

FEED_LOCK = 0x4C69_6368_7465_7231
"""Key of the advisory lock that orders commits; any fixed 63-bit number would do."""

_NOTED = "changes.noted"
_ADDED = "changes.added"
_MARKS = "changes.marks"


class Change(Base):
    """One thing that happened: who did what to which thing, when, on whose behalf."""

    __tablename__ = "changes"
    __table_args__ = (Index("ix_changes_kind_thing_id", "kind", "thing_id"),)

    serial: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    at: Mapped[datetime] = mapped_column(UtcDateTime())
    verb: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(40))
    thing_id: Mapped[UUID]
    version: Mapped[int | None]
    actor_id: Mapped[UUID | None]
    """The person who acted; None for the operator at the command line and for nodes."""
    actor_name: Mapped[str] = mapped_column(String(200))
    on_behalf_of_id: Mapped[UUID | None]
    """The organization for which the person spoke."""
    public: Mapped[bool]
    """Whether readers of public feeds may see this; a draft's change is not public."""


class FeedPosition(Base):
    """The serial up to which a reader of the change feed has written what follows from it."""

    __tablename__ = "search_positions"

    reader: Mapped[str] = mapped_column(String(40), primary_key=True)
    serial: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"))


def record(
    session: Session,
    actor: Actor,
    verb: str,
    kind: str,
    thing_id: UUID,
    *,
    version: int | None = None,
    on_behalf_of: UUID | None = None,
    public: bool = True,
) -> None:
    """Note that ``actor`` did ``verb`` to a thing; it is written when the transaction commits."""
    if not session.in_transaction():
        # What is noted belongs to a transaction, so that its rollback takes it back.
        session.begin()
    session.info.setdefault(_NOTED, []).append(
        {
            "at": now(),
            "verb": verb,
            "kind": kind,
            "thing_id": thing_id,
            "version": version,
            "actor_id": actor.person_id,
            "actor_name": actor.name,
            "on_behalf_of_id": on_behalf_of,
            "public": public,
        }
    )


def after(
    session: Session, serial: int, limit: int = 500, *, public_only: bool = False, kind: str = ""
) -> Sequence[Change]:
    """The changes that follow ``serial``, oldest first, at most ``limit``; of one kind or all."""
    query = _after(public_only=public_only, of_kind=bool(kind))
    return session.scalars(query, {"serial": serial, "limit": limit, "kind": kind}).all()


@cache
def _after(*, public_only: bool, of_kind: bool) -> Select[Change]:
    """Built once: every list of solutions asks it."""
    query = (
        select(Change)
        .where(Change.serial > bindparam("serial"))
        .order_by(Change.serial)
        .limit(bindparam("limit"))
    )
    if public_only:
        query = query.where(Change.public.is_(True))
    return query.where(Change.kind == bindparam("kind")) if of_kind else query


def last_serial(session: Session) -> int:
    """The serial of the newest visible change; 0 in an empty feed."""
    return session.scalar(select(func.max(Change.serial))) or 0


def held_position(session: Session, reader: str, *, begins_at: int = 0) -> FeedPosition:
    """The position of a reader, locked until the commit: workers of several hosts take turns.

    A reader that never ran begins behind the serial ``begins_at``.
    """
    own = session.get(FeedPosition, reader, with_for_update=True)
    if own is None:
        own = FeedPosition(reader=reader, serial=begins_at)
        session.add(own)
        session.flush()
    return own


def has_news(session: Session, reader: str) -> bool:
    """Whether the feed goes on behind a reader's position; so it does for one that never ran."""
    own = session.get(FeedPosition, reader)
    return own is None or own.serial < last_serial(session)


def last_shown(session: Session, until: int, also: Sequence[str] = ()) -> int:
    """The newest serial up to ``until`` of a public change, or of one of a kind in ``also``."""
    query = (
        select(Change.serial)
        .where(Change.serial <= until, or_(Change.public.is_(True), Change.kind.in_(also)))
        .order_by(Change.serial.desc())
        .limit(1)
    )
    return session.scalar(query) or 0


def of_thing(session: Session, kind: str, thing_id: UUID, limit: int = 100) -> Sequence[Change]:
    """The newest changes of one thing, newest first."""
    query = (
        select(Change)
        .where(Change.kind == kind, Change.thing_id == thing_id)
        .order_by(Change.serial.desc())
        .limit(limit)
    )
    return session.scalars(query).all()


class Written(Flag):
    """What a commit appended to the feed."""

    NOTHING = 0
    PRIVATE = auto()
    PUBLIC = auto()


def wrote(session: Session) -> Written:
    """What the last commit of this session appended to the feed; asking clears the mark."""
    written: Written = session.info.pop(_ADDED, Written.NOTHING)
    return written


@event.listens_for(Session, "before_commit")
def _append(session: Session) -> None:
    noted = session.info.get(_NOTED)
    if not noted or session.in_nested_transaction():
        return
    session.flush()
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": FEED_LOCK})
    # Without rendered nulls every change of shape would begin a statement of its own.
    session.execute(insert(Change).execution_options(render_nulls=True), noted)
    session.info[_ADDED] = (
        Written.PUBLIC if any(row["public"] for row in noted) else Written.PRIVATE
    )
    del session.info[_NOTED]


@event.listens_for(Session, "after_transaction_create")
def _mark(session: Session, transaction: SessionTransaction) -> None:
    if transaction.nested:
        marks = session.info.setdefault(_MARKS, {})
        marks[transaction] = len(session.info.get(_NOTED, ()))


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, ended: SessionTransaction) -> None:
    # A rolled-back savepoint takes back only what was noted since it began.
    mark = session.info.get(_MARKS, {}).pop(ended, 0)
    del session.info.setdefault(_NOTED, [])[mark:]
