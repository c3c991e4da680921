"""One-click unsubscribing (RFC 8058): a token in the mail, its hash here, no sign-in.

Whoever has the mail can end such mails and nothing else; what the person sees on the site stays.
A token may be used again and again: the second time changes nothing.
"""

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy import ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from catalog.database import Base, UtcDateTime, now
from catalog.errors import NotFound
from marketplace.notifications import preferences
from marketplace.notifications.events import Event

VALID = timedelta(days=400)
"""For how long a mail can be unsubscribed from."""


class UnsubscribeToken(Base):
    """What a mail may end: the kinds of notice that it told of, for one person."""

    __tablename__ = "unsubscribe_tokens"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    events: Mapped[list[str]]
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime())


def token_for(session: Session, person_id: UUID, events: Iterable[Event]) -> str:
    """A new token for a mail; it is not kept."""
    token = secrets.token_urlsafe(32)
    session.add(
        UnsubscribeToken(
            token_hash=_hash(token),
            person_id=person_id,
            events=sorted(set(events)),
            expires_at=now() + VALID,
        )
    )
    return token


def events_of(session: Session, token: str) -> Sequence[Event]:
    """What a token may end; raises ``NotFound`` for one that is unknown or too old."""
    return [Event(each) for each in _known(session, token).events if each in set(Event)]


def unsubscribe(session: Session, token: str) -> None:
    """End the mails that the token names."""
    known = _known(session, token)
    preferences.silence(session, known.person_id, events_of(session, token))


def forget_old(session: Session) -> None:
    """Forget the tokens of mails that are too old."""
    session.execute(delete(UnsubscribeToken).where(UnsubscribeToken.expires_at < now()))


def _known(session: Session, token: str) -> UnsubscribeToken:
    known = session.scalar(
        select(UnsubscribeToken).where(
            UnsubscribeToken.token_hash == _hash(token), UnsubscribeToken.expires_at > now()
        )
    )
    if known is None:
        raise NotFound(
            "This link for unsubscribing is not valid. Sign in and choose on your account page "
            "what we write to you."
        )
    return known


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
