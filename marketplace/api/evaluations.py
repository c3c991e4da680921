"""Evaluations of one's own use: report numbers, lodge a plan, add to both, verify."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, RawBody
from msgspec import Meta, Struct

from catalog import adoptions
from catalog.database import Session
from catalog.errors import NotFound
from catalog.permissions import Actor
from impact import evaluations, measurements, metrics, reporting
from impact.evaluations import Analyst, Effect, Evaluation
from impact.grading import Design
from impact.measurements import Arm, Phase, Reading
from impact.reporting import MOST_READINGS, Plan, Remarks
from marketplace.api.adoptions import adoption_id
from marketplace.api.answers import ApiRequest, personal, require_match
from marketplace.api.measurements import (
    TAG,
    Counted,
    MeasurementAnswer,
    as_reading,
    asking,
    rows_of,
)
from marketplace.api.operations import BASE, id_in, named, reads, sent, signed_in, writes


class ReadingBody(Counted, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One period in one phase and arm."""

    phase: Phase
    arm: Arm = Arm.TREATED
    stratum: Annotated[str, Meta(max_length=80, description="The group, where groups count.")] = ""

    def reading(self) -> Reading:
        """The same as the domain takes it."""
        return as_reading(self, self.phase, self.arm, self.stratum)


class FoundAnswer(Struct, frozen=True):
    """What an evaluation found, with its computed level."""

    yi: float
    vi: float | None
    scale: str
    method: str
    level: int
    reasons: list[str]
    rule_set: str


class EvaluationAnswer(Struct, frozen=True, kw_only=True):
    """One question to one use: plan, numbers with their history, and what follows."""

    id: UUID
    adoption: UUID
    metric: str
    metric_version: str
    design: str
    starts_on: date | None
    comparison: str
    similarity: float | None
    allocation: str
    plan: str
    plan_lodged_at: Annotated[datetime | None, Meta(description="A lodged plan never changes.")]
    co_interventions: str
    analyst: str
    effect: FoundAnswer | None
    measurements: list[MeasurementAnswer]


class EvaluationList(Struct, frozen=True):
    """The evaluations of a use, oldest first."""

    items: list[EvaluationAnswer]


