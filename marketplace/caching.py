"""Answers for visitors, kept by address and by how far the node has come.

The version of an answer is the serial of the last public change, that of the last one that the
search index knows, and the day; drafts and accounts make no answer stale. An answer is stored under
the version that held when its making began, so what changed meanwhile makes it stale, never wrong.
Who is signed in is never served from here.

A hit is answered on the event loop, before a thread or a session is opened.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b
from typing import cast
from uuid import UUID

import structlog
from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import (
    ASGIApp,
    HTTPResponseBodyEvent,
    HTTPResponseStartEvent,
    HTTPScope,
    Message,
    Receive,
    Scope,
    Send,
)
from sqlalchemy.exc import SQLAlchemyError

from catalog import announcements, changes, code_lists, nodes
from catalog.database import now
from marketplace.accounts.authentication import COOKIE
from marketplace.bulletin import Bulletin
from marketplace.search import synonyms
from marketplace.transactions import Database

LOOK_EVERY = 0.5
"""Seconds after which another process's changes are seen; our own are seen at once."""

SHOWN = (synonyms.CHANGE_KIND, code_lists.KIND, nodes.KIND)
"""Changes that are not published but alter what every reader sees."""

MOST_BYTES = 64 * 1024 * 1024
LARGEST_ANSWER = 1024 * 1024
LONGEST_COOKIE = 300

log = structlog.get_logger(__name__)

Version = tuple[int, int, int, date, tuple[UUID, ...]]


@dataclass
class Clock:
    """How far the node has come; one thread looks at the database so that requests need not."""

    database: Database
    position: Callable[[], int | None]
    """Position of the search index."""
    today: Callable[[], date]
    bulletin: Bulletin = field(default_factory=Bulletin)
    """What is announced; a page changes when an announcement begins or ends."""
    _serial: int | None = None
    _index: int = 0
    _local: int = 0
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to look."""
        self.database.on_public_change.append(self.tick)
        self._thread = threading.Thread(target=self._run, name="clock", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End looking."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(5)

    def tick(self) -> None:
        """Something changed in this process."""
        self._local += 1

    def version(self) -> Version | None:
        """The version of what is made now; None while the database cannot be asked."""
        if self._serial is None:
            return None
        shown = self.bulletin.key(now())
        return self._serial, self._index, self._local, self.today(), shown

    def look(self) -> None:
        """See how far the database and the search index have come, and what is announced."""
        try:
            with self.database.reading() as session:
                if code_lists.renew(session):
                    self.tick()
                last = changes.last_serial(session)
                known = min(self.position() or 0, last)
                self.bulletin.hang_up(announcements.coming(session))
                self._index = changes.last_shown(session, known, SHOWN)
                self._serial = changes.last_shown(session, last, SHOWN)
        except SQLAlchemyError as trouble:
            self._serial = None
            log.warning("database away, nothing is kept", trouble=str(trouble))

    def _run(self) -> None:
        while not self._stop.is_set():
            self.look()
            self._stop.wait(LOOK_EVERY)


@dataclass(frozen=True)
class Kept:
    """An answer as it was sent."""

    version: Version
    start: HTTPResponseStartEvent
    body: bytes
    etag: bytes


class Shelf:
    """Answers by key, the least recently used ones leave first; safe between threads."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self.most_bytes = most_bytes
        self._answers: OrderedDict[tuple[object, ...], Kept] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, key: tuple[object, ...], version: Version) -> Kept | None:
        """The answer of this version, if it is kept; one of another version leaves."""
        with self._lock:
            kept = self._answers.get(key)
            if kept is None:
                return None
            if kept.version != version:
                self._bytes -= len(self._answers.pop(key).body)
                return None
            self._answers.move_to_end(key)
            return kept

    def put(self, key: tuple[object, ...], kept: Kept) -> None:
        """Keep an answer, and let go of old ones until all fit."""
        with self._lock:
            old = self._answers.pop(key, None)
            self._bytes += len(kept.body) - (len(old.body) if old else 0)
            self._answers[key] = kept
            while self._bytes > self.most_bytes:
                _, gone = self._answers.popitem(last=False)
                self._bytes -= len(gone.body)


