"""A new state of the law, put to every public entry before anybody adopts it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from uuid import UUID

import msgspec
from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from catalog.permissions import Actor, require
from catalog.register import law
from catalog.register.entries import RegisterEntry
from catalog.register.evaluation import Outcome, answers, carried, evaluate
from catalog.register.record import EntryRecord
from catalog.solutions import State

BATCH = 500
"""Entries that are read at a time."""

REMEMBERED = 20_000
"""Outcomes that are kept: many uses give the same answers."""


class Reassessed(msgspec.Struct, frozen=True, kw_only=True):
    """What the other rule set makes of one entry; equal ``before`` and ``after`` say no change."""

    entry: UUID
    slug: str
    before: str
    """The class by the rule set that the entry names."""
    after: str
    duties_added: Sequence[str] = ()
    duties_dropped: Sequence[str] = ()
    prohibited_added: Sequence[str] = ()
    prohibited_dropped: Sequence[str] = ()
    missing: Sequence[str] = ()
    """Questions that the other rule set asks and that could make the class heavier."""
    not_taken: Sequence[str] = ()
    """Answers that the other rule set no longer asks for or no longer knows."""

    @property
    def is_changed(self) -> bool:
        """Whether class, duties or banned practices differ."""
        return self.before != self.after or any(
            (
                self.duties_added,
                self.duties_dropped,
                self.prohibited_added,
                self.prohibited_dropped,
            )
        )


@dataclass(frozen=True)
class _Asked:
    """The same use, asked by both rule sets."""

    old: Outcome
    new: Outcome
    not_taken: Sequence[str]


def count(session: Session, *, after: UUID | None = None) -> int:
    """How many public entries lie behind an id, or how many there are."""
    query = select(func.count()).where(RegisterEntry.state == State.PUBLISHED)
    if after is not None:
        query = query.where(RegisterEntry.id > after)
    return session.scalar(query) or 0


def reassess(
    session: Session,
    actor: Actor,
    rule_set: str,
    *,
    as_of: date,
    after: UUID | None = None,
) -> Iterator[Reassessed | None]:
    """Put every public entry to a rule set, in the order of ids, from behind ``after`` on.

    Yields None for an entry that is not classified, or by rules that this node does not know.
    Nothing is changed: the body that answers for an entry classifies it anew. What the other rule
    set asks anew or in other words is unknown, and what is unknown never makes a class lighter.
    Raises ``NotFound`` for an id that names no rule set.
    """
    require(actor.is_steward, "Only the node's steward puts all entries to other rules.")
    law.rule_set(rule_set)
    asked = lru_cache(maxsize=REMEMBERED)(_ask)
    last = after
    while rows := _batch(session, last):
        for key, slug, record in rows:
            kept = record.assessment if record else None
            if kept is None or kept.rule_set not in law.rule_sets():
                yield None
                continue
            facts = msgspec.json.encode(kept.facts, order="sorted")
            yield _compared(key, slug, asked(kept.rule_set, rule_set, facts, as_of))
        last = rows[-1][0]


def _batch(session: Session, after: UUID | None) -> Sequence[Row[UUID, str, EntryRecord | None]]:
    query = (
        select(RegisterEntry.id, RegisterEntry.slug, RegisterEntry.record)
        .where(RegisterEntry.state == State.PUBLISHED)
        .order_by(RegisterEntry.id)
        .limit(BATCH)
    )
    if after is not None:
        query = query.where(RegisterEntry.id > after)
    return session.execute(query).all()


def _compared(key: UUID, slug: str, found: _Asked) -> Reassessed:
    old, new = ({due.duty for due in each.duties} for each in (found.old, found.new))
    banned_old, banned_new = set(found.old.prohibited_points), set(found.new.prohibited_points)
    return Reassessed(
        entry=key,
        slug=slug,
        before=found.old.risk_class,
        after=found.new.risk_class,
        duties_added=sorted(new - old),
        duties_dropped=sorted(old - new),
        prohibited_added=sorted(banned_new - banned_old),
        prohibited_dropped=sorted(banned_old - banned_new),
        missing=list(found.new.missing),
        not_taken=found.not_taken,
    )


def _ask(old: str, new: str, facts: bytes, as_of: date) -> _Asked:
    given: Mapping[str, object] = msgspec.json.decode(facts)
    before, after = law.rule_set(old), law.rule_set(new)
    known = answers(before, given)
    taken = carried(after, known)
    lost = [name for name in given if known[name] is not None and taken.get(name) is None]
    return _Asked(evaluate(before, known, as_of), evaluate(after, taken, as_of), lost)
