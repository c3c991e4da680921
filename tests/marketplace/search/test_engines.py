"""What every search engine does: the same records, the same questions, the same answers."""

import random
from datetime import date

import pytest

from marketplace.search.documents import Texts, analyzed
from marketplace.search.query import Engine, EngineAway, Like, Query, Sort
from marketplace.search.synonyms import Thesaurus
from tests.marketplace.search.records import (
    COUNTED,
    HOLES,
    POST,
    TREES,
    WASTE,
    a_text,
    assert_counted,
)

FILTERED = {
    "phase": ["idea", "pilot", "live"],
    "technology": ["ml", "llm", "rules"],
    "land": ["05", "09"],
}


def names(engine: Engine, text: str, *known: Texts, **asked: object) -> list[str]:
    by_id = {one.id: one.title[0][1] for one in known}
    return [by_id[hit.id] for hit in engine.search(Query(text, **asked)).hits]  # type: ignore[arg-type]


@pytest.fixture
def four(engine_of):
    return engine_of([POST, WASTE, TREES, HOLES])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Entsorgung", WASTE),
        ("Planung Entsorgung", WASTE),
        ("Muellabfuhr", WASTE),
        ("Baum", TREES),
        ("kranker Baum", TREES),
        ("pothole", HOLES),
        ("detecting potholes", HOLES),
        ("Brief", POST),
        ("Postein", POST),
    ],
)
def test_forms_parts_and_beginnings_find_the_record(four, text, found):
    assert names(four, text, POST, WASTE, TREES, HOLES)[0] == found.title[0][1]


def test_a_typo_is_corrected_as_written_and_there_is_a_way_back(four):
    corrected = four.search(Query("Postenigang sortieren"))
    literal = four.search(Query("Postenigang sortieren", literal=True))

    assert corrected.corrected == "Posteingang sortieren"
    assert [hit.id for hit in corrected.hits] == [POST.id]
    assert literal.corrected is None
    assert literal.relaxed


def test_a_word_that_exists_is_never_corrected(engine_of):
    engine = engine_of([a_text("Kamel"), *(a_text(f"Kanal {n}") for n in range(9))])

    assert engine.search(Query("Kamel")).corrected is None


def test_the_exact_name_comes_first(engine_of):
    plain = a_text("Klartext", "Anders.")
    loud = a_text(
        "Klartext Klartext Plus", "Klartext, Klartext und nochmals Klartext.", adopters=90
    )
    engine = engine_of([loud, plain])

    assert names(engine, "klartext", loud, plain)[0] == "Klartext"


def test_a_product_is_found_by_what_it_replaces(engine_of):
    lotse = a_text("PostLotse", "Ordnet Post.")
    record = Texts(id=lotse.id, title=lotse.title, summary=[*lotse.summary, ("", "Outlook-Regeln")])
    engine = engine_of([record, TREES])

    assert [hit.id for hit in engine.search(Query("outlook regeln")).hits] == [lotse.id]


def test_quotes_ask_for_the_words_in_their_order(four):
    assert four.search(Query("„kranke Bäume“")).total == 1
    assert four.search(Query('"Bäume kranke"')).total == 0


def test_a_record_without_all_words_is_shown_as_partial(four):
    answer = four.search(Query("Bäume potholes"))

    assert answer.relaxed
    assert {hit.id for hit in answer.hits} == {TREES.id, HOLES.id}

    filled = four.search(Query("kranke Bäume"))
    assert [(hit.id, hit.partial) for hit in filled.hits] == [(TREES.id, False)]


def test_of_records_with_some_words_those_with_the_rare_and_repeated_ones_come_first(engine_of):
    common = [a_text(f"Amt {number}", "Ein Amt.") for number in range(20)]
    rare = a_text("Zebra", "Ein Streifen.")
    twice = a_text("Streifen", "Streifen an Streifen, und noch ein Streifen.")
    engine = engine_of([*common, rare, twice])

    found = engine.search(Query("Amt Zebra Streifen"))
    assert found.relaxed
    assert {hit.id for hit in found.hits[:2]} == {rare.id, twice.id}
    assert names(engine, "Streifen Amt Giraffe", rare, twice, *common)[0] == "Streifen"


