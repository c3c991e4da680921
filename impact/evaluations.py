"""Evaluations: one question put to one use of a solution, answered by a design.

An evaluation holds the plan and the facts, measurements hang on it, and one effect with its level
is derived from them. The effect is never edited: it is computed anew and carries its rule set.
"""

import hashlib
import math
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import msgspec
from sqlalchemy import ForeignKey, Select, String, delete, func, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from catalog.adoptions import Adoption
from catalog.database import Base, UtcDateTime, in_slices, new_id, now
from catalog.errors import NotFound
from catalog.organizations import Organization
from catalog.solutions import Solution, State
from impact import estimating, grading, measurements
from impact.effects import Measure
from impact.estimating import Estimate
from impact.grading import COMPARING, Design, Facts
from impact.measurements import Arm, Collection, Measurement, Phase, Reading, Verification
from impact.metrics import Metric, library, metric_of

KIND = "evaluation"

NORMAL_95 = 1.959964
"""Standard errors to both sides of a 95 % interval."""


class Analyst(StrEnum):
    """Who computed the numbers."""

    OWN = "own"
    INDEPENDENT = "independent"
    VENDOR = "vendor"


class Evaluation(Base):
    """What is asked, by which design, and what is known about how it was answered."""

    __tablename__ = "evaluations"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    adoption_id: Mapped[UUID] = mapped_column(
        ForeignKey("adoptions.id", ondelete="CASCADE"), index=True
    )
    adoption: Mapped[Adoption] = relationship(lazy="raise", foreign_keys=[adoption_id])
    metric: Mapped[str] = mapped_column(String(60), index=True)
    metric_version: Mapped[str] = mapped_column(String(20))
    design: Mapped[str] = mapped_column(String(30))
    starts_on: Mapped[date | None]
    """The day the solution came into use."""
    comparison: Mapped[str] = mapped_column(String(500), default="")
    """The unit compared with and how it was chosen."""
    similarity: Mapped[float | None]
    allocation: Mapped[str] = mapped_column(String(1000), default="")
    plan: Mapped[str] = mapped_column(String(4000), default="")
    plan_lodged_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    co_interventions: Mapped[str] = mapped_column(String(1000), default="")
    """What else changed at the time; empty if nothing did."""
    analyst: Mapped[str] = mapped_column(String(20), default=Analyst.OWN)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime(), default=now)
    is_sample: Mapped[bool] = mapped_column(default=False)


