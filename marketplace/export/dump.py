"""The full dump: a folder with everything public, its manifest and its codebook.

Every noun leaves as JSON Lines (all facts), its flat tables as CSV and Parquet. The folder is
written beside its place and renamed when it is whole, so nobody ever meets half a dump.
"""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self
from uuid import uuid4

import duckdb
import msgspec
from sqlalchemy.orm import Session

from catalog import nodes
from catalog.database import now
from catalog.errors import Conflict
from marketplace import __version__
from marketplace.export import columns, reading
from marketplace.export.columns import Kind, Sheet, Voice
from marketplace.export.reading import Noun, Run
from marketplace.formats import csv_out
from marketplace.settings import Settings
from marketplace.transactions import Database
from marketplace.translations import message

FORMAT = "lichtermeer-dump"
FORMAT_VERSION = 1
MANIFEST = "manifest.json"
READ_ME = "README.md"

DUCKDB_MEMORY = "512MB"

PARQUET_TYPES = {
    Kind.TEXT: "VARCHAR",
    Kind.CODE: "VARCHAR",
    Kind.CODES: "VARCHAR[]",
    Kind.INTEGER: "BIGINT",
    Kind.NUMBER: "DOUBLE",
    Kind.BOOLEAN: "BOOLEAN",
    Kind.DAY: "DATE",
    Kind.MOMENT: "TIMESTAMPTZ",
}

KNOWN_GAPS = (
    message("Drafts, people and sign-ins stay on the node."),
    message("What a publisher withholds is left out; the reason is given."),
    message("Rows of other registers stay here as they came; our entry names the source."),
    message("A use that was entered by mistake is gone; the list of changes says so."),
)

Progress = Callable[[str, int], None]
"""Called with the name of a noun and the number of things written since the last call."""


class File(msgspec.Struct, frozen=True):
    """A file of the dump: its table, rows (None for texts), size in bytes, SHA-256."""

    name: str
    table: str
    rows: int | None
    bytes: int
    sha256: str


class NodeName(msgspec.Struct, frozen=True):
    """The node that was dumped."""

    name: str
    operator: str
    base_url: str
    is_sample: bool


class Manifest(msgspec.Struct, frozen=True):
    """What a dump holds and where it comes from."""

    format: str
    version: int
    columns: str
    """Version of the columns of the flat tables."""
    software: str
    made_at: datetime
    serial: int
    """Last public change of the feed; whoever follows the feed goes on from here."""
    license: str
    """SPDX identifier; records taken from elsewhere name their own licence."""
    node: NodeName
    counts: dict[str, int]
    known_gaps: tuple[str, ...]
    files: tuple[File, ...]


@dataclass(frozen=True)
class Total:
    """How many things of a noun there will be, for whoever shows progress."""

    noun: str
    count: int


def ignore(_noun: str, _done: int) -> None:
    """Progress for those who show none."""


def dump(
    database: Database,
    settings: Settings,
    folder: Path,
    *,
    announce: Callable[[Sequence[Total]], None] | None = None,
    progress: Progress = ignore,
) -> Manifest:
    """Write the dump to ``folder``, which must not hold anything yet.

    Raises ``Conflict`` if it does. If anything stops it, nothing is left behind.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Conflict("“%(folder)s” is not empty. Name a new folder.", folder=str(folder))
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _beside(folder) as part, reading.snapshot(database) as session:
        if announce is not None:
            announce([Total(noun.name, noun.count(session)) for noun in reading.NOUNS])
        return _write(session, settings, part, progress)


@contextmanager
def _beside(folder: Path) -> Iterator[Path]:
    part = folder.with_name(f".{folder.name}.{uuid4().hex[:8]}.part")
    part.mkdir()
    try:
        yield part
        if folder.exists():
            folder.rmdir()
        part.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _write(session: Session, settings: Settings, part: Path, progress: Progress) -> Manifest:
    node = nodes.own(session)
    base_url = settings.base_url.rstrip("/")
    voice = Voice(base_url, settings.language)
    files: list[File] = []
    counts: dict[str, int] = {}
    for noun in reading.NOUNS:
        written = _noun(session, noun, part, voice, progress)
        counts[noun.name] = written[0].rows or 0
        files += written
    files.append(_codebook(part, voice))
    manifest = Manifest(
        format=FORMAT,
        version=FORMAT_VERSION,
        columns=columns.VERSION,
        software=f"lichtermeer {__version__}",
        made_at=now(),
        serial=reading.last_public_serial(session),
        license=settings.data_license,
        node=NodeName(node.name, node.operator, base_url, node.is_sample),
        counts=counts,
        known_gaps=KNOWN_GAPS,
        files=(*files, _read_me(part, settings, node.name)),
    )
    encoded = msgspec.json.format(msgspec.json.encode(manifest), indent=2)
    (part / MANIFEST).write_bytes(encoded + b"\n")
    return manifest


class _Written:
    """A file that counts and hashes what goes into it."""

    def __init__(self, path: Path, table: str) -> None:
        self.path, self.table = path, table
        self.rows = self.bytes = 0
        self._hash = sha256()
        self._file: IO[bytes] = path.open("wb")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Write what is left and end."""
        self._file.close()

    def add(self, content: bytes, rows: int) -> None:
        """Append bytes that hold some rows."""
        self._file.write(content)
        self._hash.update(content)
        self.bytes += len(content)
        self.rows += rows

    @property
    def file(self) -> File:
        """What the manifest says of it."""
        return File(self.path.name, self.table, self.rows, self.bytes, self._hash.hexdigest())


