"""Loading the sample: everything is there, marked, dated and linked."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from catalog import adoptions, municipalities, nodes, solutions
from catalog.adoptions import Adoption
from catalog.errors import Gone
from catalog.municipalities import Municipality
from catalog.organizations import Organization
from catalog.people import Person
from catalog.solutions import Solution
from marketplace.sample import loading
from marketplace.sample.world import World

TABLES = (Municipality, Organization, Person, Solution, Adoption)


@pytest.fixture(scope="module")
def loaded(engine: Engine, sample: World) -> Iterator[Session]:
    """A session that sees the whole sample; taken back after this module."""
    with engine.execution_options(writes=True).connect() as connection:
        outer = connection.begin()
        opened = Session(connection, join_transaction_mode="create_savepoint")
        loading.load(opened, sample)
        yield opened
        opened.close()
        outer.rollback()


def test_everything_of_the_world_is_there_and_marked(loaded: Session, sample: World) -> None:
    for table in TABLES:
        rows = loaded.scalar(select(func.count()).select_from(table)) or 0
        marked = select(func.count()).select_from(table).where(table.is_sample.is_(True))
        assert rows == loaded.scalar(marked) > 0, table.__name__
    assert loaded.scalar(select(func.count()).select_from(Solution)) == len(sample.solutions)
    assert municipalities.count(loaded) == len(sample.places.places)


def test_the_node_says_that_it_is_a_sample(loaded: Session) -> None:
    node = nodes.own(loaded)

    assert node.is_sample
    assert node.name == "Beispielknoten Auenland"
    assert loading.is_there(loaded)


def test_a_relation_leads_to_the_other_solution(loaded: Session) -> None:
    [relation] = solutions.by_slug(loaded, "fristenblick").public_record.relations

    assert solutions.related(loaded, [relation.to])[relation.to].slug == "postlotse"


def test_the_withdrawn_solution_names_its_successor(loaded: Session) -> None:
    with pytest.raises(Gone) as gone:
        solutions.by_slug(loaded, "muellblick")

    assert gone.value.successor == "meldeblick"


def test_the_start_page_finds_its_three_newest_uses(loaded: Session) -> None:
    newest = [
        (use.solution.slug, use.reused_from and use.reused_from.name, use.organization.name)
        for use in adoptions.newly_confirmed(loaded)
    ]

    assert newest == [
        ("postlotse", "Stadt Auenrode", "Stadt Tannenmoor"),
        ("pegelblick", "Stadt Birkhude", "Kreis Nordfurth"),
        ("sitzungsnotiz", "Stadt Hellersbruck", "Stadt Quellheim"),
    ]


def test_a_former_key_leads_to_the_place_that_took_over(loaded: Session, sample: World) -> None:
    for place in sample.places.places:
        for former in place.former:
            assert municipalities.by_ars(loaded, former.key).name == place.name


def test_ids_and_dates_are_those_of_the_story(loaded: Session, sample: World) -> None:
    rows = {row.slug: row for row in loaded.scalars(select(Solution))}

    for solution in sample.solutions:
        row = rows[solution.slug]
        assert row.id == solution.id
        assert row.published_at is not None
        assert row.published_at.date() == solution.published
