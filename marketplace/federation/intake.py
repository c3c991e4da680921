"""Take records of other registers into the catalogue, each row accounted for.

A reader hands over rows; the intake writes them in batches, each in a transaction of its own. What
is committed stays. There is no position to resume from and none is needed: a row that is already
there as it was is left alone, so an interrupted run is finished by running it again, and ends as
one clean run would have. Ids follow from source and key.

Two hashes tell that a row is as it was. That of its bytes and of the rules of reading is looked up
before the row is read; only if it is unknown the row is read, and the hash of what it was mapped to
decides. Refused rows leave no hash, so they are read, and refused, in every run.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b, sha256
from uuid import UUID

import msgspec
from sqlalchemy.orm import Session, sessionmaker

from catalog import organizations, provenance, records, solutions
from catalog.errors import Problem
from catalog.organizations import OrganizationName
from catalog.permissions import Actor
from catalog.provenance import RAW_HASH_BYTES, Named, Recognized, Seen, Sighting
from catalog.solutions import NewSolution, Solution
from marketplace.bulk import rare_collections
from marketplace.federation.intake_report import FileReport
from marketplace.formats import rules
from marketplace.formats.records import Reading, Refused, Taken, Unread, Unreadable

BATCH = 1_000
"""Rows a transaction: what an interruption can undo, and what a commit costs."""

Progress = Callable[[int], None]
Known = Mapping[tuple[str, str], Seen]
Bodies = Mapping[tuple[str, str], UUID]


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
    intake = _Intake(writing, actor, report, _mark(reading), progress)
    broken: Unreadable | None = None
    with rare_collections():
        try:
            for unread in reading.unread:
                report.rows += 1
                intake.take(unread)
        except Unreadable as error:
            broken = error
        intake.flush()
    if broken is not None:
        report.give_up(broken)
    if not report.rows:
        report.warn(0, Problem("", "The table has a heading but no rows."))
    report.close()
    return report


def _mark(reading: Reading) -> bytes:
    """What must be the same, besides its bytes, for a row to be read as it was read before."""
    known = b"%b %b %b" % (reading.format.encode(), rules.digest(), reading.rules)
    return blake2b(known, digest_size=32).digest()


@dataclass(frozen=True)
class _Row:
    """A row on its way into the catalogue, with the hashes by which it is compared."""

    taken: Taken
    content_hash: str
    record_hash: str
    body: OrganizationName | None
    body_key: tuple[str, str]
    raw_hash: bytes | None

    @property
    def warnings(self) -> str:
        """What was said of the row, to be said again when it is recognized unread."""
        said = self.taken.warnings
        return msgspec.json.encode(said).decode() if said else ""

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
            self.raw_hash,
            self.warnings,
        )


class _Intake:
    """One file's way into the database."""

    def __init__(
        self,
        writing: sessionmaker[Session],
        actor: Actor,
        report: FileReport,
        mark: bytes,
        progress: Progress,
    ) -> None:
        self._writing = writing
        self._actor = actor
        self._report = report
        self._mark = mark
        self._progress = progress
        self._waiting: list[Unread] = []
        self._batch: list[_Row] = []
        self._first: dict[tuple[str, str], tuple[int, str]] = {}

    def take(self, unread: Unread) -> None:
        """Take one row into the batch."""
        self._waiting.append(unread)
        if len(self._waiting) >= BATCH:
            self.flush()

    def flush(self) -> None:
        """Account for the rows of the batch and write what is new; counted is what is committed."""
        hashes = [self._hash_of(unread.written) for unread in self._waiting]
        with self._writing.begin() as session:
            recognized = provenance.recognized(session, [one for one in hashes if one])
        for unread, raw_hash in zip(self._waiting, hashes, strict=True):
            seen = recognized.get(raw_hash) if raw_hash else None
            if seen is None or not self._leave(unread.row, seen):
                self._read(unread, raw_hash)
        self._write()
        self._progress(len(self._waiting))
        self._batch, self._waiting = [], []

    def _hash_of(self, written: bytes) -> bytes | None:
        if not written:
            return None
        return blake2b(written, key=self._mark, digest_size=RAW_HASH_BYTES).digest()

    def _leave(self, row: int, seen: Recognized) -> bool:
        """Leave a recognized row unread; False if another row of this file has its key."""
        if self._first.setdefault(seen.name, (row, seen.content_hash))[0] != row:
            return False
        self._report.unchanged += 1
        if seen.warnings:
            for problem in msgspec.json.decode(seen.warnings, type=list[Problem]):
                self._report.warn(row, problem, seen.name[1])
        return True

    def _read(self, unread: Unread, raw_hash: bytes | None) -> None:
        row = unread.read()
        if isinstance(row, Refused):
            self._report.refuse(row.row, row.problem, row.key, row.excerpt)
            return
        for problem in row.warnings:
            self._report.warn(row.row, problem, row.key)
        self._enter(_hashed(row, raw_hash))

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

    def _write(self) -> None:
        if not self._batch:
            return
        with self._writing.begin() as session:
            written = _Written(session, self._actor)
            written.all(self._batch)
        self._report.created += written.created
        self._report.updated += written.updated
        self._report.unchanged += written.unchanged
        self._report.duplicates_proposed += written.proposed
        for row, problem in written.kept_back:
            self._report.refuse(row.taken.row, problem, row.taken.key)


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
        changed = [row for row in batch if row.name in known and not _is_as_known(row, known)]
        same = [row for row in batch if _is_as_known(row, known)]
        self.unchanged = len(same)
        provenance.note_read_again(
            self._session,
            [row.sighting(known[row.name].thing_id) for row in same if row.raw_hash],
        )
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
                content_hash=row.record_hash,
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


def _is_as_known(row: _Row, known: Known) -> bool:
    seen = known.get(row.name)
    return seen is not None and seen.content_hash == row.content_hash


def _hashed(taken: Taken, raw_hash: bytes | None) -> _Row:
    record_hash = solutions.hash_of(taken.record)
    body = taken.organization
    key = _key_of(body) if body is not None else ("", "")
    if body is None or not key[1]:
        return _Row(taken, record_hash, record_hash, None, key, raw_hash)
    named = f"{record_hash}\x1f{key}\x1f{body.kind}\x1f{body.municipality_key}"
    return _Row(taken, sha256(named.encode()).hexdigest(), record_hash, body, key, raw_hash)


@lru_cache(10_000)
def _key_of(body: OrganizationName) -> tuple[str, str]:
    return body.key


def _publisher(row: _Row, bodies: Bodies) -> UUID | None:
    return bodies[row.body_key] if row.body is not None else None
