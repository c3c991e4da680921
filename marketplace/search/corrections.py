"""A word that no record holds, and the word that was probably meant.

Words are compared folded, so "Muellabfur" is one letter away from "Müllabfuhr". One slip is allowed
from four letters, two from eight; a slip is a letter too many, too few, another or two swapped
(Damerau). Candidates are looked up rather than searched for: all words one slip away from what was
typed are some hundreds, and asking the index for each takes less time than any scan.
"""

from collections.abc import Iterator, Sequence
from heapq import nlargest
from typing import Protocol

from marketplace.search.tokens import fold

ALPHABET = "abcdefghijklmnopqrstuvwxyz"
SHORTEST_FOR_ONE = 4
SHORTEST_FOR_TWO = 8
KEPT_BEGINNING = 3
"""Letters that must be right where two slips are allowed."""

MOST_COMPARED = 400
"""Words, the most frequent first, that are compared letter by letter."""


class Forms(Protocol):
    """The folded words of an index."""

    def documents_with_form(self, folded: str) -> int:
        """In how many documents the folded word occurs."""

    def forms_beginning(self, beginning: str) -> Sequence[tuple[str, int]]:
        """Folded words that begin so, each with its number of documents."""


def correction(word: str, forms: Forms) -> str | None:
    """The folded word that was probably meant: the nearest, among these the most frequent."""
    typed = fold(word)
    if len(typed) < SHORTEST_FOR_ONE or not typed.isalpha():
        return None
    near = {form: count for form in _one_slip_away(word) if (count := _count(form, forms))}
    if not near and len(typed) >= SHORTEST_FOR_TWO:
        similar = [
            (count, form)
            for form, count in forms.forms_beginning(typed[:KEPT_BEGINNING])
            if abs(len(form) - len(typed)) <= 2
        ]
        near = {
            form: count
            for count, form in nlargest(MOST_COMPARED, similar)
            if is_within(typed, form, 2)
        }
    return max(near, key=lambda form: (near[form], form)) if near else None


def _one_slip_away(word: str) -> set[str]:
    """Folded words one slip away from ``word``, as folded and, if that differs, as typed.

    In "pothloe" the letters "oe" are a slip and no umlaut.
    """
    typed, folded = word.lower(), fold(word)
    near = set(one_slip(folded))
    return near if typed == folded else near | {fold(other) for other in one_slip(typed)}


def one_slip(word: str) -> Iterator[str]:
    """Every word one slip away from ``word``."""
    for at in range(len(word) + 1):
        before, after = word[:at], word[at:]
        if after:
            yield before + after[1:]
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]
        for letter in ALPHABET:
            yield before + letter + after
            if after:
                yield before + letter + after[1:]


def is_within(one: str, other: str, slips: int) -> bool:
    """Whether at most so many slips lie between two words (optimal string alignment)."""
    previous: list[int] = []
    current = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        before, previous, current = previous, current, [i]
        for j, wanted in enumerate(other, 1):
            cost = min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, before[j - 2] + 1)
            current.append(cost)
        if min(current) > slips:
            return False
    return current[-1] <= slips


def _count(form: str, forms: Forms) -> int:
    return forms.documents_with_form(form) if len(form) >= SHORTEST_FOR_ONE - 1 else 0
