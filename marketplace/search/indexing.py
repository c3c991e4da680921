"""Following the change feed: from changed records to stored documents to the index.

Two readers with a position each. The first analyzes what changed and stores it beside the records;
document and position commit together. The second brings one index forward; its position is written
after its commit, and what is applied twice changes nothing. Whoever is killed in between repeats a
little and ends in the same state.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from catalog import changes
from marketplace.bulk import rare_collections
from marketplace.search import analysts, stored
from marketplace.search.analysis import Analysis
from marketplace.search.analysts import Analyst
from marketplace.search.documents import SearchDocument
from marketplace.search.query import Engine, EngineAway, Progress

COLLECT = 0.05
"""Seconds to wait after a change for more of them, so that one commit takes them all."""

POLL = 2.0
"""Seconds after which the feed is read even if nobody rang; other processes cannot ring."""

PAUSE_AFTER_TROUBLE = 5.0

CHANGES_A_COMMIT = 2_000

MANY_CHANGES = 10_000
"""From this many on, starting processes for the analysis costs less than it saves."""

CHANGES_A_BULK = 4_000
"""Changes of one transaction then: solution and uses written together are read once."""

log = structlog.get_logger(__name__)


@dataclass
class Follower:
    """Keeps stored documents and one engine in step with the records."""

    reading: sessionmaker[Session]
    writing: sessionmaker[Session]
    analysis: Analysis
    engine: Engine
    on_advance: list[Callable[[], None]] = field(default_factory=list)
    """Told when the index has come forward."""
    _bell: threading.Event = field(default_factory=threading.Event)
    _checked: bool = False

    def ring(self) -> None:
        """Say that something changed."""
        self._bell.set()

    def run(self, stop: threading.Event) -> None:
        """Follow until ``stop``; trouble with database or index is logged and tried again."""
        while not stop.is_set():
            pause = POLL
            try:
                self.catch_up()
            except EngineAway as reason:
                log.info("search index is not ours to write", reason=str(reason))
                pause = PAUSE_AFTER_TROUBLE
            except (SQLAlchemyError, OSError, ValueError) as trouble:
                log.warning("search index fell behind", trouble=str(trouble))
                pause = PAUSE_AFTER_TROUBLE
            if self._bell.wait(pause):
                self._bell.clear()
                stop.wait(COLLECT)

    def catch_up(self, progress: Progress | None = None) -> None:
        """Bring documents and index to the newest change; build the index anew if in doubt."""
        self.store_documents(progress)
        if self._must_build():
            self.rebuild(progress)
        while self._advance():
            pass
        self._checked = self._checked or self._is_complete()
        if not self._checked:
            self.rebuild(progress)
            self._checked = True

    def store_documents(self, progress: Progress | None = None) -> None:
        """Analyze and store everything that changed, in several processes if that is much."""
        behind = self._documents_are_behind()
        if behind >= MANY_CHANGES:
            with analysts.several(self.analysis) as analyst, rare_collections():
                self._store(progress, CHANGES_A_BULK, analyst)
        elif behind:
            self._store(progress, stored.BATCH, analysts.Alone(self.analysis))

    def _store(self, progress: Progress | None, limit: int, analyst: Analyst) -> None:
        done = 0
        while self._documents_are_behind():
            with self.writing.begin() as session:
                done += stored.follow(session, self.analysis, limit, analyst)
            if progress is not None:
                progress(done)

    def rebuild(self, progress: Progress | None = None) -> None:
        """Build the index anew from the stored documents, beside the old one."""
        with self.reading() as session, rare_collections():
            serial = stored.position(session)
            self.engine.rebuild(stored.every(session), serial, progress)
        log.info("search index built", documents=self.engine.count(), serial=serial)

    def _documents_are_behind(self) -> int:
        """By how many serials."""
        with self.reading() as session:
            return max(changes.last_serial(session) - stored.position(session), 0)

    def _must_build(self) -> bool:
        position = self.engine.position()
        with self.reading() as session:
            # An index that is ahead follows another database, such as the one before a restore.
            return position is None or position > stored.position(session)

    def _advance(self) -> bool:
        """Apply the next portion of changes; whether there was one."""
        position = self.engine.position()
        if position is None:
            return False
        with self.reading() as session:
            until = stored.position(session)
            seen = [
                change
                for change in changes.after(session, position, CHANGES_A_COMMIT)
                if change.serial <= until
            ]
            ids = stored.touched(session, seen)
            documents = stored.by_ids(session, ids)
        if not seen:
            return False
        gone = [str(key) for key in ids if key not in documents]
        self.engine.apply(_in_order(ids, documents), gone, seen[-1].serial)
        for tell in self.on_advance if ids else ():
            tell()
        return True

    def _is_complete(self) -> bool:
        with self.reading() as session:
            if stored.position(session) != self.engine.position():
                return True  # More has happened meanwhile; the next round compares again.
            return stored.count(session) == self.engine.count()


def _in_order(ids: list[UUID], documents: dict[UUID, SearchDocument]) -> list[SearchDocument]:
    return [documents[key] for key in ids if key in documents]
