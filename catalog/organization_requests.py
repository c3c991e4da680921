"""Requests for an organization: enter one that is missing, or claim one that has no members.

Until a moderator agrees nothing is public: an organization that is only asked for is no row of
``organizations``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Select, String, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from catalog import changes, email_addresses, memberships, organizations, people
from catalog.database import Base, UtcDateTime, new_id, now
from catalog.errors import Conflict, Invalid, NotFound, Problem
from catalog.municipalities import Municipality
from catalog.organizations import Kind, Organization
from catalog.people import Person
from catalog.permissions import Actor, Role, person_of, require
from catalog.records import is_web_address

KIND = "organization_request"

LONGEST_TEXT = 2_000

MOST_OPEN = 5
"""Open requests of one person."""


class State(StrEnum):
    """How a request stands."""

    REQUESTED = "requested"
    ACTIVE = "active"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class OrganizationRequest(Base):
    """A person who wants to answer for an organization here."""

    __tablename__ = "organization_requests"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    person: Mapped[Person] = relationship(lazy="raise")
    organization_id: Mapped[UUID | None] = mapped_column(ForeignKey("organizations.id"), index=True)
    """The one that is claimed, or that came of the request."""
    organization: Mapped[Organization | None] = relationship(lazy="raise")
    is_claim: Mapped[bool] = mapped_column(default=False)
    name: Mapped[str] = mapped_column(String(300))
    kind: Mapped[str] = mapped_column(String(20))
    municipality_id: Mapped[UUID | None] = mapped_column(ForeignKey("municipalities.id"))
    municipality: Mapped[Municipality | None] = relationship(lazy="raise")
    website: Mapped[str] = mapped_column(String(2000), default="")
    mail_domain: Mapped[str] = mapped_column(String(254), default="")
    """The domain in which the organization's people have their addresses, as the person says."""
    message: Mapped[str] = mapped_column(String(LONGEST_TEXT), default="")
    state: Mapped[str] = mapped_column(String(20), default=State.REQUESTED, index=True)
    reason: Mapped[str] = mapped_column(String(LONGEST_TEXT), default="")
    """Why it was refused; the person reads it."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime(), default=now)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime())

    @property
    def is_from_domain(self) -> bool:
        """Whether the person's address lies in the domain that it names."""
        return bool(self.mail_domain) and email_addresses.is_within(
            self.person.email, [self.mail_domain]
        )


@dataclass(frozen=True)
class Wanted:
    """An organization that is missing here."""

    name: str
    kind: str
    website: str = ""
    mail_domain: str = ""
    municipality: Municipality | None = None


def ask(
    session: Session, actor: Actor, wanted: Wanted, *, message: str = ""
) -> OrganizationRequest:
    """Ask for an organization that is not here yet; whoever asks will lead it.

    Raises ``Conflict`` if there is one of this name, and beyond ``MOST_OPEN`` open requests.
    """
    _require_room(session, actor)
    problems = _wrong_in(wanted, message)
    if problems:
        raise Invalid("The request is not complete.", problems=problems)
    name = " ".join(wanted.name.split())
    if any(each.folded_name == organizations.fold(name) for each in _named(session, name)):
        raise Conflict("There is an organization of this name. Join or claim it instead.")
    request = OrganizationRequest(
        person_id=person_of(actor),
        name=name,
        kind=wanted.kind,
        municipality_id=wanted.municipality.id if wanted.municipality else None,
        website=wanted.website.strip(),
        mail_domain=_domain(wanted.mail_domain),
        message=message.strip(),
    )
    return _written(session, actor, "requested", request)


def claim(
    session: Session,
    actor: Actor,
    organization: Organization,
    *,
    mail_domain: str = "",
    message: str = "",
) -> OrganizationRequest:
    """Ask to lead an organization that is here but has no members, such as a municipality."""
    _require_room(session, actor)
    _require_nobody(session, organization)
    if len(message.strip()) > LONGEST_TEXT:
        raise Invalid("Give at most 2,000 characters.", field="message")
    request = OrganizationRequest(
        person_id=person_of(actor),
        organization_id=organization.id,
        is_claim=True,
        name=organization.name,
        kind=organization.kind,
        mail_domain=_domain(mail_domain),
        message=message.strip(),
    )
    return _written(session, actor, "claimed", request)


def accept(session: Session, actor: Actor, request: OrganizationRequest) -> Organization:
    """Enter the organization, or hand it to whoever claims it; the person becomes its lead."""
    require_governing(actor)
    _require_open(request)
    if request.organization is not None:
        _require_nobody(session, request.organization)
        organization = request.organization
    else:
        organization = organizations.found(
            session,
            actor,
            name=request.name,
            kind=Kind(request.kind),
            municipality=request.municipality,
            website=request.website,
        )
    request.organization = organization
    request.organization_id = organization.id
    if request.mail_domain and request.mail_domain not in email_addresses.OPEN_TO_ALL:
        domains = dict.fromkeys([*organization.mail_domains, request.mail_domain])
        organizations.set_mail_domains(session, actor, organization, list(domains))
    _settle(session, actor, request, State.ACTIVE)
    memberships.seat(session, request.person_id, organization.id, Role.LEAD)
    return organization


