"""The order of records that hold only some words of a question.

The server ranks by rules, one after the other, and gives up words from the end of a question or by
their frequency; which of ten words a record holds it does not weigh. So each word is asked for by
itself, and what a record gets for its words is added up here: the rarer the word and the better its
place, the more. Only the best records of each word take part; the rest follows by standing.
"""

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from marketplace.search import meilisearch_filters as conditions
from marketplace.search.meilisearch_answers import Found, FoundHit, ManyFound
from marketplace.search.meilisearch_vocabulary import Lookups
from marketplace.search.plan import Plan
from marketplace.search.query import Hit

BEST_OF_A_WORD = 200
"""Records that each word puts forward."""

MOST_WORDS = 60
"""Words, with all their stems, parts and synonyms, that are asked for."""


LEAST_PLACE = 0.37
"""Lifts the server's scores (body 0.27, summary 0.67, title 0.87) to the weights of the fields in
the embedded index."""

IN_BODY = 0.4
"""The server's score of a word in the body is below, of one elsewhere above."""


@dataclass(frozen=True)
class Spoken:
    """One word as it is asked for: which unit of the question it meets, and how well."""

    unit: int
    text: str
    weight: float


@dataclass(frozen=True)
class Sums:
    """Records by what their words are worth."""

    plan: Plan
    lookups: Lookups
    met: Sequence[str]
    """What every record must meet."""
    phrases: str
    alike: Mapping[str, float] = field(default_factory=dict)
    """Points for the likeness of municipalities, by token."""

    def hits(self, limit: int, offset: int) -> list[Hit]:
        """The records of one page, those with the greatest sums first."""
        ranked = self._ranked()
        shown = ranked[offset : offset + limit]
        if len(shown) < limit:
            known = [hit.id for hit in ranked]
            shown += self._rest(known, limit - len(shown), max(0, offset - len(known)))
        return shown

    def _ranked(self) -> list[Hit]:
        spoken = list(self._spoken())[:MOST_WORDS]
        queries = [
            {"indexUid": self.lookups.index, "filter": conditions.RECORDS, "limit": 0},
            *(self._search(self.met, one.text) for one in spoken),
            *(
                self._search([*self.met, conditions.any_of("alike", [token])], "")
                for token in self.alike
            ),
        ]
        found = self.lookups.client.ask(ManyFound, "/multi-search", {"queries": queries}).results
        records, words = found[0].estimated_total_hits, found[1 : 1 + len(spoken)]
        sums: defaultdict[str, float] = defaultdict(float)
        for key, score in _scores(spoken, words, records):
            sums[key] += score
        for points, similar in zip(self.alike.values(), found[1 + len(spoken) :], strict=True):
            for hit in similar.hits:
                sums[hit.id] += points
        best = sorted(sums.items(), key=lambda one: -one[1])
        return [Hit(key, score) for key, score in best]

    def _spoken(self) -> Iterator[Spoken]:
        for number, unit in enumerate(self.plan.units):
            for alternative in unit.alternatives:
                end = "" if alternative.is_beginning else " "
                for word in alternative.words:
                    for stem in word:
                        yield Spoken(number, stem + end, alternative.weight)

    def _rest(self, known: Sequence[str], limit: int, offset: int) -> list[Hit]:
        met = [*self.met, f"NOT {conditions.any_of('id', known)}"] if known else self.met
        search = self._search(met, "") | {"limit": limit, "offset": offset}
        (found,) = self.lookups.client.ask(
            ManyFound, "/multi-search", {"queries": [search]}
        ).results
        return [Hit(hit.id, 0.0) for hit in found.hits]

    def _search(self, met: Sequence[str], text: str) -> dict[str, object]:
        return {
            "indexUid": self.lookups.index,
            "filter": conditions.all_of(met),
            "q": f"{self.phrases} {text}" if self.phrases else text,
            "matchingStrategy": "all",
            "attributesToRetrieve": ["id", "length"],
            "showRankingScore": True,
            "limit": BEST_OF_A_WORD,
        }


def _scores(
    spoken: Sequence[Spoken], found: Sequence[Found], records: int
) -> Iterator[tuple[str, float]]:
    """For each record and unit it meets, what the unit's best word there is worth."""
    lengths = [hit.length for words in found for hit in words.hits]
    usual = max(1.0, sum(lengths) / max(1, len(lengths)))
    best: dict[tuple[int, str], float] = {}
    for one, words in zip(spoken, found, strict=True):
        rarity = math.log(1 + records / (1 + words.estimated_total_hits))
        for hit in words.hits:
            at = (one.unit, hit.id)
            worth = one.weight * rarity * _place(hit, usual)
            best[at] = max(best.get(at, 0.0), worth)
    for (_, key), score in best.items():
        yield key, score


def _place(hit: FoundHit, usual: float) -> float:
    """What the place of a word is worth: the attribute, and less in a long body (BM25)."""
    worth = LEAST_PLACE + (1 - LEAST_PLACE) * hit.score
    if hit.score > IN_BODY:
        return worth
    return worth * 2.2 / (1 + 1.2 * (0.25 + 0.75 * hit.length / usual))
