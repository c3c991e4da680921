"""One run of the bench: corpus, engine, served pages, in rounds, and what came of it."""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from statistics import median

from marketplace import assets
from marketplace.bench import corpus, interfaces
from marketplace.bench.addresses import HELLO, NEW_SEARCH, Row, rows
from marketplace.bench.corpus import Say, Step, Steps
from marketplace.bench.driving import driven
from marketplace.bench.interfaces import InterfaceTimes
from marketplace.bench.load import Driven, Job
from marketplace.bench.questions import Taken, quantile, questions, texts, timed
from marketplace.bench.serving import HOST, Server, serving_node
from marketplace.search.analysis import Analysis
from marketplace.search.embedded import EmbeddedEngine
from marketplace.search.synonyms import Thesaurus, starting_list

ROUNDS = 3
QUESTIONS = 200

WARM_UP_TAKES_AT_MOST = 120.0


@dataclass(frozen=True)
class Latency:
    """How long the engine takes for an answer with six facets, in milliseconds."""

    p50: float
    p99: float
    cpu_p50: float
    cpu_p99: float

    @classmethod
    def of(cls, taken: Sequence[Taken]) -> "Latency":
        """The quantiles of these times."""
        wall, cpu = [one.wall for one in taken], [one.cpu for one in taken]
        return cls(*(quantile(values, part) for values in (wall, cpu) for part in (0.5, 0.99)))


@dataclass(frozen=True)
class Served:
    """One kind of address over all rounds; ratios are to H of the same round."""

    name: str
    target: float | None
    rates: Sequence[float]
    ratios: Sequence[float]
    cpu_ms: float | None
    """Processor time of the server for an answer; what a busy machine changes least."""
    p50_ms: float
    p99_ms: float
    failures: int

    @property
    def rate(self) -> float:
        """Answers per second, the median of the rounds."""
        return median(self.rates)

    @property
    def ratio(self) -> float:
        """Ratio to H, the median of the rounds."""
        return median(self.ratios)


@dataclass(frozen=True)
class Result:
    """Everything measured at one number of records."""

    records: int
    steps: Sequence[Step]
    engine: Latency
    served: Sequence[Served]
    memory_mb: int | None
    """Resident memory of the server after the last round."""
    interface: InterfaceTimes

    @property
    def hello(self) -> Served:
        """The simplest answer, to which the others are compared."""
        return next(one for one in self.served if one.name == HELLO)

    @property
    def new_search(self) -> Served:
        """The results of questions that were never asked before."""
        return next(one for one in self.served if one.name == NEW_SEARCH)


@dataclass(frozen=True)
class Round:
    """One row in one round."""

    driven: Driven
    cpu_ms: float | None


def measure(count: int, seconds: float, say: Say) -> Result:
    """Measure with ``count`` records; everything written is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="marketplace-bench-") as name:
        folder = Path(name)
        steps = Steps(lambda step: say(f"{count} records: {step}"))
        corpus.fill(folder / "node", count, steps)
        corpus.import_again_and_again(folder / "import", count, steps)
        say(f"{count} records: ask the engine")
        engine = engine_latency(folder / "node" / "search", count)
        with serving_node(folder / "node") as server:
            asked = rows(folder / "node", count, ROUNDS, seconds)
            served = tuple(in_rounds(server, asked, seconds, say))
            memory = server.memory_mb()
            say(f"{count} records: a large interface")
            interface = interfaces.measure(folder / "node", server, ROUNDS)
    return Result(count, tuple(steps.done), engine, served, memory, interface)


def engine_latency(folder: Path, count: int) -> Latency:
    """Ask the engine itself, without server and pages."""
    analysis = Analysis.of_dictionaries(assets.BUILT)
    engine = EmbeddedEngine(folder, analysis, Thesaurus.of(starting_list()), most_answers=0)
    asked = list(islice(questions(list(texts(count, 2_000))), QUESTIONS))
    return Latency.of(timed(engine, asked))


def in_rounds(
    server: Server,
    asked: Sequence[Row],
    seconds: float,
    say: Say,
    *,
    hello: Sequence[float] | None = None,
) -> Iterator[Served]:
    """Drive every row once a round, so that a busy moment falls on all of them.

    ``hello`` are the rates of H of another server of the same run, where this one has none.
    """
    rounds: dict[str, list[Round]] = {row.name: [] for row in asked}
    with tempfile.TemporaryDirectory(prefix="marketplace-bench-") as name:
        for number in range(ROUNDS):
            for row in asked:
                say(f"round {number + 1} of {ROUNDS}: {row.name}")
                rounds[row.name].append(_round(server, row, number, seconds, Path(name)))
    base = hello or [one.driven.per_second for one in rounds[HELLO]]
    for row in asked:
        yield _served(row, rounds[row.name], base)


def _round(server: Server, row: Row, number: int, seconds: float, folder: Path) -> Round:
    paths = row.paths[number::ROUNDS] if row.once else row.paths
    if not row.once and number == 0:
        # Once through all of them, so that what can be kept is kept.
        driven(_job(server, row.paths, WARM_UP_TAKES_AT_MOST, once=True), folder)
    before = server.cpu_seconds()
    measured = driven(_job(server, paths, seconds, once=row.once), folder)
    after = server.cpu_seconds()
    known = before is not None and after is not None and measured.answers
    cpu = (after - before) / measured.answers * 1000 if known else None  # type: ignore[operator]
    return Round(measured, cpu)


def _job(server: Server, paths: Sequence[str], seconds: float, *, once: bool) -> Job:
    return Job(HOST, server.port, list(paths), seconds, once)


def _served(row: Row, rounds: Sequence[Round], hello: Sequence[float]) -> Served:
    rates = [one.driven.per_second for one in rounds]
    cpu = [one.cpu_ms for one in rounds if one.cpu_ms is not None]
    return Served(
        row.name,
        row.target,
        rates,
        [rate / base for rate, base in zip(rates, hello, strict=True)],
        median(cpu) if cpu else None,
        median(one.driven.p50_ms for one in rounds),
        median(one.driven.p99_ms for one in rounds),
        sum(one.driven.failures for one in rounds),
    )
