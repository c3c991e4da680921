"""The picture of a series with its words and rows, for the reporter and for every reader."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from markupsafe import Markup

from impact import estimating
from impact.measurements import Arm, Phase, Reading
from impact.metrics import Metric
from marketplace.charts.drawing import Words
from marketplace.charts.series_plot import Month, SeriesLabels, series_plot
from marketplace.pages import figures
from marketplace.pages.reader import Reader
from marketplace.pages.synthesis_words import code_of
from marketplace.pages.wording import month

FEWEST_POINTS = 6
"""With fewer months a table says as much as a line."""


@dataclass(frozen=True)
class SeriesView:
    """A series: picture, sentence, and its months as rows (month, with, comparison)."""

    title: str
    drawing: Markup
    statement: str
    rows: Sequence[tuple[str, str, str]]
    has_comparison: bool


def series_view(
    reader: Reader,
    metric: Metric,
    readings: Sequence[Reading],
    starts_on: date | None,
    *,
    chart_id: str,
    title: str,
    fewest: int = 0,
) -> SeriesView | None:
    """The series that ``readings`` make; None where they are no series or fall below zero.

    Months with fewer than ``fewest`` cases are gaps: they are not shown.
    """
    sides = {arm: _months(metric, readings, arm, fewest) for arm in Arm}
    treated, comparison = sides[Arm.TREATED], sides[Arm.COMPARISON]
    known = [each.value for side in sides.values() for each in side if each.value is not None]
    if sum(each.value is not None for each in treated) < FEWEST_POINTS or min(known) < 0:
        return None
    said = _statement(reader, readings)
    code = code_of(reader)
    drawing = series_plot(
        treated,
        comparison,
        starts_on,
        chart_id=chart_id,
        words=Words(f"{title}: {metric.name[code]}", said),
        labels=SeriesLabels(
            reader._("The solution came"), metric.unit_label[code], reader._("Q{quarter}/{year}")
        ),
        locale=reader.language,
    )
    other = {each.day: each.value for each in comparison}
    own = {each.day: each.value for each in treated}
    rows = [
        (
            month(day, reader.language),
            figures.shown(own.get(day), reader.language) or "–",
            figures.shown(other.get(day), reader.language) or "–",
        )
        for day in sorted({*own, *other})
    ]
    return SeriesView(title, drawing, said, rows, bool(comparison))


def _months(metric: Metric, readings: Sequence[Reading], arm: Arm, fewest: int) -> list[Month]:
    """The values of one side by month, with a gap for each month that is not known."""
    known = {
        each.period_start.replace(day=1): each
        for each in readings
        if each.arm is arm and (each.period_end - each.period_start).days < 32
    }
    if not known:
        return []
    day, last = min(known), max(known)
    found = []
    while day <= last:
        reading = known.get(day)
        if reading is not None and _cases(reading) < fewest:
            reading = None
        found.append(Month(day, None if reading is None else estimating.level(metric, reading)))
        day = (day + timedelta(days=32)).replace(day=1)
    return found


def _cases(reading: Reading) -> float:
    return reading.numbers.n or reading.numbers.exposure or 0.0


def _statement(reader: Reader, readings: Sequence[Reading]) -> str:
    counts = [
        sum(r.arm is Arm.TREATED and r.phase is phase for r in readings)
        for phase in (Phase.BASELINE, Phase.AFTER)
    ]
    text = reader._("%(before)s months before the solution and %(after)s with it.")
    return text % {"before": counts[0], "after": counts[1]}
