"""API keys: secrets with which a program acts for one organization.

A key says what it may do (its scopes) and ends after a year at the latest. It is shown once; what
is kept is its hash and how it begins, so that people tell their keys apart. The random part has
256 bits, so one round of SHA-256 protects it as well as a slow hash protects a password.
"""

import secrets
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from hashlib import sha256
from uuid import UUID

from sqlalchemy import ForeignKey, String, select, update
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from catalog import changes
from catalog.database import Base, UtcDateTime, new_id, now
from catalog.errors import Conflict, Invalid, NotFound, Problem
from catalog.mergers import STAYS
from catalog.organizations import Organization
from catalog.permissions import Actor, Role, Scope, require

KIND = "api_key"

LONGEST_LIFE = timedelta(days=365)

LONGEST_NAME = 100

MOST = 50
"""Valid keys of one organization."""

NOTED_EVERY = timedelta(minutes=5)
"""How exact the last use is: a write for every request would cost more than it tells."""

MARK = "lm"
"""How every key begins, so that scanners for leaked secrets can find one."""


class ApiKey(Base):
    """A key of an organization."""

    __tablename__ = "api_keys"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    organization_id: Mapped[UUID] = mapped_column(
        ForeignKey("organizations.id"), index=True, info={STAYS: True}
    )
    organization: Mapped[Organization] = relationship(lazy="raise")
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    prefix: Mapped[str] = mapped_column(String(16))
    """How the key begins; the only part that is ever shown again."""
    secret_hash: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[list[str]]
    created_by: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime(), default=now)
    expires_on: Mapped[date]
    """The last day on which it holds."""
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime())

    def holds(self, today: date) -> bool:
        """Whether it opens anything."""
        return self.revoked_at is None and today <= self.expires_on


def create(
    session: Session,
    actor: Actor,
    organization: Organization,
    *,
    name: str,
    scopes: Sequence[str],
    expires_on: date,
    today: date,
) -> tuple[ApiKey, str]:
    """Make a key; the second value is the whole of it, to be shown once.

    Raises ``Invalid`` with every wrong field and ``Conflict`` beyond ``MOST`` keys.
    """
    _require_lead(actor, organization)
    problems = []
    if not 0 < len(name.strip()) <= LONGEST_NAME:
        problems.append(Problem("name", "Give a name of at most 100 characters."))
    wanted = [scope.value for scope in Scope if scope in scopes]
    if not wanted or len(wanted) != len(set(scopes)):
        problems.append(Problem("scopes", "Choose at least one thing that the key may do."))
    if not today < expires_on <= today + LONGEST_LIFE:
        problems.append(Problem("expires_on", "Choose a day within a year from now."))
    if problems:
        raise Invalid("The key was not made.", problems=problems)
    if sum(key.holds(today) for key in of_organization(session, actor, organization)) >= MOST:
        raise Conflict("There are %(most)s keys already. Revoke one first.", most=MOST)
    prefix = f"{MARK}_{secrets.token_hex(4)}"
    secret = f"{prefix}_{secrets.token_urlsafe(32)}"
    key = ApiKey(
        organization_id=organization.id,
        organization=organization,
        name=name.strip(),
        prefix=prefix,
        secret_hash=_hash(secret),
        scopes=wanted,
        created_by=actor.name[:200],
        expires_on=expires_on,
    )
    session.add(key)
    session.flush()
    _note(session, actor, "created", key)
    return key, secret


def revoke(session: Session, actor: Actor, key: ApiKey) -> None:
    """End a key at once."""
    _require_lead(actor, key.organization)
    if key.revoked_at is not None:
        raise Conflict("This key is revoked already.")
    key.revoked_at = now()
    _note(session, actor, "revoked", key)


def revoke_all(session: Session, actor: Actor, organization: Organization) -> int:
    """End every key of an organization that is taken over; how many."""
    require(actor.is_governing, "Only moderators end all keys of an organization.")
    query = select(ApiKey).where(
        ApiKey.organization_id == organization.id, ApiKey.revoked_at.is_(None)
    )
    found = session.scalars(query).all()
    for key in found:
        key.revoked_at = now()
        _note(session, actor, "revoked", key)
    return len(found)


def of_organization(session: Session, actor: Actor, organization: Organization) -> Sequence[ApiKey]:
    """The keys of an organization, newest first, ended ones included."""
    _require_lead(actor, organization)
    query = (
        select(ApiKey)
        .where(ApiKey.organization_id == organization.id)
        .options(joinedload(ApiKey.organization))
        .order_by(ApiKey.id.desc())
    )
    return session.scalars(query).all()


def by_id(session: Session, actor: Actor, key_id: UUID) -> ApiKey:
    """A key of an organization that the actor leads; others do not exist for it."""
    query = select(ApiKey).where(ApiKey.id == key_id).options(joinedload(ApiKey.organization))
    found = session.scalar(query)
    if found is None or not actor.may_appoint_for(found.organization_id):
        raise NotFound("There is no such key.")
    return found


def found(session: Session, secret: str, *, today: date) -> ApiKey | None:
    """The key that this is, if it still opens something."""
    key = session.scalar(
        select(ApiKey)
        .options(joinedload(ApiKey.organization))
        .where(ApiKey.secret_hash == _hash(secret))
    )
    if key is None or not key.holds(today) or key.organization.merged_into_id is not None:
        return None
    return key


def actor_of(key: ApiKey) -> Actor:
    """Who acts with a key: nobody in person, for one organization, within the key's scopes."""
    role = Role.READER
    if Scope.PUBLISH in key.scopes:
        role = Role.EDITOR
    elif {Scope.DRAFT, Scope.ADOPTIONS} & set(key.scopes):
        role = Role.CONTRIBUTOR
    return Actor(
        name=f"{key.name} ({key.prefix})",
        roles={key.organization_id: role},
        key_id=key.id,
        scopes=frozenset(key.scopes),
    )


def note_use(session: Session, key_id: UUID) -> None:
    """Write down that a key was used just now."""
    session.execute(update(ApiKey).where(ApiKey.id == key_id).values(last_used_at=now()))


def is_noted(key: ApiKey) -> bool:
    """Whether the last use was written down a short while ago."""
    return key.last_used_at is not None and now() - key.last_used_at < NOTED_EVERY


def _require_lead(actor: Actor, organization: Organization) -> None:
    require(
        actor.may_appoint_for(organization.id),
        "Only a lead of “%(name)s” may make and end its keys.",
        name=organization.name,
    )


def _note(session: Session, actor: Actor, verb: str, key: ApiKey) -> None:
    session.flush()
    changes.record(
        session, actor, verb, KIND, key.id, on_behalf_of=key.organization_id, public=False
    )


def _hash(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
