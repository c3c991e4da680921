"""A server as a process of its own on the loopback address, and what it uses."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import msgspec

HOST = "127.0.0.1"

START_TAKES_AT_MOST = 120.0
END_TAKES_AT_MOST = 15.0


class NotServing(Exception):
    """A server did not come up."""


@dataclass(frozen=True)
class Server:
    """A running server."""

    pid: int
    port: int

    def get(self, path: str) -> tuple[int, bytes]:
        """Status and body of an answer. Raises ``OSError`` or ``HTTPException``."""
        connection = HTTPConnection(HOST, self.port, timeout=30)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def cpu_seconds(self) -> float | None:
        """Processor time the process has used so far; None where the system does not say."""
        try:
            stat = Path(f"/proc/{self.pid}/stat").read_text("ascii")
        except OSError:
            return None
        user, system = stat.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def memory_mb(self) -> int | None:
        """Resident memory in MB of 1024² bytes; None where the system does not say."""
        try:
            status = Path(f"/proc/{self.pid}/status").read_text("ascii")
        except OSError:
            return None
        for line in status.splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) // 1024
        return None


@contextmanager
def serving(
    command: Callable[[int], Sequence[str | Path]],
    *,
    is_up: Callable[[Server], bool],
    environment: Mapping[str, str],
    log: Path,
) -> Iterator[Server]:
    """Run ``command(port)`` until the block ends; its output goes to ``log``.

    Raises ``NotServing`` with the end of the log if it does not come up.
    """
    port = free_port()
    with (
        log.open("wb") as output,
        subprocess.Popen(  # noqa: S603 - commands of this package
            [str(part) for part in command(port)],
            env=dict(environment),
            stdout=output,
            stderr=subprocess.STDOUT,
        ) as process,
    ):
        try:
            server = Server(process.pid, port)
            _wait(server, process, is_up, log)
            yield server
        finally:
            process.terminate()
            try:
                process.wait(END_TAKES_AT_MOST)
            except subprocess.TimeoutExpired:
                process.kill()


@contextmanager
def serving_node(folder: Path) -> Iterator[Server]:
    """Our own server on the node in ``folder``, as ``marketplace serve`` runs it."""
    with serving(
        lambda port: [
            *(sys.executable, "-c", "from marketplace.cli import main; main()"),
            *("serve", "--port", str(port)),
        ],
        is_up=_is_ready,
        environment=_environment(folder),
        log=folder / "server.log",
    ) as server:
        yield server


def free_port() -> int:
    """A port of the loopback address that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _environment(folder: Path) -> Mapping[str, str]:
    # Nothing of the operator's own node may reach the measured one, least of all its database.
    own = {name: value for name, value in os.environ.items() if not name.startswith("MARKETPLACE_")}
    return own | {
        "MARKETPLACE_DATA_DIR": str(folder),
        "MARKETPLACE_SECURE_COOKIES": "false",
        "MARKETPLACE_LOG_LEVEL": "WARNING",
        # The load loop is one caller and asks as fast as it can.
        "MARKETPLACE_RATE_LIMIT_VISITORS": "0",
    }


def _is_ready(server: Server) -> bool:
    status, body = server.get("/health/ready")
    return status == 200 and msgspec.json.decode(body)["search_behind"] == 0


def _wait(
    server: Server,
    process: "subprocess.Popen[bytes]",
    is_up: Callable[[Server], bool],
    log: Path,
) -> None:
    until = time.monotonic() + START_TAKES_AT_MOST
    while time.monotonic() < until and process.poll() is None:
        if _answers(server, is_up):
            return
        time.sleep(0.1)
    raise NotServing(log.read_text("utf-8", "replace")[-2_000:] or "The server said nothing.")


def _answers(server: Server, is_up: Callable[[Server], bool]) -> bool:
    try:
        return is_up(server)
    except (OSError, HTTPException):
        return False  # Nobody listens yet; whoever waits looks at the clock.
