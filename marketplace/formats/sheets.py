"""Tables as they come: CSV of any dialect, Excel workbooks, flat JSON lists. Rows of texts out.

A row is refused, never repaired: too many or too few cells, a quotation mark that is not closed.
After an open quotation mark reading goes on in the next line, so it does not swallow the rest.
Rows without any content are not rows. A formula is text like any other and is not calculated.
"""

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from catalog.errors import Problem
from marketplace.formats.encoding import decode
from marketplace.formats.json_document import read_document
from marketplace.formats.records import (
    MAX_CELL,
    MAX_ROWS,
    Refused,
    Unreadable,
    excerpt,
    read_bytes,
)

MAX_COLUMNS = 500
MAX_BROKEN_QUOTES = 200
"""Open quotation marks after which a file counts as broken altogether."""

MAX_UNPACKED = 128 * 1024 * 1024
MAX_PARTS = 2_000
csv.field_size_limit(MAX_CELL)  # a setting of the whole process: nothing else reads CSV here

DELIMITERS = (",", ";", "\t", "|")


@dataclass(frozen=True)
class Row:
    """One row: its number and its cells by heading."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Sheet:
    """An opened table."""

    headings: Sequence[str]
    rows: Iterator[Row | Refused]
    encoding: str
    total: int | None
    warnings: Sequence[Problem]


def open_sheet(path: Path, *, records: str = "", encoding: str = "") -> Sheet:
    """Open a table by what it is, not by what it is called. Raises ``Unreadable``."""
    if path.is_dir():
        raise Unreadable("“%(name)s” is a folder.", name=path.name)
    content = read_bytes(path)
    if content.startswith(b"PK\x03\x04"):
        return _workbook(path)
    if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"[", b"{"):
        return _json(path, records)
    if content.startswith((b"\xd0\xcf\x11\xe0", b"%PDF", b"\x1f\x8b")):
        raise Unreadable("The file is neither CSV nor XLSX nor JSON.")
    text, name, warnings = decode(content, encoding)
    return _csv(text, name, warnings)


def _numbered(headings: Sequence[str]) -> tuple[list[str], list[Problem]]:
    """Headings that are all different, and what was changed for it."""
    names: list[str] = []
    warnings: list[Problem] = []
    counts: dict[str, int] = {}
    for place, given in enumerate(headings, 1):
        name = " ".join(given.replace("\ufeff", "").split())
        if not name:
            name = f"Column {place}"
            warnings.append(
                Problem("", "The heading of column %(place)d is empty.", {"place": place})
            )
        counts[name] = counts.get(name, 0) + 1
        if counts[name] == 2:
            warnings.append(
                Problem(
                    name[:80],
                    "The heading “%(name)s” stands more than once and was numbered.",
                    {"name": name[:80]},
                )
            )
        names.append(name if counts[name] == 1 else f"{name} ({counts[name]})")
    return names, warnings


def _width_problem(cells: Sequence[str], headings: Sequence[str]) -> Problem:
    return Problem(
        "",
        "The row has %(cells)d cells, the heading has %(columns)d.",
        {"cells": len(cells), "columns": len(headings)},
    )


# CSV --------------------------------------------------------------------------------------------


def _csv(text: str, encoding: str, warnings: list[Problem]) -> Sheet:
    lines = list(io.StringIO(text, newline=""))
    dialect = _delimiter(lines)
    rows = _csv_rows(lines, dialect)
    first = next((row for row in rows if isinstance(row, _Cells) and any(row.cells)), None)
    if first is None:
        raise Unreadable("The table has no heading.")
    if len(first.cells) > MAX_COLUMNS:
        raise Unreadable("More than %(limit)d columns.", limit=MAX_COLUMNS)
    headings, about = _numbered(first.cells)
    return Sheet(headings, _fitted(rows, headings), encoding, None, [*warnings, *about])


@dataclass(frozen=True)
class _Cells:
    number: int
    cells: list[str]


def _delimiter(lines: Sequence[str]) -> str:
    """The delimiter that parts the first rows most evenly, then into most columns."""

    def evenness(delimiter: str) -> tuple[bool, float, int]:
        sample = [row.cells for row in _csv_rows(lines[:60], delimiter) if isinstance(row, _Cells)]
        sample = [cells for cells in sample[:20] if any(cells)]
        if not sample:
            return False, 0.0, 0
        width = len(sample[0])
        even = sum(len(cells) == width for cells in sample) / len(sample)
        return width > 1, even, width

    return max(DELIMITERS, key=evenness)


def _csv_rows(lines: Sequence[str], delimiter: str) -> Iterator[_Cells | Refused]:
    """Rows with their numbers; a row with an open quotation mark is refused and reading goes on
    in the line below it."""
    at, number, broken = 0, 0, 0
    while at < len(lines):
        reader = csv.reader(_stretch(lines, at), delimiter=delimiter, strict=True)
        done = 0
        try:
            for cells in reader:
                number += 1
                done = reader.line_num
                if cells:
                    yield _Cells(number, cells)
        except csv.Error as error:
            number += 1
            broken += 1
            if broken > MAX_BROKEN_QUOTES:
                raise Unreadable(
                    "More than %(limit)d rows have open quotation marks.",
                    row=number,
                    limit=MAX_BROKEN_QUOTES,
                ) from error
            yield _quote_refused(number, lines[at + done], error)
            at += done + 1
        else:
            return


def _stretch(lines: Sequence[str], start: int) -> Iterator[str]:
    for place in range(start, len(lines)):
        yield lines[place]


def _quote_refused(number: int, line: str, error: csv.Error) -> Refused:
    problem = Problem(
        "",
        "A quotation mark is not closed or stands where none may be (%(reason)s).",
        {"reason": str(error)},
    )
    return Refused(number, problem, excerpt=excerpt(line))


def _fitted(rows: Iterator[_Cells | Refused], headings: list[str]) -> Iterator[Row | Refused]:
    count = 0
    for row in rows:
        if isinstance(row, _Cells) and not any(cell.strip() for cell in row.cells):
            continue
        count += 1
        if count > MAX_ROWS:
            raise Unreadable("More than %(limit)d rows.", row=count, limit=MAX_ROWS)
        if isinstance(row, Refused):
            yield row
        elif len(row.cells) != len(headings):
            problem = _width_problem(row.cells, headings)
            yield Refused(row.number, problem, excerpt=excerpt(" | ".join(row.cells)))
        else:
            yield Row(row.number, dict(zip(headings, row.cells, strict=True)))


# Excel ------------------------------------------------------------------------------------------


def _workbook(path: Path) -> Sheet:
    _check_archive(path)
    try:
        book = load_workbook(path, read_only=True, data_only=False, keep_links=False)
        sheet = book.worksheets[0]
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, ParseError) as error:
        raise Unreadable("The file is no readable Excel workbook.") from error
    except IndexError as error:
        raise Unreadable("The workbook has no sheet.") from error
    rows = _sheet_rows(sheet)
    first = next((row for row in rows if any(row.cells)), None)
    if first is None:
        raise Unreadable("The table has no heading.")
    while first.cells and not first.cells[-1]:
        first.cells.pop()
    headings, warnings = _numbered(first.cells)
    if len(book.worksheets) > 1:
        warnings.append(
            Problem(
                "", "Only the first of %(count)d sheets was read.", {"count": len(book.worksheets)}
            )
        )
    total = sheet.max_row - 1 if sheet.max_row else None
    return Sheet(headings, _fitted(_cut(rows, len(headings)), headings), "xlsx", total, warnings)


def _check_archive(path: Path) -> None:
    """A workbook is an archive of XML: refuse one that unpacks to too much or declares entities."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
                raise Unreadable(
                    "The workbook unpacks to more than %(limit)d bytes or parts.",
                    limit=MAX_UNPACKED,
                )
            if not any(part.filename == "xl/workbook.xml" for part in parts):
                raise Unreadable("The archive is no Excel workbook.")
            for part in parts:
                if part.filename.endswith((".xml", ".rels")):
                    with archive.open(part) as file:
                        if b"<!" in file.read(1024).replace(b"<!--", b""):
                            raise Unreadable("The workbook declares entities and is not read.")
    except zipfile.BadZipFile as error:
        raise Unreadable("The file is no readable Excel workbook.") from error


