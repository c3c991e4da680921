"""Which bodies have reported to the KI-Transparenzregister, declared that they use no AI, or are
silent.

Missing entries matter as much as the ones there are; so the page counts them, without blame.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, delete, func, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column

from catalog import changes
from catalog.adoptions import Adoption, Stage
from catalog.database import Base, new_id
from catalog.errors import Conflict, NotFound
from catalog.organizations import Kind, Organization
from catalog.permissions import Actor, require
from catalog.register.entries import RegisterEntry
from catalog.solutions import Solution, State

KIND = "register-declaration"

RUNS = (Stage.PILOT, Stage.LIVE)


class ZeroDeclaration(Base):
    """A body's word that it uses no AI, and the day on which it said so; the last one counts."""

    __tablename__ = "register_zero_declarations"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"), index=True)
    declared_on: Mapped[date]


class Reported(StrEnum):
    """What a body has told the register."""

    REPORTED = "reported"
    ZERO = "zero"
    SILENT = "silent"


@dataclass(frozen=True)
class Coverage:
    """One body: what it told, how many entries are public, how many uses have none yet."""

    organization: Organization
    told: Reported
    entries: int
    overdue: int
    uses_without_entry: int
    declared_on: date | None


def declare_zero(
    session: Session, actor: Actor, organization: Organization, *, today: date
) -> ZeroDeclaration:
    """Say for a body that it uses no AI today; an entry or a running use speaks against it."""
    _require_editor(actor, organization)
    if _runs(session, [organization.id]) or _entries(session, today, [organization.id]):
        raise Conflict(
            "Something runs at “%(name)s” or stands in the register. End it first.",
            name=organization.name,
        )
    made = ZeroDeclaration(organization_id=organization.id, declared_on=today)
    session.add(made)
    session.flush()
    _note(session, actor, "declared-zero", organization)
    return made


def take_back_zero(session: Session, actor: Actor, organization: Organization) -> None:
    """Take the word back; raises ``NotFound`` where none was given."""
    _require_editor(actor, organization)
    own = ZeroDeclaration.organization_id == organization.id
    if session.scalar(select(ZeroDeclaration.id).where(own).limit(1)) is None:
        raise NotFound("“%(name)s” has not declared this.", name=organization.name)
    session.execute(delete(ZeroDeclaration).where(own))
    _note(session, actor, "zero-taken-back", organization)


def of_all(session: Session, *, today: date) -> Sequence[Coverage]:
    """Every municipality that takes part in this node, by name; five statements."""
    bodies = session.scalars(
        select(Organization)
        .options(joinedload(Organization.municipality))
        .where(Organization.kind == Kind.MUNICIPALITY, Organization.merged_into_id.is_(None))
        .order_by(Organization.name, Organization.id)
    ).all()
    return _covered(session, bodies, today)


def of_bodies(
    session: Session, bodies: Sequence[Organization], *, today: date
) -> Sequence[Coverage]:
    """The same for some bodies."""
    return _covered(session, bodies, today) if bodies else ()


def _covered(session: Session, bodies: Sequence[Organization], today: date) -> Sequence[Coverage]:
    ids = None if len(bodies) > 500 else [body.id for body in bodies]
    counted = _entries(session, today, ids)
    running = _runs(session, ids)
    query = select(ZeroDeclaration).order_by(ZeroDeclaration.declared_on)
    declared = {row.organization_id: row.declared_on for row in session.scalars(query)}
    found = []
    for body in bodies:
        entries, overdue = counted.get(body.id, (0, 0))
        is_zero = body.id in declared and not entries
        told = Reported.REPORTED if entries else Reported.ZERO if is_zero else Reported.SILENT
        found.append(
            Coverage(
                organization=body,
                told=told,
                entries=entries,
                overdue=overdue,
                uses_without_entry=running.get(body.id, 0),
                declared_on=declared[body.id] if is_zero else None,
            )
        )
    return found


def _entries(
    session: Session, today: date, ids: Sequence[UUID] | None
) -> dict[UUID, tuple[int, int]]:
    """Public entries and those among them that are overdue, by body."""
    query = (
        select(
            RegisterEntry.organization_id,
            func.count(),
            func.count().filter(RegisterEntry.review_due < today),
        )
        .where(RegisterEntry.state == State.PUBLISHED)
        .group_by(RegisterEntry.organization_id)
    )
    if ids is not None:
        query = query.where(RegisterEntry.organization_id.in_(ids))
    return {key: (entries, overdue) for key, entries, overdue in session.execute(query)}


def _runs(session: Session, ids: Sequence[UUID] | None) -> dict[UUID, int]:
    """Confirmed uses that run and have no public entry, by body."""
    query = (
        select(Adoption.organization_id, func.count())
        .join(Solution, Solution.id == Adoption.solution_id)
        .outerjoin(
            RegisterEntry,
            (RegisterEntry.adoption_id == Adoption.id) & (RegisterEntry.state == State.PUBLISHED),
        )
        .where(
            Adoption.stage.in_(RUNS),
            Adoption.confirmed_on.is_not(None),
            Solution.state == State.PUBLISHED,
            RegisterEntry.id.is_(None),
        )
        .group_by(Adoption.organization_id)
    )
    if ids is not None:
        query = query.where(Adoption.organization_id.in_(ids))
    return {row[0]: row[1] for row in session.execute(query)}


def _require_editor(actor: Actor, organization: Organization) -> None:
    require(
        actor.may_edit_for(organization.id),
        "Only editors of “%(name)s” may declare this.",
        name=organization.name,
    )


def _note(session: Session, actor: Actor, verb: str, organization: Organization) -> None:
    changes.record(session, actor, verb, KIND, organization.id, on_behalf_of=organization.id)
