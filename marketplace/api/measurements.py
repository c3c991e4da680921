"""One measurement of one's own use: read with its place in the history, correct, withdraw.

Numbers of one body before they are pooled are its own affair, so only its editors and moderators
read them here; what follows from them is public under ``/solutions/{solution}/impact``.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, RawBody
from msgspec import Meta, Struct

from catalog.database import Session
from catalog.errors import NotFound
from catalog.permissions import Actor
from impact import evaluations, measurements, metrics, reporting
from impact.evaluations import Evaluation
from impact.measurements import Arm, Collection, Measurement, Numbers, Phase, Reading, Reason
from impact.plausibility import Doubtful
from marketplace.api.answers import ApiRequest, personal, require_match
from marketplace.api.operations import id_in, reads, sent, signed_in, writes
from marketplace.api.refusals import FieldError, Refused

TAG = "Measurements"

T = TypeVar("T")
Number = Annotated[float, Meta(ge=-1e12, le=1e12)]
Cases = Annotated[int, Meta(ge=0, le=2**31 - 1)]


class Counted(Struct, frozen=True, kw_only=True):
    """The numbers of one period: a mean with ``n`` and spread, events of ``n``, or events by
    exposure, as the metric is counted."""

    period_start: date
    period_end: date
    value: Annotated[Number | None, Meta(description="A mean, in the unit of the metric.")] = None
    n: Annotated[Cases | None, Meta(description="Over how many cases.")] = None
    sd: Annotated[Number | None, Meta(description="Standard deviation of the cases.")] = None
    events: Annotated[Number | None, Meta(description="Cases to which it applies.")] = None
    exposure: Annotated[Number | None, Meta(description="Among how many, for rates.")] = None
    ci_low: Annotated[Number | None, Meta(description="95 % interval of the mean.")] = None
    ci_high: Number | None = None
    collection: Annotated[Collection, Meta(description="How the numbers were found.")] = (
        Collection.SYSTEM_LOG
    )
    completeness: Annotated[
        Number | None, Meta(description="Percent of the eligible cases that were counted.")
    ] = None


class MeasurementAnswer(Counted, frozen=True, kw_only=True):
    """One reported number with its place in the history."""

    id: UUID
    evaluation: UUID
    phase: str
    arm: str
    stratum: str
    state: Annotated[str, Meta(description="`holds`, `superseded` or `withdrawn`.")]
    verification: str
    supersedes: UUID | None
    reason: Annotated[str, Meta(description="Why it took the place of another one.")]
    note: str
    recorded_at: datetime


class CorrectionBody(Counted, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Other numbers for the same phase and arm, and why."""

    reason: Annotated[Reason, Meta(description="`error`, `method_change` or `late_cases`.")]
    note: Annotated[str, Meta(max_length=1000)] = ""
    confirmed: bool = False


class WithdrawalBody(Struct, frozen=True, forbid_unknown_fields=True):
    """Why a measurement no longer counts."""

    note: Annotated[str, Meta(min_length=1, max_length=1000)]


@reads(
    "/measurements/{measurement}",
    MeasurementAnswer,
    tag=TAG,
    is_personal=True,
    refusals=(403, 404),
)
def measurement(
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    measurement: FromPath[str],
) -> Response[bytes]:
    """Read one measurement of your organization, whether it still holds or not."""
    row = measurements.by_id(session, measurement_id(measurement))
    found = evaluations.by_id(session, row.evaluation_id)
    reporting.require_reader(signed_in(actor), found.adoption)
    return personal(_row(session, row))


@writes(
    "POST",
    "/measurements/{measurement}/correct",
    MeasurementAnswer,
    tag=TAG,
    takes=CorrectionBody,
    refusals=(404, 409, 410),
)
def correct(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    measurement: FromPath[str],
    body: RawBody,
) -> Response[bytes]:
    """Put other numbers in the place of these; the old ones stay in the history."""
    signed_in(actor)
    given = sent(request, body, CorrectionBody)
    old, found = _held(request, session, actor, measurement)
    reading = as_reading(given, Phase(old.phase), Arm(old.arm), old.stratum)
    made = asking(
        lambda: reporting.correct(
            session,
            actor,
            old,
            found,
            reading,
            metric=metrics.metric_of(old.metric),
            reason=given.reason,
            note=given.note,
            is_confirmed=given.confirmed,
            today=request.app.state.today(),
        )
    )
    return personal(_row(session, made))


