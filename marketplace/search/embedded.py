"""The embedded engine: a tantivy index in a folder of this machine.

It follows the change feed and can be deleted at any time; it is built anew from the documents
stored beside the records. Any number of processes read it, one writes. How it is asked was
measured: look a word up first, match on one field without scores, count facets on that, rank only
the page that is shown.
"""

import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import tantivy

from marketplace.search import asking
from marketplace.search.analysis import ANALYSIS_VERSION, Analysis
from marketplace.search.documents import FACETS, FORM_SEPARATOR, SearchDocument
from marketplace.search.index_state import (
    STATE,
    State,
    WriterLock,
    read_state,
    remove_unnamed,
    write_state,
)
from marketplace.search.plan import plan
from marketplace.search.query import Answer, EngineAway, Progress, Query, Suggestions
from marketplace.search.schema import SCHEMA_VERSION, schema, stored
from marketplace.search.synonyms import Thesaurus
from marketplace.search.tokens import fold, words

REBUILD_MEMORY = 512_000_000
"""Bytes a rebuild collects before it writes a segment; few segments make fast searches."""

FOLLOW_MEMORY = 64_000_000

MOST_ANSWERS = 1_000
"""Answers that are remembered until the index changes."""

MOST_FORMS = 20_000
"""Words with the same beginning that are looked at for a correction."""


def fingerprint() -> str:
    """What an index was made with; an index with another one cannot be used."""
    return f"{version('tantivy')} {ANALYSIS_VERSION} {SCHEMA_VERSION} {' '.join(FACETS)}"


@dataclass(frozen=True)
class Reader:
    """One state of the index, as long as a search lasts."""

    fields: tantivy.Schema
    searcher: tantivy.Searcher
    languages: Sequence[str]

    def documents_with(self, term: str) -> int:
        """In how many documents the analyzed term occurs."""
        return int(self.searcher.doc_freq("all", term))

    def has_beginning(self, beginning: str) -> bool:
        """Whether any analyzed term begins so."""
        return bool(self.searcher.terms_with_prefix("all", beginning, limit=1))

    def documents_with_form(self, folded: str) -> int:
        """In how many documents the folded word occurs."""
        return int(self.searcher.doc_freq("folded", folded))

    def forms_beginning(self, beginning: str) -> Sequence[tuple[str, int]]:
        """Folded words that begin so, each with its number of documents."""
        found: Sequence[tuple[str, int]] = self.searcher.terms_with_prefix(
            "folded", beginning, limit=MOST_FORMS
        )
        return found

    def written(self, folded: str) -> str:
        """The folded word as most documents write it."""
        forms = self.searcher.terms_with_prefix("forms", folded + FORM_SEPARATOR, limit=20)
        if not forms:
            return folded
        form, _ = max(forms, key=lambda found: found[1])
        return str(form.partition(FORM_SEPARATOR)[2])