def _sheet_rows(sheet: Any) -> Iterator[_Cells]:
    for number, values in enumerate(sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS), 1):
        yield _Cells(number, [_cell(value) for value in values])


def _cut(rows: Iterator[_Cells], width: int) -> Iterator[_Cells | Refused]:
    """Rows without the empty cells that a spreadsheet keeps on their right."""
    for row in rows:
        cells = row.cells
        if len(cells) < width:
            cells = cells + [""] * (width - len(cells))
        while len(cells) > width and not cells[-1]:
            cells = cells[:-1]
        yield _Cells(row.number, cells)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return (
            value.isoformat(" ") if value.time() != value.min.time() else value.date().isoformat()
        )
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


# JSON -------------------------------------------------------------------------------------------


def _json(path: Path, where: str) -> Sheet:
    document = read_document(path)
    entries = document.value
    if isinstance(entries, dict):
        lists = [name for name, value in entries.items() if isinstance(value, list)]
        name = where or (lists[0] if len(lists) == 1 else "")
        entries = entries.get(name)
    if not isinstance(entries, list):
        raise Unreadable("Expected a list of objects, or an object that holds one list.")
    if len(entries) > MAX_ROWS:
        raise Unreadable("More than %(limit)d rows.", limit=MAX_ROWS)
    headings = list(
        dict.fromkeys(name for entry in entries[:200] if isinstance(entry, dict) for name in entry)
    )
    rows = _json_rows(entries)
    return Sheet(headings, rows, document.encoding, len(entries), document.warnings)


def _json_rows(entries: list[Any]) -> Iterator[Row | Refused]:
    for number, entry in enumerate(entries, 1):
        if isinstance(entry, dict):
            yield Row(number, {name: _flat(value) for name, value in entry.items()})
        else:
            yield Refused(number, Problem("", "Expected an object."), excerpt=excerpt(str(entry)))


def _flat(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "; ".join(_flat(item) for item in value)
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_flat(item)}" for name, item in value.items())
    return str(value)