class AnswerCache(ASGIMiddleware):
    """Keeps the answers that visitors get, with a strong ETag, and answers 304 to who has them."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Answer from the shelf, or let the answer be made and keep it."""
        headers = {name: value for name, value in scope["headers"] if name in _RELEVANT}
        state = scope["litestar_app"].state
        clock: Clock = state.clock
        shelf: Shelf = state.shelf
        version = clock.version()
        if not _is_for_everybody(cast("HTTPScope", scope), headers):
            await next_app(scope, receive, _kept_by_nobody(send))
            return
        if version is None:
            await next_app(scope, receive, send)
            return
        key = (
            scope["path"],
            scope["query_string"],
            headers.get(b"accept", b""),
            headers.get(b"accept-language", b"") if scope["path"] == "/" else b"",
            headers.get(b"cookie", b""),
            b"gzip" in headers.get(b"accept-encoding", b""),
            headers.get(b"hx-request", b""),
        )
        kept = shelf.get(key, version)
        if kept is None:
            await self._make(
                scope,
                receive,
                send,
                next_app,
                shelf=shelf,
                key=key,
                version=version,
                if_none_match=headers.get(b"if-none-match"),
            )
        else:
            await _send_kept(kept, headers.get(b"if-none-match"), send)

    async def _make(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        next_app: ASGIApp,
        *,
        shelf: Shelf,
        key: tuple[object, ...],
        version: Version,
        if_none_match: bytes | None,
    ) -> None:
        started: list[HTTPResponseStartEvent] = []
        parts: list[bytes] = []
        size = 0
        is_passing = False

        async def collect(message: Message) -> None:
            nonlocal size, is_passing
            if is_passing:
                await send(message)
                return
            if message["type"] == "http.response.start":
                started.append(message)
                return
            if message["type"] != "http.response.body":
                await send(message)
                return
            size += len(message["body"])
            if size > LARGEST_ANSWER or not _may_keep(started[0]):
                is_passing = True
                await send(started[0])
                for part in parts:
                    await send(_body(part, is_last=False))
                await send(message)
                return
            parts.append(message["body"])
            if not message.get("more_body", False):
                kept = _kept(Answer(started[0], b"".join(parts)), version)
                shelf.put(key, kept)
                await _send_kept(kept, if_none_match, send)

        await next_app(scope, receive, collect)


@dataclass(frozen=True)
class Answer:
    """An answer that was made."""

    start: HTTPResponseStartEvent
    body: bytes


def _kept(answer: Answer, version: Version) -> Kept:
    etag = f'"{blake2b(answer.body, digest_size=12).hexdigest()}"'
    headers = MutableScopeHeaders.from_message(answer.start)
    headers.setdefault("ETag", etag)
    headers.setdefault("Cache-Control", "no-cache")
    headers.add("Vary", "Cookie, Accept")
    return Kept(version, answer.start, answer.body, headers["ETag"].encode())


_RELEVANT = frozenset(
    {
        b"accept",
        b"accept-encoding",
        b"accept-language",
        b"authorization",
        b"cookie",
        b"hx-request",
        b"if-none-match",
    }
)

_NEVER_KEPT = ("/static/", "/health/")


def _is_for_everybody(scope: HTTPScope, headers: dict[bytes, bytes]) -> bool:
    # Looked for as bytes: two readers of a cookie header may disagree, and the mistake that must
    # not happen is to keep what a signed-in person got.
    cookie = headers.get(b"cookie", b"")
    is_signed_in = f"{COOKIE}=".encode() in cookie or b"authorization" in headers
    return (
        scope["method"] == "GET"
        and not is_signed_in
        and len(cookie) <= LONGEST_COOKIE
        and not scope["path"].startswith(_NEVER_KEPT)
    )


def _kept_by_nobody(send: Send) -> Send:
    async def send_private(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableScopeHeaders.from_message(message).setdefault("Cache-Control", "no-store")
        await send(message)

    return send_private


def _may_keep(start: HTTPResponseStartEvent) -> bool:
    if start["status"] != 200:
        return False
    for name, value in start["headers"]:
        if name.lower() == b"set-cookie":
            return False
        if name.lower() == b"cache-control" and b"no-store" in value:
            return False
    return True


def _body(part: bytes, *, is_last: bool) -> HTTPResponseBodyEvent:
    return {"type": "http.response.body", "body": part, "more_body": not is_last}


async def _send_kept(kept: Kept, if_none_match: bytes | None, send: Send) -> None:
    if if_none_match is not None and kept.etag in (
        tag.strip().removeprefix(b"W/") for tag in if_none_match.split(b",")
    ):
        headers = [
            pair
            for pair in kept.start["headers"]
            if pair[0].lower() not in (b"content-length", b"content-type", b"content-encoding")
        ]
        await send({**kept.start, "status": 304, "headers": headers})
        await send(_body(b"", is_last=True))
        return
    await send(kept.start)
    await send(_body(kept.body, is_last=True))
