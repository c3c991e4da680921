"""Report a monthly series: paste or upload, look at it, then let it count."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from litestar import Response
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, MultipartBody

from catalog.adoptions import Adoption
from catalog.database import Session
from catalog.errors import Conflict, Invalid, NotFound, Problem
from impact import estimating, evaluations, grading, measurements, metrics, plausibility, reporting
from impact.evaluations import Evaluation
from impact.grading import COMPARING, Design
from impact.measurements import Reading
from impact.metrics import Entry, Metric
from impact.plausibility import Doubtful
from impact.reporting import Remarks
from marketplace import forms
from marketplace.forms import NO_ERRORS, Errors, Rejected
from marketplace.pages import series_rows
from marketplace.pages.frame import PageFrame
from marketplace.pages.measurements import done_with, frame_of, own_use, solution_of
from marketplace.pages.reader import Reader
from marketplace.pages.rendering import render
from marketplace.pages.series_picture import SeriesView, series_view
from marketplace.pages.synthesis_words import change, code_of
from marketplace.routing import get, paths, post
from marketplace.translations import sentence

Options = Sequence[tuple[str, str]]

MOST_MESSAGES = 8
"""Lines that are named at once; the rest is told as a number."""


@dataclass(frozen=True)
class Preview:
    """What was read and is about to count."""

    rows: str
    starts_on: str
    said: str
    found: str
    questions: Sequence[str]
    picture: SeriesView | None


@dataclass(frozen=True)
class SeriesPage:
    """The form for a series and, once one was read, what it says."""

    page: PageFrame
    title: str
    solution_name: str
    solution_href: str
    action: str
    back_href: str
    metric: str
    metric_name: str
    metrics: Options
    definition: str
    columns: str
    example: str
    evaluation: str
    plan: str
    asks_start: bool
    values: Mapping[str, str]
    errors: Errors
    preview: Preview | None


@dataclass(frozen=True)
class _Asked:
    """What a series is about: a metric, or an evaluation that it belongs to."""

    adoption: Adoption
    metric: Metric | None
    evaluation: Evaluation | None

    @property
    def has_arms(self) -> bool:
        return self.evaluation is not None and Design(self.evaluation.design) in COMPARING


@dataclass(frozen=True)
class _Series:
    """What was read: each reading with the name of its line."""

    metric: Metric
    starts_on: date
    readings: Sequence[Reading]
    names: Sequence[str]


@get(paths("measurement_series"))
def show(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    *,
    metric: FromQuery[str] = "",
    evaluation: FromQuery[str] = "",
) -> Response[str]:
    """Choose a metric, see which columns are due."""
    asked = _asked(session, reader, id, metric, evaluation)
    return _page(reader, asked, {})


@post(paths("measurement_series"))
def report(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    data: MultipartBody[dict[str, Any]],
) -> Response[Any]:
    """Show what was read; what is sent once more after that counts."""
    upload = data.get("file")
    fields = {name: str(value) for name, value in data.items() if name != "file"}
    if isinstance(upload, UploadFile):
        content = upload.file.read(series_rows.LONGEST_TEXT + 1)
        if content.strip():
            fields["rows"] = series_rows.decoded(content)
    asked = _asked(session, reader, id, fields.get("metric", ""), fields.get("evaluation", ""))
    try:
        series = _given(reader, asked, fields)
        if fields.get("action") != "record":
            return _previewed(session, reader, asked, fields, series)
        _record(session, reader, asked, series)
    except (Invalid, Conflict) as refusal:
        errors = _errors(reader, refusal)
        raise Rejected(_page(reader, asked, fields, errors=errors)) from refusal
    return done_with(reader, asked.adoption, "measured")


def _asked(session: Session, reader: Reader, key: str, metric: str, evaluation: str) -> _Asked:
    adoption = own_use(session, reader, key)
    if not evaluation:
        chosen = metrics.metric_of(metric) if metric else None
        if chosen is not None and chosen.entry is not Entry.BEFORE_AFTER:
            raise NotFound("This metric is not reported month by month.")
        return _Asked(adoption, chosen, None)
    try:
        found = evaluations.by_id(session, UUID(evaluation), hold=True)
    except ValueError:
        raise NotFound("There is no such evaluation.") from None
    if found.adoption_id != adoption.id:
        raise NotFound("There is no such evaluation.")
    return _Asked(adoption, metrics.metric_of(found.metric), found)


def _given(reader: Reader, asked: _Asked, fields: Mapping[str, str]) -> _Series:
    problems: list[Problem] = []
    if asked.metric is None:
        raise Invalid("Choose a metric.", field="metric")
    starts_on = asked.evaluation.starts_on if asked.evaluation else None
    if starts_on is None:
        day = forms.day(fields, "starts_on")
        if isinstance(day, Problem):
            problems.append(day)
            day = reader.today
        starts_on = day
    text = fields.get("rows", "")
    if len(text) > series_rows.LONGEST_TEXT:
        raise Invalid("The text is too long. Send at most 400 lines.", field="rows")
    found = series_rows.read(
        text, asked.metric, starts_on, reader.language, has_arms=asked.has_arms
    )
    problems += [_at_line(line, each) for line, each in found.problems]
    if not found.readings and not found.problems:
        problems.append(Problem("rows", "Paste the months, or choose a file."))
    if problems:
        raise Invalid("Please check the numbers.", problems=problems)
    names = [f"rows[{line}]" for line in found.lines]
    return _Series(asked.metric, starts_on, found.readings, names)


def _at_line(line: int, problem: Problem) -> Problem:
    return Problem(f"rows[{line}]", problem.message, problem.params)


def _record(session: Session, reader: Reader, asked: _Asked, series: _Series) -> None:
    if asked.evaluation is not None:
        reporting.add(
            session,
            reader.actor,
            asked.evaluation,
            series.metric,
            series.readings,
            fields=series.names,
            is_confirmed=True,
            today=reader.today,
        )
        return
    reporting.report(
        session,
        reader.actor,
        asked.adoption,
        series.metric,
        series.readings,
        fields=series.names,
        remarks=Remarks(starts_on=series.starts_on, is_confirmed=True),
        today=reader.today,
    )


def _previewed(
    session: Session,
    reader: Reader,
    asked: _Asked,
    fields: Mapping[str, str],
    series: _Series,
) -> Response[str]:
    metric = series.metric
    questions: Sequence[str] = ()
    try:
        plausibility.check(
            metric, series.readings, series.names, today=reader.today, is_confirmed=False
        )
    except Doubtful as doubt:
        questions = [_line(reader, each) for each in doubt.problems]
    held = [
        row.reading
        for row in (measurements.current(session, asked.evaluation.id) if asked.evaluation else ())
    ]
    together = [*held, *series.readings]
    design = (
        Design(asked.evaluation.design)
        if asked.evaluation is not None and asked.has_arms
        else reporting.design_of(metric, together)
    )
    found = estimating.estimate(design, metric, together)
    _, code = reader._, code_of(reader)
    picture = series_view(
        reader, metric, together, series.starts_on, chart_id="series", title=_("Month by month")
    )
    preview = Preview(
        rows=fields.get("rows", ""),
        starts_on=fields.get("starts_on", ""),
        said=_("%(count)s lines were read. They are evaluated as: %(design)s.")
        % {"count": len(series.readings), "design": getattr(grading.rules().designs[design], code)},
        found=_("The numbers say: %(change)s.") % {"change": change(reader, metric, found.y)}
        if found
        else _("There is no effect yet, because a side is missing."),
        questions=_shortened(reader, questions),
        picture=picture,
    )
    return _page(reader, asked, fields, preview=preview)


def _line(reader: Reader, problem: Problem) -> str:
    """What is wrong with a line, with its number."""
    number = problem.field.partition("[")[2].partition("]")[0]
    said = sentence(problem, reader.language)
    if not number:
        return said
    return reader._("Line %(line)s: %(why)s") % {"line": number, "why": said}


def _shortened(reader: Reader, messages: Sequence[str]) -> list[str]:
    shown = list(messages[:MOST_MESSAGES])
    if len(messages) > MOST_MESSAGES:
        shown.append(reader._("And %(count)s more.") % {"count": len(messages) - MOST_MESSAGES})
    return shown


def _errors(reader: Reader, refusal: Invalid | Conflict) -> Errors:
    if isinstance(refusal, Conflict):
        return Errors({"rows": sentence(refusal, reader.language)})
    found = {
        each.field: sentence(each, reader.language)
        for each in refusal.problems
        if not each.field.startswith("rows")
    }
    lines = [_line(reader, each) for each in refusal.problems if each.field.startswith("rows")]
    if lines:
        found["rows"] = " ".join(_shortened(reader, lines))
    return Errors(found)


def _page(
    reader: Reader,
    asked: _Asked,
    values: Mapping[str, str],
    *,
    errors: Errors = NO_ERRORS,
    preview: Preview | None = None,
) -> Response[str]:
    _, code = reader._, code_of(reader)
    name, href = solution_of(reader, asked.adoption)
    key, metric, evaluation = str(asked.adoption.id), asked.metric, asked.evaluation
    title = _("Report a monthly series")
    columns, example = _columns(reader, metric, has_arms=asked.has_arms) if metric else ("", "")
    context = SeriesPage(
        page=frame_of(reader, title, asked.adoption),
        title=title,
        solution_name=name,
        solution_href=href,
        action=reader.address("measurement_series", id=key),
        back_href=reader.address("measurements", id=key),
        metric=metric.id if metric else "",
        metric_name=metric.name[code] if metric else "",
        metrics=[
            (each.id, each.name[code])
            for each in metrics.reportable()
            if each.entry is Entry.BEFORE_AFTER
        ],
        definition=metric.definition[code] if metric else "",
        columns=columns,
        example=example,
        evaluation=str(evaluation.id) if evaluation else "",
        plan=evaluation.plan if evaluation else "",
        asks_start=evaluation is None or evaluation.starts_on is None,
        values=values,
        errors=errors,
        preview=preview,
    )
    is_wrong = bool(errors.by_field)
    return render("measurements/series.html", context, status_code=422 if is_wrong else 200)


def _columns(reader: Reader, metric: Metric, *, has_arms: bool) -> tuple[str, str]:
    """The names of the columns that are due, and a line as it may look."""
    _ = reader._
    names, cells = {
        "share": ([_("cases to which it applies"), _("all cases")], ["112", "140"]),
        "rate": ([_("how often it happened"), _("among how many cases")], ["7", "1200"]),
        "mean": ([_("mean"), _("number of cases"), _("standard deviation")], ["18", "140", "9"]),
    }[metric.kind]
    if has_arms:
        names, cells = [_("“with” or “comparison”"), *names], [_("with"), *cells]
    return "; ".join([_("month"), *names]), "; ".join(["01/2025", *cells])


HANDLERS: list[Any] = [show, report]
