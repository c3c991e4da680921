"""How a solution spreads: the model of Bass 1969 (doi 10.1287/mnsc.15.5.215).

``p`` is the pull from outside, ``q`` that of those who already use it, both by year; ``m`` is the
number of municipalities that could, taken from the register and never estimated.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import numpy as np
from numpy.typing import ArrayLike
from sqlalchemy.orm import Session

from catalog import adoptions, municipalities
from catalog.adoptions import AdoptionStep, Stage
from catalog.errors import Invalid
from catalog.organizations import Kind
from impact.studies import Array


@dataclass(frozen=True)
class Bass:
    """A curve of adoption. Raises ``Invalid`` unless p and m are above 0 and q at least 0."""

    p: float
    q: float
    m: float

    def __post_init__(self) -> None:
        if not (self.p > 0 and self.q >= 0 and self.m > 0):
            raise Invalid("p and m are above zero, q is at least zero.", field="p")

    def share(self, t: ArrayLike) -> Array:
        """F(t): the share of the m that has adopted t years after the first could."""
        years = np.asarray(t, dtype=np.float64)
        decay = np.exp(-(self.p + self.q) * years)
        shares: Array = (1 - decay) / (1 + (self.q / self.p) * decay)
        return shares

    def adopters(self, t: ArrayLike) -> Array:
        """N(t) = m F(t)."""
        return self.m * self.share(t)

    @property
    def peak(self) -> float:
        """The year in which most adopt; 0 where it only slows down from the start."""
        return max(0.0, float(np.log(self.q / self.p)) / (self.p + self.q)) if self.q else 0.0

    @property
    def peak_rate(self) -> float:
        """How many adopt in a year at the peak."""
        if self.q <= self.p:
            return self.m * self.p
        return self.m * (self.p + self.q) ** 2 / (4 * self.q)


FEWEST_ADOPTERS = 8
"""With fewer adopters only counts are shown."""

PRIOR_P = (0.03, 1.5)
PRIOR_Q = (0.38, 0.6)
"""Middle and standard deviation of the logarithm; the middles are averages of consumer goods
(Sultan, Farley, Lehmann 1990), so they weigh little."""

DRAWS = 2000
STEPS_A_YEAR = 4


@dataclass(frozen=True)
class Forecast:
    """How many may run the solution, quarter by quarter: the quantiles 5, 25, 50, 75, 95 of 100."""

    model: Bass
    """The likeliest curve."""
    outlook: Sequence[tuple[date, tuple[float, float, float, float, float]]]


def forecast(
    started: Sequence[date], stopped: Sequence[date], m: int, today: date, *, years: int = 3
) -> Forecast | None:
    """How many of ``m`` run the solution in the coming ``years``, those that stop taken off.

    The hazard of each quarter goes into a binomial likelihood over a grid of p and q; stops follow
    a constant rate (Gamma prior 1/2, 0). Draws are seeded, so the same days give the same fan.
    None with fewer than eight adopters, with no quarter behind them, or where all have adopted.
    """
    began = sorted(started)
    if len(began) < FEWEST_ADOPTERS or len(began) >= m:
        return None
    ages = np.array([(day - began[0]).days / 365.25 for day in began])
    now = (today - began[0]).days / 365.25
    ends = np.arange(1, int(now * STEPS_A_YEAR) + 1) / STEPS_A_YEAR
    if not len(ends):
        return None
    p, q, weight = _posterior(ages, ends, m)
    best = int(np.argmax(weight))
    chance = np.random.default_rng(20_261_124)
    drawn = chance.choice(len(weight), size=DRAWS, p=weight)
    lived = sum((today - day).days for day in began) - sum((today - day).days for day in stopped)
    rate = chance.gamma(len(stopped) + 0.5, 1 / max(lived / 365.25, 1.0), DRAWS)
    ever = np.full(DRAWS, len(began))
    running = np.full(DRAWS, len(began) - len(stopped))
    outlook = []
    for step in range(1, years * STEPS_A_YEAR + 1):
        at = now + step / STEPS_A_YEAR
        hazard = _hazard(p[drawn], q[drawn], at - 1 / STEPS_A_YEAR, at)
        new = chance.binomial(np.maximum(m - ever, 0), hazard)
        ended = chance.binomial(np.maximum(running, 0), 1 - np.exp(-rate / STEPS_A_YEAR))
        ever, running = ever + new, running + new - ended
        low, lower, middle, upper, high = np.quantile(running, (0.05, 0.25, 0.5, 0.75, 0.95))
        day = today + timedelta(days=round(step * 365.25 / STEPS_A_YEAR))
        outlook.append((day, (float(low), float(lower), float(middle), float(upper), float(high))))
    return Forecast(Bass(float(p[best]), float(q[best]), m), outlook)


def _posterior(ages: Array, ends: Array, m: int) -> tuple[Array, Array, Array]:
    """Grid points p and q with their weights, which add up to one."""
    ln_p, ln_q = (
        np.log(middle) + spread * np.linspace(-4, 2.5, 60) for middle, spread in (PRIOR_P, PRIOR_Q)
    )
    grid_p, grid_q = (axis.ravel() for axis in np.meshgrid(np.exp(ln_p), np.exp(ln_q)))
    score = np.zeros(len(grid_p))
    for grid, (middle, spread) in ((grid_p, PRIOR_P), (grid_q, PRIOR_Q)):
        score -= (np.log(grid / middle) / spread) ** 2 / 2
    # The first adopter sets the clock and says nothing of the speed.
    counts = np.searchsorted(ages, np.concatenate([[0.0], ends]), side="right")
    for end, before, after in zip(ends, counts[:-1], counts[1:], strict=True):
        hazard = np.clip(_hazard(grid_p, grid_q, end - 1 / STEPS_A_YEAR, end), 1e-12, 1 - 1e-12)
        score += (after - before) * np.log(hazard) + (m - after) * np.log1p(-hazard)
    weight = np.exp(score - score.max())
    return grid_p, grid_q, weight / weight.sum()


def _hazard(p: Array, q: Array, begin: float, end: float) -> Array:
    """The share of those not yet reached that adopt from ``begin`` to ``end``."""
    decay_begin, decay_end = np.exp(-(p + q) * begin), np.exp(-(p + q) * end)
    left: Array = (decay_end / decay_begin) * (1 + q / p * decay_begin) / (1 + q / p * decay_end)
    return 1 - left


@dataclass(frozen=True)
class Spread:
    """How a solution spread over municipalities that confirmed it, and how it may go on."""

    history: Sequence[tuple[date, int]]
    """How many ran it from each day on; ends today."""
    live: int
    ended: int
    m: int
    """Municipalities of the register, all of which could."""
    forecast: Forecast | None


def of_solution(session: Session, solution_id: UUID, today: date) -> Spread:
    """How a solution spread until today, those that ended it included."""
    uses = [
        use
        for use in adoptions.of_solution(session, solution_id)
        if use.is_confirmed and use.organization.kind == Kind.MUNICIPALITY
    ]
    steps = adoptions.steps_of(session, [use.id for use in uses])
    lives = [life for use in uses if (life := _life(steps[use.id], today)) is not None]
    started = [begun for begun, _ in lives]
    stopped = [end for _, end in lives if end is not None]
    moves = sorted([(day, 1) for day in started] + [(day, -1) for day in stopped])
    history: list[tuple[date, int]] = []
    running = 0
    for day, move in moves:
        running += move
        history.append((day, running))
    m = municipalities.count(session)
    found = forecast(started, stopped, m, today)
    return Spread([*history, (today, running)], running, len(stopped), m, found)


def _life(steps: Sequence[AdoptionStep], today: date) -> tuple[date, date | None] | None:
    """From the first day live to the day it ended, None while it runs; None if it never ran."""
    live = [step.on for step in steps if step.stage == Stage.LIVE and step.on <= today]
    if not live:
        return None
    ended = [step.on for step in steps if step.stage == Stage.ENDED and live[0] <= step.on <= today]
    return live[0], ended[-1] if ended else None
