"""Words of a text, folded and stemmed: the smallest steps of the text analysis.

Everything here is a pure function of a word and a language, remembered, and safe between threads.
"""

import re
import threading
import unicodedata
from functools import lru_cache

import Stemmer

LONGEST_TOKEN = 64
"""Characters kept of one token; longer ones are identifiers and remnants of markup."""

SNOWBALL = {
    "da": "danish",
    "de": "german",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "it": "italian",
    "nl": "dutch",
    "no": "norwegian",
    "pt": "portuguese",
    "sv": "swedish",
}
"""Snowball's name by language code; a text of any other language stays unstemmed."""

_SHORTEST_ROOT = 4

_SHARP_S = str.maketrans({"ß": "ss", "æ": "ae", "ø": "o", "ł": "l"})
_TOKEN = re.compile(r"[^\W_]+")
_LETTER_WORD = re.compile(r"(?<![^\W_])([^\W\d_])[-‐‑]([^\W_]{2,})")
_ASCII_UMLAUT = re.compile(r"ae|oe|(?<![aeiouqy])ue")
_UMLAUTS_FIRST = frozenset({"de", ""})

_local = threading.local()


def words(text: str) -> list[str]:
    """The words of ``text`` as written, in their order, in lower or upper case as they stand."""
    return [word[:LONGEST_TOKEN] for word in _TOKEN.findall(unicodedata.normalize("NFKC", text))]


def joined(text: str) -> list[str]:
    """Words of one letter, hyphen and word, joined: "E-Akte" is also looked for as "eakte"."""
    if text.isascii() and "-" not in text:
        return []
    return [first + rest for first, rest in _LETTER_WORD.findall(text)]


def joined_text(text: str) -> str:
    """``text`` with such words joined, as a query is read."""
    return _LETTER_WORD.sub(r"\1\2", unicodedata.normalize("NFKC", text))


@lru_cache(maxsize=262_144)
def fold(word: str) -> str:
    """``word`` in lower case, without accents, umlauts and their ASCII spellings alike."""
    return _without_ascii_umlauts(_without_accents(word))


@lru_cache(maxsize=262_144)
def stem(word: str, language: str) -> str:
    """The stem of ``word`` in ``language``, folded; an unknown language only folds.

    German is folded before stemming, so "Baeume" and "Bäume" meet; elsewhere "ue" is a spelling of
    its own ("values", "issues") that the stemmer must see.
    """
    plain = _without_accents(word)
    if language in _UMLAUTS_FIRST:
        plain = _without_ascii_umlauts(plain)
    name = SNOWBALL.get(language)
    if name is None:
        return _without_ascii_umlauts(plain)
    found = _stemmer(name).stemWord(plain)
    return _german_root(found) if language == "de" else _without_ascii_umlauts(found)


def key(text: str) -> str:
    """What two names must share to be the same name: their folded words."""
    return " ".join(fold(word) for word in words(text))


def _german_root(found: str) -> str:
    """What Snowball leaves of short verbs and their nouns, brought together.

    "prüfen", "prüft" and "Prüfung" keep three different stems there; so do "speichern", "speichert"
    and "Speicherung". Nouns in -t lose a letter too, alike in texts and questions.
    """
    root = found
    if root.endswith("ung") and len(root) >= _SHORTEST_ROOT + 3:
        root = root[:-3]
    elif root.endswith("t") and not root.endswith("cht") and len(root) > _SHORTEST_ROOT:
        root = root[:-1] if root[-2] not in "aeiouy" else root
    if root.endswith("er") and len(root) >= _SHORTEST_ROOT + 2:
        root = root[:-2]
    return root


def _without_accents(word: str) -> str:
    word = word.lower().translate(_SHARP_S)
    if word.isascii():
        return word
    return "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))


def _without_ascii_umlauts(word: str) -> str:
    if "e" not in word:
        return word
    return _ASCII_UMLAUT.sub(lambda found: found.group()[0], word)


def _stemmer(name: str) -> Stemmer.Stemmer:
    # One stemmer must not be used by two threads at once.
    made: dict[str, Stemmer.Stemmer] = _local.__dict__.setdefault("stemmers", {})
    if name not in made:
        made[name] = Stemmer.Stemmer(name, maxCacheSize=0)
    return made[name]
