"""The encoding of a text by its first bytes: a byte order mark, or zeros in every second place."""

import codecs

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def mark_of(content: bytes) -> str:
    """The encoding that the first bytes say or show; empty if they say nothing."""
    return _by_mark(content) or _by_zero_bytes(content)


def _by_mark(content: bytes) -> str:
    return next((name for mark, name in _MARKS if content.startswith(mark)), "")


def _by_zero_bytes(content: bytes) -> str:
    sample = content[:4096]
    if len(sample) < 4:
        return ""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if odd * 2 > len(sample) * 0.6 and not even:
        return "utf-16-le"
    if even * 2 > len(sample) * 0.6 and not odd:
        return "utf-16-be"
    return ""
