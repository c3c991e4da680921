"""Whether the right solutions come first: questions of six classes with graded answers."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import mean

import pytest

from marketplace.search.analysis import Analysis
from marketplace.search.documents import analyzed
from marketplace.search.embedded import EmbeddedEngine
from marketplace.search.query import Query
from marketplace.search.synonyms import Thesaurus, starting_list
from tests.marketplace.search import judged_corpus

FORM_CLASSES = ("exact", "compound_part", "typo", "umlaut", "inflection")
DEPTH = 10


def gain(grades: Sequence[int]) -> float:
    """Discounted cumulative gain of the first ten grades."""
    return sum((2**grade - 1) / math.log2(at + 2) for at, grade in enumerate(grades[:DEPTH]))


def ndcg(found: Sequence[str], right: Mapping[str, int]) -> float:
    """1 if the best come first in the best order, 0 if nothing right is among the first ten."""
    best = gain(sorted(right.values(), reverse=True))
    return gain([right.get(name, 0) for name in found]) / best


@pytest.fixture(scope="module")
def scores(
    analysis: Analysis, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, float]]:
    """nDCG@10 of every question by class."""
    corpus = judged_corpus.everything()
    names = {texts.id: name for name, texts in corpus.items()}
    folder = tmp_path_factory.mktemp("judged")
    engine = EmbeddedEngine(folder, analysis, Thesaurus.of(starting_list()))
    engine.rebuild([analyzed(texts, analysis) for texts in corpus.values()], 1)
    engine.close()
    return {
        kind: {
            text: ndcg([names[hit.id] for hit in engine.search(Query(text)).hits], right)
            for text, right in questions
        }
        for kind, questions in judged_corpus.judgments().items()
    }
