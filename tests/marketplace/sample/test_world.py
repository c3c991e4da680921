"""The files of the sample world: enough, right, readable, and nobody real."""

import csv
import re
from collections import Counter
from pathlib import Path

import pytest

from catalog import records, taxonomy
from catalog.organizations import Kind
from marketplace.sample import world
from marketplace.sample.world import World

WRITTEN_FOR_PEOPLE = ("summary", "problem", "description", "limits")


def lix(text: str) -> float:
    """Readability after Björnsson: words a sentence plus the share of words over six letters."""
    words = re.findall(r"\w+", text)
    sentences = max(len(re.findall(r"[.!?:](?:\s|$)", text)), 1)
    return len(words) / sentences + 100 * sum(len(word) > 6 for word in words) / len(words)


def test_there_are_enough_solutions_places_and_firms(sample: World) -> None:
    kinds = Counter(body.kind for body in sample.organizations)

    assert len(sample.solutions) >= 40
    assert len(sample.places.places) >= 60
    assert kinds[Kind.IT_PROVIDER] >= 4
    assert kinds[Kind.VENDOR] >= 4
    assert kinds[Kind.MUNICIPALITY] == len(sample.places.places)


def test_every_land_and_every_size_class_has_a_place(sample: World) -> None:
    places = sample.places.places

    assert {place.ars[:2] for place in places} == set(taxonomy.codes("land"))
    assert {place.size_class for place in places} == set(taxonomy.codes("size_class"))


def test_every_field_of_action_and_technology_has_a_solution(sample: World) -> None:
    told = [solution.record for solution in sample.solutions]

    assert {code for record in told for code in record.fields_of_action} == set(
        taxonomy.codes("field_of_action")
    )
    assert {code for record in told for code in record.technology} == set(
        taxonomy.codes("technology")
    )
    assert {record.phase for record in told} == set(taxonomy.codes("phase"))


def test_every_record_may_be_published(sample: World) -> None:
    problems = {
        solution.slug: [str(problem) for problem in records.check(solution.record)]
        for solution in sample.solutions
    }

    assert {slug: found for slug, found in problems.items() if found} == {}


def test_every_further_code_is_known(sample: World) -> None:
    for solution in sample.solutions:
        for language in solution.record.languages:
            assert taxonomy.knows("language", language), solution.slug
        for standard in solution.record.standards:
            assert taxonomy.knows("standard", standard.code), solution.slug
        for relation in solution.record.relations:
            assert taxonomy.knows("relation", relation.kind), solution.slug


def test_german_and_english_say_what_matters(sample: World) -> None:
    for solution in sample.solutions:
        for field in WRITTEN_FOR_PEOPLE:
            assert set(getattr(solution.record, field)) == {"de", "en"}, (solution.slug, field)


def test_summaries_are_short_and_easy_to_read(sample: World) -> None:
    summaries = [solution.record.summary for solution in sample.solutions]

    assert max(len(text) for summary in summaries for text in summary.values()) <= 160
    assert sum(lix(summary["de"]) for summary in summaries) / len(summaries) <= 45


def test_no_german_sentence_has_more_than_15_words(sample: World) -> None:
    for solution in sample.solutions:
        for field in WRITTEN_FOR_PEOPLE:
            for sentence in re.split(r"(?<=[.!?])\s+", getattr(solution.record, field)["de"]):
                assert len(sentence.split()) <= 15, (solution.slug, sentence)


def test_facts_are_missing_and_withheld_as_in_real_life(sample: World) -> None:
    told = [solution.record for solution in sample.solutions]

    assert sum(bool(record.withheld) for record in told) >= 5
    assert sum(bool(record.raw) for record in told) >= 2
    assert sum(not record.fact("introduction_effort").value for record in told) >= 10


def test_many_solutions_have_a_history_of_releases(sample: World) -> None:
    assert sum(2 <= len(solution.releases) <= 6 for solution in sample.solutions) >= 15
    for solution in sample.solutions:
        days = [release.on for release in solution.releases]
        assert days == sorted(days), solution.slug


def test_relations_lead_to_solutions_of_the_sample(sample: World) -> None:
    iris = {solution.id.urn for solution in sample.solutions}
    related = [relation for solution in sample.solutions for relation in solution.record.relations]

    assert {relation.to for relation in related} <= iris
    assert {relation.kind for relation in related} == set(taxonomy.codes("relation"))


def test_solutions_and_people_belong_to_bodies_of_the_sample(sample: World) -> None:
    keys = {body.key for body in sample.organizations}

    assert {solution.organization for solution in sample.solutions} <= keys
    assert {key for person in sample.people for key in person.roles} <= keys


def test_people_cover_every_role_and_can_moderate(sample: World) -> None:
    roles = {role for person in sample.people for role in person.roles.values()}

    assert roles == {"lead", "editor", "contributor", "reader"}
    assert any(person.moderator for person in sample.people)
    assert any(person.steward for person in sample.people)


def test_every_address_is_one_that_nobody_can_own(sample: World) -> None:
    addresses = [body.email for body in sample.organizations]
    addresses += [person.email for person in sample.people]
    addresses += [solution.record.contact.email for solution in sample.solutions]

    assert all(address.endswith(".example") for address in addresses if address)


def test_reading_twice_gives_the_same_world(sample: World) -> None:
    assert world.read() == sample


def test_lasting_ids_have_the_form_of_version_7_and_differ(sample: World) -> None:
    ids = {solution.id for solution in sample.solutions}

    assert len(ids) == len(sample.solutions)
    assert {id_.version for id_ in ids} == {7}


@pytest.fixture(scope="module")
def register(shared_data: Path) -> list[dict[str, str]]:
    """The real municipalities."""
    with (shared_data / "reference" / "gemeinden-de.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_no_place_has_the_name_or_key_of_a_real_one(
    sample: World, register: list[dict[str, str]]
) -> None:
    real = {row["name"].casefold() for row in register}
    real |= {row["district"].split(",")[0].casefold() for row in register}
    keys = {row["ars"] for row in register} | {row["ars"][:5] for row in register}
    former = [former for place in sample.places.places for former in place.former]

    assert len(former) == 2
    for name in [*(place.name for place in sample.places.places), *(one.name for one in former)]:
        assert name.casefold() not in real
    for key in [*(place.ars for place in sample.places.places), *(one.key for one in former)]:
        assert key not in keys
        assert key[:5] not in keys


def test_every_place_lies_in_its_land(sample: World, register: list[dict[str, str]]) -> None:
    real = [
        (float(row["lon"]), float(row["lat"]), row["state_key"]) for row in register if row["lon"]
    ]
    for place in sample.places.places:
        near = min(
            real, key=lambda row: 0.4 * (row[0] - place.lon) ** 2 + (row[1] - place.lat) ** 2
        )
        assert near[2] == place.ars[:2], place.name


def test_no_postcode_is_in_use(sample: World, register: list[dict[str, str]]) -> None:
    real = {row["postcode"] for row in register}

    assert not {place.postcode for place in sample.places.places} & real
