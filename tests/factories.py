"""Plain functions that build what a test needs; they fill in what does not matter."""

from datetime import date
from itertools import count

from sqlalchemy.orm import Session

from catalog import memberships, municipalities, organizations, people, solutions
from catalog.database import now
from catalog.municipalities import Municipality, Place
from catalog.organizations import Kind, Organization
from catalog.permissions import Actor, Role
from catalog.records import SolutionRecord
from catalog.solutions import Solution

OPERATOR = Actor.operator("tests")
_numbers = count(1)


def a_place(session: Session, name: str = "Musterort", *, population: int = 9_000) -> Municipality:
    number = next(_numbers)
    ars = f"05998{number:07d}"
    place = Place(ars, name, population=population, lon=8.0, lat=51.0)
    municipalities.load(session, [place], as_of=date(2026, 1, 1), source="test", is_sample=True)
    return municipalities.by_ars(session, ars)


def a_city(session: Session, name: str = "Stadt Musterort", **place: int) -> Organization:
    city = organizations.found(
        session,
        OPERATOR,
        name=name,
        kind=Kind.MUNICIPALITY,
        municipality=a_place(session, name.removeprefix("Stadt "), **place),
    )
    city.verified_on = now()
    return city


def an_organization(
    session: Session, kind: Kind = Kind.IT_PROVIDER, name: str = "IT-Verbund"
) -> Organization:
    return organizations.found(session, OPERATOR, name=name, kind=kind)


def actor_for(session: Session, organization: Organization, role: Role = Role.EDITOR) -> Actor:
    person = people.enter(
        session, OPERATOR, email=f"person{next(_numbers)}@test.example", name="Toni Test"
    )
    memberships.join(session, OPERATOR, person, organization, role)
    return Actor(person.name, person.id, {organization.id: role})


def a_moderator(session: Session) -> Actor:
    person = people.enter(
        session,
        OPERATOR,
        email=f"moderation{next(_numbers)}@test.example",
        name="Mo Test",
        is_moderator=True,
    )
    return Actor(person.name, person.id, is_moderator=True)


def a_record(name: str = "PostLotse", **fields: object) -> SolutionRecord:
    return SolutionRecord(name={"de": name}, **fields)  # type: ignore[arg-type]


def a_solution(
    session: Session,
    name: str = "PostLotse",
    *,
    publisher: Organization | None = None,
    **fields: object,
) -> Solution:
    solution = solutions.draft(
        session, OPERATOR, publisher or a_city(session), a_record(name, **fields)
    )
    return solutions.publish(session, OPERATOR, solution)
