"""What a bench says: one document in Markdown for people, the same as values for programs."""

import os
import platform
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

from marketplace import __version__
from marketplace.bench.driving import driver
from marketplace.bench.interfaces import CHECK_TARGET, PAGE_TARGET
from marketplace.bench.load import CONNECTIONS
from marketplace.bench.measuring import ROUNDS, Result, Served
from marketplace.bench.peers import PeerResult

PACKAGES = ("litestar", "uvicorn", "sqlalchemy", "tantivy", "msgspec", "jinja2")

IMPORT_TARGET = 5_000
HARVEST_TARGET = 60_000
TARGETS = {
    "import to searchable": IMPORT_TARGET,
    "harvest of unchanged records": HARVEST_TARGET,
}


@dataclass(frozen=True)
class Machine:
    """Where and when was measured, and how busy the machine was with other things."""

    at: str
    processor: str
    cores: int
    system: str
    python: str
    versions: dict[str, str]
    driver: str
    load_before: float | None
    """Mean number of waiting programs in the minute before."""

    @classmethod
    def here(cls) -> "Machine":
        """This machine, now."""
        return cls(
            at=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
            processor=_processor(),
            cores=os.cpu_count() or 1,
            system=f"{platform.system()} {platform.release()}",
            python=sys.version.split()[0],
            versions={"lichtermeer": __version__, **{name: version(name) for name in PACKAGES}},
            driver=driver(),
            load_before=round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
        )


def as_values(machine: Machine, results: Sequence[Result], peers: Sequence[PeerResult]) -> Any:
    """Everything, for programs."""
    return {
        "machine": asdict(machine),
        "results": [asdict(result) for result in results],
        "peers": [asdict(peer) for peer in peers],
    }


def as_text(machine: Machine, results: Sequence[Result], peers: Sequence[PeerResult]) -> str:
    """Everything, for people."""
    lines = [
        f"Measured {machine.at} on {machine.cores} cores ({machine.processor}), {machine.system},",
        f"Python {machine.python}, "
        + ", ".join(f"{name} {number}" for name, number in machine.versions.items())
        + ".",
        f"One worker, SQLite, {CONNECTIONS} connections, {machine.driver}; median of {ROUNDS}"
        " rounds (least–most). Load of the machine before: "
        + ("unknown" if machine.load_before is None else f"{machine.load_before}")
        + ".",
        "",
        *_pages(results),
        "",
        *_imports(results),
        "",
        *_engines(results),
        "",
        *_interfaces(results),
    ]
    if peers:
        lines += ["", *_peers(results, peers)]
    return "\n".join(lines)


def _pages(results: Sequence[Result]) -> Iterator[str]:
    yield from _head(
        "records", "address", "answers/s", "ratio to H", "target", "p50 ms", "p99 ms", "CPU ms"
    )
    for result in results:
        for one in result.served:
            yield _line(
                f"{result.records:,}",
                one.name + (f" ({one.failures} failed)" if one.failures else ""),
                _spread(one.rates, one.rate, 0),
                _spread(one.ratios, one.ratio, 3),
                _target(one),
                f"{one.p50_ms:.1f}",
                f"{one.p99_ms:.1f}",
                "–" if one.cpu_ms is None else f"{one.cpu_ms:.2f}",
            )


def _imports(results: Sequence[Result]) -> Iterator[str]:
    yield from _head("records", "step", "seconds", "CPU seconds", "records/s", "target")
    for result in results:
        for step in result.steps:
            target = TARGETS.get(step.name)
            yield _line(
                f"{step.records:,}",
                step.name,
                f"{step.seconds:.1f}",
                f"{step.cpu_seconds:.1f}",
                f"{step.per_second:,.0f}",
                "" if target is None else _verdict(step.per_second >= target, f"{target:,}"),
            )


def _engines(results: Sequence[Result]) -> Iterator[str]:
    yield from _head(
        "records", "engine p50 ms", "p99 ms", "CPU p50 ms", "CPU p99 ms", "memory of the server"
    )
    for result in results:
        engine = result.engine
        yield _line(
            f"{result.records:,}",
            *(f"{value:.2f}" for value in (engine.p50, engine.p99, engine.cpu_p50, engine.cpu_p99)),
            "unknown" if result.memory_mb is None else f"{result.memory_mb} MB",
        )


def _interfaces(results: Sequence[Result]) -> Iterator[str]:
    yield from _head(
        "records", "interface", "check s", "target", "page s", "target", "page again ms"
    )
    for result in results:
        times = result.interface
        again = [seconds * 1000 for seconds in times.kept]
        yield _line(
            f"{result.records:,}",
            f"OpenAPI, {times.kilobytes} kB, {times.operations} operations",
            _spread(times.checks, median(times.checks), 2),
            _at_most(median(times.checks), CHECK_TARGET),
            _spread(times.first, median(times.first), 2),
            _at_most(median(times.first), PAGE_TARGET),
            _spread(again, median(again), 1),
        )


def _at_most(seconds: float, target: float) -> str:
    return f"≤ {target:g}: {'met' if seconds <= target else 'missed'}"


def _peers(results: Sequence[Result], peers: Sequence[PeerResult]) -> Iterator[str]:
    ours = {result.records: result for result in results}
    yield from _head("records", "peer", "answers/s", "ratio to H", "we are", "p50 ms", "p99 ms", "")
    for peer in peers:
        if peer.served is None:
            yield _line(f"{peer.records:,}", peer.title, "–", "–", "–", "–", "–", peer.note)
            continue
        own = ours[peer.records].new_search.rate
        yield _line(
            f"{peer.records:,}",
            peer.title,
            _spread(peer.served.rates, peer.served.rate, 1),
            f"{peer.served.ratio:.4f}",
            f"{own / peer.served.rate:.0f} ×" if peer.served.rate else "–",
            f"{peer.served.p50_ms:.0f}",
            f"{peer.served.p99_ms:.0f}",
            peer.note,
        )


def _head(*names: str) -> Iterator[str]:
    yield _line(*names)
    yield "|" + "---|" * len(names)


def _line(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


def _spread(values: Sequence[float], middle: float, digits: int) -> str:
    low, high = min(values), max(values)
    return f"{middle:,.{digits}f} ({low:,.{digits}f}–{high:,.{digits}f})"


def _target(one: Served) -> str:
    if one.target is None:
        return ""
    return _verdict(one.ratio >= one.target, f"{one.target:g}")


def _verdict(is_met: bool, target: str) -> str:
    return f"≥ {target}: {'met' if is_met else 'missed'}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())
