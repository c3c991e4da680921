"""Mark the words of a question in a text, by the same analysis that found them."""

import re
from collections.abc import Callable
from functools import lru_cache

from markupsafe import Markup, escape

from marketplace.search.tokens import SNOWBALL, fold, stem, words

WORD = re.compile(r"\w+")
SHORTEST = 3


READ_IN = ("de", "en", "nl")
"""The languages in which the words of a text are stemmed to be compared."""


def marker(question: str) -> Callable[[str], Markup]:
    """A function that escapes a text and wraps the question's words in ``mark``."""
    wanted = {fold(word) for word in words(question) if len(word) >= SHORTEST}
    inside = [word for word in wanted if len(word) > SHORTEST]
    stems = {stem(word, language) for word in words(question) for language in SNOWBALL}
    stems = {each for each in stems if len(each) >= SHORTEST}

    def is_wanted(word: str) -> bool:
        folded, own_stems = _read(word)
        if len(folded) < SHORTEST:
            return False
        if folded in wanted or not stems.isdisjoint(own_stems):
            return True
        return any(part in folded for part in inside)

    def mark(text: str) -> Markup:
        pieces: list[str] = []
        last = 0
        for found in WORD.finditer(text) if wanted else ():
            if is_wanted(found[0]):
                pieces += [escape(text[last : found.start()]), f"<mark>{escape(found[0])}</mark>"]
                last = found.end()
        return Markup("".join([*pieces, escape(text[last:])]))  # noqa: S704 - escaped by piece

    return mark


@lru_cache(maxsize=65_536)
def _read(word: str) -> tuple[str, tuple[str, ...]]:
    """A word of a text folded, and its stems."""
    low = word.lower()
    return fold(low), tuple({stem(low, language) for language in READ_IN})
