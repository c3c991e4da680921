"""Files that describe one solution each: a file or a folder of them, a row a file."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from marketplace.formats.encoding import decode
from marketplace.formats.json_text import BrokenText
from marketplace.formats.records import (
    Reading,
    Refused,
    Taken,
    Unread,
    Unreadable,
    excerpt,
    read_bytes,
)

MAX_FILES = 100_000

MAX_FILE = 1024 * 1024
"""Bytes of a codemeta.json, a CITATION.cff or a model card."""


@dataclass(frozen=True)
class SingleFiles:
    """A format of such files: its name, the names of its files in a folder, and its reader."""

    format: str
    pattern: str
    """Patterns of file names, joined by commas."""
    limit: int
    one: Callable[[int, str, bytes], Taken | Refused]
    """Row, name of the file, its bytes; never raises."""

    @property
    def patterns(self) -> Sequence[str]:
        """The patterns one by one."""
        return self.pattern.split(", ")


def read(path: Path, files: SingleFiles) -> Reading:
    """Open a file, or every file of the format below a folder. Raises ``Unreadable``."""
    found = _files(path, files)
    return Reading(path, files.format, "utf-8", _rows(found, files), total=len(found))


def _files(path: Path, files: SingleFiles) -> Sequence[Path]:
    if not path.is_dir():
        if not path.exists():
            raise Unreadable("There is no file “%(name)s”.", name=path.name)
        return [path]
    every = {each for pattern in files.patterns for each in path.rglob(pattern) if each.is_file()}
    if not every:
        raise Unreadable("The folder holds no file called %(names)s.", names=files.pattern)
    if len(every) > MAX_FILES:
        raise Unreadable("More than %(limit)d files.", limit=MAX_FILES)
    return sorted(every)


def _rows(found: Sequence[Path], files: SingleFiles) -> Iterator[Unread]:
    for row, path in enumerate(found, 1):
        try:
            content = read_bytes(path, files.limit)
        except Unreadable as error:
            yield Unread.without_content(Refused(row, error.problem, excerpt=path.name))
        else:
            yield Unread(row, content, partial(files.one, row, path.name, content))


def mapping_of(
    row: int, file_name: str, content: bytes, parse: Callable[[str], tuple[Any, list[str]]]
) -> tuple[dict[str, Any], list[str]] | Refused:
    """The keys and values of a file and the keys that stand twice, or why it is refused."""
    try:
        text, _encoding, _warnings = decode(content)
        value, doubled = parse(text.removeprefix("\ufeff"))
    except Unreadable as error:
        return Refused(row, error.problem, excerpt=file_name)
    except BrokenText as error:
        broken = Unreadable(
            "%(reason)s (line %(line)d, column %(column)d).",
            reason=error.reason,
            line=error.line,
            column=error.column,
        )
        return Refused(row, broken.problem, excerpt=file_name)
    if not isinstance(value, dict):
        problem = Unreadable("The file must hold keys with values.").problem
        return Refused(row, problem, excerpt=excerpt(f"{file_name}: {text}"))
    return value, doubled
