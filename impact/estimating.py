"""From the readings of one evaluation to its one effect with a sampling variance.

Months of one arm and phase are joined before they are compared, for they are not independent
studies. What cannot be pooled still has an estimate, with no variance.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from catalog.errors import Invalid
from impact import effects
from impact.effects import Measure
from impact.grading import Design
from impact.measurements import Arm, Phase, Reading
from impact.metrics import Metric
from impact.studies import Array

FEWEST_MONTHS = 8
"""Points before and after that a series needs at least."""

MONTH_OF_EFFECT = 6
"""The month after the start at which a series' effect is read."""


@dataclass(frozen=True)
class Joined:
    """The numbers of one arm in one phase."""

    value: float
    n: float | None = None
    sd: float | None = None
    events: float | None = None
    exposure: float | None = None
    phi: float = 1.0


@dataclass(frozen=True)
class Estimate:
    """An effect: its scale, estimate ``y`` and variance ``v``; None where it cannot be pooled."""

    scale: Measure
    y: float
    v: float | None
    method: str


def estimate(design: Design, metric: Metric, readings: Sequence[Reading]) -> Estimate | None:
    """The effect that ``readings`` show by ``design``; None while a side is missing.

    Raises ``Invalid`` for a series that is too short.
    """
    if design is Design.INTERRUPTED_SERIES:
        return _series(metric, readings)
    if design is Design.DID:
        treated = _contrast(
            metric, readings, (Arm.TREATED, Phase.AFTER), (Arm.TREATED, Phase.BASELINE)
        )
        other = _contrast(
            metric, readings, (Arm.COMPARISON, Phase.AFTER), (Arm.COMPARISON, Phase.BASELINE)
        )
        if treated is None or other is None:
            return None
        v = None if treated.v is None or other.v is None else treated.v + other.v
        return Estimate(treated.scale, treated.y - other.y, v, "difference in differences")
    if design in (Design.MATCHED, Design.RANDOMIZED, Design.CROSS_SECTION):
        return _contrast(
            metric, readings, (Arm.TREATED, Phase.AFTER), (Arm.COMPARISON, Phase.AFTER)
        )
    if design is Design.BEFORE_AFTER:
        return _contrast(
            metric, readings, (Arm.TREATED, Phase.AFTER), (Arm.TREATED, Phase.BASELINE)
        )
    return None


def baseline_z(metric: Metric, readings: Sequence[Reading]) -> float | None:
    """How far the last period before lies from those before it; None with fewer than four."""
    before = [r for r in readings if r.arm is Arm.TREATED and r.phase is Phase.BASELINE]
    values = [level(metric, r) for r in sorted(before, key=lambda r: r.period_start)]
    if len(values) < 4:
        return None
    spread = float(np.std(values[:-1], ddof=1))
    return abs(values[-1] - float(np.mean(values[:-1]))) / spread if spread > 0 else None


def pre_trend_p(metric: Metric, readings: Sequence[Reading]) -> float | None:
    """p of the slope of the gap between both arms before the start; None with fewer than three."""
    gaps = []
    baseline = [r for r in readings if r.phase is Phase.BASELINE]
    for own in baseline:
        other = [
            r for r in baseline if r.arm is Arm.COMPARISON and r.period_start == own.period_start
        ]
        if own.arm is Arm.TREATED and other:
            gaps.append(
                (own.period_start.toordinal(), level(metric, own) - level(metric, other[0]))
            )
    if len(gaps) < 3 or len({gap for _, gap in gaps}) == 1:
        return None
    days, values = zip(*sorted(gaps), strict=True)
    return float(stats.linregress(days, values).pvalue)


def level(metric: Metric, reading: Reading) -> float:
    """The level of a metric that a reading shows, in the metric's unit."""
    return shown(metric, _joined(metric, [reading]).value)


