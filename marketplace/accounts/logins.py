"""Logins: browsers in which somebody is signed in, told by opaque tokens.

A login ends after ``IDLE`` without use and after ``LIFETIME`` at the latest. Its token changes
whenever its rights do: at sign-in, when the person has confirmed who it is, when a way of signing
in was added or removed.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, String, delete, select, update
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from catalog import deputies
from catalog.database import Base, UtcDateTime, new_id, now
from catalog.errors import NotAllowed, NotFound
from catalog.people import Person
from catalog.permissions import Actor
from marketplace.accounts import tokens
from marketplace.accounts.traces import Trace

LIFETIME = timedelta(hours=12)
IDLE = timedelta(hours=2)

NOTED_EVERY = timedelta(minutes=5)
"""How exactly the last use is known; noting each one would make every reading a write."""

CONFIRMED_FOR = timedelta(minutes=10)
"""How long it counts that a person has just shown who it is."""


class Way(StrEnum):
    """How somebody has signed in; through a provider it is ``openid:`` and its name."""

    SAMPLE = "sample"
    PASSWORD = "password"  # noqa: S105 - a way, not a password
    PASSKEY = "passkey"
    LINK = "link"
    OPENID = "openid"


class Login(Base):
    """A browser in which somebody is signed in."""

    __tablename__ = "logins"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    person: Mapped[Person] = relationship(lazy="raise")
    way: Mapped[str] = mapped_column(String(80), default=Way.SAMPLE)
    is_strong: Mapped[bool] = mapped_column(default=False)
    """Whether two factors were shown."""
    browser: Mapped[str] = mapped_column(String(60), default="")
    network: Mapped[str] = mapped_column(String(60), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime(), default=now)
    last_used_at: Mapped[datetime] = mapped_column(UtcDateTime(), default=now)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime())

    @property
    def is_confirmed(self) -> bool:
        """Whether the person has shown who it is in the last minutes.

        Invented people of a sample node have nothing to show.
        """
        if self.way == Way.SAMPLE:
            return True
        return self.confirmed_at is not None and self.confirmed_at > now() - CONFIRMED_FOR


def begin(
    session: Session,
    person: Person,
    *,
    way: str = Way.SAMPLE,
    is_strong: bool = False,
    trace: Trace | None = None,
) -> str:
    """Sign a person in; the token goes into the cookie and is not kept."""
    token, moment, seen = tokens.new(), now(), trace or Trace()
    session.add(
        Login(
            token_hash=tokens.hashed(token), person_id=person.id, way=way, is_strong=is_strong,
            browser=seen.browser, network=seen.network, created_at=moment, last_used_at=moment,
            confirmed_at=moment, expires_at=moment + LIFETIME,
        )
    )  # fmt: skip
    # Whoever signs in sweeps up: logins of all that have ended are of no use to anybody.
    session.execute(delete(Login).where(Login.expires_at < moment))
    session.flush()
    return token


def found(session: Session, token: str) -> Login | None:
    """The login with this token, if it has not ended and its person is not suspended."""
    moment = now()
    return session.scalar(
        select(Login)
        .options(joinedload(Login.person))
        .where(
            Login.token_hash == tokens.hashed(token),
            Login.expires_at > moment,
            Login.last_used_at > moment - IDLE,
            Login.person.has(Person.suspended_at.is_(None)),
        )
    )


def renew(session: Session, login: Login, *, is_strong: bool | None = None) -> str:
    """A new token for a login whose person has just confirmed who it is; the old one is void."""
    token = tokens.new()
    login.token_hash = tokens.hashed(token)
    login.confirmed_at = now()
    login.is_strong = login.is_strong if is_strong is None else is_strong
    session.flush()
    return token


def require_confirmed(login: Login | None) -> Login:
    """The login, if its person has just shown who it is; a program that acts for it cannot."""
    if login is None or not login.is_confirmed:
        raise NotAllowed("Confirm first that it is you.")
    return login


def note_use(session: Session, login_id: UUID, moment: datetime) -> None:
    """Note when a login was used last."""
    session.execute(update(Login).where(Login.id == login_id).values(last_used_at=moment))


def end(session: Session, token: str) -> None:
    """Sign out; an unknown token is none of our business."""
    session.execute(delete(Login).where(Login.token_hash == tokens.hashed(token)))


def end_one(session: Session, person_id: UUID, login_id: UUID) -> None:
    """End one of a person's logins."""
    found = session.execute(delete(Login).where(Login.id == login_id, Login.person_id == person_id))
    if not found.rowcount:  # type: ignore[attr-defined]
        raise NotFound("This sign-in has ended already.")


def end_all(session: Session, person_id: UUID, *, but: UUID | None = None) -> int:
    """End all logins of a person, or all but one; how many."""
    query = delete(Login).where(Login.person_id == person_id)
    if but is not None:
        query = query.where(Login.id != but)
    return int(session.execute(query).rowcount)  # type: ignore[attr-defined]


def of_person(session: Session, person_id: UUID) -> Sequence[Login]:
    """The logins of a person that have not ended, last used first."""
    moment = now()
    return session.scalars(
        select(Login)
        .where(
            Login.person_id == person_id,
            Login.expires_at > moment,
            Login.last_used_at > moment - IDLE,
        )
        .order_by(Login.last_used_at.desc(), Login.id.desc())
    ).all()


def actor_of(session: Session, login: Login) -> Actor:
    """Whoever is signed in here, with the roles it has now."""
    return Actor(
        name=login.person.name,
        person_id=login.person_id,
        roles=deputies.roles_of(session, login.person_id, today=now().date()),
        is_moderator=login.person.is_moderator,
        is_steward=login.person.is_steward,
    )
