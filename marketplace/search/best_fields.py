"""What a record is worth for a question, added up word by word from the best field of each.

The embedded index computes the same inside. BM25 as in S. Robertson and H. Zaragoza, "The
Probabilistic Relevance Framework: BM25 and Beyond" (2009), section 3, DOI 10.1561/1500000019.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from marketplace.search.asking import BEGINNINGS, TIE
from marketplace.search.plan import Plan
from marketplace.search.schema import RANKED

K1 = 1.2
B = 0.75


class Frequencies(Protocol):
    """What an index knows of its words."""

    @property
    def records(self) -> int:
        """How many records there are."""

    def documents_with(self, term: str) -> int:
        """In how many of them the analyzed term occurs."""

    def documents_beginning(self, beginning: str) -> int:
        """In how many of them an analyzed term begins so."""


@dataclass(frozen=True)
class Spoken:
    """One word of a question, or of another way to say it, that some record holds."""

    unit: int
    """Which word or expression of the question it meets."""
    stem: str
    is_beginning: bool
    records: int
    """How many records hold it."""
    worth: float
    """The weight of its reading, times its rarity."""


def spoken(plan: Plan, known: Frequencies) -> list[Spoken]:
    """The words of a question, the rarest first."""
    return sorted(_spoken(plan, known), key=lambda word: word.records)


def _spoken(plan: Plan, known: Frequencies) -> Iterator[Spoken]:
    for number, unit in enumerate(plan.units):
        for one in unit.alternatives:
            records_with = known.documents_beginning if one.is_beginning else known.documents_with
            for stem in (stem for word in one.words for stem in word):
                if found := records_with(stem):
                    worth = one.weight * rarity(found, known.records)
                    yield Spoken(number, stem, one.is_beginning, found, worth)


def rarity(found: int, records: int) -> float:
    """What a word counts that ``found`` of so many records hold; never below zero."""
    return math.log(1 + max(0.0, records - found + 0.5) / (found + 0.5))


def score(
    words: Sequence[Spoken], texts: Mapping[str, str], usual_lengths: Mapping[str, float]
) -> float:
    """The sum over the question's words. ``texts`` and their usual lengths in terms by field."""
    points: defaultdict[int, list[float]] = defaultdict(list)
    for field, boost in RANKED.items():
        terms = texts[field].split()
        times = Counter(terms)
        length = len(terms) / usual_lengths[field]
        for word in words:
            if word.is_beginning:
                if field in BEGINNINGS and any(term.startswith(word.stem) for term in times):
                    points[word.unit].append(boost * word.worth)
            elif often := times[word.stem]:
                points[word.unit].append(boost * word.worth * _saturated(often, length))
    return sum((1 - TIE) * max(found) + TIE * sum(found) for found in points.values())


def _saturated(often: int, length: float) -> float:
    """How often a word stands in a text of so many usual lengths, with less and less effect."""
    return often * (K1 + 1) / (often + K1 * (1 - B + B * length))
