"""Deletion of a solution for good: four eyes, then a tombstone that says why.

For 24 hours the decision can be undone; then records, versions, drafts and releases are erased and
only name, address, reason and day stay.
"""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from catalog import changes, records, solutions, submissions
from catalog.database import now
from catalog.draft_states import DraftState
from catalog.errors import Conflict, Invalid
from catalog.interfaces import InterfaceSpec
from catalog.moderation import cases
from catalog.moderation.cases import UNDO_WITHIN, Case, CaseKind, Desk, NewCase, Risk, Ruling
from catalog.permissions import Actor, require
from catalog.records import SolutionRecord
from catalog.releases import Release
from catalog.solutions import Solution, SolutionVersion, State

LONGEST_REASON = 2_000


def request(session: Session, actor: Actor, solution: Solution, *, reason: str) -> Case:
    """Ask for a public or withdrawn solution to be deleted; somebody else decides."""
    require(
        actor.may_edit_in_person_for(solution.publisher_id),
        "Only editors of the responsible body who are signed in may ask for a deletion.",
    )
    if solution.record is None or solution.deleted_at is not None:
        raise Conflict("Only what was published once can be deleted; a draft is thrown away.")
    if solution.submitted_revision is not None:
        raise Conflict("A draft is being reviewed. Take it back first.")
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise Invalid("Say why it is deleted, in at most 2,000 characters.", field="reason")
    if cases.undecided_of(session, solutions.KIND, solution.id, CaseKind.DELETION) is not None:
        raise Conflict("The deletion is requested already.")
    return cases.enter(
        session,
        actor,
        NewCase(
            kind=CaseKind.DELETION,
            desk=submissions.desk_for(session, solution, actor)
            if solution.publisher is not None and solution.publisher.verified_on is not None
            else Desk.MODERATORS,
            thing_kind=solutions.KIND,
            thing_id=solution.id,
            title=records.best(solution.record.name, "de")[0],
            # The request is the first pair of eyes, the decision the second.
            risk=Risk.NORMAL,
            organization_id=solution.publisher_id,
            before=solution.record,
            text=reason.strip(),
        ),
    )


def approve(ruling: Ruling) -> int:
    """Take the solution from the public; what it said is erased after 24 hours."""
    solution = solutions.by_id(ruling.session, ruling.case.thing_id, hold=True)
    if solution.deleted_at is not None or solution.record is None:
        raise Conflict("The solution is deleted already.")
    ruling.case.reason = solution.state
    solution.state = State.WITHDRAWN
    solution.deleted_at = solution.withdrawn_at = solution.updated_at = now()
    solution.withdrawn_reason = ruling.case.text[:LONGEST_REASON]
    _note(ruling.session, ruling.actor, "deleted", solution)
    return solution.version


def undo(ruling: Ruling) -> None:
    """Make the solution what it was before."""
    solution = solutions.by_id(ruling.session, ruling.case.thing_id, hold=True)
    if (
        solution.deleted_at is None
        or solution.version != ruling.version
        or ruling.case.before is None
    ):
        raise Conflict("The solution is erased and cannot be brought back.")
    solution.state, solution.deleted_at = ruling.case.reason, None
    solution.updated_at = now()
    if solution.state == State.PUBLISHED:
        solution.withdrawn_at, solution.withdrawn_reason = None, ""
    _note(ruling.session, ruling.actor, "restored", solution)


def erase_due(session: Session, actor: Actor, *, limit: int = 100) -> int:
    """Erase what was deleted more than 24 hours ago; how many solutions."""
    require(actor.is_steward, "Only the node itself erases what was deleted.")
    due = session.scalars(
        select(Solution)
        .where(Solution.deleted_at < now() - UNDO_WITHIN, Solution.content_hash != "")
        .limit(limit)
    ).all()
    for solution in due:
        name = solution.public_record.name
        for table in (DraftState, SolutionVersion, InterfaceSpec, Release):
            session.execute(delete(table).where(table.solution_id == solution.id))
        solution.record, solution.draft = SolutionRecord(name=name), None
        solution.content_hash = ""
        _forget_in_cases(session, solution)
        _note(session, actor, "erased", solution, public=False)
    return len(due)


def _forget_in_cases(session: Session, solution: Solution) -> None:
    query = select(Case).where(Case.thing_kind == solutions.KIND, Case.thing_id == solution.id)
    for case in session.scalars(query):
        case.record, case.before = None, None


def _note(
    session: Session, actor: Actor, verb: str, solution: Solution, *, public: bool = True
) -> None:
    changes.record(
        session,
        actor,
        verb,
        solutions.KIND,
        solution.id,
        version=solution.version,
        on_behalf_of=solution.publisher_id,
        public=public,
    )
