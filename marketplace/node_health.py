"""Is anything broken? One look at everything that a node needs, and one answer."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from catalog import changes
from catalog.database import now
from catalog.permissions import Actor, require
from marketplace import backups, heartbeats
from marketplace.export import nightly
from marketplace.mail import outbox
from marketplace.notifications.working import HEARTBEAT
from marketplace.search.service import SearchService
from marketplace.settings import Settings
from marketplace.translations import message

MOST_BEHIND = 1_000
"""Changes that the search index may lack before somebody should look."""

LATE = timedelta(minutes=5)
"""A worker that was not alive for so long is taken for dead."""

OLDEST_MAIL = timedelta(hours=4)
OLDEST_COPY = timedelta(days=2)
"""How old the last dump and the last backup may be."""

LEAST_FREE = 0.1
"""Share of the disk that should be free."""


class Grade(StrEnum):
    """How something stands."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"
    NOT_SET_UP = "later"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: a sentence in English with its parameters, and a number."""

    name: str
    grade: Grade
    sentence: str
    params: dict[str, Any]


def findings(
    session: Session, actor: Actor, settings: Settings, search: SearchService
) -> Sequence[Finding]:
    """Everything that was looked at, in the order in which a node needs it."""
    require(actor.is_steward, "Only the node's steward sees how the node is.")
    return [
        _database(session),
        _index(session, search),
        _worker(session),
        _mail(session, settings),
        _disk(settings),
        _dump(settings),
        _backup(settings),
    ]


def worst(found: Sequence[Finding]) -> Grade:
    """The grade of the whole; what is not set up worries nobody."""
    grades = {each.grade for each in found}
    return next((grade for grade in (Grade.BAD, Grade.WARN) if grade in grades), Grade.OK)


def _database(session: Session) -> Finding:
    dialect = session.get_bind().dialect.name
    query = (
        "SELECT pg_database_size(current_database())"
        if dialect == "postgresql"
        else "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
    )
    size = (session.scalar(text(query)) or 0) / 1_000_000
    name = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}.get(dialect, dialect)
    params = {"name": name, "size": round(size, 1)}
    return Finding(message("Database"), Grade.OK, message("%(name)s answers, %(size)s MB."), params)


def _index(session: Session, search: SearchService) -> Finding:
    name = message("Search index")
    if search.engine is None:
        return Finding(
            name, Grade.NOT_SET_UP, message("Not set up. The database answers searches."), {}
        )
    position = search.position()
    if position is None:
        return Finding(
            name, Grade.BAD, message("Away. The database answers searches meanwhile."), {}
        )
    behind = max(changes.last_serial(session) - position, 0)
    grade = Grade.OK if behind <= MOST_BEHIND else Grade.WARN
    return Finding(name, grade, message("%(behind)s changes behind."), {"behind": behind})


def _worker(session: Session) -> Finding:
    name = message("Worker")
    last = heartbeats.newest(session).get(HEARTBEAT)
    if last is None:
        return Finding(name, Grade.BAD, message("Has never run. Start: marketplace worker"), {})
    if now() - last > LATE:
        return Finding(
            name, Grade.BAD, message("Last alive on %(moment)s. Restart it."), {"moment": last}
        )
    return Finding(name, Grade.OK, message("Alive, last on %(moment)s."), {"moment": last})


def _mail(session: Session, settings: Settings) -> Finding:
    name = message("Mail")
    counts = outbox.counts(session)
    params = {"waiting": counts.waiting, "failed": counts.failed}
    if not settings.smtp_host:
        return Finding(
            name, Grade.NOT_SET_UP, message("No mail server set. %(waiting)s mails wait."), params
        )
    is_late = counts.oldest_waiting is not None and now() - counts.oldest_waiting > OLDEST_MAIL
    grade = Grade.WARN if counts.failed or is_late else Grade.OK
    return Finding(name, grade, message("%(waiting)s mails wait, %(failed)s failed."), params)


def _disk(settings: Settings) -> Finding:
    usage = shutil.disk_usage(settings.data_dir)
    share = usage.free / usage.total
    grade = Grade.OK if share >= LEAST_FREE else (Grade.WARN if share >= 0.03 else Grade.BAD)
    params = {"free": round(usage.free / 1e9, 1), "total": round(usage.total / 1e9, 1)}
    return Finding(message("Disk"), grade, message("%(free)s of %(total)s GB are free."), params)


def _dump(settings: Settings) -> Finding:
    state = nightly.state(settings)
    return _copy(
        message("Public dump"),
        state.succeeded_at,
        message("Not set up. Run every night: marketplace export nightly"),
    )


def _backup(settings: Settings) -> Finding:
    return _copy(
        message("Backup"),
        backups.last(settings),
        message("Not set up. Run every night: marketplace backup"),
    )


def _copy(name: str, last: datetime | None, missing: str) -> Finding:
    if last is None:
        return Finding(name, Grade.NOT_SET_UP, missing, {})
    grade = Grade.OK if now() - last < OLDEST_COPY else Grade.WARN
    return Finding(name, grade, message("Last made on %(moment)s."), {"moment": last})
