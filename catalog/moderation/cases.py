"""Cases: what waits for somebody's decision, who may decide it, how long it has waited.

A case lies at one of two desks: the node's moderators, or the responsible body's own editors, who
see with a second pair of eyes. Nobody decides about what he or she submitted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, ForeignKey, Index, Select, String, and_, func, or_, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from catalog import changes
from catalog.database import Base, Document, UtcDateTime, new_id, now
from catalog.errors import NotAllowed, NotFound
from catalog.organizations import Organization
from catalog.permissions import Actor, require
from catalog.records import SolutionRecord

KIND = "case"

UNDO_WITHIN = timedelta(hours=24)
"""How long a decision can be taken back."""


class CaseKind(StrEnum):
    """What a case is about."""

    FIRST_PUBLICATION = "first_publication"
    """A solution that readers have not seen yet."""
    REVISION = "revision"
    """Changes to a solution that is or was public."""
    DELETION = "deletion"
    ORGANIZATION_REQUEST = "organization_request"
    ERROR_REPORT = "error_report"
    DUPLICATE = "duplicate"


class Desk(StrEnum):
    """Who decides."""

    MODERATORS = "moderators"
    ORGANIZATION = "organization"


class Risk(StrEnum):
    """How much harm a wrong decision does; a high risk takes two people who decide."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"


class CaseState(StrEnum):
    """Whose turn it is."""

    OPEN = "open"
    RETURNED = "returned"
    """Given back with a question; the submitter has to answer."""
    HELD = "held"
    """Set aside until a day."""
    APPROVED = "approved"
    REFUSED = "refused"
    TAKEN_BACK = "taken_back"


UNDECIDED = (CaseState.OPEN, CaseState.RETURNED, CaseState.HELD)


class Case(Base):
    """One thing that waits for a decision, or waited for one."""

    __tablename__ = "moderation_cases"
    __table_args__ = (
        Index("ix_moderation_cases_state_desk_since", "state", "desk", "waiting_since"),
        Index("ix_moderation_cases_thing_kind_thing_id", "thing_kind", "thing_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(40))
    desk: Mapped[str] = mapped_column(String(20))
    risk: Mapped[str] = mapped_column(String(10), default=Risk.NORMAL)
    state: Mapped[str] = mapped_column(String(20), default=CaseState.OPEN)
    thing_kind: Mapped[str] = mapped_column(String(40))
    thing_id: Mapped[UUID]
    other_id: Mapped[UUID | None]
    """The second thing of a likely duplicate: the one that was there first."""
    organization_id: Mapped[UUID | None] = mapped_column(ForeignKey("organizations.id"), index=True)
    """The body that submits, or that answers for what was reported."""
    organization: Mapped[Organization | None] = relationship(lazy="raise")
    revision: Mapped[int] = mapped_column(default=0)
    """The revision of the draft that is reviewed."""
    record: Mapped[SolutionRecord | None] = mapped_column(Document(SolutionRecord), deferred=True)
    """The state that is reviewed, as it was submitted."""
    before: Mapped[SolutionRecord | None] = mapped_column(Document(SolutionRecord), deferred=True)
    """What was public when the case was opened."""
    title: Mapped[str] = mapped_column(String(300), default="")
    """What the thing was called when the case was opened."""
    reason: Mapped[str] = mapped_column(String(80), default="")
    """A code that says why there is a case: the kind of error, the rule of likeness."""
    text: Mapped[str] = mapped_column(String(4000), default="")
    """What the submitter wrote."""
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime(), default=now)
    opened_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    """The person to notify; None for visitors and for the node itself."""
    opened_by: Mapped[str] = mapped_column(String(200), default="")
    waiting_since: Mapped[datetime] = mapped_column(UtcDateTime(), default=now)
    """Since when it has been the deciders' turn."""
    held_until: Mapped[date | None]
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime())

    @property
    def is_undecided(self) -> bool:
        """Whether somebody still has to decide."""
        return self.state in UNDECIDED


