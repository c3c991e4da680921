"""Our numbers against published ones: every figure of the reference file within its tolerance."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from impact import effects, prediction, robustness
from impact.diffusion import Bass
from impact.heterogeneity import Method, between_variance
from impact.reuse_value import break_even_reuses
from impact.studies import Studies, studies
from impact.synthesis import Interval, Synthesis, pool, predict_mean, regress

REFERENCE = Path(__file__).resolve().parents[3] / "shared" / "reference" / "meta_reference.json"
Data = dict[str, Any]
Figures = Sequence[float]


def _reference() -> Data:
    found: Data = json.loads(REFERENCE.read_text("utf-8")) if REFERENCE.is_file() else {}
    return found


def _input(dataset: str) -> Data:
    found = next(each for each in _reference()["datasets"] if each["id"] == dataset)
    data: Data = found["input"]
    return data


def _counts(data: Data) -> dict[str, np.ndarray[Any, Any]]:
    treated, compared = np.array(data["tpos"]), np.array(data["cpos"])
    return {
        "ai": treated,
        "n1i": treated + np.array(data["tneg"]),
        "ci": compared,
        "n2i": compared + np.array(data["cneg"]),
    }


def _studies_of(dataset: str) -> Studies:
    """The studies of a dataset on the scale that the reference pools it on."""
    data = _input(dataset)
    match dataset:
        case "bcg":
            return studies(*effects.risk_ratio(**_counts(data)))
        case "hine1989":
            columns = {name: data[name] for name in ("ai", "n1i", "ci", "n2i")}
            difference, variance = effects.risk_difference(**columns)
            return studies(100 * difference, 1e4 * variance)
        case "nielweise2008":
            columns = {name: data[name] for name in ("x1i", "t1i", "x2i", "t2i")}
            return studies(*effects.rate_ratio(**columns))
        case "fine1993_or":
            names = {"ai": "event_e", "n1i": "n_e", "ci": "event_c", "n2i": "n_c"}
            return studies(*effects.odds_ratio(**{k: data[v] for k, v in names.items()}))
        case "sbp2011":
            return studies(data["yi"], np.square(data["se"]))
    return studies(data["yi"], data["vi"])


def _bounds(found: Synthesis) -> Figures:
    assert found.mean.interval is not None
    return found.mean.interval


def _tested(found: Synthesis) -> Figures:
    mean = found.mean
    assert mean.se is not None
    assert mean.statistic is not None
    tau2 = found.heterogeneity.tau2
    return [tau2, mean.estimate, mean.se, mean.statistic, *_bounds(found)]


def _row(found: Synthesis) -> Figures:
    """tau2, mu, se, CI: the columns in which most of the file is written."""
    tau2, mean, se, _, *bounds = _tested(found)
    return [tau2, mean, se, *bounds]


def _bcg(measure: Callable[..., effects.Effects], method: Method = Method.DL) -> Synthesis:
    return pool(studies(*measure(**_counts(_input("bcg")))), method, Interval.WALD)


def _berkey() -> tuple[Studies, Studies]:
    """The data of Berkey 1995: variances from risks averaged over trials; without and with
    latitude."""
    counts, data = _counts(_input("bcg")), _input("bcg")
    y, _ = effects.risk_ratio(**counts)
    k = len(y)
    treated = sum(np.array(data["tneg"]) / counts["ai"]) / (k * counts["n1i"])
    compared = sum(np.array(data["cneg"]) / counts["ci"]) / (k * counts["n2i"])
    latitude = np.array(data["ablat"]) - 33.46
    return studies(y, treated + compared), studies(y, treated + compared, [latitude])


def _log_rate(arm: str) -> Figures:
    data = _input("nielweise2008")
    found = pool(
        studies(*effects.log_rate(data[f"x{arm}i"], np.array(data[f"t{arm}i"]) / 1000)),
        Method.REML,
        Interval.WALD,
    )
    _, mean, se, low, high = _row(found)
    return [mean, se, found.heterogeneity.tau2, *np.exp([mean, low, high])]


def _bcg_figures() -> dict[str, Callable[[], Figures]]:
    dl = _bcg(effects.risk_ratio)
    spread = dl.heterogeneity
    reml = _bcg(effects.risk_ratio, Method.REML)
    data = _studies_of("bcg")
    without_first = robustness.leave_one_out(data, Method.REML, Interval.WALD)[0]
    odds, odds_equal = _bcg(effects.odds_ratio), _bcg(effects.odds_ratio, Method.EE)
    risk = _bcg(effects.risk_difference)
    plain, latitude = _berkey()
    smooth = pool(plain, Method.PM, Interval.WALD)
    mixed = regress(latitude, Method.PM, Interval.WALD)
    fixed = regress(latitude, Method.EE, Interval.WALD)

    def clustered(*, is_adjusted: bool) -> Figures:
        names = np.arange(data.k)
        tau2 = reml.heterogeneity.tau2
        return robustness.clustered_variance(data, names, tau2, is_adjusted=is_adjusted).ravel()

    def pairs(found: Any) -> Figures:
        return [
            *(each.estimate for each in found.coefficients),
            *(each.se for each in found.coefficients),
        ]

    return {
        "escalc RR, first trial yi, vi": lambda: [data.y[0], data.v[0]],
        "DL mu (log RR)": lambda: [dl.mean.estimate],
        "DL CI (z)": lambda: _bounds(dl),
        "DL z": lambda: [_tested(dl)[3]],
        "DL tau2": lambda: [spread.tau2],
        "DL I2 %": lambda: [spread.i2],
        "DL exp(mu), CI": lambda: np.exp([dl.mean.estimate, *_bounds(dl)]),
        "DL tau2 with Q-profile CI": lambda: [spread.tau2, *(spread.tau2_interval or ())],
        "DL I2 with CI %": lambda: [spread.i2, *(spread.i2_interval or ())],
        "DL H2 with CI": lambda: [spread.h2, *(spread.h2_interval or ())],
        "REML tau2": lambda: [reml.heterogeneity.tau2],
        "Q": lambda: [spread.q],
        "leave-one-out, trial 1 removed, REML: mu, se, Q, tau2, I2": lambda: [
            without_first.mean.estimate,
            without_first.mean.se or 0,
            without_first.heterogeneity.q,
            without_first.heterogeneity.tau2,
            without_first.heterogeneity.i2,
        ],
        "OR, DL mu, CI, tau2, I2": lambda: [
            odds.mean.estimate,
            *_bounds(odds),
            odds.heterogeneity.tau2,
            odds.heterogeneity.i2,
        ],
        "OR, equal effects mu, CI, Q": lambda: [
            odds_equal.mean.estimate,
            *_bounds(odds_equal),
            odds_equal.heterogeneity.q,
        ],
        "RD, DL mu, CI, I2": lambda: [risk.mean.estimate, *_bounds(risk), risk.heterogeneity.i2],
        "cluster-robust variance, no adjustment": lambda: clustered(is_adjusted=False),
        "cluster-robust variance, k/(k-1) adjustment": lambda: clustered(is_adjusted=True),
        "Berkey 1995 smoothed vi, EB(=PM): mu, se, tau2": lambda: [
            smooth.mean.estimate,
            smooth.mean.se or 0,
            smooth.heterogeneity.tau2,
        ],
        "Berkey 1995 meta-regression on latitude-33.46, EB: b0,b1,se0,se1,tau2": lambda: [
            *pairs(mixed),
            mixed.heterogeneity.tau2,
        ],
        "Berkey 1995 fixed-effects meta-regression: b0,b1,se0,se1": lambda: pairs(fixed),
        "predicted RR at latitude 33.46 and 42 (EB)": lambda: np.exp(
            [predict_mean(mixed, [0.0])[0], predict_mean(mixed, [42 - 33.46])[0]]
        ),
    }


def _hine_figures() -> dict[str, Callable[[], Figures]]:
    data = _studies_of("hine1989")
    equal = pool(data, Method.EE, Interval.WALD)
    dl = pool(data, Method.DL, Interval.WALD)
    return {
        "RD in percentage points yi": lambda: data.y,
        "vi": lambda: data.v,
        "equal effects mu, CI": lambda: [equal.mean.estimate, *_bounds(equal)],
        "DL mu, CI, tau2 (truncated at 0)": lambda: [
            dl.mean.estimate,
            *_bounds(dl),
            dl.heterogeneity.tau2,
        ],
        "REML tau2": lambda: [between_variance(data, Method.REML)],
    }


def _raudenbush_figures() -> dict[str, Callable[[], Figures]]:
    data = _studies_of("raudenbush1985")
    weeks = np.minimum(_input("raudenbush1985")["weeks"], 3)
    regression = regress(studies(data.y, data.v, [weeks]), Method.REML, Interval.WALD)
    reml = pool(data, Method.REML, Interval.WALD)
    figures: dict[str, Callable[[], Figures]] = {
        f"{method} {name}": lambda method=method, interval=interval: _tested(  # type: ignore[misc]
            pool(data, Method(method), interval)
        )
        for method in ("EE", "ML", "REML", "DL", "HE")
        for name, interval in (
            ("Wald-type: tau2, mu, se, z, CI", Interval.WALD),
            ("Knapp-Hartung: tau2, mu, se, t, CI (df 18)", Interval.HK),
        )
    }
    return figures | {
        "Q": lambda: [reml.heterogeneity.q],
        "REML prediction interval (z version)": lambda: _of(reml).normal,
        "REML BLUPs (shrunken city effects)": lambda: reml.shrunken,
        "REML meta-regression on weeks (capped at 3): b0,b1,z0,z1,QE,tau2": lambda: [
            *(each.estimate for each in regression.coefficients),
            *(each.statistic or 0 for each in regression.coefficients),
            regression.heterogeneity.q,
            regression.heterogeneity.tau2,
        ],
    }


def _of(found: Synthesis) -> prediction.Prediction:
    assert found.prediction is not None
    return found.prediction


def _nielweise_figures() -> dict[str, Callable[[], Figures]]:
    reml = pool(_studies_of("nielweise2008"), Method.REML, Interval.WALD)
    tau2, mean, se, low, high = _row(reml)
    return {
        "log rate ratio REML: mu, se, tau": lambda: [mean, se, np.sqrt(tau2)],
        "rate ratio and CI": lambda: np.exp([mean, low, high]),
        "log rate, standard catheter, REML: mu, se, tau2; rate and CI per 1000 days": lambda: (
            _log_rate("2")
        ),
        "log rate, treated catheter, REML: mu, se, tau2; rate and CI": lambda: _log_rate("1"),
    }


def _kacker_figures() -> dict[str, Callable[[], Figures]]:
    data = _studies_of("kacker2004")
    pm, dl = (pool(data, method, Interval.WALD) for method in (Method.PM, Method.DL))
    scaled = pool(data, Method.DL, Interval.HK)
    equal = pool(data, Method.EE, Interval.WALD)
    spread = dl.heterogeneity
    return {
        "PM tau2, mu, se, CI": lambda: _row(pm),
        "PM I2 % (tau2-based), H2": lambda: [pm.heterogeneity.i2, pm.heterogeneity.h2],
        "DL tau2, mu, se, CI": lambda: _row(dl),
        "DL I2 %, H2, Q, Q p": lambda: [spread.i2, spread.h2, spread.q, spread.q_p or 0],
        "DL Hartung-Knapp se, CI (df 8)": lambda: _row(scaled)[2:],
        "equal effects mu, se": lambda: _row(equal)[1:3],
    }


def _fine_figures() -> dict[str, Callable[[], Figures]]:
    data = _studies_of("fine1993_or")
    scaled = pool(data, Method.DL, Interval.HK)
    equal = pool(data, Method.EE, Interval.WALD)
    spread = equal.heterogeneity
    return {
        "DL tau2, mu, Hartung-Knapp se, CI": lambda: _row(scaled),
        "equal effects mu, se, CI; Q; Q p; I2": lambda: [
            *_row(equal)[1:],
            spread.q,
            spread.q_p or 0,
            spread.i2_q / 100,  # printed as a share there
        ],
        "prediction interval, t with k-2 df, sqrt(tau2 + se_HK^2)": lambda: _of(scaled).t_k2 or (),
    }


def _sbp_figures() -> dict[str, Callable[[], Figures]]:
    data = _studies_of("sbp2011")
    dl = pool(data, Method.DL, Interval.WALD)
    tau2 = between_variance(data, Method.DL)
    adhoc = pool(data, Method.REML, Interval.HK_ADHOC)
    scaled = pool(data, Method.REML, Interval.HK)
    mean, se = dl.mean.estimate, dl.mean.se or 0
    with_t = prediction.standard(mean=mean, se=se, tau2=0, k=data.k, level=0.95)
    return {
        "DL mu, HTS prediction interval (t, k-2 df), tau2, I2 %": lambda: [
            mean,
            *(_of(dl).t_k2 or ()),
            tau2,
            dl.heterogeneity.i2,
        ],
        "DL mu and prediction interval, strict": lambda: [mean, *(_of(dl).t_k2 or ())],
        "DL CI with t, k-1 df": lambda: (with_t and with_t.t_k1) or (),
        "REML tau2": lambda: [scaled.heterogeneity.tau2],
        "REML, Hartung-Knapp se never below the Wald se, prediction interval t k-2 df": lambda: [
            adhoc.mean.estimate,
            *(_of(adhoc).t_k2 or ()),
        ],
        "REML Hartung-Knapp CI (k-1 df)": lambda: _bounds(scaled),
    }


def _grid_figures(what: str) -> Figures:
    design, method, interval = re.fullmatch(r"(\S+) (\S+) (\S+): tau2, mu, se, CI", what).groups()  # type: ignore[union-attr]
    kinds = {"z": Interval.WALD, "knha": Interval.HK, "adhoc": Interval.HK_ADHOC}
    data = _input("pymare_grid")[design]
    return _row(pool(studies(data["y"], data["v"]), Method(method), kinds[interval]))


FIGURES = {
    "bcg": _bcg_figures,
    "hine1989": _hine_figures,
    "raudenbush1985": _raudenbush_figures,
    "nielweise2008": _nielweise_figures,
    "kacker2004": _kacker_figures,
    "fine1993_or": _fine_figures,
    "sbp2011": _sbp_figures,
}


def _published() -> Iterator[Any]:
    for dataset in _reference().get("datasets", ()):
        for check in dataset["published"]:
            name = f"{dataset['id']}: {check['what']}"
            yield pytest.param(dataset["id"], check, id=name)


@pytest.mark.parametrize(("dataset", "check"), list(_published()))
def test_a_published_figure_is_met(
    dataset: str, check: Data, record_property: Callable[[str, object], None]
) -> None:
    what = check["what"]
    ours = _grid_figures(what) if dataset == "pymare_grid" else FIGURES[dataset]()[what]()
    published = np.atleast_1d(check["published"])
    figures = f"{dataset} {what}: {published}, ours {np.round(ours, 6)}, ± {check['tolerance']}"
    record_property("figures", figures)

    assert np.atleast_1d(ours) == pytest.approx(published, abs=check["tolerance"], rel=0)


def _recomputed() -> Iterator[Any]:
    for dataset in _reference().get("datasets", ()):
        for method, expected in dataset.get("full_recomputed", {}).items():
            yield pytest.param(dataset["id"], method, expected, id=f"{dataset['id']} {method}")


@pytest.mark.parametrize(("dataset", "method", "expected"), list(_recomputed()))
def test_every_figure_of_every_method_is_met(dataset: str, method: str, expected: Data) -> None:
    data = _studies_of(dataset)
    wald, hk, adhoc = (
        pool(data, Method(method), kind) for kind in (Interval.WALD, Interval.HK, Interval.HK_ADHOC)
    )
    spread = wald.heterogeneity
    ours = {
        "k": [wald.k],
        "tau2": [spread.tau2],
        "mu": [wald.mean.estimate],
        "se": [wald.mean.se],
        "Q": [spread.q],
        "Qp": [spread.q_p],
        "I2_tau2": [spread.i2],
        "I2_Q": [spread.i2_q],
        "H2_tau2": [spread.h2],
        "z": [wald.mean.statistic],
        "ci_z": _bounds(wald),
        "se_hk": [hk.mean.se],
        "t_hk": [hk.mean.statistic],
        "ci_hk": _bounds(hk),
        "se_hk_adhoc": [adhoc.mean.se],
        "ci_hk_adhoc": _bounds(adhoc),
        "pi_z": _of(wald).normal,
        "pi_hts_k2": _of(wald).t_k2,
        "pi_t_k1": _of(wald).t_k1,
        "pi_hk_k2": _of(hk).t_k2,
        "pi_hk_k1": _of(hk).t_k1,
        "pi_hkadhoc_k2": _of(adhoc).t_k2,
        "pi_hkadhoc_k1": _of(adhoc).t_k1,
    }
    for name, figures in ours.items():
        assert figures == pytest.approx(np.atleast_1d(expected[name]), abs=2e-5, rel=2e-5), name


def test_leaving_one_out_gives_the_published_syntheses() -> None:
    if not REFERENCE.is_file():
        pytest.skip("the folder with the reference figures is not beside this checkout")
    bcg = next(each for each in _reference()["datasets"] if each["id"] == "bcg")
    found = robustness.leave_one_out(_studies_of("bcg"), Method.REML, Interval.WALD)
    for ours, expected in zip(found, bcg["leave_one_out_REML"], strict=True):
        assert ours.mean.estimate == pytest.approx(expected["mu"], abs=2e-5)
        assert ours.mean.se == pytest.approx(expected["se"], abs=2e-5)
        assert ours.heterogeneity.tau2 == pytest.approx(expected["tau2"], abs=5e-5)


@pytest.mark.parametrize(
    "dataset", ["sbp2011", "bcg", "raudenbush1985", "nielweise2008", "hine1989"]
)
def test_the_cautious_interval_is_the_reference_one(dataset: str) -> None:
    if not REFERENCE.is_file():
        pytest.skip("the folder with the reference figures is not beside this checkout")
    expected = _reference()["extra"]["q_mixture_reference"]["values"][dataset]
    found = prediction.cautious(_studies_of(dataset))

    assert found.interval(0.95) == pytest.approx(expected["pi95"], abs=3e-4)
    assert found.interval(0.80) == pytest.approx(expected["pi80"], abs=3e-4)
    assert found.below(0) == pytest.approx(expected["p_below_zero"], abs=2e-4)
    assert np.mean(found.tau2 == 0) == pytest.approx(expected["share_tau2_zero"], abs=1e-3)


@pytest.mark.parametrize(
    ("p", "q", "peak", "rate", "adopters"),
    [
        (0.03, 0.38, 6.1926, 110.5921, {1: 35.76, 3: 150.50, 5: 331.20, 10: 812.80}),
        (0.01, 0.40, 8.9973, 105.0625, {1: 12.21, 3: 55.76, 5: 141.68, 10: 591.39}),
    ],
)
def test_the_adoption_curve_has_the_published_closed_form(
    p: float, q: float, peak: float, rate: float, adopters: dict[int, float]
) -> None:
    curve = Bass(p, q, 1000)

    assert curve.peak == pytest.approx(peak, abs=1e-4)
    assert curve.peak_rate == pytest.approx(rate, abs=1e-4)
    assert curve.share(curve.peak) == pytest.approx(0.5 - p / (2 * q), abs=1e-12)
    assert curve.adopters(list(adopters)) == pytest.approx(list(adopters.values()), abs=0.01)


def test_the_first_reuse_pays_for_writing_for_reuse() -> None:
    assert break_even_reuses() == pytest.approx(0.625)
    assert break_even_reuses(0.5, 2.0) == pytest.approx(2.0)
