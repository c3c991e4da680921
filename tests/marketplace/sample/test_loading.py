"""Loading the sample: everything is there, marked, linked, and only in an empty node."""

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from catalog import adoptions, municipalities, nodes, organizations, people, solutions
from catalog.adoptions import Adoption
from catalog.errors import Conflict, Gone
from catalog.municipalities import Municipality
from catalog.organizations import Kind, Organization
from catalog.people import Person
from catalog.permissions import Actor
from catalog.solutions import Solution
from marketplace.sample import loading
from marketplace.sample.world import World
from marketplace.transactions import Database

TABLES = (Municipality, Organization, Person, Solution, Adoption)


def test_everything_of_the_world_is_there_and_marked(session: Session, sample: World) -> None:
    loaded = loading.load(session, sample)

    assert loaded.solutions == len(sample.solutions)
    assert loaded.places == len(sample.places.places)
    for table in TABLES:
        rows = session.scalar(select(func.count()).select_from(table)) or 0
        marked = select(func.count()).select_from(table).where(table.is_sample.is_(True))
        assert rows == session.scalar(marked) > 0, table.__name__
    assert nodes.own(session).is_sample
    assert nodes.own(session).name == "Beispielknoten Auenland"


def test_links_of_the_sample_hold(session: Session, sample: World) -> None:
    loading.load(session, sample)

    based = solutions.by_slug(session, "fristenblick")
    [relation] = based.public_record.relations
    found = solutions.related(session, [relation.to])

    assert found[relation.to].slug == "postlotse"
    with pytest.raises(Gone) as gone:
        solutions.by_slug(session, "muellblick")
    assert gone.value.successor == "meldeblick"


def test_the_start_page_finds_its_three_newest_uses(session: Session, sample: World) -> None:
    loading.load(session, sample)

    newest = [
        (use.solution.slug, use.reused_from and use.reused_from.name, use.organization.name)
        for use in adoptions.newly_confirmed(session)
    ]

    assert newest == [
        ("postlotse", "Stadt Auenrode", "Stadt Tannenmoor"),
        ("pegelblick", "Stadt Birkhude", "Kreis Nordfurth"),
        ("sitzungsnotiz", "Stadt Hellersbruck", "Stadt Quellheim"),
    ]


def test_a_former_key_leads_to_the_place_that_took_over(session: Session, sample: World) -> None:
    loading.load(session, sample)

    for place in sample.places.places:
        for former in place.former:
            assert municipalities.by_ars(session, former.key).name == place.name


def test_dates_are_those_of_the_story(session: Session, sample: World) -> None:
    loading.load(session, sample)

    published = {row.slug: row.published_at for row in session.scalars(select(Solution))}

    for solution in sample.solutions:
        moment = published[solution.slug]
        assert moment is not None
        assert moment.date() == solution.published


def test_a_second_load_finds_the_sample_and_writes_nothing(fresh_engine: Engine) -> None:
    database = Database.on(fresh_engine)

    first = loading.load_if_empty(database)
    second = loading.load_if_empty(database)

    assert first is not None
    assert second is None


def test_a_node_with_real_content_is_refused(session: Session) -> None:
    actor = Actor.operator()
    organizations.found(session, actor, name="Stadt Echt", kind=Kind.MUNICIPALITY)

    with pytest.raises(Conflict):
        loading.is_there(session)


def test_a_node_with_real_people_is_refused(session: Session) -> None:
    people.enter(session, Actor.operator(), email="echt@node.example", name="Toni Test")

    with pytest.raises(Conflict):
        loading.is_there(session)
