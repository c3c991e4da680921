"""Personal contact data: found, taken out, counted.

The rule. A public record names offices, never people. So

* fields that by their name hold a contact person, a telephone number or a personal address are not
  taken, neither into the record nor into the kept source;
* an e-mail address stays only if it is a shared mailbox: every word of its local part is a word of
  function ("info", "stadt", "ki", "datenschutz" …) or repeats the name of its domain. A doubtful
  address is treated as a person's;
* a telephone number goes if it is marked as one ("Tel.", "phone", "fax" …), begins with a country
  code, or is written in the North American way. Bare runs of digits stay: they are file numbers far
  more often.

What was taken out of a sentence leaves "[…]", so that a reader sees that something stood there.
"""

import re
from functools import lru_cache
from importlib import resources
from typing import Any

from ruamel.yaml import YAML

GAP = "[…]"

_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
_WRITTEN_AT = re.compile(r"&(?:#0*64|#[xX]0*40|commat);")
_TELEPHONE = re.compile(
    r"""(?ix)
    (?: \b(?:tel(?:efon|éfono|ephone)?|phone|fon|fax|mobil(?:e|telefon)?|handy|cell|telefoon)\b
        [\s.:()/-]{0,4} \+?[\d(][\d\s()./-]{5,20}\d )
  | (?: (?<![\w/=+.-]) \+[1-9]\d{0,2} [\s.(/-]{1,2} [\d\s()./-]{6,18}\d (?![\w]) )
  | (?: (?<![\w/=.-]) \(\d{3}\)\s?\d{3}[-.\s]\d{4} (?![\w-]) )
  | (?: (?<![\w/=.-]) \d{3}[-.]\d{3}[-.]\d{4} (?![\w.-]) )
    """
)


def _words(name: str) -> frozenset[str]:
    text = (resources.files("marketplace.formats") / "personal.yaml").read_text("utf-8")
    return frozenset(YAML(typ="safe", pure=True).load(text)[name])


_DIGITS = re.compile(r"\d[\d\s()./-]{5}")
"""What every telephone number contains; looked for first, because it is rare."""

_WORDS = re.compile(r"[^\W\d_]+")

FUNCTION_WORDS = _words("function_words")
"""Words of which a shared mailbox may consist."""

PERSONAL_FIELDS = _words("personal_fields")
"""Names of fields, lower case without spaces and hyphens, that hold people or their numbers."""


def is_shared_mailbox(address: str) -> bool:
    """Whether an e-mail address belongs to a function rather than to a person."""
    local, _, domain = address.casefold().rpartition("@")
    words = _WORDS.findall(_spelled(local))
    own_name = set(_WORDS.findall(_spelled(domain)))
    return bool(words) and all(word in FUNCTION_WORDS or word in own_name for word in words)


def _spelled(text: str) -> str:
    return text.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue").replace("ß", "ss")


def stripped(text: str) -> tuple[str, int]:
    """``text`` without personal addresses and telephone numbers, and how many there were."""
    found = 0

    def address(match: re.Match[str]) -> str:
        nonlocal found
        if is_shared_mailbox(match.group()):
            return match.group()
        found += 1
        return GAP

    if "&" in text:
        text = _WRITTEN_AT.sub("@", text)
    if "@" in text:
        text = _ADDRESS.sub(address, text)
    if _DIGITS.search(text):
        text, numbers = _TELEPHONE.subn(GAP, text)
        found += numbers
    return text, found


@lru_cache(4096)
def is_personal_field(name: str) -> bool:
    """Whether a field holds a person or a number by its name."""
    plain = name.casefold()
    return plain in PERSONAL_FIELDS or re.sub(r"[\s_-]", "", plain) in PERSONAL_FIELDS


def all_stripped(value: Any) -> tuple[Any, int]:
    """The same for every text inside a JSON value; personal fields are left out whole."""
    if isinstance(value, str):
        return stripped(value)
    if isinstance(value, list):
        pairs = [all_stripped(item) for item in value]
        return [item for item, _ in pairs], sum(count for _, count in pairs)
    if isinstance(value, dict):
        total = 0
        result = {}
        for name, item in value.items():
            if is_personal_field(name) and item not in (None, "", [], {}):
                total += 1
                continue
            result[name], found = all_stripped(item)
            total += found
        return result, total
    return value, 0