class Effect(Base):
    """What an evaluation found; derived, replaced whole when a measurement changes."""

    __tablename__ = "effects"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    evaluation_id: Mapped[UUID] = mapped_column(
        ForeignKey("evaluations.id", ondelete="CASCADE"), unique=True
    )
    evaluation: Mapped[Evaluation] = relationship(lazy="raise", foreign_keys=[evaluation_id])
    adoption_id: Mapped[UUID] = mapped_column(
        ForeignKey("adoptions.id", ondelete="CASCADE"), index=True
    )
    metric: Mapped[str] = mapped_column(String(60), index=True)
    scale: Mapped[str] = mapped_column(String(10))
    yi: Mapped[float]
    vi: Mapped[float | None]
    """The sampling variance; None where the effect cannot be pooled."""
    baseline: Mapped[float | None]
    """The level before, in the metric's unit."""
    cases: Mapped[float | None]
    """Of the smaller side."""
    period_end: Mapped[date]
    method: Mapped[str] = mapped_column(String(60))
    level: Mapped[int]
    reasons: Mapped[list[str]]
    rule_set: Mapped[str] = mapped_column(String(20))
    input_hash: Mapped[str] = mapped_column(String(64))
    computed_at: Mapped[datetime] = mapped_column(UtcDateTime(), default=now)
    is_sample: Mapped[bool] = mapped_column(default=False)

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval on the scale of the effect (normal), None without a variance."""
        if self.vi is None:
            return None
        reach = NORMAL_95 * math.sqrt(self.vi)
        return self.yi - reach, self.yi + reach


def by_id(session: Session, evaluation_id: UUID, *, hold: bool = False) -> Evaluation:
    """The evaluation with this id, with its use, solution and adopter."""
    query = _whole().where(Evaluation.id == evaluation_id)
    if hold:
        query = query.with_for_update(of=Evaluation).execution_options(populate_existing=True)
    found = session.scalar(query)
    if found is None:
        raise NotFound("There is no such evaluation.")
    return found


def of_adoption(session: Session, adoption_id: UUID) -> Sequence[Evaluation]:
    """The evaluations of a use, oldest first."""
    query = _whole().where(Evaluation.adoption_id == adoption_id).order_by(Evaluation.id)
    return session.scalars(query).all()


def effects_of(session: Session, evaluation_ids: Sequence[UUID]) -> Mapping[UUID, Effect]:
    """The effects of these evaluations, by evaluation; without one where a side is missing."""
    found: dict[UUID, Effect] = {}
    for part in in_slices(list(evaluation_ids)):
        query = select(Effect).where(Effect.evaluation_id.in_(part))
        found.update((row.evaluation_id, row) for row in session.scalars(query))
    return found


def of_solution(session: Session, solution_id: UUID, metric: str = "") -> Sequence[Effect]:
    """The effects at every use of a solution, with evaluation, adopter and place; by metric."""
    query = _effects().where(Adoption.solution_id == solution_id)
    if metric:
        query = query.where(Effect.metric == metric)
    return session.scalars(query).all()


def of_metric(session: Session, metric: str) -> Sequence[Effect]:
    """The effects on a metric at every use of a public solution, with evaluation and adopter."""
    query = (
        _effects()
        .join(Solution, Solution.id == Adoption.solution_id)
        .where(Effect.metric == metric, Solution.state == State.PUBLISHED)
    )
    return session.scalars(query).all()


def measured(session: Session) -> Mapping[str, tuple[int, int]]:
    """Metrics with an effect of a public solution: how many solutions and effects, by metric."""
    query = (
        select(Effect.metric, func.count(Adoption.solution_id.distinct()), func.count())
        .join(Adoption, Adoption.id == Effect.adoption_id)
        .join(Solution, Solution.id == Adoption.solution_id)
        .where(Solution.state == State.PUBLISHED)
        .group_by(Effect.metric)
    )
    return {metric: (places, effects) for metric, places, effects in session.execute(query)}


def is_public(effect: Effect) -> bool:
    """Whether enough cases stand behind an effect to show it, by the rule of its metric.

    Effects without a number of cases are no counts of few people and are shown.
    """
    fewest = metric_of(effect.metric).privacy.min_n_public
    return effect.cases is None or effect.cases >= fewest


def _effects() -> Select[Effect]:
    return (
        select(Effect)
        .join(Adoption, Adoption.id == Effect.adoption_id)
        .options(
            joinedload(Effect.evaluation)
            .joinedload(Evaluation.adoption)
            .options(
                joinedload(Adoption.organization).joinedload(Organization.municipality),
                joinedload(Adoption.solution),
            )
        )
        .order_by(Effect.metric, Effect.period_end, Effect.id)
    )


def _whole() -> Select[Evaluation]:
    return select(Evaluation).options(
        joinedload(Evaluation.adoption).options(
            joinedload(Adoption.organization).joinedload(Organization.municipality),
            joinedload(Adoption.solution),
        )
    )


def refresh(session: Session, evaluation: Evaluation, *, today: date) -> Effect | None:
    """Compute the effect of an evaluation anew from the measurements that hold."""
    session.flush()
    rows = measurements.current(session, evaluation.id)
    session.execute(delete(Effect).where(Effect.evaluation_id == evaluation.id))
    values = derived(evaluation, rows, today=today)
    if values is None:
        return None
    effect = Effect(**values)
    session.add(effect)
    session.flush()
    return effect


def derived(
    evaluation: Evaluation, rows: Sequence[Measurement], *, today: date
) -> dict[str, object] | None:
    """The columns of the effect that ``rows`` show; None while a side is missing."""
    metric = metric_of(evaluation.metric)
    design = Design(evaluation.design)
    readings = [row.reading for row in rows]
    if not readings:
        return None
    found = estimating.estimate(design, metric, readings)
    if found is None:
        return None
    facts = facts_of(evaluation, metric, rows, found, today)
    graded = grading.grade(facts)
    inputs = [msgspec.to_builtins(reading) for reading in readings]
    return {
        "evaluation_id": evaluation.id,
        "adoption_id": evaluation.adoption_id,
        "metric": metric.id,
        "scale": str(found.scale),
        "yi": found.y,
        "vi": found.v,
        "baseline": estimating.baseline_of(metric, readings),
        "cases": facts.cases,
        "period_end": max(reading.period_end for reading in readings),
        "method": found.method,
        "level": graded.level,
        "reasons": list(graded.reasons),
        "rule_set": graded.rule_set,
        "input_hash": hashlib.sha256(msgspec.json.encode(inputs)).hexdigest(),
        "is_sample": evaluation.is_sample,
    }


def facts_of(
    evaluation: Evaluation,
    metric: Metric,
    rows: Sequence[Measurement],
    found: Estimate,
    today: date,
) -> Facts:
    """What is known of how an effect was found, for its grade."""
    readings = [row.reading for row in rows]
    design = Design(evaluation.design)
    before = [r for r in readings if r.phase is Phase.BASELINE and r.arm is Arm.TREATED]
    after = [r for r in readings if r.phase is Phase.AFTER and r.arm is Arm.TREATED]
    whole = [r.completeness for r in readings if r.completeness is not None]
    last = max(r.period_end for r in readings)
    return Facts(
        design=design,
        has_spread=found.v is not None,
        is_estimate=any(r.collection is Collection.ESTIMATE for r in readings),
        cases=_smallest(readings, "n"),
        events=_smallest(readings, "events"),
        completeness=min(whole, default=None),
        follow_up_days=_days(after),
        months_differ=metric.seasonal
        and design not in COMPARING
        and _months(before) != _months(after),
        baseline_z=estimating.baseline_z(metric, readings),
        pre_trend_p=estimating.pre_trend_p(metric, readings),
        similarity=evaluation.similarity,
        months_before=len(before),
        months_after=len(after),
        co_intervention=bool(evaluation.co_interventions),
        analyst_is_vendor=evaluation.analyst == Analyst.VENDOR,
        is_verified=all(row.verification != Verification.SELF for row in rows),
        age_days=(today - last).days,
        has_plan=_planned_ahead(evaluation),
        has_allocation=bool(evaluation.allocation),
    )


def _planned_ahead(evaluation: Evaluation) -> bool:
    lodged, start = evaluation.plan_lodged_at, evaluation.starts_on
    return lodged is not None and start is not None and lodged.date() <= start


def _smallest(readings: Sequence[Reading], field: str) -> float | None:
    sides: dict[tuple[Arm, Phase], float] = {}
    for each in readings:
        number = getattr(each.numbers, field)
        if number is not None:
            key = (each.arm, each.phase)
            sides[key] = sides.get(key, 0.0) + number
    return min(sides.values(), default=None)


def _days(readings: Sequence[Reading]) -> int:
    if not readings:
        return 0
    first = min(r.period_start for r in readings)
    return (max(r.period_end for r in readings) - first).days + 1


def _months(readings: Sequence[Reading]) -> set[int]:
    """The months of the year that these periods touch."""
    found: set[int] = set()
    for each in readings:
        first = each.period_start.year * 12 + each.period_start.month - 1
        last = each.period_end.year * 12 + each.period_end.month - 1
        found.update(month % 12 for month in range(first, min(last, first + 11) + 1))
    return found


def is_pooled(effect: Effect) -> bool:
    """Whether an effect goes into a pool: it has a variance and the metric's present scale."""
    known = library().get(effect.metric)
    return effect.vi is not None and known is not None and Measure(effect.scale) is known.scale
