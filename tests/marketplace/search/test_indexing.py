import os
import random
import signal
import subprocess
import sys
import threading
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from catalog import adoptions, changes, code_lists, database, solutions, taxonomy
from catalog.adoptions import Stage, Use
from catalog.database import session_factory
from marketplace.search import fallback, solution_texts, stored
from marketplace.search.analysis import Analysis
from marketplace.search.documents import NOT_STATED, OWN, analyzed
from marketplace.search.embedded import EmbeddedEngine
from marketplace.search.indexing import Follower
from marketplace.search.query import Query, Sort
from marketplace.search.stored import StoredDocument
from marketplace.search.synonyms import Thesaurus
from tests.factories import OPERATOR, a_city, a_record, a_solution

WRITER = Path(__file__).parent / "killed_writer.py"


@pytest.fixture(autouse=True)
def steady_ids(monkeypatch):
    """The same ids in every run, so that recorded answers fit."""
    chance = random.Random(7)  # noqa: S311 - no secrets here
    monkeypatch.setattr(database.secrets, "randbits", chance.getrandbits)
    monkeypatch.setattr(database._ids, "last", (4_000_000_000_000, 0), raising=False)


@pytest.fixture
def node(fresh_engine, make_engine, analysis):
    """A database with a follower of its feed, not yet started, for both kinds of engine."""
    return Follower(
        session_factory(fresh_engine, writes=False),
        session_factory(fresh_engine, writes=True),
        analysis,
        make_engine(Thesaurus()),
    )


@pytest.fixture
def embedded_node(fresh_engine, tmp_path, analysis):
    """The same with the embedded engine."""
    engine = EmbeddedEngine(tmp_path / "index", analysis, Thesaurus())
    follower = Follower(
        session_factory(fresh_engine, writes=False),
        session_factory(fresh_engine, writes=True),
        analysis,
        engine,
    )
    yield follower
    engine.close()


def found(node: Follower, text: str) -> list[str]:
    return [hit.id for hit in node.engine.search(Query(text, literal=True)).hits]


def test_what_is_published_revised_and_withdrawn_is_found_so(node):
    with node.writing.begin() as session:
        solution = a_solution(session, "PostLotse")
        key = solution.id
    node.catch_up()
    assert found(node, "PostLotse") == [str(key)]

    with node.writing.begin() as session:
        solution = solutions.by_id(session, key)
        solutions.revise(session, OPERATOR, solution, a_record("Briefkompass"))
    node.catch_up()
    assert (found(node, "PostLotse"), found(node, "Briefkompass")) == ([], [str(key)])

    with node.writing.begin() as session:
        solutions.withdraw(session, OPERATOR, solutions.by_id(session, key), reason="Alt")
    node.catch_up()
    assert node.engine.count() == 0
    with node.reading() as session:
        assert stored.count(session) == 0
        assert node.engine.position() == changes.last_serial(session)


def test_a_new_use_counts_at_once(node):
    with node.writing.begin() as session:
        solution, city = a_solution(session, "PostLotse"), a_city(session, "Stadt Rabenfels")
        use = Use(Stage.LIVE, since=solution.created_at.date())
        adoptions.declare(session, OPERATOR, solution, city, use, today=use.since)
    node.catch_up()

    answer = node.engine.search(Query("Rabenfels"))
    assert [hit.id for hit in answer.hits] == [str(solution.id)]
    assert answer.facets["land"] == {"05": 1}


def test_a_draft_is_not_found(node):
    with node.writing.begin() as session:
        solutions.draft(session, OPERATOR, a_city(session), a_record("Geheimsache"))
    node.catch_up()

    assert node.engine.count() == 0


def test_documents_that_did_not_change_are_not_analyzed_again(embedded_node):
    node = embedded_node
    with node.writing.begin() as session:
        key = a_solution(session, "PostLotse").id
    node.store_documents()
    with node.reading() as session:
        before = session.get(StoredDocument, key)

    with node.writing.begin() as session:
        changes.record(session, OPERATOR, "confirmed", "solution", key)
        stored.refresh(session, Analysis({}), [key])
        after = session.get(StoredDocument, key)

    assert before is not None
    assert after is not None
    assert after.document == before.document


def test_an_index_that_lost_records_is_built_anew(node, analysis):
    with node.writing.begin() as session:
        for number in range(3):
            a_solution(session, f"Baum {number}")
    node.catch_up()
    node.engine.apply([], [node.engine.search(Query("Baum")).hits[0].id], node.engine.position())
    assert node.engine.count() == 2

    again = Follower(node.reading, node.writing, analysis, node.engine)
    again.catch_up()

    assert node.engine.count() == 3


def test_an_index_ahead_of_its_database_is_built_anew(node, analysis):
    with node.writing.begin() as session:
        a_solution(session, "PostLotse")
    node.catch_up()
    node.engine.apply([], [], 10_000)

    Follower(node.reading, node.writing, analysis, node.engine).catch_up()

    with node.reading() as session:
        assert node.engine.position() == changes.last_serial(session)