def test_similar_municipalities_come_first_among_records_with_some_words_too(engine_of):
    records = [
        a_text("Baum 1", adopters=50, alike=["09|5"]),
        a_text("Baum 2", adopters=1, alike=["05|3"]),
        a_text("Bank 3", adopters=20, alike=["05|1"]),
        a_text("Bank 4", adopters=90),
    ]
    engine = engine_of(records)

    assert names(engine, "Baum Bank", *records, like=Like("05", "3"))[:2] == ["Baum 2", "Bank 3"]


def test_a_short_list_is_filled_up_with_partial_hits(engine_of):
    both, one = a_text("Baum und Bank"), a_text("Bank")
    answer = engine_of([both, one]).search(Query("Baum Bank"))

    assert answer.total == 1
    assert [(hit.id, hit.partial) for hit in answer.hits] == [(both.id, False), (one.id, True)]


def test_nothing_found_names_the_costliest_filter(engine_of):
    records = [
        a_text("Baum 1", facets={"phase": ["pilot"], "license": ["free"]}),
        a_text("Baum 2", facets={"phase": ["pilot"], "license": ["free"]}),
        a_text("Baum 3", facets={"phase": ["idea"], "license": ["commercial"]}),
    ]
    filters = {"phase": frozenset({"idea"}), "license": frozenset({"free"})}
    answer = engine_of(records).search(Query("Baum", filters=filters))

    assert answer.total == 0
    assert answer.costliest is not None
    assert (answer.costliest.facet, answer.costliest.total) == ("phase", 2)


def test_a_page_beyond_the_end_is_the_last_page(engine_of):
    engine = engine_of([a_text(f"Baum {number}") for number in range(25)])
    answer = engine.search(Query("Baum", page=9, size=10))

    assert (answer.page, len(answer.hits), answer.total) == (3, 5, 25)


def test_records_can_be_sorted(engine_of):
    records = [
        a_text("Baum C", adopters=1, confirmed=date(2026, 5, 1)),
        a_text("Baum A", adopters=9, confirmed=date(2024, 5, 1)),
        a_text("Baum B", adopters=3),
    ]
    engine = engine_of(records)

    def order(sort: Sort, text: str = "Baum") -> str:
        return "".join(name[-1] for name in names(engine, text, *records, sort=sort))

    assert order(Sort.NAME) == "ABC"
    assert order(Sort.MOST_USED) == "ABC"
    assert order(Sort.RECENTLY_CONFIRMED) == "CAB"
    assert order(Sort.RELEVANCE) == "ABC"
    assert order(Sort.RELEVANCE, "") == "ABC"
    assert order(Sort.RELEVANCE, "Bau") == "ABC"


def test_without_words_the_most_used_of_the_filtered_come_first(engine_of):
    records = [a_text(f"Baum {n}", adopters=n, facets={"phase": ["pilot"]}) for n in (1, 9, 3)]
    filters = {"phase": frozenset({"pilot"})}

    assert names(engine_of(records), "", *records, filters=filters) == [
        "Baum 9",
        "Baum 3",
        "Baum 1",
    ]


def test_solutions_of_similar_municipalities_come_first(engine_of):
    records = [
        a_text("Baum 1", adopters=50, alike=["09|5"]),
        a_text("Baum 2", adopters=1, alike=["05|3"]),
        a_text("Baum 3", adopters=20, alike=["05|1"]),
    ]
    found = names(engine_of(records), "Baum", *records, like=Like("05", "3"))

    assert found == ["Baum 2", "Baum 3", "Baum 1"]


