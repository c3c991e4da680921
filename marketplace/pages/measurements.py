"""Report what was measured at one's own use, see its history, correct and withdraw."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect

from catalog import adoptions, records
from catalog.adoptions import Adoption
from catalog.database import Session
from catalog.errors import Conflict, Invalid, NotAllowed, NotFound, Problem
from impact import evaluations, grading, measurements, metrics, reporting
from impact.effects import Measure
from impact.evaluations import Evaluation
from impact.measurements import Collection, Measurement, Numbers, Phase, Reading, Reason
from impact.metrics import Metric
from impact.plausibility import Doubtful
from impact.reporting import Remarks
from marketplace import forms
from marketplace.forms import NO_ERRORS, Errors, Rejected
from marketplace.pages import figures
from marketplace.pages.frame import PageFrame, PageNotice
from marketplace.pages.reader import Reader, frame
from marketplace.pages.rendering import render
from marketplace.pages.synthesis_words import change, code_of
from marketplace.pages.wording import short_day
from marketplace.routing import get, paths, post
from marketplace.translations import sentence

Fields = Mapping[str, str]
Options = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Row:
    """One measurement with its place in the history."""

    phase: str
    period: str
    numbers: str
    recorded: str
    state: str
    href: str
    note: str


@dataclass(frozen=True)
class EvaluationView:
    """What was reported on one metric, what follows, how to do better."""

    metric: str
    found: str
    level: str
    reasons: Sequence[str]
    rows: Sequence[Row]


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
    adoption = _adoption(session, reader, id)
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
    adoption = _adoption(session, reader, id)
    metric = metrics.metric_of(data.get("metric", ""))
    try:
        readings = _readings(data, metric, reader, ("before", "after"))
        reporting.report(
            session,
            reader.actor,
            adoption,
            metric,
            readings,
            fields=["before", "after"],
            remarks=Remarks(is_confirmed=data.get("confirmed") == "1"),
            today=reader.today,
        )
    except (Invalid, Conflict) as refusal:
        page = _page(session, reader, adoption, metric, data, refusal=refusal)
        raise Rejected(page) from refusal
    return _done(reader, adoption, "measured")


@get(paths("measurement"))
def begin_correcting(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    measurement: FromPath[str],
) -> Response[str]:
    """The form that puts other numbers in the place of these."""
    adoption = _adoption(session, reader, id)
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
    adoption = _adoption(session, reader, id)
    row = _measurement(session, adoption, measurement)
    metric = metrics.metric_of(row.metric)
    evaluation = evaluations.by_id(session, row.evaluation_id, hold=True)
    note = forms.text(data, "note")
    try:
        if data.get("action") == "withdraw":
            reporting.withdraw(
                session, reader.actor, row, evaluation, note=note, today=reader.today
            )
            return _done(reader, adoption, "withdrawn")
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
    return _done(reader, adoption, "corrected")


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
        found.append(Reading(*days, numbers, phase, collection=known or Collection.SYSTEM_LOG))
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

    n = read("n")
    if metric.scale is Measure.LN_RR:
        return Numbers(n=_whole(n), events=read("events"))
    if metric.scale is Measure.LN_IRR:
        return Numbers(events=read("events"), exposure=read("exposure"))
    ends = figures.interval(data.get(f"{side}.spread", ""))
    value = read("value")
    if ends is not None:
        low, high = (read("spread", text=end) for end in ends)
        return Numbers(value=value, n=_whole(n), ci_low=low, ci_high=high)
    return Numbers(value=value, n=_whole(n), sd=read("spread"))


def _whole(number: float | None) -> int | None:
    return None if number is None or abs(number) > 2**31 else round(number)


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
    name = records.best(adoption.solution.public_record.name, reader.language)[0]
    solution = reader.address("solution", slug=adoption.solution.slug)
    back = reader.address("adoption", id=key)
    title = _("Correct a measurement") if row else _("Report measurements")
    context = MeasurementsPage(
        page=frame(
            reader,
            title,
            section="search",
            crumbs=[(_("Solutions"), reader.address("search")), (name, solution)],
            notices=_notices(reader, done),
            is_indexed=False,
        ),
        title=title,
        solution_name=name,
        solution_href=solution,
        action=reader.address("measurement", id=key, measurement=str(row.id)) if row else action,
        metric=metric.id if metric else "",
        metrics=[(each.id, each.name[code]) for each in metrics.reportable()],
        definition=metric.definition[code] if metric else "",
        unit=metric.unit_label[code] if metric else "",
        kind=_kind(metric) if metric else "",
        sides=[("reading", _phase(reader, row.phase))]
        if row
        else [("before", _("Before the solution")), ("after", _("With the solution"))],
        values=values,
        errors=_errors(reader, refusal),
        is_doubtful=isinstance(refusal, Doubtful),
        collections=_collections(reader),
        reasons=_reasons(reader),
        is_correction=row is not None,
        evaluations=_history(session, reader, adoption),
        back_href=action if row else back,
    )
    return render("measurements/show.html", context, status_code=422 if refusal else 200)


def _errors(reader: Reader, refusal: Invalid | Conflict | None) -> Errors:
    if refusal is None:
        return NO_ERRORS
    if isinstance(refusal, Conflict):
        return Errors({}, sentence(refusal, reader.language))
    return Errors({each.field: sentence(each, reader.language) for each in refusal.problems})


def _kind(metric: Metric) -> str:
    return {Measure.LN_RR: "share", Measure.LN_IRR: "rate"}.get(metric.scale, "mean")


def _notices(reader: Reader, done: str) -> Sequence[PageNotice]:
    _ = reader._
    texts = {
        "measured": _("Your measurement is recorded. The effect stands below."),
        "corrected": _("The correction is recorded. The old numbers stay in the history."),
        "withdrawn": _("The measurement is withdrawn. It stays in the history."),
    }
    return (PageNotice(texts[done], "ok", live="status"),) if done in texts else ()


def _phase(reader: Reader, phase: str) -> str:
    _ = reader._
    return {"baseline": _("Before"), "ramp_up": _("Introduction"), "after": _("After")}[phase]


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


def _reasons(reader: Reader) -> Options:
    _ = reader._
    return [
        (Reason.ERROR, _("There was an error")),
        (Reason.LATE_CASES, _("Cases came in late")),
        (Reason.METHOD_CHANGE, _("Counted in another way")),
    ]


def _history(session: Session, reader: Reader, adoption: Adoption) -> list[EvaluationView]:
    found = evaluations.of_adoption(session, adoption.id)
    keys = [each.id for each in found]
    rows, effects = measurements.history(session, keys), evaluations.effects_of(session, keys)
    book, code, _ = grading.rules(), code_of(reader), reader._
    views = []
    for each in found:
        metric, effect = metrics.metric_of(each.metric), effects.get(each.id)
        design = getattr(book.designs[grading.Design(each.design)], code)
        level = _("Level %(level)s of 6: %(design)s")
        views.append(
            EvaluationView(
                metric=metric.name[code],
                found=change(reader, metric, effect.yi) if effect else "",
                level=level % {"level": effect.level, "design": design} if effect else design,
                reasons=[getattr(book.checks[one], code) for one in effect.reasons]
                if effect
                else [],
                rows=_rows(reader, adoption, each, rows[each.id]),
            )
        )
    return views


def _rows(
    reader: Reader, adoption: Adoption, evaluation: Evaluation, rows: Sequence[Measurement]
) -> list[Row]:
    _ = reader._
    holding = {row.id for row in measurements.holding(rows)}
    metric = metrics.metric_of(evaluation.metric)
    parts = {"id": str(adoption.id)}
    return [
        Row(
            phase=_phase(reader, row.phase),
            period=_days(row.period_start, row.period_end, reader),
            numbers=_said(row, metric, reader),
            recorded=short_day(row.recorded_at.date(), reader.language),
            state=_("holds")
            if row.id in holding
            else _("withdrawn")
            if row.reason == Reason.WITHDRAWN
            else _("superseded"),
            href=reader.address("measurement", measurement=str(row.id), **parts)
            if row.id in holding
            else "",
            note=row.note,
        )
        for row in rows
    ]


def _days(start: date, end: date, reader: Reader) -> str:
    return f"{short_day(start, reader.language)} – {short_day(end, reader.language)}"


def _said(row: Measurement, metric: Metric, reader: Reader) -> str:
    language = reader.language
    if metric.scale in (Measure.LN_RR, Measure.RD):
        return reader._("%(events)s of %(n)s cases") % {
            "events": figures.shown(row.events, language, 0),
            "n": figures.shown(row.n, language, 0),
        }
    if metric.scale is Measure.LN_IRR:
        return reader._("%(events)s of %(n)s cases") % {
            "events": figures.shown(row.events, language, 0),
            "n": figures.shown(row.exposure, language, 0),
        }
    return reader._("mean %(value)s of %(n)s cases") % {
        "value": figures.shown(row.value, language),
        "n": figures.shown(row.n, language, 0),
    }


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


def _adoption(session: Session, reader: Reader, key: str) -> Adoption:
    try:
        adoption = adoptions.by_id(session, UUID(key))
    except ValueError:
        raise NotFound("There is no such adoption.") from None
    if not reader.actor.may_edit_for(adoption.organization_id):
        raise NotAllowed("Only editors of the adopting body may report measurements.")
    return adoption


def _measurement(session: Session, adoption: Adoption, key: str) -> Measurement:
    try:
        row = measurements.by_id(session, UUID(key), hold=True)
    except ValueError:
        raise NotFound("There is no such measurement.") from None
    if row.adoption_id != adoption.id:
        raise NotFound("There is no such measurement.")
    return row


def _done(reader: Reader, adoption: Adoption, done: str) -> Redirect:
    href = reader.address("measurements", {"done": done}, id=str(adoption.id))
    return Redirect(href, status_code=303)


HANDLERS: list[Any] = [show, report, begin_correcting, correct]
