"""Deleting an account: the person goes, what the organization published stays (Art. 17 GDPR).

Versions and the change feed keep that somebody acted, under a pseudonym that leads to nobody.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Column, ColumnElement, Table, delete, func, select, update
from sqlalchemy.orm import Session

from catalog import changes, memberships, people
from catalog.changes import Change
from catalog.database import Base
from catalog.errors import Conflict, Invalid
from catalog.organizations import Organization
from catalog.people import Person
from catalog.permissions import LEADS, Actor, person_of
from marketplace.accounts import personal_data

PSEUDONYM = "deleted account"
"""What stands where the person's name stood."""


def sole_leads(session: Session, actor: Actor) -> Sequence[Organization]:
    """The organizations that nobody would lead if the actor went."""
    own = [each for each in memberships.of_person(session, person_of(actor)) if each.role in LEADS]
    leads = memberships.with_roles(session, (each.organization_id for each in own), LEADS)
    return [each.organization for each in own if len(leads[each.organization_id]) == 1]


def delete_account(session: Session, actor: Actor, *, typed_address: str) -> None:
    """Delete the actor's own account; ``typed_address`` must be its e-mail address.

    Raises ``Invalid`` for another address and ``Conflict`` for somebody who must hand over first:
    the only lead of an organization, the only steward of the node.
    """
    person = people.by_id(session, person_of(actor))
    if typed_address.strip().lower() != person.email:
        raise Invalid("Type the e-mail address of your account.", field="address")
    alone = sole_leads(session, actor)
    if alone:
        raise Conflict(
            "You are the only lead of %(names)s. Give somebody else the lead first.",
            names=", ".join(f"“{body.name}”" for body in alone),
        )
    if person.is_steward and people.count_stewards(session) == 1:
        raise Conflict("You are the only steward of this node. Make somebody else steward first.")
    _forget(session, person)
    left = Actor(PSEUDONYM, person.id)
    changes.record(session, left, "deleted", "person", person.id, public=False)


def _forget(session: Session, person: Person) -> None:
    session.flush()
    for table, column in personal_data.addresses():
        session.execute(delete(table).where(func.lower(column) == person.email))
    for name in _names(session, person.id) | {person.name}:
        for table, column in personal_data.names():
            query = update(table).where(column == name, *_is_by(person, name, table, column))
            session.execute(query.values({column.name: PSEUDONYM}))
    # From the leaves inwards, for rows of a person may refer to each other.
    order = {table.name: place for place, table in enumerate(Base.metadata.sorted_tables)}
    own = sorted(personal_data.tables(), key=lambda found: -order[found[0].name])
    for table, column in own:
        if column.nullable:
            session.execute(update(table).where(column == person.id).values({column.name: None}))
        else:
            session.execute(delete(table).where(column == person.id))
    session.expire_all()
    session.execute(delete(Person).where(Person.id == person.id))


def _is_by(
    person: Person, name: str, table: Table, column: Column[object]
) -> Sequence[ColumnElement[bool]]:
    """What tells rows of the person from those of somebody else of the same name.

    Where no id stands beside the name, the feed knows: a row stays if another person of this name
    has acted on the thing and this one never did. In doubt the name goes.
    """
    if column.name == "actor_name":
        return [table.columns["actor_id"] == person.id]
    if f"{column.name}_id" in table.columns:
        return [table.columns[f"{column.name}_id"] == person.id]
    thing = next(table.columns[each] for each in personal_data.THINGS if each in table.columns)
    if not isinstance(thing.type, type(Change.__table__.columns["thing_id"].type)):
        return []
    theirs = select(Change.thing_id).where(
        Change.actor_name == name, Change.actor_id.is_not(None), Change.actor_id != person.id
    )
    own = select(Change.thing_id).where(Change.actor_id == person.id)
    return [thing.not_in(theirs) | thing.in_(own)]


def _names(session: Session, person_id: UUID) -> set[str]:
    """Every name under which the person ever acted."""
    query = select(Change.actor_name).where(Change.actor_id == person_id).distinct()
    return {name for name in session.scalars(query) if name}
