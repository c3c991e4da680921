"""Verifications: that an organization here is the body it says it is. By whom, how and when.

What is verified is the organization, never what it publishes. A verification that was taken back
stays, with its reason.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Select, String, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from catalog import changes, email_addresses, people
from catalog.database import Base, UtcDateTime, new_id, now
from catalog.errors import Conflict, Invalid, NotFound
from catalog.organizations import Organization
from catalog.permissions import Actor, person_of, require

LONGEST_TEXT = 1_000


class Method(StrEnum):
    """How an organization was verified."""

    MAIL_DOMAIN = "mail_domain"
    """One of its leads has a confirmed address in its domain."""
    MODERATOR = "moderator"
    """A moderator of the node has checked it."""
    VOUCHED = "vouched"
    """A body that is verified itself vouches for it."""


class Verification(Base):
    """One verification of one organization."""

    __tablename__ = "verifications"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"), index=True)
    organization: Mapped[Organization] = relationship(lazy="raise", foreign_keys=[organization_id])
    method: Mapped[str] = mapped_column(String(20))
    domain: Mapped[str] = mapped_column(String(254), default="")
    voucher_id: Mapped[UUID | None] = mapped_column(ForeignKey("organizations.id"), index=True)
    """The body that vouches."""
    voucher: Mapped[Organization | None] = relationship(lazy="raise", foreign_keys=[voucher_id])
    note: Mapped[str] = mapped_column(String(LONGEST_TEXT), default="")
    """What was looked at: "official letter of 3 November 2026". Public."""
    at: Mapped[datetime] = mapped_column(UtcDateTime(), default=now)
    by_name: Mapped[str] = mapped_column(String(200))
    """The person; on no public page."""
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    withdrawn_reason: Mapped[str] = mapped_column(String(LONGEST_TEXT), default="")

    @property
    def holds(self) -> bool:
        """Whether it has not been taken back."""
        return self.withdrawn_at is None


def verify_by_domain(session: Session, actor: Actor, organization: Organization) -> Verification:
    """Verify by the confirmed address of a lead, which lies in a domain of the organization.

    The domains are entered by moderators (``organizations.set_mail_domains``).
    """
    require(
        actor.may_appoint_for(organization.id) and actor.person_id is not None,
        "Only a lead of “%(name)s” may have it verified by its mail domain.",
        name=organization.name,
    )
    address = people.by_id(session, person_of(actor)).email
    if not email_addresses.is_within(address, organization.mail_domains):
        raise Conflict(
            "Your address does not lie in a domain of the organization. A moderator can verify it "
            "by hand, usually within five working days."
        )
    return _written(
        session, actor, organization, Method.MAIL_DOMAIN, domain=address.rpartition("@")[2]
    )


def verify_by_hand(
    session: Session, actor: Actor, organization: Organization, *, note: str
) -> Verification:
    """Verify as a moderator, and say what was looked at."""
    require(actor.is_governing, "Only moderators verify organizations by hand.")
    return _written(session, actor, organization, Method.MODERATOR, note=_noted(note, "note"))


def vouch(
    session: Session,
    actor: Actor,
    organization: Organization,
    voucher: Organization,
    *,
    note: str,
) -> Verification:
    """Vouch for another organization as a lead of a verified body."""
    require(
        actor.may_appoint_for(voucher.id),
        "Only a lead of “%(name)s” may vouch in its name.",
        name=voucher.name,
    )
    if voucher.id == organization.id:
        raise Invalid("No organization vouches for itself.", field="organization")
    if voucher.verified_on is None:
        raise Conflict("Only a verified organization can vouch for another.")
    return _written(
        session,
        actor,
        organization,
        Method.VOUCHED,
        voucher=voucher,
        note=_noted(note, "note"),
    )


def withdraw(session: Session, actor: Actor, verification: Verification, *, reason: str) -> None:
    """Take a verification back, with its reason; moderators, and leads of who vouched."""
    require(
        actor.is_governing
        or (verification.voucher_id is not None and actor.may_appoint_for(verification.voucher_id)),
        "Only moderators, or the body that vouched, may take a verification back.",
    )
    if not verification.holds:
        raise Conflict("This verification was taken back already.")
    verification.withdrawn_reason = _noted(reason, "reason")
    verification.withdrawn_at = now()
    _stamp(session, verification.organization)
    _note(session, actor, "unverified", verification)


def of_organization(session: Session, organization: Organization) -> Sequence[Verification]:
    """All verifications of an organization, newest first, those taken back included."""
    query = _whole().where(Verification.organization_id == organization.id)
    return session.scalars(query.order_by(Verification.id.desc())).all()


def given_by(session: Session, voucher: Organization) -> Sequence[Verification]:
    """The verifications by which an organization vouches for others, newest first."""
    query = _whole().where(Verification.voucher_id == voucher.id)
    return session.scalars(query.order_by(Verification.id.desc())).all()


def by_id(session: Session, verification_id: UUID) -> Verification:
    """The verification with this id."""
    found = session.scalar(_whole().where(Verification.id == verification_id))
    if found is None:
        raise NotFound("There is no such verification.")
    return found


def _whole() -> Select[Verification]:
    return select(Verification).options(
        joinedload(Verification.organization), joinedload(Verification.voucher)
    )


def _noted(words: str, field: str) -> str:
    if not 0 < len(words.strip()) <= LONGEST_TEXT:
        raise Invalid("Say it in at most 1,000 characters.", field=field)
    return words.strip()


def _written(
    session: Session,
    actor: Actor,
    organization: Organization,
    method: Method,
    *,
    domain: str = "",
    voucher: Organization | None = None,
    note: str = "",
) -> Verification:
    voucher_id = voucher.id if voucher else None
    for known in of_organization(session, organization):
        if known.holds and (known.method, known.domain, known.voucher_id) == (
            method, domain, voucher_id,
        ):  # fmt: skip
            raise Conflict("The organization is verified in this way already.")
    verification = Verification(
        organization_id=organization.id,
        organization=organization,
        method=method,
        domain=domain,
        voucher=voucher,
        voucher_id=voucher_id,
        note=note,
        by_name=actor.name[:200],
    )
    session.add(verification)
    session.flush()
    _stamp(session, organization)
    _note(session, actor, "verified", verification)
    return verification


def _stamp(session: Session, organization: Organization) -> None:
    # What lists and cards show: the newest verification that holds.
    session.flush()
    holding = [each for each in of_organization(session, organization) if each.holds]
    organization.verified_on = holding[0].at if holding else None
    organization.verified_by = holding[0].by_name if holding else ""
    organization.updated_at = now()
    session.flush()


def _note(session: Session, actor: Actor, verb: str, verification: Verification) -> None:
    changes.record(
        session, actor, verb, "organization", verification.organization_id,
        on_behalf_of=verification.voucher_id,
    )  # fmt: skip
