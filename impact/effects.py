"""From reported numbers to effects with a sampling variance.

1 is the arm with the solution, 2 the comparison or the baseline. Ratios are on the natural log
scale. Each function takes columns of the same length (k,) and returns effects and variances (k,).
Formulas as in Viechtbauer 2010, doi 10.18637/jss.v036.i03, unless a docstring names another source.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats

from catalog.errors import Invalid, Problem
from impact.studies import Array, invalid_columns

Effects = tuple[Array, Array]


class Measure(StrEnum):
    """Scales on which an effect is expressed."""

    LN_RR = "lnRR"
    RD = "RD"
    LN_OR = "lnOR"
    SMD = "SMD"
    MD = "MD"
    LN_ROM = "lnRoM"
    LN_IRR = "lnIRR"


def risk_ratio(*, ai: ArrayLike, n1i: ArrayLike, ci: ArrayLike, n2i: ArrayLike) -> Effects:
    """ln of the ratio of two proportions; variance 1/a - 1/n1 + 1/c - 1/n2.

    A study with an empty cell gets 0.5 more in all four cells; one without any event, or with
    nothing but events, says nothing about a ratio and raises ``Invalid``.
    """
    a, n1, c, n2 = _counts(ai=ai, n1i=n1i, ci=ci, n2i=n2i)
    a, b, c, d = _corrected(a, n1 - a, c, n2 - c)
    return (
        np.log((a / (a + b)) / (c / (c + d))),
        1 / a - 1 / (a + b) + 1 / c - 1 / (c + d),
    )


def odds_ratio(*, ai: ArrayLike, n1i: ArrayLike, ci: ArrayLike, n2i: ArrayLike) -> Effects:
    """ln of the ratio of two odds (Woolf 1955); variance 1/a + 1/b + 1/c + 1/d.

    Empty cells are treated as in ``risk_ratio``.
    """
    a, n1, c, n2 = _counts(ai=ai, n1i=n1i, ci=ci, n2i=n2i)
    a, b, c, d = _corrected(a, n1 - a, c, n2 - c)
    return np.log((a * d) / (b * c)), 1 / a + 1 / b + 1 / c + 1 / d


def risk_difference(*, ai: ArrayLike, n1i: ArrayLike, ci: ArrayLike, n2i: ArrayLike) -> Effects:
    """The difference of two proportions; variance p1 (1 - p1) / n1 + p2 (1 - p2) / n2.

    Where an empty cell would make that variance zero, it is computed with 0.5 more in all four
    cells; the difference itself stays as reported.
    """
    a, n1, c, n2 = _counts(ai=ai, n1i=n1i, ci=ci, n2i=n2i)
    wa, wb, wc, wd = _with_halves(a, n1 - a, c, n2 - c)
    w1, w2 = wa + wb, wc + wd
    return a / n1 - c / n2, wa * wb / w1**3 + wc * wd / w2**3


def mean_difference(
    *,
    m1i: ArrayLike,
    sd1i: ArrayLike,
    n1i: ArrayLike,
    m2i: ArrayLike,
    sd2i: ArrayLike,
    n2i: ArrayLike,
) -> Effects:
    """The difference of two means in their unit; variance s1²/n1 + s2²/n2."""
    m1, s1, n1, m2, s2, n2 = _means(m1i=m1i, sd1i=sd1i, n1i=n1i, m2i=m2i, sd2i=sd2i, n2i=n2i)
    return m1 - m2, s1**2 / n1 + s2**2 / n2


def standardized_mean_difference(
    *,
    m1i: ArrayLike,
    sd1i: ArrayLike,
    n1i: ArrayLike,
    m2i: ArrayLike,
    sd2i: ArrayLike,
    n2i: ArrayLike,
) -> Effects:
    """Hedges' g with the exact correction (Hedges 1981, doi 10.3102/10769986006002107);
    variance 1/n1 + 1/n2 + g² / (2 (n1 + n2))."""
    m1, s1, n1, m2, s2, n2 = _means(m1i=m1i, sd1i=sd1i, n1i=n1i, m2i=m2i, sd2i=sd2i, n2i=n2i)
    df = n1 + n2 - 2
    pooled = np.sqrt(((n1 - 1) * s1**2 + (n2 - 1) * s2**2) / df)
    correction = np.exp(
        special.gammaln(df / 2) - np.log(np.sqrt(df / 2)) - special.gammaln((df - 1) / 2)
    )
    g = correction * (m1 - m2) / pooled
    return g, 1 / n1 + 1 / n2 + g**2 / (2 * (n1 + n2))


def ratio_of_means(
    *,
    m1i: ArrayLike,
    sd1i: ArrayLike,
    n1i: ArrayLike,
    m2i: ArrayLike,
    sd2i: ArrayLike,
    n2i: ArrayLike,
    r: float = 0.0,
) -> Effects:
    """ln of the ratio of two means (Hedges, Gurevitch and Curtis 1999, doi 10.2307/177062).

    ``r`` is the correlation of before and after where both are the same units; 0 is the default
    and cautious for positive ones. Raises ``Invalid`` for means that are not above zero.
    """
    m1, s1, n1, m2, s2, n2 = _means(m1i=m1i, sd1i=sd1i, n1i=n1i, m2i=m2i, sd2i=sd2i, n2i=n2i)
    _require((m1 > 0) & (m2 > 0), Problem("m1i", "Study %(row)d: a ratio needs means above zero."))
    if not -1 <= r <= 1:
        raise Invalid("A correlation lies between -1 and 1.", field="r")
    variance = s1**2 / (n1 * m1**2) + s2**2 / (n2 * m2**2)
    shared = 2 * r * s1 * s2 / (np.sqrt(n1 * n2) * m1 * m2)
    return np.log(m1 / m2), variance - shared


def rate_ratio(
    *, x1i: ArrayLike, t1i: ArrayLike, x2i: ArrayLike, t2i: ArrayLike, phi: float = 1.0
) -> Effects:
    """ln of the ratio of two rates of events by exposure; variance phi (1/x1 + 1/x2).

    ``phi`` is the overdispersion of the counts, at least 1. A study with an arm without events gets
    0.5 more in both; one without any event raises ``Invalid``.
    """
    x1, t1, x2, t2 = _columns(x1i=x1i, t1i=t1i, x2i=x2i, t2i=t2i)
    _require((x1 >= 0) & (x2 >= 0), Problem("x1i", "Study %(row)d: events are not below zero."))
    _require((t1 > 0) & (t2 > 0), Problem("t1i", "Study %(row)d: exposure is above zero."))
    _require(x1 + x2 > 0, Problem("x1i", "Study %(row)d: without any event there is no ratio."))
    if not phi >= 1:
        raise Invalid("Overdispersion is at least 1.", field="phi")
    half = np.where((x1 == 0) | (x2 == 0), 0.5, 0.0)
    x1, x2 = x1 + half, x2 + half
    return np.log((x1 / t1) / (x2 / t2)), phi * (1 / x1 + 1 / x2)


def log_rate(xi: ArrayLike, ti: ArrayLike) -> Effects:
    """ln of one arm's rate of events by exposure; variance 1/x; no event counts as a half."""
    x, t = _columns(xi=xi, ti=ti)
    _require(x >= 0, Problem("xi", "Study %(row)d: events are not below zero."))
    _require(t > 0, Problem("ti", "Study %(row)d: exposure is above zero."))
    x = np.where(x == 0, 0.5, x)
    return np.log(x / t), 1 / x


