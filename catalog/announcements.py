"""Announcements: what the node's steward tells everybody for a while, such as maintenance."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from catalog import changes
from catalog.database import Base, Text, UtcDateTime, new_id, now
from catalog.errors import Invalid, NotFound, Problem
from catalog.permissions import Actor, require

KIND = "announcement"

LONGEST = 500
"""Characters of the text in one language."""

LANGUAGES = ("de", "en")


class Weight(StrEnum):
    """How an announcement is shown."""

    INFO = "info"
    WARN = "warn"


class Announcement(Base):
    """A banner on all pages from one moment until another."""

    __tablename__ = "announcements"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    text: Mapped[Text]
    weight: Mapped[str] = mapped_column(String(10), default=Weight.INFO)
    shown_from: Mapped[datetime] = mapped_column(UtcDateTime())
    shown_until: Mapped[datetime] = mapped_column(UtcDateTime(), index=True)


def announce(
    session: Session,
    actor: Actor,
    *,
    text: Text,
    weight: str,
    shown_from: datetime,
    shown_until: datetime,
) -> Announcement:
    """Tell everybody something in both languages, from one moment until another."""
    require(actor.is_steward, "Only the node's steward announces.")
    plain = {code: text.get(code, "").strip() for code in LANGUAGES}
    problems = [
        Problem(f"text_{code}", "Say it in this language too, in at most %(most)s characters.",
                {"most": LONGEST})
        for code, words in plain.items()
        if not 0 < len(words) <= LONGEST
    ]  # fmt: skip
    if weight not in set(Weight):
        problems.append(Problem("weight", "Choose how it is shown."))
    if shown_until <= max(shown_from, now()):
        problems.append(Problem("shown_until", "Give an end after the beginning and after now."))
    if problems:
        raise Invalid("The announcement is not complete.", problems=problems)
    made = Announcement(text=plain, weight=weight, shown_from=shown_from, shown_until=shown_until)
    session.add(made)
    session.flush()
    changes.record(session, actor, "announced", KIND, made.id, public=False)
    return made


def end(session: Session, actor: Actor, announcement_id: UUID) -> None:
    """Show an announcement no longer."""
    require(actor.is_steward, "Only the node's steward announces.")
    found = session.get(Announcement, announcement_id)
    if found is None:
        raise NotFound("There is no such announcement.")
    moment = now()
    found.shown_from = min(found.shown_from, moment)
    found.shown_until = min(found.shown_until, moment)
    changes.record(session, actor, "ended", KIND, found.id, public=False)


def listed(session: Session, actor: Actor, limit: int = 50) -> Sequence[Announcement]:
    """The announcements for the steward, newest end first."""
    require(actor.is_steward, "Only the node's steward announces.")
    query = select(Announcement).order_by(Announcement.shown_until.desc(), Announcement.id)
    return session.scalars(query.limit(limit)).all()


def coming(session: Session) -> Sequence[Announcement]:
    """What is shown now or will be, in the order of its beginning."""
    query = select(Announcement).where(Announcement.shown_until > now())
    return session.scalars(query.order_by(Announcement.shown_from, Announcement.id)).all()


def by_ids(session: Session, ids: Sequence[UUID]) -> Sequence[Announcement]:
    """The announcements with these ids."""
    return session.scalars(select(Announcement).where(Announcement.id.in_(ids))).all()
