"""Data to take along: the dumps that the node keeps, what is in them, how to cite, how to resume.

A file of a dump never changes, so its SHA-256 is its ETag and half a download goes on where it
stopped (RFC 9110, 14).
"""

import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anyio
from babel.dates import format_datetime
from babel.numbers import format_decimal
from litestar import Request, Response
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream

from catalog.errors import NotFound
from marketplace.export import columns, nightly
from marketplace.export.dump import KNOWN_GAPS, MANIFEST, File
from marketplace.export.listing import LARGEST_LIST
from marketplace.export.nightly import Kept
from marketplace.pages import downloads
from marketplace.pages.frame import PageFrame, PageNotice
from marketplace.pages.reader import Reader, frame
from marketplace.pages.rendering import number, render
from marketplace.routing import get, paths
from marketplace.settings import Settings

PIECE = 64 * 1024
KEEP_BYTES = "keep_bytes"
"""Option of handlers whose bytes must arrive as they are: the server does not compress them."""

RANGE = re.compile(r"^bytes=(?:(\d{1,18})-(\d{0,18})|-(\d{1,18}))$")

MEDIA_TYPES = {
    ".csv": "text/csv; charset=utf-8",
    ".json": "application/json",
    ".jsonl": "application/jsonl",
    ".md": "text/markdown; charset=utf-8",
    ".parquet": "application/vnd.apache.parquet",
}


@dataclass(frozen=True)
class FileRow:
    """A file of a dump."""

    name: str
    href: str
    rows: str
    size: str
    sha256: str


@dataclass(frozen=True)
class DumpView:
    """A dump that can be downloaded."""

    made_at: str
    license: str
    serial: int
    columns: str
    software: str
    manifest_href: str
    files: Sequence[FileRow]
    cite: str


@dataclass(frozen=True)
class DataPage:
    """Everything that leaves the node, and how it went last."""

    page: PageFrame
    latest: DumpView | None
    older: Sequence[DumpView]
    succeeded_at: str
    license: str
    gaps: Sequence[str]
    columns: str
    codebook: Sequence[tuple[str, str]]
    lists: Sequence[tuple[str, Sequence[tuple[str, str]]]]
    largest_list: str
    api_href: str


@get(paths("data"))
def show(request: Request[Any, Any, Any], reader: NamedDependency[Reader]) -> Response[str]:
    """The dumps with date, size, checksum and licence, and every other way out."""
    _ = reader._
    settings: Settings = request.app.state.settings
    dumps = [_dump(kept, reader) for kept in nightly.kept(settings)]
    state = nightly.state(settings)
    context = DataPage(
        page=frame(
            reader, _("Data to take along"), section="service", notices=_notices(state, reader)
        ),
        latest=dumps[0] if dumps else None,
        older=dumps[1:],
        succeeded_at=_moment(state.succeeded_at, reader) if state.succeeded_at else "",
        license=settings.data_license,
        gaps=[_(gap) for gap in KNOWN_GAPS],
        columns=columns.VERSION,
        codebook=downloads.hrefs(reader.address("data_codebook"), ("csv", "json")),
        lists=(
            (_("Solutions"), downloads.hrefs(reader.address("search"))),
            (_("Municipalities where something runs"), downloads.hrefs(reader.address("lights"))),
        ),
        largest_list=number(LARGEST_LIST, reader.language),
        api_href=reader.address("api"),
    )
    # A new dump is no change of the feed, so the answer may not be kept.
    return render("data/show.html", context, headers={"Cache-Control": "no-store"})


def _notices(state: nightly.State, reader: Reader) -> Sequence[PageNotice]:
    failed, succeeded = state.failed_at, state.succeeded_at
    if failed is None or (succeeded is not None and succeeded > failed):
        return ()
    text = reader._(
        "The last dump failed on %(moment)s (%(reason)s). The next one follows at night."
    )
    told = text % {"moment": _moment(failed, reader), "reason": state.reason}
    return (PageNotice(told, kind="warn"),)


