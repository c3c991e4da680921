"""What was reported on a use so far, each number with its place in the history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from catalog.adoptions import Adoption
from catalog.database import Session
from impact import evaluations, grading, measurements, metrics
from impact.effects import Measure
from impact.evaluations import Evaluation
from impact.grading import COMPARING, Design
from impact.measurements import Arm, Measurement, Reason
from impact.metrics import Entry, Metric
from marketplace.pages import figures
from marketplace.pages.reader import Reader
from marketplace.pages.series_picture import SeriesView, series_view
from marketplace.pages.synthesis_words import change, code_of
from marketplace.pages.wording import short_day


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
    plan: Sequence[str]
    more_href: str
    picture: SeriesView | None


def phase_name(reader: Reader, phase: str) -> str:
    """A phase in words."""
    _ = reader._
    return {"baseline": _("Before"), "ramp_up": _("Introduction"), "after": _("After")}[phase]


def history_of(session: Session, reader: Reader, adoption: Adoption) -> list[EvaluationView]:
    """Every evaluation of a use with its numbers, those that were superseded too."""
    found = evaluations.of_adoption(session, adoption.id)
    keys = [each.id for each in found]
    rows, effects = measurements.history(session, keys), evaluations.effects_of(session, keys)
    book, code, _ = grading.rules(), code_of(reader), reader._
    views = []
    for number, each in enumerate(found, 1):
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
                plan=_plan(reader, each),
                more_href=_more(reader, each, metric),
                picture=series_view(
                    reader,
                    metric,
                    [row.reading for row in measurements.holding(rows[each.id])],
                    each.starts_on,
                    chart_id=f"series-{number}",
                    title=_("Month by month"),
                ),
            )
        )
    return views


def _plan(reader: Reader, evaluation: Evaluation) -> list[str]:
    """What was lodged beforehand, with its day."""
    if evaluation.plan_lodged_at is None:
        return []
    _ = reader._
    lodged = short_day(evaluation.plan_lodged_at.date(), reader.language)
    starts = short_day(evaluation.starts_on, reader.language) if evaluation.starts_on else ""
    said = [
        _("Plan lodged on %(day)s. The solution comes into use on %(start)s.")
        % {"day": lodged, "start": starts},
        _("Compared with: %(what)s") % {"what": evaluation.comparison},
        evaluation.plan,
    ]
    return [*said, evaluation.allocation] if evaluation.allocation else said


def _more(reader: Reader, evaluation: Evaluation, metric: Metric) -> str:
    """Where further months are reported; empty for what is no series."""
    has_months = Design(evaluation.design) in (*COMPARING, Design.INTERRUPTED_SERIES)
    if not has_months or metric.entry is not Entry.BEFORE_AFTER:
        return ""
    query = {"evaluation": str(evaluation.id)}
    return reader.address("measurement_series", query, id=str(evaluation.adoption_id))


def _rows(
    reader: Reader, adoption: Adoption, evaluation: Evaluation, rows: Sequence[Measurement]
) -> list[Row]:
    _ = reader._
    holding = {row.id for row in measurements.holding(rows)}
    metric = metrics.metric_of(evaluation.metric)
    parts = {"id": str(adoption.id)}
    return [
        Row(
            phase=_side(reader, row),
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


def _side(reader: Reader, row: Measurement) -> str:
    """Phase, arm and group of a row in words."""
    said = [row.stratum] if row.stratum else [phase_name(reader, row.phase)]
    if row.arm == Arm.COMPARISON and not row.stratum:
        said.append(reader._("comparison"))
    return ", ".join(said)


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