def refuse(session: Session, actor: Actor, request: OrganizationRequest, *, reason: str) -> None:
    """Do not enter it, and say why."""
    require_governing(actor)
    _require_open(request)
    if not 0 < len(reason.strip()) <= LONGEST_TEXT:
        raise Invalid("Say why, in at most 2,000 characters.", field="reason")
    request.reason = reason.strip()
    _settle(session, actor, request, State.REFUSED)


def withdraw(session: Session, actor: Actor, request: OrganizationRequest) -> None:
    """Take one's own request back."""
    require(person_of(actor) == request.person_id, "Only the person who asked may take it back.")
    _require_open(request)
    _settle(session, actor, request, State.WITHDRAWN)


def by_id(session: Session, actor: Actor, request_id: UUID) -> OrganizationRequest:
    """A request that the actor made or, as moderator, decides."""
    found = session.scalar(_whole().where(OrganizationRequest.id == request_id))
    own = found is not None and actor.person_id is not None and found.person_id == actor.person_id
    if found is None or not (own or actor.is_governing):
        raise NotFound("There is no such request.")
    return found


def of_person(session: Session, actor: Actor) -> Sequence[OrganizationRequest]:
    """The actor's own requests, newest first."""
    query = _whole().where(OrganizationRequest.person_id == person_of(actor))
    return session.scalars(query.order_by(OrganizationRequest.id.desc())).all()


def to_decide(session: Session, actor: Actor) -> Sequence[OrganizationRequest]:
    """The open requests, oldest first; at most 200."""
    require_governing(actor)
    query = _whole().where(OrganizationRequest.state == State.REQUESTED)
    return session.scalars(query.order_by(OrganizationRequest.id).limit(200)).all()


def require_governing(actor: Actor) -> None:
    """Go on if the actor decides about organizations, else refuse."""
    require(actor.is_governing, "Only moderators decide about organizations.")


def _whole() -> Select[OrganizationRequest]:
    return select(OrganizationRequest).options(
        joinedload(OrganizationRequest.person),
        joinedload(OrganizationRequest.organization).joinedload(Organization.municipality),
        joinedload(OrganizationRequest.municipality),
    )


def _named(session: Session, name: str) -> Sequence[Organization]:
    return organizations.named_like(session, name, limit=50)


def _wrong_in(wanted: Wanted, message: str) -> list[Problem]:
    problems = []
    if not 0 < len(" ".join(wanted.name.split())) <= organizations.LONGEST_NAME:
        problems.append(Problem("name", "Give the full name, at most 300 characters."))
    if wanted.kind not in set(Kind):
        problems.append(Problem("kind", "Choose what kind of organization it is."))
    website = wanted.website.strip()
    if website and not (is_web_address(website) and len(website) <= 2000):
        problems.append(Problem("website", "Give an address that begins with https://."))
    if len(message.strip()) > LONGEST_TEXT:
        problems.append(Problem("message", "Give at most 2,000 characters."))
    try:
        _domain(wanted.mail_domain)
    except Invalid as wrong:
        problems.extend(wrong.problems)
    return problems


def _domain(text: str) -> str:
    if not text.strip():
        return ""
    try:
        return email_addresses.domain_of(f"post@{text.strip().removeprefix('@')}", "mail_domain")
    except Invalid as wrong:
        raise Invalid("Give a domain, for example stadt.de.", field="mail_domain") from wrong


def _require_nobody(session: Session, organization: Organization) -> None:
    if memberships.count(session, organization.id):
        raise Conflict(
            "“%(name)s” has members. Ask its leads to let you join.", name=organization.name
        )


def _require_open(request: OrganizationRequest) -> None:
    if request.state != State.REQUESTED:
        raise Conflict("This request is decided already.")


def _require_room(session: Session, actor: Actor) -> None:
    people.by_id(session, person_of(actor))
    waiting = [each for each in of_person(session, actor) if each.state == State.REQUESTED]
    if len(waiting) >= MOST_OPEN:
        raise Conflict(
            "%(most)s of your requests wait already. Take one back first.", most=MOST_OPEN
        )


def _settle(session: Session, actor: Actor, request: OrganizationRequest, state: State) -> None:
    request.state, request.decided_at = state, now()
    session.flush()
    changes.record(
        session, actor, state, KIND, request.id,
        on_behalf_of=request.organization_id, public=False,
    )  # fmt: skip


def _written(
    session: Session, actor: Actor, verb: str, request: OrganizationRequest
) -> OrganizationRequest:
    session.add(request)
    session.flush()
    changes.record(session, actor, verb, KIND, request.id, public=False)
    return request