@dataclass(frozen=True)
class NewCase:
    """What a case is opened with."""

    kind: CaseKind
    desk: Desk
    thing_kind: str
    thing_id: UUID
    title: str
    risk: Risk = Risk.NORMAL
    organization_id: UUID | None = None
    other_id: UUID | None = None
    revision: int = 0
    record: SolutionRecord | None = None
    before: SolutionRecord | None = None
    reason: str = ""
    text: str = ""


@dataclass(frozen=True)
class Ruling:
    """A decision on its way into effect: who decided which case how."""

    session: Session
    actor: Actor
    case: Case
    version: int = 0
    """The version that the decision published which is now undone."""
    chosen: UUID | None = None
    """The solution that survives a merge; None where the case says it."""


@dataclass(frozen=True)
class Wanted:
    """Which cases a queue shows; what is empty is not asked."""

    kind: str = ""
    risk: str = ""
    state: str = ""
    """``open`` or empty for what waits now, ``returned``, ``held``, or ``decided``."""
    older_than_days: int = 0


def enter(session: Session, actor: Actor, new: NewCase) -> Case:
    """Open a case in the name of ``actor``. Whoever calls this has asked what the actor may."""
    case = Case(
        kind=new.kind,
        desk=new.desk,
        risk=new.risk,
        thing_kind=new.thing_kind,
        thing_id=new.thing_id,
        other_id=new.other_id,
        organization_id=new.organization_id,
        revision=new.revision,
        record=new.record,
        before=new.before,
        title=new.title[:300],
        reason=new.reason,
        text=new.text,
        opened_by_id=actor.person_id,
        opened_by=actor.name,
    )
    session.add(case)
    session.flush()
    note(session, actor, "opened", case)
    return case


def note(session: Session, actor: Actor, verb: str, case: Case) -> None:
    """Leave a change of the case in the feed; it is never public."""
    changes.record(
        session, actor, verb, KIND, case.id, on_behalf_of=case.organization_id, public=False
    )


def by_id(session: Session, actor: Actor, case_id: UUID, *, hold: bool = False) -> Case:
    """A case for those who decide it and those who submitted it; for others there is none.

    ``hold`` keeps it from others until the transaction ends.
    """
    query = _with_organization().where(Case.id == case_id)
    if hold:
        query = query.with_for_update(of=Case).execution_options(populate_existing=True)
    case = session.scalar(query)
    if case is None or not (may_read(actor, case)):
        if actor.is_anonymous:
            raise NotAllowed("Sign in to see this case.")
        raise NotFound("There is no such case.")
    return case


def undecided_of(
    session: Session, thing_kind: str, thing_id: UUID, *kinds: CaseKind
) -> Case | None:
    """The undecided case of these kinds about a thing, if there is one."""
    return session.scalar(
        _with_organization()
        .where(
            Case.thing_kind == thing_kind,
            Case.thing_id == thing_id,
            Case.kind.in_(kinds),
            Case.state.in_(UNDECIDED),
        )
        .order_by(Case.id.desc())
        .limit(1)
    )


def latest_of(session: Session, thing_kind: str, thing_id: UUID, *kinds: CaseKind) -> Case | None:
    """The newest case of these kinds about a thing, decided or not."""
    return session.scalar(
        _with_organization()
        .where(Case.thing_kind == thing_kind, Case.thing_id == thing_id, Case.kind.in_(kinds))
        .order_by(Case.id.desc())
        .limit(1)
    )


def queue(
    session: Session,
    actor: Actor,
    wanted: Wanted,
    *,
    today: date,
    limit: int = 30,
    offset: int = 0,
) -> Sequence[Case]:
    """The cases that the actor may decide: high risks first, then whoever has waited longest."""
    moment = now()
    query = _with_organization().where(*_where(actor, wanted, today, moment))
    if wanted.state == "decided":
        query = query.order_by(Case.decided_at.desc(), Case.id)
    else:
        query = query.order_by((Case.risk == Risk.HIGH).desc(), Case.waiting_since, Case.id)
    return session.scalars(query.limit(limit).offset(offset)).all()


def count(session: Session, actor: Actor, wanted: Wanted, *, today: date) -> int:
    """How many cases ``queue`` has."""
    query = select(func.count()).select_from(Case)
    return session.scalar(query.where(*_where(actor, wanted, today, now()))) or 0


