"""CSV as it leaves the node: RFC 4180, UTF-8 with byte order mark, safe to open in a spreadsheet.

A spreadsheet takes a cell that begins with ``=`` for a formula, and a formula can send the other
cells elsewhere. A *text* that begins with one of ``GUARDED`` therefore gets an apostrophe in front;
so does one that begins with an apostrophe itself, so that taking away one apostrophe always gives
the text as it was. Numbers, days and truth values are written as they are.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import islice

from marketplace.formats import characters

Value = str | int | float | bool | date | datetime | list[str] | None
"""What a cell can hold; a ``datetime`` has its zone."""

MEDIA_TYPE = "text/csv; header=present"
"""The server adds the character set, UTF-8."""
BYTE_ORDER_MARK = "\ufeff"
BETWEEN = "; "
"""Stands between the codes of one cell."""

GUARDED = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'")
"""Beginnings that a spreadsheet may take for a formula, and the guard itself."""

ROWS_AT_ONCE = 500


def moment(value: datetime) -> str:
    """A moment as RFC 3339 writes it, in UTC: ``2026-11-23T03:30:00Z``."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def cell(value: Value) -> str:
    """A value as the text of its cell; None is empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return value.isoformat()
    return guarded(BETWEEN.join(value) if isinstance(value, list) else value)


def guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    plain, _ = characters.clean(text)
    return f"'{plain}" if plain.startswith(GUARDED) else plain


def unguarded(text: str) -> str:
    """The text that ``guarded`` was given, without its control characters."""
    return text[1:] if text.startswith("'") else text


def head(header: Sequence[str]) -> bytes:
    """The byte order mark and the line with the names of the columns."""
    return BYTE_ORDER_MARK.encode() + lines([list(header)])


def lines(rows: Iterable[Sequence[Value]]) -> bytes:
    """Rows as lines."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerows([cell(value) for value in row] for row in rows)
    return buffer.getvalue().encode("utf-8", "replace")


def written(header: Sequence[str], rows: Iterable[Sequence[Value]]) -> Iterator[bytes]:
    """The file in pieces of some hundred rows, so that it need not be in memory whole."""
    yield head(header)
    coming = iter(rows)
    while part := list(islice(coming, ROWS_AT_ONCE)):
        yield lines(part)
