"""What holds programs off forms that need no account, without a third party.

A field that no person sees, and a time stamp that this node signed: nobody reads a form and writes
a sentence in three seconds, and a stamp cannot be made up or kept for ever.
"""

import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import LargeBinary
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from catalog.database import Base, now
from catalog.errors import Conflict
from marketplace.accounts import attempts
from marketplace.accounts.attempts import SOURCE, Limit
from marketplace.transactions import Database

SOONEST = timedelta(seconds=3)
"""Nobody reads the form and writes a sentence in less."""

LATEST = timedelta(days=1)
"""A form that lay open longer is read once more."""

TRAP = "website"
"""A field that no person sees; whoever fills it is a program."""

STAMP = "shown_at"
"""The hidden field with the signed time at which the form was shown."""

MESSAGES = Limit(free=5, longest=SOURCE.longest)
"""Messages from one address; then each waits twice as long as the one before."""

THE_KEY = 1


def count_message(session: Session, source: str) -> None:
    """Count a message of an address, kept as a hash for an hour; raises ``attempts.TooSoon``."""
    attempts.count(session, "message", attempts.network(source), MESSAGES)


class FormKey(Base):
    """The one key that signs stamps, the same for all processes of a node."""

    __tablename__ = "form_keys"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[bytes] = mapped_column(LargeBinary())


class FormGuard:
    """Stamps forms and knows its own stamps again; one for each process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._key = b""

    def stamp(self, moment: datetime | None = None) -> str:
        """The stamp of a form that is shown at ``moment``, else now."""
        seconds = str(int((moment or now()).timestamp()))
        return f"{seconds}.{self._signature(seconds)}"

    def is_trapped(self, data: Mapping[str, str]) -> bool:
        """Whether the field was filled that no person sees."""
        return bool(data.get(TRAP, ""))

    def require_read(self, data: Mapping[str, str]) -> None:
        """Go on if somebody had the time to read; raises ``Conflict`` with what to do else."""
        seconds, _, signature = data.get(STAMP, "")[:100].partition(".")
        is_ours = hmac.compare_digest(signature.encode(), self._signature(seconds).encode())
        age = now().timestamp() - int(seconds) if is_ours else LATEST.total_seconds() + 1
        if age > LATEST.total_seconds():
            raise Conflict("The form is too old. Please read it once more and send it again.")
        if age < SOONEST.total_seconds():
            raise Conflict("That was very fast. Please read the form once more and send it again.")

    def _signature(self, text: str) -> str:
        if not self._key:
            self._key = self._shared_key()
        return hmac.new(self._key, text.encode(), sha256).hexdigest()[:32]

    def _shared_key(self) -> bytes:
        with self._database.reading() as session:
            known = session.get(FormKey, THE_KEY)
        if known is not None:
            return known.key
        with self._database.writing.begin() as session:
            kind = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
            session.execute(
                kind.insert(FormKey)
                .values(id=THE_KEY, key=secrets.token_bytes(32))
                .on_conflict_do_nothing(index_elements=[FormKey.id])
            )
            return session.get_one(FormKey, THE_KEY).key
