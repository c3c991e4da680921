"""Zip archives from strangers: names stay inside, sizes are counted while unpacking."""

import io
import re
import zipfile
import zlib

from marketplace.interfaces.places import Unread, shortened

MAX_FILES = 300
READ = (".json", ".yaml", ".yml", ".jsonld")
"""Endings of files that are read; others stay packed."""

_OUTSIDE = re.compile(r"^[/\\]|^[A-Za-z]:|(?:^|[/\\])\.\.(?:[/\\]|$)|\x00")


def unpack(content: bytes, max_bytes: int, max_growth: int) -> dict[str, bytes]:
    """The readable files of an archive by path.

    Raises ``Unread`` for a name that leads outside, too many files, or growth beyond ``max_growth``
    times the archive or ``max_bytes``.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return _files(packed, min(max_bytes, max_growth * len(content)), max_growth)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError) as error:
        raise Unread("archive", reason=shortened(error)) from error


def _files(packed: zipfile.ZipFile, limit: int, max_growth: int) -> dict[str, bytes]:
    entries = packed.infolist()
    for entry in entries:
        if _OUTSIDE.search(entry.filename):
            raise Unread("archive_path", name=shortened(entry.filename))
    if len(entries) > MAX_FILES:
        raise Unread("archive", reason=f"it holds more than {MAX_FILES} files")
    result: dict[str, bytes] = {}
    left = limit
    for entry in entries:
        if not entry.filename.lower().endswith(READ):
            continue
        # The size in the directory is the archive's own claim; what comes out is counted.
        with packed.open(entry) as file:
            result[entry.filename] = file.read(left + 1)
        left -= len(result[entry.filename])
        if left < 0:
            raise Unread("compression", limit=max_growth, bytes=limit)
    return result
