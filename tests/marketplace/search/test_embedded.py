from collections import Counter
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.search.analysis import Analysis
from marketplace.search.documents import Texts, analyzed
from marketplace.search.embedded import EmbeddedEngine
from marketplace.search.index_state import STATE, read_state
from marketplace.search.query import EngineAway, Like, Query, Sort
from marketplace.search.synonyms import Thesaurus
from tests.marketplace.search.judged_corpus import identity


def a_text(name: str, summary: str = "", *, language: str = "de", **fields: object) -> Texts:
    return Texts(
        id=identity(name),
        title=[(language, name)],
        summary=[(language, summary)],
        **fields,  # type: ignore[arg-type]
    )


POST = a_text("Posteingang sortieren", "Verteilt Briefe an die Ämter.")
WASTE = a_text("Tonnentour", "Hilft der Abfallentsorgungsplanung und der Müllabfuhr.")
TREES = a_text("Baumblick", "Erkennt kranke Bäume auf Luftbildern.")
HOLES = a_text("Pothole Finder", "Detects potholes on city roads.", language="en")


def names(engine: EmbeddedEngine, text: str, *known: Texts, **asked: object) -> list[str]:
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


VALUES = {
    "phase": st.sampled_from([["idea"], ["pilot"], ["live"], []]),
    "technology": st.lists(st.sampled_from(["ml", "llm", "rules"]), unique=True),
    "license": st.sampled_from([["free"], ["commercial"]]),
    "land": st.lists(st.sampled_from(["05", "09", "14"]), unique=True),
}
RECORDS = st.lists(
    st.tuples(st.sampled_from(["Baum", "Kanal", "Baumkanal"]), st.fixed_dictionaries(VALUES)),
    min_size=1,
    max_size=12,
)
FILTERS = st.fixed_dictionaries(
    {},
    optional={
        "phase": st.frozensets(st.sampled_from(["idea", "pilot", "live"]), min_size=1),
        "technology": st.frozensets(st.sampled_from(["ml", "llm", "rules"]), min_size=1),
        "land": st.frozensets(st.sampled_from(["05", "09"]), min_size=1),
    },
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(records=RECORDS, filters=FILTERS)
def test_facets_count_what_a_plain_count_counts(engine_of, records, filters):
    texts = [a_text(f"{word} {n}", facets=f) for n, (word, f) in enumerate(records)]
    facets = tuple(VALUES)
    answer = engine_of(texts).search(Query("Baum", filters=filters, facets=facets))
    holding = [one for one in texts if "Baum" in one.title[0][1]]

    def meets(one: Texts, but: str = "") -> bool:
        return all(set(one.facets[f]) & v for f, v in filters.items() if f != but)

    assert answer.total == sum(meets(one) for one in holding)
    for facet in facets:
        right = Counter(v for one in holding if meets(one, facet) for v in one.facets[facet])
        assert answer.facets[facet] == right


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


def test_a_second_process_reads_and_may_not_write(four, analysis):
    other = EmbeddedEngine(four.folder, analysis, Thesaurus())
    assert other.count() == 4

    four.apply([analyzed(a_text("Neu"), analysis)], [], 3)
    assert other.count() == 5
    with pytest.raises(EngineAway):
        other.apply([], [POST.id], 4)

    four.close()
    other.apply([], [POST.id], 4)
    assert four.count() == 4
    other.close()


def test_a_rebuild_answers_all_the_while_and_leaves_one_generation(four, analysis):
    totals = []

    def documents():
        for text in (POST, WASTE):
            totals.append(four.search(Query("")).total)
            yield analyzed(text, analysis)

    four.rebuild(documents(), 9)

    assert totals == [4, 4]
    assert (four.count(), four.position()) == (2, 9)
    assert len(list(four.folder.glob("generation-*"))) == 1


def test_without_a_usable_index_the_engine_is_away(tmp_path, analysis: Analysis):
    engine = EmbeddedEngine(tmp_path, analysis, Thesaurus())

    assert engine.position() is None
    with pytest.raises(EngineAway):
        engine.search(Query("Baum"))


@pytest.mark.parametrize("pattern", ["state.json", "generation-*/meta.json"])
def test_an_index_that_lost_its_files_must_be_built_anew(four, analysis, pattern):
    four.close()
    for path in four.folder.glob(pattern):
        path.unlink()

    other = EmbeddedEngine(four.folder, analysis, Thesaurus())
    assert other.position() is None
    other.rebuild([analyzed(POST, analysis)], 5)
    assert (other.count(), other.position()) == (1, 5)
    other.close()


def test_a_repeated_question_is_answered_from_memory_until_something_changes(four, analysis):
    first = four.search(Query("Baum"))
    assert four.search(Query("Baum")) is first

    four.apply([analyzed(a_text("Baum"), analysis)], [], 2)
    assert four.search(Query("Baum")).total == 2


def test_an_index_of_another_version_must_be_built_anew(four, analysis):
    state = (four.folder / STATE).read_text()
    assert read_state(four.folder) is not None
    (four.folder / STATE).write_text(state.replace('"fingerprint":"', '"fingerprint":"older '))

    other = EmbeddedEngine(four.folder, analysis, Thesaurus())
    assert other.position() is None
    with pytest.raises(EngineAway):
        other.search(Query("Baum"))


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
