"""Backups of the whole database, drafts and people included; not for the public.

SQLite copies itself while the node goes on answering (its online backup API). PostgreSQL has better
tools of its own: its operators use ``pg_dump`` and are told so.
"""

import os
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import msgspec

from catalog.database import now
from catalog.errors import Conflict, Invalid
from marketplace.settings import Settings
from marketplace.transactions import Database

STATE = "backup.json"

PAGES_AT_ONCE = 1_000
"""Pages that are copied before others may write."""


class State(msgspec.Struct, frozen=True):
    """When the last backup was made."""

    made_at: datetime


def make(database: Database, settings: Settings, path: Path) -> int:
    """Copy the database to ``path``, which nobody else may read; its size in bytes.

    Raises ``Invalid`` on PostgreSQL and ``Conflict`` if the file is there already.
    """
    if database.engine.dialect.name != "sqlite":
        raise Invalid("PostgreSQL has tools of its own for backups; this command copies SQLite.")
    if path.exists():
        raise Conflict("“%(file)s” is there already. Name a new file.", file=str(path))
    beside = path.with_name(f".{path.name}.{uuid4().hex[:8]}.part")
    os.close(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        with (
            closing(sqlite3.connect(str(database.engine.url.database))) as source,
            closing(sqlite3.connect(beside)) as target,
        ):
            source.backup(target, pages=PAGES_AT_ONCE)
        beside.rename(path)
    finally:
        beside.unlink(missing_ok=True)
    (settings.data_dir / STATE).write_bytes(msgspec.json.encode(State(now())))
    return path.stat().st_size


def restore(settings: Settings, path: Path) -> None:
    """Put a backup in the place of a node's database, which must not be there.

    Raises ``Invalid`` for a file that is no whole database and ``Conflict`` if one is there.
    """
    if settings.database_url:
        raise Invalid("This command restores SQLite in the data folder only.")
    target = settings.data_dir / "marketplace.db"
    if target.exists():
        raise Conflict("“%(file)s” is there already. Move it away first.", file=str(target))
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as source:
            verdict = source.execute("PRAGMA integrity_check").fetchone()[0]
            known = source.execute("SELECT count(*) FROM alembic_version").fetchone()[0]
            if verdict != "ok" or not known:
                raise Invalid("“%(file)s” is damaged.", file=str(path))
            settings.data_dir.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(target)) as copy:
                source.backup(copy)
    except sqlite3.DatabaseError as error:
        target.unlink(missing_ok=True)
        raise Invalid("“%(file)s” is no backup of a node.", file=str(path)) from error


def last(settings: Settings) -> datetime | None:
    """When the last backup was made; None if none ever was."""
    path = settings.data_dir / STATE
    return msgspec.json.decode(path.read_bytes(), type=State).made_at if path.is_file() else None
