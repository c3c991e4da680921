"""Search as the application holds it: the engine, what feeds it, and what answers without it."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import structlog
from sqlalchemy.orm import Session

from marketplace import assets
from marketplace.search import fallback, synonyms
from marketplace.search.analysis import Analysis
from marketplace.search.embedded import EmbeddedEngine
from marketplace.search.indexing import Follower
from marketplace.search.meilisearch import MeilisearchEngine
from marketplace.search.meilisearch_client import Client
from marketplace.search.query import Answer, Engine, EngineAway, Query, Suggestions
from marketplace.settings import Settings
from marketplace.transactions import Database

SYNONYMS_STAY = 20.0
"""Seconds until a moderator's change of the synonyms reaches every process."""

PATIENCE = 10.0
"""Seconds that stopping waits for the thread that writes the index."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Found:
    """An answer, and whether the engine was away and the database gave it."""

    answer: Answer
    is_plain: bool = False


class RunningEngine(Engine, Protocol):
    """An engine whose synonyms moderators keep, and which can be given up."""

    thesaurus: synonyms.Thesaurus

    def close(self) -> None:
        """Give up what the engine holds."""


@dataclass
class SearchService:
    """One for each process. Handlers search with it; one thread keeps the index in step."""

    database: Database
    engine: RunningEngine | None
    follower: Follower | None
    """Only where this process follows the feed."""
    _stopping: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    _synonyms: tuple[int, datetime | None] | None = None
    _synonyms_read: float = 0.0
    _on_new_words: list[Callable[[], None]] = field(default_factory=list)

    @classmethod
    def on(cls, database: Database, settings: Settings) -> "SearchService":
        """The service that the settings ask for; it does nothing until it is started."""
        if not (settings.embedded_search or settings.meilisearch_url):
            return cls(database, None, None)
        analysis = Analysis.of_dictionaries(assets.BUILT)
        engine = _engine(settings, analysis)
        follower = Follower(database.reading, database.writing, analysis, engine)
        return cls(database, engine, follower if settings.worker else None)

    def start(self) -> None:
        """Begin to follow the feed in a thread of its own."""
        if self.follower is None or self._thread is not None:
            return
        self.database.on_change.append(self.follower.ring)
        self._stopping.clear()
        self._thread = threading.Thread(
            target=self.follower.run, args=(self._stopping,), name="search", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """End the thread and give up the index, so that another process may write it."""
        self._stopping.set()
        if self._thread is not None and self.follower is not None:
            self.follower.ring()
            self._thread.join(PATIENCE)
            self._thread = None
        if self.engine is not None:
            self.engine.close()

    def catch_up(self) -> None:
        """Bring the index to the newest change now, unless another process writes it."""
        if self.follower is None:
            return
        try:
            self.follower.catch_up()
        except EngineAway as reason:
            log.debug("another process writes the index", reason=str(reason))

    def position(self) -> int | None:
        """How far the index has followed the feed; None without an index or while it is away."""
        if self.engine is None:
            return None
        try:
            return self.engine.position()
        except EngineAway as reason:
            log.debug("search engine is away", reason=str(reason))
            return None

    def tell_advance(self, tell: Callable[[], None]) -> None:
        """Have ``tell`` called when searches give other answers than before."""
        self._on_new_words.append(tell)
        if self.follower is not None:
            self.follower.on_advance.append(tell)

    def search(self, session: Session, query: Query) -> Found:
        """Answer a question, from the database if the engine is away."""
        if self.engine is None:
            return Found(fallback.search(session, query), is_plain=True)
        self._renew_synonyms(session, self.engine)
        try:
            return Found(self.engine.search(query))
        except EngineAway as reason:
            log.info("search engine is away", reason=str(reason))
            return Found(fallback.search(session, query), is_plain=True)

    def suggest(self, session: Session, beginning: str, limit: int = 8) -> Suggestions:
        """Go on with the beginning of a text."""
        if self.engine is None:
            return fallback.suggest(session, beginning, limit)
        try:
            return self.engine.suggest(beginning, limit)
        except EngineAway:
            return fallback.suggest(session, beginning, limit)

    def _renew_synonyms(self, session: Session, engine: RunningEngine) -> None:
        if self._synonyms is not None and time.monotonic() - self._synonyms_read < SYNONYMS_STAY:
            return
        current = synonyms.revision(session)
        if current != self._synonyms:
            engine.thesaurus = synonyms.thesaurus(session)
            for tell in self._on_new_words if self._synonyms is not None else ():
                tell()
        self._synonyms, self._synonyms_read = current, time.monotonic()


def _engine(settings: Settings, analysis: Analysis) -> RunningEngine:
    """The search server where the settings name one, else the index in the data folder."""
    if settings.meilisearch_url:
        client = Client(settings.meilisearch_url, settings.meilisearch_key.get_secret_value())
        return MeilisearchEngine(
            client, settings.meilisearch_prefix, analysis, synonyms.Thesaurus()
        )
    return EmbeddedEngine(settings.index_dir, analysis, synonyms.Thesaurus())
