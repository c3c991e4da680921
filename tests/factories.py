"""Plain functions that build what a test needs; they fill in what does not matter."""

from datetime import date
from itertools import count
from uuid import UUID

from sqlalchemy.orm import Session

from catalog import adoptions, memberships, municipalities, organizations, people, solutions
from catalog.adoptions import Stage, Use
from catalog.database import now
from catalog.municipalities import Municipality, Place
from catalog.organizations import Kind, Organization
from catalog.permissions import Actor, Role
from catalog.records import Contact, SolutionRecord
from catalog.register import assessments, entries
from catalog.register.entries import NewEntry, RegisterEntry
from catalog.register.record import EntryRecord
from catalog.solutions import Solution
from impact.evaluations import Effect, Evaluation

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


def an_entry_record(name: str = "PostLotse", **fields: object) -> EntryRecord:
    """What an entry of minimal risk must say to be published."""
    today = date(2026, 11, 23)
    told: dict[str, object] = {
        "name": {"de": name},
        "summary": {"de": "Ordnet Briefe dem richtigen Amt zu."},
        "fields_of_action": ["VW"],
        "status": "operation",
        "contact": Contact("Amt für Digitales", "digital@test.example"),
        "impact_on_people": {"de": "Ja, wenn Sie der Stadt schreiben."},
        "decision_mode": "propose",
        "redress": {"de": "Schreiben Sie an das Postfach."},
        "assessment": assessments.assessed({}, today=today),
    }
    return EntryRecord(**{**told, **fields})  # type: ignore[arg-type]


def an_entry(
    session: Session, body: Organization | None = None, name: str = "PostLotse", **fields: object
) -> RegisterEntry:
    """A public entry of a use by ``body``."""
    city = body or a_city(session)
    use = Use(Stage.LIVE, date(2026, 3, 1))
    adoption = adoptions.declare(
        session, OPERATOR, a_solution(session, name), city, use, today=date(2026, 11, 23)
    )
    item = NewEntry(
        an_entry_record(name, **fields),
        city,
        adoption_id=adoption.id,
        confirmed_on=date(2026, 11, 23),
    )
    made = entries.enter_many(session, OPERATOR, [item], today=date(2026, 11, 23))[0]
    return entries.by_id(session, made.id)


def an_entry_draft(session: Session, body: Organization, **fields: object) -> RegisterEntry:
    """The draft of an entry, ready to be published."""
    use = Use(Stage.LIVE, date(2026, 3, 1))
    adoption = adoptions.declare(
        session, OPERATOR, a_solution(session), body, use, today=date(2026, 11, 23)
    )
    entry = entries.begin(session, OPERATOR, adoptions.by_id(session, adoption.id))
    return entries.save(session, OPERATOR, entry, an_entry_record(**fields), revision=1)


def an_effect(
    session: Session, adoption_id: UUID, yi: float = -0.2, *, vi: float = 0.0004, cases: float = 80
) -> Effect:
    """An effect on the processing time, measured before and after."""
    evaluation = Evaluation(
        adoption_id=adoption_id,
        metric="processing_time",
        metric_version="1.0.0",
        design="before_after",
    )
    session.add(evaluation)
    session.flush()
    effect = Effect(
        evaluation_id=evaluation.id,
        adoption_id=adoption_id,
        metric="processing_time",
        scale="lnRoM",
        yi=yi,
        vi=vi,
        cases=cases,
        period_end=date(2026, 1, 1),
        method="lnRoM",
        level=2,
        reasons=[],
        rule_set="1.0.0",
        input_hash="",
    )
    session.add(effect)
    session.flush()
    return effect
