"""Texts without a sender: which say the same, which are doubtful, what in them names a person.

All of it looks at the text alone. A doubt sorts a text behind the others and never refuses it, for
a citizen may write in capitals or send a link.
"""

import re
import unicodedata
from hashlib import sha256

_LINK = re.compile(r"https?://\S+|www\.\S+|\[url\S*", re.IGNORECASE)
_MARKUP = re.compile(r"</?[a-z][^>]{0,200}>", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_PHONE = re.compile(r"(?<![\w.])(?:\+|\(?0)[\d\s()/-]{6,20}\d(?!\w)")
_VOWEL = re.compile(r"[aeiouyäöü]")
_CLUSTER = re.compile(r"[bcdfghjklmnpqrstvwxz]{6}")

ALIKE = 0.7
"""Share of common words (Jaccard index) from which two texts count as one."""

MOST_LINKS_DOUBTED = 3


def words_of(text: str) -> frozenset[str]:
    """The words of a text, folded, without links, markup and what holds a digit."""
    plain = _MARKUP.sub(" ", _LINK.sub(" ", text.casefold()))
    folded = unicodedata.normalize("NFKD", plain)
    bare = "".join(each for each in folded if not unicodedata.combining(each))
    return frozenset(word for word in _WORD.findall(bare) if word.isalpha())


def key_of(text: str) -> str:
    """The same for texts of the same words, whatever numbers, links and order they come in."""
    words = sorted(words_of(text)) or [text.strip()]
    return sha256(" ".join(words).encode()).hexdigest()


def are_alike(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two texts say nearly the same."""
    together = len(one | other)
    return bool(together) and len(one & other) / together >= ALIKE


def doubts_about(text: str) -> int:
    """How much speaks against a person who asks about a system; 0 for most texts."""
    found = min(len(_LINK.findall(text)), MOST_LINKS_DOUBTED)
    found += bool(_MARKUP.search(text))
    letters = [each for each in text if each.isalpha()]
    capitals = sum(each.isupper() for each in letters)
    found += len(letters) > 20 and capitals > 0.6 * len(letters)
    words = [word for word in words_of(text) if len(word) > 3]
    odd = sum(not _VOWEL.search(word) or bool(_CLUSTER.search(word)) for word in words)
    found += bool(words) and odd >= 0.4 * len(words)
    return found + (not words)


def without_addresses(text: str) -> str:
    """The text with e-mail addresses and telephone numbers blotted out."""
    return _PHONE.sub("[…]", _MAIL.sub("[…]", text))
