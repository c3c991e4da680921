"""Impact over the API: metrics, pooled effects, and what one more city may expect."""

import math
from datetime import date

import msgspec
import pytest
from sqlalchemy.orm import Session

from catalog import adoptions
from catalog.adoptions import Claim, Stage, Use
from impact import findings, metrics
from impact.metrics import SmallestChange
from tests.factories import OPERATOR, a_city, a_solution, an_effect


def _measure(session: Session, effects: list[tuple[float, float]]) -> None:
    """The solution ``lotse`` with an effect and its number of cases for each city."""
    solution = a_solution(session, "Lotse")
    for number, (yi, cases) in enumerate(effects):
        city = a_city(session, f"Stadt {number}")
        live = Use(Stage.LIVE, date(2025, 1, 1))
        claim = Claim(solution.id, city.id, [(Stage.LIVE, date(2025, 1, 1))], live)
        (adoption,) = adoptions.enter_many(session, OPERATOR, [claim])
        an_effect(session, adoption, yi, cases=cases)


def test_every_metric_is_listed_and_read_alone(api):
    listed = api.get("/metrics").json()["items"]

    assert [each["id"] for each in listed] == list(metrics.library())
    assert api.get("/metrics/processing_time").json() in listed
    assert api.get("/metrics/unknown").status_code == 404


def test_pooled_effects_and_their_promise_are_told_and_small_cells_are_not(api):
    with api.enter() as session:
        _measure(session, [(-0.2, 80), (-0.3, 90), (-0.25, 100), (-0.7654321, 3)])

    (found,) = api.get("/solutions/lotse/impact?population=23000").json()["items"]

    assert (found["metric"], found["deployments"], found["withheld"]) == ("processing_time", 4, 1)
    assert found["synthesis"]["k"] == len(found["effects"]) == 3
    ends = found["synthesis"]["interval"]
    assert ends["low"] < found["synthesis"]["estimate"] < ends["high"]
    assert found["synthesis"]["estimate"] == pytest.approx(-0.25, abs=0.01)
    assert found["expectation"]["range_95"]["low"] < found["expectation"]["range_80"]["low"]
    assert 0 <= found["expectation"]["improves_relevantly"] <= found["expectation"]["improves"] <= 1
    assert "0.7654321" not in str(found)


@pytest.mark.parametrize(
    "wrong", ["population=0", "baseline=-1&metric=uptake", "baseline=5", "size=1"]
)
def test_a_question_that_makes_no_sense_is_refused_at_its_field(api, wrong):
    with api.enter() as session:
        _measure(session, [(-0.2, 80)])

    answer = api.get(f"/solutions/lotse/impact?{wrong}")

    assert answer.status_code == 400
    assert answer.json()["errors"]


def test_a_level_that_cannot_fall_so_far_promises_nothing_relevant():
    metric = metrics.metric_of("processing_time")
    two_days = SmallestChange("absolute", 2)

    fewer = findings.threshold(msgspec.structs.replace(metric, smallest_change=two_days), 1.5)

    assert fewer == math.inf
    assert findings.threshold(metric, 1.5) < 1


@pytest.fixture
def own_use(api):
    """A city's own use of a solution, and the token of its editor."""
    with api.enter() as session:
        city = a_city(session)
        use = Use(Stage.LIVE, date(2026, 1, 1))
        solution = a_solution(session)
        made = adoptions.declare(session, OPERATOR, solution, city, use, today=date(2026, 11, 1))
        path = f"/adoptions/{made.id}"
    return path, api.sign_in(city)


def _number(year: int, value: float, **more: object) -> dict[str, object]:
    days = {"period_start": f"{year}-03-01", "period_end": f"{year}-08-31"}
    return {**days, "value": value, "n": 300, "sd": 8, **more}


REPORT = {
    "metric": "waiting_time",
    "readings": [_number(2025, 18, phase="baseline"), _number(2026, 14, phase="after")],
}


