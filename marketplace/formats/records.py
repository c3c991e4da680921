"""What a reader of foreign records hands on: rows taken, rows refused, and whole files.

A reader is pure: bytes in, ``Taken`` or ``Refused`` out, one for every row, in the order of the
file. It hands rows on unread: most rows of a register that is harvested again are as they were, and
need not be read. Nothing is left out silently: what a reader cannot use it names, and what it
changes on the way (control characters, personal contact data, words that no code list knows) it
says in a warning.

Rows are numbered as people meet them: the line in JSON Lines, the position in a JSON list (from 1),
the row of the sheet in a table (the heading is row 1), the file in a folder of publiccode files.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Self

from catalog.errors import Problem
from catalog.organizations import OrganizationName
from catalog.records import SolutionRecord

MAX_ROWS = 2_000_000
"""Rows of one file; more is refused, because it is more likely a mistake than a register."""

MAX_DOCUMENT_BYTES = 64 * 1024 * 1024
"""Bytes of a file that must be held in memory to be read; JSON Lines are read line by line."""

MAX_CELL = 100_000
"""Characters of one cell or text."""

MAX_KEY = 200
"""Characters of a key; longer ones are replaced by their hash."""


@dataclass(frozen=True)
class Taken:
    """One row that was understood."""

    row: int
    source: str
    """Which register the row comes from; keys are unique within it."""
    key: str
    record: SolutionRecord
    raw: Any
    """The row as the source has it, without personal contact data; can be written as JSON."""
    organization: OrganizationName | None = None
    used_by: Sequence[str] = ()
    """Bodies that the source names as users. A claim of the source, not a declared adoption."""
    warnings: Sequence[Problem] = ()


@dataclass(frozen=True)
class Refused:
    """One row that was not taken, with the field and the reason."""

    row: int
    problem: Problem
    key: str = ""
    excerpt: str = ""
    """The beginning of what the row holds, for finding it again."""


class Unread(NamedTuple):
    """One row as it stands in its file, found but not yet read."""

    row: int
    written: bytes
    """The row's own bytes, by which an unchanged one is recognized without being read; empty where
    there are none, so that the row is read every time. Equal bytes must read alike."""
    read: Callable[[], Taken | Refused]

    @classmethod
    def without_content(cls, refused: Refused) -> Self:
        """A row that could not even be found whole."""
        return cls(refused.row, b"", lambda: refused)


@dataclass(frozen=True)
class Reading:
    """An opened file: what is known of it before its rows, and its rows."""

    path: Path
    format: str
    encoding: str
    unread: Iterator[Unread]
    total: int | None = None
    """How many rows there will be, if it is known; for the progress bar only."""
    mapping: str = ""
    warnings: Sequence[Problem] = ()
    rules: bytes = b""
    """What besides the product's own rules decides how rows are read, such as a mapping file."""

    @property
    def rows(self) -> Iterator[Taken | Refused]:
        """Every row, read."""
        return (unread.read() for unread in self.unread)


class Unreadable(Exception):
    """A file as a whole cannot be read; ``problem`` says where and why."""

    def __init__(self, message: str, *, field: str = "", row: int = 0, **params: object) -> None:
        super().__init__(message)
        self.problem = Problem(field, message, params)
        self.row = row

    def __str__(self) -> str:
        return str(self.problem)


def excerpt(text: str) -> str:
    """The first 120 characters on one line."""
    line = " ".join(text[:400].split())
    return line if len(line) <= 120 else line[:119] + "…"


def read_bytes(path: Path, limit: int = MAX_DOCUMENT_BYTES) -> bytes:
    """The bytes of a file; raises ``Unreadable`` for none, too many, or no access."""
    try:
        with path.open("rb") as file:
            content = file.read(limit + 1)
    except OSError as error:
        raise Unreadable(
            "The file cannot be opened: %(reason)s.", reason=error.strerror or "unknown reason"
        ) from error
    if not content:
        raise Unreadable("The file is empty.")
    if len(content) > limit:
        raise Unreadable("The file is larger than %(limit)d bytes.", limit=limit)
    return content
