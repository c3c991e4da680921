"""Which encoding the bytes of a file are in, and the text they stand for.

Order of the evidence: a byte order mark; zero bytes in every second place (UTF-16 without a mark);
valid UTF-8; Windows-1252, which spreadsheets in western Europe and North America still write; what
``charset-normalizer`` finds. Anything but UTF-8 is named in the report, so that nobody is surprised
by a wrong guess, and can be overruled by the operator.
"""

import codecs

from charset_normalizer import from_bytes

from catalog.errors import Problem
from marketplace.formats.records import Unreadable

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

_SAMPLE = 65_536


def decode(content: bytes, wanted: str = "") -> tuple[str, str, list[Problem]]:
    """The text, the name of its encoding, and a warning where the encoding was a guess.

    ``wanted`` is the operator's word and ends the search. Raises ``Unreadable``.
    """
    if wanted:
        return _decoded(content, wanted), wanted, []
    name = _by_mark(content) or _by_zero_bytes(content)
    if name:
        return _decoded(content, name), name, []
    try:
        return content.decode("utf-8"), "utf-8", []
    except UnicodeDecodeError:
        return _guessed(content)


def decode_json(content: bytes) -> tuple[str, str]:
    """The text of a JSON document: UTF-8 unless its first bytes say otherwise (RFC 8259, 8.1)."""
    name = _by_mark(content) or _by_zero_bytes(content) or "utf-8"
    return _decoded(content, name), name


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


def _decoded(content: bytes, name: str) -> str:
    try:
        return content.decode(name)
    except UnicodeDecodeError as error:
        raise Unreadable(
            "The file is not valid %(encoding)s: byte %(position)d cannot be read.",
            encoding=name,
            position=error.start,
        ) from error
    except (LookupError, UnicodeError) as error:
        raise Unreadable("There is no encoding “%(encoding)s”.", encoding=name) from error


def _guessed(content: bytes) -> tuple[str, str, list[Problem]]:
    try:
        text, name = content.decode("cp1252"), "cp1252"
    except UnicodeDecodeError as error:
        best = from_bytes(content[:_SAMPLE]).best()
        if best is None:
            raise Unreadable(
                "The encoding of the file cannot be told. Save it as UTF-8 or name the encoding."
            ) from error
        text, name = _decoded(content, best.encoding), best.encoding
    warning = Problem(
        "encoding",
        "The file is not UTF-8 and was read as %(encoding)s. Check letters such as ä, é or ł.",
        {"encoding": name},
    )
    return text, name, [warning]
