"""The Meilisearch server of a test run: one that is given, one we start, or a recording."""

import os
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

PROGRAM = "meilisearch"

# Taken out of the environment, or every node that a test starts would search there.
GIVEN_URL = os.environ.pop("MARKETPLACE_MEILISEARCH_URL", "")
GIVEN_KEY = os.environ.pop("MARKETPLACE_MEILISEARCH_KEY", "")
RECORDS = bool(os.environ.get("MARKETPLACE_RECORD_MEILISEARCH"))


@dataclass(frozen=True)
class Server:
    """A server and its master key."""

    url: str
    master_key: str

    @property
    def version(self) -> str:
        """The version it says it has."""
        headers = {"Authorization": f"Bearer {self.master_key}"}
        answer = httpx.get(f"{self.url}/version", headers=headers)
        return str(answer.raise_for_status().json()["pkgVersion"])


def is_real() -> bool:
    """Whether this run asks a real server."""
    return bool(GIVEN_URL or shutil.which(PROGRAM))


def described(recorded: str) -> str:
    """For the head of the report: where this run's answers come from."""
    if GIVEN_URL:
        return f"meilisearch: the server at {GIVEN_URL}"
    found = shutil.which(PROGRAM)
    return f"meilisearch: {found}" if found else f"meilisearch: {recorded}"


@contextmanager
def running(folder: Path) -> Iterator[Server]:
    """A real server, given or started in ``folder``."""
    if GIVEN_URL:
        yield Server(GIVEN_URL, GIVEN_KEY)
        return
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Server(f"http://127.0.0.1:{port}", secrets.token_hex(16))
    arguments = ["--no-analytics", "--http-addr", f"127.0.0.1:{port}", "--db-path", str(folder)]
    process = subprocess.Popen(  # noqa: S603 - the program that is being tested against
        [str(shutil.which(PROGRAM)), *arguments, "--env", "development"],
        env={**os.environ, "MEILI_MASTER_KEY": server.master_key},
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(server, process)
        yield server
    finally:
        process.terminate()
        process.wait(20)


def _wait_for(server: Server, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert process.poll() is None, "The meilisearch program ended at once."
        try:
            if httpx.get(f"{server.url}/health").is_success:
                return
        except httpx.TransportError:
            pass  # It is still starting.
        time.sleep(0.1)
    raise AssertionError("The meilisearch program did not answer in 30 seconds.")
