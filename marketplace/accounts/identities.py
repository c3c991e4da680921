"""Identities at sign-in services: which subject of which issuer is which person here.

An identity is told by issuer and subject together (OpenID Connect Core, 5.7), never by an address,
which changes hands.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint, delete, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from catalog.database import Base, UtcDateTime, new_id, now
from catalog.errors import Conflict, NotFound
from catalog.people import Person


class Identity(Base):
    """A person's account at a sign-in service."""

    __tablename__ = "identities"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    person: Mapped[Person] = relationship(lazy="raise")
    issuer: Mapped[str] = mapped_column(String(500))
    subject: Mapped[str] = mapped_column(String(255))
    """At most 255 ASCII characters (OpenID Connect Core, 2)."""
    provider: Mapped[str] = mapped_column(String(40))
    """The name of the sign-in service in this node's settings."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime(), default=now)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime())


class GrantedRole(Base):
    """A role that a sign-in service gave by its groups; it goes when the groups go."""

    __tablename__ = "granted_roles"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), primary_key=True)
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"), primary_key=True)
    provider: Mapped[str] = mapped_column(String(40))


def find(session: Session, issuer: str, subject: str) -> Identity | None:
    """The identity with its person, if it is linked to one."""
    return session.scalar(
        select(Identity)
        .options(joinedload(Identity.person))
        .where(Identity.issuer == issuer, Identity.subject == subject)
    )


def link(session: Session, person: Person, *, issuer: str, subject: str, provider: str) -> Identity:
    """Link an identity to a person; raises ``Conflict`` if it is somebody else's."""
    known = find(session, issuer, subject)
    if known is not None and known.person_id != person.id:
        raise Conflict("This account at the sign-in service belongs to another person here.")
    if known is None:
        known = Identity(person_id=person.id, issuer=issuer, subject=subject, provider=provider)
        session.add(known)
    known.last_used_at = now()
    session.flush()
    return known


def of_person(session: Session, person_id: UUID) -> Sequence[Identity]:
    """The identities of a person, oldest first."""
    query = select(Identity).where(Identity.person_id == person_id).order_by(Identity.id)
    return session.scalars(query).all()


def remove(session: Session, person_id: UUID, identity_id: UUID) -> None:
    """Unlink an identity of a person."""
    done = session.execute(
        delete(Identity).where(Identity.id == identity_id, Identity.person_id == person_id)
    )
    if not done.rowcount:  # type: ignore[attr-defined]
        raise NotFound("There is no such link to a sign-in service.")
