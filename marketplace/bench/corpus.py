"""The records that are measured with, and how fast they come in and become searchable.

Two nodes are filled. One by the generator, with bodies and uses: it is served and asked. One from a
file by the intake, as ``marketplace import`` does it: this gives the speed of an import, and of the
same file again, of which every record is unchanged.
"""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from catalog.database import open_engine
from catalog.permissions import Actor
from marketplace import migrating
from marketplace.bench import interfaces
from marketplace.federation import intake
from marketplace.formats import jsonl
from marketplace.sample import generator
from marketplace.search import synonyms
from marketplace.search.service import SearchService
from marketplace.settings import Settings
from marketplace.transactions import Database

MOST_IMPORTED = 100_000
"""Records of the import; more of them say nothing new and take minutes."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class Step:
    """Something done with many records, in wall time and in the time of all processors."""

    name: str
    records: int
    seconds: float
    cpu_seconds: float

    @property
    def per_second(self) -> float:
        """Records per second of wall time."""
        return self.records / self.seconds if self.seconds else 0.0


@dataclass
class Steps:
    """A list of steps, written by running them."""

    say: Say
    done: list[Step] = field(default_factory=list)

    @contextmanager
    def step(self, name: str, records: int) -> Iterator[None]:
        """Measure what happens inside."""
        self.say(name)
        begun, worked = time.perf_counter(), _worked()
        yield
        self.done.append(Step(name, records, time.perf_counter() - begun, _worked() - worked))

    def sum_of(self, name: str, *names: str) -> None:
        """Add a step that is the sum of others."""
        parts = [step for step in self.done if step.name in names]
        self.done.append(
            Step(
                name,
                parts[0].records,
                sum(step.seconds for step in parts),
                sum(step.cpu_seconds for step in parts),
            )
        )


def fill(folder: Path, count: int, steps: Steps) -> None:
    """Make a searchable node of ``count`` generated records in ``folder``."""
    with _node(folder) as (database, service):
        with steps.step("generate and write with uses", count):
            generator.load(database, count)
        with database.writing.begin() as session:
            interfaces.publish(session)
        _index(service, steps, count, "generated: ")


def import_again_and_again(folder: Path, count: int, steps: Steps) -> None:
    """Import a file of generated records into an empty node, and then the same file again."""
    count = min(count, MOST_IMPORTED)
    file = folder / "records.jsonl"
    file.parent.mkdir(parents=True, exist_ok=True)
    with steps.step("generate a file", count):
        write_lines(file, count)
    with _node(folder) as (database, service):
        with steps.step("import", count):
            _take_in(file, database, count)
        _index(service, steps, count, "")
        steps.sum_of("import to searchable", "import", "store documents", "build index")
        with steps.step("harvest of unchanged records", count):
            _take_in(file, database, count)


def write_lines(file: Path, count: int) -> None:
    """Write generated records as JSON Lines in their full form."""
    bodies = generator.bodies(count, 1)
    with file.open("wb") as lines:
        for item in generator.records(count):
            body = bodies[item.publisher].name
            organization = {"name": body.name, "kind": body.kind, "country": "DE"}
            line = {"id": str(item.number), "organization": organization, "record": item.record}
            lines.write(msgspec.json.encode(line) + b"\n")


class LostRecords(Exception):
    """The intake did not take every generated record: a fault of this program."""


@contextmanager
def _node(folder: Path) -> Iterator[tuple[Database, SearchService]]:
    folder.mkdir(parents=True, exist_ok=True)
    # Said in full, so that no setting of the operator's own node leads to its database or server.
    settings = Settings(
        data_dir=folder, database_url="", meilisearch_url="", embedded_search=True, worker=True
    )
    database = Database.on(open_engine(settings.database))
    migrating.upgrade(database.engine)
    with database.writing.begin() as session:
        synonyms.plant(session)
    service = SearchService.on(database, settings)
    try:
        yield database, service
    finally:
        service.stop()
        database.engine.dispose()


def _take_in(file: Path, database: Database, count: int) -> None:
    report = intake.take_in(jsonl.read(file), database.writing, Actor.operator("bench"))
    if report.refused or report.rows != count:
        raise LostRecords(f"{len(report.refused)} of {report.rows} records were refused.")


def _index(service: SearchService, steps: Steps, count: int, of: str) -> None:
    follower = service.follower
    if follower is None:
        raise RuntimeError("A node without a search index cannot be measured.")
    with steps.step(f"{of}store documents", count):
        follower.store_documents()
    with steps.step(f"{of}build index", count):
        follower.rebuild()


def _worked() -> float:
    """Processor time of this process and of those it started and that ended."""
    used = time.process_time()
    children = os.times()
    return used + children.children_user + children.children_system
