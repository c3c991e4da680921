import time

import pytest

from marketplace.search import synonyms
from marketplace.search.query import Query
from marketplace.search.service import SearchService
from marketplace.search.synonyms import Group
from marketplace.settings import Settings
from marketplace.transactions import Database
from tests.factories import OPERATOR, a_solution


@pytest.fixture
def database(fresh_engine):
    return Database.on(fresh_engine)


@pytest.fixture
def node_settings(tmp_path):
    """Settings of a node of the test's own."""
    return Settings(data_dir=tmp_path / "var")


def test_the_service_finds_what_was_written_and_stops(database, node_settings):
    service = SearchService.on(database, node_settings)
    service.start()
    with database.writing.begin() as session:
        key = a_solution(session, "PostLotse").id
    database.tell_change(session)

    until = time.monotonic() + 20
    found = None
    while time.monotonic() < until:
        with database.reading() as session:
            found = service.search(session, Query("PostLotse"))
        if not found.is_plain and found.answer.total:
            break
        time.sleep(0.05)
    service.stop()

    assert found is not None
    assert not found.is_plain
    assert [hit.id for hit in found.answer.hits] == [str(key)]


def test_without_an_engine_the_database_answers_and_says_so(database, tmp_path):
    service = SearchService.on(database, Settings(data_dir=tmp_path, embedded_search=False))

    with database.reading() as session:
        found = service.search(session, Query("PostLotse"))
        assert service.suggest(session, "post").solutions == []

    assert found.is_plain
    assert found.answer.total == 0


def test_without_an_index_the_database_answers(database, node_settings):
    service = SearchService.on(database, node_settings)

    with database.reading() as session:
        assert service.search(session, Query("PostLotse")).is_plain


def test_a_moderators_synonym_reaches_the_search(database, node_settings, monkeypatch):
    monkeypatch.setattr("marketplace.search.service.SYNONYMS_STAY", 0.0)
    service = SearchService.on(database, node_settings)
    with database.writing.begin() as session:
        a_solution(session, "Stadthausplan")
    service.catch_up()
    with database.reading() as session:
        assert service.search(session, Query("Rathaus", literal=True)).answer.total == 0

    with database.writing.begin() as session:
        synonyms.add(session, OPERATOR, Group("de", ["Rathaus", "Stadthaus"]))
    with database.reading() as session:
        assert service.search(session, Query("Rathaus", literal=True)).answer.total == 1
    service.stop()


def test_while_the_search_server_is_away_the_database_answers_and_says_so(database, node_settings):
    settings = node_settings.model_copy(update={"meilisearch_url": "http://127.0.0.1:9"})
    service = SearchService.on(database, settings)
    with database.writing.begin() as session:
        key = a_solution(session, "PostLotse").id
    service.catch_up()

    with database.reading() as session:
        found = service.search(session, Query("PostLotse"))
        assert service.suggest(session, "post").solutions == [str(key)]
    assert service.position() is None
    assert found.is_plain
    assert [hit.id for hit in found.answer.hits] == [str(key)]
    service.stop()