def _moment(value: Any, reader: Reader) -> str:
    return str(format_datetime(value, "d. MMMM y, HH:mm 'UTC'", locale=reader.language))


def _dump(kept: Kept, reader: Reader) -> DumpView:
    manifest = kept.manifest
    made_at = _moment(manifest.made_at, reader)
    cite = reader._("%(node)s, %(address)s: dump of %(moment)s, change %(serial)s, %(license)s.")
    return DumpView(
        made_at=made_at,
        license=manifest.license,
        serial=manifest.serial,
        columns=manifest.columns,
        software=manifest.software,
        manifest_href=reader.address("data_file", dump=kept.name, file=MANIFEST),
        files=[_file(kept, each, reader) for each in manifest.files],
        cite=cite
        % {
            "node": manifest.node.name,
            "address": manifest.node.base_url,
            "moment": made_at,
            "serial": manifest.serial,
            "license": manifest.license,
        },
    )


def _file(kept: Kept, file: File, reader: Reader) -> FileRow:
    return FileRow(
        name=file.name,
        href=reader.address("data_file", dump=kept.name, file=file.name),
        rows="–" if file.rows is None else number(file.rows, reader.language),
        size=_size(file.bytes, reader.language),
        sha256=file.sha256,
    )


def _size(count: int, language: str) -> str:
    for unit, bound in (("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)):
        if count >= bound:
            return f"{format_decimal(round(count / bound, 1), locale=language)}\u202f{unit}"
    return f"{count}\u202fB"


@get(paths("data_file"), **{KEEP_BYTES: True})
def download(
    request: Request[Any, Any, Any], dump: FromPath[str], file: FromPath[str]
) -> Response[Any]:
    """A file of a dump, or the part of it that the header ``Range`` asks for."""
    path, digest = _found(request.app.state.settings, dump, file)
    size = path.stat().st_size
    headers = {
        "ETag": f'"{digest}"',
        "Accept-Ranges": "bytes",
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="{file}"',
    }
    asked = request.headers.get("range", "")
    if request.headers.get("if-range", headers["ETag"]) != headers["ETag"]:
        asked = ""
    part = _part(asked, size)
    if part is None:
        return Response(
            b"", status_code=416, headers={**headers, "Content-Range": f"bytes */{size}"}
        )
    first, last = part
    status = 206 if RANGE.match(asked) else 200
    if status == 206:
        headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    headers["Content-Length"] = str(last - first + 1)
    return Stream(
        _pieces(path, first, last - first + 1),
        status_code=status,
        media_type=MEDIA_TYPES.get(path.suffix, "application/octet-stream"),
        headers=headers,
    )


def _found(settings: Settings, dump: str, file: str) -> tuple[Path, str]:
    """The file and its SHA-256; only what a manifest names can be had."""
    for kept in nightly.kept(settings):
        if kept.name != dump:
            continue
        for each in kept.manifest.files:
            if each.name == file:
                return kept.folder / each.name, each.sha256
        if file == MANIFEST:
            return kept.folder / MANIFEST, f"{kept.name}-{kept.manifest_bytes}"
    raise NotFound("There is no such file. Dumps are kept for seven nights.")


def _part(asked: str, size: int) -> tuple[int, int] | None:
    """First and last byte to send; None if the range lies outside of the file.

    What is not a single range of bytes is left out of account, as the standard asks.
    """
    match = RANGE.match(asked)
    if match is None:
        return 0, size - 1
    if match[3]:
        wanted = min(int(match[3]), size)
        return (size - wanted, size - 1) if wanted else None
    first = int(match[1])
    last = min(int(match[2]) if match[2] else size - 1, size - 1)
    return (first, last) if first <= last else None


async def _pieces(path: Path, first: int, length: int) -> AsyncIterator[bytes]:
    async with await anyio.open_file(path, "rb") as file:
        await file.seek(first)
        left = length
        while left > 0 and (piece := await file.read(min(PIECE, left))):
            left -= len(piece)
            yield piece


HANDLERS = [show, download]