class ReportBody(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Two numbers, a series of months, or two groups, with what is to be known of them."""

    metric: Annotated[str, Meta(max_length=60, description="Id of a metric.")]
    readings: Annotated[list[ReadingBody], Meta(min_length=1, max_length=MOST_READINGS)]
    starts_on: Annotated[date | None, Meta(description="The day the solution came.")] = None
    co_interventions: Annotated[
        str, Meta(max_length=1000, description="What else changed at the time.")
    ] = ""
    analyst: Analyst = Analyst.OWN
    confirmed: Annotated[bool, Meta(description="Whether unlikely numbers are right.")] = False


class MoreBody(Struct, frozen=True, forbid_unknown_fields=True):
    """Further readings of an evaluation."""

    readings: Annotated[list[ReadingBody], Meta(min_length=1, max_length=MOST_READINGS)]
    confirmed: bool = False


class PlanBody(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is said before the numbers are known; it gets a time stamp and never changes."""

    metric: Annotated[str, Meta(max_length=60, description="Id of a metric.")]
    design: Annotated[Design, Meta(description="`did`, `matched` or `randomized`.")]
    starts_on: Annotated[date, Meta(description="The day the solution comes.")]
    comparison: Annotated[str, Meta(max_length=500, description="With what, and how chosen.")]
    plan: Annotated[str, Meta(max_length=4000, description="What is counted, how long.")]
    allocation: Annotated[str, Meta(max_length=1000, description="How chance decided.")] = ""
    similarity: Annotated[
        Annotated[float, Meta(ge=0, le=100)] | None,
        Meta(description="Largest standardized difference of both units."),
    ] = None
    analyst: Analyst = Analyst.OWN


@reads(
    "/adoptions/{adoption}/evaluations",
    EvaluationList,
    tag=TAG,
    is_personal=True,
    refusals=(403, 404),
)
def of_adoption(
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    adoption: FromPath[str],
) -> Response[bytes]:
    """List everything that your organization reported on one of its uses, with the history."""
    found = adoptions.by_id(session, adoption_id(adoption))
    reporting.require_reader(signed_in(actor), found)
    rows = evaluations.of_adoption(session, found.id)
    return personal(EvaluationList(_answers(session, rows)))


@writes(
    "POST",
    "/adoptions/{adoption}/evaluations",
    EvaluationAnswer,
    tag=TAG,
    takes=ReportBody,
    status=201,
    is_conditional=False,
    refusals=(404, 409, 410),
)
def report(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    adoption: FromPath[str],
    body: RawBody,
) -> Response[bytes]:
    """Report two numbers, a monthly series, or two groups.

    From eight months before and after on the series is evaluated as one. Unlikely numbers are
    refused once with the question; send them again with `confirmed`.
    """
    signed_in(actor)
    given = sent(request, body, ReportBody)
    metric = named(lambda: metrics.metric_of(given.metric), "metric")
    found = adoptions.by_id(session, adoption_id(adoption), hold=True)
    remarks = Remarks(given.starts_on, given.co_interventions, given.analyst, given.confirmed)
    made = asking(
        lambda: reporting.report(
            session,
            actor,
            found,
            metric,
            [each.reading() for each in given.readings],
            fields=_fields(given.readings),
            remarks=remarks,
            today=request.app.state.today(),
        )
    )
    return _made(session, made)


@writes(
    "POST",
    "/adoptions/{adoption}/plans",
    EvaluationAnswer,
    tag=TAG,
    takes=PlanBody,
    status=201,
    is_conditional=False,
    refusals=(404, 409, 410),
)
def lodge(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    adoption: FromPath[str],
    body: RawBody,
) -> Response[bytes]:
    """Lodge the plan of a comparison before the numbers are known; it never changes after."""
    signed_in(actor)
    given = sent(request, body, PlanBody)
    metric = named(lambda: metrics.metric_of(given.metric), "metric")
    found = adoptions.by_id(session, adoption_id(adoption), hold=True)
    plan = Plan(
        metric,
        given.design,
        given.starts_on,
        given.comparison,
        given.plan,
        given.allocation,
        given.similarity,
        given.analyst,
    )
    return _made(
        session, reporting.lodge(session, actor, found, plan, today=request.app.state.today())
    )


@reads(
    "/evaluations/{evaluation}",
    EvaluationAnswer,
    tag=TAG,
    is_personal=True,
    refusals=(403, 404),
)
def show(
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    evaluation: FromPath[str],
) -> Response[bytes]:
    """Read one evaluation of your organization with its plan, numbers and effect."""
    found = evaluations.by_id(session, _evaluation_id(evaluation))
    reporting.require_reader(signed_in(actor), found.adoption)
    return personal(_answer(session, found))


@writes(
    "POST",
    "/evaluations/{evaluation}/measurements",
    EvaluationAnswer,
    tag=TAG,
    takes=MoreBody,
    refusals=(404, 409, 410),
)
def add(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    evaluation: FromPath[str],
    body: RawBody,
) -> Response[bytes]:
    """Report the numbers of a lodged plan, or further months of a series."""
    signed_in(actor)
    given = sent(request, body, MoreBody)
    found = _matched(request, session, actor, evaluation)
    asking(
        lambda: reporting.add(
            session,
            actor,
            found,
            metrics.metric_of(found.metric),
            [each.reading() for each in given.readings],
            fields=_fields(given.readings),
            is_confirmed=given.confirmed,
            today=request.app.state.today(),
        )
    )
    return personal(_answer(session, found))


@writes(
    "POST",
    "/evaluations/{evaluation}/verify",
    EvaluationAnswer,
    tag=TAG,
    refusals=(404, 409, 410),
)
def verify(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    evaluation: FromPath[str],
) -> Response[bytes]:
    """Say that you looked at the numbers; the reporter cannot."""
    signed_in(actor)
    found = _matched(request, session, actor, evaluation)
    reporting.verify(session, actor, found, today=request.app.state.today())
    return personal(_answer(session, found))


def _matched(request: ApiRequest, session: Session, actor: Actor, key: str) -> Evaluation:
    found = evaluations.by_id(session, _evaluation_id(key), hold=True)
    reporting.require_reader(actor, found.adoption)
    require_match(request, _answer(session, found))
    return found


def _fields(readings: Sequence[ReadingBody]) -> list[str]:
    return [f"readings[{number}]" for number in range(len(readings))]


def _made(session: Session, evaluation: Evaluation) -> Response[bytes]:
    headers = {"Location": f"{BASE}/evaluations/{evaluation.id}"}
    return personal(_answer(session, evaluation), status=201, headers=headers)


def _answer(session: Session, evaluation: Evaluation) -> EvaluationAnswer:
    return _answers(session, [evaluation])[0]


def _answers(session: Session, found: Sequence[Evaluation]) -> list[EvaluationAnswer]:
    session.flush()
    keys = [each.id for each in found]
    rows, effects = measurements.history(session, keys), evaluations.effects_of(session, keys)
    return [
        EvaluationAnswer(
            id=each.id,
            adoption=each.adoption_id,
            metric=each.metric,
            metric_version=each.metric_version,
            design=each.design,
            starts_on=each.starts_on,
            comparison=each.comparison,
            similarity=each.similarity,
            allocation=each.allocation,
            plan=each.plan,
            plan_lodged_at=each.plan_lodged_at,
            co_interventions=each.co_interventions,
            analyst=each.analyst,
            effect=_found(effects.get(each.id)),
            measurements=rows_of(rows[each.id]),
        )
        for each in found
    ]


def _found(effect: Effect | None) -> FoundAnswer | None:
    if effect is None:
        return None
    return FoundAnswer(
        effect.yi,
        effect.vi,
        effect.scale,
        effect.method,
        effect.level,
        list(effect.reasons),
        effect.rule_set,
    )


def _evaluation_id(text: str) -> UUID:
    known = id_in(text)
    if known is None:
        raise NotFound("There is no such evaluation.")
    return known


HANDLERS: list[Any] = [of_adoption, report, lodge, show, add, verify]