@writes(
    "POST",
    "/measurements/{measurement}/withdraw",
    MeasurementAnswer,
    tag=TAG,
    takes=WithdrawalBody,
    refusals=(404, 409, 410),
)
def withdraw(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    measurement: FromPath[str],
    body: RawBody,
) -> Response[bytes]:
    """Take a measurement out of the count; it stays in the history with the reason."""
    signed_in(actor)
    given = sent(request, body, WithdrawalBody)
    old, found = _held(request, session, actor, measurement)
    today = request.app.state.today()
    made = reporting.withdraw(session, actor, old, found, note=given.note, today=today)
    return personal(_row(session, made))


def measurement_id(text: str) -> UUID:
    """The id in an address; whatever else stands there names no measurement."""
    known = id_in(text)
    if known is None:
        raise NotFound("There is no such measurement.")
    return known


def asking(act: Callable[[], T]) -> T:
    """What ``act`` gives; unlikely numbers are refused with the way to confirm them."""
    try:
        return act()
    except Doubtful as doubt:
        raise Refused(
            422,
            "These numbers are unlikely. Send them again with “confirmed” if they are right.",
            errors=[FieldError(each.field, str(each)) for each in doubt.problems],
        ) from doubt


def as_reading(given: Counted, phase: Phase, arm: Arm, stratum: str) -> Reading:
    """Counted numbers as the domain takes them."""
    numbers = Numbers(
        value=given.value,
        n=given.n,
        sd=given.sd,
        events=given.events,
        exposure=given.exposure,
        ci_low=given.ci_low,
        ci_high=given.ci_high,
    )
    return Reading(
        given.period_start,
        given.period_end,
        numbers,
        phase,
        arm,
        stratum,
        given.collection,
        given.completeness,
    )


def _held(
    request: ApiRequest, session: Session, actor: Actor, key: str
) -> tuple[Measurement, Evaluation]:
    row = measurements.by_id(session, measurement_id(key), hold=True)
    found = evaluations.by_id(session, row.evaluation_id, hold=True)
    reporting.require_reader(actor, found.adoption)
    require_match(request, _row(session, row))
    return row, found


def _row(session: Session, row: Measurement) -> MeasurementAnswer:
    session.flush()
    rows = measurements.history(session, [row.evaluation_id])[row.evaluation_id]
    return next(each for each in rows_of(rows) if each.id == row.id)


def rows_of(rows: Sequence[Measurement]) -> list[MeasurementAnswer]:
    """The answers of a whole history, with what holds."""
    holding = {row.id for row in measurements.holding(rows)}
    return [
        MeasurementAnswer(
            id=row.id,
            evaluation=row.evaluation_id,
            period_start=row.period_start,
            period_end=row.period_end,
            phase=row.phase,
            arm=row.arm,
            stratum=row.stratum,
            value=row.value,
            n=row.n,
            sd=row.sd,
            events=row.events,
            exposure=row.exposure,
            ci_low=row.ci_low,
            ci_high=row.ci_high,
            collection=Collection(row.collection),
            completeness=row.completeness,
            state=_state(row, is_holding=row.id in holding),
            verification=row.verification,
            supersedes=row.supersedes_id,
            reason=row.reason,
            note=row.note,
            recorded_at=row.recorded_at,
        )
        for row in rows
    ]


def _state(row: Measurement, *, is_holding: bool) -> str:
    if is_holding:
        return "holds"
    return "withdrawn" if row.reason == Reason.WITHDRAWN else "superseded"


HANDLERS: list[Any] = [measurement, correct, withdraw]
