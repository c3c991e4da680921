"""Attempts are slowed down, never locked out: who tries often waits longer each time.

One row for each account tried and for each source, shared by all processes of a node. An attempt
is counted before the secret is looked at, in the same statement for everybody, so that attempts at
the same moment wait for each other; success takes the count back. An account that nobody has is
slowed down like any other.

Accounts wait at most a minute, so that nobody can keep somebody else out for long; sources wait up
to a quarter of an hour (NIST SP 800-63B, 3.2.2: throttling of online guessing). Rows hold only
hashes of what was tried and leave after an hour of quiet.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from ipaddress import IPv6Address, ip_address, ip_network

from sqlalchemy import String, delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from catalog.database import Base, UtcDateTime, now

FORGOTTEN_AFTER = timedelta(hours=1)


@dataclass(frozen=True)
class Limit:
    """How often something may be tried at once, and how long one waits then at most."""

    free: int
    longest: timedelta

    def pause(self, count: int) -> timedelta:
        """How long to wait after the attempt with this number: 1, 2, 4 … seconds."""
        beyond = count - self.free
        if beyond < 0:
            return timedelta()
        return min(timedelta(seconds=2.0 ** min(beyond, 30)), self.longest)


ACCOUNT = Limit(free=5, longest=timedelta(seconds=60))
SOURCE = Limit(free=30, longest=timedelta(minutes=15))
MAILS = Limit(free=3, longest=timedelta(minutes=15))
"""Mails that somebody can cause to one address."""


class TooSoon(Exception):
    """Somebody tries too often; ``seconds`` is how long to wait."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"Wait {seconds} seconds.")
        self.seconds = seconds


class Attempts(Base):
    """How often something was tried of late, and when it may be tried again."""

    __tablename__ = "attempts"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    """SHA-256 of what is tried: an address, a source."""
    count: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(UtcDateTime(), index=True)
    free_at: Mapped[datetime] = mapped_column(UtcDateTime())


def count(session: Session, kind: str, subject: str, limit: Limit) -> None:
    """Count an attempt; raises `TooSoon` if the pause of the last one has not passed.

    What is refused is not counted, or impatience would never end.
    """
    moment, key = now(), _key(kind, subject)
    session.execute(delete(Attempts).where(Attempts.last_at < moment - FORGOTTEN_AFTER))
    number, free_at = _counted(session, key, moment)
    if free_at > moment:
        _set(session, key, number - 1, free_at)
        raise TooSoon(math.ceil((free_at - moment).total_seconds()))
    _set(session, key, number, moment + limit.pause(number))


def forgive(session: Session, kind: str, subject: str) -> None:
    """The attempt was right: start counting anew."""
    session.execute(delete(Attempts).where(Attempts.key == _key(kind, subject)))


def network(source: str) -> str:
    """The source as it is counted: an IPv6 customer has a whole /64 to choose from."""
    try:
        found = ip_address(source)
    except ValueError:
        return source
    return str(ip_network((found, 64), strict=False)) if isinstance(found, IPv6Address) else source


def _counted(session: Session, key: str, moment: datetime) -> tuple[int, datetime]:
    """One more for this key; a second attempt at the same moment waits here for the first."""
    kind = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    row = {"key": key, "count": 1, "last_at": moment, "free_at": moment}
    query = kind.insert(Attempts).values(row)
    query = query.on_conflict_do_update(
        index_elements=[Attempts.key], set_={"count": Attempts.count + 1, "last_at": moment}
    ).returning(Attempts.count, Attempts.free_at)
    number, free_at = session.execute(query).one()
    return number, free_at


def _set(session: Session, key: str, number: int, free_at: datetime) -> None:
    session.execute(
        update(Attempts).where(Attempts.key == key).values(count=number, free_at=free_at)
    )


def _key(kind: str, subject: str) -> str:
    return sha256(f"{kind}:{subject}".encode()).hexdigest()
