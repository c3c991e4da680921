"""One-time links: whoever gets one by mail shows that the mailbox is theirs.

Only the hash of a link's token is stored. Opening a link changes nothing, for mail programs open
links by themselves; what it offers happens when its form is sent, once.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, String, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from catalog.database import Base, UtcDateTime, now
from catalog.errors import Conflict, Gone, NotFound
from marketplace.accounts import tokens


class Purpose(StrEnum):
    """What a link is for."""

    SET_UP = "set_up"
    """Choose the first password of an account."""
    RESET = "reset"
    """Choose a new password."""
    ADDRESS = "address"
    """Confirm a new address."""


VALID_FOR = {
    Purpose.SET_UP: timedelta(hours=24),
    Purpose.RESET: timedelta(hours=1),
    Purpose.ADDRESS: timedelta(hours=24),
}

INVITATION = timedelta(days=7)
"""How long a link holds that an operator gives to a person."""

REMEMBERED = timedelta(days=7)
"""How long it is known that a link was used or has ended, so that its page can say so."""


class OneTimeLink(Base):
    """A link that somebody can use once."""

    __tablename__ = "one_time_links"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(20))
    email: Mapped[str] = mapped_column(String(254), index=True)
    """The address that it was sent to."""
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    """None while the account does not exist yet."""
    name: Mapped[str] = mapped_column(String(200), default="")
    language: Mapped[str] = mapped_column(String(8), default="de")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime(), default=now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime())
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime())


def issue(
    session: Session,
    purpose: Purpose,
    *,
    email: str,
    person_id: UUID | None = None,
    name: str = "",
    language: str = "de",
    valid_for: timedelta | None = None,
) -> str:
    """A new link's token; earlier links of the same purpose and address are void."""
    moment, token = now(), tokens.new()
    void(session, purpose, email=email)
    session.execute(delete(OneTimeLink).where(OneTimeLink.expires_at < moment - REMEMBERED))
    session.add(
        OneTimeLink(
            token_hash=tokens.hashed(token), purpose=purpose, email=email, person_id=person_id,
            name=name, language=language, created_at=moment,
            expires_at=moment + (valid_for or VALID_FOR[purpose]),
        )
    )  # fmt: skip
    session.flush()
    return token


def void(session: Session, purpose: Purpose, *, email: str) -> None:
    """Take back the links of a purpose that were sent to an address and not used."""
    session.execute(
        delete(OneTimeLink).where(
            OneTimeLink.purpose == purpose,
            OneTimeLink.email == email,
            OneTimeLink.used_at.is_(None),
        )
    )


def look(session: Session, purpose: Purpose, token: str) -> OneTimeLink:
    """The link with this token; raises ``NotFound`` or, for one that has ended, ``Gone``."""
    link = session.get(OneTimeLink, tokens.hashed(token))
    if link is None or link.purpose != purpose:
        raise NotFound(
            "This link is not known. Perhaps a part of it is missing, or a newer one was sent."
        )
    if link.used_at is not None:
        raise Gone("This link was used already.")
    if link.expires_at <= now():
        raise Gone("This link has ended.")
    return link


def use(session: Session, link: OneTimeLink) -> None:
    """Use a link up; raises ``Conflict`` if somebody else did at the same moment."""
    done = session.execute(
        update(OneTimeLink)
        .where(OneTimeLink.token_hash == link.token_hash, OneTimeLink.used_at.is_(None))
        .values(used_at=now())
    )
    if done.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("This link was used already.")


def pending(session: Session, purpose: Purpose, email: str) -> OneTimeLink | None:
    """The unused link of a purpose that was sent to an address last."""
    return session.scalar(
        select(OneTimeLink)
        .where(
            OneTimeLink.purpose == purpose,
            OneTimeLink.email == email,
            OneTimeLink.used_at.is_(None),
        )
        .order_by(OneTimeLink.created_at.desc())
        .limit(1)
    )
