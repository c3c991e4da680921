"""Every verb of the domain, tried as every role: one table says what is allowed."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from catalog import (
    adoptions,
    drafts,
    interfaces,
    memberships,
    nodes,
    organizations,
    people,
    releases,
    solutions,
    watching,
)
from catalog.adoptions import Stage, Use
from catalog.database import new_id, now
from catalog.errors import NotAllowed
from catalog.interfaces import InterfaceSpec
from catalog.organizations import Kind, Organization
from catalog.permissions import Actor, Role
from catalog.records import Contact, Licenses
from catalog.watching import Watchable
from marketplace.notifications import notices, preferences
from marketplace.notifications.events import Event, Rhythm, Wish
from marketplace.notifications.notices import News
from marketplace.search import saved_searches
from tests.factories import OPERATOR, a_city, a_record, a_solution, actor_for

TODAY = date(2026, 11, 23)
USE = Use(Stage.LIVE, date(2026, 3, 1))
Verb = Callable[[Session, Actor, Organization], object]


def _adoption(session: Session, city: Organization) -> adoptions.Adoption:
    return adoptions.declare(session, OPERATOR, a_solution(session), city, USE, today=TODAY)


def _ready(session: Session, city: Organization) -> solutions.Solution:
    record = a_record(
        summary={"de": "Ordnet Post zu."},
        phase="pilot",
        licenses=Licenses(code="EUPL-1.2"),
        contact=Contact(office="Amt"),
    )
    return solutions.draft(session, OPERATOR, city, record)


def _draft(session: Session, city: Organization) -> solutions.Solution:
    return solutions.draft(session, OPERATOR, city, a_record())


def _listed(session: Session, actor: Actor, solution: solutions.Solution) -> None:
    """A list refuses nobody; it leaves out what one may not see."""
    if solution not in drafts.of_organizations(session, actor):
        raise NotAllowed("It is not in the list.")


def _watch(session: Session, actor: Actor, city: Organization) -> UUID:
    """A watch of the actor's own; one of nobody's for who can have none."""
    if actor.person_id is None:
        return new_id()
    return watching.watch(session, actor, Watchable.ORGANIZATION, city.id).id


def _search(session: Session, actor: Actor) -> UUID:
    if actor.person_id is None:
        return new_id()
    return saved_searches.save(session, actor, query="q=a", name="A").id


QUIET = Wish(on_site=True, rhythm=Rhythm.NEVER)


def _notice(session: Session, actor: Actor) -> UUID:
    if actor.person_id is None:
        return new_id()
    news = News(
        person_id=actor.person_id,
        event=Event.ADOPTED,
        kind="solution",
        thing_id=new_id(),
        cause="adoption.adopted",
        occasion="change 1",
        at=now(),
    )
    told = notices.tell(session, news, on_site=True)
    assert told is not None
    return told.id


STATEMENT = interfaces.Statement("API", system="Akte", claims=[interfaces.Claim("oparl")])


def _interface(session: Session, owner: Organization | solutions.Solution) -> InterfaceSpec:
    return interfaces.describe(session, OPERATOR, owner, STATEMENT)


DESCRIBED = interfaces.Described(
    content=b"{}", file_name="a.json", format="openapi", format_version="3.1.0", title="A",
    version="1", verdict="valid", problems=[], tool="t",
)  # fmt: skip

VERBS: dict[str, Verb] = {
    "interfaces.describe": lambda s, a, c: interfaces.describe(s, a, c, STATEMENT),
    "interfaces.correct": lambda s, a, c: interfaces.correct(s, a, _interface(s, c), c, DESCRIBED),
    "interfaces.publish": lambda s, a, c: interfaces.publish(
        s, a, (it := a_solution(s, publisher=c)), _interface(s, it)
    ),
    "interfaces.discard": lambda s, a, c: interfaces.discard(s, a, _interface(s, c), c),
    "interfaces.drafts_of": lambda s, a, c: interfaces.drafts_of(s, a, a_solution(s, publisher=c)),
    "interfaces.of_organization": interfaces.of_organization,
    "interfaces.opened": lambda s, a, c: interfaces.opened(s, a, _interface(s, c).id, c),
    "solutions.draft": lambda s, a, c: solutions.draft(s, a, c, a_record()),
    "solutions.publish": lambda s, a, c: solutions.publish(s, a, _draft(s, c)),
    "solutions.revise": lambda s, a, c: solutions.revise(
        s, a, a_solution(s, publisher=c), a_record("Neu")
    ),
    "solutions.hand_over": lambda s, a, c: solutions.hand_over(
        s, a, a_solution(s, publisher=c), None
    ),
    "solutions.withdraw": lambda s, a, c: solutions.withdraw(
        s, a, a_solution(s, publisher=c), reason="ersetzt"
    ),
    "solutions.publish_many": lambda s, a, c: solutions.publish_many(
        s, a, [solutions.NewSolution(a_record(), c.id)]
    ),
    "drafts.begin": lambda s, a, c: drafts.begin(s, a, c, a_record(), id=new_id()),
    "drafts.opened": lambda s, a, c: drafts.opened(s, a, _draft(s, c).id),
    "drafts.revise": lambda s, a, c: drafts.revise(s, a, a_solution(s, publisher=c)),
    "drafts.restore": lambda s, a, c: drafts.restore(s, a, a_solution(s, publisher=c), 1),
    "drafts.save": lambda s, a, c: drafts.save(
        s, a, _draft(s, c), a_record("Neu"), fields=["name"], revision=1
    ),
    "drafts.discard": lambda s, a, c: drafts.discard(s, a, _draft(s, c)),
    "drafts.publish": lambda s, a, c: drafts.publish(s, a, _ready(s, c), revision=1),
    "drafts.of_organizations": lambda s, a, c: _listed(s, a, _draft(s, c)),
    "releases.publish": lambda s, a, c: releases.publish(
        s, a, a_solution(s, publisher=c), version="1", released_on=TODAY
    ),
    "adoptions.declare": lambda s, a, c: adoptions.declare(
        s, a, a_solution(s), c, USE, today=TODAY
    ),
    "adoptions.change": lambda s, a, c: adoptions.change(
        s, a, _adoption(s, c), USE, revision=1, today=TODAY
    ),
    "adoptions.confirm": lambda s, a, c: adoptions.confirm(s, a, _adoption(s, c), today=TODAY),
    "adoptions.retract": lambda s, a, c: adoptions.retract(s, a, _adoption(s, c)),
    "adoptions.enter_many": lambda s, a, _: adoptions.enter_many(s, a, []),
    "organizations.found": lambda s, a, _: organizations.found(
        s, a, name="Stadt Neu", kind=Kind.MUNICIPALITY
    ),
    "organizations.find_or_found_many": lambda s, a, _: organizations.find_or_found_many(
        s, a, [organizations.OrganizationName("Stadt Neu")]
    ),
    "people.enter": lambda s, a, _: people.enter(s, a, email="neu@test.example", name="Neu"),
    "memberships.join": lambda s, a, c: memberships.join(
        s, a, people.enter(s, OPERATOR, email="neu@test.example", name="Neu"), c, Role.READER
    ),
    "people.describe": lambda s, a, _: people.describe(s, a, name="Neu", language="en"),
    "watching.watch": lambda s, a, c: watching.watch(s, a, Watchable.ORGANIZATION, c.id),
    "watching.unwatch": lambda s, a, c: watching.unwatch(s, a, _watch(s, a, c)),
    "watching.by_id": lambda s, a, c: watching.by_id(s, a, _watch(s, a, c)),
    "watching.of_person": lambda s, a, _: watching.of_person(s, a),
    "watching.of_thing": lambda s, a, c: watching.of_thing(s, a, Watchable.ORGANIZATION, c.id),
    "watching.count": lambda s, a, c: watching.count(
        s, a, Watchable.ORGANIZATION, c.id, owner_id=c.id
    ),
    "saved_searches.save": lambda s, a, _: saved_searches.save(s, a, query="q=a", name="A"),
    "saved_searches.rename": lambda s, a, _: saved_searches.rename(s, a, _search(s, a), "B"),
    "saved_searches.delete": lambda s, a, _: saved_searches.delete(s, a, _search(s, a)),
    "saved_searches.by_id": lambda s, a, _: saved_searches.by_id(s, a, _search(s, a)),
    "saved_searches.of_person": lambda s, a, _: saved_searches.of_person(s, a),
    "preferences.of_person": lambda s, a, _: preferences.of_person(s, a),
    "preferences.choose": lambda s, a, _: preferences.choose(s, a, {Event.ADOPTED: QUIET}),
    "notices.of_person": lambda s, a, _: notices.of_person(s, a),
    "notices.count_unread": lambda s, a, _: notices.count_unread(s, a),
    "notices.read": lambda s, a, _: notices.read(s, a, _notice(s, a)),
    "notices.read_all": lambda s, a, _: notices.read_all(s, a),
    "people.change_address": lambda s, a, _: people.change_address(s, a, "neu@test.example"),
    "nodes.name": lambda s, a, _: nodes.name(s, a, name="Knoten", operator="Amt"),
}

WHO = ("visitor", "reader", "contributor", "editor", "lead", "stranger", "moderator", "steward")

ALLOWED: dict[str, str] = {
    #                                visitor reader contributor editor lead stranger moder. steward
    "interfaces.describe":              "  -      -        x        x     x      -      -      x",
    "interfaces.correct":               "  -      -        x        x     x      -      -      x",
    "interfaces.publish":               "  -      -        -        x     x      -      -      x",
    "interfaces.discard":               "  -      -        x        x     x      -      -      x",
    "interfaces.drafts_of":             "  -      -        x        x     x      -      -      x",
    "interfaces.of_organization":       "  -      -        x        x     x      -      -      x",
    "interfaces.opened":                "  -      -        x        x     x      -      -      x",
    "solutions.draft":                  "  -      -        x        x     x      -      -      x",
    "solutions.publish":                "  -      -        -        x     x      -      -      x",
    "solutions.revise":                 "  -      -        -        x     x      -      -      x",
    "solutions.hand_over":              "  -      -        -        -     -      -      -      x",
    "solutions.withdraw":               "  -      -        -        x     x      -      -      x",
    "solutions.publish_many":           "  -      -        -        -     -      -      -      x",
    "drafts.begin":                     "  -      -        x        x     x      -      -      x",
    "drafts.opened":                    "  -      -        x        x     x      -      -      x",
    "drafts.revise":                    "  -      -        x        x     x      -      -      x",
    "drafts.restore":                   "  -      -        x        x     x      -      -      x",
    "drafts.save":                      "  -      -        x        x     x      -      -      x",
    "drafts.discard":                   "  -      -        x        x     x      -      -      x",
    "drafts.publish":                   "  -      -        -        x     x      -      -      x",
    "drafts.of_organizations":          "  -      -        x        x     x      -      -      -",
    "releases.publish":                 "  -      -        -        x     x      -      -      x",
    "adoptions.declare":                "  -      -        x        x     x      -      -      x",
    "adoptions.change":                 "  -      -        x        x     x      -      -      x",
    "adoptions.confirm":                "  -      -        x        x     x      -      -      x",
    "adoptions.retract":                "  -      -        x        x     x      -      -      x",
    "adoptions.enter_many":             "  -      -        -        -     -      -      -      x",
    "organizations.found":              "  -      -        -        -     -      -      x      x",
    "organizations.find_or_found_many": "  -      -        -        -     -      -      -      x",
    "people.enter":                     "  -      -        -        -     -      -      -      x",
    "memberships.join":                 "  -      -        -        -     x      -      -      x",
    "people.change_address":            "  -      x        x        x     x      x      -      -",
    "people.describe":                  "  -      x        x        x     x      x      -      -",
    "watching.watch":                   "  -      x        x        x     x      x      -      -",
    "watching.unwatch":                 "  -      x        x        x     x      x      -      -",
    "watching.by_id":                   "  -      x        x        x     x      x      -      -",
    "watching.of_person":               "  -      x        x        x     x      x      -      -",
    "watching.of_thing":                "  -      x        x        x     x      x      -      -",
    "watching.count":                   "  -      -        x        x     x      -      -      x",
    "saved_searches.save":              "  -      x        x        x     x      x      -      -",
    "saved_searches.rename":            "  -      x        x        x     x      x      -      -",
    "saved_searches.delete":            "  -      x        x        x     x      x      -      -",
    "saved_searches.by_id":             "  -      x        x        x     x      x      -      -",
    "saved_searches.of_person":         "  -      x        x        x     x      x      -      -",
    "preferences.of_person":            "  -      x        x        x     x      x      -      -",
    "preferences.choose":               "  -      x        x        x     x      x      -      -",
    "notices.of_person":                "  -      x        x        x     x      x      -      -",
    "notices.count_unread":             "  -      x        x        x     x      x      -      -",
    "notices.read":                     "  -      x        x        x     x      x      -      -",
    "notices.read_all":                 "  -      x        x        x     x      x      -      -",
    "nodes.name":                       "  -      -        -        -     -      -      -      x",
}  # fmt: skip

ROWS = [
    (verb, who, mark == "x")
    for verb, marks in ALLOWED.items()
    for who, mark in zip(WHO, marks.split(), strict=True)
]


def an_actor(session: Session, who: str, city: Organization) -> Actor:
    if who == "visitor":
        return Actor.anonymous()
    if who == "stranger":
        return actor_for(session, a_city(session, "Stadt Anderort"), Role.LEAD)
    if who in ("moderator", "steward"):
        return Actor(who, is_moderator=True, is_steward=who == "steward")
    return actor_for(session, city, Role(who))


@pytest.mark.parametrize(("verb", "who", "allowed"), ROWS)
def test_the_table_of_permissions_holds(
    session: Session, verb: str, who: str, allowed: bool
) -> None:
    city = a_city(session)
    actor = an_actor(session, who, city)
    if allowed:
        VERBS[verb](session, actor, city)
    else:
        with pytest.raises(NotAllowed):
            VERBS[verb](session, actor, city)


def test_every_writing_verb_has_a_row() -> None:
    modules = (
        adoptions,
        drafts,
        interfaces,
        nodes,
        memberships,
        notices,
        organizations,
        people,
        preferences,
        releases,
        saved_searches,
        solutions,
        watching,
    )
    written = {
        f"{module.__name__.rsplit('.', 1)[-1]}.{name}"
        for module in modules
        for name, thing in vars(module).items()
        if callable(thing)
        and not name.startswith("_")
        and getattr(thing, "__module__", "") == module.__name__
        and "actor" in getattr(thing, "__annotations__", {})
    }
    assert written == set(ALLOWED) == set(VERBS)
