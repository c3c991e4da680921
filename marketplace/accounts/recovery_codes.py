"""Recovery codes: ten words of chance on paper, each good once in place of a second factor."""

import base64
import secrets
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from catalog.database import Base, UtcDateTime, new_id, now
from marketplace.accounts import tokens

HOW_MANY = 10

BYTES = 10
"""80 bits: so many that a plain hash of a code cannot be guessed back."""


class RecoveryCode(Base):
    """One of a person's recovery codes; only its hash is stored."""

    __tablename__ = "recovery_codes"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime(), default=now)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime())


def renew(session: Session, person_id: UUID) -> list[str]:
    """Ten new codes, shown once: "abcd-efgh-ijkl-mnop"; earlier ones are void."""
    forget(session, person_id)
    codes = [base64.b32encode(secrets.token_bytes(BYTES)).decode().lower() for _ in range(HOW_MANY)]
    session.add_all(
        RecoveryCode(person_id=person_id, code_hash=tokens.hashed(code)) for code in codes
    )
    session.flush()
    return ["-".join(code[i : i + 4] for i in range(0, len(code), 4)) for code in codes]


def use(session: Session, person_id: UUID, typed: str) -> bool:
    """Use a code up; whether it was one of the person's and unused."""
    code = "".join(c for c in typed.lower() if c.isalnum())
    done = session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.person_id == person_id,
            RecoveryCode.code_hash == tokens.hashed(code),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now())
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]


def left(session: Session, person_id: UUID) -> int:
    """How many codes a person has left."""
    return (
        session.scalar(
            select(func.count()).where(
                RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None)
            )
        )
        or 0
    )


def forget(session: Session, person_id: UUID) -> None:
    """Delete the codes of a person."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