def shown(metric: Metric, value: float) -> float:
    """A joined value in the metric's unit: percents of a proportion, events by 1,000."""
    if metric.scale in (Measure.LN_RR, Measure.RD):
        return value if metric.unit == "1" else value * 100
    return value * 1000 if metric.scale is Measure.LN_IRR else value


def baseline_of(metric: Metric, readings: Sequence[Reading]) -> float | None:
    """The level before, in the metric's unit."""
    before = [r for r in readings if r.arm is Arm.TREATED and r.phase is Phase.BASELINE]
    return shown(metric, _joined(metric, before).value) if before else None


def _contrast(
    metric: Metric, readings: Sequence[Reading], one: tuple[Arm, Phase], other: tuple[Arm, Phase]
) -> Estimate | None:
    first = [r for r in readings if (r.arm, r.phase) == one]
    second = [r for r in readings if (r.arm, r.phase) == other]
    if not first or not second:
        return None
    return compare(metric, _joined(metric, first), _joined(metric, second))


def compare(metric: Metric, one: Joined, two: Joined) -> Estimate | None:
    """The effect of one joined side against the other; None where neither side says anything."""
    scale = metric.scale
    try:
        y, v = _computed(scale, one, two)
    except Invalid:
        return _without_variance(scale, one, two)
    if not (math.isfinite(y) and math.isfinite(v) and v > 0):
        return _without_variance(scale, one, two)
    return Estimate(scale, y, v, str(scale))


def _computed(scale: Measure, one: Joined, two: Joined) -> tuple[float, float]:
    if scale in (Measure.LN_RR, Measure.RD):
        y, v = effects.MEASURES[scale].compute(
            ai=[one.events], n1i=[one.n], ci=[two.events], n2i=[two.n]
        )
    elif scale is Measure.LN_IRR:
        y, v = effects.rate_ratio(
            x1i=_one(one.events),
            t1i=_one(one.exposure),
            x2i=_one(two.events),
            t2i=_one(two.exposure),
            phi=max(one.phi, two.phi),
        )
    else:
        y, v = effects.MEASURES[scale].compute(
            m1i=[one.value],
            sd1i=[one.sd],
            n1i=[one.n],
            m2i=[two.value],
            sd2i=[two.sd],
            n2i=[two.n],
        )
    return float(y[0]), float(v[0])


def _one(number: float | None) -> Array:
    return np.array([math.nan if number is None else number])


def _without_variance(scale: Measure, one: Joined, two: Joined) -> Estimate | None:
    if scale in (Measure.MD, Measure.RD):
        return Estimate(scale, one.value - two.value, None, str(scale))
    if one.value <= 0 or two.value <= 0:
        return None
    return Estimate(scale, math.log(one.value / two.value), None, str(scale))


def _joined(metric: Metric, readings: Sequence[Reading]) -> Joined:
    numbers = [r.numbers for r in readings]
    if metric.scale in (Measure.LN_RR, Measure.RD):
        events = sum(each.events or 0.0 for each in numbers)
        n = sum(each.n or 0 for each in numbers)
        return Joined(events / n if n else 0.0, n=n, events=events)
    if metric.scale is Measure.LN_IRR:
        events = sum(each.events or 0.0 for each in numbers)
        exposure = sum(each.exposure or 0.0 for each in numbers)
        return Joined(
            events / exposure if exposure else 0.0,
            events=events,
            exposure=exposure,
            phi=_overdispersion(readings, events, exposure),
        )
    return _joined_means(readings)


def _joined_means(readings: Sequence[Reading]) -> Joined:
    numbers = [r.numbers for r in readings]
    if any(not each.n for each in numbers):
        return Joined(float(np.mean([each.value or 0.0 for each in numbers])))
    n = np.array([each.n for each in numbers], dtype=np.float64)
    values = np.array([each.value or 0.0 for each in numbers])
    total = float(n.sum())
    mean = float(n @ values / total)
    spreads = [spread_of(each.sd, each.ci_low, each.ci_high, each.n) for each in numbers]
    if any(each is None for each in spreads) or total < 2:
        return Joined(mean, n=total)
    sd = np.array(spreads, dtype=np.float64)
    within = float(((n - 1) * sd**2).sum() + (n * (values - mean) ** 2).sum())
    return Joined(mean, n=total, sd=math.sqrt(within / (total - 1)))


