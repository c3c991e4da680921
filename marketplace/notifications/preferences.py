"""A person's wishes: kind of notice by channel and rhythm; what is the default is not stored."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from catalog import changes
from catalog.database import Base, in_slices
from catalog.errors import Invalid, Problem
from catalog.permissions import Actor, person_of
from marketplace.notifications.events import Event, Rhythm, Wish, default, rhythms


class NoticePreference(Base):
    """A wish that differs from the default."""

    __tablename__ = "notice_preferences"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), primary_key=True)
    event: Mapped[str] = mapped_column(String(40), primary_key=True)
    on_site: Mapped[bool]
    rhythm: Mapped[str] = mapped_column(String(20))


def of_person(session: Session, actor: Actor) -> Mapping[Event, Wish]:
    """The actor's wishes, one for every kind of notice."""
    person_id = person_of(actor)
    return {event: wish for (_, event), wish in of_people(session, [person_id]).items()}


def of_people(session: Session, people: Iterable[UUID]) -> Mapping[tuple[UUID, Event], Wish]:
    """The wishes of many people, one for every person and kind of notice."""
    known = list(dict.fromkeys(people))
    found = {(person, event): default(event) for person in known for event in Event}
    for part in in_slices(known):
        query = select(NoticePreference).where(NoticePreference.person_id.in_(part))
        for row in session.scalars(query):
            if row.event in set(Event):
                wish = Wish(row.on_site, Rhythm(row.rhythm))
                found[row.person_id, Event(row.event)] = wish
    return found


def choose(session: Session, actor: Actor, wishes: Mapping[Event, Wish]) -> None:
    """Set the actor's wishes for these kinds of notice; raises ``Invalid`` for a rhythm that a
    kind does not have."""
    person_id = person_of(actor)
    problems = [
        Problem(event, "Only what waits for you can come at once. Choose another rhythm.")
        for event, wish in wishes.items()
        if wish.rhythm not in rhythms(event)
    ]
    if problems:
        raise Invalid("The choice is not possible.", problems=problems)
    _store(session, person_id, wishes)
    changes.record(session, actor, "chose_notices", "person", person_id, public=False)


def silence(session: Session, person_id: UUID, events: Sequence[Event]) -> None:
    """End the mails about these kinds of notice, for who unsubscribes without signing in.

    The site goes on to show them.
    """
    wishes = of_people(session, [person_id])
    _store(
        session,
        person_id,
        {event: Wish(wishes[person_id, event].on_site, Rhythm.NEVER) for event in events},
    )
    changes.record(
        session, Actor(name="unsubscribe"), "unsubscribed", "person", person_id, public=False
    )


def _store(session: Session, person_id: UUID, wishes: Mapping[Event, Wish]) -> None:
    session.execute(
        delete(NoticePreference).where(
            NoticePreference.person_id == person_id, NoticePreference.event.in_(wishes)
        )
    )
    session.add_all(
        NoticePreference(person_id=person_id, event=event, on_site=wish.on_site, rhythm=wish.rhythm)
        for event, wish in wishes.items()
        if wish != default(event)
    )
    session.flush()