def test_numbers_are_reported_corrected_and_withdrawn_over_the_api(api, own_use):
    path, token = own_use
    made = api.send("POST", f"{path}/evaluations", REPORT, token=token)
    assert made.status_code == 201, made.text
    assert made.json()["effect"]["yi"] == pytest.approx(math.log(14 / 18))
    old = f"/measurements/{made.json()['measurements'][1]['id']}"
    seen = api.send("GET", old, token=token).headers["etag"]
    better = {**_number(2026, 15), "reason": "late_cases"}

    assert api.send("POST", f"{old}/correct", better, token=token).status_code == 428
    after = api.send("POST", f"{old}/correct", better, token=token, if_match=seen)
    assert (after.status_code, after.json()["state"]) == (200, "holds")
    stale = api.send("POST", f"{old}/correct", better, token=token, if_match=seen)
    assert stale.status_code == 412

    new = f"/measurements/{after.json()['id']}"
    note = {"note": "Falsches Amt"}
    gone = api.send("POST", f"{new}/withdraw", note, token=token, if_match="*")
    assert gone.json()["state"] == "withdrawn"
    (whole,) = api.send("GET", f"{path}/evaluations", token=token).json()["items"]
    assert [each["value"] for each in whole["measurements"]] == [18, 14, 15, 15]
    assert whole["effect"] is None


def test_what_is_wrong_or_unlikely_is_named_at_the_reading(api, own_use):
    path, token = own_use
    without_n = {
        **REPORT,
        "readings": [REPORT["readings"][0], {**_number(2026, 14, phase="after"), "n": None}],
    }
    leap = {**REPORT, "readings": [REPORT["readings"][0], _number(2026, 1, phase="after")]}

    refused = api.send("POST", f"{path}/evaluations", without_n, token=token)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "readings[1].n")
    doubted = api.send("POST", f"{path}/evaluations", leap, token=token)
    assert (doubted.status_code, doubted.json()["errors"][0]["field"]) == (
        422,
        "readings[1].spread",
    )
    sure = api.send("POST", f"{path}/evaluations", {**leap, "confirmed": True}, token=token)
    assert sure.status_code == 201


def test_a_plan_is_lodged_then_filled_and_verified_by_another(api, own_use):
    path, token = own_use
    plan = {
        "metric": "waiting_time", "design": "did", "starts_on": "2026-12-01",
        "comparison": "Amt Nord", "plan": "Alle Termine",
    }  # fmt: skip
    made = api.send("POST", f"{path}/plans", plan, token=token)
    assert made.status_code == 201, made.text
    where = f"/evaluations/{made.json()['id']}"
    arms = [
        _number(year, value, phase=phase, arm=arm)
        for year, phase in ((2025, "baseline"), (2026, "after"))
        for arm, value in (("treated", 18 if year == 2025 else 14), ("comparison", 18))
    ]
    filled = api.send(
        "POST", f"{where}/measurements", {"readings": arms}, token=token, if_match="*"
    )
    assert filled.status_code == 200, filled.text
    assert filled.json()["plan_lodged_at"] == made.json()["plan_lodged_at"]
    assert filled.json()["effect"]["yi"] == pytest.approx(math.log(14 / 18))
    assert api.send("POST", f"{where}/verify", token=token, if_match="*").status_code == 403
    assert api.send("GET", where).status_code == 401


def test_the_spread_of_a_solution_is_told_beside_its_effects(api, own_use):
    solution = api.get(own_use[0]).json()["solution"]["slug"]
    spread = api.get(f"/solutions/{solution}/impact").json()["spread"]

    assert (spread["live"], spread["ended"], spread["outlook"]) == (1, 0, [])


def test_two_groups_are_compared_with_one_another(api, own_use):
    path, token = own_use
    days = {"period_start": "2026-03-01", "period_end": "2026-08-31", "phase": "after", "n": 400}
    groups = [{**days, "events": 30, "stratum": "A"}, {**days, "events": 20, "stratum": "B"}]

    one_sided = {"metric": "fpr_gap", "readings": groups}
    assert api.send("POST", f"{path}/evaluations", one_sided, token=token).status_code == 422
    both = {"metric": "fpr_gap", "readings": [groups[0], {**groups[1], "arm": "comparison"}]}
    made = api.send("POST", f"{path}/evaluations", both, token=token)
    assert made.json()["effect"]["yi"] == pytest.approx(10 / 400)
