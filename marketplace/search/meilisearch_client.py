"""Talking to a Meilisearch server: requests with limits, tasks with an end, errors with a name.

Every answer has a time limit and a size limit, nothing is followed elsewhere, and what failed is
tried again a few times at most. After a server did not answer it is left alone for a moment, so
that readers get the plain search at once instead of waiting one after the other.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import httpx
import msgspec
import structlog

from marketplace.search.meilisearch_answers import Enqueued, Task, Trouble
from marketplace.search.query import EngineAway

CONNECT_TIMEOUT = 1.0
READ_TIMEOUT = 5.0
"""Seconds until a question counts as unanswered; an answer takes milliseconds."""

SEND_TIMEOUT = 60.0
"""Seconds for documents and settings."""

LARGEST_ANSWER = 32_000_000
"""Bytes of an answer that are read."""

TRIES = 3
FIRST_PAUSE = 0.05
"""Seconds before the second try; each further one waits four times as long."""

LEFT_ALONE = 2.0
"""Seconds in which a server that did not answer is not asked again."""

PASSING = frozenset({429, 502, 503, 504})
"""Status codes of a server that is busy or restarting."""

TASK_PATIENCE = 600.0
"""Seconds until a task must have ended."""

SHORTEST_POLL, LONGEST_POLL = 0.005, 0.5

LARGEST_SENDING = 4_000_000
"""Bytes of documents in one request."""

MOST_WAITING = 4
"""Requests with documents that may wait in the server's queue; then we wait."""

log = structlog.get_logger(__name__)


