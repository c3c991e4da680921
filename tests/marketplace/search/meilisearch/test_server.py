"""What only a search server needs: generations, rights, interruptions, several hosts."""

import httpx
import msgspec
import pytest

from marketplace.search import meilisearch_sums
from marketplace.search.documents import analyzed
from marketplace.search.meilisearch import MeilisearchEngine
from marketplace.search.meilisearch_client import Client, ServerRefused, TaskFailed
from marketplace.search.meilisearch_settings import META, SEARCHABLE, SETTINGS, Meta
from marketplace.search.query import EngineAway, Query
from marketplace.search.synonyms import Group, Thesaurus
from tests.marketplace.search.meilisearch.engines import FOREVER, PREFIX
from tests.marketplace.search.records import HOLES, POST, TREES, WASTE, a_text

INDEX = f"{PREFIX}-solutions"


@pytest.fixture
def engine(meilisearch, analysis):
    made = meilisearch.engine(analysis, Thesaurus())
    made.rebuild([analyzed(text, analysis) for text in (POST, WASTE, TREES, HOLES)], 1)
    return made


def uids(client: Client) -> list[str]:
    listed = client.ask(dict, "/indexes?limit=1000")["results"]
    return [one["uid"] for one in listed if one["uid"].startswith(f"{PREFIX}-")]


class Interrupted(Exception):
    """The process was killed here."""


class Breaking(httpx.BaseTransport):
    """Passes so many writing requests on, then fails like a process that is killed."""

    def __init__(self, inner: httpx.BaseTransport, writes: int) -> None:
        self.inner, self.left = inner, writes

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        reads = request.method == "GET" or request.url.path.endswith("search")
        if not reads:
            if not self.left:
                raise Interrupted
            self.left -= 1
        return self.inner.handle_request(request)


def interrupted(engine: MeilisearchEngine, writes: int, meilisearch) -> MeilisearchEngine:
    """The same engine in a process that will be killed after so many writing requests."""
    client = meilisearch.client(engine.client.key, lambda inner: Breaking(inner, writes))
    return MeilisearchEngine(
        client, PREFIX, engine.analysis, Thesaurus(), generation=lambda: f"broken{writes}"
    )


@pytest.mark.usefixtures("engine")
def test_settings_stand_on_the_server_as_in_the_code(meilisearch):
    held = meilisearch.master.ask(dict, f"/indexes/{INDEX}/settings")

    for name, wanted in SETTINGS.items():
        if name == "typoTolerance":
            assert held[name]["enabled"] is False
        elif name == "faceting":
            assert held[name]["maxValuesPerFacet"] == wanted["maxValuesPerFacet"]
        else:
            assert held[name] == wanted


@pytest.mark.usefixtures("engine")
def test_nothing_leaves_the_server_but_what_the_order_is_made_from(meilisearch):
    found = meilisearch.master.ask(dict, f"/indexes/{INDEX}/search", {"filter": 'kind = "record"'})

    assert len(found["hits"]) == 4
    assert {name for hit in found["hits"] for name in hit} == {"id", "alike", *SEARCHABLE}


def test_a_rebuild_leaves_one_index(engine, meilisearch, analysis):
    engine.rebuild([analyzed(POST, analysis)], 2)

    assert uids(meilisearch.master) == [INDEX]
    assert (engine.count(), engine.position()) == (1, 2)


@pytest.mark.parametrize("writes", range(7))
def test_a_rebuild_that_is_killed_leaves_the_old_or_the_new_index(
    engine, meilisearch, analysis, writes, monkeypatch
):
    broken = interrupted(engine, writes, meilisearch)
    documents = [analyzed(POST, analysis), analyzed(WASTE, analysis)]
    try:
        broken.rebuild(documents, 9)
        state = "whole"
    except Interrupted:
        state = "killed"
    other = meilisearch.engine(analysis, Thesaurus())

    assert (other.position(), other.count()) in {(1, 4), (9, 2)}
    assert state == "killed" or other.position() == 9
    monkeypatch.setattr("marketplace.search.meilisearch.LEFTOVER", -FOREVER)
    other.rebuild(documents, 10)
    assert (other.position(), other.count()) == (10, 2)
    assert uids(meilisearch.master) == [INDEX]


@pytest.mark.parametrize("writes", [0, 1])
def test_an_apply_that_is_killed_is_repeated(engine, meilisearch, analysis, writes):
    new = analyzed(a_text("Neu"), analysis)
    with pytest.raises(Interrupted):
        interrupted(engine, writes, meilisearch).apply([new], [TREES.id], 2)

    other = meilisearch.engine(analysis, Thesaurus())
    assert other.position() == 1
    other.apply([new], [TREES.id], 2)
    assert (other.position(), other.count()) == (2, 4)


@pytest.mark.usefixtures("engine")
def test_an_index_that_is_lost_must_be_built_anew(meilisearch, analysis):
    meilisearch.master.run("DELETE", f"/indexes/{INDEX}")
    other = meilisearch.engine(analysis, Thesaurus())

    assert other.position() is None
    with pytest.raises(EngineAway):
        other.apply([analyzed(POST, analysis)], [], 2)
    assert uids(meilisearch.master) == []
    other.rebuild([analyzed(POST, analysis)], 2)
    assert (other.count(), other.position()) == (1, 2)


