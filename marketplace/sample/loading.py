"""Writes the sample world into an empty node, through the same functions as everybody else.

Ids and dates are fixed, so links into a sample node keep working when it is built anew. Only what
the domain stamps with the present moment is set back to the day of the story afterwards.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from catalog import (
    adoptions,
    memberships,
    municipalities,
    nodes,
    organizations,
    people,
    releases,
    solutions,
)
from catalog.adoptions import Claim, Stage, Use
from catalog.errors import Conflict
from catalog.organizations import Organization
from catalog.people import Person
from catalog.permissions import Actor
from catalog.solutions import NewSolution, Solution, SolutionVersion
from impact import reporting
from marketplace.sample import histories, interfaces, measuring, register, world
from marketplace.sample.histories import History
from marketplace.sample.world import FOUNDED, SampleSolution, World, lasting_id
from marketplace.transactions import Database

ACTOR = Actor.operator("Beispieldaten")

VERIFIED_ON = date(2026, 5, 12)
"""The day on which the sample's steward looked at the bodies."""

NOT_VERIFIED = frozenset({"rotmilan", "birnbaum-elster", "gemeinde-altmoos", "stadt-prignitzow"})

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Loaded:
    """How much of the sample was written."""

    places: int
    organizations: int
    people: int
    solutions: int
    releases: int
    interfaces: int
    adoptions: int
    effects: int
    register_entries: int


def load_if_empty(database: Database, progress: Progress | None = None) -> Loaded | None:
    """Write the sample into an empty node; None if it is there already.

    Raises ``Conflict`` if the node holds real content.
    """
    with database.reading() as session:
        if is_there(session):
            return None
    with database.writing.begin() as session:
        loaded = load(session, world.read(), progress)
    database.tell_change(session)
    return loaded


def is_there(session: Session) -> bool:
    """Whether this is a sample node that was filled; raises ``Conflict`` for a real node."""
    if nodes.own(session).is_sample:
        return True
    for table in (Organization, Solution, Person):
        if session.scalar(select(table.id).where(table.is_sample.is_(False)).limit(1)):
            raise Conflict(
                "This node holds real content. Sample data are for an empty node only; "
                "name another data folder or database."
            )
    return False


def load(session: Session, sample: World, progress: Progress | None = None) -> Loaded:
    """Write ``sample``; the caller commits, so a node holds all of it or nothing."""
    tell = progress or (lambda _: None)
    nodes.name(session, ACTOR, name=world.NODE_NAME, operator=world.NODE_OPERATOR, is_sample=True)
    tell("places")
    municipalities.load(
        session,
        [place.as_place() for place in sample.places.places],
        as_of=sample.places.as_of,
        source=sample.places.source,
        is_sample=True,
    )
    tell("organizations")
    bodies = _organizations(session, sample)
    tell("people")
    _people(session, sample, bodies)
    tell("solutions")
    published = _solutions(session, sample, bodies)
    tell("interfaces")
    described = interfaces.load(session, ACTOR, interfaces.read(), published, bodies)
    tell("adoptions")
    told = histories.of_world(sample)
    used = _adoptions(session, told, published, bodies)
    tell("measurements")
    horizon = sample.uses.horizon
    measured = reporting.enter_many(
        session, ACTOR, measuring.of_histories(told, horizon), today=horizon
    )
    tell("register entries")
    carded = register.load(session, ACTOR, register.read(), published, bodies)
    _withdraw(session, sample, published)
    return Loaded(
        len(sample.places.places),
        len(bodies),
        len(sample.people),
        len(published),
        sum(len(solution.releases) for solution in sample.solutions),
        described,
        used,
        measured,
        carded,
    )


def _organizations(session: Session, sample: World) -> dict[str, Organization]:
    keys = [body.ars for body in sample.organizations if body.ars]
    places = municipalities.by_keys(session, keys)
    bodies: dict[str, Organization] = {}
    for body in sample.organizations:
        bodies[body.key] = organizations.found(
            session,
            ACTOR,
            name=body.name,
            kind=body.kind,
            municipality=places.get(body.ars),
            website=body.website,
            email=body.email,
            about=body.about,
            is_sample=True,
            id=lasting_id("organization", body.key, FOUNDED),
        )
        if body.key not in NOT_VERIFIED:
            bodies[body.key].verified_on = _moment(VERIFIED_ON)
            bodies[body.key].verified_by = "Zweckverband Auenland"
    return bodies


def _people(session: Session, sample: World, bodies: Mapping[str, Organization]) -> None:
    for person in sample.people:
        entered = people.enter(
            session,
            ACTOR,
            email=person.email,
            name=person.name,
            is_moderator=person.moderator,
            is_steward=person.steward,
            is_sample=True,
            id=lasting_id("person", person.email, FOUNDED),
        )
        for key, role in person.roles.items():
            memberships.join(session, ACTOR, entered, bodies[key], role)


def _solutions(
    session: Session, sample: World, bodies: Mapping[str, Organization]
) -> dict[str, Solution]:
    items = [
        NewSolution(
            solution.record,
            bodies[solution.organization].id,
            id=solution.id,
            is_sample=True,
            slug_hint=solution.slug,
        )
        for solution in sample.solutions
    ]
    solutions.publish_many(session, ACTOR, items)
    _set_back(session, sample.solutions)
    rows = solutions.published_by_ids(session, [solution.id for solution in sample.solutions])
    for solution in sample.solutions:
        for release in solution.releases:
            releases.publish(
                session,
                ACTOR,
                rows[solution.id],
                version=release.version,
                released_on=release.on,
                notes=release.notes,
            )
    return {solution.slug: rows[solution.id] for solution in sample.solutions}


def _set_back(session: Session, told: tuple[SampleSolution, ...]) -> None:
    for solution in told:
        published = _moment(solution.published)
        changed = _moment(solution.record.confirmed_on or solution.published)
        session.execute(
            update(Solution)
            .where(Solution.id == solution.id)
            .values(created_at=published, published_at=published, updated_at=changed)
        )
        session.execute(
            update(SolutionVersion)
            .where(SolutionVersion.solution_id == solution.id)
            .values(published_at=published)
        )


def _adoptions(
    session: Session,
    told: list[History],
    published: Mapping[str, Solution],
    bodies: Mapping[str, Organization],
) -> int:
    claims = [_claim(history, published[history.solution].id, bodies) for history in told]
    return len(adoptions.enter_many(session, ACTOR, claims))


def _claim(history: History, solution_id: UUID, bodies: Mapping[str, Organization]) -> Claim:
    model = bodies.get(history.reused_from)
    use = Use(
        history.stage,
        history.since,
        release=history.release,
        reused_from_id=model.id if model else None,
        adaptations=dict(history.adaptations or {}),
        operator=history.operator,
        ended_reason=history.ended_reason if history.stage == Stage.ENDED else "",
        ended_note=dict(history.ended_note or {}),
        contact_allowed=history.contact_allowed,
    )
    return Claim(
        solution_id,
        bodies[history.adopter].id,
        history.steps,
        use,
        confirmed_on=history.confirmed_on,
        is_sample=True,
        id=lasting_id("adoption", f"{history.solution} {history.adopter}", history.steps[0][1]),
    )


def _withdraw(session: Session, sample: World, published: Mapping[str, Solution]) -> None:
    for solution in sample.solutions:
        if solution.state == solutions.State.WITHDRAWN:
            solutions.withdraw(
                session,
                ACTOR,
                published[solution.slug],
                reason=solution.reason["de"],
                successor=published.get(solution.successor),
            )


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(8), UTC)
