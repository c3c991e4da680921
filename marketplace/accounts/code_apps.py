"""Code apps: a program on the phone that shows six digits, new every 30 seconds (TOTP, RFC 6238).

A code counts once, and the ones just before and after count too, for clocks that are off by up to
30 seconds (RFC 6238, 5.2).
"""

from datetime import datetime
from uuid import UUID

import pyotp
from sqlalchemy import ForeignKey, String, delete, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from catalog.database import Base, UtcDateTime, now
from catalog.people import Person

STEP = 30
"""Seconds for which a code is shown."""

TOLERANCE = 1
"""Steps by which a clock may be off, either way."""


class CodeApp(Base):
    """The secret that a person's code app shares with this node; it counts once confirmed."""

    __tablename__ = "code_apps"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), primary_key=True)
    secret: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime(), default=now)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    last_step: Mapped[int] = mapped_column(default=0)
    """The step of the last code that was right; it and all before are used up."""


def of_person(session: Session, person_id: UUID) -> CodeApp | None:
    """The code app of a person, confirmed or being set up."""
    return session.get(CodeApp, person_id)


def begin(session: Session, person: Person) -> CodeApp:
    """A new secret, to be confirmed with a first code; goes on with one that was begun before."""
    app = session.get(CodeApp, person.id)
    if app is None:
        app = CodeApp(person_id=person.id, secret=pyotp.random_base32())
        session.add(app)
        session.flush()
    return app


def address(app: CodeApp, *, email: str, node_name: str) -> str:
    """What the QR code says: an address of the scheme otpauth, which code apps read."""
    return pyotp.TOTP(app.secret).provisioning_uri(name=email, issuer_name=node_name)


def is_right(session: Session, app: CodeApp, code: str) -> bool:
    """Whether the code is right and was not used before; it is used up then."""
    moment = now()
    current = int(moment.timestamp()) // STEP
    digits = "".join(code.split())
    totp = pyotp.TOTP(app.secret)
    for step in range(current - TOLERANCE, current + TOLERANCE + 1):
        if step > app.last_step and pyotp.utils.strings_equal(totp.generate_otp(step), digits):
            # Two requests with one code: the database lets one of them through.
            done = session.execute(
                update(CodeApp)
                .where(CodeApp.person_id == app.person_id, CodeApp.last_step < step)
                .values(last_step=step, confirmed_at=app.confirmed_at or moment)
            )
            return bool(done.rowcount)  # type: ignore[attr-defined]
    return False


def remove(session: Session, person_id: UUID) -> None:
    """Delete the code app of a person."""
    session.execute(delete(CodeApp).where(CodeApp.person_id == person_id))
