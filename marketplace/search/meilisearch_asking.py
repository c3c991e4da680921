"""How a Meilisearch index is asked: matching and counting by filters, ranking by several readings.

Which records belong to an answer is said by a filter over their analyzed terms, exactly as in the
embedded engine; totals and facets come from it. The server's query language has no alternatives, so
their order comes from a federated search: one query for each way to read the question, weighted as
the plan weighs it, and one for the word that every record holds, so that nothing that matches is
missing. A record's place is that of its best reading.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from marketplace.search import meilisearch_filters as conditions
from marketplace.search.asking import ENOUGH_HITS
from marketplace.search.best_fields import Spoken
from marketplace.search.meilisearch_answers import Found, ManyFound
from marketplace.search.meilisearch_settings import EVERY_RECORD, facet_attribute, name_value
from marketplace.search.meilisearch_sums import Sums
from marketplace.search.meilisearch_vocabulary import Looking, Lookups
from marketplace.search.plan import Alternative, Plan, Unit, Word
from marketplace.search.query import Answer, Facets, Hit, Loosened, Query, Sort, Suggestions
from marketplace.search.schema import alike_weights

MOST_READINGS = 16

NAME_WEIGHT = 1_000.0
"""Puts the record whose name was typed before every other."""

COMPOUND_WEIGHT = 1.1
"""A record with the compound of two words of the question says just what was asked for."""

REST_WEIGHT = 1e-3

ALIKE_GAIN = 0.1
"""How much of a reading's weight one point of likeness adds (``alike_weights``)."""

SORTED_BY = {
    Sort.MOST_USED: "adopters:desc",
    Sort.RECENTLY_CONFIRMED: "confirmed:desc",
    Sort.NAME: "sort_name:asc",
}
STANDING = "standing:desc"

Search = dict[str, Any]


@dataclass(frozen=True)
class Reading:
    """One way to read a question: words the server looks for, and what finding them weighs."""

    words: tuple[str, ...]
    weight: float = 1.0
    is_beginning: bool = False
    """Whether the last word stands for all words that begin so."""

    @property
    def text(self) -> str:
        """The words as the server takes them: a space at the end makes the last one whole."""
        return " ".join(self.words) + ("" if self.is_beginning else " ")


@dataclass(frozen=True)
class Read:
    """A question as read, and what the index knows of its words."""

    plan: Plan
    words: Sequence[Spoken]
    vocabulary: Looking


