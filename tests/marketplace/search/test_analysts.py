"""Whoever analyzes, the documents are the same."""

import os
import signal

import msgspec
import pytest

from marketplace.search.analysis import Analysis
from marketplace.search.analysts import Alone, Together, several
from marketplace.search.documents import SearchDocument, Texts, analyzed

TEXTS = [
    Texts(str(number), [("de", f"Abfallentsorgungsplanung {number}"), ("", "Müll-Bot")])
    for number in range(40)
]
ENCODED = [msgspec.json.encode(text) for text in TEXTS]


@pytest.fixture
def expected(analysis: Analysis) -> list[SearchDocument]:
    return [analyzed(text, analysis) for text in TEXTS]


def decoded(documents: object) -> list[SearchDocument]:
    return [msgspec.json.decode(one, type=SearchDocument) for one in documents]  # type: ignore[attr-defined]


def test_several_processes_make_what_one_makes(
    analysis: Analysis, expected: list[SearchDocument]
) -> None:
    with several(analysis, processes=2) as analyst:
        assert isinstance(analyst, Together)
        first, second = analyst.begin(ENCODED[:20]), analyst.begin(ENCODED[20:])

        assert decoded([*first(), *second()]) == expected


def test_on_one_core_no_process_is_started(
    analysis: Analysis, expected: list[SearchDocument]
) -> None:
    with several(analysis, processes=1) as analyst:
        assert isinstance(analyst, Alone)
        assert decoded(analyst.begin(ENCODED)()) == expected


def test_analysis_goes_on_alone_when_the_processes_are_killed(
    analysis: Analysis, expected: list[SearchDocument]
) -> None:
    with several(analysis, processes=2) as analyst:
        assert isinstance(analyst, Together)
        analyst.begin(ENCODED[:1])()
        for process in list(analyst.pool._processes):
            os.kill(process, signal.SIGKILL)

        assert decoded(analyst.begin(ENCODED)()) == expected
        assert decoded(analyst.begin(ENCODED)()) == expected
