"""Words that mean the same, and products that stand for a task; moderators keep them.

Whoever looks for one word of a group also finds the others. In a group of kind ``product`` the
first word is a product's name and stands for the others: who looks for the product also finds the
task, but not the other way round.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from marketplace.search.tokens import stem, words


class Kind(StrEnum):
    """Whether the words of a group mean the same or one is a product."""

    SYNONYM = "synonym"
    PRODUCT = "product"


@dataclass(frozen=True)
class Group:
    """Words of one language that stand for each other; a word may be a phrase."""

    language: str
    words: Sequence[str]
    kind: Kind = Kind.SYNONYM


Phrase = tuple[str, ...]
"""The words of an expression, as written."""


@dataclass(frozen=True)
class Thesaurus:
    """Groups, ready to be looked up: alternatives by language and stems."""

    entries: Mapping[tuple[str, Phrase], Sequence[Phrase]] = field(default_factory=dict)
    longest: int = 0
    """Words in the longest expression."""

    @classmethod
    def of(cls, groups: Iterable[Group]) -> "Thesaurus":
        """The thesaurus of these groups."""
        entries: defaultdict[tuple[str, Phrase], list[Phrase]] = defaultdict(list)
        for group in groups:
            phrases = [tuple(words(word)) for word in group.words if words(word)]
            heads = phrases if group.kind is Kind.SYNONYM else phrases[:1]
            for head in heads:
                stems = tuple(stem(word, group.language) for word in head)
                entries[group.language, stems] += [other for other in phrases if other != head]
        return cls(dict(entries), max((len(stems) for _, stems in entries), default=0))

    def alternatives(self, expression: Sequence[str]) -> list[tuple[str, Phrase]]:
        """What else the expression may be called, each with its language."""
        found = []
        for language in {language for language, _ in self.entries}:
            stems = tuple(stem(word, language) for word in expression)
            found += [(language, other) for other in self.entries.get((language, stems), ())]
        return found
