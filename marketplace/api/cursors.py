"""Walks through whole lists: pages by id, then what changed meanwhile.

A page names the next one in ``next`` and in the header ``Link``. The rows come in the order of
their ids, which never change. A record that is published during a walk may have an id that the
walk has passed, because a draft gets its id when it is begun; so a walk ends with the records that
the change feed names since it began. Every record that is public when the last page is answered
was visited at least once; one that changed meanwhile may come twice.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Response
from msgspec import Meta, Struct

from catalog import changes
from catalog.database import Session
from marketplace.api.answers import (
    ALWAYS_ASK,
    JSON,
    ApiRequest,
    has_it,
    serial_etag,
    unchanged,
)

CURSOR = r"^([ic][0-9a-f]{32}-[0-9]{1,15})?$"

After = Annotated[
    str,
    Meta(
        pattern=CURSOR,
        description="Cursor of the page before, as its `next` has it. Leave it out for the first.",
    ),
]
Limit = Annotated[
    int, Meta(ge=1, le=200, description="How many entries a page holds at most.", examples=[50])
]

FEED_SLICE = 500

Row = TypeVar("Row")


class Walk(Struct, frozen=True, forbid_unknown_fields=True):
    """Which page of a list."""

    after: After = ""
    limit: Limit = 50


@dataclass(frozen=True)
class Cursor:
    """Where a walk stands: behind an id, or behind a serial of the feed."""

    last: UUID | None
    serial: int
    """While walking by id: the feed's serial at the beginning; else the last one read."""
    is_in_feed: bool = False

    @classmethod
    def of(cls, text: str) -> "Cursor":
        """The cursor in a parameter that has passed the pattern."""
        way, last, serial = text[0], text[1:33], text[34:]
        return cls(UUID(last), int(serial), way == "c")

    def __str__(self) -> str:
        return f"{'c' if self.is_in_feed else 'i'}{(self.last or _NO_ID).hex}-{self.serial}"


_NO_ID = UUID(int=0)


@dataclass(frozen=True)
class Source:
    """How a list is read: behind an id, among ids, and which kind of change tells of it."""

    after: Callable[[UUID | None, int], Sequence[Any]]
    among: Callable[[Sequence[UUID]], Sequence[Any]]
    kind: str


def answer(
    request: ApiRequest,
    session: Session,
    source: Source,
    page: Callable[[Sequence[Any], str | None], Struct],
    *,
    after: str,
    limit: int,
) -> Response[bytes]:
    """One page of a list, or 304 if the feed has not moved since the asker read it."""
    etag, serial = serial_etag(request, session)
    if has_it(request, etag):
        return unchanged(etag)
    start = Cursor.of(after) if after else Cursor(None, serial)
    rows, following = _rows(session, start, limit, source)
    return listed(request, rows, following, page, etag)


def listed(
    request: ApiRequest,
    rows: Sequence[Any],
    following: object,
    page: Callable[[Sequence[Any], str | None], Struct],
    etag: str,
) -> Response[bytes]:
    """A page with the address of the next one in body and header."""
    headers = {"ETag": etag, "Cache-Control": ALWAYS_ASK}
    href = None
    if following is not None:
        kept = [pair for pair in request.query_params.multi_items() if pair[0] != "after"]
        base = request.app.state.settings.base_url.rstrip("/")
        href = f"{base}{request.url.path}?{urlencode([*kept, ('after', str(following))])}"
        headers["Link"] = f'<{href}>; rel="next"'
    return Response(msgspec.json.encode(page(rows, href)), media_type=JSON, headers=headers)


def _rows(
    session: Session, cursor: Cursor, limit: int, source: Source
) -> tuple[Sequence[Any], Cursor | None]:
    if cursor.is_in_feed:
        return _changed_rows(session, cursor, limit, source)
    rows = source.after(cursor.last, limit + 1)
    if len(rows) > limit:
        return rows[:limit], Cursor(rows[limit - 1].id, cursor.serial)
    # Read after the rows: whatever is committed before this line is in them or in the feed.
    if changes.after(session, cursor.serial, 1, public_only=True, kind=source.kind):
        return rows, Cursor(None, cursor.serial, is_in_feed=True)
    return rows, None


def _changed_rows(
    session: Session, cursor: Cursor, limit: int, source: Source
) -> tuple[Sequence[Any], Cursor | None]:
    found = changes.after(session, cursor.serial, FEED_SLICE, public_only=True, kind=source.kind)
    ids: dict[UUID, None] = {}
    serial = cursor.serial
    for change in found:
        if change.thing_id not in ids and len(ids) == limit:
            break
        ids[change.thing_id] = None
        serial = change.serial
    is_all = len(found) < FEED_SLICE and (not found or serial == found[-1].serial)
    rows = source.among(list(ids)) if ids else []
    return rows, None if is_all else Cursor(None, serial, is_in_feed=True)
