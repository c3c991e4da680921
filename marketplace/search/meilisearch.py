"""The engine for nodes with many hosts: a Meilisearch server that all of them ask.

It answers the same questions from the same analyzed documents as the embedded engine. The index can
be deleted at any time; it is built anew beside the old one and swapped in. Any process with a key
that may search can read; following the feed needs a key that may also write (see
``meilisearch_keys``). Several processes may follow at once: what is applied twice changes nothing,
and position and records change together.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from msgspec import Struct

from marketplace.search import meilisearch_asking as asking
from marketplace.search import meilisearch_filters as conditions
from marketplace.search.analysis import Analysis
from marketplace.search.best_fields import spoken
from marketplace.search.documents import SearchDocument
from marketplace.search.meilisearch_answers import Index, Indexes
from marketplace.search.meilisearch_client import (
    LARGEST_SENDING,
    MOST_WAITING,
    Client,
    ServerRefused,
    in_portions,
)
from marketplace.search.meilisearch_settings import (
    META,
    SEARCHABLE,
    SETTINGS,
    Meta,
    fingerprint,
    stored,
    stored_meta,
)
from marketplace.search.meilisearch_vocabulary import Looking, Lookups, Remembered
from marketplace.search.plan import plan
from marketplace.search.query import Answer, EngineAway, Progress, Query, Suggestions
from marketplace.search.synonyms import Thesaurus
from marketplace.search.tokens import fold, words

STATE_STAYS = 1.0
"""Seconds until a process sees what another one has written."""

MOST_ANSWERS = 1_000
"""Answers that are remembered until the index changes."""

LEFTOVER = 3600.0
"""Seconds after which an unfinished index that nobody writes to any more is removed."""

NO_INDEX = frozenset({"index_not_found", "invalid_search_filter"})
"""What a server says of an index that is gone or was never set up."""


class Notes(Struct, frozen=True):
    """What a search for the note on the index' state finds."""

    hits: list[Meta]


@dataclass
class _Counted:
    """Documents on their way, and what is known of them when all have passed."""

    documents: Iterable[SearchDocument]
    progress: Progress | None = None
    number: int = 0
    languages: set[str] = field(default_factory=set)
    lengths: Counter[str] = field(default_factory=Counter)

    def __iter__(self) -> Iterator[SearchDocument]:
        for document in self.documents:
            self.number += 1
            self.languages.update(document.languages)
            for name in SEARCHABLE.values():
                self.lengths[name] += len(getattr(document, name).split())
            yield document
            if self.progress is not None and self.number % 1000 == 0:
                self.progress(self.number)

    def meta(self, position: int, generation: str) -> Meta:
        """The note on an index that holds them."""
        languages = sorted(self.languages)
        return Meta(position, fingerprint(), languages, generation, self.number, dict(self.lengths))


@dataclass
class _Seen:
    """One state of the index and what is remembered of it."""

    meta: Meta
    read_at: float
    words: Remembered = field(default_factory=Remembered)
    answers: dict[tuple[object, ...], Answer] = field(default_factory=dict)


