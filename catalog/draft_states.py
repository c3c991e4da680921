"""The states of a draft, and the steps that preparing and reviewing it share.

Every save keeps its state, so that forms made from it can be compared. What is submitted is frozen:
a new state takes it back. Whoever calls these steps has asked what the actor may.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, delete
from sqlalchemy.orm import Mapped, Session, mapped_column

from catalog import changes, solutions
from catalog.database import Base, Document, now
from catalog.moderation import cases
from catalog.moderation.cases import CaseKind, CaseState
from catalog.permissions import Actor
from catalog.records import SolutionRecord
from catalog.solutions import Solution, State

STATES_KEPT = 40
"""Saved states of one solution that stay; older ones go, their forms can no longer be compared."""


class DraftState(Base):
    """The draft as it was saved once."""

    __tablename__ = "draft_states"

    solution_id: Mapped[UUID] = mapped_column(ForeignKey("solutions.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    record: Mapped[SolutionRecord] = mapped_column(Document(SolutionRecord))
    saved_at: Mapped[datetime]
    saved_by: Mapped[str] = mapped_column(String(200))


def lock(session: Session, solution: Solution) -> None:
    """Keep the solution from other writers and read it anew."""
    # Another writer may have saved since this row was read; on SQLite there is one writer anyway.
    session.flush()
    session.refresh(
        solution,
        ["draft", "draft_revision", "submitted_revision", "record", "state", "version"],
        with_for_update=session.get_bind().dialect.name == "postgresql" or None,
    )


def put(
    session: Session, actor: Actor, solution: Solution, record: SolutionRecord, verb: str
) -> None:
    """Make ``record`` the draft."""
    take_back(session, actor, solution)
    solution.draft = record
    solution.draft_revision += 1
    solution.draft_saved_at = now()
    solution.draft_saved_by = actor.name
    keep(session, solution, record)
    note(session, actor, verb, solution)


def keep(session: Session, solution: Solution, record: SolutionRecord) -> None:
    """Keep the state of the draft; the oldest ones go."""
    session.add(
        DraftState(
            solution_id=solution.id,
            revision=solution.draft_revision,
            record=record,
            saved_at=solution.draft_saved_at or now(),
            saved_by=solution.draft_saved_by,
        )
    )
    session.execute(
        delete(DraftState).where(
            DraftState.solution_id == solution.id,
            DraftState.revision <= solution.draft_revision - STATES_KEPT,
        )
    )
    session.flush()


def state_of(session: Session, solution: Solution, revision: int) -> SolutionRecord | None:
    """The draft as it was in this revision; None if that is no longer kept."""
    state = session.get(DraftState, (solution.id, revision))
    return state.record if state else None


def take_back(session: Session, actor: Actor, solution: Solution) -> None:
    """End the review of a submitted draft; one that is not submitted stays as it is."""
    if solution.submitted_revision is None:
        return
    case = _publication_case(session, solution)
    if case is not None:
        case.state, case.decided_at = CaseState.TAKEN_BACK, now()
        cases.note(session, actor, "taken-back", case)
    reopen(solution)
    note(session, actor, "taken-back", solution)


def reopen(solution: Solution) -> None:
    """Make a submission a draft again."""
    solution.submitted_revision = None
    if solution.state == State.SUBMITTED:
        solution.state = State.DRAFT


def freeze(session: Session, actor: Actor, solution: Solution, record: SolutionRecord) -> None:
    """Make ``record`` the submitted draft, as when a decision is undone."""
    put(session, actor, solution, record, "submitted")
    solution.submitted_revision = solution.draft_revision
    if solution.state == State.DRAFT:
        solution.state = State.SUBMITTED


def close_question(session: Session, actor: Actor, solution: Solution) -> None:
    """Nobody answers the question any more: the draft is gone or public."""
    case = _publication_case(session, solution)
    if case is not None:
        case.state, case.decided_at = CaseState.TAKEN_BACK, now()
        cases.note(session, actor, "taken-back", case)


def note(session: Session, actor: Actor, verb: str, solution: Solution) -> None:
    """Leave a change of the draft in the feed; it is never public."""
    changes.record(
        session,
        actor,
        verb,
        solutions.KIND,
        solution.id,
        version=solution.version,
        on_behalf_of=solution.publisher_id,
        public=False,
    )


def _publication_case(session: Session, solution: Solution) -> cases.Case | None:
    kinds = (CaseKind.FIRST_PUBLICATION, CaseKind.REVISION)
    return cases.undecided_of(session, solutions.KIND, solution.id, *kinds)