def variance_from_interval(low: ArrayLike, high: ArrayLike, level: float = 0.95) -> Array:
    """The variance of an effect of which only an interval is known, on the scale of analysis."""
    bottom, top = _columns(low=low, high=high)
    _require(top > bottom, Problem("high", "Study %(row)d: an interval ends above its beginning."))
    width: Array = (top - bottom) / (2 * stats.norm.ppf((1 + level) / 2))
    return width**2


def difference_in_differences(change: Effects, comparison: Effects) -> Effects:
    """The change of the treated less that of the comparison; variances add up."""
    return change[0] - comparison[0], change[1] + comparison[1]


def design_effect(mean_cluster_size: float, icc: float) -> float:
    """What clustering multiplies a variance by: 1 + (size - 1) icc (Kish 1965)."""
    if mean_cluster_size < 1 or not 0 <= icc <= 1:
        raise Invalid("A cluster has at least one member and an icc between 0 and 1.", field="icc")
    return 1 + (mean_cluster_size - 1) * icc


@dataclass(frozen=True)
class Columns:
    """The columns from which a measure is computed, and the function that does it."""

    names: Sequence[str]
    compute: Callable[..., Effects]


_PROPORTIONS = ("ai", "n1i", "ci", "n2i")
_MEANS = ("m1i", "sd1i", "n1i", "m2i", "sd2i", "n2i")

