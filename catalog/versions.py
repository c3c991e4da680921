"""Published versions of a solution, and the difference between two records field by field.

A record is flattened to leaves: the name of each field as a path, a text once for each language, a
list as a whole. Two records differ in the leaves that only one of them has or that differ.
Applying the differences from one record to another to the first gives the second.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog.errors import NotFound
from catalog.records import SolutionRecord
from catalog.solutions import Solution, SolutionVersion

Path = tuple[str, ...]
"""The names that lead to a leaf, as in the record's JSON: ``("costs", "running", "class")``."""


class Kind(StrEnum):
    """What happened to a leaf from the older record to the newer one."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True)
class Difference:
    """One leaf that differs; ``before`` or ``after`` is None where there is nothing."""

    path: Path
    kind: Kind
    before: Any = None
    after: Any = None


@dataclass(frozen=True)
class Version:
    """One published version without its record."""

    number: int
    published_at: datetime
    published_by: str


def of_solution(session: Session, solution: Solution) -> Sequence[Version]:
    """The published versions of a solution, newest first."""
    rows = session.execute(
        select(SolutionVersion.number, SolutionVersion.published_at, SolutionVersion.published_by)
        .where(SolutionVersion.solution_id == solution.id)
        .order_by(SolutionVersion.number.desc())
    )
    return [Version(*row) for row in rows]


def record_of(session: Session, solution: Solution, number: int) -> SolutionRecord:
    """The record that a version published; raises ``NotFound`` for a number never given."""
    version = session.get(SolutionVersion, (solution.id, number))
    if version is None:
        raise NotFound("There is no version %(number)s of this solution.", number=number)
    return version.record


def differences(older: SolutionRecord, newer: SolutionRecord) -> list[Difference]:
    """What differs, in the order of the record's fields; what was removed comes in its place."""
    before, after = _leaves(older), _leaves(newer)
    found = []
    for path in _in_order(before, after):
        if path not in before:
            found.append(Difference(path, Kind.ADDED, after=after[path]))
        elif path not in after:
            found.append(Difference(path, Kind.REMOVED, before=before[path]))
        elif before[path] != after[path]:
            found.append(Difference(path, Kind.CHANGED, before[path], after[path]))
    return found


def stated(record: SolutionRecord, source: SolutionRecord) -> list[Difference]:
    """What ``source`` states otherwise than ``record``; its silence is no difference.

    Where a record comes from and what was withheld are facts about a record, not statements.
    """
    return [
        each
        for each in differences(record, source)
        if each.kind is not Kind.REMOVED and each.path[0] not in _ABOUT_RECORDS
    ]


def taken_over(record: SolutionRecord, chosen: Iterable[Difference]) -> SolutionRecord:
    """``record`` with statements of another; a reason for withholding gives way to a value."""
    chosen = list(chosen)
    changed = applied(record, chosen)
    gone = {reason for each in chosen for reason in _holders(field_of(each.path))}
    withheld = {field: why for field, why in changed.withheld.items() if field not in gone}
    return msgspec.structs.replace(changed, withheld=withheld)


def field_of(path: Path) -> str:
    """The dotted name of the field that a leaf lies in: ``costs.running.class_``."""
    holder: Any = SolutionRecord
    names = []
    for key in path:
        field = next(
            (each for each in msgspec.structs.fields(holder) if each.encode_name == key), None
        )
        if field is None:
            break
        names.append(field.name)
        holder = field.type
        if not (isinstance(holder, type) and issubclass(holder, msgspec.Struct)):
            break
    return ".".join(names)


def _holders(field: str) -> Sequence[str]:
    """A field and the parts that it belongs to: where the reason for withholding may stand."""
    names = field.split(".")
    return [".".join(names[: place + 1]) for place in range(len(names))]


def applied(record: SolutionRecord, changes: Iterable[Difference]) -> SolutionRecord:
    """``record`` with ``changes`` made to it; raises ``msgspec.ValidationError`` if none results.

    Only the new values count: whoever needs the old ones to match compares them first.
    """
    leaves = dict(_leaves(record))
    for change in changes:
        if change.kind is Kind.REMOVED:
            leaves.pop(change.path, None)
        else:
            leaves[change.path] = change.after
    return msgspec.convert(_nested(leaves), SolutionRecord)


def _leaves(record: SolutionRecord) -> Mapping[Path, Any]:
    found: dict[Path, Any] = {}
    _collect(msgspec.to_builtins(record), (), found)
    return found


def _collect(value: Any, path: Path, found: dict[Path, Any]) -> None:
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            _collect(inner, (*path, key), found)
    elif path:
        # An empty part is a leaf of its own: a source without a word is not the same as none.
        found[path] = value


def _nested(leaves: Mapping[Path, Any]) -> dict[str, Any]:
    whole: dict[str, Any] = {}
    for path, value in leaves.items():
        holder = whole
        for key in path[:-1]:
            # A leaf that was an empty part may have been filled.
            holder = holder.setdefault(key, {})
        if not (isinstance(value, dict) and path[-1] in holder):
            holder[path[-1]] = value
    return whole


def _in_order(before: Mapping[Path, Any], after: Mapping[Path, Any]) -> Sequence[Path]:
    names = {field.encode_name: place for place, field in enumerate(_FIELDS)}
    return sorted(dict.fromkeys((*before, *after)), key=lambda path: names[path[0]])


_ABOUT_RECORDS = ("source", "raw", "withheld", "confirmed_on")
_FIELDS = msgspec.structs.fields(SolutionRecord)
