"""People: accounts belong to persons, rights to memberships (see ``memberships``)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from catalog import changes, email_addresses
from catalog.database import Base, UtcDateTime, new_id, now
from catalog.errors import Conflict, Invalid, NotFound, Problem
from catalog.permissions import Actor, person_of, require

LANGUAGES = ("de", "en")
"""In which the node can write to people."""


class Person(Base):
    """Somebody with an account; never part of a public record."""

    __tablename__ = "people"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(String(320), unique=True)
    """Lower case; the address a person signs in with."""
    name: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(8), default="de")
    is_moderator: Mapped[bool] = mapped_column(default=False)
    is_steward: Mapped[bool] = mapped_column(default=False)
    is_sample: Mapped[bool] = mapped_column(default=False)
    suspended_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    """Since when the person may not act here; None for everybody who may."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime(), default=now)


def enter(
    session: Session,
    actor: Actor,
    *,
    email: str,
    name: str,
    is_moderator: bool = False,
    is_steward: bool = False,
    is_sample: bool = False,
    id: UUID | None = None,  # noqa: A002 - the column's name
) -> Person:
    """Enter a person; an address can be entered once."""
    require(actor.is_steward, "Only the node's steward enters people.")
    address = email_addresses.normalized(email)
    if not name.strip():
        raise Invalid("Give a name.", field="name")
    if session.scalar(select(Person.id).where(Person.email == address)) is not None:
        raise Conflict("There is already an account for this address.")
    person = Person(
        id=id or new_id(),
        email=address,
        name=name.strip(),
        is_moderator=is_moderator,
        is_steward=is_steward,
        is_sample=is_sample,
    )
    session.add(person)
    session.flush()
    changes.record(session, actor, "entered", "person", person.id, public=False)
    return person


def describe(session: Session, actor: Actor, *, name: str, language: str) -> Person:
    """Change the actor's own name and the language in which the node writes to it."""
    person = by_id(session, person_of(actor))
    problems = []
    if not name.strip() or len(name) > 200:
        problems.append(Problem("name", "Give a name of at most 200 characters."))
    if language not in LANGUAGES:
        problems.append(Problem("language", "Choose German or English."))
    if problems:
        raise Invalid("Your profile is not complete.", problems=problems)
    person.name, person.language = " ".join(name.split()), language
    changes.record(session, actor, "changed", "person", person.id, public=False)
    return person


def register(session: Session, *, email: str, name: str, language: str) -> Person:
    """Open an account for somebody who has shown that the address is theirs."""
    address = email_addresses.normalized(email)
    if session.scalar(select(Person.id).where(Person.email == address)) is not None:
        raise Conflict("There is already an account for this address.")
    person = Person(email=address, name=" ".join(name.split())[:200], language=language)
    session.add(person)
    session.flush()
    actor = Actor(person.name, person.id)
    changes.record(session, actor, "registered", "person", person.id, public=False)
    return person


def change_address(session: Session, actor: Actor, email: str) -> Person:
    """Change the actor's own address, once somebody has shown that the new one is theirs."""
    person = by_id(session, person_of(actor))
    address = email_addresses.normalized(email)
    taken = select(Person.id).where(Person.email == address, Person.id != person.id)
    if session.scalar(taken) is not None:
        raise Conflict("There is already an account for this address.")
    person.email = address
    session.flush()
    changes.record(session, actor, "changed", "person", person.id, public=False)
    return person


def by_email(session: Session, email: str) -> Person:
    """The person with this address."""
    person = with_email(session, email)
    if person is None:
        raise NotFound("There is no account for this address.")
    return person


def with_email(session: Session, email: str) -> Person | None:
    """The person with this address, if there is one."""
    return session.scalar(select(Person).where(Person.email == email.strip().lower()))


def by_id(session: Session, id: UUID) -> Person:  # noqa: A002 - the column's name
    """The person with this id."""
    person = session.get(Person, id)
    if person is None:
        raise NotFound("There is no such person.")
    return person


def samples(session: Session) -> Sequence[Person]:
    """The invented people of a sample node, in the order of their names."""
    return session.scalars(
        select(Person).where(Person.is_sample.is_(True)).order_by(Person.name)
    ).all()


def listed(
    session: Session, actor: Actor, text: str = "", *, after: UUID | None = None, limit: int = 50
) -> Sequence[Person]:
    """People whose name or address holds ``text``, in the order of their accounts."""
    require(actor.is_steward, "Only the node's steward sees the accounts.")
    query = select(Person).order_by(Person.id).limit(limit)
    if text:
        found = Person.name.icontains(text, autoescape=True)
        query = query.where(found | Person.email.icontains(text, autoescape=True))
    if after is not None:
        query = query.where(Person.id > after)
    return session.scalars(query).all()


def count_stewards(session: Session) -> int:
    """How many people can run the node."""
    query = select(func.count()).select_from(Person)
    return (
        session.scalar(query.where(Person.is_steward.is_(True), Person.suspended_at.is_(None))) or 0
    )


def give_rights(
    session: Session, actor: Actor, person: Person, *, is_moderator: bool, is_steward: bool
) -> Person:
    """Make somebody moderator or steward, or take it; the last steward stays one."""
    require(actor.is_steward, "Only the node's steward gives rights.")
    if person.is_steward and not is_steward:
        _require_another_steward(session)
    person.is_moderator, person.is_steward = is_moderator, is_steward
    changes.record(session, actor, "given_rights", "person", person.id, public=False)
    return person


def administered(session: Session, actor: Actor, person_id: UUID) -> Person:
    """The account of anybody, for the steward."""
    require(actor.is_steward, "Only the node's steward sees the accounts.")
    return by_id(session, person_id)


def suspend(session: Session, actor: Actor, person: Person, *, typed_address: str) -> Person:
    """Keep somebody from acting here; what the person did stays.

    Raises ``Invalid`` unless the person's address is typed, so that nobody meets the wrong one.
    """
    require(actor.is_steward, "Only the node's steward suspends accounts.")
    if typed_address.strip().lower() != person.email:
        raise Invalid("Type the e-mail address of this account.", field="address")
    if person.id == actor.person_id:
        raise Conflict("You cannot suspend your own account.")
    if person.is_steward:
        _require_another_steward(session)
    person.suspended_at = person.suspended_at or now()
    changes.record(session, actor, "suspended", "person", person.id, public=False)
    return person


def readmit(session: Session, actor: Actor, person: Person) -> Person:
    """Let somebody act again."""
    require(actor.is_steward, "Only the node's steward suspends accounts.")
    person.suspended_at = None
    changes.record(session, actor, "readmitted", "person", person.id, public=False)
    return person


def _require_another_steward(session: Session) -> None:
    if count_stewards(session) <= 1:
        raise Conflict("This is the only steward of the node. Make somebody else steward first.")