MEASURES: Mapping[Measure, Columns] = {
    Measure.LN_RR: Columns(_PROPORTIONS, risk_ratio),
    Measure.RD: Columns(_PROPORTIONS, risk_difference),
    Measure.LN_OR: Columns(_PROPORTIONS, odds_ratio),
    Measure.SMD: Columns(_MEANS, standardized_mean_difference),
    Measure.MD: Columns(_MEANS, mean_difference),
    Measure.LN_ROM: Columns(_MEANS, ratio_of_means),
    Measure.LN_IRR: Columns(("x1i", "t1i", "x2i", "t2i"), rate_ratio),
}
"""Column names are those of metafor, so that a file serves both."""


def _columns(**given: ArrayLike) -> list[Array]:
    found = [np.asarray(values, dtype=np.float64) for values in given.values()]
    for name, column in zip(given, found, strict=True):
        _require(
            np.isfinite(column), Problem(name, "Study %(row)d has no finite number in “%(name)s”.")
        )
    if len({column.shape for column in found}) > 1:
        raise Invalid("The columns differ in length.", field=next(iter(given)))
    return found


def _counts(**given: ArrayLike) -> list[Array]:
    a, n1, c, n2 = _columns(**given)
    fits = (a >= 0) & (c >= 0) & (a <= n1) & (c <= n2) & (n1 > 0) & (n2 > 0)
    _require(
        fits, Problem("ai", "Study %(row)d: each count lies between 0 and its number of cases.")
    )
    return [a, n1, c, n2]


def _means(**given: ArrayLike) -> list[Array]:
    m1, s1, n1, m2, s2, n2 = _columns(**given)
    _require(
        (s1 > 0) & (s2 > 0), Problem("sd1i", "Study %(row)d: a standard deviation is above zero.")
    )
    _require((n1 >= 2) & (n2 >= 2), Problem("n1i", "Study %(row)d: an arm has at least two cases."))
    return [m1, s1, n1, m2, s2, n2]


def _corrected(a: Array, b: Array, c: Array, d: Array) -> tuple[Array, ...]:
    says_something = ((a > 0) | (c > 0)) & ((b > 0) | (d > 0))
    _require(
        says_something,
        Problem(
            "ai",
            "Study %(row)d: both arms have no event or nothing else, so no ratio. Use RD.",
        ),
    )
    return _with_halves(a, b, c, d)


def _with_halves(a: Array, b: Array, c: Array, d: Array) -> tuple[Array, ...]:
    half = np.where((a == 0) | (b == 0) | (c == 0) | (d == 0), 0.5, 0.0)
    return a + half, b + half, c + half, d + half


def _require(fits: NDArray[np.bool_], problem: Problem) -> None:
    """Refuse with ``problem`` at every study that does not fit; its field is the column."""
    problems = [
        Problem(f"{problem.field}[{row}]", problem.message, {"row": row + 1, "name": problem.field})
        for row in np.flatnonzero(~np.atleast_1d(fits))
    ]
    if problems:
        raise invalid_columns(problems)
