"""Take records of other registers into the catalogue, each row accounted for.

A reader hands over rows; the intake writes them in batches, each in a transaction of its own. What
is committed stays. There is no position to resume from and none is needed: a row that is already
there with the same content is recognized by its hash and left alone, so an interrupted run is
finished by running it again, and ends as one clean run would have. Ids follow from source and key.

``rows == created + updated + unchanged + len(refused)`` holds for every report, always.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.orm import Session, sessionmaker

from catalog import organizations, provenance, records, solutions
from catalog.database import now
from catalog.errors import Problem
from catalog.organizations import OrganizationName
from catalog.permissions import Actor
from catalog.provenance import Named, Seen, Sighting
from catalog.solutions import NewSolution, Solution
from marketplace.formats.records import Reading, Refused, Taken, Unreadable
from marketplace.translations import sentence

BATCH = 1_000
"""Rows a transaction: what an interruption can undo, and what a commit costs."""

MAX_WARNINGS = 20_000
"""Warnings a report keeps; the rest is counted."""

Progress = Callable[[int], None]
Known = Mapping[tuple[str, str], Seen]
Bodies = Mapping[tuple[str, str], UUID]


@dataclass(frozen=True)
class Entry:
    """What a report says of one row."""

    row: int
    problem: Problem
    key: str = ""
    excerpt: str = ""


@dataclass
class FileReport:
    """What became of one file."""

    file: str
    format: str
    encoding: str = ""
    mapping: str = ""
    started: datetime = field(default_factory=now)
    finished: datetime | None = None
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: list[Entry] = field(default_factory=list)
    warnings: list[Entry] = field(default_factory=list)
    warnings_left_out: int = 0
    duplicates_proposed: int = 0
    rows: int = 0
    is_unreadable: bool = False
    """Whether the file as a whole, or its rest, could not be read."""

    def warn(self, row: int, problem: Problem, key: str = "") -> None:
        """Keep a warning, or count it if there are too many."""
        if len(self.warnings) < MAX_WARNINGS:
            self.warnings.append(Entry(row, problem, key))
        else:
            self.warnings_left_out += 1

    def refuse(self, row: int, problem: Problem, key: str = "", excerpt: str = "") -> None:
        """Keep a refusal."""
        self.refused.append(Entry(row, problem, key, excerpt))

    def give_up(self, error: Unreadable) -> None:
        """Account for a file that cannot be read, or read to its end, as one refused row."""
        self.rows += 1
        self.is_unreadable = True
        self.refuse(error.row, error.problem)

    def close(self) -> None:
        """End the report; raises ``RowsLost`` if it does not account for every row."""
        self.finished = now()
        if self.rows != self.created + self.updated + self.unchanged + len(self.refused):
            raise RowsLost(self)


class RowsLost(Exception):
    """A report does not account for every row: a fault of this program, never of the file."""

    def __init__(self, report: FileReport) -> None:
        super().__init__(
            f"{report.file}: {report.rows} rows, but {report.created} created, {report.updated} "
            f"updated, {report.unchanged} unchanged and {len(report.refused)} refused"
        )


def as_json(reports: Sequence[FileReport], language: str) -> dict[str, Any]:
    """The report of a run for programs; sentences in ``language``."""
    return {
        "rows": sum(report.rows for report in reports),
        "created": sum(report.created for report in reports),
        "updated": sum(report.updated for report in reports),
        "unchanged": sum(report.unchanged for report in reports),
        "refused": [
            {"file": report.file, **_entry(entry, language), "excerpt": entry.excerpt}
            for report in reports
            for entry in report.refused
        ],
        "warnings": [
            {"file": report.file, **_entry(entry, language, "message")}
            for report in reports
            for entry in report.warnings
        ],
        "warnings_left_out": sum(report.warnings_left_out for report in reports),
        "duplicates_proposed": sum(report.duplicates_proposed for report in reports),
        "started": min((report.started for report in reports), default=None),
        "finished": max((r.finished for r in reports if r.finished), default=None),
        "files": [_file(report) for report in reports],
    }


def _entry(entry: Entry, language: str, said: str = "reason") -> dict[str, Any]:
    return {
        "row": entry.row,
        "field": entry.problem.field,
        said: sentence(entry.problem, language),
        "key": entry.key,
    }


def _file(report: FileReport) -> dict[str, Any]:
    return {
        "file": report.file,
        "format": report.format,
        "encoding": report.encoding,
        "mapping": report.mapping,
        "rows": report.rows,
        "created": report.created,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "refused": len(report.refused),
        "unreadable": report.is_unreadable,
        "seconds": (report.finished - report.started).total_seconds() if report.finished else None,
    }


def take_in(
    reading: Reading,
    writing: sessionmaker[Session],
    actor: Actor,
    *,
    progress: Progress = lambda _rows: None,
) -> FileReport:
    """Take in every row of a file; ``progress`` is told how many rows were just done."""
    report = FileReport(reading.path.name, reading.format, reading.encoding, reading.mapping)
    for problem in reading.warnings:
        report.warn(0, problem)
    intake = _Intake(writing, actor, report, progress)
    try:
        for row in reading.rows:
            report.rows += 1
            intake.take(row)
    except Unreadable as error:
        report.give_up(error)
    intake.flush()
    if not report.rows:
        report.warn(0, Problem("", "The table has a heading but no rows."))
    report.close()
    return report


def unreadable(file: str, format_: str, error: Unreadable) -> FileReport:
    """The report of a file that could not even be opened."""
    report = FileReport(file, format_)
    report.give_up(error)
    report.close()
    return report


@dataclass(frozen=True)
class _Row:
    """A row on its way into the catalogue, with the hashes by which it is compared."""

    taken: Taken
    content_hash: str
    record_hash: str
    body: OrganizationName | None
    body_key: tuple[str, str]

    @property
    def name(self) -> tuple[str, str]:
        return self.taken.source, self.taken.key

    def sighting(self, thing_id: UUID) -> Sighting:
        return Sighting(
            *self.name,
            thing_id,
            self.content_hash,
            self.record_hash,
            msgspec.json.encode(self.taken.raw).decode(),
            self.taken.row,
        )


class _Intake:
    """One file's way into the database."""

    def __init__(
        self, writing: sessionmaker[Session], actor: Actor, report: FileReport, progress: Progress
    ) -> None:
        self._writing = writing
        self._actor = actor
        self._report = report
        self._progress = progress
        self._batch: list[_Row] = []
        self._waiting = 0
        self._first: dict[tuple[str, str], tuple[int, str]] = {}

    def take(self, row: Taken | Refused) -> None:
        """Take one row into the batch, or account for it at once."""
        self._waiting += 1
        if isinstance(row, Refused):
            self._report.refuse(row.row, row.problem, row.key, row.excerpt)
        else:
            for problem in row.warnings:
                self._report.warn(row.row, problem, row.key)
            self._enter(_hashed(row))
        if self._waiting >= BATCH:
            self.flush()

    def _enter(self, row: _Row) -> None:
        before = self._first.setdefault(row.name, (row.taken.row, row.content_hash))
        if before[0] == row.taken.row:
            self._batch.append(row)
        elif before[1] == row.content_hash:
            self._report.unchanged += 1
            problem = Problem("", "The same as row %(first)d.", {"first": before[0]})
            self._report.warn(row.taken.row, problem, row.taken.key)
        else:
            problem = Problem(
                "",
                "Row %(first)d has the same key. Only the first counts; give each row its own key.",
                {"first": before[0]},
            )
            title, _ = records.best(row.taken.record.name, "en")
            self._report.refuse(row.taken.row, problem, row.taken.key, title[:120])

    def flush(self) -> None:
        """Write the batch; counted is only what is committed."""
        if self._batch:
            with self._writing.begin() as session:
                written = _Written(session, self._actor)
                written.all(self._batch)
            self._report.created += written.created
            self._report.updated += written.updated
            self._report.unchanged += written.unchanged
            self._report.duplicates_proposed += written.proposed
            for row, problem in written.kept_back:
                self._report.refuse(row.taken.row, problem, row.taken.key)
        self._progress(self._waiting)
        self._batch, self._waiting = [], 0


