"""Which public entries a rule of the law decides: the rules that held in their assessments."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import ForeignKey, Select, String, delete, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from catalog.database import Base
from catalog.register.record import EntryRecord


class DecidedEntry(Base):
    """That a rule held in the assessment of a public entry; follows from its record."""

    __tablename__ = "register_entry_rules"

    rule_set: Mapped[str] = mapped_column(String(80), primary_key=True)
    rule: Mapped[str] = mapped_column(String(40), primary_key=True)
    entry_id: Mapped[UUID] = mapped_column(
        ForeignKey("register_entries.id", ondelete="CASCADE"), primary_key=True, index=True
    )


def note(session: Session, published: Mapping[UUID, EntryRecord]) -> None:
    """Note the rules behind entries that had none noted so far."""
    rows = []
    for entry_id, content in published.items():
        if assessment := content.assessment:
            rows += [
                {"rule_set": assessment.rule_set, "rule": rule, "entry_id": entry_id}
                for rule in dict.fromkeys(assessment.held)
            ]
    if rows:
        session.execute(insert(DecidedEntry), rows)


def note_again(session: Session, entry_id: UUID, content: EntryRecord) -> None:
    """Note the rules behind an entry in place of those of its version before."""
    session.execute(delete(DecidedEntry).where(DecidedEntry.entry_id == entry_id))
    note(session, {entry_id: content})


def by(rule_set: str, rule: str) -> Select[UUID]:
    """The ids of the entries that a rule decides, as a part of another statement."""
    return select(DecidedEntry.entry_id).where(
        DecidedEntry.rule_set == rule_set, DecidedEntry.rule == rule
    )
