"""Challenges: what one browser must answer within minutes, such as a second factor or a passkey.

A challenge is bound to the browser by a cookie, so an answer that somebody else began is refused.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, String, delete
from sqlalchemy.orm import Mapped, Session, mapped_column

from catalog.database import Base, Document, UtcDateTime, now
from marketplace.accounts import tokens

LIFETIME = timedelta(minutes=10)


class Kind(StrEnum):
    """What is to be answered."""

    SECOND_FACTOR = "second_factor"
    NEW_PASSKEY = "new_passkey"
    PASSKEY = "passkey"
    OPENID = "openid"


class Challenge(Base):
    """A question to one browser."""

    __tablename__ = "challenges"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    """Of whom an answer is awaited; None while nobody knows who it is."""
    facts: Mapped[dict[str, str]] = mapped_column(Document(dict[str, str]))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime(), index=True)


def begin(session: Session, kind: Kind, *, person_id: UUID | None = None, **facts: str) -> str:
    """A new challenge; its token goes into the browser's cookie."""
    moment, token = now(), tokens.new()
    session.execute(delete(Challenge).where(Challenge.expires_at < moment))
    session.add(
        Challenge(
            token_hash=tokens.hashed(token), kind=kind, person_id=person_id, facts=facts,
            expires_at=moment + LIFETIME,
        )
    )  # fmt: skip
    session.flush()
    return token


def found(session: Session, kind: Kind, token: str) -> Challenge | None:
    """The challenge of this browser, if it is of this kind and has not ended."""
    challenge = session.get(Challenge, tokens.hashed(token)) if token else None
    if challenge is None or challenge.kind != kind or challenge.expires_at <= now():
        return None
    # Of an account that was deleted meanwhile no second factor is awaited.
    is_nobodys = kind == Kind.SECOND_FACTOR and challenge.person_id is None
    return None if is_nobodys else challenge


def take(session: Session, kind: Kind, token: str) -> Challenge | None:
    """The challenge of this browser; it can be answered once."""
    challenge = found(session, kind, token)
    if challenge is not None:
        session.delete(challenge)
        session.flush()
    return challenge


def forget(session: Session, person_id: UUID) -> None:
    """Delete what is asked of a person."""
    session.execute(delete(Challenge).where(Challenge.person_id == person_id))
