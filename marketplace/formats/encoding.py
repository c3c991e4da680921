"""Which encoding the bytes of a file are in, and the text they stand for.

Order of the evidence: a byte order mark; zero bytes in every second place (UTF-16 without a mark);
valid UTF-8; Windows-1252, which spreadsheets in western Europe and North America still write; what
``charset-normalizer`` finds. Anything but UTF-8 is named in the report, so that nobody is surprised
by a wrong guess, and can be overruled by the operator.
"""

from charset_normalizer import from_bytes

from catalog.errors import Problem
from marketplace.formats.byte_order import mark_of
from marketplace.formats.records import Unreadable

_SAMPLE = 65_536


def decode(content: bytes, wanted: str = "") -> tuple[str, str, list[Problem]]:
    """The text, the name of its encoding, and a warning where the encoding was a guess.

    ``wanted`` is the operator's word and ends the search. Raises ``Unreadable``.
    """
    if wanted:
        return _decoded(content, wanted), wanted, []
    name = mark_of(content)
    if name:
        return _decoded(content, name), name, []
    try:
        return content.decode("utf-8"), "utf-8", []
    except UnicodeDecodeError:
        return _guessed(content)


def decode_json(content: bytes) -> tuple[str, str]:
    """The text of a JSON document: UTF-8 unless its first bytes say otherwise (RFC 8259, 8.1)."""
    name = mark_of(content) or "utf-8"
    return _decoded(content, name), name


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
