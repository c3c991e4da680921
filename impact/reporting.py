"""Reporting what was measured: two numbers, a monthly series, or a comparison planned ahead.

Editors of the adopting organization report. Every report writes measurements and computes the
effect of their evaluation anew in the same transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import insert
from sqlalchemy.orm import Session

from catalog import adoptions, changes
from catalog.adoptions import Adoption, Stage
from catalog.database import new_id, now
from catalog.errors import Conflict, Invalid, NotAllowed, Problem
from catalog.permissions import Actor, require
from impact import evaluations, measurements, plausibility
from impact.estimating import FEWEST_MONTHS
from impact.evaluations import Analyst, Effect, Evaluation
from impact.grading import COMPARING, Design
from impact.measurements import (
    Arm,
    Measurement,
    Phase,
    Reading,
    Reason,
    Verification,
    columns_of,
)
from impact.metrics import Entry, Metric, metric_of

MOST_READINGS = 400
"""Readings of one report: ten years of months in two arms, and some."""


@dataclass(frozen=True)
class Plan:
    """What is said before the numbers are known."""

    metric: Metric
    design: Design
    starts_on: date
    comparison: str
    plan: str
    allocation: str = ""
    similarity: float | None = None
    analyst: Analyst = Analyst.OWN


@dataclass(frozen=True)
class Remarks:
    """What a reporter says about the numbers besides the numbers."""

    starts_on: date | None = None
    co_interventions: str = ""
    analyst: Analyst = Analyst.OWN
    is_confirmed: bool = False
    """Whether unlikely numbers were confirmed."""


def report(
    session: Session,
    actor: Actor,
    adoption: Adoption,
    metric: Metric,
    readings: Sequence[Reading],
    *,
    fields: Sequence[str],
    remarks: Remarks,
    today: date,
) -> Evaluation:
    """Report a measurement before and one after, or a series of months.

    From eight months on each side the series is evaluated as one; otherwise before and after.
    Raises ``Invalid`` for what is wrong and ``plausibility.Doubtful`` for what is unlikely.
    """
    _require_editor(actor, adoption)
    if metric.entry is Entry.DERIVED:
        raise Invalid("This metric is computed from others, never entered.", field="metric")
    _check(metric, readings, fields, remarks, today)
    evaluation = Evaluation(
        adoption=adoption,
        metric=metric.id,
        metric_version=metric.version,
        design=design_of(metric, readings),
        starts_on=remarks.starts_on,
        co_interventions=remarks.co_interventions,
        analyst=remarks.analyst,
        is_sample=adoption.is_sample,
    )
    session.add(evaluation)
    session.flush()
    _append(session, actor, evaluation, readings)
    _finish(session, actor, evaluation, "measured", today=today)
    return evaluation


def lodge(
    session: Session, actor: Actor, adoption: Adoption, plan: Plan, *, today: date
) -> Evaluation:
    """Lodge the plan of a comparison, before or after the solution came; the time stamp counts.

    Raises ``Invalid`` where the design compares with nothing or what is compared is not named.
    """
    require_reporter(actor, adoption)
    problems = []
    if plan.design not in COMPARING:
        problems.append(Problem("design", "Choose a design with a comparison unit."))
    if not plan.comparison.strip():
        problems.append(Problem("comparison", "Name what you compare with and how you chose it."))
    if not plan.plan.strip():
        problems.append(Problem("plan", "Say what you will count, over whom and how long."))
    if plan.metric.entry is Entry.DERIVED:
        problems.append(Problem("metric", "This metric is computed from others, never entered."))
    if problems:
        raise Invalid("The plan is not complete.", problems=problems)
    evaluation = Evaluation(
        adoption=adoption,
        metric=plan.metric.id,
        metric_version=plan.metric.version,
        design=plan.design,
        starts_on=plan.starts_on,
        comparison=plan.comparison.strip(),
        similarity=plan.similarity,
        allocation=plan.allocation.strip(),
        plan=plan.plan.strip(),
        plan_lodged_at=now(),
        analyst=plan.analyst,
        is_sample=adoption.is_sample,
    )
    session.add(evaluation)
    session.flush()
    _finish(session, actor, evaluation, "planned", today=today)
    return evaluation


def add(
    session: Session,
    actor: Actor,
    evaluation: Evaluation,
    metric: Metric,
    readings: Sequence[Reading],
    *,
    fields: Sequence[str],
    is_confirmed: bool,
    today: date,
) -> Evaluation:
    """Add measurements to an evaluation whose plan was lodged or whose series goes on."""
    _require_editor(actor, evaluation.adoption)
    known = {
        (row.arm, row.phase, row.stratum, row.period_start)
        for row in measurements.current(session, evaluation.id)
    }
    for reading, field in zip(readings, fields, strict=True):
        if (reading.arm, reading.phase, reading.stratum, reading.period_start) in known:
            raise Conflict(
                "“%(field)s” is reported already. Correct that measurement instead.", field=field
            )
    _check(metric, readings, fields, Remarks(is_confirmed=is_confirmed), today)
    if Design(evaluation.design) not in COMPARING:
        held = [row.reading for row in measurements.current(session, evaluation.id)]
        evaluation.design = design_of(metric, [*held, *readings])
    _append(session, actor, evaluation, readings)
    _finish(session, actor, evaluation, "measured", today=today)
    return evaluation


def correct(
    session: Session,
    actor: Actor,
    measurement: Measurement,
    evaluation: Evaluation,
    reading: Reading,
    *,
    metric: Metric,
    reason: Reason,
    note: str = "",
    is_confirmed: bool = False,
    today: date,
) -> Measurement:
    """Put a row in the place of another; the old one stays in the history."""
    _require_editor(actor, evaluation.adoption)
    if reason is Reason.WITHDRAWN:
        raise Invalid("Say why the numbers change.", field="reason")
    _check(metric, [reading], ["reading"], Remarks(is_confirmed=is_confirmed), today)
    made = _follow(session, actor, measurement, reading, reason=reason, note=note)
    _finish(session, actor, evaluation, "corrected", today=today)
    return made


def withdraw(
    session: Session,
    actor: Actor,
    measurement: Measurement,
    evaluation: Evaluation,
    *,
    note: str,
    today: date,
) -> Measurement:
    """Take a measurement out of the count; it stays in the history with the reason."""
    _require_editor(actor, evaluation.adoption)
    if not note.strip():
        raise Invalid("Say why the measurement is withdrawn.", field="note")
    made = _follow(
        session, actor, measurement, measurement.reading, reason=Reason.WITHDRAWN, note=note
    )
    _finish(session, actor, evaluation, "withdrawn", today=today)
    return made


def verify(
    session: Session, actor: Actor, evaluation: Evaluation, *, today: date
) -> Sequence[Measurement]:
    """Say that the numbers were looked at: by a second editor, or by a moderator."""
    is_own = actor.may_edit_for(evaluation.adoption.organization_id)
    allowed = (is_own or actor.may_moderate) and actor.key_id is None
    require(allowed, "Only a second editor or a moderator verifies.")
    rows = measurements.current(session, evaluation.id)
    if not rows:
        raise Conflict("There is nothing to verify yet.")
    reporters = {row.reported_by_id for row in rows if row.reported_by_id}
    if actor.person_id in reporters and not actor.is_steward:
        raise NotAllowed("Somebody else than the reporter has to verify.")
    for row in rows:
        row.verification = Verification.SECOND_PERSON if is_own else Verification.MODERATION
        row.verified_at = now()
    _finish(session, actor, evaluation, "verified", today=today)
    return rows


def require_reporter(actor: Actor, adoption: Adoption) -> None:
    """Refuse whoever may not report for the adopting body."""
    require(
        actor.may_edit_for(adoption.organization_id),
        "Only editors of the adopting body may report measurements.",
    )


def require_reader(actor: Actor, adoption: Adoption) -> None:
    """Refuse whoever neither reports for the adopting body nor moderates."""
    require(
        actor.may_edit_for(adoption.organization_id) or actor.may_moderate,
        "Only editors of the adopting body may read what it reported.",
    )


def retract_adoption(session: Session, actor: Actor, adoption: Adoption) -> None:
    """Take back a declared use that was a mistake; one with measurements took place."""
    adopter = adoption.organization_id
    if actor.may_speak_for(adopter) and evaluations.of_adoption(session, adoption.id):
        raise Conflict("Measurements belong to this use, so it took place. End it instead.")
    adoptions.retract(session, actor, adoption)


@dataclass(frozen=True)
class Told:
    """An evaluation with its measurements as they are entered in bulk."""

    evaluation: Evaluation
    rows: Sequence[Measurement]


def enter_many(session: Session, actor: Actor, told: Sequence[Told], *, today: date) -> int:
    """Enter evaluations with measurements in bulk, as sample data do; how many effects follow."""
    require(actor.is_steward, "Only the node's steward enters many measurements at once.")
    session.add_all(each.evaluation for each in told)
    session.flush()
    session.add_all(row for each in told for row in each.rows)
    session.flush()
    found = [
        values
        for each in told
        if (values := evaluations.derived(each.evaluation, each.rows, today=today)) is not None
    ]
    if found:
        session.execute(
            insert(Effect).execution_options(render_nulls=True),
            [{"id": new_id(), "computed_at": now(), **values} for values in found],
        )
    return len(found)


def _require_editor(actor: Actor, adoption: Adoption) -> None:
    require_reporter(actor, adoption)
    if adoption.stage in (Stage.INTERESTED, Stage.PLANNED):
        raise Conflict("There is nothing to measure before the solution is tried out.")


def _check(
    metric: Metric,
    readings: Sequence[Reading],
    fields: Sequence[str],
    remarks: Remarks,
    today: date,
) -> None:
    if not readings:
        raise Invalid("Give at least one measurement.", field="readings")
    if len(readings) > MOST_READINGS:
        raise Invalid(
            "Give at most %(most)d measurements at once.", field="readings", most=MOST_READINGS
        )
    plausibility.check(metric, readings, fields, today=today, is_confirmed=remarks.is_confirmed)


def design_of(metric: Metric, readings: Sequence[Reading]) -> Design:
    """The design that readings without a lodged plan allow.

    Raises ``Invalid`` where a comparison has no plan or a group is missing.
    """
    if metric.entry is Entry.GROUPS:
        if {r.arm for r in readings} != set(Arm) or {r.phase for r in readings} != {Phase.AFTER}:
            raise Invalid(
                "Give both groups: one as “treated”, one as “comparison”, in the phase “after”.",
                field="arm",
            )
        return Design.CROSS_SECTION
    sides = [sum(r.phase is phase for r in readings) for phase in (Phase.BASELINE, Phase.AFTER)]
    if any(r.arm is Arm.COMPARISON for r in readings):
        raise Invalid("Lodge a plan first; a comparison belongs to it.", field="arm")
    if min(sides) >= FEWEST_MONTHS:
        return Design.INTERRUPTED_SERIES
    return Design.BEFORE_AFTER if all(sides) else Design.DESCRIBED


def _append(
    session: Session, actor: Actor, evaluation: Evaluation, readings: Sequence[Reading]
) -> None:
    session.add_all(
        Measurement(
            adoption_id=evaluation.adoption_id,
            evaluation_id=evaluation.id,
            metric=evaluation.metric,
            metric_version=evaluation.metric_version,
            reported_by_id=actor.person_id,
            is_sample=evaluation.is_sample,
            **columns_of(reading),
        )
        for reading in readings
    )


def _follow(
    session: Session,
    actor: Actor,
    old: Measurement,
    reading: Reading,
    *,
    reason: Reason,
    note: str,
) -> Measurement:
    if measurements.follower(session, old.id) is not None or old.reason == Reason.WITHDRAWN:
        raise Conflict("This measurement was corrected or withdrawn already. Take the newest one.")
    kept = replace(reading, phase=Phase(old.phase), arm=Arm(old.arm), stratum=old.stratum)
    made = Measurement(
        adoption_id=old.adoption_id,
        evaluation_id=old.evaluation_id,
        metric=old.metric,
        metric_version=old.metric_version,
        reported_by_id=actor.person_id,
        supersedes_id=old.id,
        reason=reason,
        note=note.strip()[:1000],
        is_sample=old.is_sample,
        **columns_of(kept),
    )
    session.add(made)
    return made


def _finish(
    session: Session, actor: Actor, evaluation: Evaluation, verb: str, *, today: date
) -> None:
    session.flush()
    held = [row.reading for row in measurements.current(session, evaluation.id)]
    if Design(evaluation.design) in (Design.INTERRUPTED_SERIES, Design.BEFORE_AFTER) and held:
        # A month less can leave a series too short to be evaluated as one.
        evaluation.design = design_of(metric_of(evaluation.metric), held)
    evaluations.refresh(session, evaluation, today=today)
    adopter = evaluation.adoption.organization_id
    changes.record(session, actor, verb, evaluations.KIND, evaluation.id, on_behalf_of=adopter)
