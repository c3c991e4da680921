"""How the embedded index is asked: matching, counting, ranking, suggesting.

Matching decides which records belong to the answer and gives no scores; totals and facets come from
it. Ranking adds up, word by word, the best field's BM25, and is computed for the page that is shown
only.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import tantivy
from tantivy import Occur
from tantivy import Query as Clause

from marketplace.search.documents import FORM_SEPARATOR
from marketplace.search.plan import Alternative, Plan, Unit, Word
from marketplace.search.query import Answer, Facets, Hit, Loosened, Query, Sort, Suggestions
from marketplace.search.schema import (
    COUNTED_ONE_BY_ONE,
    RANKED,
    VALUE_SEPARATOR,
    alike_weights,
    count_field,
    id_of,
    value_field,
)

ENOUGH_HITS = 10
"""A shorter list is filled up with records that hold only some of the words."""

FREQUENT = 3_000
"""A word in more records than this needs no bonus for words that begin like it."""

NAME_BONUS = 1_000.0
"""Puts the record whose name was typed before every other."""

NAME_BEGINNING_BONUS = 1.0

TIE = 0.1
"""How much a word's other fields add to its best one."""

EVEN = 1e-3
"""What belonging to the answer scores: too little to change the order, enough to break ties by
standing, which multiplies the score."""

MOST_VALUES = 5_000
"""Combinations of a facet's values that are counted."""

MOST_BEGINNINGS = 60
"""Terms with the same beginning that are looked at to tell how rare the beginning is."""

BEGINNINGS = ("title", "organization", "summary")
"""Fields where a beginning counts for the order; in the body it would be the dearest and the least
telling."""

SORTED_BY = {
    Sort.MOST_USED: ("adopters", tantivy.Order.Desc),
    Sort.RECENTLY_CONFIRMED: ("confirmed", tantivy.Order.Desc),
    Sort.NAME: ("sort_name", tantivy.Order.Asc),
}

Clauses = list[tuple[Occur, Clause]]


class Index(Protocol):
    """One state of an index, as long as a search lasts."""

    @property
    def fields(self) -> tantivy.Schema:
        """The fields of the index."""

    @property
    def searcher(self) -> tantivy.Searcher:
        """A view of the index that no writer changes."""

    def documents_with(self, term: str) -> int:
        """In how many documents the analyzed term occurs."""