class MeilisearchEngine:
    """Search in an index of a server. The thesaurus may be replaced while it runs."""

    def __init__(
        self,
        client: Client,
        prefix: str,
        analysis: Analysis,
        thesaurus: Thesaurus,
        *,
        state_stays: float = STATE_STAYS,
        generation: Callable[[], str] = lambda: f"{time.time_ns():x}",
    ) -> None:
        self.client = client
        self.index = f"{prefix}-solutions"
        self.analysis = analysis
        self._thesaurus = thesaurus
        self._state_stays = state_stays
        self._generation = generation
        self._writing = threading.RLock()
        self._seen: _Seen | None = None

    @property
    def thesaurus(self) -> Thesaurus:
        """The synonyms that questions are read with."""
        return self._thesaurus

    @thesaurus.setter
    def thesaurus(self, thesaurus: Thesaurus) -> None:
        self._thesaurus = thesaurus
        if self._seen is not None:
            self._seen.answers.clear()

    def search(self, query: Query) -> Answer:
        """Answer a question. Raises ``EngineAway`` while there is no index or no server."""
        seen = self._state()
        known = seen.answers.get(query.key)
        if known is None:
            known = self._answer(query, seen)
            if len(seen.answers) >= MOST_ANSWERS:
                seen.answers.clear()
            seen.answers[query.key] = known
        return known

    def _answer(self, query: Query, seen: _Seen) -> Answer:
        lookups = Lookups(self.client, self.index, seen.words)

        def read(vocabulary: Looking) -> asking.Read:
            reading = plan(
                query.text, self.analysis, self.thesaurus, vocabulary, literal=query.literal
            )
            return asking.Read(reading, spoken(reading, vocabulary), vocabulary)

        found = lookups.settled(seen.meta.languages, read)
        return asking.answer(query, found, lookups, seen.meta.usual_lengths)

    def suggest(self, beginning: str, limit: int = 8) -> Suggestions:
        """Solutions whose names go on so, and words; nothing before the second character."""
        found = [fold(word) for word in words(beginning)]
        if not found or len("".join(found)) < 2:
            return Suggestions()
        lookups = Lookups(self.client, self.index, self._state().words)
        return asking.suggestions(found, lookups, limit)

    def apply(
        self, documents: Sequence[SearchDocument], deletions: Sequence[str], position: int
    ) -> None:
        """Store and delete, then remember ``position``. Raises ``EngineAway`` without an index."""
        with self._writing:
            meta = self._read_meta()
            if meta is None:
                raise EngineAway("There is no index yet; rebuild it.")
            if deletions:
                self.client.run(
                    "POST", f"/indexes/{self.index}/documents/delete-batch", list(deletions)
                )
            counted = _Counted(
                documents,
                number=meta.written,
                languages=set(meta.languages),
                lengths=Counter(meta.lengths),
            )
            encoded = [*map(stored, counted)]
            new = counted.meta(position, meta.generation)
            # The note goes last: who is killed before it repeats what came before.
            self._send(self.index, (*encoded, stored_meta(new)))
            self._seen = _Seen(new, time.monotonic())

    def rebuild(
        self,
        documents: Iterable[SearchDocument],
        position: int,
        progress: Progress | None = None,
    ) -> None:
        """Build a new index beside the current one, then swap the two."""
        with self._writing:
            self._remove_leftovers()
            generation = self._generation()
            following = f"{self.index}-next-{generation}"
            self.client.run("POST", "/indexes", {"uid": following, "primaryKey": "id"})
            self.client.run("PATCH", f"/indexes/{following}/settings", SETTINGS)
            counted = _Counted(documents, progress)
            self._send(following, map(stored, counted))
            held = self._count(following)
            if held != counted.number:
                raise EngineAway(f"The server took {held} of {counted.number} documents.")
            new = counted.meta(position, generation)
            self._send(following, [stored_meta(new)])
            self._swap(following, new)
            self._seen = _Seen(new, time.monotonic())

    def position(self) -> int | None:
        """The serial of the last change applied; None if the index must be built anew.

        Raises ``EngineAway`` if the server cannot say.
        """
        seen = self._fresh()
        return seen.meta.position if seen is not None else None

    def count(self) -> int:
        """How many documents the index holds."""
        return self._count(self.index)

    def close(self) -> None:
        """Give up the connections."""
        self.client.close()

    def _count(self, index: str) -> int:
        return Lookups(self.client, index, Remembered()).counts([conditions.RECORDS])[0]

    def _send(self, index: str, encoded: Iterable[bytes]) -> None:
        """Store documents; never more than a few requests ahead of the server."""
        waiting: list[int] = []
        for portion in in_portions(encoded, LARGEST_SENDING):
            if len(waiting) >= MOST_WAITING:
                self.client.wait(waiting.pop(0))
            waiting.append(self.client.send(f"/indexes/{index}/documents?primaryKey=id", portion))
        for number in waiting:
            self.client.wait(number)

    def _swap(self, following: str, new: Meta) -> None:
        try:
            self.client.ask(Index, f"/indexes/{self.index}")
        except ServerRefused as refused:
            if refused.code != "index_not_found":
                raise
            self.client.run("POST", "/indexes", {"uid": self.index, "primaryKey": "id"})
        self.client.start("POST", "/swap-indexes", [{"indexes": [self.index, following]}])
        # The server shows a swap to nobody whose key is bound to indexes, so we look at the index.
        self.client.until(lambda: self._read_meta() == new, "The search server did not swap.")
        self.client.run("DELETE", f"/indexes/{following}")

    def _remove_leftovers(self) -> None:
        """Delete what a rebuild that was killed has left, unless another host still writes it."""
        for one in self.client.ask(Indexes, "/indexes?limit=1000").results:
            if one.uid.startswith(f"{self.index}-next-") and one.age > LEFTOVER:
                self.client.run("DELETE", f"/indexes/{one.uid}")

    def _state(self) -> _Seen:
        seen = self._fresh()
        if seen is None:
            raise EngineAway("There is no search index yet.")
        return seen

    def _fresh(self) -> _Seen | None:
        """The state of the index, at most a moment old."""
        seen, now = self._seen, time.monotonic()
        if seen is not None and now - seen.read_at < self._state_stays:
            return seen
        meta = self._read_meta()
        if meta is None:
            self._seen = None
        elif seen is not None and seen.meta == meta:
            seen.read_at = now
        else:
            self._seen = _Seen(meta, now)
        return self._seen

    def _read_meta(self) -> Meta | None:
        try:
            found = self.client.ask(
                Notes, f"/indexes/{self.index}/search", {"filter": f'kind = "{META}"', "limit": 1}
            )
        except ServerRefused as refused:
            if refused.code in NO_INDEX:
                return None
            raise
        for meta in found.hits:
            if meta.fingerprint == fingerprint():
                return meta
        return None