def test_suggestions_go_on_with_names_and_words(four):
    found = four.suggest("post")

    assert found.solutions == [POST.id]
    assert found.words == ["Posteingang"]
    assert four.suggest("posteingang s").solutions == [POST.id]
    assert four.suggest("Muell").words == ["Müllabfuhr"]
    assert four.suggest("p").words == ()


def test_facets_count_what_a_plain_count_counts(engine_of):
    chance = random.Random(7)  # noqa: S311 - the same cases every time
    texts = [
        a_text(
            f"{chance.choice(('Baum', 'Kanal', 'Baumkanal'))} {number}",
            facets={
                "phase": chance.choice((["idea"], ["pilot"], ["live"], [])),
                "technology": chance.sample(["ml", "llm", "rules"], chance.randrange(4)),
                "license": [chance.choice(("free", "commercial"))],
                "land": chance.sample(["05", "09", "14"], chance.randrange(4)),
            },
        )
        for number in range(80)
    ]
    engine = engine_of(texts)
    for _ in range(40):
        filters = {
            facet: frozenset(chance.sample(values, chance.randint(1, 2)))
            for facet, values in FILTERED.items()
            if chance.random() < 0.5
        }
        question = Query("Baum", filters=filters, facets=COUNTED)
        assert_counted(engine.search(question), texts, filters)


def test_values_of_filters_are_never_read_as_conditions(four):
    for value in ('"', "\\", '\\"', '" OR kind = "record', "'", "]", "live AND x", "ä\n", "1"):
        filters = {"phase": frozenset({value})}
        assert four.search(Query("Baum", filters=filters)).total == 0


def test_updating_500_records_leaves_their_number_unchanged(engine_of, analysis):
    texts = [a_text(f"Baum {number}") for number in range(600)]
    engine = engine_of(texts)

    changed = [a_text(f"Baum {number}", "neue Fassung") for number in range(500)]
    engine.apply([analyzed(one, analysis) for one in changed], [], 2)

    assert engine.count() == 600
    assert engine.search(Query("Fassung")).total == 500
    assert engine.position() == 2


def test_applying_twice_and_deleting_what_is_gone_changes_nothing(four, analysis):
    document = analyzed(a_text("Neu"), analysis)
    for _ in range(2):
        four.apply([document], [TREES.id], 7)

    assert four.count() == 4
    assert four.search(Query("Baumblick", literal=True)).total == 0


def test_a_repeated_question_is_answered_from_memory_until_something_changes(four, analysis):
    first = four.search(Query("Baum"))
    assert four.search(Query("Baum")) is first

    four.apply([analyzed(a_text("Baum"), analysis)], [], 2)
    assert four.search(Query("Baum")).total == 2


def test_an_unknown_facet_is_refused():
    with pytest.raises(ValueError, match="no facet nonsense"):
        Query("Baum", filters={"nonsense": frozenset({"x"})})


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        '"',
        '""',
        "„“",
        "(",
        "a" * 5000,
        "AND OR NOT",
        "*:*",
        "title:x",
        "\x00",
        "😀",
        "-",
        "der die",
    ],
)
def test_any_text_is_answered(four, text):
    four.search(Query(text))
    four.suggest(text)


def test_without_an_index_the_engine_is_away(make_engine):
    engine = make_engine(Thesaurus())

    assert engine.position() is None
    with pytest.raises(EngineAway):
        engine.search(Query("Baum"))
    with pytest.raises(EngineAway):
        engine.apply([], [POST.id], 4)


def test_a_rebuild_answers_all_the_while(four, analysis):
    totals = []

    def documents():
        for text in (POST, WASTE):
            totals.append(four.search(Query("")).total)
            yield analyzed(text, analysis)

    four.rebuild(documents(), 9)

    assert totals == [4, 4]
    assert (four.count(), four.position()) == (2, 9)
    assert four.search(Query("Baum", literal=True)).total == 0
