"""Where the embedded index lies on disk, and what is written beside it.

The folder holds generations, each a whole index, and the file ``state.json`` that names the current
one with the position in the change feed. The file is replaced atomically after every commit. A
rebuild writes a new generation and then names it, so readers never see half an index; a process
that is killed leaves at most a generation nobody names, which the next writer removes.
"""

import fcntl
import os
import shutil
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec
from msgspec import Struct

from marketplace.search.query import EngineAway

STATE = "state.json"
LOCK = "writer.lock"


class State(Struct, frozen=True):
    """Which generation is current, how far it followed the feed, what made it."""

    generation: str
    position: int
    languages: list[str]
    fingerprint: str
    """Versions of analysis, schema, facets and library; another one means: build anew."""


def read_state(folder: Path) -> State | None:
    """The state in ``folder``, or None where there is no index or its file is damaged."""
    with suppress(FileNotFoundError, msgspec.DecodeError):
        return msgspec.json.decode((folder / STATE).read_bytes(), type=State)
    return None


def write_state(folder: Path, state: State) -> None:
    """Replace the state in one step that survives power loss."""
    beside = folder / f"{STATE}.new"
    with beside.open("wb") as file:
        file.write(msgspec.json.encode(state))
        file.flush()
        os.fsync(file.fileno())
    beside.replace(folder / STATE)


def remove_unnamed(folder: Path, named: str | None) -> None:
    """Delete generations that the state does not name."""
    for path in folder.glob("generation-*"):
        if path.name != named:
            shutil.rmtree(path)


class WriterLock:
    """The right to write an index, held by one process; the system frees it if that is killed."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file = (folder / LOCK).open("w")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.close()
            raise EngineAway("Another process writes this index.") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()

    def release(self) -> None:
        """Let another process write."""
        self._file.close()