def answer(
    query: Query, read: Read, lookups: Lookups, usual_lengths: Mapping[str, float]
) -> Answer:
    """Answer ``query``, read as ``read``."""
    plan = read.plan
    asked = _Asked(query, read, lookups, usual_lengths, _phrases(plan, lookups))
    matching = conditions.matching(plan, loosely=False)
    total, facets = asked.counted(matching)
    strict_total, relaxed, costliest = total, False, None
    if total == 0 and query.filters:
        costliest = asked.costliest_filter(matching)
    if total == 0 and plan.needed:
        matching = conditions.matching(plan, loosely=True)
        total, facets = asked.counted(matching)
        relaxed = total > 0
        if not relaxed and query.filters and costliest is None:
            costliest = asked.costliest_filter(matching)
    page = min(query.page, max(1, -(-total // query.size)))
    first = (page - 1) * query.size
    show = asked.loose_hits if relaxed else asked.hits
    hits = show(matching, query.size, first) if total else []
    if 0 < strict_total < min(ENOUGH_HITS, query.size) and len(plan.needed) > 1:
        hits += asked.partial_hits(hits)
    return Answer(hits, total, facets, page, plan.corrected, relaxed, costliest)


def suggestions(beginning: Sequence[str], lookups: Lookups, limit: int) -> Suggestions:
    """Names and words that go on from the folded words of ``beginning``."""
    *whole, last = beginning
    named = [conditions.RECORDS, *(conditions.any_of("name_words", [word]) for word in whole)]
    named.append(conditions.begins("name_words", last))
    first = [*named, conditions.begins("names", name_value(" ".join(beginning)))]
    queries = [
        {
            "indexUid": lookups.index,
            "filter": conditions.all_of(met),
            "sort": [STANDING],
            "limit": limit,
            "attributesToRetrieve": ["id"],
        }
        for met in (first, named)
    ]
    found = lookups.client.ask(ManyFound, "/multi-search", {"queries": queries}).results
    ids = list(dict.fromkeys(hit.id for one in found for hit in one.hits))
    return Suggestions(ids[:limit], _words_beginning(lookups, last, limit))


def _words_beginning(lookups: Lookups, beginning: str, limit: int) -> list[str]:
    counted: dict[str, tuple[int, str]] = {}
    for folded, written, count in lookups.forms(beginning):
        counted[folded] = max(counted.get(folded, (0, "")), (count, written))
    best = sorted(counted.values(), key=lambda found: (-found[0], found[1]))
    return [written for _, written in best[:limit]]


@dataclass(frozen=True)
class _Asked:
    query: Query
    read: Read
    lookups: Lookups
    usual_lengths: Mapping[str, float]
    phrases: str
    """The quoted expressions as the server takes them."""

    def counted(self, matching: Sequence[str]) -> tuple[int, Facets]:
        """The number of records, and the values of each facet without its own filter."""
        query = self.query
        own = [facet for facet in query.facets if facet in query.filters]
        shared = [facet for facet in query.facets if facet not in query.filters]
        queries = [
            self._counting(matching, query.filters, shared),
            *(self._counting(matching, query.without(facet), [facet]) for facet in own),
        ]
        results = self._results(queries)
        found = {facet: _values(results[0], facet) for facet in shared}
        for facet, result in zip(own, results[1:], strict=True):
            found[facet] = _values(result, facet)
        return results[0].estimated_total_hits, {facet: found[facet] for facet in query.facets}

    def costliest_filter(self, matching: Sequence[str]) -> Loosened | None:
        """The filter without which there would be most records, if there would be any."""
        filters = self.query.filters
        results = self._results(
            [self._counting(matching, self.query.without(facet), ()) for facet in filters]
        )
        loosened = [
            Loosened(facet, values, result.estimated_total_hits)
            for (facet, values), result in zip(filters.items(), results, strict=True)
        ]
        best = max(loosened, key=lambda one: one.total)
        return best if best.total else None

    def hits(self, matching: Sequence[str], limit: int, offset: int) -> list[Hit]:
        """The records of one page in the order that was asked for."""
        met = [*matching, *conditions.filtered(self.query.filters)]
        if self.query.sort in SORTED_BY:
            search = self._search(met, self.phrases)
            search |= {"sort": [SORTED_BY[self.query.sort], STANDING]}
            (result,) = self._results([search | {"limit": limit, "offset": offset}])
            return [Hit(hit.id, hit.score) for hit in result.hits]
        content = {
            "federation": {"limit": limit, "offset": offset},
            "queries": list(self._ranking(met)),
        }
        found = self.lookups.client.ask(Found, "/multi-search", content)
        return [Hit(hit.id, hit.score) for hit in found.hits]

    def loose_hits(self, matching: Sequence[str], limit: int, offset: int) -> list[Hit]:
        """The same for records that hold only some of the words."""
        if self.query.sort in SORTED_BY:
            return self.hits(matching, limit, offset)
        met = [*matching, *conditions.filtered(self.query.filters)]
        alike = alike_weights(self.query.like) if self.query.like is not None else {}
        sums = Sums(self.read.words, self.usual_lengths, self.lookups, met, self.phrases, alike)
        return sums.hits(limit, offset)

    def partial_hits(self, whole: Sequence[Hit]) -> list[Hit]:
        """Records that hold some of the words, to fill up a short list."""
        known = {hit.id for hit in whole}
        matching = conditions.matching(self.read.plan, loosely=True)
        found = self.loose_hits(matching, ENOUGH_HITS + len(known), 0)
        rest = [replace(hit, partial=True) for hit in found if hit.id not in known]
        return rest[: max(0, ENOUGH_HITS - len(known))]

    def _ranking(self, met: Sequence[str]) -> Iterator[Search]:
        rest = Reading((EVERY_RECORD,), REST_WEIGHT)
        found = [*readings(self.read.plan, self.read.vocabulary)][:MOST_READINGS]
        for reading in (*found, rest):
            yield self._weighted(met, reading, reading.weight)
        if self.read.plan.key:
            name = conditions.any_of("names", [name_value(self.read.plan.key)])
            yield self._weighted([*met, name], rest, NAME_WEIGHT)
        alike = alike_weights(self.query.like) if self.query.like is not None else {}
        if alike:
            for token, points in _added_up(alike).items():
                similar = conditions.any_of("alike", [token])
                for reading in (*found[:1], rest):
                    weight = reading.weight * (1 + ALIKE_GAIN * points)
                    yield self._weighted([*met, similar], reading, weight)

    def _weighted(self, met: Sequence[str], reading: Reading, weight: float) -> Search:
        text = f"{self.phrases} {reading.text}" if self.phrases else reading.text
        return self._search(met, text) | {"federationOptions": {"weight": weight}}

    def _search(self, met: Sequence[str], text: str) -> Search:
        return {
            "indexUid": self.lookups.index,
            "filter": conditions.all_of(met),
            "q": text,
            "matchingStrategy": "last",
            "attributesToRetrieve": ["id"],
        }

    def _counting(
        self, matching: Sequence[str], filters: Mapping[str, frozenset[str]], facets: Sequence[str]
    ) -> Search:
        met = [*matching, *conditions.filtered(filters)]
        counted = {"facets": [facet_attribute(facet) for facet in facets], "limit": 0}
        return self._search(met, self.phrases) | counted

    def _results(self, queries: Sequence[Search]) -> list[Found]:
        return self.lookups.client.ask(ManyFound, "/multi-search", {"queries": queries}).results


def readings(plan: Plan, vocabulary: Looking) -> Iterator[Reading]:
    """The ways to read a question, the plainest first."""
    units = plan.needed or plan.units
    plain = [_main(unit, vocabulary) for unit in units]
    if not plain:
        return
    yield Reading(tuple(word for words in plain for word in words))
    known = {word for words in plain for word in words}
    for unit in plan.units:
        if not unit.is_needed and unit not in units:
            yield from _compound(unit, known)
    for at, unit in enumerate(units):
        before, after = plain[:at], plain[at + 1 :]
        for words, weight, is_beginning in _others(unit, plain[at], vocabulary):
            if not (is_beginning and after):
                every = (*before, words, *after)
                spoken = tuple(word for one in every for word in one)
                yield Reading(spoken, weight, is_beginning)


def _main(unit: Unit, vocabulary: Looking) -> tuple[str, ...]:
    whole = next((one for one in unit.alternatives if not one.is_beginning), unit.plain)
    return tuple(_best(word, vocabulary) for word in whole.words)


def _others(
    unit: Unit, main: tuple[str, ...], vocabulary: Looking
) -> Iterator[tuple[tuple[str, ...], float, bool]]:
    """Further ways to meet a unit: other languages' stems, parts, synonyms, beginnings."""
    for one in unit.alternatives:
        for words in _spoken(one, vocabulary):
            if words != main or one.is_beginning:
                yield words, one.weight, one.is_beginning


def _spoken(alternative: Alternative, vocabulary: Looking) -> list[tuple[str, ...]]:
    if len(alternative.words) == 1:
        return [(stem,) for stem in alternative.words[0]]
    return [tuple(_best(word, vocabulary) for word in alternative.words)]


def _compound(unit: Unit, known: set[str]) -> Iterator[Reading]:
    for stem in unit.plain.words[0]:
        if any(len(word) > 3 and stem != word and stem.startswith(word[:4]) for word in known):
            yield Reading((stem,), COMPOUND_WEIGHT)


def _best(word: Word, vocabulary: Looking) -> str:
    return max(word, key=vocabulary.documents_with)


def _phrases(plan: Plan, lookups: Lookups) -> str:
    """Each quoted expression in the language in which most records hold it."""
    chosen = []
    for variants in plan.phrases:
        quoted = [f'"{" ".join(stems)}"' for stems in variants]
        if len(quoted) > 1:
            queries = [
                {"indexUid": lookups.index, "filter": conditions.RECORDS, "q": text, "limit": 0}
                for text in quoted
            ]
            found = lookups.client.ask(ManyFound, "/multi-search", {"queries": queries})
            counts = [result.estimated_total_hits for result in found.results]
            quoted = [quoted[counts.index(max(counts))]]
        chosen += quoted
    return " ".join(chosen)


def _added_up(points: Mapping[str, float]) -> dict[str, float]:
    """The points of a record by the most telling token it holds: only its best reading counts."""
    *single, last = points
    return {token: points[token] for token in single} | {last: sum(points.values())}


def _values(found: Found, facet: str) -> dict[str, int]:
    counts = found.facet_distribution.get(facet_attribute(facet), {})
    return dict(sorted(counts.items(), key=lambda one: (-one[1], one[0])))
