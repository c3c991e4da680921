"""Requests to join an organization: a person asks, a lead decides."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Select, String, select, text
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from catalog import changes, email_addresses, memberships
from catalog.database import Base, UtcDateTime, new_id, now
from catalog.errors import Conflict, Invalid, NotFound
from catalog.memberships import Membership
from catalog.organizations import Organization
from catalog.people import Person
from catalog.permissions import Actor, Role, person_of, require

KIND = "join_request"

LONGEST_TEXT = 1_000


class State(StrEnum):
    """How a request stands."""

    OPEN = "open"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class JoinRequest(Base):
    """A person who asks to become a member."""

    __tablename__ = "join_requests"
    __table_args__ = (
        Index(
            "ix_join_requests_open",
            "person_id",
            "organization_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"), index=True)
    organization: Mapped[Organization] = relationship(lazy="raise")
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    person: Mapped[Person] = relationship(lazy="raise")
    message: Mapped[str] = mapped_column(String(LONGEST_TEXT), default="")
    state: Mapped[str] = mapped_column(String(20), default=State.OPEN)
    reason: Mapped[str] = mapped_column(String(LONGEST_TEXT), default="")
    """Why it was refused; the person reads it."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime(), default=now)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime())

    @property
    def is_from_domain(self) -> bool:
        """Whether the person's address lies in a domain of the organization: a hint, no proof."""
        return email_addresses.is_within(self.person.email, self.organization.mail_domains)


def ask(
    session: Session, actor: Actor, organization: Organization, *, message: str = ""
) -> JoinRequest:
    """Ask to become a member.

    Raises ``Conflict`` for members, for who has asked already, and where nobody could decide.
    """
    person_id = person_of(actor)
    if memberships.of(session, organization.id, person_id) is not None:
        raise Conflict("You are a member of “%(name)s” already.", name=organization.name)
    if not memberships.leads(session, organization.id):
        raise Conflict(
            "Nobody leads “%(name)s” here yet. Claim the organization instead.",
            name=organization.name,
        )
    if any(
        each.organization_id == organization.id and each.state == State.OPEN
        for each in of_person(session, actor)
    ):
        raise Conflict("You have asked already. The leads have not decided yet.")
    _check(message, "message")
    request = JoinRequest(
        organization_id=organization.id, person_id=person_id, message=message.strip()
    )
    session.add(request)
    session.flush()
    _note(session, actor, "asked", request)
    return request


def approve(session: Session, actor: Actor, request: JoinRequest, role: Role) -> Membership:
    """Let the person in, in a role."""
    memberships.require_lead(actor, request.organization)
    _settle(session, actor, request, State.APPROVED)
    return memberships.seat(session, request.person_id, request.organization_id, role)


def refuse(session: Session, actor: Actor, request: JoinRequest, *, reason: str) -> None:
    """Do not let the person in, and say why."""
    memberships.require_lead(actor, request.organization)
    if not reason.strip():
        raise Invalid("Say why, so that the person knows what to do.", field="reason")
    _check(reason, "reason")
    request.reason = reason.strip()
    _settle(session, actor, request, State.REFUSED)


def withdraw(session: Session, actor: Actor, request: JoinRequest) -> None:
    """Take one's own request back."""
    require(person_of(actor) == request.person_id, "Only the person who asked may take it back.")
    _settle(session, actor, request, State.WITHDRAWN)


def by_id(session: Session, actor: Actor, request_id: UUID) -> JoinRequest:
    """A request that the actor made or decides; others do not exist for it."""
    found = session.scalar(_whole().where(JoinRequest.id == request_id))
    own = found is not None and actor.person_id is not None and found.person_id == actor.person_id
    if found is None or not (own or actor.may_appoint_for(found.organization_id)):
        raise NotFound("There is no such request.")
    return found


def of_organization(
    session: Session, actor: Actor, organization: Organization
) -> Sequence[JoinRequest]:
    """The open requests to join an organization, oldest first."""
    memberships.require_lead(actor, organization)
    query = _whole().where(
        JoinRequest.organization_id == organization.id, JoinRequest.state == State.OPEN
    )
    return session.scalars(query.order_by(JoinRequest.id)).all()


def of_person(session: Session, actor: Actor) -> Sequence[JoinRequest]:
    """The actor's own requests, newest first."""
    query = _whole().where(JoinRequest.person_id == person_of(actor))
    return session.scalars(query.order_by(JoinRequest.id.desc())).all()


def _whole() -> Select[JoinRequest]:
    return select(JoinRequest).options(
        joinedload(JoinRequest.organization), joinedload(JoinRequest.person)
    )


def _check(words: str, field: str) -> None:
    if len(words.strip()) > LONGEST_TEXT:
        raise Invalid("Give at most 1,000 characters.", field=field)


def _settle(session: Session, actor: Actor, request: JoinRequest, state: State) -> None:
    if request.state != State.OPEN:
        raise Conflict("This request is decided already.")
    request.state, request.decided_at = state, now()
    session.flush()
    _note(session, actor, state, request)


def _note(session: Session, actor: Actor, verb: str, request: JoinRequest) -> None:
    changes.record(
        session, actor, verb, KIND, request.id,
        on_behalf_of=request.organization_id, public=False,
    )  # fmt: skip
