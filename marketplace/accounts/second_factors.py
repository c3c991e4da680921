"""Second factors of a person, and for whom the node asks for one."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from catalog.errors import Conflict
from catalog.permissions import Actor, Role
from marketplace.accounts import (
    challenges,
    code_apps,
    identities,
    logins,
    passkeys,
    passwords,
    recovery_codes,
)

DUE_FROM = {
    "optional": frozenset[str](),
    "leads": frozenset({Role.LEAD}),
    "editors": frozenset({Role.LEAD, Role.EDITOR}),
}
"""What the setting says → roles of which a second factor is due."""


@dataclass(frozen=True)
class Factors:
    """What a person can show besides the password."""

    has_code_app: bool
    passkeys: int
    recovery_codes: int

    @property
    def any(self) -> bool:
        """Whether a password alone no longer signs in."""
        return self.has_code_app or self.passkeys > 0


def of_person(session: Session, person_id: UUID) -> Factors:
    """The second factors of a person."""
    app = code_apps.of_person(session, person_id)
    return Factors(
        has_code_app=app is not None and app.confirmed_at is not None,
        passkeys=len(passkeys.of_person(session, person_id)),
        recovery_codes=recovery_codes.left(session, person_id),
    )


def is_due(actor: Actor, setting: str) -> bool:
    """Whether the node asks for a second factor of somebody with these rights."""
    if setting == "optional":
        return False
    if actor.is_steward or actor.is_moderator:
        return True
    return any(role in DUE_FROM[setting] for role in actor.roles.values())


def require_way_in(session: Session, person_id: UUID) -> None:
    """Refuse to go on if the person could no longer sign in."""
    ways = (
        passwords.of_person(session, person_id),
        passkeys.of_person(session, person_id),
        identities.of_person(session, person_id),
    )
    if not any(ways):
        raise Conflict("This is your only way to sign in. Set up another one first.")


def check_code(session: Session, person_id: UUID, typed: str) -> bool:
    """Whether this is a code of the person's app or one of the recovery codes; it is used up."""
    app = code_apps.of_person(session, person_id)
    if app is not None and app.confirmed_at is not None and code_apps.is_right(session, app, typed):
        return True
    return recovery_codes.use(session, person_id, typed)


def remove_all(session: Session, person_id: UUID) -> None:
    """Take all second factors from a person who has lost them, and end all sign-ins."""
    code_apps.remove(session, person_id)
    passkeys.forget(session, person_id)
    recovery_codes.forget(session, person_id)
    challenges.forget(session, person_id)
    logins.end_all(session, person_id)