def oldest(session: Session, actor: Actor, *, today: date) -> datetime | None:
    """Since when the case has waited that has waited longest at the actor's desks."""
    query = select(func.min(Case.waiting_since)).where(*_where(actor, Wanted(), today, now()))
    return session.scalar(query)


def of_submitter(
    session: Session, actor: Actor, limit: int = 50, offset: int = 0
) -> Sequence[Case]:
    """What the actor submitted and reported, newest first."""
    if actor.person_id is None:
        return []
    query = _with_organization().where(Case.opened_by_id == actor.person_id)
    return session.scalars(query.order_by(Case.id.desc()).limit(limit).offset(offset)).all()


def count_of_submitter(session: Session, actor: Actor) -> int:
    """How many cases ``of_submitter`` has."""
    if actor.person_id is None:
        return 0
    query = select(func.count()).where(Case.opened_by_id == actor.person_id)
    return session.scalar(query) or 0


def require_desk(actor: Actor) -> None:
    """Go on if cases may lie at a desk of the actor's; a key has none."""
    has_desk = actor.may_moderate or any(actor.may_edit_in_person_for(key) for key in actor.roles)
    require(has_desk, "Only moderators or editors of the responsible body decide this.")


def may_decide(actor: Actor, case: Case) -> bool:
    """Whether the case lies at the actor's desk and is not the actor's own.

    A key is no second pair of eyes: whoever submitted may hold it.
    """
    own = actor.person_id is not None and actor.person_id == case.opened_by_id
    is_key = actor.key_id is not None
    return actor.may_decide_at(case.desk, case.organization_id) and not own and not is_key


def may_read(actor: Actor, case: Case) -> bool:
    """Whether the actor decides the case, submitted it, or works for the body that did."""
    own = actor.person_id is not None and actor.person_id == case.opened_by_id
    return (
        own
        or actor.may_decide_at(case.desk, case.organization_id)
        or (is_from_body(case) and actor.may_draft_for(case.organization_id))
    )


def may_answer(actor: Actor, case: Case) -> bool:
    """Whether the actor may answer in the submitter's place."""
    own = actor.person_id is not None and actor.person_id == case.opened_by_id
    return own or (is_from_body(case) and actor.may_draft_for(case.organization_id))


def is_from_body(case: Case) -> bool:
    """Whether the case's organization submitted it, rather than being spoken about."""
    return case.kind not in (CaseKind.ERROR_REPORT, CaseKind.DUPLICATE)


def require_decider(actor: Actor, case: Case) -> None:
    """Go on if the actor may decide; what one submitted oneself somebody else decides."""
    require(
        actor.may_decide_at(case.desk, case.organization_id),
        "Only moderators or editors of the responsible body decide this.",
    )
    require(may_decide(actor, case), "You submitted this yourself. Somebody else has to decide.")


def _where(
    actor: Actor, wanted: Wanted, today: date, moment: datetime
) -> Sequence[ColumnElement[bool]]:
    found = [_at_desks_of(actor)]
    if wanted.state == "decided":
        found.append(Case.state.not_in(UNDECIDED))
    elif wanted.state in (CaseState.RETURNED, CaseState.HELD):
        found.append(Case.state == wanted.state)
    else:
        # What was set aside comes back on its day by itself.
        due = and_(Case.state == CaseState.HELD, Case.held_until <= today)
        found.append(or_(Case.state == CaseState.OPEN, due))
    if wanted.kind:
        found.append(Case.kind == wanted.kind)
    if wanted.risk:
        found.append(Case.risk == wanted.risk)
    if wanted.older_than_days:
        found.append(Case.waiting_since <= moment - timedelta(days=wanted.older_than_days))
    return found


def _at_desks_of(actor: Actor) -> ColumnElement[bool]:
    bodies = [key for key in actor.roles if actor.may_edit_for(key)]
    own = and_(Case.desk == Desk.ORGANIZATION, Case.organization_id.in_(bodies))
    if actor.is_steward:
        return Case.id.is_not(None)
    if actor.may_moderate:
        return or_(Case.desk == Desk.MODERATORS, own)
    return own


def _with_organization() -> Select[Case]:
    return select(Case).options(joinedload(Case.organization))
