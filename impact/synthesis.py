"""Pooling: what several studies say together, how sure that is, and what it promises elsewhere.

The mean of the true effects has a confidence interval; the effect in the next city has a
prediction interval (``impact.prediction``), which is the one a searching city should read.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy import stats

from catalog.errors import Invalid
from impact import prediction
from impact.heterogeneity import (
    Fit,
    Heterogeneity,
    Method,
    between_variance,
    fit,
    heterogeneity,
)
from impact.prediction import Bounds, Prediction
from impact.studies import Array, Studies


class Interval(StrEnum):
    """How wide the confidence interval of the mean is made."""

    WALD = "wald"
    """Normal quantiles."""
    HK = "hk"
    """Hartung and Knapp 2001, doi 10.1002/sim.791: t with k - p df, variance scaled by Q / df."""
    HK_ADHOC = "hk-adhoc"
    """The same, never narrower than by the unscaled variance, as Röver, Knapp and Friede 2015
    (doi 10.1186/s12874-015-0091-1) advise for few and unequal studies."""


@dataclass(frozen=True)
class Coefficient:
    """One estimate with its standard error, test and confidence interval.

    Standard error, test and interval are None where a single study leaves nothing to scale by.
    """

    estimate: float
    se: float | None
    statistic: float | None
    p: float | None
    interval: Bounds | None


@dataclass(frozen=True)
class Synthesis:
    """The mean of the true effects and everything that says how far to trust it."""

    k: int
    method: Method
    interval: Interval
    level: float
    mean: Coefficient
    heterogeneity: Heterogeneity
    prediction: Prediction | None
    """None where no interval for another place can be given."""
    weights: Array
    """Shares (k,) that add up to 1."""
    shrunken: Array
    """Each study's own true effect, drawn towards the mean by what it does not know (k,);
    Raudenbush and Bryk 1985, doi 10.3102/10769986010002075."""


@dataclass(frozen=True)
class Regression:
    """A meta-regression: how the effect changes with what is known of a place.

    Coefficients stand in the order intercept, then covariates. ``heterogeneity`` is what remains;
    its Q is the test of residual heterogeneity. ``trust`` is false with fewer than ten studies a
    covariate.
    """

    k: int
    method: Method
    interval: Interval
    level: float
    coefficients: tuple[Coefficient, ...]
    heterogeneity: Heterogeneity
    covariance: Array
    trust: bool


def pool(
    data: Studies,
    method: Method = Method.REML,
    interval: Interval = Interval.HK_ADHOC,
    level: float = 0.95,
) -> Synthesis:
    """Pool studies without covariates.

    Raises ``Invalid`` for studies with covariates and for a level outside 0.5 to 0.999.
    """
    if data.p != 1:
        raise Invalid("Studies with covariates are regressed, not pooled.", field="covariates")
    _require_level(level)
    found = fit(data, between_variance(data, method))
    (mean,) = _coefficients(data, found, interval, level)
    keeps = found.tau2 / (found.tau2 + data.v)
    return Synthesis(
        k=data.k,
        method=method,
        interval=interval,
        level=level,
        mean=mean,
        heterogeneity=heterogeneity(data, found.tau2, level),
        prediction=prediction.standard(
            mean=mean.estimate, se=mean.se, tau2=found.tau2, k=data.k, level=level
        ),
        weights=found.weights / np.sum(found.weights),
        shrunken=keeps * data.y + (1 - keeps) * mean.estimate,
    )


def regress(
    data: Studies,
    method: Method = Method.REML,
    interval: Interval = Interval.HK_ADHOC,
    level: float = 0.95,
) -> Regression:
    """Regress effects on covariates (Berkey et al. 1995, doi 10.1002/sim.4780140406).

    Raises ``Invalid`` where there are not more studies than coefficients.
    """
    _require_level(level)
    if data.df < 1:
        raise Invalid("A regression needs more studies than coefficients.", field="covariates")
    found = fit(data, between_variance(data, method))
    return Regression(
        k=data.k,
        method=method,
        interval=interval,
        level=level,
        coefficients=tuple(_coefficients(data, found, interval, level)),
        heterogeneity=heterogeneity(data, found.tau2, level),
        covariance=found.covariance * (_scale(data, found, interval) or 1.0),
        trust=data.k >= 10 * (data.p - 1),
    )


def predict_mean(result: Regression, covariates: list[float]) -> tuple[float, float]:
    """The mean effect at a place with these covariates, and its standard error."""
    at = np.array([1.0, *covariates])
    if len(at) != len(result.coefficients):
        raise Invalid("Give each covariate of the regression once.", field="covariates")
    b = np.array([each.estimate for each in result.coefficients])
    return float(at @ b), float(np.sqrt(at @ result.covariance @ at))


def _coefficients(data: Studies, found: Fit, interval: Interval, level: float) -> list[Coefficient]:
    scale = _scale(data, found, interval)
    spread = stats.norm if interval is Interval.WALD else stats.t(max(data.df, 1))
    width = float(spread.ppf((1 + level) / 2))
    result = []
    for estimate, variance in zip(found.b, np.diag(found.covariance), strict=True):
        if scale is None:
            result.append(Coefficient(float(estimate), None, None, None, None))
            continue
        se = float(np.sqrt(variance * scale))
        statistic = float(estimate) / se if se > 0 else None
        p = None if statistic is None else float(2 * spread.sf(abs(statistic)))
        bounds = (float(estimate) - width * se, float(estimate) + width * se)
        result.append(Coefficient(float(estimate), se, statistic, p, bounds))
    return result


def _scale(data: Studies, found: Fit, interval: Interval) -> float | None:
    """What the variance of the mean is multiplied by; None where no df is left to tell."""
    if interval is Interval.WALD:
        return 1.0
    if data.df < 1:
        return None
    scale = found.q / data.df
    return max(1.0, scale) if interval is Interval.HK_ADHOC else scale


def _require_level(level: float) -> None:
    if not 0.5 <= level <= 0.999:
        raise Invalid("Choose a level between 0.5 and 0.999, for example 0.95.", field="level")
