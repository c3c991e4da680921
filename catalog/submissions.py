"""From draft to public: who may publish at once, who submits, and what a decision does.

A body publishes at once or asks a second of its own editors; a body that is not verified goes to
the node's moderators before a solution is published for the first time. What was submitted is
frozen: who changes it takes it back.
"""

from enum import StrEnum

from sqlalchemy.orm import Session

from catalog import draft_states, drafts, memberships, records, solutions
from catalog.database import now
from catalog.errors import Conflict, Invalid
from catalog.moderation import cases, threads
from catalog.moderation.cases import Case, CaseKind, CaseState, Desk, NewCase, Risk, Ruling
from catalog.permissions import EDITS, Actor, require
from catalog.records import SolutionRecord
from catalog.solutions import Solution, State

KINDS = (CaseKind.FIRST_PUBLICATION, CaseKind.REVISION)


class Way(StrEnum):
    """How a draft of a body becomes public."""

    AT_ONCE = "at_once"
    COLLEAGUE = "colleague"
    MODERATORS = "moderators"


def way_of(solution: Solution) -> Way:
    """The way that this solution's next publication takes, whoever asks for it."""
    body = solution.publisher
    if body is None or (body.verified_on is None and solution.version == 0):
        return Way.MODERATORS
    return Way.AT_ONCE if body.publishes_at_once else Way.COLLEAGUE


def submit(
    session: Session, actor: Actor, solution: Solution, *, revision: int, answer: str = ""
) -> Case:
    """Ask for the draft to be published; ``revision`` is the one that the writer saw.

    After a question the same case goes on, with ``answer`` in its thread. Raises ``Invalid`` if the
    draft does not say what a reader must be told.
    """
    require(
        actor.may_draft_for(solution.publisher_id),
        "Only members of the responsible body may prepare this solution.",
    )
    draft_states.lock(session, solution)
    record = drafts.ready(solution, revision)
    case = case_of(session, solution)
    if case is not None and case.state != CaseState.RETURNED:
        raise Conflict("This draft is submitted already.")
    if case is None:
        case = cases.enter(session, actor, _new_case(session, solution, record, actor))
        if answer.strip():
            threads.write(session, actor, case, answer)
    else:
        if answer.strip():
            threads.write(session, actor, case, answer)
        case.state, case.waiting_since = CaseState.OPEN, now()
        case.revision, case.record = solution.draft_revision, record
        case.risk = risk_of(record)
        cases.note(session, actor, "resubmitted", case)
    solution.submitted_revision = solution.draft_revision
    if solution.state == State.DRAFT:
        solution.state = State.SUBMITTED
    draft_states.note(session, actor, "submitted", solution)
    return case


def take_back(session: Session, actor: Actor, solution: Solution) -> None:
    """Take the submitted draft back, to go on writing."""
    require(
        actor.may_draft_for(solution.publisher_id),
        "Only members of the responsible body may prepare this solution.",
    )
    draft_states.lock(session, solution)
    draft_states.take_back(session, actor, solution)


def case_of(session: Session, solution: Solution) -> Case | None:
    """The undecided case about the publication of a solution."""
    return cases.undecided_of(session, solutions.KIND, solution.id, *KINDS)


def latest_case_of(session: Session, solution: Solution) -> Case | None:
    """The newest case about the publication of a solution, decided or not."""
    return cases.latest_of(session, solutions.KIND, solution.id, *KINDS)


def risk_of(record: SolutionRecord) -> Risk:
    """High where the system decides alone about people or holds data of Art. 9 GDPR.

    ux.md 4.1 asks for four eyes where the harm can be great; the record itself tells both.
    """
    decides_alone = record.human_oversight == "automated" and record.data.personal != "none"
    if decides_alone or record.data.personal == "special":
        return Risk.HIGH
    return Risk.NORMAL if record.data.personal != "none" else Risk.LOW


def approve(ruling: Ruling) -> int:
    """Publish what the case holds; the number of the version."""
    solution = _reviewed(ruling.session, ruling.case)
    drafts.show(ruling.session, ruling.actor, solution)
    return solution.version


def give_back(ruling: Ruling) -> None:
    """Let the submitter go on with the draft."""
    solution = _reviewed(ruling.session, ruling.case)
    draft_states.reopen(solution)
    draft_states.note(ruling.session, ruling.actor, "returned", solution)


def refuse(ruling: Ruling) -> None:
    """Make the submission a draft again."""
    solution = solutions.by_id(ruling.session, ruling.case.thing_id, hold=True)
    draft_states.reopen(solution)
    draft_states.note(ruling.session, ruling.actor, "refused", solution)


def undo_approval(ruling: Ruling) -> None:
    """Take from the public what the decision published, and review it once more.

    A revision gives way to the record before it, as a version of its own; what had not been public
    before is withdrawn. The reviewed record is the submitted draft again.
    """
    solution = _with_draft(ruling.session, ruling.case)
    if (
        solution.version != ruling.version
        or solution.draft is not None
        or not solution.is_published
    ):
        raise Conflict("The solution was changed since. Withdraw it or publish a new version.")
    if ruling.case.before is not None and ruling.case.record is not None:
        solutions.put_back(ruling.session, ruling.actor, solution, ruling.case.before)
    else:
        solutions.unpublish(ruling.session, ruling.actor, solution)
    _freeze(ruling.session, ruling.actor, ruling.case, solution)


def undo_refusal(ruling: Ruling) -> None:
    """Let the refused draft be reviewed once more, if nobody has gone on writing."""
    solution = _with_draft(ruling.session, ruling.case)
    if solution.draft is None or solution.draft_revision != ruling.case.revision:
        raise Conflict("The draft was changed since. It can be submitted again.")
    _freeze(ruling.session, ruling.actor, ruling.case, solution)


def desk_for(session: Session, solution: Solution, actor: Actor) -> Desk:
    """The colleagues' desk, or the moderators' where nobody else could decide."""
    body = solution.publisher_id
    editors = memberships.with_roles(session, [body], EDITS).get(body, ()) if body else ()
    others = any(each.person_id != actor.person_id for each in editors)
    return Desk.ORGANIZATION if others else Desk.MODERATORS


def _new_case(
    session: Session, solution: Solution, record: SolutionRecord, actor: Actor
) -> NewCase:
    way = way_of(solution)
    desk = Desk.MODERATORS if way is Way.MODERATORS else desk_for(session, solution, actor)
    return NewCase(
        kind=CaseKind.REVISION if solution.version else CaseKind.FIRST_PUBLICATION,
        desk=desk,
        thing_kind=solutions.KIND,
        thing_id=solution.id,
        title=records.best(record.name, "de")[0],
        risk=risk_of(record),
        organization_id=solution.publisher_id,
        revision=solution.draft_revision,
        record=record,
        before=solution.record if solution.is_published else None,
    )


def _reviewed(session: Session, case: Case) -> Solution:
    solution = _with_draft(session, case)
    if solution.submitted_revision != case.revision or solution.draft is None:
        raise Conflict("The draft was taken back in the meantime.")
    return solution


def _with_draft(session: Session, case: Case) -> Solution:
    solution = solutions.by_id(session, case.thing_id, hold=True)
    draft_states.lock(session, solution)
    return solution


def _freeze(session: Session, actor: Actor, case: Case, solution: Solution) -> None:
    if case.record is None:
        raise Invalid("The reviewed record is gone.")
    draft_states.freeze(session, actor, solution, case.record)
    case.revision = solution.draft_revision
