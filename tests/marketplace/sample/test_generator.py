"""The generator: the same for the same seed, publishable, varied, marked, and able to go on."""

import csv
from collections import Counter
from itertools import islice
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from catalog import organizations, records, solutions, taxonomy
from catalog.adoptions import Adoption
from catalog.errors import Conflict
from catalog.municipalities import size_class
from catalog.organizations import Kind
from catalog.permissions import Actor
from catalog.solutions import Solution
from marketplace.sample import generator
from marketplace.transactions import Database

COUNT = 3_000


@pytest.fixture(scope="module")
def generated() -> list[generator.Generated]:
    """Enough records for every facet to show."""
    return list(generator.records(COUNT, seed=7))


def test_equal_seeds_give_equal_records(generated: list[generator.Generated]) -> None:
    assert list(islice(generator.records(COUNT, seed=7), 200)) == generated[:200]


def test_other_seeds_give_other_records(generated: list[generator.Generated]) -> None:
    others = list(islice(generator.records(COUNT, seed=8), 200))

    assert sum(a.record == b.record for a, b in zip(others, generated, strict=False)) == 0


def test_every_generated_record_may_be_published(generated: list[generator.Generated]) -> None:
    for item in generated:
        assert records.check(item.record) == []


def test_every_facet_is_filled_with_a_skew(generated: list[generator.Generated]) -> None:
    told = [item.record for item in generated]
    fields = Counter(code for record in told for code in record.fields_of_action)
    for of, codes in (
        ("field_of_action", set(fields)),
        ("task", {code for record in told for code in record.tasks}),
        ("technology", {code for record in told for code in record.technology}),
        ("hosting", {code for record in told for code in record.hosting}),
        ("phase", {record.phase for record in told} - {""}),
    ):
        assert codes == set(taxonomy.codes(of)), of
    assert fields["VW"] > 5 * fields["FO"]


def test_texts_are_varied_and_mostly_in_two_languages(
    generated: list[generator.Generated],
) -> None:
    words = {
        word
        for item in generated
        for word in item.record.description.get("de", "").replace(",", "").split()
    }
    english = sum("en" in item.record.summary for item in generated)
    german = sum("de" in item.record.summary for item in generated)

    assert len(words) > 2_000
    assert german > english > COUNT / 2


def test_every_land_and_size_class_has_a_generated_place() -> None:
    places = [body.place for body in generator.bodies(10_000, seed=7) if body.place]

    assert {place.ars[:2] for place in places} == set(taxonomy.codes("land"))
    assert {size_class(place.population) for place in places} == set(taxonomy.codes("size_class"))
    assert len({place.ars for place in places}) == len(places)


def test_no_generated_place_has_the_name_or_key_of_a_real_one(shared_data: Path) -> None:
    with (shared_data / "reference" / "gemeinden-de.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    names = {row["name"] for row in rows}
    keys = {row["ars"][:5] for row in rows}
    for body in generator.bodies(1_000_000, seed=7):
        if body.place:
            assert body.place.name not in names
            assert body.place.ars[:5] not in keys


def test_uses_run_forward(generated: list[generator.Generated]) -> None:
    uses = [use for item in generated for use in item.uses]

    assert uses
    for use in uses:
        days = [day for _, day in use.steps]
        assert days == sorted(days)
        assert use.confirmed_on is None or use.confirmed_on >= use.use.since


def test_a_load_writes_everything_as_samples_and_twice_changes_nothing(
    fresh_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generator, "BATCH", 40)
    database = Database.on(fresh_engine)

    assert generator.load(database, 100, seed=3) == 100
    assert generator.load(database, 100, seed=3) == 0

    with database.reading() as session:
        assert solutions.count_published(session) == 100
        real = select(func.count()).select_from(Solution).where(Solution.is_sample.is_(False))
        assert session.scalar(real) == 0
        uses = session.scalar(select(func.count()).select_from(Adoption))
    assert uses == sum(len(item.uses) for item in generator.records(100, seed=3))


def test_a_broken_load_goes_on_where_it_stopped(
    fresh_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generator, "BATCH", 30)
    database = Database.on(fresh_engine)

    def give_up(_done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        generator.load(database, 70, seed=3, progress=give_up)

    assert generator.load(database, 70, seed=3) == 40


def test_a_node_with_real_content_gets_no_generated_records(fresh_engine: Engine) -> None:
    database = Database.on(fresh_engine)
    with database.writing.begin() as session:
        _enter_somebody_real(session)

    with pytest.raises(Conflict):
        generator.load(database, 10)


def _enter_somebody_real(session: Session) -> None:
    organizations.found(session, Actor.operator(), name="Stadt Echt", kind=Kind.MUNICIPALITY)
