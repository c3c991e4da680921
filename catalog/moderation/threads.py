"""What deciders and submitters write each other about a case; nobody else reads it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from catalog.database import Base, UtcDateTime, new_id, now
from catalog.errors import Invalid
from catalog.moderation import cases
from catalog.moderation.cases import Case
from catalog.permissions import Actor, require

LONGEST = 4_000
"""Characters of a message."""


class Message(Base):
    """One message of a case."""

    __tablename__ = "moderation_messages"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("moderation_cases.id"), index=True)
    written_at: Mapped[datetime] = mapped_column(UtcDateTime(), default=now)
    written_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    written_by: Mapped[str] = mapped_column(String(200))
    is_from_desk: Mapped[bool]
    """Whether somebody wrote who decides; else the submitter's side wrote."""
    text: Mapped[str] = mapped_column(String(LONGEST))


def write(session: Session, actor: Actor, case: Case, text: str) -> Message:
    """Add a message; ``Invalid`` for an empty one or one that is too long."""
    is_from_desk = cases.may_decide(actor, case)
    require(
        is_from_desk or cases.may_answer(actor, case),
        "Only who decides a case and who submitted it write here.",
    )
    message = Message(
        case_id=case.id,
        written_by_id=actor.person_id,
        written_by=actor.name,
        is_from_desk=is_from_desk,
        text=checked(text, "text"),
    )
    session.add(message)
    session.flush()
    cases.note(session, actor, "asked" if is_from_desk else "answered", case)
    return message


def checked(text: str, field: str) -> str:
    """``text`` without space around it; ``Invalid`` if it is empty or too long."""
    given = text.strip()
    if not given:
        raise Invalid("Write a text.", field=field)
    if len(given) > LONGEST:
        raise Invalid(
            "This text has %(given)s characters. At most %(most)s can be saved. Please shorten it.",
            field=field,
            given=len(given),
            most=LONGEST,
        )
    return given


def of_case(session: Session, case: Case) -> Sequence[Message]:
    """The messages of a case, oldest first."""
    query = select(Message).where(Message.case_id == case.id).order_by(Message.id)
    return session.scalars(query).all()
