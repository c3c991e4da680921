"""Whose account it is that somebody brings from a sign-in service, and which roles come with it.

An account is found by issuer and subject. An address alone never opens one that exists: whoever
has an account links the service to it while signed in. A new account needs an address that the
service has made sure of.
"""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog import changes, email_addresses, memberships, organizations, people
from catalog.errors import Conflict, NotAllowed
from catalog.memberships import Membership
from catalog.people import Person
from catalog.permissions import Actor, Role
from marketplace.accounts import identities
from marketplace.accounts.identities import GrantedRole
from marketplace.accounts.openid import Told
from marketplace.accounts.openid_providers import Provider

RANK = {Role.READER: 0, Role.CONTRIBUTOR: 1, Role.EDITOR: 2, Role.LEAD: 3}


def person_of(session: Session, provider: Provider, told: Told, *, language: str) -> Person:
    """The person of whom a service tells, a new one if it may register people.

    Raises ``Conflict`` where the address belongs to an account that is not linked, ``NotAllowed``
    where there may be no new one.
    """
    known = identities.find(session, told.issuer, told.subject)
    if known is not None:
        identities.link(
            session, known.person, issuer=told.issuer, subject=told.subject, provider=provider.name
        )
        return known.person
    if not told.email or not told.is_verified:
        raise NotAllowed("The sign-in service has not confirmed your e-mail address.")
    address = email_addresses.normalized(told.email)
    if people.with_email(session, address) is not None:
        raise Conflict("There is an account for your address. Sign in to it and link the service.")
    if not provider.may_register:
        raise NotAllowed("This node gives accounts by invitation only. Ask its operator.")
    name = told.name.strip() or address.partition("@")[0]
    person = people.register(session, email=address, name=name, language=language)
    identities.link(
        session, person, issuer=told.issuer, subject=told.subject, provider=provider.name
    )
    return person


def grant_roles(session: Session, provider: Provider, person: Person, told: Told) -> None:
    """Give the roles that the person's groups stand for, take those whose groups are gone.

    Roles that people gave here stay as they are; a group never lowers or raises them.
    """
    actor = Actor.operator(provider.label)
    wanted = _wanted(session, provider, told)
    present = {each.organization_id: each for each in memberships.of_person(session, person.id)}
    granted = session.scalars(
        select(GrantedRole).where(
            GrantedRole.person_id == person.id, GrantedRole.provider == provider.name
        )
    ).all()
    for each in granted:
        if each.organization_id not in wanted:
            _take_back(session, actor, each, present.get(each.organization_id))
    ours = {each.organization_id for each in granted}
    for body_id, role in wanted.items():
        membership = present.get(body_id)
        if membership is not None and (body_id not in ours or membership.role == role):
            continue
        memberships.join(session, actor, person, organizations.by_id(session, body_id), role)
        if body_id not in ours:
            session.add(
                GrantedRole(person_id=person.id, organization_id=body_id, provider=provider.name)
            )
    session.flush()


def _wanted(session: Session, provider: Provider, told: Told) -> Mapping[UUID, Role]:
    """The highest role of each organization that the groups stand for."""
    found: dict[UUID, Role] = {}
    for group in told.groups:
        mapped = provider.groups.get(group)
        if mapped is None:
            continue
        body = organizations.by_slug(session, mapped.organization)
        if RANK[mapped.role] > RANK.get(found.get(body.id, Role.READER), 0) or body.id not in found:
            found[body.id] = mapped.role
    return found


def _take_back(
    session: Session, actor: Actor, granted: GrantedRole, membership: Membership | None
) -> None:
    if membership is not None:
        session.delete(membership)
        changes.record(
            session, actor, "left", "person", granted.person_id,
            on_behalf_of=granted.organization_id, public=False,
        )  # fmt: skip
    session.delete(granted)
