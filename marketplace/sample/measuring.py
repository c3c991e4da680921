"""The measurements of the sample: told by rule for the uses of some solutions, seeded by name.

Each solution has a true effect of its own on one or two metrics; some have none, some do harm, and
a part of the bodies never reports. Numbers stand for a story, not for any real body.
"""

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from catalog.adoptions import Stage
from impact.effects import Measure
from impact.evaluations import Analyst, Evaluation
from impact.grading import Design
from impact.measurements import Arm, Measurement, Phase, Verification
from impact.metrics import Metric, metric_of
from impact.reporting import Told
from marketplace.sample.histories import History
from marketplace.sample.world import lasting_id

REPORTING = 0.7
"""The share of bodies that report what they measured."""


@dataclass(frozen=True)
class Truth:
    """What a solution does to a metric: the true mean and spread of its effects, and the level
    before; effects are natural logarithms of ratios, or points for an index."""

    metric: str
    mean: float
    spread: float
    before: float


TRUTHS: Mapping[str, Sequence[Truth]] = {
    "postlotse": (Truth("processing_time", -0.25, 0.10, 16), Truth("error_rate", 0, 0.06, 0.08)),
    "frag-das-amt": (Truth("waiting_time", -0.40, 0.18, 14), Truth("complaints", 0.22, 0.1, 0.02)),
    "klartext": (Truth("citizen_satisfaction", 4, 3, 61), Truth("staff_hours", 0.05, 0.08, 25)),
    "pegelblick": (Truth("forecast_error", -0.30, 0.15, 22),),
    "meldeblick": (Truth("response_time", -0.33, 0.15, 6),),
    "briefkompass": (Truth("rework_rate", -0.20, 0.12, 0.15),),
    "schwarzstift": (Truth("staff_hours", -0.45, 0.15, 42),),
    "bauantragscheck": (Truth("processing_time", 0.01, 0.05, 60),),
    "sitzungsnotiz": (Truth("staff_satisfaction", 1, 4, 58),),
    "formularleser": (Truth("error_rate", -0.10, 0.1, 0.12), Truth("online_share", 0.1, 0.1, 0.4)),
    "gebuehrenrechner": (Truth("cost_per_case", -0.08, 0.12, 37),),
    "ki-werkstatt": (Truth("uptake", 0.20, 0.15, 0.30), Truth("training_hours", 0.12, 0.1, 6)),
    "modellhafen": (Truth("availability", 0.0, 0.2, 4),),
}
"""The truths by solution: with benefit, without, and with harm."""


def of_histories(told: Sequence[History], today: date) -> list[Told]:
    """What the bodies of the sample have measured, solution by solution."""
    return [
        one
        for history in told
        for truth in TRUTHS.get(history.solution, ())
        for one in _told(history, truth, today)
    ]


def _ran_since(history: History) -> date | None:
    days = [on for stage, on in history.steps if stage in (Stage.PILOT, Stage.LIVE)]
    return days[-1] if days else None


def _told(history: History, truth: Truth, today: date) -> Iterator[Told]:
    start = _ran_since(history)
    chance = random.Random(f"{history.solution} {history.adopter} {truth.metric}")  # noqa: S311
    if start is None or chance.random() > REPORTING or (today - start).days < 150:
        return
    metric = metric_of(truth.metric)
    after = start + timedelta(days=28)
    length = min(365, (today - after).days)
    before = start - timedelta(days=365)
    end = after + timedelta(days=length - 1)
    design = chance.choices((Design.BEFORE_AFTER, Design.DID), (8, 2))[0]
    name = f"{history.solution} {history.adopter} {metric.id}"
    evaluation = Evaluation(
        id=lasting_id("evaluation", name, start),
        adoption_id=_adoption_id(history),
        metric=metric.id,
        metric_version=metric.version,
        design=design,
        starts_on=start,
        comparison="Ein Amt ohne die Lösung, ähnlich groß" if design is Design.DID else "",
        analyst=Analyst.VENDOR if chance.random() < 0.08 else Analyst.OWN,
        created_at=_moment(end),
        is_sample=True,
    )
    effect = chance.gauss(truth.mean, truth.spread)
    level = truth.before * (chance.lognormvariate(0, 0.2) if truth.before >= 1 else 1)
    sides = [
        (Arm.TREATED, Phase.BASELINE, (before, start - timedelta(days=1)), 0.0),
        (Arm.TREATED, Phase.AFTER, (after, end), effect),
    ]
    if design is Design.DID:
        sides.append((Arm.COMPARISON, Phase.BASELINE, sides[0][2], 0.0))
        sides.append((Arm.COMPARISON, Phase.AFTER, sides[1][2], 0.0))
    verified = chance.random() < 0.6
    yield Told(
        evaluation,
        [
            Measurement(
                id=lasting_id("measurement", f"{name} {arm} {phase}", start),
                adoption_id=evaluation.adoption_id,
                evaluation_id=evaluation.id,
                metric=metric.id,
                metric_version=metric.version,
                period_start=period[0],
                period_end=period[1],
                arm=arm,
                phase=phase,
                collection=metric.collection[0],
                verification=Verification.SECOND_PERSON if verified else Verification.SELF,
                verified_at=_moment(end) if verified else None,
                recorded_at=_moment(end),
                is_sample=True,
                **_numbers(metric, chance, level, change),
            )
            for arm, phase, period, change in sides
        ],
    )


def _numbers(
    metric: Metric, chance: random.Random, level: float, change: float
) -> dict[str, float | int]:
    n = chance.randint(60, 900)
    if metric.scale is Measure.MD:
        spread = 15.0
        return {
            "value": round(level + change + chance.gauss(0, spread / math.sqrt(n)), 1),
            "n": n,
            "sd": spread,
        }
    true = level * math.exp(change)
    if metric.scale is Measure.LN_RR:
        return {"n": n, "events": sum(chance.random() < min(true, 0.98) for _ in range(n))}
    if metric.scale is Measure.LN_IRR:
        cases = n * 10
        found = max(round(chance.gauss(true * cases, math.sqrt(true * cases))), 0)
        return {"events": found, "exposure": cases}
    spread = true * 0.5
    value = max(true + chance.gauss(0, spread / math.sqrt(n)), 0.1)
    return {"value": round(value, 1), "n": n, "sd": round(spread, 1)}


def _adoption_id(history: History) -> UUID:
    return lasting_id("adoption", f"{history.solution} {history.adopter}", history.steps[0][1])


def _moment(day: date) -> datetime:
    return datetime.combine(day, time(8), UTC)
