"""Engines of the tests: one suite for both; the dictionary is derived once a run."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from marketplace import assets
from marketplace.search.analysis import Analysis
from marketplace.search.documents import Texts, analyzed
from marketplace.search.embedded import EmbeddedEngine
from marketplace.search.service import RunningEngine
from marketplace.search.synonyms import Thesaurus, starting_list
from tests.marketplace.search.meilisearch import server as servers
from tests.marketplace.search.meilisearch.engines import ENGINES, Meilisearch
from tests.marketplace.search.meilisearch.recording import Recording
from tests.marketplace.search.meilisearch.server import Server

EngineOf = Callable[[Sequence[Texts]], RunningEngine]
MakeEngine = Callable[[Thesaurus], RunningEngine]


@pytest.fixture(scope="session")
def stems() -> Path:
    """The folder that keeps what is derived from the installed dictionaries."""
    return assets.BUILT


@pytest.fixture(scope="session")
def analysis(stems: Path) -> Analysis:
    """The analysis with the installed dictionaries."""
    return Analysis.of_dictionaries(stems)


@pytest.fixture(scope="session")
def meilisearch_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server | None]:
    """A real server, or None where answers are replayed."""
    if not servers.is_real():
        yield None
        return
    with servers.running(tmp_path_factory.mktemp("meilisearch")) as server:
        yield server


@pytest.fixture(scope="session")
def recording(meilisearch_server: Server | None) -> Iterator[Recording]:
    """The recorded answers; written anew where a real server is recorded."""
    found = Recording.load()
    yield found
    if servers.RECORDS and meilisearch_server is not None:
        found.version = meilisearch_server.version
        found.day = datetime.now(UTC).date().isoformat()
        found.save()


@pytest.fixture
def meilisearch(
    request: pytest.FixtureRequest, meilisearch_server: Server | None, recording: Recording
) -> Iterator[Meilisearch]:
    """What a test needs of a Meilisearch server."""
    made = Meilisearch(request.node.nodeid.partition("search/")[2], meilisearch_server, recording)
    yield made
    made.close()


@pytest.fixture(params=ENGINES)
def make_engine(
    request: pytest.FixtureRequest, tmp_path: Path, analysis: Analysis
) -> Iterator[MakeEngine]:
    """Makes an engine without an index: every test runs on both kinds."""
    made: list[RunningEngine] = []

    def make(thesaurus: Thesaurus) -> RunningEngine:
        engine: RunningEngine
        if request.param == "embedded":
            engine = EmbeddedEngine(tmp_path / f"index{len(made)}", analysis, thesaurus)
        else:
            engine = request.getfixturevalue("meilisearch").engine(analysis, thesaurus)
        made.append(engine)
        return engine

    yield make
    for engine in made:
        engine.close()


@pytest.fixture
def engine_of(make_engine: MakeEngine, analysis: Analysis) -> EngineOf:
    """Builds an engine of these texts."""

    def build(texts: Sequence[Texts]) -> RunningEngine:
        engine = make_engine(Thesaurus.of(starting_list()))
        engine.rebuild([analyzed(text, analysis) for text in texts], 1)
        return engine

    return build
