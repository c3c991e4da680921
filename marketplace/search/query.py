"""The question and the answer, as values, and what an engine must be able to do.

Two engines answer the same question: the embedded one (``embedded``) and, for nodes with many
hosts, a search server. Pages, API and command line know only this module.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from marketplace.search.documents import FACETS, SearchDocument

LONGEST_TEXT = 400
"""Characters of a question that are read; the rest is cut off."""

LARGEST_PAGE = 200
"""Hits that one answer holds at most."""

DEEPEST_HIT = 10_000
"""Nobody reads further; whoever needs everything takes the export."""


class Sort(StrEnum):
    """In which order the hits come."""

    RELEVANCE = "relevance"
    MOST_USED = "most_used"
    RECENTLY_CONFIRMED = "recently_confirmed"
    NAME = "name"


@dataclass(frozen=True)
class Like:
    """A municipality by what makes others similar: Land and size class, either may be unknown."""

    state: str = ""
    size_class: str = ""


@dataclass(frozen=True)
class Query:
    """What somebody looks for. Raises ``ValueError`` for a facet that does not exist."""

    text: str = ""
    filters: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Values by facet: any of a facet's values, and all of the facets."""
    sort: Sort = Sort.RELEVANCE
    page: int = 1
    size: int = 20
    language: str = "de"
    """The reader's; a slight preference in the order of suggestions, never a filter."""
    literal: bool = False
    """Search for the words exactly as typed, without correcting any."""
    like: Like | None = None
    """Solutions in use at municipalities like this one come first."""
    facets: Sequence[str] = FACETS
    """The facets to count."""

    def __post_init__(self) -> None:
        unknown = {*self.filters, *self.facets}.difference(FACETS)
        if unknown:
            raise ValueError(f"There is no facet {', '.join(sorted(unknown))}.")
        object.__setattr__(self, "text", self.text[:LONGEST_TEXT].strip())
        object.__setattr__(self, "filters", {k: v for k, v in self.filters.items() if v})
        object.__setattr__(self, "size", min(max(self.size, 1), LARGEST_PAGE))
        object.__setattr__(self, "page", min(max(self.page, 1), DEEPEST_HIT // self.size))

    @property
    def key(self) -> tuple[object, ...]:
        """What makes two questions the same."""
        filters = frozenset(self.filters.items())
        return (
            *(self.text, filters, self.sort, self.page, self.size, self.language),
            *(self.literal, self.like, tuple(self.facets)),
        )

    def without(self, facet: str) -> Mapping[str, frozenset[str]]:
        """The filters except the one on ``facet``."""
        return {name: values for name, values in self.filters.items() if name != facet}


@dataclass(frozen=True)
class Hit:
    """One solution found."""

    id: str
    score: float
    partial: bool = False
    """Whether it holds only some of the words; such hits fill up a short list."""


Facets = Mapping[str, Mapping[str, int]]
"""For each facet its values with the number of hits, most hits first."""


@dataclass(frozen=True)
class Loosened:
    """What dropping one filter would give."""

    facet: str
    values: frozenset[str]
    total: int


@dataclass(frozen=True)
class Answer:
    """What was found."""

    hits: Sequence[Hit] = ()
    total: int = 0
    """Hits that hold all words and meet all filters, or any word if ``relaxed``."""
    facets: Facets = field(default_factory=dict)
    page: int = 1
    """The page answered: the last one, if the question asked for one beyond."""
    corrected: str | None = None
    """The text that was searched for instead, if a word had no hit and a similar one has."""
    relaxed: bool = False
    """No record holds all words, so these hold some of them."""
    costliest: Loosened | None = None
    """If filters leave nothing: the filter whose removal gives most."""


@dataclass(frozen=True)
class Suggestions:
    """How a beginning of a text may go on."""

    solutions: Sequence[str] = ()
    """Ids of solutions whose names go on so."""
    words: Sequence[str] = ()
    """Words of the node's records, most frequent first."""


class EngineAway(Exception):
    """The engine cannot answer now; ``fallback`` can."""


Progress = Callable[[int], None]
"""Called with the number of documents done so far."""


class Engine(Protocol):
    """What every search engine does. Raises ``EngineAway`` when it cannot."""

    def search(self, query: Query) -> Answer:
        """Answer a question."""

    def suggest(self, beginning: str, limit: int = 8) -> Suggestions:
        """Go on with the beginning of a text of at least two characters."""

    def apply(
        self, documents: Sequence[SearchDocument], deletions: Sequence[str], position: int
    ) -> None:
        """Store and delete documents; then remember ``position`` in the change feed.

        Applying the same again changes nothing.
        """

    def rebuild(
        self,
        documents: Iterable[SearchDocument],
        position: int,
        progress: Progress | None = None,
    ) -> None:
        """Replace everything by ``documents``, beside the old content until it is done."""

    def position(self) -> int | None:
        """The serial of the last change applied; None if everything must be built anew."""

    def count(self) -> int:
        """How many documents the engine holds."""
