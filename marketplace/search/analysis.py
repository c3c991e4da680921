"""The one text analysis: what becomes of a text before any search engine sees it.

Relevance comes from here, not from the engine. A text is normalized (NFKC), lowered and split at
everything that is neither letter nor digit; umlauts and their ASCII spellings fall together
("Müll", "Muell", "Mull"); compounds keep the whole word and get their parts appended to the same
field; every token is stemmed by the language of its text (Snowball). Function words stay: their
frequency already makes them weigh little.

The output of a text is one string of tokens, first those of the text in their order (phrases), then
the parts. It is stored beside the record (see ``indexing``), so rebuilding an index needs no
analysis. A change here that alters output needs a new ``ANALYSIS_VERSION``.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Self

from marketplace.search.compounds import LINKS, Compounds, dictionary_stems
from marketplace.search.tokens import fold, joined, stem, words

ANALYSIS_VERSION = 1
"""Stored with every analyzed text; another number means it must be analyzed again."""

LONGEST_LABEL = 80
"""Characters up to which the terms of a text are remembered."""

MOST_WORDS = 131_072
"""Words that are remembered with what was made of them; texts use the same ones over and over."""


class Analysis:
    """The analysis with its compound splitters by language (German and Dutch)."""

    def __init__(self, compounds: Mapping[str, Compounds]) -> None:
        self.compounds = compounds
        self._terms_of_label = lru_cache(maxsize=16_384)(self._terms)
        self._of_word = lru_cache(maxsize=MOST_WORDS)(self._analyzed_word)

    @classmethod
    def of_dictionaries(cls, folder: Path) -> Self:
        """The analysis with the dictionaries' stems, which are kept in ``folder``.

        A node's own vocabulary is not added: measured with stems ranked as ours are, it finds
        nothing more, and every host of a node must split alike.
        """
        return cls({code: Compounds(code, dictionary_stems(code, folder)) for code in LINKS})

    def terms(self, text: str, language: str) -> str:
        """The tokens of ``text`` and then the parts of its compounds, separated by spaces."""
        # Labels of codes make up most texts of a record, and there are few different ones.
        if len(text) <= LONGEST_LABEL:
            return self._terms_of_label(text, language)
        return self._terms(text, language)

    def _terms(self, text: str, language: str) -> str:
        tokens: list[str] = []
        parts: list[str] = []
        for word in words(text):
            token, of_word = self._of_word(word, language)
            tokens.append(token)
            parts += of_word
        tokens += [stem(word, language) for word in joined(text)]
        return " ".join(token for token in (*tokens, *parts) if token)

    def _analyzed_word(self, word: str, language: str) -> tuple[str, tuple[str, ...]]:
        """The stem of a word and the stems of its parts."""
        splitter = self.compounds.get(language)
        found = splitter.all_parts(fold(word)) if splitter is not None else ()
        return stem(word, language), tuple(stem(part, language) for part in found)

    def parts(self, word: str, language: str) -> tuple[str, ...]:
        """The stemmed parts of ``word`` if it is a compound of ``language``, else nothing."""
        splitter = self.compounds.get(language)
        if splitter is None:
            return ()
        return tuple(stem(part, language) for part in splitter.parts(fold(word)))

    def stems(self, word: str, languages: Iterable[str]) -> tuple[str, ...]:
        """The stems of a query word in every language of the index, and unstemmed."""
        return tuple(dict.fromkeys(stem(word, language) for language in (*languages, "")))
