"""Reported numbers: what is refused, what is asked, what follows, what stays."""

from datetime import date
from math import log

import pytest
from sqlalchemy.orm import Session

from catalog import adoptions
from catalog.adoptions import Adoption, Stage, Use
from catalog.errors import Conflict, Invalid
from impact import evaluations, measurements, reporting
from impact.evaluations import Evaluation
from impact.grading import Design
from impact.measurements import Arm, Collection, Numbers, Phase, Reading, Reason
from impact.metrics import library, metric_of
from impact.plausibility import Doubtful
from impact.reporting import Plan, Remarks
from tests.factories import OPERATOR, a_city, a_solution

TODAY = date(2026, 11, 23)
BEFORE = (date(2025, 1, 1), date(2025, 12, 31))
AFTER = (date(2026, 3, 1), date(2026, 8, 31))


def an_adoption(session: Session) -> Adoption:
    use = Use(Stage.LIVE, date(2026, 1, 1))
    return adoptions.declare(
        session, OPERATOR, a_solution(session), a_city(session), use, today=TODAY
    )


def before(**numbers: float) -> Reading:
    return Reading(*BEFORE, Numbers(**numbers), Phase.BASELINE)  # type: ignore[arg-type]


def after(**numbers: float) -> Reading:
    return Reading(*AFTER, Numbers(**numbers), Phase.AFTER)  # type: ignore[arg-type]


def told(
    session: Session, metric: str, *readings: Reading, is_confirmed: bool = False
) -> Evaluation:
    return reporting.report(
        session,
        OPERATOR,
        an_adoption(session),
        metric_of(metric),
        readings,
        fields=["before", "after"][: len(readings)],
        remarks=Remarks(is_confirmed=is_confirmed),
        today=TODAY,
    )


TIMES = (before(value=18, n=400, sd=9), after(value=14, n=300, sd=8))


def test_two_numbers_with_cases_and_spread_make_an_effect(session: Session) -> None:
    evaluation = told(session, "waiting_time", *TIMES)
    effect = evaluations.effects_of(session, [evaluation.id])[evaluation.id]

    assert effect.yi == pytest.approx(log(14 / 18))
    assert effect.vi == pytest.approx(8**2 / (300 * 14**2) + 9**2 / (400 * 18**2))
    assert effect.baseline == pytest.approx(18)
    assert (effect.level, effect.reasons) == (1, ["season"])


def test_the_same_months_of_the_year_cost_no_level(session: Session) -> None:
    same = Reading(date(2025, 3, 1), date(2025, 8, 31), TIMES[0].numbers, Phase.BASELINE)
    evaluation = told(session, "waiting_time", same, TIMES[1])

    assert evaluations.effects_of(session, [evaluation.id])[evaluation.id].level == 2


def test_without_spread_there_is_an_effect_but_nothing_to_pool(session: Session) -> None:
    evaluation = told(session, "waiting_time", before(value=18, n=400), after(value=14, n=300))
    effect = evaluations.effects_of(session, [evaluation.id])[evaluation.id]

    assert effect.vi is None
    assert "no_spread" in effect.reasons
    assert effect.level <= 1


