"""The words of an index that is asked over a network.

Reading a question looks up dozens of words one after the other. Over the network that would make
every question slow, so a look-up that is not remembered is guessed and noted; when the question has
been read, everything noted is asked in one request, and the question is read again. Two or three
rounds settle it. Nothing is asked twice while the index stays the same.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from marketplace.search.meilisearch_answers import ManyFound, Values
from marketplace.search.meilisearch_client import Client
from marketplace.search.meilisearch_filters import RECORDS, any_of, begins

MOST_ROUNDS = 12
"""A question of sixteen words needs three; more means a server that contradicts itself."""

MOST_REMEMBERED = 200_000
"""Look-ups that are remembered at most; then all are forgotten."""

GROUP = 32
"""Words that are asked together whether any of them exists: of the hundreds of words one slip away
from a typo hardly one does."""

Read = TypeVar("Read")
Known = dict[tuple[str, str], int]


@dataclass
class Remembered:
    """What is known of one state of an index."""

    counts: Known = field(default_factory=dict)
    forms: dict[str, Sequence[tuple[str, int]]] = field(default_factory=dict)
    written: dict[str, str] = field(default_factory=dict)


@dataclass
class Looking:
    """A vocabulary that guesses what it does not know and notes it down."""

    languages: Sequence[str]
    known: Remembered
    counts: set[tuple[str, str]] = field(default_factory=set)
    forms: set[str] = field(default_factory=set)
    unwritten: set[str] = field(default_factory=set)

    @property
    def is_settled(self) -> bool:
        """Whether nothing had to be guessed."""
        return not (self.counts or self.forms or self.unwritten)

    def documents_with(self, term: str) -> int:
        """In how many documents the analyzed term occurs; most words of questions do occur."""
        return self._count(any_of("terms", [term]), guess=1)

    @property
    def records(self) -> int:
        """How many records there are."""
        return self._count(RECORDS, guess=1)

    def has_beginning(self, beginning: str) -> bool:
        """Whether any analyzed term begins so."""
        return bool(self.documents_beginning(beginning))

    def documents_beginning(self, beginning: str) -> int:
        """In how many documents an analyzed term begins so."""
        return self._count(begins("terms", beginning), guess=0)

    def documents_with_form(self, folded: str) -> int:
        """In how many documents the folded word occurs; most slips make no word."""
        return self._count(any_of("folded", [folded]), guess=0, value=folded)

    def forms_beginning(self, beginning: str) -> Sequence[tuple[str, int]]:
        """The most frequent folded words that begin so, each with its number of documents."""
        found = self.known.forms.get(beginning)
        if found is None:
            self.forms.add(beginning)
        return found or ()

    def written(self, folded: str) -> str:
        """The folded word as most documents write it."""
        found = self.known.written.get(folded)
        if found is None:
            self.unwritten.add(folded)
        return found or folded

    def _count(self, condition: str, *, guess: int, value: str = "") -> int:
        asked = (condition, value)
        found = self.known.counts.get(asked)
        if found is None:
            self.counts.add(asked)
            return guess
        return found


@dataclass(frozen=True)
class Lookups:
    """Looks words up in one index."""

    client: Client
    index: str
    known: Remembered

    def settled(self, languages: Sequence[str], read: Callable[[Looking], Read]) -> Read:
        """What ``read`` makes of the vocabulary once nothing in it is guessed."""
        for _ in range(MOST_ROUNDS):
            looking = Looking(languages, self.known)
            made = read(looking)
            if looking.is_settled:
                break
            self._learn(looking)
        return made

    def counts(self, conditions: Sequence[str]) -> list[int]:
        """How many records meet each condition."""
        if not conditions:
            return []
        queries = [
            {"indexUid": self.index, "filter": condition, "limit": 0} for condition in conditions
        ]
        found = self.client.ask(ManyFound, "/multi-search", {"queries": queries})
        return [one.estimated_total_hits for one in found.results]

    def forms(self, beginning: str) -> list[tuple[str, str, int]]:
        """Words that begin so: folded, as written, and in how many documents."""
        found = self.client.ask(
            Values,
            f"/indexes/{self.index}/facet-search",
            {"facetName": "forms", "facetQuery": beginning},
        )
        hits = [(*hit.value.partition(" ")[::2], hit.count) for hit in found.facet_hits]
        return [(folded, written, count) for folded, written, count in hits if written]

    def _learn(self, looking: Looking) -> None:
        known = self.known
        if len(known.counts) > MOST_REMEMBERED:
            known.counts.clear()
        plain = sorted(asked for asked in looking.counts if not asked[1])
        self._remember(plain)
        self._remember_existing(sorted(asked for asked in looking.counts if asked[1]))
        for beginning in sorted(looking.forms):
            counted: dict[str, int] = {}
            for folded, _, count in self.forms(beginning):
                counted[folded] = counted.get(folded, 0) + count
            known.forms[beginning] = list(counted.items())
        for folded in sorted(looking.unwritten):
            own = [one for one in self.forms(folded) if one[0] == folded]
            known.written[folded] = max(own, key=lambda one: one[2])[1] if own else folded

    def _remember_existing(self, asked: Sequence[tuple[str, str]]) -> None:
        """Counts of words of which hardly any exists: whole groups are ruled out at once."""
        groups = list(_groups(asked))
        conditions = [any_of("folded", [value for _, value in group]) for group in groups]
        for group, count in zip(groups, self.counts(conditions), strict=True):
            if not count:
                self.known.counts.update(dict.fromkeys(group, 0))
        self._remember([one for one in asked if one not in self.known.counts])

    def _remember(self, asked: Sequence[tuple[str, str]]) -> None:
        counts = self.counts([condition for condition, _ in asked])
        self.known.counts.update(zip(asked, counts, strict=True))


def _groups(asked: Sequence[tuple[str, str]]) -> Iterable[Sequence[tuple[str, str]]]:
    for at in range(0, len(asked), GROUP):
        yield asked[at : at + GROUP]