class EmbeddedEngine:
    """Search in a folder. The thesaurus may be replaced while it runs."""

    def __init__(
        self,
        folder: Path,
        analysis: Analysis,
        thesaurus: Thesaurus,
        *,
        most_answers: int = MOST_ANSWERS,
    ) -> None:
        self.folder = folder
        self.analysis = analysis
        self._thesaurus = thesaurus
        self._opening = threading.Lock()
        self._writing = threading.RLock()
        self.most_answers = most_answers
        self._answers: dict[tuple[object, ...], Answer] = {}
        self._seen: tuple[int, ...] = ()
        self._state: State | None = None
        self._index: tantivy.Index | None = None
        self._writer: Any = None
        self._writer_lock: WriterLock | None = None

    @property
    def thesaurus(self) -> Thesaurus:
        """The synonyms that questions are read with."""
        return self._thesaurus

    @thesaurus.setter
    def thesaurus(self, thesaurus: Thesaurus) -> None:
        self._thesaurus = thesaurus
        self._answers = {}

    def search(self, query: Query) -> Answer:
        """Answer a question. Raises ``EngineAway`` while there is no index."""
        reader = self._reader()
        asked = (self._seen, query.key)
        known = self._answers.get(asked)
        if known is None:
            reading = plan(query.text, self.analysis, self.thesaurus, reader, literal=query.literal)
            known = asking.answer(query, reading, reader)
            if len(self._answers) >= self.most_answers:
                self._answers.clear()
            if self.most_answers:
                self._answers[asked] = known
        return known

    def suggest(self, beginning: str, limit: int = 8) -> Suggestions:
        """Solutions whose names go on so, and words; nothing before the second character."""
        found = [fold(word) for word in words(beginning)]
        if not found or len("".join(found)) < 2:
            return Suggestions()
        return asking.suggestions(found, self._reader(), limit)

    def apply(
        self, documents: Sequence[SearchDocument], deletions: Sequence[str], position: int
    ) -> None:
        """Store and delete, then remember ``position``. Raises ``EngineAway`` without an index."""
        with self._writing:
            self._take_writer()
            state = self._state
            if state is None or self._index is None:
                raise EngineAway("There is no index yet; rebuild it.")
            for gone in (*deletions, *(document.id for document in documents)):
                # By term on the raw key: on a numeric field this deletes nothing and says nothing.
                self._writer.delete_documents_by_term("key", gone)
            fields = self._index.schema
            for document in documents:
                self._writer.add_document(stored(document, fields))
            if documents or deletions:
                self._writer.commit()
            self._remember(state.generation, position, documents, state.languages)

    def rebuild(
        self,
        documents: Iterable[SearchDocument],
        position: int,
        progress: Progress | None = None,
    ) -> None:
        """Build a new generation beside the current one, then swap."""
        with self._writing:
            self._take_lock()
            generation = f"generation-{time.time_ns():x}"
            path = self.folder / generation
            path.mkdir(parents=True)
            fields = schema()
            index = tantivy.Index(fields, path=str(path))
            writer = index.writer(REBUILD_MEMORY, 1)
            languages: set[str] = set()
            for number, document in enumerate(documents, 1):
                writer.add_document(stored(document, fields))
                languages.update(document.languages)
                if progress is not None and number % 1000 == 0:
                    progress(number)
            writer.commit()
            writer.wait_merging_threads()
            self._writer = None
            self._remember(generation, position, (), sorted(languages))
            remove_unnamed(self.folder, generation)

    def position(self) -> int | None:
        """The serial of the last change applied; None if the index must be built anew."""
        try:
            self._reader()
        except EngineAway:
            return None
        return self._state.position if self._state is not None else None

    def count(self) -> int:
        """How many documents the index holds."""
        return int(self._reader().searcher.num_docs)

    def close(self) -> None:
        """Give up writing; reading goes on."""
        with self._writing:
            self._writer = None
            if self._writer_lock is not None:
                self._writer_lock.release()
                self._writer_lock = None

    def _take_lock(self) -> None:
        if self._writer_lock is None:
            self._writer_lock = WriterLock(self.folder)
            state = read_state(self.folder)
            remove_unnamed(self.folder, state.generation if state else None)

    def _take_writer(self) -> None:
        self._take_lock()
        self._refresh()
        if self._writer is None and self._index is not None:
            self._writer = self._index.writer(FOLLOW_MEMORY, 1)

    def _remember(
        self,
        generation: str,
        position: int,
        documents: Sequence[SearchDocument],
        languages: Sequence[str],
    ) -> None:
        every = {*languages, *(code for document in documents for code in document.languages)}
        write_state(self.folder, State(generation, position, sorted(every), fingerprint()))
        self._refresh()

    def _reader(self) -> Reader:
        self._refresh()
        index, state = self._index, self._state
        if index is None or state is None:
            raise EngineAway("There is no search index yet.")
        return Reader(index.schema, index.searcher(), state.languages)

    def _refresh(self) -> None:
        """Open what another thread or process has written since the last search."""
        try:
            stat = (self.folder / STATE).stat()
        except FileNotFoundError:
            self._index, self._state, self._seen = None, None, ()
            return
        seen = (stat.st_ino, stat.st_mtime_ns)
        if seen == self._seen:
            return
        with self._opening:
            state = read_state(self.folder)
            if state is None or state.fingerprint != fingerprint():
                return
            if self._state is None or self._state.generation != state.generation:
                self._index = _opened(self.folder / state.generation)
            elif self._index is not None:
                self._index.reload()
            self._state, self._seen = state, seen


def _opened(path: Path) -> tantivy.Index:
    try:
        index = tantivy.Index.open(str(path))
    except ValueError as error:
        raise EngineAway("The search index cannot be read; rebuild it.") from error
    index.config_reader("manual")
    index.reload()
    return index
