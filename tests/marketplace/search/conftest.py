"""Engines of the tests; the dictionary is derived once a run."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from marketplace.search.analysis import Analysis
from marketplace.search.documents import Texts, analyzed
from marketplace.search.embedded import EmbeddedEngine
from marketplace.search.synonyms import Thesaurus, starting_list

EngineOf = Callable[[Sequence[Texts]], EmbeddedEngine]


@pytest.fixture(scope="session")
def stems(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that keeps what is derived from the installed dictionaries."""
    return tmp_path_factory.mktemp("stems")


@pytest.fixture(scope="session")
def analysis(stems: Path) -> Analysis:
    """The analysis with the installed dictionaries."""
    return Analysis.of_dictionaries(stems)


@pytest.fixture
def engine_of(tmp_path: Path, analysis: Analysis) -> Iterator[EngineOf]:
    """Builds an engine of these texts."""
    made: list[EmbeddedEngine] = []

    def build(texts: Sequence[Texts]) -> EmbeddedEngine:
        folder = tmp_path / f"index{len(made)}"
        engine = EmbeddedEngine(folder, analysis, Thesaurus.of(starting_list()))
        engine.rebuild([analyzed(text, analysis) for text in texts], 1)
        made.append(engine)
        return engine

    yield build
    for engine in made:
        engine.close()
