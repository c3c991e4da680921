"""The load loop says what a server did: how many answers, how many bad ones, how fast."""

import asyncio
import re
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor

import pytest

from marketplace.bench.load import Driven, Job, drive
from marketplace.bench.serving import HOST

Answering = Callable[[bytes], bytes]

FINE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
MISSING = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"


def in_a_loop_of_its_own(work: Callable[[], Coroutine[object, object, Driven]]) -> Driven:
    """Run ``work`` in a thread, because the browser's loop may be running in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(work())).result()


def driven(paths: list[str], answer: Answering, *, once: bool, seconds: float = 5.0) -> Driven:
    """What the loop measures of a server that answers so."""

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            try:
                request = await reader.readuntil(b"\r\n\r\n")
            except asyncio.IncompleteReadError:
                writer.close()
                return
            writer.write(answer(request))
            await writer.drain()

    async def both() -> Driven:
        server = await asyncio.start_server(converse, HOST, 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            measured = await drive(Job(HOST, port, paths, seconds, once, connections=3))
            await asyncio.sleep(0.05)
            return measured

    return in_a_loop_of_its_own(both)


def test_each_path_is_asked_once_where_nothing_may_be_remembered() -> None:
    asked: list[str] = []

    def answer(request: bytes) -> bytes:
        asked.extend(re.findall(r"GET (\S+) ", request.decode()))
        return FINE

    measured = driven([f"/{number}" for number in range(50)], answer, once=True)

    assert sorted(asked) == sorted(f"/{number}" for number in range(50))
    assert (measured.answers, measured.failures) == (50, 0)


def test_paths_begin_again_until_the_time_is_over() -> None:
    measured = driven(["/a", "/b"], lambda _: FINE, once=False, seconds=0.2)

    assert measured.answers > 10
    assert 0.1 < measured.seconds < 2


def test_every_answer_but_200_is_counted_as_a_failure() -> None:
    measured = driven(
        ["/a", "/gone"] * 10, lambda asked: MISSING if b"/gone" in asked else FINE, once=True
    )

    assert (measured.answers, measured.failures) == (20, 10)


def test_a_server_that_hangs_up_is_no_result() -> None:
    with pytest.raises(ConnectionError):
        driven_by_one_who_hangs_up()


def driven_by_one_who_hangs_up() -> Driven:
    """A server that closes each connection unasked."""

    async def hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async def both() -> Driven:
        server = await asyncio.start_server(hang_up, HOST, 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            return await drive(Job(HOST, port, ["/a"], 5.0, connections=1))

    return in_a_loop_of_its_own(both)
