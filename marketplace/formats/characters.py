"""Characters that no text for people may carry: control characters and halves of pairs.

Everything else stays byte for byte as it came, direction marks and invisible spaces included: what
is shown safely is a matter of the pages.
"""

import re
import unicodedata
from typing import Any

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
"""Control characters but tabulator and line ends; C1 included."""

_HALF_PAIR = re.compile(r"[\ud800-\udfff]")


def _windows_reading() -> dict[int, str | None]:
    reading: dict[int, str | None] = {}
    for code in (*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F):
        reading[code] = None
    for code in range(0x80, 0xA0):
        reading[code] = bytes([code]).decode("cp1252", "ignore") or None
    return reading


_READING = _windows_reading()


def clean(text: str) -> tuple[str, int]:
    """``text`` without control characters, and how many were found.

    A C1 character is read as the Windows-1252 character of the same number, since that is how it
    gets into texts: 0x96 is a dash that was decoded as Latin-1. The rest is removed.
    """
    found = CONTROL.findall(text)
    return (text.translate(_READING), len(found)) if found else (text, 0)


def clean_all(value: Any) -> tuple[Any, int]:
    """The same for every text and key inside a JSON value."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        pairs = [clean_all(item) for item in value]
        return [item for item, _ in pairs], sum(count for _, count in pairs)
    if isinstance(value, dict):
        total = 0
        result = {}
        for key, item in value.items():
            name, in_key = clean(key)
            result[name], in_item = clean_all(item)
            total += in_key + in_item
        return result, total
    return value, 0


def has_half_pair(text: str) -> bool:
    """Whether ``text`` holds half of a surrogate pair, which no encoding can write."""
    return _HALF_PAIR.search(text) is not None


def graphemes(text: str) -> int:
    """How many characters a reader sees: marks, joined signs and skin tones count with their base.

    Close to Unicode Standard Annex 29 (extended grapheme clusters), without its rarer scripts.
    """
    count, before, is_half_flag = 0, "", False
    for sign in unicodedata.normalize("NFC", text):
        is_flag = "\U0001f1e6" <= sign <= "\U0001f1ff"
        joins = (
            before == "\u200d"
            or sign == "\u200d"
            or unicodedata.category(sign) in ("Mn", "Me")
            or "\U0001f3fb" <= sign <= "\U0001f3ff"
            or (before == "\r" and sign == "\n")
            or (is_flag and is_half_flag)
        )
        count += not joins
        is_half_flag = is_flag and not joins
        before = sign
    return count
