"""Logins: opaque tokens of signed-in browsers; only their hashes are stored."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy import ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from catalog import memberships
from catalog.database import Base, UtcDateTime, new_id, now
from catalog.people import Person
from catalog.permissions import Actor

LIFETIME = timedelta(hours=12)


class Login(Base):
    """A browser in which somebody is signed in."""

    __tablename__ = "logins"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    person: Mapped[Person] = relationship(lazy="raise")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime(), default=now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime())


def begin(session: Session, person: Person) -> str:
    """Sign a person in; the token goes into the cookie and is not kept."""
    token = secrets.token_urlsafe(32)
    session.add(Login(token_hash=_hash(token), person_id=person.id, expires_at=now() + LIFETIME))
    session.flush()
    return token


def end(session: Session, token: str) -> None:
    """Sign out; an unknown token is none of our business."""
    session.execute(delete(Login).where(Login.token_hash == _hash(token)))


def actor_of(session: Session, token: str) -> Actor:
    """Whoever holds this token; an unknown or expired one is a visitor."""
    login = session.scalar(
        select(Login)
        .options(joinedload(Login.person))
        .where(Login.token_hash == _hash(token), Login.expires_at > now())
    )
    if login is None:
        return Actor.anonymous()
    roles = {
        membership.organization_id: membership.role
        for membership in memberships.of_person(session, login.person_id)
    }
    return Actor(
        name=login.person.name,
        person_id=login.person_id,
        roles=roles,
        is_moderator=login.person.is_moderator,
        is_steward=login.person.is_steward,
    )


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
