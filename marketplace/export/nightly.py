"""The dumps that a node keeps: one a night, the last seven, and how the last attempts went."""

import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from catalog.database import now
from catalog.errors import Refusal
from marketplace.export import dump
from marketplace.export.dump import MANIFEST, Manifest, Progress, Total
from marketplace.settings import Settings
from marketplace.transactions import Database

KEPT = 7
A_DAY = 86_400.0
STATE = "state.json"


class State(msgspec.Struct, frozen=True):
    """How the last attempts went."""

    succeeded_at: datetime | None = None
    failed_at: datetime | None = None
    reason: str = ""
    """Why the last one failed; the kind of error, for messages may hold what is not public."""


@dataclass(frozen=True)
class Kept:
    """A dump that can be downloaded: the name of its folder and its manifest."""

    name: str
    folder: Path
    manifest: Manifest
    manifest_bytes: int


def folder_of(settings: Settings) -> Path:
    """Where a node keeps its dumps."""
    return settings.data_dir / "dumps"


def make(
    database: Database,
    settings: Settings,
    *,
    announce: Callable[[Sequence[Total]], None] | None = None,
    progress: Progress = dump.ignore,
) -> Path:
    """Write tonight's dump and take away those before the last seven.

    A failure is noted before it is raised, so that the page can tell.
    """
    folder = folder_of(settings)
    folder.mkdir(parents=True, exist_ok=True)
    moment = now()
    for left in folder.glob(".*.part"):
        # What a killed run left behind; a younger one may still be at work.
        if moment.timestamp() - left.stat().st_mtime > A_DAY:
            shutil.rmtree(left)
    target = _free(folder)
    before = state(settings)
    try:
        dump.dump(database, settings, target, announce=announce, progress=progress)
    except BaseException as error:
        reason = str(error) if isinstance(error, Refusal) else type(error).__name__
        _note(settings, msgspec.structs.replace(before, failed_at=moment, reason=reason))
        raise
    _note(settings, msgspec.structs.replace(before, succeeded_at=now()))
    for old in kept(settings)[KEPT:]:
        shutil.rmtree(old.folder)
    return target


def state(settings: Settings) -> State:
    """How the last attempts went; nothing is known of a node that never tried."""
    path = folder_of(settings) / STATE
    if not path.is_file():
        return State()
    return msgspec.json.decode(path.read_bytes(), type=State)


def _note(settings: Settings, value: State) -> None:
    path = folder_of(settings) / STATE
    beside = path.with_suffix(".part")
    beside.write_bytes(msgspec.json.encode(value))
    beside.replace(path)


def kept(settings: Settings) -> list[Kept]:
    """The dumps that can be downloaded, newest first."""
    found = []
    for path in sorted(folder_of(settings).glob("[0-9]*"), reverse=True):
        manifest = path / MANIFEST
        if manifest.is_file():
            content = manifest.read_bytes()
            decoded = msgspec.json.decode(content, type=Manifest)
            found.append(Kept(path.name, path, decoded, len(content)))
    return found


def _free(folder: Path) -> Path:
    """A name by the second; who comes within the second of another dump waits for the next."""
    while (target := folder / now().astimezone(UTC).strftime("%Y-%m-%d-%H%M%S")).exists():
        time.sleep(0.1)
    return target
