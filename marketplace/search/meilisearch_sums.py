"""The order of records that hold only some words of a question.

The server ranks by rules, one after the other; which of ten words a record holds, and how often, it
does not weigh. So each telling word is asked for by itself, which gives candidates. Their texts are
then fetched and put in the order of the embedded engine (``best_fields``).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from marketplace.search import meilisearch_filters as conditions
from marketplace.search.best_fields import Spoken, score
from marketplace.search.meilisearch_answers import Candidate, Candidates, ManyFound
from marketplace.search.meilisearch_settings import SEARCHABLE
from marketplace.search.meilisearch_vocabulary import Lookups
from marketplace.search.query import Hit

TELLING_WORDS = 16
"""Words that put candidates forward, the rarest ones."""

BEST_OF_A_WORD = 100
"""Records that each word puts forward."""

MOST_CANDIDATES = 100
"""Records whose texts are fetched and compared; further ones follow in the order of their words'
places."""


@dataclass(frozen=True)
class Sums:
    """Records by what their words are worth."""

    words: Sequence[Spoken]
    """The words of the question, the rarest first."""
    usual_lengths: Mapping[str, float]
    lookups: Lookups
    met: Sequence[str]
    """What every record must meet."""
    phrases: str
    alike: Mapping[str, float] = field(default_factory=dict)
    """Points for the likeness of municipalities, by token."""

    def hits(self, limit: int, offset: int) -> list[Hit]:
        """The records of one page, those with the greatest sums first."""
        found = self._put_forward()
        ranked = self._ranked(found[:MOST_CANDIDATES])
        ranked += [Hit(key, 0.0) for key in found[MOST_CANDIDATES:]]
        shown = ranked[offset : offset + limit]
        if len(shown) < limit:
            shown += self._rest(found, limit - len(shown), max(0, offset - len(found)))
        return shown

    def _put_forward(self) -> list[str]:
        """Ids of records that hold telling words, those with the best ones in front."""
        asked: dict[str, float] = {}
        for word in self.words:
            text = word.stem if word.is_beginning else f"{word.stem} "
            asked[text] = max(asked.get(text, 0.0), word.worth)
        worth = dict(list(asked.items())[:TELLING_WORDS])
        similar = [conditions.any_of("alike", [token]) for token in self.alike]
        queries = [
            *(self._search(self.met, text) for text in worth),
            *(self._search([*self.met, condition], "") for condition in similar),
        ]
        results = self.lookups.client.ask(ManyFound, "/multi-search", {"queries": queries}).results
        sums: defaultdict[str, float] = defaultdict(float)
        for points, result in zip(worth.values(), results[: len(worth)], strict=True):
            for hit in result.hits:
                sums[hit.id] += points * hit.score
        for points, result in zip(self.alike.values(), results[len(worth) :], strict=True):
            for hit in result.hits:
                sums[hit.id] += points
        return sorted(sums, key=lambda key: -sums[key])

    def _ranked(self, ids: Sequence[str]) -> list[Hit]:
        found = self.lookups.client.ask(
            Candidates,
            f"/indexes/{self.lookups.index}/search",
            {
                "filter": conditions.any_of("id", ids),
                "attributesToRetrieve": ["id", "alike", *SEARCHABLE],
                "limit": len(ids),
            },
        )
        hits = [Hit(one.id, self._score(one)) for one in found.hits]
        # Equal ones stay as the server gives them: by standing.
        return sorted(hits, key=lambda hit: -hit.score)

    def _score(self, one: Candidate) -> float:
        similar = sum(points for token, points in self.alike.items() if token in one.alike)
        return similar + score(self.words, one.texts, self.usual_lengths)

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
            "attributesToRetrieve": ["id"],
            "showRankingScore": True,
            "limit": BEST_OF_A_WORD,
        }
