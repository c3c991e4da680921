"""What the effect may be in the next place: prediction intervals.

The published forms take tau² for known and keep less than they promise when studies are few. The
cautious form, the Q-mixture, is our own: it carries the uncertainty of tau² along.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import optimize, stats

from catalog.errors import Invalid
from impact.studies import Array, Studies

Bounds = tuple[float, float]

POINTS = 1_000
"""Values of tau² in the mixture; 4,000 give the same four digits."""


@dataclass(frozen=True)
class Prediction:
    """Published intervals for one new true effect, each None where its df run out.

    ``normal`` treats tau² as known (the default of metafor for Wald tests). ``t_k1`` and ``t_k2``
    have k - 1 and k - 2 df; ``t_k2`` is that of Higgins, Thompson and Spiegelhalter 2009
    (doi 10.1111/j.1467-985X.2008.00552.x), with a Hartung-Knapp standard error that of Partlett and
    Riley 2017 (doi 10.1002/sim.7140).
    """

    normal: Bounds
    t_k1: Bounds | None
    t_k2: Bounds | None


def standard(
    *, mean: float, se: float | None, tau2: float, k: int, level: float
) -> Prediction | None:
    """The published intervals around a mean with its standard error; None without one."""
    if se is None:
        return None
    spread = float(np.sqrt(tau2 + se**2))

    def around(quantile: float) -> Bounds:
        return mean - quantile * spread, mean + quantile * spread

    tail = (1 + level) / 2
    return Prediction(
        normal=around(float(stats.norm.ppf(tail))),
        t_k1=around(float(stats.t.ppf(tail, k - 1))) if k > 1 else None,
        t_k2=around(float(stats.t.ppf(tail, k - 2))) if k > 2 else None,
    )


@dataclass(frozen=True)
class Mixture:
    """The cautious predictive distribution: an equal mixture of normals, one for each tau².

    ``means``, ``variances`` and ``tau2`` have the shape (points,). ``hull`` is an interval that no
    shown interval lies inside of: the Hartung-Knapp confidence interval of the mean.
    """

    means: Array
    variances: Array
    tau2: Array
    hull: Bounds | None = None

    def below(self, value: float) -> float:
        """The chance that the effect in a new place is below ``value``."""
        return float(np.mean(stats.norm.cdf((value - self.means) / np.sqrt(self.variances))))

    def interval(self, level: float) -> Bounds:
        """The central interval that holds a new effect with the chance ``level``."""
        tail = (1 - level) / 2
        low, high = self.quantile(tail), self.quantile(1 - tail)
        if self.hull is None:
            return low, high
        return min(low, self.hull[0]), max(high, self.hull[1])

    def quantile(self, share: float) -> float:
        """The value below which a new effect lies with the chance ``share``."""
        reach = 40 * np.sqrt(self.variances)
        return _root(
            lambda value: self.below(value) - share,
            float(np.min(self.means - reach)),
            float(np.max(self.means + reach)),
        )


def cautious(data: Studies, hull: Bounds | None = None, points: int = POINTS) -> Mixture:
    """The Q-mixture of studies without covariates.

    For each of ``points`` equally likely values of chi² with k - 1 df, tau² is where Q(tau²) meets
    it (the pivot of Viechtbauer 2007, doi 10.1002/sim.2514), and the new effect is normal around
    the mean at that tau². Mixing over a confidence distribution of tau² follows Nagashima, Noma and
    Furukawa 2019 (doi 10.1177/0962280218773520); the combination is ours and unpublished.

    Raises ``Invalid`` with fewer than three studies or with covariates.
    """
    if data.p != 1 or data.k < 3:
        raise Invalid("A prediction needs at least three studies.", field="yi")
    wanted = stats.chi2.ppf((np.arange(points) + 0.5) / points, data.df)
    tau2 = _profile(data, wanted)
    weights = 1.0 / (data.v + tau2[:, None])
    total = weights.sum(axis=1)
    return Mixture((weights @ data.y) / total, tau2 + 1 / total, tau2, hull)


def _profile(data: Studies, wanted: Array) -> Array:
    """The tau² at which Q(tau²) has each wanted value; 0 where Q is not above it even there.

    Q falls and is convex in tau², so Newton's steps from the left end never overshoot.
    """
    tau2 = np.zeros_like(wanted)
    for _ in range(200):
        weights = 1.0 / (data.v + tau2[:, None])
        mean = (weights @ data.y) / weights.sum(axis=1)
        squares = (weights * (data.y - mean[:, None])) ** 2
        q = np.sum(squares / weights, axis=1)
        # By the envelope theorem the mean's own change does not move Q: dQ/dtau² = -sum(w² r²).
        slope = np.sum(squares, axis=1)
        step = np.divide(q - wanted, slope, out=np.zeros_like(q), where=q > wanted)
        tau2 = tau2 + step
        if np.all(step <= 1e-12 * (1 + tau2)):
            break
    return tau2


def _root(function: Callable[[float], float], low: float, high: float) -> float:
    return float(optimize.brentq(function, low, high, xtol=1e-12))
