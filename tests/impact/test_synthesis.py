"""How pooling behaves: as algebra demands, and clearly where there is too little to say."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.meta_analysis import combine_effects

from catalog.errors import Invalid
from impact import effects, prediction, robustness
from impact.heterogeneity import Method, between_variance
from impact.studies import Studies, studies
from impact.synthesis import Interval, Synthesis, pool, regress

METHODS = list(Method)
HINE = {
    "ai": [2, 4, 6, 7, 7, 11],
    "n1i": [39, 44, 107, 103, 110, 154],
    "ci": [1, 4, 4, 5, 3, 4],
    "n2i": [43, 44, 110, 100, 106, 146],
}
"""Hine et al. 1989, doi 10.1001/archinte.1989.00390120056011: less spread than chance alone."""

numbers = st.floats(-5, 5, allow_nan=False).map(lambda n: round(n, 3))
variances = st.floats(0.01, 4).map(lambda n: round(n, 3))
methods = st.sampled_from(METHODS)
some_studies = st.lists(st.tuples(numbers, variances), min_size=3, max_size=12)


def _of(rows: list[tuple[float, float]]) -> Studies:
    return studies(*zip(*rows, strict=True))


def _se(found: Synthesis) -> float:
    assert found.mean.se is not None
    return found.mean.se


@given(methods, some_studies, st.randoms())
@settings(max_examples=15, deadline=None)
def test_the_order_of_studies_is_irrelevant(method, rows, random):
    shuffled = random.sample(rows, len(rows))
    one, other = pool(_of(rows), method), pool(_of(shuffled), method)

    assert other.mean.estimate == pytest.approx(one.mean.estimate, abs=1e-5)
    assert other.heterogeneity.tau2 == pytest.approx(one.heterogeneity.tau2, abs=1e-5)


@given(methods, some_studies, numbers)
@settings(max_examples=15, deadline=None)
def test_a_shift_moves_the_mean_and_nothing_else(method, rows, shift):
    one, other = pool(_of(rows), method), pool(_of([(y + shift, v) for y, v in rows]), method)

    assert other.mean.estimate == pytest.approx(one.mean.estimate + shift, abs=1e-5)
    assert other.heterogeneity.tau2 == pytest.approx(one.heterogeneity.tau2, abs=1e-5)
    assert _se(other) == pytest.approx(_se(one), abs=1e-5)


@given(methods, some_studies, st.floats(0.1, 20))
@settings(max_examples=15, deadline=None)
def test_another_unit_scales_everything_alike(method, rows, factor):
    one, other = (
        pool(_of(rows), method),
        pool(_of([(y * factor, v * factor**2) for y, v in rows]), method),
    )

    assert other.mean.estimate == pytest.approx(one.mean.estimate * factor, rel=1e-4, abs=1e-4)
    assert _se(other) == pytest.approx(_se(one) * factor, rel=1e-3)
    assert other.heterogeneity.i2 == pytest.approx(one.heterogeneity.i2, abs=0.1)


@given(some_studies)
@settings(max_examples=20, deadline=None)
def test_shares_and_bounds_are_what_they_claim(rows):
    found = pool(_of(rows), Method.REML)
    mixture = prediction.cautious(_of(rows), found.mean.interval)
    low, high = mixture.interval(0.95)

    assert found.heterogeneity.tau2 >= 0
    assert sum(found.weights) == pytest.approx(1)
    assert low <= found.mean.interval[0] <= found.mean.interval[1] <= high
    assert mixture.interval(0.8)[0] >= low
    assert 0 <= mixture.below(0) <= 1


@pytest.mark.parametrize("method", METHODS)
def test_equal_variances_make_the_mean_the_plain_mean(method):
    assert pool(studies([1, 2, 6], [0.5, 0.5, 0.5]), method).mean.estimate == pytest.approx(3)


def test_one_study_is_shown_as_it_is_without_promise():
    found = pool(studies([0.4], [0.04]), Method.REML, Interval.HK_ADHOC)

    assert found.mean.estimate == pytest.approx(0.4)
    assert found.mean.se is None
    assert found.mean.interval is None
    assert found.prediction is None
    assert found.heterogeneity.tau2 == 0
    assert found.heterogeneity.tau2_interval is None
    assert pool(studies([0.4], [0.04]), Method.DL, Interval.WALD).mean.se == pytest.approx(0.2)


def test_two_studies_have_an_interval_but_no_published_prediction():
    found = pool(studies([0.1, 0.5], [0.04, 0.09]), Method.PM)

    assert found.mean.interval is not None
    assert found.prediction is not None
    assert found.prediction.t_k2 is None
    with pytest.raises(Invalid):
        prediction.cautious(studies([0.1, 0.5], [0.04, 0.09]))


def test_studies_that_agree_to_the_digit_leave_no_spread():
    found = pool(studies([0.3] * 4, [0.02] * 4), Method.REML, Interval.HK)

    assert found.heterogeneity.tau2 == 0
    assert found.heterogeneity.q == pytest.approx(0, abs=1e-20)
    assert found.mean.statistic is None or np.isfinite(found.mean.statistic)


@pytest.mark.parametrize(
    ("y", "v", "where"),
    [
        ([], [], "yi"),
        ([0.1, float("nan")], [1, 1], "yi[1]"),
        ([0.1, float("inf")], [1, 1], "yi[1]"),
        ([0.1, 0.2], [1, 0], "vi[1]"),
        ([0.1, 0.2], [1, -1], "vi[1]"),
        ([0.1, 0.2], [1], "vi"),
        (["viel", 0.2], [1, 1], "yi"),
    ],
)
def test_what_cannot_be_pooled_is_refused_by_row(y, v, where):
    with pytest.raises(Invalid) as refusal:
        studies(y, v)

    assert refusal.value.problems[0].field == where
    assert "%(" not in str(refusal.value)


def test_covariates_that_repeat_each_other_are_refused():
    with pytest.raises(Invalid, match="same thing twice"):
        studies([1, 2, 3, 4], [1, 1, 1, 1], [[1, 2, 3, 4], [2, 4, 6, 8]])
    with pytest.raises(Invalid, match="more studies than coefficients"):
        regress(studies([1, 2], [1, 1], [[0, 1]]))


def test_a_regression_is_not_trusted_with_fewer_than_ten_studies_a_covariate():
    few = studies([1, 2, 2.5, 4], [1, 1, 1, 1], [[1, 2, 3, 4]])

    assert not regress(few).trust
    assert regress(few).coefficients[1].estimate == pytest.approx(0.95, abs=0.05)


def test_tests_for_small_studies_wait_for_ten_studies():
    y, v = np.linspace(-1, 1, 12), np.linspace(0.02, 0.4, 12)
    assert robustness.egger(studies(y, v)).p < 0.05
    assert robustness.rank_correlation(studies(y, v)).statistic > 0.5
    with pytest.raises(Invalid, match="at least ten"):
        robustness.egger(studies(y[:9], v[:9]))
    with pytest.raises(Invalid, match="different precision"):
        robustness.rank_correlation(studies(y, np.full(12, 0.1)))


def test_a_study_that_turns_the_mean_is_named():
    found = robustness.influence(studies([0.1, 0.12, 0.09, 3.0], [0.05, 0.05, 0.05, 0.001]))

    assert max(range(4), key=lambda n: found[n].cook) == 3
    assert robustness.leave_one_out(studies([0.4], [0.04])) == ()
    assert [each.k for each in robustness.cumulative(studies([1, 2, 3], [1, 1, 1]))] == [1, 2, 3]


def test_a_group_is_left_out_whole():
    data = studies([1, 2, 3, 4], [1, 1, 1, 1])
    found = robustness.leave_group_out(data, ["A", "A", "B", "C"])

    assert {name: each.k for name, each in found.items()} == {"A": 2, "B": 3, "C": 3}


def test_less_spread_than_chance_gives_no_negative_tau2_as_one_library_does():
    y, v = effects.risk_difference(**HINE)
    with np.errstate(invalid="ignore"):
        theirs = combine_effects(100 * y, 1e4 * v, method_re="dl")

    assert theirs.tau2 < -8
    assert between_variance(studies(100 * y, 1e4 * v), Method.DL) == 0


def test_a_fine_tolerance_never_turns_spread_into_none_as_in_one_library():
    """Raudenbush and Bryk 1985: the first eight studies of teacher expectancy."""
    y, v = [0.03, 0.12, -0.14, 1.18, 0.26, -0.06, -0.02, -0.32], [
        0.0156, 0.0216, 0.0279, 0.1391, 0.1362, 0.0106, 0.0106, 0.0484,
    ]  # fmt: skip
    theirs = [
        combine_effects(np.array(y), np.array(v), method_re="pm", atol=at).tau2
        for at in (1e-5, 1e-12)
    ]
    ours = between_variance(studies(y, v), Method.PM)

    assert ours == pytest.approx(max(theirs), abs=1e-4)
    assert ours > 0


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@given(some_studies)
@settings(max_examples=5, deadline=None)
def test_likelihood_estimates_are_as_high_as_those_of_an_independent_package(rows):
    from pymare import Dataset  # noqa: PLC0415 - it leaves a file open when it is imported
    from pymare.estimators import VarianceBasedLikelihoodEstimator  # noqa: PLC0415

    y, v = (np.array(column) for column in zip(*rows, strict=True))
    found = VarianceBasedLikelihoodEstimator(method="REML").fit_dataset(Dataset(y=y, v=v))
    theirs = float(np.ravel(found.summary().tau2)[0])
    ours = between_variance(studies(y, v), Method.REML)

    # Where the likelihood has two peaks the package may stop at the lower one.
    assert _restricted(ours, y, v) >= _restricted(theirs, y, v) - 1e-6


def _restricted(tau2: float, y, v) -> float:
    w = 1 / (v + tau2)
    mean = np.sum(w * y) / np.sum(w)
    return float(np.sum(np.log(w)) - np.log(np.sum(w)) - np.sum(w * (y - mean) ** 2)) / 2
