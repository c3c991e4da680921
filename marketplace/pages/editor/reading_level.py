"""How hard a text is to read: LIX and the longest sentence.

LIX (Björnsson, "Läsbarhet", 1968) is the mean number of words in a sentence plus the share of words
of more than six letters in percent. Below 40 is easy, 50 and above is hard for many readers.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

LONG_WORD = 7
"""Letters from which on a word is long."""

_END = re.compile(r"(?<=[.!?:])[\"“”»)]*\s+|\n+")
_WORD = re.compile(r"[^\W\d_]+(?:[-’'][^\W\d_]+)*")
_SHORT_FORM = re.compile(r"\b(?:[A-Za-zÄÖÜäöü]|Abs|Art|Nr|Satz|bzw|ca|usw|vgl|evtl|inkl)\.\s", re.I)


@dataclass(frozen=True)
class ReadingLevel:
    """LIX of a text, the number of its words, and the words of its longest sentence."""

    lix: float
    words: int
    longest: int


def reading_level(text: str) -> ReadingLevel:
    """The level of ``text``; all zero for a text without words."""
    sentences = [words for words in map(_words, _sentences(text)) if words]
    words = [word for sentence in sentences for word in sentence]
    if not words:
        return ReadingLevel(0.0, 0, 0)
    long_share = 100 * sum(len(word) >= LONG_WORD for word in words) / len(words)
    lix = len(words) / len(sentences) + long_share
    return ReadingLevel(lix, len(words), max(map(len, sentences)))


def _sentences(text: str) -> Sequence[str]:
    # "Art. 6" and "z. B." do not end a sentence.
    return _END.split(_SHORT_FORM.sub(lambda found: found[0].replace(".", ""), text))


def _words(sentence: str) -> Sequence[str]:
    return _WORD.findall(sentence)
