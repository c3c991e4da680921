"""From changes to notices: who is told of what, once, and never of what is not theirs to know."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from catalog import adoptions, drafts, memberships, people, releases, solutions, watching
from catalog.adoptions import Claim, Stage, Use
from catalog.database import new_id, now, session_factory
from catalog.organizations import Organization
from catalog.people import Person
from catalog.permissions import Actor, Role
from catalog.watching import Watchable
from marketplace.notifications import (
    confirmations,
    following,
    notices,
    preferences,
    search_hits,
)
from marketplace.notifications.events import Event, Rhythm, Wish
from marketplace.notifications.notices import Notice
from marketplace.search import saved_searches, stored
from marketplace.search.analysis import Analysis
from marketplace.search.compounds import LINKS, Compounds
from marketplace.search.service import SearchService
from marketplace.transactions import Database
from tests.factories import OPERATOR, a_city, a_record, a_solution, actor_for

TODAY = date(2026, 11, 23)
ANALYSIS = Analysis({code: Compounds(code, []) for code in LINKS})
LIVE = Use(Stage.LIVE, date(2026, 3, 1))


def a_person(session: Session, name: str = "Toni Test") -> Actor:
    person = people.enter(session, OPERATOR, email=f"{new_id()}@test.example", name=name)
    return Actor(person.name, person.id)


def begin(session: Session) -> None:
    """The follower has run, so what comes now is news."""
    session.commit()
    following.begin(session)
    session.commit()


def told(session: Session) -> list[Notice]:
    session.commit()
    while following.follow(session) is not None:
        session.commit()
    return list(session.scalars(select(Notice).order_by(Notice.id)))


def facts(found: list[Notice]) -> list[tuple[str, str]]:
    return [(each.event, each.cause) for each in found]


def test_history_is_no_news(session: Session) -> None:
    actor, solution = a_person(session), a_solution(session)
    watching.watch(session, actor, Watchable.SOLUTION, solution.id)
    solutions.revise(session, OPERATOR, solution, a_record("Anders"))

    assert told(session) == []


def test_who_watches_hears_of_changes_releases_and_the_end(session: Session) -> None:
    actor, solution = a_person(session), a_solution(session)
    begin(session)
    watching.watch(session, actor, Watchable.SOLUTION, solution.id)
    solutions.revise(session, OPERATOR, solution, a_record("Zweites"))
    releases.publish(session, OPERATOR, solution, version="2", released_on=TODAY)
    solutions.revise(session, OPERATOR, solution, a_record("Drittes"))
    solutions.withdraw(session, OPERATOR, solution, reason="Ersetzt.")

    found = told(session)

    assert facts(found) == [
        ("watched_changed", "solution.revised"),
        ("watched_released", "solution.released"),
        ("watched_withdrawn", "solution.withdrawn"),
    ]
    assert [each.times for each in found] == [2, 1, 1]
    assert {each.person_id for each in found} == {actor.person_id}


def test_drafts_and_what_one_did_oneself_are_not_told(session: Session) -> None:
    city = a_city(session)
    editor, solution = actor_for(session, city), a_solution(session, publisher=city)
    reader = a_person(session)
    begin(session)
    for actor in (editor, reader):
        watching.watch(session, actor, Watchable.SOLUTION, solution.id)
    drafts.revise(session, editor, solution)
    drafts.discard(session, editor, solution)
    solutions.revise(session, editor, solution, a_record("Anders"))

    assert [each.person_id for each in told(session)] == [reader.person_id]


def test_who_watches_body_and_place_is_told_once(session: Session) -> None:
    actor, city = a_person(session), a_city(session)
    begin(session)
    assert city.municipality_id is not None
    watching.watch(session, actor, Watchable.ORGANIZATION, city.id)
    watching.watch(session, actor, Watchable.MUNICIPALITY, city.municipality_id)
    a_solution(session, publisher=city)

    (notice,) = told(session)

    assert (notice.kind, notice.thing_id) == ("organization", city.id)
    assert notice.cause == "solution.published"


def test_who_watches_a_place_hears_of_its_uses(session: Session) -> None:
    actor, city = a_person(session), a_city(session)
    other = a_solution(session, publisher=a_city(session, "Stadt Anderort"))
    begin(session)
    assert city.municipality_id is not None
    watching.watch(session, actor, Watchable.MUNICIPALITY, city.municipality_id)
    adoptions.declare(session, OPERATOR, other, city, LIVE, today=TODAY)

    (notice,) = told(session)

    assert (notice.kind, notice.cause) == ("municipality", "adoption.adopted")


def test_the_publishers_editors_hear_of_a_new_use(session: Session) -> None:
    publisher = a_city(session)
    editor = actor_for(session, publisher)
    actor_for(session, publisher, Role.READER)
    solution = a_solution(session, publisher=publisher)
    begin(session)
    adoptions.declare(session, OPERATOR, solution, a_city(session, "Stadt Zwei"), LIVE, today=TODAY)

    (notice,) = told(session)

    assert (notice.person_id, notice.event) == (editor.person_id, "adopted")
    assert notice.thing_id == solution.id


def test_who_gets_a_role_hears_of_it_at_once(session: Session) -> None:
    city, actor = a_city(session), a_person(session)
    begin(session)
    memberships.join(session, OPERATOR, people.by_id(session, actor.person_id), city, Role.READER)
    session.commit()

    at_once = following.follow(session)

    assert at_once is not None
    assert facts(list(at_once)) == [("membership_changed", "person.joined")]


def test_a_wish_for_silence_is_kept(session: Session) -> None:
    actor, solution = a_person(session), a_solution(session)
    begin(session)
    watching.watch(session, actor, Watchable.SOLUTION, solution.id)
    preferences.choose(
        session, actor, {Event.WATCHED_CHANGED: Wish(on_site=False, rhythm=Rhythm.NEVER)}
    )
    solutions.revise(session, OPERATOR, solution, a_record("Anders"))
    solutions.withdraw(session, OPERATOR, solution, reason="Ersetzt.")

    assert facts(told(session)) == [("watched_withdrawn", "solution.withdrawn")]


def test_a_notice_that_was_read_does_not_grow(session: Session) -> None:
    actor, solution = a_person(session), a_solution(session)
    begin(session)
    watching.watch(session, actor, Watchable.SOLUTION, solution.id)
    solutions.revise(session, OPERATOR, solution, a_record("Zweites"))
    (first,) = told(session)
    notices.read(session, actor, first.id)
    solutions.revise(session, OPERATOR, solution, a_record("Drittes"))

    found = told(session)

    assert [(each.times, each.read_at is None) for each in found] == [(1, False), (1, True)]


def test_a_follower_that_dies_tells_nothing_twice_and_misses_nothing(fresh_engine) -> None:
    writing = session_factory(fresh_engine, writes=True)
    with writing.begin() as session:
        actor, solution = a_person(session), a_solution(session)
        watching.watch(session, actor, Watchable.SOLUTION, solution.id)
        key = solution.id
    with writing.begin() as session:
        following.begin(session)
    with writing.begin() as session:
        present = solutions.by_id(session, key)
        solutions.revise(session, OPERATOR, present, a_record("Anders"))
        solutions.withdraw(session, OPERATOR, present, reason="Ersetzt.")

    def die() -> None:
        with writing.begin() as session:
            following.follow(session)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        die()
    for _ in range(3):
        with writing.begin() as session:
            following.follow(session)

    with writing.begin() as session:
        assert session.scalar(text("SELECT count(*) FROM notices")) == 2


def searched(session: Session, search: SearchService) -> list[Notice]:
    session.commit()
    stored.follow(session, ANALYSIS)
    while search_hits.follow(session, search) is not None:
        session.commit()
    return list(session.scalars(select(Notice).order_by(Notice.id)))


@pytest.fixture
def plain_search(engine) -> SearchService:
    """The search of a node without an index: the database itself."""
    return SearchService(Database.on(engine), None, None)


def test_new_hits_of_a_saved_search_are_told_by_name(
    session: Session, plain_search: SearchService
) -> None:
    actor, city = a_person(session), a_city(session)
    a_solution(session, "Postkutsche", publisher=city)
    session.commit()
    search_hits.follow(session, plain_search)
    saved_searches.save(session, actor, query="q=Postkutsche", name="Kutschen")
    hit = a_solution(session, "Postkutsche zwei", publisher=city)
    a_solution(session, "Baumkataster", publisher=city)

    (notice,) = searched(session, plain_search)
    solutions.revise(session, OPERATOR, hit, a_record("Postkutsche drei"))

    assert (notice.thing_id, notice.words) == (hit.id, "Kutschen")
    assert len(searched(session, plain_search)) == 1


def test_many_new_hits_are_one_notice_with_their_number(
    session: Session, plain_search: SearchService
) -> None:
    actor, city = a_person(session), a_city(session)
    session.commit()
    search_hits.follow(session, plain_search)
    saved = saved_searches.save(session, actor, query="q=Postkutsche", name="Kutschen")
    for number in range(search_hits.MOST_NAMED + 1):
        a_solution(session, f"Postkutsche {number}", publisher=city)

    (notice,) = searched(session, plain_search)

    assert (notice.kind, notice.thing_id) == (saved_searches.KIND, saved.id)
    assert notice.times == search_hits.MOST_NAMED + 1


def test_hits_wait_for_the_index(session: Session, plain_search: SearchService) -> None:
    class Behind:
        def position(self) -> int:
            return 0

    session.commit()
    search_hits.follow(session, plain_search)
    a_solution(session)
    session.commit()
    stored.follow(session, ANALYSIS)
    behind = SearchService(plain_search.database, Behind(), None)  # type: ignore[arg-type]

    assert search_hits.follow(session, behind) is None
    assert search_hits.follow(session, plain_search) is not None


@pytest.mark.parametrize(("age", "asked"), [(364, 0), (365, 1), (371, 1), (380, 0)])
def test_a_year_after_the_last_word_the_body_is_asked_once(
    session: Session, age: int, asked: int
) -> None:
    city: Organization = a_city(session)
    actor_for(session, city, Role.CONTRIBUTOR)
    actor_for(session, city, Role.READER)
    claim = Claim(
        solution_id=a_solution(session, publisher=a_city(session, "Stadt Zwei")).id,
        organization_id=city.id,
        steps=[(Stage.LIVE, date(2024, 1, 1))],
        use=Use(Stage.LIVE, date(2024, 1, 1)),
        confirmed_on=TODAY - timedelta(days=age),
    )
    adoptions.enter_many(session, OPERATOR, [claim])

    for _ in range(2):
        confirmations.ask(session, TODAY)

    assert len(session.scalars(select(Notice)).all()) == asked


def test_old_notices_are_forgotten(session: Session) -> None:
    actor = a_person(session)
    assert actor.person_id is not None
    for age in (366, 300):
        session.add(
            Notice(
                person_id=actor.person_id,
                event=Event.ANNOUNCED,
                kind="announcement",
                thing_id=new_id(),
                cause="announcement.announced",
                occasion=str(age),
                at=now() - timedelta(days=age),
            )
        )
    session.flush()

    assert notices.forget_old(session) == 1
    assert isinstance(session.get(Person, actor.person_id), Person)