class ServerRefused(EngineAway):
    """The server understood and refuses, with the code of its documentation."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"The search server refuses ({code}): {message}")
        self.code = code


class TaskFailed(ServerRefused):
    """The server took a task and could not carry it out."""


Content = Mapping[str, object] | Sequence[object]
Answered = TypeVar("Answered")


@dataclass
class Client:
    """One server, asked with one key. Safe between threads."""

    url: str
    key: str = field(repr=False, default="")
    transport: httpx.BaseTransport | None = None
    sleep: Callable[[float], None] = time.sleep
    _http: httpx.Client = field(init=False, repr=False)
    _away_until: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def __post_init__(self) -> None:
        self._http = httpx.Client(
            base_url=self.url,
            # A compressed answer comes in small pieces, each of which waits for the last one's
            # receipt: 40 ms, where the whole answer takes 5.
            headers={"Accept-Encoding": "identity"}
            | ({"Authorization": f"Bearer {self.key}"} if self.key else {}),
            timeout=httpx.Timeout(READ_TIMEOUT, connect=CONNECT_TIMEOUT),
            limits=httpx.Limits(max_connections=40, max_keepalive_connections=20),
            follow_redirects=False,
            trust_env=False,
            transport=self.transport,
        )

    def close(self) -> None:
        """Give up the connections."""
        self._http.close()

    def ask(self, kind: type[Answered], path: str, content: Content | None = None) -> Answered:
        """A question, which may be repeated: POST with ``content``, else GET.

        Raises ``ServerRefused`` or, if nobody answers as documented, ``EngineAway``.
        """
        method = "GET" if content is None else "POST"
        return _decoded(self._sent(method, path, _encoded(content), may_repeat=True), kind)

    def start(self, method: str, path: str, content: Content | None = None) -> int:
        """Begin a task; its number. Only repeated where the server cannot have seen it."""
        body = self._sent(method, path, _encoded(content), timeout=SEND_TIMEOUT)
        return _decoded(body, Enqueued).task_uid

    def run(self, method: str, path: str, content: Content | None = None) -> None:
        """Begin a task and wait for its end. Raises ``TaskFailed``."""
        self.wait(self.start(method, path, content))

    def send(self, path: str, documents: Sequence[bytes]) -> int:
        """Store documents, each encoded as JSON; the number of the task."""
        content = b"\n".join(documents)
        headers = {"Content-Type": "application/x-ndjson"}
        # Storing the same twice changes nothing.
        body = self._sent("POST", path, content, headers, timeout=SEND_TIMEOUT, may_repeat=True)
        return _decoded(body, Enqueued).task_uid

    def wait(self, number: int, patience: float = TASK_PATIENCE) -> None:
        """Wait until a task has ended. Raises ``TaskFailed`` with the server's reason."""
        late = f"The search server did not end task {number} in time."
        self.until(lambda: self._has_ended(number), late, patience)

    def until(self, is_so: Callable[[], bool], late: str, patience: float = TASK_PATIENCE) -> None:
        """Wait until something is so, asking ever more rarely; ``late`` says that it took long."""
        until, pause = time.monotonic() + patience, SHORTEST_POLL
        while not is_so():
            if time.monotonic() > until:
                raise EngineAway(late)
            self.sleep(pause)
            pause = min(2 * pause, LONGEST_POLL)

    def _has_ended(self, number: int) -> bool:
        task = self.ask(Task, f"/tasks/{number}")
        if task.status in {"failed", "canceled"}:
            error = task.error or Trouble(f"The task was {task.status}.")
            log.error("search server failed a task", task=number, code=error.code)
            raise TaskFailed(error.code, error.message)
        return task.status == "succeeded"

    def _sent(
        self,
        method: str,
        path: str,
        content: bytes | None,
        headers: Mapping[str, str] | None = None,
        *,
        timeout: float = READ_TIMEOUT,
        may_repeat: bool = False,
    ) -> bytes:
        if time.monotonic() < self._away_until:
            raise EngineAway("The search server did not answer a moment ago.")
        pause = FIRST_PAUSE
        for last in (*([False] * (TRIES - 1)), True):
            try:
                return self._answer(method, path, content, headers, timeout)
            except httpx.TransportError as trouble:
                unseen = isinstance(trouble, httpx.ConnectError)
                if (
                    last
                    or not (unseen or may_repeat)
                    or isinstance(trouble, httpx.TimeoutException)
                ):
                    self._away_until = time.monotonic() + LEFT_ALONE
                    raise EngineAway(
                        f"The search server does not answer: {type(trouble).__name__}."
                    ) from trouble
            except _Busy as busy:
                if last:
                    raise EngineAway(f"The search server is busy ({busy.status}).") from busy
            self.sleep(pause)
            pause *= 4
        raise AssertionError("The last try returns or raises.")

    def _answer(
        self,
        method: str,
        path: str,
        content: bytes | None,
        headers: Mapping[str, str] | None,
        timeout: float,
    ) -> bytes:
        request = self._http.build_request(
            method,
            path,
            content=content,
            headers={"Content-Type": "application/json", **(headers or {})} if content else None,
            timeout=httpx.Timeout(timeout, connect=CONNECT_TIMEOUT),
        )
        answer = self._http.send(request, stream=True)
        try:
            body = _read(answer)
        finally:
            answer.close()
        if answer.status_code in PASSING:
            raise _Busy(answer.status_code)
        if not answer.is_success:
            raise _refusal(answer.status_code, body)
        return body


class _Busy(Exception):
    def __init__(self, status: int) -> None:
        super().__init__(str(status))
        self.status = status


def in_portions(documents: Iterable[bytes], largest: int) -> Iterator[Sequence[bytes]]:
    """``documents`` in their order, in portions of at most ``largest`` bytes or one document."""
    portion: list[bytes] = []
    size = 0
    for document in documents:
        if portion and size + len(document) > largest:
            yield portion
            portion, size = [], 0
        portion.append(document)
        size += len(document) + 1
    if portion:
        yield portion


def _encoded(content: Content | None) -> bytes | None:
    return None if content is None else msgspec.json.encode(content)


def _decoded(body: bytes, kind: type[Answered]) -> Answered:
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise EngineAway("The search server's answer is not what its version documents.") from error


def _read(answer: httpx.Response) -> bytes:
    body = bytearray()
    for part in answer.iter_bytes():
        body += part
        if len(body) > LARGEST_ANSWER:
            raise EngineAway("The search server's answer is too large.")
    return bytes(body)


def _refusal(status: int, body: bytes) -> ServerRefused:
    try:
        trouble = msgspec.json.decode(body, type=Trouble)
    except (msgspec.DecodeError, UnicodeDecodeError):
        trouble = Trouble(code=f"status {status}")
    return ServerRefused(trouble.code, trouble.message)
