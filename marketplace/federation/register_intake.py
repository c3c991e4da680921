"""Take entries of another register into the KI-Transparenzregister, each row accounted for.

What says the same as before changes nothing, however often the source rewrites it: no version, no
entry in the feed. An entry that the source no longer lists stays; only its source can say that it
ended.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice

from sqlalchemy.orm import Session, sessionmaker

from catalog import organizations
from catalog.errors import Problem
from catalog.organizations import Organization
from catalog.permissions import Actor
from catalog.register import entries
from catalog.register.entries import NewEntry
from marketplace.formats.records import Refused
from marketplace.formats.registers.dutch_reading import TakenEntry

BATCH = 200
"""Rows a transaction."""


@dataclass
class Account:
    """How many rows there were and what became of each."""

    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: list[Refused] = field(default_factory=list)
    warnings: list[tuple[int, Problem]] = field(default_factory=list)


def take_in(
    rows: Iterable[TakenEntry | Refused],
    writing: sessionmaker[Session],
    actor: Actor,
    *,
    today: date,
) -> Account:
    """Publish new entries, renew those that say something new, leave the others alone."""
    account = Account()
    coming = iter(rows)
    seen: set[str] = set()
    while part := list(islice(coming, BATCH)):
        account.rows += len(part)
        taken = [row for row in part if isinstance(row, TakenEntry)]
        account.refused += [row for row in part if isinstance(row, Refused)]
        account.warnings += [(row.row, each) for row in taken for each in row.warnings]
        single = [row for row in taken if _is_first(row, seen, account)]
        with writing.begin() as session:
            _write(session, actor, single, account, today)
    return account


def _is_first(row: TakenEntry, seen: set[str], account: Account) -> bool:
    if row.source_key not in seen:
        seen.add(row.source_key)
        return True
    problem = Problem("id", "Another row of this file has the same key. Only the first counts.")
    account.refused.append(Refused(row.row, problem, row.source_key))
    return False


def _write(
    session: Session, actor: Actor, rows: Sequence[TakenEntry], account: Account, today: date
) -> None:
    names = [row.organization for row in rows]
    keys = organizations.find_or_found_many(session, actor, names)
    bodies = organizations.by_ids(session, list(set(keys.values())))
    known = entries.by_source_keys(session, [row.source_key for row in rows])
    new = []
    for row in rows:
        body = bodies[keys[row.organization.key]]
        entry = known.get(row.source_key)
        if entry is None:
            new.append(_new(row, body))
        elif entries.renew(session, actor, entry, row.record, today=today, organization=body):
            account.updated += 1
        else:
            account.unchanged += 1
    account.created += len(entries.enter_many(session, actor, new, today=today))


def _new(row: TakenEntry, body: Organization) -> NewEntry:
    source = row.record.source
    return NewEntry(
        row.record,
        body,
        source_key=row.source_key,
        valid_since=source.entered_on if source else None,
    )
