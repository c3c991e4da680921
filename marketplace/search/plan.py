"""How a question is read: words, phrases, compounds, synonyms and corrections.

The plan is the engines' common part: what to look for, with which weight, before anything is said
about how an index is asked. It looks up the vocabulary of the index first, so a word that exists is
never corrected and a typo never costs anything where there is none.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Protocol

from ruamel.yaml import YAML

from marketplace.search.analysis import Analysis
from marketplace.search.compounds import LINKS
from marketplace.search.corrections import correction
from marketplace.search.synonyms import Thesaurus
from marketplace.search.tokens import fold, joined_text, key, stem, words

MOST_WORDS = 16
"""Words of a question that are read."""

PARTS_WEIGHT = 0.9
SYNONYM_WEIGHT = 0.8
CORRECTION_WEIGHT = 0.8
PREFIX_WEIGHT = 0.6

SHORTEST_PREFIX = 2

_QUOTED = re.compile(r'"([^"]+)"|„([^„“”"]+)[“”"]|“([^“”]+)”|»([^»«]+)«|«([^«»]+)»')


class Vocabulary(Protocol):
    """What a plan asks an index about its words."""

    @property
    def languages(self) -> Sequence[str]:
        """The languages of its texts."""

    def documents_with(self, term: str) -> int:
        """In how many documents the analyzed term occurs."""

    def has_beginning(self, beginning: str) -> bool:
        """Whether any analyzed term begins so."""

    def documents_with_form(self, folded: str) -> int:
        """In how many documents the folded word occurs."""

    def forms_beginning(self, beginning: str) -> Sequence[tuple[str, int]]:
        """Folded words that begin so, each with its number of documents."""

    def written(self, folded: str) -> str:
        """The folded word as most documents write it."""


Word = tuple[str, ...]
"""The stems of one word; a document holds the word if it holds any of them."""


@dataclass(frozen=True)
class Alternative:
    """One way to meet a unit: all of its words, and of the weight given."""

    words: tuple[Word, ...]
    weight: float = 1.0
    is_beginning: bool = False
    """Whether its only stem stands for all words that begin so."""


@dataclass(frozen=True)
class Unit:
    """One word or expression of the question; any of the alternatives meets it."""

    alternatives: tuple[Alternative, ...]
    is_needed: bool = True
    """Whether a document must meet it; function words only count in the order."""

    @property
    def plain(self) -> Alternative:
        """The unit as it was typed."""
        return self.alternatives[0]


@dataclass(frozen=True)
class Plan:
    """A question as read."""

    units: tuple[Unit, ...] = ()
    phrases: tuple[tuple[Word, ...], ...] = ()
    """Quoted expressions: for each language the stems in their order; any of them must occur."""
    key: str = ""
    """The folded question, to be compared with the names of records."""
    corrected: str | None = None

    @property
    def needed(self) -> tuple[Unit, ...]:
        """The units a document must meet."""
        return tuple(unit for unit in self.units if unit.is_needed)


def plan(
    text: str, analysis: Analysis, thesaurus: Thesaurus, vocabulary: Vocabulary, *, literal: bool
) -> Plan:
    """Read a question. With ``literal`` no word is corrected."""
    reading = _Reading(analysis, thesaurus, vocabulary, may_correct=not literal)
    quoted = [next(filter(None, found)) for found in _QUOTED.findall(text)]
    rest = words(joined_text(_QUOTED.sub(" ", text)))[:MOST_WORDS]
    units = tuple(reading.units(rest))
    if rest and not any(unit.is_needed for unit in units):
        units = tuple(replace(unit, is_needed=True) for unit in units)
    units += tuple(reading.compounds_of(rest))
    phrases = tuple(phrase for part in quoted if (phrase := reading.phrase(part)))
    spoken = tuple(
        replace(reading.unit(word), is_needed=False)
        for part in quoted
        for word in words(part)[:MOST_WORDS]
    )
    corrected = _rewritten(text, reading.corrections) if reading.corrections else None
    return Plan(units + spoken, phrases, key(corrected or text), corrected)


@dataclass
class _Reading:
    analysis: Analysis
    thesaurus: Thesaurus
    vocabulary: Vocabulary
    may_correct: bool
    corrections: dict[str, str] = field(default_factory=dict)

    def units(self, found: Sequence[str]) -> Iterator[Unit]:
        at = 0
        while at < len(found):
            length = self._expression(found, at)
            if length > 1:
                yield self._expression_unit(found[at : at + length])
            else:
                is_last = at == len(found) - 1
                unit = self.unit(found[at], may_go_on=is_last)
                yield replace(unit, is_needed=not is_function_word(found[at]))
            at += length

    def unit(self, word: str, *, may_go_on: bool = False) -> Unit:
        alternatives = self._alternatives(word, may_go_on=may_go_on)
        if not alternatives and self.may_correct:
            better = correction(word, self.vocabulary)
            if better is not None:
                self.corrections[word] = self.vocabulary.written(better)
                alternatives = [
                    replace(one, weight=one.weight * CORRECTION_WEIGHT)
                    for one in self._alternatives(better)
                ]
        return Unit(tuple(alternatives) or (Alternative((self._stems(word),)),))

    def compounds_of(self, found: Sequence[str]) -> Iterator[Unit]:
        """Compounds of two neighboring words, in either order: "Kataster Bäume", "Baumkataster".

        They are not needed, but a record with the compound says just what was asked for.
        """
        topics = [word for word in found if not is_function_word(word)]
        for one, other in pairwise(topics):
            known = [
                term
                for term in dict.fromkeys((*_joined(one, other), *_joined(other, one)))
                if self.vocabulary.documents_with(term)
            ]
            if known:
                yield Unit((Alternative((tuple(known),)),), is_needed=False)

    def phrase(self, text: str) -> tuple[Word, ...]:
        """The stems of a quoted expression, in every language of the index."""
        found = words(joined_text(text))[:MOST_WORDS]
        variants = [
            tuple(stem(word, language) for word in found)
            for language in (*self.vocabulary.languages, "")
        ]
        return tuple(dict.fromkeys(variants)) if found else ()

    def _alternatives(self, word: str, *, may_go_on: bool = False) -> list[Alternative]:
        found = []
        known = tuple(filter(self.vocabulary.documents_with, self._stems(word)))
        if known:
            found.append(Alternative((known,)))
        for language in self.analysis.compounds:
            parts = tuple((part,) for part in self.analysis.parts(word, language))
            if parts and all(self.vocabulary.documents_with(part) for (part,) in parts):
                found.append(Alternative(parts, PARTS_WEIGHT))
        found += self._synonyms([word])
        beginning = fold(word)
        is_long_enough = may_go_on and len(beginning) >= SHORTEST_PREFIX
        if is_long_enough and self.vocabulary.has_beginning(beginning):
            found.append(Alternative(((beginning,),), PREFIX_WEIGHT, is_beginning=True))
        return found

    def _synonyms(self, expression: Sequence[str]) -> list[Alternative]:
        found = []
        for language, other in self.thesaurus.alternatives(expression):
            whole = [(self.analysis.stems(word, (language,)),) for word in other]
            parts = [
                tuple((part,) for part in self.analysis.parts(word, language)) or stems
                for word, stems in zip(other, whole, strict=True)
            ]
            for reading, weight in ((whole, 1.0), (parts, PARTS_WEIGHT)):
                stems = tuple(word for given in reading for word in given)
                if all(any(map(self.vocabulary.documents_with, word)) for word in stems):
                    found.append(Alternative(stems, SYNONYM_WEIGHT * weight))
        return list(dict.fromkeys(found))

    def _expression(self, found: Sequence[str], at: int) -> int:
        """How many words from ``at`` on the thesaurus knows as one expression; at least one."""
        for length in range(min(self.thesaurus.longest, len(found) - at), 1, -1):
            if self.thesaurus.alternatives(found[at : at + length]):
                return length
        return 1

    def _expression_unit(self, expression: Sequence[str]) -> Unit:
        plain = Alternative(tuple(self._stems(word) for word in expression))
        return Unit((plain, *self._synonyms(expression)))

    def _stems(self, word: str) -> Word:
        return self.analysis.stems(word, self.vocabulary.languages)


def _joined(first: str, last: str) -> Iterator[str]:
    """The stems that a German compound of two words may have."""
    end = stem(last, "de")
    for beginning in dict.fromkeys((fold(first), stem(first, "de"))):
        for link in ("", *LINKS["de"]):
            yield beginning + link + end


def is_function_word(word: str) -> bool:
    """Whether ``word`` carries no topic in any of the languages we know."""
    return word.lower() in _function_words()


@cache
def _function_words() -> frozenset[str]:
    path = Path(__file__).parent / "data" / "function_words.yaml"
    lists = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    return frozenset(word for listed in lists.values() for word in listed.split())


def _rewritten(text: str, corrections: dict[str, str]) -> str:
    """``text`` with the corrected words, in lower case where they were typed so."""
    for typed, better in corrections.items():
        shown = better.capitalize() if typed.istitle() and better.islower() else better
        # A written form is a run of letters and digits, so it holds nothing re.sub would expand.
        text = re.sub(rf"(?<!\w){re.escape(typed)}(?!\w)", shown, text)
    return text
