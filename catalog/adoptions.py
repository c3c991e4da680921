"""Adoptions: one organization's use of one solution, from first interest to the end.

Ended is a stage of equal rank: what was tried and stopped is worth as much to the next city as what
runs. Every stage that was reached stays in ``adoption_steps``, so curves can be drawn later.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import (
    ForeignKey,
    Index,
    Select,
    String,
    UniqueConstraint,
    bindparam,
    delete,
    func,
    insert,
    select,
)
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from catalog import changes, taxonomy
from catalog.database import Base, Text, UtcDateTime, in_slices, new_id, now
from catalog.errors import Conflict, Invalid, NotFound
from catalog.municipalities import Municipality, size_class
from catalog.organizations import Kind, Organization
from catalog.permissions import Actor, require
from catalog.solutions import Solution, State

KIND = "adoption"


class Stage(StrEnum):
    """How far a use has come; labels in the list ``stage``."""

    INTERESTED = "interested"
    PLANNED = "planned"
    PILOT = "pilot"
    LIVE = "live"
    ENDED = "ended"


class Adoption(Base):
    """One organization's use of one solution."""

    __tablename__ = "adoptions"
    __table_args__ = (
        UniqueConstraint("solution_id", "organization_id"),
        Index("ix_adoptions_organization_id_stage", "organization_id", "stage"),
        Index("ix_adoptions_confirmed_on", "confirmed_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    solution_id: Mapped[UUID] = mapped_column(ForeignKey("solutions.id"))
    solution: Mapped[Solution] = relationship(lazy="raise", foreign_keys=[solution_id])
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))
    organization: Mapped[Organization] = relationship(lazy="raise", foreign_keys=[organization_id])
    stage: Mapped[str] = mapped_column(String(20))
    since: Mapped[date]
    """The day the present stage began."""
    release: Mapped[str] = mapped_column(String(80), default="")
    """The version in use."""
    reused_from_id: Mapped[UUID | None] = mapped_column(ForeignKey("organizations.id"))
    reused_from: Mapped[Organization | None] = relationship(
        lazy="raise", foreign_keys=[reused_from_id]
    )
    adaptations: Mapped[Text] = mapped_column(default=dict)
    """What was changed for this body."""
    operator: Mapped[str] = mapped_column(String(300), default="")
    """Who runs it: the body itself or a provider, by name."""
    ended_reason: Mapped[str] = mapped_column(String(40), default="")
    ended_note: Mapped[Text] = mapped_column(default=dict)
    contact_allowed: Mapped[bool] = mapped_column(default=False)
    confirmed_on: Mapped[date | None]
    """The day the adopter itself last said that this is so; None for claims by others."""
    revision: Mapped[int] = mapped_column(default=1)
    """Grows with every change, so that two people cannot overwrite each other unseen."""
    is_sample: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime(), default=now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime(), default=now)

    @property
    def is_confirmed(self) -> bool:
        """Whether the adopter itself has said so."""
        return self.confirmed_on is not None


class AdoptionStep(Base):
    """A stage that an adoption reached, and the day."""

    __tablename__ = "adoption_steps"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    adoption_id: Mapped[UUID] = mapped_column(ForeignKey("adoptions.id"), index=True)
    stage: Mapped[str] = mapped_column(String(20))
    on: Mapped[date]


@dataclass(frozen=True)
class Use:
    """What an adopter says about its use; the form, the API and imports all speak it."""

    stage: Stage
    since: date
    release: str = ""
    reused_from_id: UUID | None = None
    adaptations: Text | None = None
    operator: str = ""
    ended_reason: str = ""
    ended_note: Text | None = None
    contact_allowed: bool = False


