"""Memberships: a person's role in one organization; rights belong to memberships.

An organization that has members always has a lead: the last one neither leaves nor steps down.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from catalog import changes
from catalog.database import Base, UtcDateTime, in_slices, new_id, now
from catalog.errors import Conflict, NotFound
from catalog.organizations import Organization
from catalog.people import Person
from catalog.permissions import Actor, Role, person_of, require


class Membership(Base):
    """A person's role in one organization."""

    __tablename__ = "memberships"
    __table_args__ = (UniqueConstraint("person_id", "organization_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    person: Mapped[Person] = relationship(lazy="raise")
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"), index=True)
    organization: Mapped[Organization] = relationship(lazy="raise")
    role: Mapped[str] = mapped_column(String(20))
    since: Mapped[datetime] = mapped_column(UtcDateTime(), default=now)


def join(
    session: Session, actor: Actor, person: Person, organization: Organization, role: Role
) -> Membership:
    """Make a person a member, or change the role of one."""
    require_lead(actor, organization)
    known = of(session, organization.id, person.id)
    if known is not None and role != Role.LEAD:
        require_another_lead(session, known)
    membership = seat(session, person.id, organization.id, role)
    _note(session, actor, "joined", membership)
    return membership


def change_role(session: Session, actor: Actor, membership: Membership, role: Role) -> Membership:
    """Give a member another role."""
    require_lead(actor, membership.organization)
    if role != Role.LEAD:
        require_another_lead(session, membership)
    membership.role = role
    _note(session, actor, "changed_role", membership)
    return membership


def remove(session: Session, actor: Actor, membership: Membership) -> None:
    """End the membership of somebody else."""
    require_lead(actor, membership.organization)
    require_another_lead(session, membership)
    session.delete(membership)
    _note(session, actor, "removed", membership)


def leave(session: Session, actor: Actor, organization: Organization) -> None:
    """End one's own membership."""
    membership = of(session, organization.id, person_of(actor))
    if membership is None:
        raise NotFound("You are no member of “%(name)s”.", name=organization.name)
    require_another_lead(session, membership)
    session.delete(membership)
    _note(session, actor, "left", membership)


def of_organization(
    session: Session, actor: Actor, organization: Organization
) -> Sequence[Membership]:
    """The members of an organization with their people, in the order of their names."""
    require(
        actor.may_read_for(organization.id),
        "Only members of “%(name)s” may see who belongs to it.",
        name=organization.name,
    )
    query = (
        select(Membership)
        .join(Person)
        .where(Membership.organization_id == organization.id)
        .options(joinedload(Membership.person), joinedload(Membership.organization))
        .order_by(Person.name, Membership.id)
    )
    return session.scalars(query).all()


def by_id(session: Session, actor: Actor, membership_id: UUID) -> Membership:
    """A membership in one of the actor's organizations; others do not exist for it."""
    query = (
        select(Membership)
        .where(Membership.id == membership_id)
        .options(joinedload(Membership.person), joinedload(Membership.organization))
    )
    found = session.scalar(query)
    if found is None or not actor.may_read_for(found.organization_id):
        raise NotFound("There is no such membership.")
    return found


def of_person(session: Session, person_id: UUID) -> Sequence[Membership]:
    """The memberships of a person with their organizations and places."""
    query = (
        select(Membership)
        .where(Membership.person_id == person_id)
        .options(joinedload(Membership.organization).joinedload(Organization.municipality))
        .order_by(Membership.id)
    )
    return session.scalars(query).all()


def with_roles(
    session: Session, organization_ids: Iterable[UUID], roles: Iterable[str]
) -> Mapping[UUID, Sequence[Membership]]:
    """The memberships with one of these roles, by organization."""
    found: dict[UUID, list[Membership]] = {}
    chosen = list(roles)
    for part in in_slices(sorted(set(organization_ids))):
        query = select(Membership).where(
            Membership.organization_id.in_(part), Membership.role.in_(chosen)
        )
        for row in session.scalars(query.order_by(Membership.id)):
            found.setdefault(row.organization_id, []).append(row)
    return found


def of(session: Session, organization_id: UUID, person_id: UUID) -> Membership | None:
    """The membership of a person in an organization, if it has one."""
    return session.scalar(
        select(Membership).where(
            Membership.person_id == person_id, Membership.organization_id == organization_id
        )
    )


def leads(session: Session, organization_id: UUID) -> Sequence[Person]:
    """The people who lead an organization: for writing to them, never for show."""
    query = (
        select(Person)
        .join(Membership)
        .where(Membership.organization_id == organization_id, Membership.role == Role.LEAD)
        .order_by(Person.id)
    )
    return session.scalars(query).all()


def count(session: Session, organization_id: UUID) -> int:
    """How many members an organization has."""
    query = select(func.count()).select_from(Membership)
    return session.scalar(query.where(Membership.organization_id == organization_id)) or 0


def seat(session: Session, person_id: UUID, organization_id: UUID, role: Role) -> Membership:
    """Write a membership down for a verb that has asked and records what it did."""
    membership = of(session, organization_id, person_id)
    if membership is None:
        membership = Membership(person_id=person_id, organization_id=organization_id, role=role)
        session.add(membership)
    membership.role = role
    session.flush()
    return membership


def require_lead(actor: Actor, organization: Organization) -> None:
    """Go on if the actor appoints in the organization, else refuse."""
    require(
        actor.may_appoint_for(organization.id),
        "Only a lead of “%(name)s” may give roles there.",
        name=organization.name,
    )


def require_another_lead(session: Session, membership: Membership) -> None:
    """Refuse to take the last lead from an organization."""
    if membership.role != Role.LEAD:
        return
    # The rows are held, so that two leads cannot step down at once, each counting on the other.
    query = (
        select(Membership.id)
        .where(
            Membership.organization_id == membership.organization_id,
            Membership.role == Role.LEAD,
        )
        .with_for_update()
    )
    if session.scalars(query).all() == [membership.id]:
        raise Conflict(
            "The last lead cannot leave or step down. Make somebody else lead of the organization "
            "first."
        )


def _note(session: Session, actor: Actor, verb: str, membership: Membership) -> None:
    session.flush()
    changes.record(
        session, actor, verb, "person", membership.person_id,
        on_behalf_of=membership.organization_id, public=False,
    )  # fmt: skip
