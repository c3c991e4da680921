import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.search.analysis import Analysis
from marketplace.search.documents import analyzed
from marketplace.search.embedded import EmbeddedEngine
from marketplace.search.index_state import STATE, read_state
from marketplace.search.query import EngineAway, Query
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


@pytest.fixture
def four(tmp_path, analysis):
    engine = EmbeddedEngine(tmp_path / "index", analysis, Thesaurus())
    engine.rebuild([analyzed(text, analysis) for text in (POST, WASTE, TREES, HOLES)], 1)
    yield engine
    engine.close()


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
def test_facets_count_what_a_plain_count_counts(analysis, tmp_path_factory, records, filters):
    texts = [a_text(f"{word} {n}", facets=f) for n, (word, f) in enumerate(records)]
    engine = EmbeddedEngine(tmp_path_factory.mktemp("facets"), analysis, Thesaurus())
    engine.rebuild([analyzed(text, analysis) for text in texts], 1)
    answer = engine.search(Query("Baum", filters=filters, facets=COUNTED))
    engine.close()

    assert_counted(answer, texts, filters)


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


def test_an_index_of_another_version_must_be_built_anew(four, analysis):
    state = (four.folder / STATE).read_text()
    assert read_state(four.folder) is not None
    (four.folder / STATE).write_text(state.replace('"fingerprint":"', '"fingerprint":"older '))

    other = EmbeddedEngine(four.folder, analysis, Thesaurus())
    assert other.position() is None
    with pytest.raises(EngineAway):
        other.search(Query("Baum"))
