"""How much the true effects differ between studies: tau², Q, I² and H².

One mixed model carries all of it: y ~ N(X b, v + tau²). Pooling is the case in which X is a column
of ones, so each formula stands here once, in its general form. ``P`` is the matrix that takes the
fitted part from y: P = W - W X (X'WX)^-1 X'W with W = diag(1/(v + tau²)).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

import numpy as np
from scipy import optimize, stats

from impact.studies import Array, Studies


class Method(StrEnum):
    """How tau² is estimated."""

    EE = "EE"
    """Equal effects: tau² is zero by assumption."""
    DL = "DL"
    """DerSimonian and Laird 1986, doi 10.1016/0197-2456(86)90046-2; cut at zero."""
    HE = "HE"
    """Hedges and Olkin 1985, the unweighted variance component; cut at zero."""
    PM = "PM"
    """Paule and Mandel 1982, doi 10.6028/jres.087.022; equal to the empirical Bayes estimate."""
    ML = "ML"
    """Maximum likelihood; Viechtbauer 2005, doi 10.3102/10769986030003261."""
    REML = "REML"
    """Restricted maximum likelihood; Viechtbauer 2005, doi 10.3102/10769986030003261."""


@dataclass(frozen=True)
class Fit:
    """The model at one tau²: coefficients (p,), their covariance (p, p), weights (k,) and Q."""

    tau2: float
    b: Array
    covariance: Array
    weights: Array
    q: float


@dataclass(frozen=True)
class Heterogeneity:
    """What the studies say about differences between them; intervals are at ``level``.

    ``i2`` and ``h2`` are those of tau² (Higgins and Thompson 2002, doi 10.1002/sim.1186, as metafor
    reports them), ``i2_q`` is the form from Q alone. I² in percent.
    """

    tau2: float
    tau2_interval: tuple[float, float] | None
    q: float
    q_p: float | None
    i2: float
    i2_interval: tuple[float, float] | None
    i2_q: float
    h2: float
    h2_interval: tuple[float, float] | None


def fit(data: Studies, tau2: float) -> Fit:
    """Weighted least squares with the weights 1/(v + tau²)."""
    weights = 1.0 / (data.v + tau2)
    weighted = data.x * weights[:, None]
    covariance = np.asarray(np.linalg.inv(data.x.T @ weighted), dtype=np.float64)
    b = covariance @ (weighted.T @ data.y)
    rest = data.y - data.x @ b
    return Fit(tau2, b, covariance, weights, float(np.sum(weights * rest**2)))


def between_variance(data: Studies, method: Method) -> float:
    """tau² by one of the methods; 0 where no degree of freedom is left to see a difference."""
    if data.df < 1 or method is Method.EE:
        return 0.0
    return _ESTIMATORS[method](data)


def heterogeneity(data: Studies, tau2: float, level: float = 0.95) -> Heterogeneity:
    """Q, I² and H² beside a tau², with the Q-profile interval of tau².

    Intervals of I² and H² are those of tau² brought to their scale.
    """
    q = fit(data, 0.0).q
    if data.df < 1:
        return Heterogeneity(tau2, None, q, None, 0.0, None, 0.0, 1.0, None)
    typical = data.df / _trace_p(data, 0.0)
    interval = profile_interval(data, level)
    low, high = interval
    return Heterogeneity(
        tau2=tau2,
        tau2_interval=interval,
        q=q,
        q_p=float(stats.chi2.sf(q, data.df)),
        i2=100 * tau2 / (tau2 + typical),
        i2_interval=(100 * low / (low + typical), 100 * high / (high + typical)),
        i2_q=100 * max(0.0, (q - data.df) / q) if q > 0 else 0.0,
        h2=tau2 / typical + 1,
        h2_interval=(low / typical + 1, high / typical + 1),
    )


def profile_interval(data: Studies, level: float = 0.95) -> tuple[float, float]:
    """The Q-profile interval of tau² (Viechtbauer 2007, doi 10.1002/sim.2514).

    Its ends are where Q(tau²) meets the chi² quantiles with k - p degrees of freedom; an end that
    would lie below zero is zero.
    """
    tail = (1 - level) / 2
    low = _where_q_is(data, float(stats.chi2.ppf(1 - tail, data.df)))
    high = _where_q_is(data, float(stats.chi2.ppf(tail, data.df)))
    return low, high


def _dersimonian_laird(data: Studies) -> float:
    return max(0.0, (fit(data, 0.0).q - data.df) / _trace_p(data, 0.0))


def _hedges(data: Studies) -> float:
    hat = data.x @ np.linalg.pinv(data.x)
    rest = data.y - hat @ data.y
    expected = np.sum((1 - np.diag(hat)) * data.v)
    return max(0.0, float(rest @ rest - expected) / data.df)


def _paule_mandel(data: Studies) -> float:
    return _where_q_is(data, float(data.df))


def _likelihood(data: Studies, *, restricted: bool) -> float:
    """The highest point of the (restricted) log likelihood over tau² >= 0.

    The likelihood may have several peaks, so a grid finds the highest before the search refines it;
    tau² = 0 is tried as it is, because a search inside an interval never reaches its end.
    """

    def loss(tau2: float) -> float:
        found = fit(data, tau2)
        value = float(np.sum(np.log(data.v + tau2))) + found.q
        if restricted:
            value -= float(np.linalg.slogdet(found.covariance)[1])
        return value / 2

    spread = float(np.var(data.y)) + float(np.max(data.v))
    grid = np.concatenate([[0.0], spread * np.geomspace(1e-8, 1e2, 81)])
    losses = [loss(tau2) for tau2 in grid]
    best = int(np.argmin(losses))
    low, high = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]
    found = optimize.minimize_scalar(
        loss, bounds=(low, high), method="bounded", options={"xatol": 1e-12 * (1 + spread)}
    )
    return float(found.x) if found.fun < losses[0] else 0.0


def _where_q_is(data: Studies, wanted: float) -> float:
    """The tau² at which Q(tau²) is ``wanted``; 0 if Q is not above it even there.

    Q falls as tau² grows. A bracketing search, because one that stops at a tolerance can take
    rounding for an answer of zero.
    """

    def excess(tau2: float) -> float:
        return fit(data, tau2).q - wanted

    if excess(0.0) <= 0:
        return 0.0
    high = max(float(np.var(data.y)), float(np.max(data.v)))
    while excess(high) > 0:
        high *= 4
    return float(optimize.brentq(excess, 0.0, high, xtol=1e-15, rtol=1e-14))


def _trace_p(data: Studies, tau2: float) -> float:
    found = fit(data, tau2)
    weighted = data.x * found.weights[:, None]
    taken = np.einsum("ij,jk,ik->i", weighted, found.covariance, weighted)
    return float(np.sum(found.weights - taken))


_ESTIMATORS: Mapping[Method, Callable[[Studies], float]] = {
    Method.DL: _dersimonian_laird,
    Method.HE: _hedges,
    Method.PM: _paule_mandel,
    Method.ML: partial(_likelihood, restricted=False),
    Method.REML: partial(_likelihood, restricted=True),
}