def declare(
    session: Session,
    actor: Actor,
    solution: Solution,
    organization: Organization,
    use: Use,
    *,
    today: date,
) -> Adoption:
    """Record that an organization uses a solution; the adopter's word confirms it.

    A vendor cannot adopt: the counts tell other cities what their peers run.
    """
    require(
        actor.may_speak_for(organization.id),
        "Only members of “%(name)s” may declare its use.",
        name=organization.name,
    )
    if organization.kind == Kind.VENDOR:
        raise Invalid("Vendors offer solutions; they do not adopt them.", field="organization")
    if not solution.is_published:
        raise Conflict("Only a published solution can be adopted.")
    if find(session, solution.id, organization.id) is not None:
        raise Conflict(
            "“%(name)s” has declared its use already. Change that entry instead.",
            name=organization.name,
        )
    _check(use, organization.id, today, history=())
    adoption = Adoption(
        solution_id=solution.id,
        organization_id=organization.id,
        confirmed_on=today,
        is_sample=organization.is_sample,
    )
    _apply(adoption, use)
    session.add(adoption)
    session.flush()
    session.add(AdoptionStep(adoption_id=adoption.id, stage=use.stage, on=use.since))
    _note(session, actor, "adopted", adoption)
    return adoption


def change(
    session: Session,
    actor: Actor,
    adoption: Adoption,
    use: Use,
    *,
    revision: int,
    today: date,
) -> Adoption:
    """Say anew how things stand; ``revision`` is the one the writer saw.

    A new stage adds a step; the same stage with another day corrects the last step. Raises
    ``Conflict`` when somebody else changed the entry in between.
    """
    _require_speaker(actor, adoption)
    if revision != adoption.revision:
        raise Conflict(
            "Somebody changed this entry while you were writing. Compare both and save again."
        )
    steps = steps_of(session, [adoption.id])[adoption.id]
    same_stage = use.stage == adoption.stage
    _check(
        use,
        adoption.organization_id,
        today,
        history=steps[:-1] if same_stage else steps,
    )
    if same_stage:
        steps[-1].on = use.since
    else:
        session.add(AdoptionStep(adoption_id=adoption.id, stage=use.stage, on=use.since))
    _apply(adoption, use)
    adoption.confirmed_on = today
    adoption.revision += 1
    adoption.updated_at = now()
    verb = "ended" if use.stage == Stage.ENDED and not same_stage else "changed"
    _note(session, actor, verb, adoption)
    return adoption


def confirm(session: Session, actor: Actor, adoption: Adoption, *, today: date) -> Adoption:
    """Say that an entry is still right."""
    _require_speaker(actor, adoption)
    adoption.confirmed_on = today
    adoption.revision += 1
    adoption.updated_at = now()
    _note(session, actor, "confirmed", adoption)
    return adoption


def retract(session: Session, actor: Actor, adoption: Adoption) -> None:
    """Take back a declaration that was a mistake; a use that took place is ended instead."""
    _require_speaker(actor, adoption)
    session.execute(delete(AdoptionStep).where(AdoptionStep.adoption_id == adoption.id))
    session.delete(adoption)
    _note(session, actor, "retracted", adoption)


@dataclass(frozen=True)
class Claim:
    """A use that somebody else reports, with its steps; unconfirmed unless a day is given."""

    solution_id: UUID
    organization_id: UUID
    steps: Sequence[tuple[Stage, date]]
    use: Use
    confirmed_on: date | None = None
    is_sample: bool = False
    id: UUID | None = None


