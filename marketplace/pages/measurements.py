"""Report what was measured at one's own use, see its history, correct and withdraw."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect

from catalog import adoptions, records
from catalog.adoptions import Adoption
from catalog.database import Session
from catalog.errors import Conflict, Invalid, NotFound, Problem
from impact import evaluations, measurements, metrics, reporting
from impact.measurements import Arm, Collection, Measurement, Numbers, Phase, Reading, Reason
from impact.metrics import Entry, Metric
from impact.plausibility import Doubtful
from impact.reporting import Remarks
from marketplace import forms
from marketplace.forms import NO_ERRORS, Errors, Rejected
from marketplace.pages import figures
from marketplace.pages.frame import PageFrame, PageNotice
from marketplace.pages.measurement_history import EvaluationView, history_of, phase_name
from marketplace.pages.reader import Reader, frame
from marketplace.pages.rendering import render
from marketplace.pages.synthesis_words import code_of
from marketplace.routing import get, paths, post
from marketplace.translations import sentence

Fields = Mapping[str, str]
Options = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class MeasurementsPage:
    """The form for two numbers and everything that was reported before."""

    page: PageFrame
    title: str
    solution_name: str
    solution_href: str
    action: str
    metric: str
    metrics: Options
    definition: str
    unit: str
    kind: str
    has_groups: bool
    series_href: str
    plan_href: str
    sides: Sequence[tuple[str, str]]
    values: Fields
    errors: Errors
    is_doubtful: bool
    collections: Options
    reasons: Options
    is_correction: bool
    evaluations: Sequence[EvaluationView]
    back_href: str


@get(paths("measurements"))
def show(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    *,
    metric: FromQuery[str] = "",
    done: FromQuery[str] = "",
) -> Response[str]:
    """Choose a metric, report on it, see what was reported."""
    adoption = own_use(session, reader, id)
    chosen = metrics.metric_of(metric) if metric else None
    return _page(session, reader, adoption, chosen, {}, done=done)


@post(paths("measurements"))
def report(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    data: URLEncodedBody[dict[str, str]],
) -> Redirect:
    """Report two numbers; the form comes back filled where something is wrong or unlikely."""
    adoption = own_use(session, reader, id)
    metric = metrics.metric_of(data.get("metric", ""))
    try:
        sides = [name for name, _label in _sides(reader, metric)]
        readings = _readings(data, metric, reader, sides)
        reporting.report(
            session,
            reader.actor,
            adoption,
            metric,
            readings,
            fields=sides,
            remarks=Remarks(is_confirmed=data.get("confirmed") == "1"),
            today=reader.today,
        )
    except (Invalid, Conflict) as refusal:
        page = _page(session, reader, adoption, metric, data, refusal=refusal)
        raise Rejected(page) from refusal
    return done_with(reader, adoption, "measured")


@get(paths("measurement"))
def begin_correcting(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    measurement: FromPath[str],
) -> Response[str]:
    """The form that puts other numbers in the place of these."""
    adoption = own_use(session, reader, id)
    row = _measurement(session, adoption, measurement)
    values = _values(row, reader)
    return _page(session, reader, adoption, metrics.metric_of(row.metric), values, row=row)


@post(paths("measurement"))
def correct(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    measurement: FromPath[str],
    data: URLEncodedBody[dict[str, str]],
) -> Redirect:
    """Correct a measurement, or withdraw it; the old row stays in the history."""
    adoption = own_use(session, reader, id)
    row = _measurement(session, adoption, measurement)
    metric = metrics.metric_of(row.metric)
    evaluation = evaluations.by_id(session, row.evaluation_id, hold=True)
    note = forms.text(data, "note")
    try:
        if data.get("action") == "withdraw":
            reporting.withdraw(
                session, reader.actor, row, evaluation, note=note, today=reader.today
            )
            return done_with(reader, adoption, "withdrawn")
        reporting.correct(
            session,
            reader.actor,
            row,
            evaluation,
            replace(_readings(data, metric, reader, ("reading",))[0], phase=Phase(row.phase)),
            metric=metric,
            reason=_reason(data),
            note=note,
            is_confirmed=data.get("confirmed") == "1",
            today=reader.today,
        )
    except (Invalid, Conflict) as refusal:
        page = _page(session, reader, adoption, metric, data, refusal=refusal, row=row)
        raise Rejected(page) from refusal
    return done_with(reader, adoption, "corrected")


def _reason(data: Fields) -> Reason:
    wanted = data.get("reason", "")
    if wanted not in (Reason.ERROR, Reason.METHOD_CHANGE, Reason.LATE_CASES):
        raise Invalid("Say why the numbers change.", field="reason")
    return Reason(wanted)


def _readings(data: Fields, metric: Metric, reader: Reader, sides: Sequence[str]) -> list[Reading]:
    problems: list[Problem] = []
    found = []
    wanted = data.get("collection", "") or Collection.SYSTEM_LOG
    known = Collection(wanted) if wanted in set(Collection) else None
    if known is None:
        problems.append(Problem("collection", "Choose one of the ways given."))
    for side in sides:
        days = figures.period(data.get(f"{side}.period", ""), f"{side}.period")
        if isinstance(days, Problem):
            problems.append(days)
            days = (reader.today, reader.today)
        numbers = _numbers(data, metric, reader, side, problems)
        phase = Phase.BASELINE if side == "before" else Phase.AFTER
        arm = Arm.COMPARISON if side == "other" else Arm.TREATED
        stratum = forms.text(data, f"{side}.stratum")[:80]
        if metric.entry is Entry.GROUPS and not stratum and side != "reading":
            problems.append(Problem(f"{side}.stratum", "Name the group."))
        found.append(Reading(*days, numbers, phase, arm, stratum, known or Collection.SYSTEM_LOG))
    if problems:
        raise Invalid("Please check the numbers.", problems=problems)
    return found


def _numbers(
    data: Fields, metric: Metric, reader: Reader, side: str, problems: list[Problem]
) -> Numbers:
    def read(field: str, at: str = "", text: str | None = None) -> float | None:
        name = f"{side}.{at or field}"
        given = data.get(f"{side}.{field}", "") if text is None else text
        if not given.strip():
            return None
        value = figures.figure(given, name, metric, reader.language)
        if isinstance(value, Problem):
            problems.append(value)
            return None
        return value

    if metric.kind == "rate":
        return Numbers(events=read("events"), exposure=read("exposure"))
    n = figures.whole(read("n"), f"{side}.n")
    if isinstance(n, Problem):
        problems.append(n)
        n = None
    if metric.kind == "share":
        return Numbers(n=n, events=read("events"))
    ends = figures.interval(data.get(f"{side}.spread", ""))
    value = read("value")
    if ends is not None:
        low, high = (read("spread", text=end) for end in ends)
        return Numbers(value=value, n=n, ci_low=low, ci_high=high)
    return Numbers(value=value, n=n, sd=read("spread"))


def _page(
    session: Session,
    reader: Reader,
    adoption: Adoption,
    metric: Metric | None,
    values: Fields,
    *,
    refusal: Invalid | Conflict | None = None,
    row: Measurement | None = None,
    done: str = "",
) -> Response[str]:
    _, code = reader._, code_of(reader)
    key = str(adoption.id)
    action = reader.address("measurements", id=key)
    name, solution = solution_of(reader, adoption)
    back = reader.address("adoption", id=key)
    title = _("Correct a measurement") if row else _("Report measurements")
    context = MeasurementsPage(
        page=frame_of(reader, title, adoption, notices=_notices(reader, done)),
        title=title,
        solution_name=name,
        solution_href=solution,
        action=reader.address("measurement", id=key, measurement=str(row.id)) if row else action,
        metric=metric.id if metric else "",
        metrics=[(each.id, each.name[code]) for each in metrics.reportable()],
        definition=metric.definition[code] if metric else "",
        unit=metric.unit_label[code] if metric else "",
        kind=metric.kind if metric else "",
        has_groups=metric is not None and metric.entry is Entry.GROUPS,
        sides=[("reading", phase_name(reader, row.phase))] if row else _sides(reader, metric),
        values=values,
        errors=_errors(reader, refusal),
        is_doubtful=isinstance(refusal, Doubtful),
        collections=_collections(reader),
        reasons=_reasons(reader),
        is_correction=row is not None,
        series_href=reader.address("measurement_series", _chosen(metric), id=key),
        plan_href=reader.address("comparison_plan", id=key),
        evaluations=history_of(session, reader, adoption),
        back_href=action if row else back,
    )
    return render("measurements/show.html", context, status_code=422 if refusal else 200)


def solution_of(reader: Reader, adoption: Adoption) -> tuple[str, str]:
    """Name and address of the solution in use."""
    name = records.best(adoption.solution.public_record.name, reader.language)[0]
    return name, reader.address("solution", slug=adoption.solution.slug)


def frame_of(
    reader: Reader, title: str, adoption: Adoption, *, notices: Sequence[PageNotice] = ()
) -> PageFrame:
    """The frame of a page about the measurements of a use."""
    crumbs = [(reader._("Solutions"), reader.address("search")), solution_of(reader, adoption)]
    return frame(reader, title, section="search", crumbs=crumbs, notices=notices, is_indexed=False)


def _errors(reader: Reader, refusal: Invalid | Conflict | None) -> Errors:
    if refusal is None:
        return NO_ERRORS
    if isinstance(refusal, Conflict):
        return Errors({}, sentence(refusal, reader.language))
    return Errors({each.field: sentence(each, reader.language) for each in refusal.problems})


def _notices(reader: Reader, done: str) -> Sequence[PageNotice]:
    _ = reader._
    texts = {
        "measured": _("Your measurement is recorded. The effect stands below."),
        "corrected": _("The correction is recorded. The old numbers stay in the history."),
        "withdrawn": _("The measurement is withdrawn. It stays in the history."),
        "planned": _("Your plan is lodged with the date of today. Report the numbers there later."),
    }
    return (PageNotice(texts[done], "ok", live="status"),) if done in texts else ()


def _collections(reader: Reader) -> Options:
    _ = reader._
    return [
        (Collection.SYSTEM_LOG, _("System log")),
        (Collection.TIME_STUDY, _("Time study")),
        (Collection.SURVEY, _("Survey")),
        (Collection.AUDIT_SAMPLE, _("Audit sample")),
        (Collection.FINANCE_SYSTEM, _("Finance system")),
        (Collection.ESTIMATE, _("Estimate")),
    ]


def _sides(reader: Reader, metric: Metric | None) -> Options:
    _ = reader._
    if metric is not None and metric.entry is Entry.GROUPS:
        return [("one", _("One group")), ("other", _("The other group"))]
    return [("before", _("Before the solution")), ("after", _("With the solution"))]


def _chosen(metric: Metric | None) -> dict[str, str]:
    if metric is None or metric.entry is not Entry.BEFORE_AFTER:
        return {}
    return {"metric": metric.id}


def _reasons(reader: Reader) -> Options:
    _ = reader._
    return [
        (Reason.ERROR, _("There was an error")),
        (Reason.LATE_CASES, _("Cases came in late")),
        (Reason.METHOD_CHANGE, _("Counted in another way")),
    ]


def _values(row: Measurement, reader: Reader) -> Fields:
    """The numbers of a row as they would be typed."""

    def typed(value: float | None) -> str:
        text = "" if value is None else f"{value:.6g}"
        return text.replace(".", ",") if reader.language == "de" else text

    spread = typed(row.sd)
    if row.ci_low is not None and row.ci_high is not None:
        spread = f"{typed(row.ci_low)} – {typed(row.ci_high)}"
    return {
        "reading.period": f"{row.period_start.isoformat()} – {row.period_end.isoformat()}",
        "reading.value": typed(row.value),
        "reading.n": "" if row.n is None else str(row.n),
        "reading.events": typed(row.events),
        "reading.exposure": typed(row.exposure),
        "reading.spread": spread,
        "collection": row.collection,
    }


def own_use(session: Session, reader: Reader, key: str) -> Adoption:
    """The use that the reader reports on. Raises ``NotAllowed`` for whoever may not."""
    try:
        adoption = adoptions.by_id(session, UUID(key))
    except ValueError:
        raise NotFound("There is no such adoption.") from None
    reporting.require_reporter(reader.actor, adoption)
    return adoption


def _measurement(session: Session, adoption: Adoption, key: str) -> Measurement:
    try:
        row = measurements.by_id(session, UUID(key), hold=True)
    except ValueError:
        raise NotFound("There is no such measurement.") from None
    if row.adoption_id != adoption.id:
        raise NotFound("There is no such measurement.")
    return row


def done_with(reader: Reader, adoption: Adoption, done: str) -> Redirect:
    """Back to the measurements of a use, with the word of what was done."""
    href = reader.address("measurements", {"done": done}, id=str(adoption.id))
    return Redirect(href, status_code=303)


HANDLERS: list[Any] = [show, report, begin_correcting, correct]
