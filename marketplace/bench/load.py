"""Drives a server from a process of its own: as many answers as it gives in a time.

``python -m marketplace.bench.load`` reads a job as JSON from its input and writes what it measured
as JSON. Connections stay open and each asks again as soon as it has its answer. Where ``wrk`` is
installed it drives instead, as it costs less of the machine (see ``driving``).
"""

import asyncio
import sys
import time
from array import array
from collections.abc import Iterator, Sequence
from itertools import cycle

import httptools
import msgspec
import uvloop
from msgspec import Struct

CONNECTIONS = 8

PATIENCE = 60.0
"""Seconds after the end of the time until answers that did not come are given up."""


class Job(Struct, frozen=True):
    """What to ask, whom, and for how long."""

    host: str
    port: int
    paths: list[str]
    seconds: float
    once: bool = False
    """End when every path was asked; otherwise begin again."""
    connections: int = CONNECTIONS
    headers: dict[str, str] = {}


class Driven(Struct, frozen=True):
    """What came back: answers, how many of them were not 200, and how long each took."""

    answers: int
    failures: int
    seconds: float
    p50_ms: float
    p99_ms: float
    bytes: int

    @property
    def per_second(self) -> float:
        """Answers per second."""
        return self.answers / self.seconds if self.seconds else 0.0


class _Course:
    """What all connections share: the paths that are left, and the counts."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.paths: Iterator[str] = iter(job.paths) if job.once else cycle(job.paths)
        self.head = "".join(f"{name}: {value}\r\n" for name, value in job.headers.items())
        self.until = time.perf_counter() + job.seconds
        self.ended = 0.0
        self.taken = array("d")
        self.failures = 0
        self.bytes = 0

    def next_request(self) -> bytes | None:
        if time.perf_counter() >= self.until:
            return None
        path = next(self.paths, None)
        if path is None:
            return None
        return (
            f"GET {path} HTTP/1.1\r\nHost: {self.job.host}:{self.job.port}\r\n{self.head}\r\n"
        ).encode("ascii")


class _Connection(asyncio.Protocol):
    """One connection: asks, waits, asks again."""

    def __init__(self, course: _Course, done: "asyncio.Future[None]") -> None:
        self.course = course
        self.done = done
        self.transport: asyncio.Transport | None = None
        self.asked_at = 0.0
        self.parser = httptools.HttpResponseParser(self)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]
        self._ask()

    def data_received(self, data: bytes) -> None:
        self.course.bytes += len(data)
        self.parser.feed_data(data)

    def on_message_complete(self) -> None:
        now = time.perf_counter()
        self.course.taken.append(now - self.asked_at)
        self.course.ended = now
        if self.parser.get_status_code() != 200:
            self.course.failures += 1
        # The next answer needs a parser in its first state.
        self.parser = httptools.HttpResponseParser(self)
        self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(exc or ConnectionError("The server closed the connection."))

    def _ask(self) -> None:
        request = self.course.next_request()
        if request is None or self.transport is None:
            if not self.done.done():
                self.done.set_result(None)
            return
        self.asked_at = time.perf_counter()
        self.transport.write(request)


async def drive(job: Job) -> Driven:
    """Ask until the time or the paths are over; raises ``OSError`` if the server goes away."""
    loop = asyncio.get_running_loop()
    course = _Course(job)
    begun = time.perf_counter()
    waiting = []
    transports = []
    for _ in range(job.connections):
        done: asyncio.Future[None] = loop.create_future()
        transport, _protocol = await loop.create_connection(
            lambda done=done: _Connection(course, done),  # type: ignore[misc]
            job.host,
            job.port,
        )
        waiting.append(done)
        transports.append(transport)
    async with asyncio.timeout(job.seconds + PATIENCE):
        await asyncio.gather(*waiting)
    for transport in transports:
        transport.close()
    return _summary(course, begun)


def _summary(course: _Course, begun: float) -> Driven:
    ordered = sorted(course.taken)
    return Driven(
        answers=len(ordered),
        failures=course.failures,
        seconds=max(course.ended - begun, 0.0),
        p50_ms=_at(ordered, 0.5),
        p99_ms=_at(ordered, 0.99),
        bytes=course.bytes,
    )


def _at(ordered: Sequence[float], part: float) -> float:
    place = min(int(len(ordered) * part), len(ordered) - 1)
    return ordered[place] * 1000 if ordered else 0.0


def main() -> None:
    """Do the job that stands on standard input."""
    job = msgspec.json.decode(sys.stdin.buffer.read(), type=Job)
    driven = uvloop.run(drive(job))
    sys.stdout.buffer.write(msgspec.json.encode(driven))


if __name__ == "__main__":
    main()
