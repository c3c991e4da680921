"""Other programs with the same records on the same machine, each in an environment of its own.

A peer is installed by name from the package index, is given the same texts and facet values, and is
asked the same questions as our search page, as far as it can answer them.
"""

import subprocess
import tempfile
import venv
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Protocol

from marketplace.bench import datasette, pycsw
from marketplace.bench.addresses import SAMPLED, Row
from marketplace.bench.corpus import Say
from marketplace.bench.measuring import Result, Served, in_rounds
from marketplace.bench.questions import Question, questions, texts
from marketplace.bench.serving import NotServing, Server

INSTALLING_TAKES_AT_MOST = 900.0

ASKED_PER_SECOND = 300
"""More different questions than any peer answered in a second."""


class Peer(Protocol):
    """How a peer is installed, filled, served and asked."""

    name: str
    requirements: Sequence[str]
    note: str
    """What must be known to compare it with us."""
    most_records: int
    """With more records it would take too long."""

    def fill(self, python: Path, folder: Path, count: int) -> None:
        """Give it ``count`` generated records."""

    def serving(self, python: Path, folder: Path) -> AbstractContextManager[Server]:
        """Run its server."""

    def address(self, question: Question) -> str:
        """The address that answers a question."""


PEERS: dict[str, Peer] = {peer.name: peer for peer in (datasette.Datasette(), pycsw.Pycsw())}


@dataclass(frozen=True)
class PeerResult:
    """What a peer did; ``served`` is None if it could not be measured, ``note`` says why."""

    records: int
    title: str
    note: str
    served: Served | None = None


class NotInstalled(Exception):
    """A peer could not be installed."""


def measure(name: str, results: Sequence[Result], seconds: float, say: Say) -> list[PeerResult]:
    """Measure one peer with as many records as we were measured with."""
    peer = PEERS[name]
    with tempfile.TemporaryDirectory(prefix="marketplace-peer-") as folder:
        say(f"{name}: install")
        try:
            python = _install(Path(folder), peer.requirements)
            installed = Installed(peer, f"{name} {_version(python, name)}", python)
            return [
                _measured(installed, Path(folder) / str(one.records), one, seconds, say)
                for one in results
            ]
        except (NotInstalled, NotServing, subprocess.SubprocessError, OSError) as trouble:
            last = str(trouble).strip().rpartition("\n")[2][:200]
            return [PeerResult(one.records, name, f"not measured: {last}") for one in results]


@dataclass(frozen=True)
class Installed:
    """A peer with its version and the interpreter of its environment."""

    peer: Peer
    title: str
    python: Path


def _measured(
    installed: Installed, folder: Path, result: Result, seconds: float, say: Say
) -> PeerResult:
    peer, count = installed.peer, result.records
    if count > peer.most_records:
        note = f"not measured above {peer.most_records:,} records"
        return PeerResult(count, installed.title, note)
    folder.mkdir()
    say(f"{installed.title}: load {count} records")
    peer.fill(installed.python, folder, count)
    with peer.serving(installed.python, folder) as server:
        row = Row(peer.name, _addresses(peer, count, seconds), None, once=True)
        served = next(in_rounds(server, [row], seconds, say, hello=result.hello.rates))
    return PeerResult(count, installed.title, peer.note, served)


def _addresses(peer: Peer, count: int, seconds: float) -> list[str]:
    asked = questions(list(texts(count, SAMPLED)))
    most = int(seconds * 3 * ASKED_PER_SECOND)
    return list(dict.fromkeys(peer.address(question) for question in islice(asked, most)))


def _install(folder: Path, requirements: Sequence[str]) -> Path:
    own = folder / "environment"
    venv.create(own, with_pip=True)
    python = own / "bin" / "python"
    done = subprocess.run(  # noqa: S603 - names from the table above
        [str(python), "-m", "pip", "install", "--quiet", *requirements],
        capture_output=True,
        check=False,
        text=True,
        timeout=INSTALLING_TAKES_AT_MOST,
    )
    if done.returncode:
        raise NotInstalled(done.stderr[-2_000:])
    return python


def _version(python: Path, name: str) -> str:
    asked = f"from importlib.metadata import version; print(version({name!r}))"
    done = subprocess.run(  # noqa: S603 - the interpreter we made
        [str(python), "-c", asked], capture_output=True, check=True, text=True, timeout=60
    )
    return done.stdout.strip()