def answer(query: Query, plan: Plan, index: Index) -> Answer:
    """Answer ``query``, read as ``plan``, from ``index``."""
    asked = _Asked(query, plan, index)
    matching = asked.matching(loosely=False)
    total, facets = asked.counted(matching)
    strict_total, relaxed, costliest = total, False, None
    if total == 0 and query.filters:
        costliest = asked.costliest_filter(matching)
    if total == 0 and plan.needed:
        matching = asked.matching(loosely=True)
        total, facets = asked.counted(matching)
        relaxed = total > 0
        if not relaxed and query.filters and costliest is None:
            costliest = asked.costliest_filter(matching)
    page = min(query.page, max(1, -(-total // query.size)))
    hits = asked.hits(matching, query.size, (page - 1) * query.size) if total else []
    if 0 < strict_total < min(ENOUGH_HITS, query.size) and len(plan.needed) > 1:
        hits += asked.partial_hits(hits)
    return Answer(hits, total, facets, page, plan.corrected, relaxed, costliest)


def suggestions(beginning: Sequence[str], index: Index, limit: int) -> Suggestions:
    """Names and words that go on from the folded words of ``beginning``."""
    fields, searcher = index.fields, index.searcher
    *whole, last = beginning
    clauses: Clauses = [
        (Occur.Must, Clause.term_query(fields, "name_words", word, "basic")) for word in whole
    ]
    clauses.append((Occur.Must, _beginning(fields, "name_words", last)))
    text = " ".join(beginning)
    bonus = Clause.const_score_query(_beginning(fields, "names", text), NAME_BEGINNING_BONUS)
    clauses.append((Occur.Should, bonus))
    found = searcher.search(
        Clause.boolean_query(clauses), limit, count=False, weight_by_field="standing"
    )
    ids = [hit.id for hit in _read(searcher, found.hits)]
    return Suggestions(ids, _words_beginning(searcher, last, limit))


def _words_beginning(searcher: tantivy.Searcher, beginning: str, limit: int) -> list[str]:
    counted: dict[str, tuple[int, str]] = {}
    for form, count in searcher.terms_with_prefix("forms", beginning, limit=400):
        folded, _, written = form.partition(FORM_SEPARATOR)
        counted[folded] = max(counted.get(folded, (0, "")), (count, written))
    best = sorted(counted.values(), key=lambda found: (-found[0], found[1]))
    return [written for _, written in best[:limit]]


@dataclass(frozen=True)
class _Asked:
    query: Query
    plan: Plan
    index: Index

    def matching(self, *, loosely: bool) -> Clauses:
        """What a record must hold: every needed word, or any of them if ``loosely``."""
        clauses: Clauses = [(Occur.Must, _silent(self._phrase(p))) for p in self.plan.phrases]
        units = self.plan.needed
        if not units:
            return clauses
        if not loosely:
            return clauses + [(Occur.Must, _silent(self._unit(unit))) for unit in units]
        any_of = [clause for unit in units for clause in self._loose_unit(unit)]
        return [*clauses, (Occur.Must, _silent(_any(any_of)))]

    def counted(self, matching: Clauses) -> tuple[int, Facets]:
        """The number of records, and the values of each facet without its own filter."""
        shared = [facet for facet in self.query.facets if facet not in self.query.filters]
        total, found = self._aggregated(matching, self.query.filters, shared)
        for facet in self.query.facets:
            if facet in self.query.filters:
                _, own = self._aggregated(matching, self.query.without(facet), [facet])
                found |= own
        return total, {facet: found[facet] for facet in self.query.facets}

    def costliest_filter(self, matching: Clauses) -> Loosened | None:
        """The filter without which there would be most records, if there would be any."""
        loosened = [
            Loosened(facet, values, self._aggregated(matching, self.query.without(facet), ())[0])
            for facet, values in self.query.filters.items()
        ]
        best = max(loosened, key=lambda one: one.total)
        return best if best.total else None

    def hits(self, matching: Clauses, limit: int, offset: int) -> list[Hit]:
        """The records of one page in the order that was asked for."""
        clauses = [*matching, *self._filters(self.query.filters)]
        searcher = self.index.searcher
        if self.query.sort in SORTED_BY:
            by, order = SORTED_BY[self.query.sort]
            found = searcher.search(
                _all(clauses), limit, count=False, offset=offset, order_by_field=by, order=order
            )
            return _read(searcher, found.hits)
        ranking = self._ranking()
        if not (self._is_one_frequent_word() and offset + limit <= FREQUENT):
            ranking = [*clauses, *ranking]
        found = searcher.search(
            _all(ranking), limit, count=False, offset=offset, weight_by_field="standing"
        )
        return _read(searcher, found.hits)

    def partial_hits(self, whole: Sequence[Hit]) -> list[Hit]:
        """Records that hold some of the words, to fill up a short list."""
        known = {hit.id for hit in whole}
        found = self.hits(self.matching(loosely=True), ENOUGH_HITS + len(known), 0)
        rest = [Hit(hit.id, hit.score, partial=True) for hit in found if hit.id not in known]
        return rest[: max(0, ENOUGH_HITS - len(known))]

    def _aggregated(
        self, matching: Clauses, filters: Mapping[str, frozenset[str]], facets: Sequence[str]
    ) -> tuple[int, dict[str, dict[str, int]]]:
        wanted: dict[str, Any] = {
            facet: {"terms": {"field": count_field(facet), "size": MOST_VALUES}} for facet in facets
        }
        # A facet counted by combinations has one value for every record, so it gives the total.
        complete = [facet for facet in facets if facet not in COUNTED_ONE_BY_ONE]
        if not complete:
            wanted["total"] = {"value_count": {"field": "id_low"}}
        found = self.index.searcher.aggregate(_all([*matching, *self._filters(filters)]), wanted)
        total = _sum(found[complete[0]]) if complete else int(found["total"]["value"])
        return total, {facet: _by_value(found[facet]["buckets"]) for facet in facets}

    def _filters(self, filters: Mapping[str, frozenset[str]]) -> Clauses:
        fields = self.index.fields
        return [
            (
                Occur.Must,
                _silent(
                    _any(
                        [
                            Clause.term_query(fields, value_field(facet), value, "basic")
                            for value in sorted(values)
                        ]
                    )
                ),
            )
            for facet, values in filters.items()
        ]

    def _phrase(self, variants: tuple[Word, ...]) -> Clause:
        fields = self.index.fields
        return _any(
            [
                Clause.phrase_query(fields, "all", list(stems))
                if len(stems) > 1
                else self._term("all", stems[0])
                for stems in variants
            ]
        )

    def _unit(self, unit: Unit) -> Clause:
        return _any([self._alternative(one) for one in unit.alternatives])

    def _alternative(self, alternative: Alternative) -> Clause:
        if alternative.is_beginning:
            return _beginning(self.index.fields, "all", alternative.words[0][0])
        words = [self._word(word) for word in alternative.words]
        return (
            words[0] if len(words) == 1 else Clause.boolean_query([(Occur.Must, w) for w in words])
        )

    def _loose_unit(self, unit: Unit) -> Iterator[Clause]:
        for one in unit.alternatives:
            if one.is_beginning:
                yield self._alternative(one)
            else:
                yield from (self._word(word) for word in one.words)

    def _word(self, word: Word) -> Clause:
        return _any([self._term("all", stem) for stem in word])

    def _term(self, field: str, stem: str) -> Clause:
        return Clause.term_query(self.index.fields, field, stem, "freq")

    def _ranking(self) -> Clauses:
        clauses = [
            (Occur.Should, clause) for unit in self.plan.units if (clause := self._score(unit))
        ]
        fields = self.index.fields
        if self.plan.key:
            name = Clause.term_query(fields, "names", self.plan.key, "basic")
            clauses.append((Occur.Should, Clause.const_score_query(name, NAME_BONUS)))
        if self.query.like is not None:
            for token, weight in alike_weights(self.query.like).items():
                alike = Clause.term_query(fields, "alike", token, "basic")
                clauses.append((Occur.Should, Clause.const_score_query(alike, weight)))
        return clauses

    def _score(self, unit: Unit) -> Clause | None:
        scores = [score for one in unit.alternatives for score in self._scores(one, unit)]
        return Clause.disjunction_max_query(scores, TIE) if scores else None

    def _scores(self, alternative: Alternative, unit: Unit) -> Iterator[Clause]:
        if alternative.is_beginning:
            yield from self._beginning_scores(alternative, unit)
            return
        for word in alternative.words:
            for stem in filter(self.index.documents_with, word):
                for field, boost in RANKED.items():
                    score = self._term(field, stem)
                    yield Clause.boost_query(score, boost * alternative.weight)

    def _beginning_scores(self, alternative: Alternative, unit: Unit) -> Iterator[Clause]:
        typed = max(map(self.index.documents_with, unit.plain.words[0]), default=0)
        if typed > FREQUENT:
            return
        searcher, beginning = self.index.searcher, alternative.words[0][0]
        terms = searcher.terms_with_prefix("all", beginning, limit=MOST_BEGINNINGS)
        records = searcher.num_docs
        rarity = math.log(1 + records / (1 + min(len(terms) * max(1, typed), records)))
        is_frequent = sum(count for _, count in terms) > FREQUENT
        for field in ("title",) if is_frequent else BEGINNINGS:
            clause = _beginning(self.index.fields, field, beginning)
            score = alternative.weight * rarity * RANKED[field]
            yield Clause.const_score_query(clause, score)

    def _is_one_frequent_word(self) -> bool:
        if len(self.plan.units) != 1 or self.query.filters or self.plan.phrases:
            return False
        word = self.plan.units[0].plain.words[0]
        return max(map(self.index.documents_with, word), default=0) > FREQUENT


def _beginning(fields: tantivy.Schema, field: str, text: str) -> Clause:
    # An automaton over the term dictionary; a set of the terms costs ten times as much.
    return Clause.fuzzy_term_query(fields, field, text, 0, True, True)  # noqa: FBT003


def _any(clauses: Sequence[Clause]) -> Clause:
    if len(clauses) == 1:
        return clauses[0]
    return Clause.boolean_query([(Occur.Should, clause) for clause in clauses])


def _all(clauses: Clauses) -> Clause:
    return Clause.boolean_query(clauses) if clauses else Clause.all_query()


def _silent(clause: Clause) -> Clause:
    return Clause.const_score_query(clause, EVEN)


def _sum(counted: Mapping[str, Any]) -> int:
    inside = sum(bucket["doc_count"] for bucket in counted["buckets"])
    return int(inside + counted["sum_other_doc_count"])


def _by_value(buckets: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for bucket in buckets:
        values, count = bucket["key"], bucket["doc_count"]
        for value in values.split(VALUE_SEPARATOR) if VALUE_SEPARATOR in values else (values,):
            counts[value] = counts.get(value, 0) + count
    counts.pop("", None)
    return dict(sorted(counts.items(), key=lambda found: (-found[1], found[0])))


def _read(searcher: tantivy.Searcher, found: Sequence[tuple[Any, Any]]) -> list[Hit]:
    places = [place for _, place in found]
    if not places:
        return []
    high = searcher.fast_field_values("id_high", places)
    low = searcher.fast_field_values("id_low", places)
    return [
        Hit(id_of(int(h or 0), int(lo or 0)), float(score) if isinstance(score, float) else 0.0)
        for (score, _), h, lo in zip(found, high, low, strict=True)
    ]
