"""How often intervals hold what they promise: ``python -m tests.benchmarks.interval_coverage``.

Draws syntheses whose true mean and spread are known and counts how often an interval holds the
mean (confidence) or the effect in a new place (prediction). Nominal is 95 percent. Sampling
variances lie between 0.014 and 0.52, as in meta-analyses of small trials; tau² is set so that about
half or four fifths of the variation are real. Seeded, so that a run can be repeated.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import click
import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from impact import prediction
from impact.heterogeneity import Method
from impact.studies import Studies, studies
from impact.synthesis import Interval, pool

SIZES = (3, 5, 10, 20)
SPREADS = {"50 %": 0.10, "80 %": 0.41}
"""tau² by about how much I² it makes."""
NAMES = ("CI Wald", "CI HK", "CI HK never smaller", "PI t k-2, never smaller", "PI cautious")


@dataclass(frozen=True)
class Row:
    """Coverage of each interval for one number of studies and one spread."""

    k: int
    spread: str
    held: tuple[float, ...]


def coverage(runs: int, seed: int) -> Iterator[Row]:
    """One row for each number of studies and each spread."""
    draw = np.random.default_rng(seed)
    for spread, tau2 in SPREADS.items():
        for k in SIZES:
            held = np.array([_held(*_drawn(draw, k, tau2)) for _ in track(range(runs), f"k = {k}")])
            yield Row(k, spread, tuple(held.mean(axis=0)))


def _drawn(draw: np.random.Generator, k: int, tau2: float) -> tuple[Studies, float]:
    """Studies around a true mean of 0, and the true effect in a new place."""
    v = np.clip(0.25 * draw.chisquare(1, k), 0.014, 0.52)
    effects = draw.normal(0, np.sqrt(tau2), k + 1)
    return studies(draw.normal(effects[:k], np.sqrt(v)), v), float(effects[k])


def _held(data: Studies, new: float) -> tuple[bool, ...]:
    wald, hk, never = (pool(data, Method.PM, each) for each in Interval)
    assert wald.mean.interval
    assert hk.mean.interval
    assert never.mean.interval
    assert never.prediction
    assert never.prediction.t_k2
    cautious = prediction.cautious(data, never.mean.interval, points=200).interval(0.95)
    return (
        wald.mean.interval[0] <= 0 <= wald.mean.interval[1],
        hk.mean.interval[0] <= 0 <= hk.mean.interval[1],
        never.mean.interval[0] <= 0 <= never.mean.interval[1],
        never.prediction.t_k2[0] <= new <= never.prediction.t_k2[1],
        cautious[0] <= new <= cautious[1],
    )


@click.command()
@click.option("--runs", default=1_000, show_default=True)
@click.option("--seed", default=7, show_default=True)
def main(runs: int, seed: int) -> None:
    """Print the coverage of every interval in percent."""
    table = Table("I²", "k", *NAMES)
    for row in coverage(runs, seed):
        table.add_row(row.spread, str(row.k), *(f"{100 * each:.1f}" for each in row.held))
    Console().print(table)
    Console().print(f"{runs} runs each; one standard error is {100 * (0.0475 / runs) ** 0.5:.1f}.")


if __name__ == "__main__":
    main()