def enter_many(session: Session, actor: Actor, claims: Sequence[Claim]) -> list[UUID]:
    """Enter many uses at once with their histories, as intake and sample data do."""
    require(actor.is_steward, "Only the node's steward enters many uses at once.")
    if not claims:
        return []
    moment = now()
    ids = [claim.id or new_id() for claim in claims]
    rows, steps = [], []
    for new, claim in zip(ids, claims, strict=True):
        use = claim.use
        rows.append(
            {
                "id": new,
                "solution_id": claim.solution_id,
                "organization_id": claim.organization_id,
                "stage": use.stage,
                "since": use.since,
                "release": use.release,
                "reused_from_id": use.reused_from_id,
                "adaptations": use.adaptations or {},
                "operator": use.operator,
                "ended_reason": use.ended_reason,
                "ended_note": use.ended_note or {},
                "contact_allowed": use.contact_allowed,
                "confirmed_on": claim.confirmed_on,
                "revision": 1,
                "is_sample": claim.is_sample,
                "created_at": moment,
                "updated_at": moment,
            }
        )
        steps += [
            {"id": new_id(), "adoption_id": new, "stage": stage, "on": on}
            for stage, on in claim.steps
        ]
        _note_use(
            session,
            actor,
            "adopted",
            new,
            solution_id=claim.solution_id,
            adopter_id=claim.organization_id,
        )
    session.execute(insert(Adoption).execution_options(render_nulls=True), rows)
    if steps:
        session.execute(insert(AdoptionStep), steps)
    return ids


def find(session: Session, solution_id: UUID, organization_id: UUID) -> Adoption | None:
    """The use of a solution by an organization, if it has declared one."""
    return session.scalar(
        _public().where(
            Adoption.solution_id == solution_id, Adoption.organization_id == organization_id
        )
    )


def by_id(
    session: Session,
    id: UUID,  # noqa: A002 - the column's name
    *,
    hold: bool = False,
) -> Adoption:
    """The adoption with this id, with solution, adopter and place.

    ``hold`` keeps it from others until the transaction ends, for who compares and then writes.
    """
    query = _public().where(Adoption.id == id)
    if hold:
        query = query.with_for_update(of=Adoption).execution_options(populate_existing=True)
    adoption = session.scalar(query)
    if adoption is None:
        raise NotFound("There is no such adoption.")
    return adoption


@dataclass(frozen=True)
class Wanted:
    """Which adoptions are asked for; what is None is not asked."""

    solution_id: UUID | None = None
    organization_id: UUID | None = None
    stage: Stage | None = None


def listed(
    session: Session,
    wanted: Wanted,
    *,
    after: UUID | None = None,
    among: Sequence[UUID] | None = None,
    limit: int = 500,
) -> Sequence[Adoption]:
    """Adoptions of public solutions in the order of their ids: from behind ``after``, or those
    among some ids."""
    query = (
        _public()
        .join(Solution, Solution.id == Adoption.solution_id)
        .where(Solution.state == State.PUBLISHED)
        .order_by(Adoption.id)
        .limit(limit)
    )
    if wanted.solution_id is not None:
        query = query.where(Adoption.solution_id == wanted.solution_id)
    if wanted.organization_id is not None:
        query = query.where(Adoption.organization_id == wanted.organization_id)
    if wanted.stage is not None:
        query = query.where(Adoption.stage == wanted.stage)
    if after is not None:
        query = query.where(Adoption.id > after)
    if among is not None:
        query = query.where(Adoption.id.in_(among))
    return session.scalars(query).all()


def of_solution(session: Session, solution_id: UUID) -> Sequence[Adoption]:
    """Every use of a solution: live first, then by the day the stage began."""
    rows = session.scalars(_public().where(Adoption.solution_id == solution_id)).all()
    order = [Stage.LIVE, Stage.PILOT, Stage.PLANNED, Stage.INTERESTED, Stage.ENDED]
    return sorted(rows, key=lambda row: (order.index(Stage(row.stage)), row.since, row.id))


def adopters(session: Session, solution_id: UUID) -> Sequence[UUID]:
    """The organizations that use a solution or plan to; those that ended are left out."""
    return session.scalars(
        select(Adoption.organization_id).where(
            Adoption.solution_id == solution_id, Adoption.stage != Stage.ENDED
        )
    ).all()


def of_organizations(session: Session, organization_ids: Sequence[UUID]) -> Sequence[Adoption]:
    """Every use by these bodies of a solution that is public, newest stage first."""
    return session.scalars(
        _public()
        .join(Solution, Solution.id == Adoption.solution_id)
        .where(Adoption.organization_id.in_(organization_ids), Solution.state == State.PUBLISHED)
        .order_by(Adoption.since.desc(), Adoption.id)
    ).all()


