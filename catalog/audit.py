"""The audit log: the change feed as the steward reads it, with who did what on whose behalf."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from catalog.changes import Change
from catalog.permissions import Actor, require

LARGEST_EXPORT = 10_000
"""Entries of one export; whoever needs more goes on with ``before``."""


@dataclass(frozen=True)
class Wanted:
    """Which entries; what is empty is not asked."""

    who: str = ""
    """Part of the name of whoever acted."""
    actor_id: UUID | None = None
    verb: str = ""
    kind: str = ""
    thing_id: UUID | None = None
    on_behalf_of_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None


def entries(
    session: Session,
    actor: Actor,
    wanted: Wanted,
    *,
    before: int | None = None,
    limit: int = 50,
) -> Sequence[Change]:
    """The entries of the log, newest first, from before the serial ``before``."""
    require(actor.is_steward, "Only the node's steward reads the log.")
    query = _asked(select(Change), wanted).order_by(Change.serial.desc()).limit(limit)
    if before is not None:
        query = query.where(Change.serial < before)
    return session.scalars(query).all()


def vocabulary(session: Session, actor: Actor) -> tuple[Sequence[str], Sequence[str]]:
    """The kinds and the verbs that occur, for choosing."""
    require(actor.is_steward, "Only the node's steward reads the log.")
    pairs = session.execute(select(Change.kind, Change.verb).distinct()).all()
    return sorted({kind for kind, _ in pairs}), sorted({verb for _, verb in pairs})


def _asked(query: Select[Change], wanted: Wanted) -> Select[Change]:
    if wanted.who:
        query = query.where(Change.actor_name.icontains(wanted.who, autoescape=True))
    for column, value in (
        (Change.actor_id, wanted.actor_id),
        (Change.verb, wanted.verb),
        (Change.kind, wanted.kind),
        (Change.thing_id, wanted.thing_id),
        (Change.on_behalf_of_id, wanted.on_behalf_of_id),
    ):
        if value:
            query = query.where(column == value)
    if wanted.since is not None:
        query = query.where(Change.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(Change.at < wanted.until)
    return query
