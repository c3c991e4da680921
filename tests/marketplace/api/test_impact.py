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
