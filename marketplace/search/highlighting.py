"""Mark the words of a question in a text, by the same analysis that found them."""

import re
from collections.abc import Callable

from markupsafe import Markup, escape

from marketplace.search.tokens import SNOWBALL, fold, stem, words

WORD = re.compile(r"\w+")
SHORTEST = 3


def marker(question: str) -> Callable[[str], Markup]:
    """A function that escapes a text and wraps the question's words in ``mark``."""
    wanted = {fold(word) for word in words(question) if len(word) >= SHORTEST}
    stems = {stem(word, language) for word in words(question) for language in SNOWBALL}
    stems = {each for each in stems if len(each) >= SHORTEST}

    def is_wanted(word: str) -> bool:
        folded = fold(word.lower())
        if len(folded) < SHORTEST:
            return False
        if folded in wanted or any(len(w) > SHORTEST and w in folded for w in wanted):
            return True
        return any(stem(word.lower(), language) in stems for language in ("de", "en", "nl"))

    def mark(text: str) -> Markup:
        if not wanted:
            return escape(text)
        pieces: list[Markup] = []
        last = 0
        for found in WORD.finditer(text):
            if is_wanted(found[0]):
                pieces += [
                    escape(text[last : found.start()]),
                    Markup("<mark>{}</mark>").format(found[0]),
                ]
                last = found.end()
        return Markup("").join([*pieces, escape(text[last:])])

    return mark