@pytest.mark.parametrize(
    ("readings", "field"),
    [
        ((before(value=18), TIMES[1]), "before.n"),
        ((before(n=4), TIMES[1]), "before.value"),
        ((before(value=18, n=9, ci_low=19, ci_high=21), TIMES[1]), "before.spread"),
        ((before(value=18, n=9, ci_low=19, ci_high=17), TIMES[1]), "before.spread"),
        ((before(value=float("nan"), n=9), TIMES[1]), "before.value"),
        ((before(value=float("inf"), n=9), TIMES[1]), "before.value"),
        (
            (Reading(BEFORE[1], BEFORE[0], TIMES[0].numbers, Phase.BASELINE), TIMES[1]),
            "before.period",
        ),
        ((Reading(*AFTER, TIMES[0].numbers, Phase.BASELINE), TIMES[1]), "after.period"),
    ],
)
def test_what_is_wrong_is_refused_at_its_field(
    session: Session, readings: tuple[Reading, ...], field: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        told(session, "waiting_time", *readings, is_confirmed=True)

    assert [problem.field for problem in refusal.value.problems] == [field]


def test_what_is_unlikely_is_asked_and_taken_when_confirmed(session: Session) -> None:
    leap = (before(value=18, n=400, sd=9), after(value=1, n=300, sd=0.5))
    with pytest.raises(Doubtful) as asked:
        told(session, "waiting_time", *leap)

    assert [problem.field for problem in asked.value.problems] == ["after.value"]
    assert told(session, "waiting_time", *leap, is_confirmed=True).design == Design.BEFORE_AFTER


def test_a_correction_supersedes_and_the_history_stays(session: Session) -> None:
    evaluation = told(session, "waiting_time", *TIMES)
    old = measurements.current(session, evaluation.id)[1]
    better = after(value=15, n=310, sd=8)

    reporting.correct(
        session, OPERATOR, old, evaluation, better, metric=metric_of("waiting_time"),
        reason=Reason.LATE_CASES, today=TODAY,
    )  # fmt: skip
    rows = measurements.history(session, [evaluation.id])[evaluation.id]
    effect = evaluations.effects_of(session, [evaluation.id])[evaluation.id]

    assert [row.value for row in rows] == [18, 14, 15]
    assert effect.yi == pytest.approx(log(15 / 18))
    with pytest.raises(Conflict):
        reporting.withdraw(session, OPERATOR, old, evaluation, note="Irrtum", today=TODAY)


def test_a_withdrawal_takes_the_effect_away_and_keeps_the_row(session: Session) -> None:
    evaluation = told(session, "waiting_time", *TIMES)
    row = measurements.current(session, evaluation.id)[0]

    reporting.withdraw(session, OPERATOR, row, evaluation, note="Falsches Amt", today=TODAY)

    assert evaluations.effects_of(session, [evaluation.id]) == {}
    assert len(measurements.history(session, [evaluation.id])[evaluation.id]) == 3


def months(metric_level: float, first_year: int, count: int, phase: Phase) -> list[Reading]:
    days = [date(first_year + m // 12, m % 12 + 1, 1) for m in range(count)]
    return [
        Reading(
            day,
            day.replace(day=28),
            Numbers(value=metric_level * (1 + 0.02 * (i % 3)), n=50, sd=4),
            phase,
        )
        for i, day in enumerate(days)
    ]  # fmt: skip


def test_a_series_of_months_is_evaluated_as_one(session: Session) -> None:
    series = months(20, 2024, 12, Phase.BASELINE) + months(15, 2025, 12, Phase.AFTER)
    evaluation = reporting.report(
        session, OPERATOR, an_adoption(session), metric_of("processing_time"), series,
        fields=[str(n) for n in range(24)], remarks=Remarks(), today=TODAY,
    )  # fmt: skip
    effect = evaluations.effects_of(session, [evaluation.id])[evaluation.id]

    assert evaluation.design == Design.INTERRUPTED_SERIES
    assert effect.yi == pytest.approx(log(15 / 20), abs=0.03)
    assert effect.vi is not None
    assert effect.vi > 0
    assert effect.reasons == ["not_verified"]


def test_a_plan_lodged_before_makes_a_comparison(session: Session) -> None:
    adoption = an_adoption(session)
    plan = Plan(
        metric_of("on_time"), Design.DID, date(2026, 1, 1), comparison="Amt B", plan="Fristen"
    )
    evaluation = reporting.lodge(session, OPERATOR, adoption, plan, today=TODAY)
    rows = [
        Reading(*BEFORE, Numbers(n=200, events=100), Phase.BASELINE),
        Reading(*AFTER, Numbers(n=200, events=140), Phase.AFTER),
        Reading(*BEFORE, Numbers(n=200, events=100), Phase.BASELINE, Arm.COMPARISON),
        Reading(*AFTER, Numbers(n=200, events=110), Phase.AFTER, Arm.COMPARISON),
    ]
    reporting.add(
        session, OPERATOR, evaluation, metric_of("on_time"), rows, fields=list("abcd"),
        is_confirmed=False, today=TODAY,
    )  # fmt: skip
    effect = evaluations.effects_of(session, [evaluation.id])[evaluation.id]

    assert effect.yi == pytest.approx(log(0.7 / 0.5) - log(0.55 / 0.5))
    assert effect.level == 3
    assert effect.reasons == ["pre_trend"]


@pytest.mark.parametrize(
    "numbers",
    [
        ({"n": 50, "events": 0}, {"n": 50, "events": 0}),
        ({"n": 50, "events": 0}, {"n": 50, "events": 5}),
        ({"n": 50, "events": 50}, {"n": 50, "events": 50}),
        ({"n": 1, "events": 1}, {"n": 1, "events": 0}),
    ],
)
def test_empty_cells_give_a_number_or_none_and_never_nan(
    session: Session, numbers: tuple[dict[str, float], dict[str, float]]
) -> None:
    evaluation = told(
        session, "on_time", before(**numbers[0]), after(**numbers[1]), is_confirmed=True
    )
    for effect in evaluations.effects_of(session, [evaluation.id]).values():
        assert abs(effect.yi) < 20
        assert effect.vi is None or 0 < effect.vi < 1e6


def test_an_estimate_reaches_no_level_above_one(session: Session) -> None:
    guessed = Reading(*AFTER, TIMES[1].numbers, Phase.AFTER, collection=Collection.ESTIMATE)
    evaluation = told(session, "waiting_time", TIMES[0], guessed)

    assert evaluations.effects_of(session, [evaluation.id])[evaluation.id].level <= 1


def test_a_use_with_measurements_is_ended_not_taken_back(session: Session) -> None:
    evaluation = told(session, "waiting_time", *TIMES)
    with pytest.raises(Conflict):
        reporting.retract_adoption(session, OPERATOR, evaluation.adoption)


def test_the_library_has_its_34_metrics_in_both_languages() -> None:
    assert len(library()) == 34
    assert all(set(each.name) == {"de", "en"} for each in library().values())