def of_solutions(
    session: Session, solution_ids: Sequence[UUID]
) -> Mapping[UUID, Sequence[Adoption]]:
    """The uses of several solutions, by solution, with adopters and places."""
    found: dict[UUID, list[Adoption]] = {key: [] for key in solution_ids}
    for part in in_slices(list(solution_ids)):
        query = (
            select(Adoption)
            .options(joinedload(Adoption.organization).joinedload(Organization.municipality))
            .where(Adoption.solution_id.in_(part))
            .order_by(Adoption.since, Adoption.id)
        )
        for row in session.scalars(query):
            found[row.solution_id].append(row)
    return found


class Place(NamedTuple):
    """What a use says of its adopter's municipality; empty where that is not known."""

    land: str
    size_class: str


def places_live(session: Session, solution_ids: Sequence[UUID]) -> Mapping[UUID, Sequence[Place]]:
    """Where the solutions shine: live, confirmed uses of municipalities, by solution.

    Columns instead of objects: lists ask this for every hit.
    """
    found: dict[UUID, list[Place]] = {key: [] for key in solution_ids}
    for part in in_slices(list(solution_ids)):
        for key, kind, land, population in session.execute(_places_live(), {"ids": part}):
            if kind == Kind.MUNICIPALITY:
                found[key].append(Place(land or "", size_class(population) or ""))
    return found


@cache
def _places_live() -> Select[UUID, str, str, int | None]:
    # The kind is compared in Python: asked for here, SQLite begins with all municipalities.
    return (
        select(Adoption.solution_id, Organization.kind, Municipality.land, Municipality.population)
        .join(Organization, Organization.id == Adoption.organization_id)
        .outerjoin(Municipality, Municipality.id == Organization.municipality_id)
        .where(
            Adoption.solution_id.in_(bindparam("ids", expanding=True)),
            Adoption.stage == Stage.LIVE,
            Adoption.confirmed_on.is_not(None),
        )
    )


def steps_of(session: Session, adoption_ids: Sequence[UUID]) -> Mapping[UUID, list[AdoptionStep]]:
    """The stages that these adoptions went through, oldest first, by adoption."""
    found: dict[UUID, list[AdoptionStep]] = {key: [] for key in adoption_ids}
    for part in in_slices(list(adoption_ids)):
        query = (
            select(AdoptionStep)
            .where(AdoptionStep.adoption_id.in_(part))
            .order_by(AdoptionStep.on, AdoptionStep.id)
        )
        for step in session.scalars(query):
            found[step.adoption_id].append(step)
    return found


def newly_confirmed(session: Session, limit: int = 3) -> Sequence[Adoption]:
    """The live uses that were confirmed last, one a solution."""
    newest = session.scalars(
        _public()
        .join(Solution, Solution.id == Adoption.solution_id)
        .where(
            Adoption.stage == Stage.LIVE,
            Adoption.confirmed_on.is_not(None),
            Solution.state == State.PUBLISHED,
        )
        .order_by(
            Adoption.confirmed_on.desc(), Adoption.reused_from_id.is_(None), Adoption.id.desc()
        )
        .limit(limit * 20)
    ).all()
    by_solution: dict[UUID, Adoption] = {}
    for adoption in newest:
        by_solution.setdefault(adoption.solution_id, adoption)
    return list(by_solution.values())[:limit]


@dataclass(frozen=True)
class Light:
    """One municipality with the number of solutions that run there."""

    municipality: Municipality
    live: int