def spread_of(
    sd: float | None, low: float | None, high: float | None, n: int | None
) -> float | None:
    """The standard deviation: as reported, or from a 95 % interval of the mean of ``n`` cases."""
    if sd is not None or low is None or high is None or not n:
        return sd
    return (high - low) / (2 * float(stats.norm.ppf(0.975))) * math.sqrt(n)


def _overdispersion(readings: Sequence[Reading], events: float, exposure: float) -> float:
    """Pearson's chi² by its degrees of freedom, at least 1 (McCullagh and Nelder 1989, 6.2)."""
    if len(readings) < 3 or events <= 0 or exposure <= 0:
        return 1.0
    expected = [events * (r.numbers.exposure or 0.0) / exposure for r in readings]
    pairs = zip(readings, expected, strict=True)
    chi2 = sum(((r.numbers.events or 0.0) - e) ** 2 / e for r, e in pairs if e > 0)
    return max(1.0, chi2 / (len(readings) - 1))


def _series(metric: Metric, readings: Sequence[Reading]) -> Estimate | None:
    own = sorted((r for r in readings if r.arm is Arm.TREATED), key=lambda r: r.period_start)
    before = [r for r in own if r.phase is Phase.BASELINE]
    after = [r for r in own if r.phase is Phase.AFTER]
    if min(len(before), len(after)) < FEWEST_MONTHS:
        raise Invalid(
            "A series needs at least %(fewest)d months before and after the start.",
            field="series",
            fewest=FEWEST_MONTHS,
        )
    y = np.array([_point(metric, r) for r in (*before, *after)])
    if not np.all(np.isfinite(y)):
        return None
    first = own[0].period_start
    t = np.array(
        [
            (r.period_start.year - first.year) * 12 + r.period_start.month - first.month
            for r in (*before, *after)
        ],
        dtype=np.float64,
    )
    is_after = np.arange(len(y)) >= len(before)
    since = np.where(is_after, t - t[len(before)] + 1, 0.0)
    x = np.column_stack([np.ones(len(y)), t, is_after.astype(np.float64), since])
    b, covariance = newey_west(x, y)
    at = np.array([0.0, 0.0, 1.0, float(MONTH_OF_EFFECT)])
    v = float(at @ covariance @ at)
    return Estimate(metric.scale, float(at @ b), v if v > 1e-12 else None, "Newey-West, month 6")


def _point(metric: Metric, reading: Reading) -> float:
    joined = _joined(metric, [reading])
    if metric.scale is Measure.MD:
        return joined.value
    value = joined.value
    if value <= 0 and joined.events is not None:
        value = 0.5 / ((joined.n or joined.exposure or 0.0) + 0.5)
    return math.log(value) if value > 0 else math.nan


def newey_west(x: Array, y: Array) -> tuple[Array, Array]:
    """Least squares with a covariance that withstands autocorrelation (Newey and West 1987,
    doi 10.2307/1913610): Bartlett weights, floor(4 (T/100)^(2/9)) lags, T/(T - p) for few."""
    total, p = x.shape
    inverse = np.linalg.inv(x.T @ x)
    b = inverse @ x.T @ y
    scores = x * (y - x @ b)[:, None]
    lags = int(4 * (total / 100) ** (2 / 9))
    middle = scores.T @ scores
    for lag in range(1, lags + 1):
        crossed = scores[lag:].T @ scores[:-lag]
        middle += (1 - lag / (lags + 1)) * (crossed + crossed.T)
    return b, inverse @ middle @ inverse * total / (total - p)
