"""Effects from reported numbers, and what no effect can be made of."""

import numpy as np
import pytest
from statsmodels.stats.meta_analysis import effectsize_2proportions, effectsize_smd

from catalog.errors import Invalid
from impact import effects


def test_proportions_agree_with_an_independent_package():
    a, n1, c, n2 = (
        np.array([4, 62]),
        np.array([123, 13598]),
        np.array([11, 248]),
        np.array([139, 12867]),
    )
    ours = {"ai": a, "n1i": n1, "ci": c, "n2i": n2}
    for function, name in (
        (effects.risk_ratio, "risk-ratio"),
        (effects.odds_ratio, "odds-ratio"),
        (effects.risk_difference, "diff"),
    ):
        for mine, theirs in zip(
            function(**ours), effectsize_2proportions(a, n1, c, n2, name), strict=True
        ):
            assert mine == pytest.approx(theirs)


def test_means_agree_with_an_independent_package():
    m1, s1, n1, m2, s2, n2 = (np.array([each]) for each in (18.0, 4.0, 30, 23.0, 5.0, 28))
    g, v = effects.standardized_mean_difference(m1i=m1, sd1i=s1, n1i=n1, m2i=m2, sd2i=s2, n2i=n2)
    theirs, _ = effectsize_smd(m1, s1, n1, m2, s2, n2)

    assert g == pytest.approx(theirs, rel=2e-4)  # theirs has the approximate correction
    assert v == pytest.approx(1 / n1 + 1 / n2 + g**2 / (2 * (n1 + n2)))


def test_a_ratio_of_means_knows_what_before_and_after_share():
    arms = {"m1i": [18.0], "sd1i": [4.0], "n1i": [30], "m2i": [24.0], "sd2i": [5.0], "n2i": [30]}
    y, v = effects.ratio_of_means(**arms)
    _, paired = effects.ratio_of_means(**arms, r=0.5)

    assert y == pytest.approx(np.log(0.75))
    assert v == pytest.approx(16 / (30 * 324) + 25 / (30 * 576))
    assert paired == pytest.approx(v - 4 * 5 / (30 * 18 * 24))


def test_rates_are_compared_by_exposure():
    y, v = effects.rate_ratio(x1i=[7], t1i=[1344], x2i=[11], t2i=[1988], phi=2)

    assert y == pytest.approx(np.log((7 / 1344) / (11 / 1988)))
    assert v == pytest.approx(2 * (1 / 7 + 1 / 11))


def test_an_empty_cell_gets_half_a_case_only_in_its_own_study():
    y, v = effects.risk_ratio(ai=[0, 4], n1i=[50, 50], ci=[5, 8], n2i=[50, 50])

    assert y[0] == pytest.approx(np.log((0.5 / 51) / (5.5 / 51)))
    assert y[1] == pytest.approx(np.log(0.5))
    assert v[1] == pytest.approx(1 / 4 - 1 / 50 + 1 / 8 - 1 / 50)


def test_a_difference_without_events_keeps_a_spread():
    y, v = effects.risk_difference(ai=[0], n1i=[50], ci=[0], n2i=[60])

    assert y == pytest.approx([0])
    assert v[0] > 0


def test_an_interval_gives_its_variance_back():
    assert effects.variance_from_interval([0.1], [0.5]) == pytest.approx([(0.4 / 3.919928) ** 2])


def test_differences_in_differences_add_their_variances():
    y, v = effects.difference_in_differences(
        (np.array([-0.4]), np.array([0.01])), (np.array([-0.1]), np.array([0.02]))
    )

    assert (y[0], v[0]) == (pytest.approx(-0.3), pytest.approx(0.03))
    assert effects.design_effect(21, 0.05) == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("call", "where"),
    [
        (lambda: effects.risk_ratio(ai=[0], n1i=[9], ci=[0], n2i=[9]), "ai[0]"),
        (lambda: effects.odds_ratio(ai=[9], n1i=[9], ci=[9], n2i=[9]), "ai[0]"),
        (lambda: effects.risk_ratio(ai=[10], n1i=[9], ci=[1], n2i=[9]), "ai[0]"),
        (lambda: effects.risk_ratio(ai=[1], n1i=[0], ci=[1], n2i=[9]), "ai[0]"),
        (lambda: effects.risk_ratio(ai=[1, 2], n1i=[9], ci=[1], n2i=[9]), "ai"),
        (lambda: effects.rate_ratio(x1i=[0], t1i=[1], x2i=[0], t2i=[1]), "x1i[0]"),
        (lambda: effects.rate_ratio(x1i=[1], t1i=[0], x2i=[1], t2i=[1]), "t1i[0]"),
        (
            lambda: effects.ratio_of_means(m1i=[0], sd1i=[1], n1i=[9], m2i=[1], sd2i=[1], n2i=[9]),
            "m1i[0]",
        ),
        (
            lambda: effects.mean_difference(m1i=[1], sd1i=[0], n1i=[9], m2i=[1], sd2i=[1], n2i=[9]),
            "sd1i[0]",
        ),
        (
            lambda: effects.mean_difference(
                m1i=[1], sd1i=[float("nan")], n1i=[9], m2i=[1], sd2i=[1], n2i=[9]
            ),
            "sd1i[0]",
        ),
        (lambda: effects.variance_from_interval([0.5], [0.1]), "high[0]"),
        (lambda: effects.design_effect(0, 0.1), "icc"),
    ],
)
def test_numbers_that_make_no_effect_are_refused_at_their_column(call, where):
    with pytest.raises(Invalid) as refusal:
        call()

    assert refusal.value.problems[0].field == where
