"""The feed: serials in commit order, nothing missed, nothing noted that did not happen."""

import threading
from uuid import uuid4

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from catalog import changes
from catalog.database import session_factory
from catalog.permissions import Actor

WRITERS, EACH = 6, 170
OPERATOR = Actor.operator()


def test_a_cursor_reader_misses_none_of_a_thousand_changes_by_six_writers(
    fresh_engine: Engine,
) -> None:
    writing = session_factory(fresh_engine, writes=True)
    reading = session_factory(fresh_engine, writes=False)
    seen: list[int] = []
    done = threading.Event()

    def write() -> None:
        for _ in range(EACH):
            with writing.begin() as session:
                changes.record(session, OPERATOR, "tried", "test", uuid4())

    def read() -> None:
        cursor = 0
        while True:
            finished = done.is_set()
            with reading() as session:
                portion = changes.after(session, cursor, 50)
            seen.extend(change.serial for change in portion)
            cursor = seen[-1] if seen else 0
            if finished and not portion:
                return

    writers = [threading.Thread(target=write) for _ in range(WRITERS)]
    reader = threading.Thread(target=read)
    reader.start()
    for thread in writers:
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    reader.join()

    with reading() as session:
        written = [change.serial for change in changes.after(session, 0, 10_000)]
    assert len(written) == WRITERS * EACH
    assert seen == written


def test_a_rolled_back_transaction_leaves_no_change(session: Session) -> None:
    changes.record(session, OPERATOR, "tried", "test", uuid4())
    session.rollback()
    session.commit()

    assert changes.after(session, 0) == []


def test_a_rolled_back_savepoint_takes_back_only_its_own(session: Session) -> None:
    changes.record(session, OPERATOR, "before", "test", uuid4())
    savepoint = session.begin_nested()
    changes.record(session, OPERATOR, "inside", "test", uuid4())
    savepoint.rollback()
    changes.record(session, OPERATOR, "behind", "test", uuid4())
    session.commit()

    assert [change.verb for change in changes.after(session, 0)] == ["before", "behind"]


def test_a_change_that_is_not_public_stays_out_of_the_public_feed(session: Session) -> None:
    changes.record(session, OPERATOR, "drafted", "solution", uuid4(), public=False)
    changes.record(session, OPERATOR, "published", "solution", uuid4())
    session.commit()

    public = changes.after(session, 0, public_only=True)
    assert [change.verb for change in public] == ["published"]
    assert changes.last_serial(session) == public[-1].serial
