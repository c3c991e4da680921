"""Deputies: a member who acts as lead while a lead is away, from one day to another."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from catalog import changes, memberships
from catalog.database import Base, new_id
from catalog.errors import Invalid, NotFound, Problem
from catalog.organizations import Organization
from catalog.people import Person
from catalog.permissions import Actor, Role, person_of, require

KIND = "deputy"

LONGEST_ABSENCE = timedelta(days=366)


class Deputy(Base):
    """Who acts as lead for whom, on which days, both included."""

    __tablename__ = "deputies"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"), index=True)
    lead_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    lead: Mapped[Person] = relationship(lazy="raise", foreign_keys=[lead_id])
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    person: Mapped[Person] = relationship(lazy="raise", foreign_keys=[person_id])
    begins_on: Mapped[date]
    ends_on: Mapped[date]


def name(
    session: Session,
    actor: Actor,
    organization: Organization,
    person_id: UUID,
    *,
    begins_on: date,
    ends_on: date,
    today: date,
) -> Deputy:
    """Name a member who acts as lead while the actor, a lead by membership, is away.

    A deputy names no deputy: an absence would otherwise hand the lead on without end.
    """
    own = memberships.of(session, organization.id, person_of(actor))
    require(
        own is not None and own.role == Role.LEAD,
        "Only a lead of “%(name)s” may name a deputy.",
        name=organization.name,
    )
    problems = []
    member = memberships.of(session, organization.id, person_id)
    if member is None or member.role == Role.LEAD:
        problems.append(Problem("person", "Choose a member who is not a lead already."))
    if ends_on < max(begins_on, today):
        problems.append(Problem("ends_on", "The last day is today or later, not before the first."))
    elif ends_on - begins_on > LONGEST_ABSENCE:
        problems.append(Problem("ends_on", "Choose a day within a year after the first."))
    if problems:
        raise Invalid("The deputy was not named.", problems=problems)
    deputy = Deputy(
        organization_id=organization.id,
        lead_id=person_of(actor),
        person_id=person_id,
        begins_on=begins_on,
        ends_on=ends_on,
    )
    session.add(deputy)
    session.flush()
    _note(session, actor, "named", deputy)
    return deputy


def end(session: Session, actor: Actor, deputy: Deputy) -> None:
    """End a deputy's time at once; a lead and the deputy itself may."""
    require(
        actor.may_appoint_for(deputy.organization_id)
        or (actor.person_id is not None and actor.person_id == deputy.person_id),
        "Only a lead or the deputy may end this.",
    )
    session.delete(deputy)
    _note(session, actor, "ended", deputy)


def of_organization(
    session: Session, actor: Actor, organization: Organization, *, today: date
) -> Sequence[Deputy]:
    """The present and coming deputies of an organization, by their first day."""
    require(
        actor.may_read_for(organization.id),
        "Only members of “%(name)s” may see who belongs to it.",
        name=organization.name,
    )
    query = (
        select(Deputy)
        .where(Deputy.organization_id == organization.id, Deputy.ends_on >= today)
        .options(joinedload(Deputy.lead), joinedload(Deputy.person))
        .order_by(Deputy.begins_on, Deputy.id)
    )
    return session.scalars(query).all()


def by_id(session: Session, actor: Actor, deputy_id: UUID) -> Deputy:
    """A deputy in one of the actor's organizations; others do not exist for it."""
    found = session.get(Deputy, deputy_id)
    if found is None or not actor.may_read_for(found.organization_id):
        raise NotFound("There is no such deputy.")
    return found


def roles_of(session: Session, person_id: UUID, *, today: date) -> Mapping[UUID, str]:
    """The roles that a person has today, by organization: memberships, and lead as a deputy.

    A deputy of somebody who is no lead any more, or who is no member itself, acts for nobody.
    """
    roles = {each.organization_id: each.role for each in memberships.of_person(session, person_id)}
    query = (
        select(Deputy.organization_id)
        .join(
            memberships.Membership,
            (memberships.Membership.person_id == Deputy.lead_id)
            & (memberships.Membership.organization_id == Deputy.organization_id),
        )
        .where(
            Deputy.person_id == person_id,
            Deputy.begins_on <= today,
            Deputy.ends_on >= today,
            memberships.Membership.role == Role.LEAD,
        )
    )
    for organization_id in session.scalars(query):
        if organization_id in roles:
            roles[organization_id] = Role.LEAD
    return roles


def _note(session: Session, actor: Actor, verb: str, deputy: Deputy) -> None:
    changes.record(
        session, actor, verb, KIND, deputy.id, on_behalf_of=deputy.organization_id, public=False
    )
