"""Notices: what one person was told, read or not, by mail or not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from catalog.database import Base, UtcDateTime, new_id, now
from catalog.errors import NotFound
from catalog.permissions import Actor, person_of
from marketplace.notifications.events import Event

KEPT = timedelta(days=365)
"""After that a notice is forgotten."""


class Notice(Base):
    """One thing that one person is told; the same again adds to ``times`` while it is unread."""

    __tablename__ = "notices"
    __table_args__ = (
        Index("ix_notices_person_id_read_at", "person_id", "read_at"),
        Index("ix_notices_mailed_at_at", "mailed_at", "at"),
        Index("ix_notices_person_id_event_thing_id", "person_id", "event", "thing_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    event: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(40))
    """Kind of the thing that the notice is about, as in the change feed."""
    thing_id: Mapped[UUID]
    cause: Mapped[str] = mapped_column(String(80))
    """What happened: kind and verb of the change, such as ``solution.revised``."""
    occasion: Mapped[str] = mapped_column(String(80))
    """What makes it one occasion, so that nothing is told twice: a serial, a day, a search."""
    words: Mapped[str] = mapped_column(String(300), default="")
    """What the thing is called where it has no page: a search, a title."""
    times: Mapped[int] = mapped_column(default=1)
    at: Mapped[datetime] = mapped_column(UtcDateTime())
    on_site: Mapped[bool] = mapped_column(default=True)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    mailed_at: Mapped[datetime | None] = mapped_column(UtcDateTime())


@dataclass(frozen=True)
class News:
    """Something to tell one person."""

    person_id: UUID
    event: Event
    kind: str
    thing_id: UUID
    cause: str
    occasion: str
    at: datetime
    words: str = ""
    times: int = 1
    adds_up: bool = True
    """Whether it joins an unread notice on the same thing, or is told once and never again."""
    has_letter: bool = False
    """Whether a letter of its own goes to who wants a mail at once."""


def tell(session: Session, news: News, *, on_site: bool) -> Notice | None:
    """Keep a notice, or add to the unread one; None if this occasion was told before."""
    same = select(Notice).where(
        Notice.person_id == news.person_id,
        Notice.event == news.event,
        Notice.thing_id == news.thing_id,
    )
    if session.scalar(same.where(Notice.occasion == news.occasion).limit(1)) is not None:
        return None
    waiting = (
        session.scalar(
            same.where(
                Notice.cause == news.cause, Notice.read_at.is_(None), Notice.mailed_at.is_(None)
            ).limit(1)
        )
        if news.adds_up
        else None
    )
    if waiting is not None:
        waiting.times += news.times
        waiting.at, waiting.occasion = news.at, news.occasion
        return waiting
    told = Notice(
        person_id=news.person_id,
        event=news.event,
        kind=news.kind,
        thing_id=news.thing_id,
        cause=news.cause,
        occasion=news.occasion,
        words=news.words[:300],
        times=news.times,
        at=news.at,
        on_site=on_site,
    )
    session.add(told)
    session.flush()
    return told


def of_person(
    session: Session,
    actor: Actor,
    *,
    unread_only: bool = False,
    before: UUID | None = None,
    limit: int = 30,
) -> Sequence[Notice]:
    """The actor's notices on the site, newest first, from before ``before``."""
    query = (
        select(Notice)
        .where(Notice.person_id == person_of(actor), Notice.on_site.is_(True))
        .order_by(Notice.id.desc())
        .limit(limit)
    )
    if unread_only:
        query = query.where(Notice.read_at.is_(None))
    if before is not None:
        query = query.where(Notice.id < before)
    return session.scalars(query).all()


def count_unread(session: Session, actor: Actor) -> int:
    """How many of the actor's notices are unread."""
    query = (
        select(func.count())
        .select_from(Notice)
        .where(
            Notice.person_id == person_of(actor),
            Notice.on_site.is_(True),
            Notice.read_at.is_(None),
        )
    )
    return session.scalar(query) or 0


def read(session: Session, actor: Actor, notice_id: UUID) -> Notice:
    """Mark one of the actor's own notices as read; those of others do not exist for it."""
    person_id, found = person_of(actor), session.get(Notice, notice_id)
    if found is None or found.person_id != person_id or not found.on_site:
        raise NotFound("There is no such notice.")
    found.read_at = found.read_at or now()
    return found


def read_all(session: Session, actor: Actor) -> int:
    """Mark all of the actor's notices as read; how many were unread."""
    found = session.execute(
        update(Notice)
        .where(Notice.person_id == person_of(actor), Notice.read_at.is_(None))
        .values(read_at=now())
    )
    return int(found.rowcount)  # type: ignore[attr-defined]


def forget_old(session: Session) -> int:
    """Forget notices older than ``KEPT``; how many."""
    found = session.execute(delete(Notice).where(Notice.at < now() - KEPT))
    return int(found.rowcount)  # type: ignore[attr-defined]
