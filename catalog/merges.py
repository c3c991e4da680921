"""Merging: two solutions turn out to be one. One survives, both identities stay resolvable.

Uses, software versions and watches move to the survivor, save where it has the same already. For 24
hours everything can be put back exactly.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, String, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from catalog import changes, provenance, records, solutions
from catalog.adoptions import Adoption
from catalog.database import Base, Document, UtcDateTime, in_slices, new_id, now
from catalog.errors import Conflict, Invalid
from catalog.interfaces import InterfaceSpec
from catalog.moderation import cases
from catalog.moderation.cases import Case, CaseKind, Desk, NewCase, Risk, Ruling
from catalog.permissions import Actor, require
from catalog.provenance import DuplicateProposal, Proposal
from catalog.releases import Release
from catalog.solutions import Solution, State
from catalog.watching import Watch, Watchable


class Merge(Base):
    """Two solutions that became one, and what moved."""

    __tablename__ = "solution_merges"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("moderation_cases.id"), index=True)
    survivor_id: Mapped[UUID] = mapped_column(ForeignKey("solutions.id"))
    absorbed_id: Mapped[UUID] = mapped_column(ForeignKey("solutions.id"))
    moved: Mapped[dict[str, list[UUID]]] = mapped_column(Document(dict[str, list[UUID]]))
    """Ids of the rows that moved, by table."""
    state_before: Mapped[str] = mapped_column(String(20))
    merged_at: Mapped[datetime] = mapped_column(UtcDateTime(), default=now)
    merged_by: Mapped[str] = mapped_column(String(200))
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime())


@dataclass(frozen=True)
class _Moving:
    """A table whose rows belong to a solution, and what may be there once for each."""

    table: Any
    owner: str
    once: str


MOVING: Sequence[_Moving] = (
    _Moving(Adoption, "solution_id", "organization_id"),
    _Moving(Release, "solution_id", "version"),
    _Moving(InterfaceSpec, "solution_id", "name"),
    _Moving(Watch, "thing_id", "person_id"),
)


def propose(session: Session, actor: Actor, one: Solution, other: Solution) -> Case:
    """Open the case of two solutions that look like one; an open one is given as it is.

    Where two bodies answer for them, two people decide.
    """
    require_moderator(actor)
    if one.id == other.id:
        raise Invalid("Name two different solutions.", field="other")
    for each in (one, other):
        _require_mergeable(each)
    known = next(
        (
            case
            for key in (one.id, other.id)
            if (case := cases.undecided_of(session, solutions.KIND, key, CaseKind.DUPLICATE))
            and {case.thing_id, case.other_id} == {one.id, other.id}
        ),
        None,
    )
    return known or cases.enter(session, Actor(), _new_case(one, other))


def require_moderator(actor: Actor) -> None:
    """Go on if the actor decides about duplicates."""
    require(actor.may_moderate, "Only moderators decide about duplicates.")


def open_proposed(session: Session, *, limit: int = 200) -> int:
    """Open cases for the likeliest proposals that have none; how many were opened.

    Only equal titles at the same body: the same title elsewhere is more often one product at two.
    """
    likely, _ = provenance.SAME_TITLE_SAME_BODY
    has_case = (
        select(Case.id)
        .where(Case.kind == CaseKind.DUPLICATE, Case.thing_id == DuplicateProposal.thing_id)
        .where(Case.other_id == DuplicateProposal.other_id)
        .exists()
    )
    rows = session.scalars(
        select(DuplicateProposal)
        .where(
            DuplicateProposal.kind == solutions.KIND,
            DuplicateProposal.state == Proposal.OPEN,
            DuplicateProposal.reason == likely,
            ~has_case,
        )
        .limit(limit)
    ).all()
    ids = [key for row in rows for key in (row.thing_id, row.other_id)]
    present = solutions.published_by_ids(session, ids)
    opened = 0
    for row in rows:
        one, other = present.get(row.thing_id), present.get(row.other_id)
        if one is not None and other is not None:
            cases.enter(session, Actor(), _new_case(one, other, row.reason))
            opened += 1
    return opened


def counts(session: Session, solution_id: UUID) -> Mapping[str, int]:
    """How much belongs to a solution, by table: what a merge would move."""
    found = {}
    for moving in MOVING:
        query = select(func.count()).select_from(moving.table).where(*_belongs(moving, solution_id))
        found[str(moving.table.__tablename__)] = session.scalar(query) or 0
    return found


def approve(ruling: Ruling) -> int:
    """Merge the case's thing into the other one."""
    _choose(ruling.case, ruling.chosen)
    absorbed, survivor = _both(ruling.session, ruling.case)
    for each in (absorbed, survivor):
        _require_mergeable(each)
    moved = {
        str(moving.table.__tablename__): _move(ruling.session, moving, absorbed.id, survivor.id)
        for moving in MOVING
    }
    ruling.session.add(
        Merge(
            case_id=ruling.case.id,
            survivor_id=survivor.id,
            absorbed_id=absorbed.id,
            moved=moved,
            state_before=absorbed.state,
            merged_by=ruling.actor.name,
        )
    )
    absorbed.state = State.WITHDRAWN
    absorbed.withdrawn_at = absorbed.updated_at = survivor.updated_at = now()
    absorbed.merged_into_id = absorbed.successor_id = survivor.id
    _set_proposal(ruling.session, ruling.case, Proposal.DISMISSED)
    _note(ruling.session, ruling.actor, "merged", absorbed)
    _note(ruling.session, ruling.actor, "use-changed", survivor)
    return survivor.version


