"""Passwords: long enough, not one's own name, stored with argon2id.

The rules are those of NIST SP 800-63B-4, 3.1.1.2: at least 15 characters where a password may stand
alone, at least 64 allowed, every character, no rules of composition, no expiry, a check against
what is easy to guess: here the person's own words, the node's, and runs such as 123456.
"""

import threading
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from itertools import pairwise
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY
from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from catalog.database import Base, UtcDateTime, now
from catalog.errors import Invalid
from catalog.people import Person

SHORTEST = 15
LONGEST = 256

LEAST_DIFFERENT = 6
"""Different characters that a password has."""

LEFT_OVER = 8
"""Characters that must be left when words that are easy to guess are taken out."""

GUESSED_FIRST = (
    "lichtermeer", "passwort", "password", "kennwort", "geheim", "anmelden", "willkommen",
    "qwertzuiop", "qwertyuiop", "asdfghjkl", "yxcvbnm", "zxcvbnm", "1234567890",
    "abcdefghijklmnopqrstuvwxyz",
)  # fmt: skip

_hasher = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)

_room = threading.BoundedSemaphore(2)
"""Each hash takes 64 MiB for a moment; a flood of attempts waits instead of filling the memory."""


class Password(Base):
    """The password of a person; who signs in by other ways has none."""

    __tablename__ = "passwords"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), primary_key=True)
    hash: Mapped[str] = mapped_column(String(200))
    """As argon2 writes it, parameters and salt included."""
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime(), default=now)


def check(password: str, *, words: Sequence[str], field: str = "password") -> None:
    """Refuse a password that is too short or easy to guess; ``words`` are the person's own."""
    text = _normalized(password)
    if len(text) < SHORTEST:
        raise Invalid(
            "Take at least 15 characters. Four or five words in a row are easy to remember.",
            field=field,
        )
    if len(text) > LONGEST:
        raise Invalid("Take at most 256 characters.", field=field)
    if len(set(text)) < LEAST_DIFFERENT or len(_without(text.casefold(), words)) < LEFT_OVER:
        raise Invalid(
            "This is easy to guess. Take words that have nothing to do with you or this page.",
            field=field,
        )


def store(session: Session, person: Person, password: str) -> None:
    """Give a person a password; the caller has checked it."""
    kept = session.get(Password, person.id)
    if kept is None:
        kept = Password(person_id=person.id, hash="")
        session.add(kept)
    kept.hash, kept.changed_at = _hash(password), now()
    session.flush()


def of_person(session: Session, person_id: UUID) -> Password | None:
    """The password of a person, if it has one."""
    return session.get(Password, person_id)


def is_right(session: Session, person: Person | None, password: str) -> bool:
    """Whether this is the person's password.

    There is exactly one verification, also where nobody has the address or there is no password:
    the time says nothing.
    """
    kept = session.get(Password, person.id) if person is not None else None
    if not _verifies(kept.hash if kept else _nobodys(), password) or kept is None:
        return False
    if _hasher.check_needs_rehash(kept.hash):
        kept.hash = _hash(password)
    return True


def words_of(person_name: str, email: str, node_name: str) -> list[str]:
    """The words of a person that are easy to guess: parts of name and address, the node's name."""
    texts = f"{person_name} {email} {node_name}".casefold()
    return "".join(c if c.isalnum() else " " for c in texts).split()


def _without(text: str, words: Sequence[str]) -> str:
    for word in sorted({*GUESSED_FIRST, *(w for w in words if len(w) >= 4)}, key=len, reverse=True):
        text = text.replace(word, "").replace(word[::-1], "")
    kept = text[:1]
    for before, sign in pairwise(text):
        # What goes on by one, back by one or repeats is a run; only its first sign counts.
        kept += sign if abs(ord(sign) - ord(before)) > 1 else ""
    return kept


def _hash(password: str) -> str:
    with _room:
        return _hasher.hash(_normalized(password)[:LONGEST])


def _verifies(kept: str, password: str) -> bool:
    with _room:
        try:
            return _hasher.verify(kept, _normalized(password)[:LONGEST])
        except (VerificationError, InvalidHashError):
            return False


@cache
def _nobodys() -> str:
    return _hash("the password of nobody, compared where an address has no account")


def _normalized(password: str) -> str:
    """The same password however a keyboard composes its letters (Unicode NFC)."""
    return unicodedata.normalize("NFC", password)
