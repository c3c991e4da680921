"""How far a synthesis hangs on single studies, and whether small studies say something else."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from catalog.errors import Invalid
from impact.heterogeneity import Method, between_variance, fit
from impact.studies import Array, Studies
from impact.synthesis import Interval, Synthesis, pool

FEWEST_FOR_SMALL_STUDY_TESTS = 10
"""With fewer studies such a test finds nothing (Sterne et al. 2011, doi 10.1136/bmj.d4002)."""

HEAVY = 0.25
"""A share of the weight from which a study is named as heavy."""


@dataclass(frozen=True)
class Influence:
    """What one study does to the mean.

    ``cook`` is Cook's distance (Viechtbauer and Cheung 2010, doi 10.1002/jrsm.11): the squared
    change of the mean without the study, in units of its variance with it; ``weight`` its share.
    """

    cook: float
    weight: float
    is_heavy: bool


@dataclass(frozen=True)
class SmallStudyTest:
    """A test whether effects go with their precision; ``statistic`` is a t or Kendall's tau."""

    statistic: float
    p: float


def leave_one_out(
    data: Studies, method: Method = Method.REML, interval: Interval = Interval.HK_ADHOC
) -> Sequence[Synthesis]:
    """The synthesis without each study in turn; nothing for a single study."""
    if data.k < 2:
        return ()
    return tuple(pool(data.without(index), method, interval) for index in range(data.k))


def leave_group_out(
    data: Studies, groups: Sequence[str], method: Method = Method.REML
) -> dict[str, Synthesis]:
    """The synthesis without each group, for example each municipality or each vendor."""
    names = np.asarray(groups)
    _require_same_length(data, len(names))
    kept = {name: names != name for name in dict.fromkeys(groups)}
    return {name: pool(data.where(rest), method) for name, rest in kept.items() if rest.any()}


def cumulative(
    data: Studies, method: Method = Method.REML, interval: Interval = Interval.HK_ADHOC
) -> Sequence[Synthesis]:
    """The synthesis of the first, the first two … studies, in the order given."""
    order = np.arange(data.k)
    return tuple(pool(data.where(order <= last), method, interval) for last in order)


def influence(data: Studies, method: Method = Method.REML) -> Sequence[Influence]:
    """What each study does to the mean; at least two studies."""
    if data.k < 2:
        return ()
    whole = fit(data, between_variance(data, method))
    shares = whole.weights / np.sum(whole.weights)
    variance = whole.covariance[0, 0]
    result = []
    for index, share in enumerate(shares):
        rest = data.without(index)
        mean = fit(rest, between_variance(rest, method)).b[0]
        distance = float((whole.b[0] - mean) ** 2 / variance)
        result.append(Influence(distance, float(share), bool(share > HEAVY)))
    return tuple(result)


def egger(data: Studies) -> SmallStudyTest:
    """Egger's regression test (Egger et al. 1997, doi 10.1136/bmj.315.7109.629).

    Least squares of y on its standard error with weights 1/v and free dispersion; t with k - 2 df
    for the slope. Raises ``Invalid`` with fewer than ten studies or equal standard errors.
    """
    _require_enough(data)
    design = np.column_stack([np.ones(data.k), np.sqrt(data.v)]) / np.sqrt(data.v)[:, None]
    standardized = data.y / np.sqrt(data.v)
    inverse = np.linalg.inv(design.T @ design)
    b = inverse @ design.T @ standardized
    rest = standardized - design @ b
    variance = float(rest @ rest) / (data.k - 2) * inverse[1, 1]
    if variance <= 0:
        raise Invalid("The studies lie on one line; there is nothing to test.", field="yi")
    statistic = float(b[1] / np.sqrt(variance))
    return SmallStudyTest(statistic, float(2 * stats.t.sf(abs(statistic), data.k - 2)))


def rank_correlation(data: Studies) -> SmallStudyTest:
    """The rank test of Begg and Mazumdar 1994 (doi 10.2307/2533446): Kendall's tau between
    standardized deviations from the equal-effects mean and variances.

    Raises ``Invalid`` with fewer than ten studies or equal standard errors.
    """
    _require_enough(data)
    whole = fit(data, 0.0)
    spread = np.sqrt(data.v - whole.covariance[0, 0])
    found = stats.kendalltau((data.y - whole.b[0]) / spread, data.v)
    return SmallStudyTest(float(found.statistic), float(found.pvalue))


def clustered_variance(
    data: Studies, clusters: ArrayLike, tau2: float, *, is_adjusted: bool = True
) -> Array:
    """The covariance (p, p) of the coefficients that allows effects of one cluster to depend.

    The sandwich of Hedges, Tipton and Johnson 2010 (doi 10.1002/jrsm.5), times m / (m - p) for m
    clusters unless it is not ``is_adjusted``. Raises ``Invalid`` with no more clusters than
    coefficients.
    """
    names = np.asarray(clusters)
    _require_same_length(data, len(names))
    found = fit(data, tau2)
    scores = data.x * (found.weights * (data.y - data.x @ found.b))[:, None]
    sums = np.array([scores[names == name].sum(axis=0) for name in np.unique(names)])
    if len(sums) <= data.p:
        raise Invalid("There must be more clusters than coefficients.", field="clusters")
    factor = len(sums) / (len(sums) - data.p) if is_adjusted else 1.0
    covariance: Array = factor * found.covariance @ (sums.T @ sums) @ found.covariance
    return covariance


def _require_enough(data: Studies) -> None:
    if data.k < FEWEST_FOR_SMALL_STUDY_TESTS:
        raise Invalid("This test needs at least ten studies.", field="yi")
    if np.ptp(data.v) <= 1e-12 * np.max(data.v):
        raise Invalid("This test needs studies of different precision.", field="vi")


def _require_same_length(data: Studies, given: int) -> None:
    if given != data.k:
        raise Invalid("Name the group of every study.", field="groups")
