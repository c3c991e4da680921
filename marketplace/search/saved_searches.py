"""Saved searches: a question that a person keeps, to ask it again and to hear of new hits."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from catalog import changes
from catalog.database import Base, UtcDateTime, new_id, now
from catalog.errors import Conflict, Invalid, NotFound
from catalog.permissions import Actor, person_of

KIND = "saved_search"

MOST = 100
"""Saved searches of one person."""

LONGEST_NAME = 120
LONGEST_QUERY = 2_000


class SavedSearch(Base):
    """A question as the parameters of the results page ask it, under a name of its own."""

    __tablename__ = "saved_searches"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    query: Mapped[str] = mapped_column(String(LONGEST_QUERY))
    """The query string of the results page, without its page."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime(), default=now)


def save(session: Session, actor: Actor, *, query: str, name: str) -> SavedSearch:
    """Keep a question; one that is kept already changes nothing.

    Raises ``Invalid`` for a name or question that is too long and ``Conflict`` beyond ``MOST``.
    """
    kept = of_person(session, actor)
    known = next((each for each in kept if each.query == query), None)
    if known is not None:
        return known
    if len(query) > LONGEST_QUERY:
        raise Invalid("This search is too long to be kept. Choose fewer filters.", field="query")
    if len(kept) >= MOST:
        raise Conflict(
            "You keep %(most)s searches already. Delete one on your account page first.", most=MOST
        )
    saved = SavedSearch(person_id=person_of(actor), name=_checked(name), query=query)
    session.add(saved)
    session.flush()
    changes.record(session, actor, "saved", KIND, saved.id, public=False)
    return saved


def rename(session: Session, actor: Actor, search_id: UUID, name: str) -> SavedSearch:
    """Give one of the actor's own searches another name."""
    saved = by_id(session, actor, search_id)
    saved.name = _checked(name)
    changes.record(session, actor, "renamed", KIND, saved.id, public=False)
    return saved


def delete(session: Session, actor: Actor, search_id: UUID) -> None:
    """Keep one of the actor's own searches no longer."""
    saved = by_id(session, actor, search_id)
    session.delete(saved)
    changes.record(session, actor, "deleted", KIND, saved.id, public=False)


def by_id(session: Session, actor: Actor, search_id: UUID) -> SavedSearch:
    """One of the actor's own saved searches; those of others do not exist for it."""
    person_id, saved = person_of(actor), session.get(SavedSearch, search_id)
    if saved is None or saved.person_id != person_id:
        raise NotFound("There is no such saved search.")
    return saved


def of_person(session: Session, actor: Actor) -> Sequence[SavedSearch]:
    """The actor's saved searches, newest first."""
    query = select(SavedSearch).where(SavedSearch.person_id == person_of(actor))
    return session.scalars(query.order_by(SavedSearch.id.desc())).all()


def count(session: Session) -> int:
    """How many searches the people of this node keep."""
    return session.scalar(select(func.count()).select_from(SavedSearch)) or 0


def _checked(name: str) -> str:
    plain = " ".join(name.split())
    if not plain:
        raise Invalid("Give the search a name.", field="name")
    if len(plain) > LONGEST_NAME:
        raise Invalid(
            "Shorten the name to at most %(most)s characters.", field="name", most=LONGEST_NAME
        )
    return plain
