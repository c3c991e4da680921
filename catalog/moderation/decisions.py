"""Decisions about cases: approve, refuse, give back, hold; undone within 24 hours.

A high risk takes two people: the first decision waits for a second one that says the same.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from catalog.database import Base, UtcDateTime, new_id, now
from catalog.errors import Conflict, Invalid, NotFound
from catalog.moderation import cases, threads
from catalog.moderation.cases import UNDO_WITHIN, Case, CaseKind, CaseState, Risk, Ruling
from catalog.moderation.effects import EFFECTS
from catalog.permissions import Actor

LONGEST_HOLD = timedelta(days=365)


class Verb(StrEnum):
    """What can be decided."""

    APPROVE = "approve"
    REFUSE = "refuse"
    RETURN = "return"
    HOLD = "hold"
    RESUME = "resume"


class Decision(Base):
    """One decision about a case."""

    __tablename__ = "moderation_decisions"
    __table_args__ = (Index("ix_moderation_decisions_at", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("moderation_cases.id"), index=True)
    verb: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(String(threads.LONGEST), default="")
    """The reason as the submitter reads it."""
    at: Mapped[datetime] = mapped_column(UtcDateTime(), default=now)
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    by: Mapped[str] = mapped_column(String(200))
    waited_since: Mapped[datetime | None] = mapped_column(UtcDateTime())
    """Since when the submitter had waited for this answer; None if nobody waited for it."""
    is_first_of_two: Mapped[bool] = mapped_column(default=False)
    """Whether a second person has to decide the same before it takes effect."""
    version: Mapped[int] = mapped_column(default=0)
    """The version that the decision published."""
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    undone_by: Mapped[str] = mapped_column(String(200), default="")


def decide(
    session: Session,
    actor: Actor,
    case: Case,
    verb: Verb,
    *,
    text: str = "",
    until: date | None = None,
    choice: UUID | None = None,
    today: date,
) -> Decision:
    """Decide a case; ``text`` is the reason that the submitter reads.

    ``until`` is the day to which a case is held, ``choice`` the solution that survives a merge.
    Raises ``Conflict`` for a case that is decided already.
    """
    cases.require_decider(actor, case)
    if not case.is_undecided:
        raise Conflict("This case is decided already.")
    given = ""
    if verb in (Verb.REFUSE, Verb.RETURN, Verb.HOLD) or text.strip():
        given = threads.checked(text, "text")
    decision = Decision(
        case_id=case.id, verb=verb, text=given, by_id=actor.person_id, by=actor.name
    )
    if verb is Verb.HOLD:
        _hold(case, until, today)
    elif verb is Verb.RESUME:
        case.state, case.held_until = CaseState.OPEN, None
    else:
        _answer(session, actor, case, decision, choice)
    session.add(decision)
    session.flush()
    cases.note(session, actor, _word(decision), case)
    return decision


def merges(case: Case, verb: str) -> bool:
    """Whether this decision makes one solution of two."""
    return case.kind == CaseKind.DUPLICATE and verb == Verb.APPROVE


def undo(session: Session, actor: Actor, case: Case) -> Decision:
    """Take the last decision back, within 24 hours; the case is open again.

    Raises ``Conflict`` if there is none, if it is older, or if somebody built upon it since.
    """
    cases.require_decider(actor, case)
    decision = undoable(session, case)
    if decision is None:
        raise Conflict("There is no decision of the last 24 hours to undo.")
    effects = EFFECTS[case.kind]
    if not decision.is_first_of_two:
        if decision.verb == Verb.APPROVE:
            effects.undo_approval(Ruling(session, actor, case, decision.version))
        elif decision.verb == Verb.REFUSE:
            effects.undo_refusal(Ruling(session, actor, case))
    decision.undone_at, decision.undone_by = now(), actor.name
    case.state, case.decided_at, case.held_until = CaseState.OPEN, None, None
    case.waiting_since = now()
    cases.note(session, actor, "undone", case)
    return decision


def undoable(session: Session, case: Case) -> Decision | None:
    """The last decision, if it can still be undone."""
    last = next((each for each in of_case(session, case) if each.undone_at is None), None)
    if last is None or last.verb not in (Verb.APPROVE, Verb.REFUSE):
        return None
    if last.at < now() - UNDO_WITHIN or case.state == CaseState.TAKEN_BACK:
        return None
    return last


def waiting_for_second(session: Session, case: Case) -> Decision | None:
    """The first of two decisions, while the second is missing."""
    if not case.is_undecided:
        return None
    last = next((each for each in of_case(session, case) if each.undone_at is None), None)
    return last if last is not None and last.is_first_of_two else None


def of_case(session: Session, case: Case) -> Sequence[Decision]:
    """The decisions about a case, newest first."""
    query = select(Decision).where(Decision.case_id == case.id).order_by(Decision.id.desc())
    return session.scalars(query).all()


def _hold(case: Case, until: date | None, today: date) -> None:
    if until is None or not today < until <= today + LONGEST_HOLD:
        raise Invalid("Give a day within the next year.", field="until")
    case.state, case.held_until = CaseState.HELD, until


def _answer(
    session: Session, actor: Actor, case: Case, decision: Decision, choice: UUID | None
) -> None:
    effects = EFFECTS.get(case.kind)
    if effects is None:
        raise NotFound("There is no such case.")
    ruling = Ruling(session, actor, case, chosen=choice)
    first = waiting_for_second(session, case)
    decision.waited_since = case.waiting_since if case.state != CaseState.RETURNED else None
    if decision.verb == Verb.RETURN:
        if case.state == CaseState.RETURNED:
            raise Conflict("The submitter has been asked already.")
        effects.give_back(ruling)
        threads.write(session, actor, case, decision.text)
        case.state = CaseState.RETURNED
        return
    if decision.verb == Verb.REFUSE:
        effects.refuse(ruling)
        case.state, case.decided_at = CaseState.REFUSED, now()
        return
    if case.state == CaseState.RETURNED:
        raise Conflict("The submitter has been asked and has not answered yet.")
    if case.risk == Risk.HIGH and not _is_second(first, actor):
        if first is not None:
            raise Conflict("A second person has to decide this with you.")
        decision.is_first_of_two = True
        decision.waited_since = None
        return
    decision.version = effects.approve(ruling)
    case.state, case.decided_at = CaseState.APPROVED, now()


def _is_second(first: Decision | None, actor: Actor) -> bool:
    # Whoever submitted it does not decide, so at the colleagues' desk two pairs of eyes see it
    # before and a second decider makes three; the moderators' desk takes two of its own.
    return first is not None and first.verb == Verb.APPROVE and first.by_id != actor.person_id


def _word(decision: Decision) -> str:
    words = {
        Verb.APPROVE: "approved",
        Verb.REFUSE: "refused",
        Verb.RETURN: "returned",
        Verb.HOLD: "held",
        Verb.RESUME: "resumed",
    }
    return "seconded" if decision.is_first_of_two else words[Verb(decision.verb)]
