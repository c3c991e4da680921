"""Invitations into an organization: by e-mail, for a while, for that address alone.

The token goes into the mail and is not kept, only its hash. It shows the invitation; to accept it
one is signed in with the address that was invited, so a forwarded mail lets nobody else in.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from sqlalchemy import ForeignKey, Select, String, func, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from catalog import changes, email_addresses, memberships, people
from catalog.database import Base, UtcDateTime, new_id, now
from catalog.errors import Conflict, Invalid, NotFound
from catalog.memberships import Membership
from catalog.organizations import Organization
from catalog.people import Person
from catalog.permissions import Actor, Role, higher, person_of, require

KIND = "invitation"

LIFETIME = timedelta(days=14)

MOST_OPEN = 200
"""Open invitations of one organization, so that nobody mails the world from here."""


class State(StrEnum):
    """How an invitation stands; an open one may be too old."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    REVOKED = "revoked"


class Invitation(Base):
    """An address that may join an organization in a role."""

    __tablename__ = "invitations"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"), index=True)
    organization: Mapped[Organization] = relationship(lazy="raise")
    email: Mapped[str] = mapped_column(String(254), index=True)
    role: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20), default=State.OPEN)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    invited_by: Mapped[str] = mapped_column(String(200))
    """The name of the lead, for the mail and the list."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime(), default=now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime())
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime())

    @property
    def is_open(self) -> bool:
        """Whether it can still be accepted."""
        return self.state == State.OPEN and self.expires_at > now()


def invite(
    session: Session, actor: Actor, organization: Organization, *, email: str, role: Role
) -> tuple[Invitation, str]:
    """Invite an address; the second value is the token for the mail.

    Raises ``Conflict`` for members, for an address that is invited already and beyond
    ``MOST_OPEN``.
    """
    memberships.require_lead(actor, organization)
    address = email_addresses.normalized(email)
    _refuse_member(session, organization, address)
    query = (
        select(func.count())
        .select_from(Invitation)
        .where(
            Invitation.organization_id == organization.id,
            Invitation.state == State.OPEN,
            Invitation.expires_at > now(),
        )
    )
    if session.scalar(query.where(Invitation.email == address)):
        raise Conflict("This address is invited already. Send the invitation again instead.")
    if (session.scalar(query) or 0) >= MOST_OPEN:
        raise Conflict(
            "There are %(most)s open invitations. Take back some of them first.", most=MOST_OPEN
        )
    token = secrets.token_urlsafe(32)
    invitation = Invitation(
        organization_id=organization.id,
        organization=organization,
        email=address,
        role=role,
        token_hash=_hash(token),
        invited_by=actor.name[:200],
        expires_at=now() + LIFETIME,
    )
    session.add(invitation)
    session.flush()
    _note(session, actor, "invited", invitation)
    return invitation, token


def renew(session: Session, actor: Actor, invitation: Invitation) -> str:
    """Let an open or expired invitation begin anew; the token for the mail, the old one ends."""
    memberships.require_lead(actor, invitation.organization)
    if invitation.state != State.OPEN:
        raise Conflict("This invitation is settled. Write a new one.")
    token = secrets.token_urlsafe(32)
    invitation.token_hash, invitation.expires_at = _hash(token), now() + LIFETIME
    session.flush()
    _note(session, actor, "renewed", invitation)
    return token


def revoke(session: Session, actor: Actor, invitation: Invitation) -> None:
    """Take an open invitation back."""
    memberships.require_lead(actor, invitation.organization)
    _settle(session, actor, invitation, State.REVOKED)


def accept(session: Session, actor: Actor, invitation: Invitation) -> Membership:
    """Join as invited; a member keeps its role if that is the higher one."""
    _require_addressee(session, actor, invitation)
    if not invitation.is_open:
        raise Conflict("This invitation no longer holds. Ask the lead for a new one.")
    known = memberships.of(session, invitation.organization_id, person_of(actor))
    role = Role(invitation.role) if known is None else higher(known.role, invitation.role)
    _settle(session, actor, invitation, State.ACCEPTED)
    return memberships.seat(session, person_of(actor), invitation.organization_id, role)


def decline(session: Session, actor: Actor, invitation: Invitation) -> None:
    """Do not join; the leads see it."""
    _require_addressee(session, actor, invitation)
    _settle(session, actor, invitation, State.DECLINED)


def by_token(session: Session, token: str) -> Invitation:
    """The invitation that a mail leads to; an old or used token leads nowhere."""
    found = session.scalar(
        _with_organization().where(
            Invitation.token_hash == _hash(token), Invitation.state == State.OPEN
        )
    )
    if found is None or not found.is_open:
        raise NotFound("This invitation no longer holds. Ask the lead for a new one.")
    return found


def by_id(session: Session, actor: Actor, invitation_id: UUID) -> Invitation:
    """An invitation that the actor wrote as lead or that is addressed to it."""
    found = session.scalar(_with_organization().where(Invitation.id == invitation_id))
    if found is None or not (
        actor.may_appoint_for(found.organization_id) or _is_addressee(session, actor, found)
    ):
        raise NotFound("There is no such invitation.")
    return found


def of_organization(
    session: Session, actor: Actor, organization: Organization
) -> Sequence[Invitation]:
    """The open and expired invitations of an organization, newest first."""
    memberships.require_lead(actor, organization)
    query = _with_organization().where(
        Invitation.organization_id == organization.id, Invitation.state == State.OPEN
    )
    return session.scalars(query.order_by(Invitation.id.desc())).all()


def of_person(session: Session, actor: Actor) -> Sequence[Invitation]:
    """The open invitations to the actor's own address, newest first."""
    person = people.by_id(session, person_of(actor))
    query = _with_organization().where(
        Invitation.email == person.email,
        Invitation.state == State.OPEN,
        Invitation.expires_at > now(),
    )
    return session.scalars(query.order_by(Invitation.id.desc())).all()


def _with_organization() -> Select[Invitation]:
    return select(Invitation).options(joinedload(Invitation.organization))


def _refuse_member(session: Session, organization: Organization, address: str) -> None:
    query = (
        select(Membership.id)
        .join(Person)
        .where(Membership.organization_id == organization.id, Person.email == address)
    )
    if session.scalar(query) is not None:
        raise Invalid("Somebody with this address is a member already.", field="email")


def _is_addressee(session: Session, actor: Actor, invitation: Invitation) -> bool:
    if actor.person_id is None:
        return False
    return people.by_id(session, actor.person_id).email == invitation.email


def _require_addressee(session: Session, actor: Actor, invitation: Invitation) -> None:
    person_of(actor)
    require(
        _is_addressee(session, actor, invitation),
        "This invitation is for another address. Sign in with the address it was sent to.",
    )


def _settle(session: Session, actor: Actor, invitation: Invitation, state: State) -> None:
    if invitation.state != State.OPEN:
        raise Conflict("This invitation is settled already.")
    invitation.state, invitation.settled_at = state, now()
    session.flush()
    _note(session, actor, state, invitation)


def _note(session: Session, actor: Actor, verb: str, invitation: Invitation) -> None:
    changes.record(
        session, actor, verb, KIND, invitation.id,
        on_behalf_of=invitation.organization_id, public=False,
    )  # fmt: skip


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