def _noun(session: Session, noun: Noun, part: Path, voice: Voice, progress: Progress) -> list[File]:
    with ExitStack() as open_files:
        flats = [open_files.enter_context(_Flat(part, sheet, voice)) for sheet in noun.sheets]
        lines = open_files.enter_context(_Written(part / f"{noun.name}.jsonl", noun.name))
        for run in noun.runs(session):
            encoded = [msgspec.json.encode(document) + b"\n" for document in run.documents]
            lines.add(b"".join(encoded), len(encoded))
            for flat in flats:
                flat.add(run)
            progress(noun.name, len(encoded))
    return [lines.file, *(file for flat in flats for file in flat.files())]


class _Flat:
    """A flat table on its way into CSV and Parquet."""

    def __init__(self, part: Path, sheet: Sheet[Any], voice: Voice) -> None:
        self.sheet, self.voice = sheet, voice
        self._csv = _Written(part / f"{sheet.name}.csv", sheet.name)
        self._csv.add(csv_out.head(sheet.header), 0)
        # DuckDB reads what it turns into Parquet; the words of records must not carry the
        # guards of CSV there.
        self._plain = _Written(part / f"{sheet.name}.plain", sheet.name)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._csv.close()
        self._plain.close()

    def add(self, run: Run) -> None:
        """Append the rows of a run."""
        rows = [self.sheet.values(row, self.voice) for row in run.rows[self.sheet.name]]
        self._csv.add(csv_out.lines(rows), len(rows))
        named = [
            {name: columns.plain(value) for name, value in zip(self.sheet.header, row, strict=True)}
            for row in rows
        ]
        self._plain.add(b"".join(msgspec.json.encode(row) + b"\n" for row in named), len(rows))

    def files(self) -> list[File]:
        """The two files, once all rows are in them."""
        target = self._plain.path.with_suffix(".parquet")
        write_parquet(self.sheet, self._plain.path, target)
        self._plain.path.unlink()
        return [self._csv.file, _measured(target, self.sheet.name, self._csv.rows)]


def write_parquet(sheet: Sheet[Any], lines: Path, target: Path) -> None:
    """Turn JSON Lines with the columns of ``sheet`` into a Parquet file."""
    typed = ", ".join(
        f"'{column.name}': '{PARQUET_TYPES[column.kind]}'" for column in sheet.columns
    )
    with duckdb.connect(
        config={
            "threads": 1,
            "memory_limit": DUCKDB_MEMORY,
            "temp_directory": str(target.parent),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
    ) as connection:
        # Names of columns and of the folder are ours; COPY takes no parameters.
        connection.execute(
            f"COPY (SELECT * FROM read_json({_quoted(lines)}, columns={{{typed}}},"  # noqa: S608
            f" format='newline_delimited', maximum_object_size=67108864))"
            f" TO {_quoted(target)} (FORMAT parquet, COMPRESSION zstd)"
        )


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _measured(path: Path, table: str, rows: int | None) -> File:
    found = sha256()
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            found.update(piece)
    return File(path.name, table, rows, path.stat().st_size, found.hexdigest())


def _codebook(part: Path, voice: Voice) -> File:
    rows = [columns.CODEBOOK.values(row, voice) for row in columns.codebook()]
    with _Written(part / "codebook.csv", columns.CODEBOOK.name) as file:
        file.add(csv_out.head(columns.CODEBOOK.header) + csv_out.lines(rows), len(rows))
    return file.file


def _read_me(part: Path, settings: Settings, node_name: str) -> File:
    nouns = "\n".join(f"- `{noun.name}.jsonl`" for noun in reading.NOUNS)
    tables = "\n".join(
        f"- `{sheet.name}.csv`, `{sheet.name}.parquet`: {sheet.row_is}"
        for noun in reading.NOUNS
        for sheet in noun.sheets
    )
    gaps = "\n".join(f"- {gap}" for gap in KNOWN_GAPS)
    text = READ_ME_TEXT.format(
        node=node_name,
        base_url=settings.base_url,
        nouns=nouns,
        tables=tables,
        gaps=gaps,
        version=columns.VERSION,
        license=settings.data_license,
        guarded=" ".join(repr(each) for each in csv_out.GUARDED),
    )
    path = part / READ_ME
    path.write_text(text, "utf-8")
    return _measured(path, "", None)


READ_ME_TEXT = """# Everything public of the node {node}

Made by {base_url}. `manifest.json` names every file with its rows, size and SHA-256, the moment,
the serial of the last change and the version of the columns ({version}).

Licence: {license}. Records taken from elsewhere name their own licence and attribution.
Cite: "{node}, {base_url}, dump of <made_at>, serial <serial>".

## Everything, one JSON object a line

{nouns}

Texts are objects by language code. A record is described by `catalog/records.py` of the software,
that of a register entry by `catalog/register/record.py`.
A fact in `withheld` is not published; its reason is given. A fact that is nowhere is not stated.

## Flat tables

{tables}

`codebook.csv` tells every column. CSV is UTF-8 with byte order mark, comma, CRLF (RFC 4180). A text
that begins with one of {guarded} has an apostrophe in front, so that no spreadsheet takes it for a
formula: take one apostrophe away to have it as it was. Several codes in one cell are set apart by
"; ". Days are YYYY-MM-DD, moments are RFC 3339 in UTC, an empty cell is not stated. JSON Lines and
Parquet hold texts as they are.

```python
import csv
rows = list(csv.DictReader(open("solutions.csv", encoding="utf-8-sig", newline="")))
```

```r
rows <- read.csv("solutions.csv", fileEncoding = "UTF-8-BOM")
```

## Known gaps

{gaps}

## Into an empty node

`marketplace load-dump FOLDER` checks every file against the manifest and keeps all ids.
"""
