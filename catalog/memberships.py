"""Memberships: a person's role in one organization; rights belong to memberships."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from catalog import changes
from catalog.database import Base, UtcDateTime, in_slices, new_id, now
from catalog.organizations import Organization
from catalog.people import Person
from catalog.permissions import Actor, Role, require


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
    require(
        actor.may_appoint_for(organization.id),
        "Only a lead of “%(name)s” may give roles there.",
        name=organization.name,
    )
    membership = session.scalar(
        select(Membership).where(
            Membership.person_id == person.id, Membership.organization_id == organization.id
        )
    )
    if membership is None:
        membership = Membership(person_id=person.id, organization_id=organization.id, role=role)
        session.add(membership)
    membership.role = role
    session.flush()
    changes.record(
        session, actor, "joined", "person", person.id, on_behalf_of=organization.id, public=False
    )
    return membership


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
