"""Whether the right solutions come first: questions of six classes with graded answers."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from statistics import mean

import pytest

from marketplace.search.analysis import Analysis
from marketplace.search.documents import analyzed
from marketplace.search.embedded import EmbeddedEngine
from marketplace.search.query import Query
from marketplace.search.service import RunningEngine
from marketplace.search.synonyms import Thesaurus, starting_list
from tests.marketplace.search import judged_corpus
from tests.marketplace.search.meilisearch.engines import ENGINES, Meilisearch
from tests.marketplace.search.meilisearch.recording import Recording
from tests.marketplace.search.meilisearch.server import Server

FORM_CLASSES = ("exact", "compound_part", "typo", "umlaut", "inflection")
DEPTH = 10

PROBLEM_FLOOR = 0.60


def gain(grades: Sequence[int]) -> float:
    """Discounted cumulative gain of the first ten grades."""
    return sum((2**grade - 1) / math.log2(at + 2) for at, grade in enumerate(grades[:DEPTH]))


def ndcg(found: Sequence[str], right: Mapping[str, int]) -> float:
    """1 if the best come first in the best order, 0 if nothing right is among the first ten."""
    best = gain(sorted(right.values(), reverse=True))
    return gain([right.get(name, 0) for name in found]) / best


@pytest.fixture(scope="module", params=ENGINES)
def engine(
    request: pytest.FixtureRequest,
    analysis: Analysis,
    tmp_path_factory: pytest.TempPathFactory,
    meilisearch_server: Server | None,
    recording: Recording,
) -> Iterator[RunningEngine]:
    """Each kind of engine, with the judged corpus."""
    thesaurus = Thesaurus.of(starting_list())
    documents = [analyzed(texts, analysis) for texts in judged_corpus.everything().values()]
    if request.param == "embedded":
        embedded = EmbeddedEngine(tmp_path_factory.mktemp("judged"), analysis, thesaurus)
        embedded.rebuild(documents, 1)
        yield embedded
        embedded.close()
        return
    meilisearch = Meilisearch("relevance", meilisearch_server, recording)
    served = meilisearch.engine(analysis, thesaurus)
    served.rebuild(documents, 1)
    yield served
    meilisearch.close()


@pytest.fixture(scope="module")
def scores(engine: RunningEngine) -> dict[str, dict[str, float]]:
    """nDCG@10 of every question by class."""
    names = {texts.id: name for name, texts in judged_corpus.everything().items()}
    return {
        kind: {
            text: ndcg([names[hit.id] for hit in engine.search(Query(text)).hits], right)
            for text, right in questions
        }
        for kind, questions in judged_corpus.judgments().items()
    }


def test_the_judged_set_is_large_enough_and_names_only_records_that_exist():
    questions = [said for listed in judged_corpus.judgments().values() for said in listed]
    known = judged_corpus.everything()

    assert len(questions) >= 60
    assert {name for _, right in questions for name in right} <= set(known)


def test_questions_about_forms_reach_their_floors(
    engine: RunningEngine,
    scores: dict[str, dict[str, float]],
    record_property: Callable[[str, object], None],
):
    means = {kind: mean(by_question.values()) for kind, by_question in scores.items()}
    forms = mean(means[kind] for kind in FORM_CLASSES)
    shown = "  ".join(f"{kind} {value:.3f}" for kind, value in means.items())
    name = type(engine).__name__
    record_property("figures", f"{name} nDCG@10: {shown}  five forms {forms:.3f}")

    assert forms >= 0.90
    assert min(means[kind] for kind in FORM_CLASSES) >= 0.85


def test_problems_in_their_own_words_reach_their_floor(
    scores: dict[str, dict[str, float]],
):
    assert mean(scores["problem"].values()) >= PROBLEM_FLOOR