def test_the_loop_follows_when_it_is_rung(embedded_node):
    node = embedded_node
    stop = threading.Event()
    thread = threading.Thread(target=node.run, args=(stop,))
    thread.start()
    try:
        with node.writing.begin() as session:
            key = a_solution(session, "PostLotse").id
        node.ring()
        for _ in range(200):
            if node.engine.position() and found(node, "PostLotse"):
                break
            stop.wait(0.05)
        assert found(node, "PostLotse") == [str(key)]
    finally:
        stop.set()
        node.ring()
        thread.join(10)


def test_fifty_documents_take_as_many_statements_as_one(session, engine):
    ids = [a_solution(session, f"Baum {number}").id for number in range(50)]
    session.flush()
    session.expire_all()
    statements: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        solution_texts.of(session, ids[:1])
        one = len(statements)
        assert len(solution_texts.of(session, ids)) == 50
        assert len(statements) == 2 * one
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_a_document_says_what_is_not_stated_and_whose_it_is(session):
    solution = a_solution(session, "PostLotse", technology=["rules"], keywords=["Poststelle"])
    (texts,) = solution_texts.of(session, [solution.id])

    assert texts.facets["technology"] == ["rules"]
    assert texts.facets["phase"] == [NOT_STATED]
    assert texts.facets["license"] == [NOT_STATED]
    assert texts.facets["origin"] == [OWN]
    assert ("de", "Poststelle") in texts.summary
    assert ("en", "Rules") in [(code, text.split(" ")[0]) for code, text in texts.body] or any(
        code == "en" for code, _ in texts.body
    )


def test_a_killed_worker_leaves_index_and_database_equal(fresh_engine, tmp_path, analysis, stems):
    """Kill the follower with SIGKILL at many moments while records change."""
    url = fresh_engine.url.render_as_string(hide_password=False)
    folder = tmp_path / "index"
    writing = session_factory(fresh_engine, writes=True)
    with writing.begin() as session:
        keys = [a_solution(session, f"Baum {number}").id for number in range(25)]
    for round_number in range(4):
        process = subprocess.Popen(  # noqa: S603 - our own script
            [sys.executable, str(WRITER), url, str(folder), str(stems)],
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])},
        )
        assert process.stdout is not None
        process.stdout.readline()
        for number, key in enumerate(keys):
            with writing.begin() as session:
                solution = solutions.by_id(session, key)
                record = a_record(f"Kanal {number} Fassung {round_number}")
                solutions.revise(session, OPERATOR, solution, record)
            if number == 7 * round_number:
                process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()

    engine = EmbeddedEngine(folder, analysis, Thesaurus())
    follower = Follower(session_factory(fresh_engine, writes=False), writing, analysis, engine)
    follower.catch_up()
    _assert_equal(follower, keys, analysis)
    engine.close()


def _assert_equal(follower: Follower, keys: list[UUID], analysis: Analysis) -> None:
    with follower.reading() as session:
        fresh = {text.id: analyzed(text, analysis) for text in solution_texts.of(session, keys)}
        kept = {one.id: one for one in session.scalars(select(StoredDocument.document))}
        assert kept == fresh
        assert follower.engine.position() == changes.last_serial(session)
    assert follower.engine.count() == len(keys)
    assert follower.engine.search(Query('"Fassung 3"')).total == len(keys)
    assert follower.engine.search(Query('"Fassung 2"')).total == 0


def _stored(session: Session, analysis: Analysis, ids: list[UUID]) -> None:
    stored.refresh(session, analysis, ids)
    session.flush()


def test_the_database_answers_while_the_engine_is_away(session, analysis):
    tree = a_solution(session, "Baumblick", phase="pilot", summary={"de": "Prüft Bäume."})
    other = a_solution(session, "Kanalauge", summary={"de": "Prüft Kanäle."})
    _stored(session, analysis, [tree.id, other.id])

    assert [hit.id for hit in fallback.search(session, Query("Baeume")).hits] == [str(tree.id)]
    both = fallback.search(session, Query("prüfen", sort=Sort.NAME, facets=("phase",)))
    assert [hit.id for hit in both.hits] == [str(tree.id), str(other.id)]
    assert both.facets == {"phase": {NOT_STATED: 1, "pilot": 1}}
    none = fallback.search(session, Query("Kanal", filters={"phase": frozenset({"pilot"})}))
    assert (none.total, none.costliest and none.costliest.total) == (0, 1)
    assert fallback.suggest(session, "baum").solutions == [str(tree.id)]


def test_the_database_takes_wildcards_for_no_words(session, analysis):
    _stored(session, analysis, [a_solution(session, "Baumblick").id])

    assert fallback.search(session, Query("%_%")).total == 1
    assert fallback.search(session, Query("B%k")).total == 1
    assert fallback.search(session, Query("xyz%")).total == 0


def test_a_code_is_found_by_its_present_label(session: Session) -> None:
    try:
        before = solution_texts.labels("task", "minutes")
        code_lists.describe(
            session, OPERATOR, "task", "minutes",
            label={"de": "Stöbern", "en": "Browsing"}, words=["Schnüffeln"],
        )  # fmt: skip
        assert code_lists.renew(session)

        now = solution_texts.labels("task", "minutes")
    finally:
        taxonomy.use_own((), (0, None))

    assert before
    assert set(now) == {("de", "Stöbern"), ("en", "Browsing"), ("de", "Schnüffeln")}
    assert solution_texts.labels("task", "minutes") == before
