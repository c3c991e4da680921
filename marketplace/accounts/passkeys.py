"""Passkeys: a key in the device or on a stick that signs what this node asks (WebAuthn, level 3).

A passkey alone signs in: the device makes sure of its owner by fingerprint, face or PIN ("user
verification"), so possession and knowledge are both shown. Everything that WebAuthn demands of the
answers is checked by the library ``webauthn``; here stand the questions, and what is stored.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

import webauthn
from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String, delete, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from catalog.database import Base, UtcDateTime, new_id, now
from catalog.errors import Conflict, Invalid, NotFound
from catalog.people import Person

MOST = 20
"""Passkeys of one person."""

LONGEST_ANSWER = 20_000
"""Characters of what a browser answers."""


class Passkey(Base):
    """A passkey of a person: its public half."""

    __tablename__ = "passkeys"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"), index=True)
    person: Mapped[Person] = relationship(lazy="raise")
    credential_id: Mapped[bytes] = mapped_column(LargeBinary(1023), unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    """Of the last signature; one that is not greater hints at a copied key. 0: not counted."""
    name: Mapped[str] = mapped_column(String(100))
    is_backed_up: Mapped[bool]
    """Whether the device copies it to the person's other devices."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime(), default=now)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime())


@dataclass(frozen=True)
class Site:
    """For which site passkeys are made: host and origin of this node's address, and its name."""

    host: str
    origin: str
    name: str

    @classmethod
    def of(cls, base_url: str, name: str) -> "Site":
        """The site that readers reach at ``base_url``."""
        parts = urlsplit(base_url)
        return cls(parts.hostname or "", f"{parts.scheme}://{parts.netloc}", name)


def of_person(session: Session, person_id: UUID) -> Sequence[Passkey]:
    """The passkeys of a person, oldest first."""
    query = select(Passkey).where(Passkey.person_id == person_id).order_by(Passkey.id)
    return session.scalars(query).all()


def ask_new(session: Session, site: Site, person: Person) -> tuple[str, str]:
    """The question for a new passkey as JSON for the browser, and the challenge to remember."""
    known = of_person(session, person.id)
    if len(known) >= MOST:
        raise Conflict("You have 20 passkeys. Remove one first.")
    options = webauthn.generate_registration_options(
        rp_id=site.host,
        rp_name=site.name,
        user_id=person.id.bytes,
        user_name=person.email,
        user_display_name=person.name,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=key.credential_id) for key in known],
    )
    return webauthn.options_to_json(options), bytes_to_base64url(options.challenge)


def add(
    session: Session, site: Site, person: Person, *, answer: str, challenge: str, name: str
) -> Passkey:
    """Store the passkey that a browser has made; raises ``Invalid`` if the answer does not hold."""
    try:
        made = webauthn.verify_registration_response(
            credential=_json(answer),
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError) as wrong:
        raise Invalid("The passkey was not made. Try again.", field="passkey") from wrong
    taken = select(Passkey.id).where(Passkey.credential_id == made.credential_id)
    if session.scalar(taken) is not None:
        raise Conflict("This passkey is known already.")
    key = Passkey(
        person_id=person.id,
        credential_id=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        name=" ".join(name.split())[:100] or "Passkey",
        is_backed_up=made.credential_backed_up,
    )
    session.add(key)
    session.flush()
    return key


def ask(site: Site) -> tuple[str, str]:
    """The question to any passkey of this site, and the challenge to remember."""
    options = webauthn.generate_authentication_options(
        rp_id=site.host, user_verification=UserVerificationRequirement.REQUIRED
    )
    return webauthn.options_to_json(options), bytes_to_base64url(options.challenge)


def check(session: Session, site: Site, *, answer: str, challenge: str) -> Passkey:
    """The passkey that has signed the challenge, with its person.

    Raises ``Invalid``, in the same words whatever is wrong.
    """
    credential = _json(answer)
    key = _named(session, credential)
    try:
        signed = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=key.public_key,
            credential_current_sign_count=key.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError) as wrong:
        raise _unknown() from wrong
    key.sign_count, key.last_used_at = signed.new_sign_count, now()
    key.is_backed_up = signed.credential_backed_up
    session.flush()
    return key


def remove(session: Session, person_id: UUID, passkey_id: UUID) -> None:
    """Delete a passkey of a person."""
    done = session.execute(
        delete(Passkey).where(Passkey.id == passkey_id, Passkey.person_id == person_id)
    )
    if not done.rowcount:  # type: ignore[attr-defined]
        raise NotFound("There is no such passkey.")


def forget(session: Session, person_id: UUID) -> None:
    """Delete the passkeys of a person."""
    session.execute(delete(Passkey).where(Passkey.person_id == person_id))


def _named(session: Session, credential: dict[str, object]) -> Passkey:
    try:
        credential_id = base64url_to_bytes(str(credential.get("rawId", "")))
    except ValueError as wrong:
        raise _unknown() from wrong
    key = session.scalar(
        select(Passkey)
        .options(joinedload(Passkey.person))
        .where(Passkey.credential_id == credential_id)
    )
    if key is None:
        raise _unknown()
    return key


def _json(answer: str) -> dict[str, object]:
    if len(answer) > LONGEST_ANSWER:
        raise _unknown()
    try:
        value = json.loads(answer)
    except (ValueError, RecursionError) as wrong:
        raise _unknown() from wrong
    if not isinstance(value, dict):
        raise _unknown()
    return value


def _unknown() -> Invalid:
    return Invalid("This passkey is not known here. Sign in another way.", field="passkey")