def lights(session: Session) -> Sequence[Light]:
    """Every municipality where something runs and the adopter has confirmed it, brightest first."""
    live = func.count(Adoption.id)
    query = (
        select(Municipality, live)
        .join(Organization, Organization.municipality_id == Municipality.id)
        .join(Adoption, Adoption.organization_id == Organization.id)
        .join(Solution, Solution.id == Adoption.solution_id)
        .where(
            Adoption.stage == Stage.LIVE,
            Adoption.confirmed_on.is_not(None),
            Solution.state == State.PUBLISHED,
        )
        .group_by(Municipality.id)
        .order_by(live.desc(), Municipality.name)
    )
    return [Light(place, number) for place, number in session.execute(query)]


@dataclass(frozen=True)
class Totals:
    """The node's numbers: places with something live, live uses, all uses."""

    municipalities_live: int
    live: int
    all: int


def totals(session: Session) -> Totals:
    """How many municipalities run something, how many uses are live, how many there are at all."""
    live = (
        select(func.count(), func.count(func.distinct(Organization.municipality_id)))
        .select_from(Adoption)
        .join(Organization, Organization.id == Adoption.organization_id)
        .where(Adoption.stage == Stage.LIVE, Adoption.confirmed_on.is_not(None))
    )
    uses, places = session.execute(live).one()
    return Totals(places, uses, session.scalar(select(func.count()).select_from(Adoption)) or 0)


def _public() -> Select[Adoption]:
    return select(Adoption).options(
        joinedload(Adoption.solution).joinedload(Solution.publisher),
        joinedload(Adoption.organization).joinedload(Organization.municipality),
        joinedload(Adoption.reused_from),
    )


def _require_speaker(actor: Actor, adoption: Adoption) -> None:
    require(
        actor.may_speak_for(adoption.organization_id),
        "Only members of the adopting body may change this entry.",
    )


def _check(
    use: Use,
    organization_id: UUID,
    today: date,
    *,
    history: Sequence[AdoptionStep],
) -> None:
    past = use.stage in (Stage.PILOT, Stage.LIVE, Stage.ENDED, Stage.INTERESTED)
    if past and use.since > today:
        raise Invalid(
            "This day lies in the future. Choose “Planned” for what is to come.", field="since"
        )
    if history and use.since < history[-1].on:
        raise Invalid(
            "The stage before began on %(day)s. Give that day or a later one.",
            field="since",
            day=history[-1].on.isoformat(),
        )
    if use.stage == Stage.ENDED and not taxonomy.knows("ended_reason", use.ended_reason):
        raise Invalid("Say why the use ended; others learn from it.", field="ended_reason")
    if use.reused_from_id == organization_id:
        raise Invalid("A body cannot take a solution over from itself.", field="reused_from")
    if len(use.release) > 80 or len(use.operator) > 300:
        raise Invalid("Shorten this to at most 80 characters.", field="release")


def _apply(adoption: Adoption, use: Use) -> None:
    ended = use.stage == Stage.ENDED
    adoption.stage = use.stage
    adoption.since = use.since
    adoption.release = use.release.strip()
    adoption.reused_from_id = use.reused_from_id
    adoption.adaptations = use.adaptations or {}
    adoption.operator = use.operator.strip()
    adoption.ended_reason = use.ended_reason if ended else ""
    adoption.ended_note = (use.ended_note or {}) if ended else {}
    adoption.contact_allowed = use.contact_allowed


def _note(session: Session, actor: Actor, verb: str, adoption: Adoption) -> None:
    _note_use(
        session,
        actor,
        verb,
        adoption.id,
        solution_id=adoption.solution_id,
        adopter_id=adoption.organization_id,
        revision=adoption.revision,
    )


def _note_use(
    session: Session,
    actor: Actor,
    verb: str,
    adoption_id: UUID,
    *,
    solution_id: UUID,
    adopter_id: UUID,
    revision: int = 1,
) -> None:
    changes.record(
        session, actor, verb, KIND, adoption_id, version=revision, on_behalf_of=adopter_id
    )
    # Readers that follow solutions learn of the new count without knowing what an adoption is.
    changes.record(session, actor, "use-changed", "solution", solution_id, on_behalf_of=adopter_id)