def undo(ruling: Ruling) -> None:
    """Make two of one again; every row goes back where it was."""
    merge = ruling.session.scalar(
        select(Merge)
        .where(Merge.case_id == ruling.case.id, Merge.undone_at.is_(None))
        .order_by(Merge.id.desc())
        .limit(1)
    )
    absorbed, survivor = _both(ruling.session, ruling.case)
    if merge is None or absorbed.merged_into_id != survivor.id:
        raise Conflict("These two are not merged.")
    for moving in MOVING:
        for part in in_slices(merge.moved.get(str(moving.table.__tablename__), [])):
            ruling.session.execute(
                update(moving.table)
                .where(moving.table.id.in_(part))
                .values({moving.owner: absorbed.id})
                .execution_options(synchronize_session=False)
            )
    merge.undone_at = now()
    absorbed.state = merge.state_before
    absorbed.merged_into_id = absorbed.successor_id = absorbed.withdrawn_at = None
    absorbed.updated_at = survivor.updated_at = now()
    _set_proposal(ruling.session, ruling.case, Proposal.OPEN)
    _note(ruling.session, ruling.actor, "restored", absorbed)
    _note(ruling.session, ruling.actor, "use-changed", survivor)


def dismiss(ruling: Ruling) -> None:
    """The two are not one; the proposal does not come again."""
    _set_proposal(ruling.session, ruling.case, Proposal.DISMISSED)


def undo_dismissal(ruling: Ruling) -> None:
    """The two may be one after all."""
    _set_proposal(ruling.session, ruling.case, Proposal.OPEN)


def _new_case(one: Solution, other: Solution, reason: str = "") -> NewCase:
    return NewCase(
        kind=CaseKind.DUPLICATE,
        desk=Desk.MODERATORS,
        thing_kind=solutions.KIND,
        thing_id=one.id,
        other_id=other.id,
        title=records.best(one.public_record.name, "de")[0],
        risk=Risk.NORMAL if one.publisher_id == other.publisher_id else Risk.HIGH,
        organization_id=one.publisher_id,
        reason=reason,
    )


def _choose(case: Case, survivor_id: UUID | None) -> None:
    # The case's ``thing`` goes, its ``other`` stays.
    if survivor_id is not None and survivor_id not in (case.thing_id, case.other_id):
        raise Invalid("Choose the solution that stays.", field="survivor")
    if survivor_id == case.thing_id and case.other_id is not None:
        case.thing_id, case.other_id = case.other_id, case.thing_id


def _both(session: Session, case: Case) -> tuple[Solution, Solution]:
    if case.other_id is None:
        raise Conflict("This case is about one solution alone.")
    first, second = sorted((case.thing_id, case.other_id))
    held = {key: solutions.by_id(session, key, hold=True) for key in (first, second)}
    return held[case.thing_id], held[case.other_id]


def _require_mergeable(solution: Solution) -> None:
    if solution.is_foreign:
        raise Conflict("This record belongs to %(home)s. Change it there.", home=solution.home)
    if not solution.is_published:
        raise Conflict("Only published solutions can be merged.")
    if solution.draft_saved_at is not None:
        raise Conflict(
            "“%(name)s” has a draft. Ask the body to publish or discard it first.",
            name=records.best(solution.public_record.name, "de")[0],
        )


def _move(session: Session, moving: _Moving, absorbed: UUID, survivor: UUID) -> list[UUID]:
    once = getattr(moving.table, moving.once)
    taken = select(once).where(*_belongs(moving, survivor))
    ids = list(
        session.scalars(
            select(moving.table.id).where(*_belongs(moving, absorbed), once.not_in(taken))
        )
    )
    for part in in_slices(ids):
        session.execute(
            update(moving.table)
            .where(moving.table.id.in_(part))
            .values({moving.owner: survivor})
            .execution_options(synchronize_session=False)
        )
    return ids


def _belongs(moving: _Moving, solution_id: UUID) -> list[Any]:
    found = [getattr(moving.table, moving.owner) == solution_id]
    if moving.table is Watch:
        found.append(Watch.kind == Watchable.SOLUTION)
    return found


def _set_proposal(session: Session, case: Case, state: Proposal) -> None:
    for one, other in ((case.thing_id, case.other_id), (case.other_id, case.thing_id)):
        session.execute(
            update(DuplicateProposal)
            .where(
                DuplicateProposal.kind == solutions.KIND,
                DuplicateProposal.thing_id == one,
                DuplicateProposal.other_id == other,
            )
            .values(state=state)
        )


def _note(session: Session, actor: Actor, verb: str, solution: Solution) -> None:
    changes.record(
        session,
        actor,
        verb,
        solutions.KIND,
        solution.id,
        version=solution.version,
        on_behalf_of=solution.publisher_id,
    )