def test_an_index_without_our_settings_must_be_built_anew(meilisearch, analysis):
    meilisearch.master.run("POST", "/indexes", {"uid": INDEX, "primaryKey": "id"})

    assert meilisearch.engine(analysis, Thesaurus()).position() is None


@pytest.mark.usefixtures("engine")
def test_an_index_of_another_version_must_be_built_anew(meilisearch, analysis, monkeypatch):
    monkeypatch.setattr("marketplace.search.meilisearch.fingerprint", lambda: "newer")

    other = meilisearch.engine(analysis, Thesaurus())
    assert other.position() is None
    with pytest.raises(EngineAway):
        other.search(Query("Baum"))


def test_a_note_that_says_less_than_ours_means_another_version(engine, meilisearch, analysis):
    less = msgspec.json.encode({"id": META, "kind": META, "position": 1, "fingerprint": "older"})
    engine.client.wait(engine.client.send(f"/indexes/{INDEX}/documents?primaryKey=id", [less]))

    assert meilisearch.engine(analysis, Thesaurus()).position() is None


def test_other_hosts_see_what_one_has_written(engine, meilisearch, analysis):
    other = meilisearch.engine(analysis, Thesaurus(), reads_only=True, state_stays=0.0)
    assert other.search(Query("Baum")).total == 1

    engine.apply([analyzed(a_text("Baum"), analysis)], [], 2)

    assert other.search(Query("Baum")).total == 2
    assert other.position() == 2


@pytest.mark.usefixtures("engine")
def test_the_reading_key_may_only_search(meilisearch, analysis):
    reader = meilisearch.engine(analysis, Thesaurus(), reads_only=True)

    assert reader.search(Query("Posteingang")).total == 1
    assert reader.suggest("post").solutions == [POST.id]
    with pytest.raises(ServerRefused, match="invalid_api_key"):
        reader.apply([], [POST.id], 2)


def test_the_following_key_is_bound_to_its_indexes(engine):
    with pytest.raises(ServerRefused, match="invalid_api_key"):
        engine.client.run("POST", "/indexes", {"uid": "foreign", "primaryKey": "id"})
    with pytest.raises(ServerRefused, match="invalid_api_key"):
        engine.client.ask(dict, "/keys")


def test_a_failed_task_says_why(engine):
    with pytest.raises(TaskFailed) as failed:
        engine.client.wait(
            engine.client.send(f"/indexes/{INDEX}/documents?primaryKey=id", [b'{"id":"no id!"}'])
        )

    assert failed.value.code == "invalid_document_id"
    assert "no id!" in str(failed.value)


def test_a_wrong_key_makes_the_engine_away_and_is_not_told(meilisearch, analysis):
    client = meilisearch.client("wrong-key-of-nobody")
    engine = MeilisearchEngine(client, PREFIX, analysis, Thesaurus())

    with pytest.raises(EngineAway) as refused:
        engine.search(Query("Baum"))
    assert "wrong-key" not in str(refused.value)
    assert "wrong-key" not in repr(client)


def test_the_usual_lengths_follow_what_is_written(meilisearch, analysis):
    engine = meilisearch.engine(analysis, Thesaurus())
    engine.rebuild([analyzed(a_text("Baum", "Ein Ast."), analysis)], 1)
    engine.apply([analyzed(a_text("Baum und Strauch", "Ast."), analysis)], [], 2)

    noted = meilisearch.master.ask(dict, f"/indexes/{INDEX}/search", {"filter": 'kind = "meta"'})
    meta = msgspec.convert(noted["hits"][0], Meta)
    assert meta.usual_lengths == {"title": 2.0, "summary": 1.5, "organization": 1.0, "body": 1.0}


def test_records_with_some_words_stand_on_one_page_each(engine, analysis, monkeypatch):
    monkeypatch.setattr(meilisearch_sums, "BEST_OF_A_WORD", 5)
    monkeypatch.setattr(meilisearch_sums, "MOST_CANDIDATES", 3)
    texts = [a_text(f"{'Baum' if number % 2 else 'Kanal'} {number}") for number in range(16)]
    engine.rebuild([analyzed(text, analysis) for text in texts], 2)

    pages = [engine.search(Query("Baum Kanal", page=page, size=4)) for page in (1, 2, 3, 4)]

    assert all(page.relaxed and page.total == 16 for page in pages)
    found = [hit.id for page in pages for hit in page.hits]
    assert sorted(found) == sorted(text.id for text in texts)


def test_many_documents_go_in_portions(engine, analysis, monkeypatch):
    monkeypatch.setattr("marketplace.search.meilisearch.LARGEST_SENDING", 3_000)
    engine.rebuild((analyzed(a_text(f"Baum {number}"), analysis) for number in range(60)), 3)

    assert engine.count() == 60
    assert engine.search(Query("Baum")).total == 60


def test_a_new_synonym_needs_no_new_index(engine):
    assert engine.search(Query("Schlaglochsucher", literal=True)).total == 0

    engine.thesaurus = Thesaurus.of([Group("en", ["potholes", "schlaglochsucher"])])

    assert engine.search(Query("Schlaglochsucher", literal=True)).total == 1