class _Written:
    """What one transaction does, counted."""

    def __init__(self, session: Session, actor: Actor) -> None:
        self._session = session
        self._actor = actor
        self.created = 0
        self.updated = 0
        self.unchanged = 0
        self.proposed = 0
        self.kept_back: list[tuple[_Row, Problem]] = []

    def all(self, batch: Sequence[_Row]) -> None:
        known = provenance.known(self._session, [row.name for row in batch])
        fresh = [row for row in batch if row.name not in known]
        changed = [
            row
            for row in batch
            if row.name in known and known[row.name].content_hash != row.content_hash
        ]
        self.unchanged = len(batch) - len(fresh) - len(changed)
        bodies = self._bodies([*fresh, *changed])
        self._create(fresh, bodies)
        self._update(changed, known, bodies)

    def _bodies(self, rows: Sequence[_Row]) -> Bodies:
        names = {row.body_key: row.body for row in reversed(rows) if row.body is not None}
        first_come = list(reversed(names.values()))
        return organizations.find_or_found_many(self._session, self._actor, first_come)

    def _create(self, rows: Sequence[_Row], bodies: Bodies) -> None:
        new = [
            NewSolution(
                record=row.taken.record,
                publisher_id=_publisher(row, bodies),
                id=provenance.id_of(solutions.KIND, *row.name),
            )
            for row in rows
        ]
        ids = solutions.publish_many(self._session, self._actor, new)
        pairs = list(zip(rows, ids, strict=True))
        provenance.note_new(
            self._session, solutions.KIND, [row.sighting(id_) for row, id_ in pairs]
        )
        named = [
            Named(id_, records.best(row.taken.record.name, "de")[0], _publisher(row, bodies))
            for row, id_ in pairs
        ]
        self.proposed = provenance.propose_duplicates(self._session, solutions.KIND, named)
        self.created = len(rows)

    def _update(self, rows: Sequence[_Row], known: Known, bodies: Bodies) -> None:
        present = solutions.by_ids(self._session, [known[row.name].thing_id for row in rows])
        done = []
        for row in rows:
            seen: Seen = known[row.name]
            solution = present.get(seen.thing_id)
            problem = _what_forbids(solution, seen)
            if problem is not None or solution is None:
                self.kept_back.append((row, problem or Problem("", "The record is gone.")))
                continue
            solutions.hand_over(self._session, self._actor, solution, _publisher(row, bodies))
            solutions.revise(self._session, self._actor, solution, row.taken.record)
            done.append(row.sighting(seen.thing_id))
        provenance.note_changed(self._session, done)
        self.updated = len(done)


def _what_forbids(solution: Solution | None, seen: Seen) -> Problem | None:
    """Why a change of the source may not be taken over: people here have decided otherwise."""
    if solution is not None and not solution.is_published:
        return Problem("", "The record was withdrawn here and stays so.")
    if solution is not None and solution.content_hash != seen.record_hash:
        return Problem("", "The record was changed here; the source's change is not taken over.")
    return None


def _hashed(taken: Taken) -> _Row:
    record_hash = solutions.hash_of(taken.record)
    body = taken.organization
    key = _key_of(body) if body is not None else ("", "")
    if body is None or not key[1]:
        return _Row(taken, record_hash, record_hash, None, key)
    named = f"{record_hash}\x1f{key}\x1f{body.kind}\x1f{body.municipality_key}"
    return _Row(taken, sha256(named.encode()).hexdigest(), record_hash, body, key)


@lru_cache(10_000)
def _key_of(body: OrganizationName) -> tuple[str, str]:
    return body.key


def _publisher(row: _Row, bodies: Bodies) -> UUID | None:
    return bodies[row.body_key] if row.body is not None else None
