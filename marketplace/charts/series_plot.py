"""The series plot: a metric month by month, with the day on which the solution came.

A full line with dots is the place with the solution, a dashed one with rings the comparison. A
month without a value is a gap and is never bridged.

Classes used here: lm-step, lm-estimate (a month), lm-comparison, lm-comparison-dot,
lm-goal (the day of the intervention), lm-chart-label-quiet, and those of `curve_axes`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from marketplace.charts import curve_axes, drawing
from marketplace.charts.axis import decimals_of, nice_ticks, write_number
from marketplace.charts.curve_axes import Canvas, Scales, count_axis, time_axis
from marketplace.charts.drawing import Words, element, number

CLASSES = curve_axes.CLASSES | frozenset(
    {
        "lm-series-plot",
        "lm-step",
        "lm-estimate",
        "lm-comparison",
        "lm-comparison-dot",
        "lm-goal",
        "lm-chart-label-quiet",
    }
)


@dataclass(frozen=True)
class Month:
    """The value of a month, None where none is known or shown; `day` is its first."""

    day: date
    value: float | None


@dataclass(frozen=True)
class SeriesLabels:
    """The words inside; `quarter` holds {quarter} and {year}, `unit` stands above the values."""

    intervention: str
    unit: str
    quarter: str


def series_plot(
    treated: Sequence[Month],
    comparison: Sequence[Month],
    intervention: date | None,
    *,
    chart_id: str,
    words: Words,
    labels: SeriesLabels,
    locale: str,
) -> Markup:
    """Draw both series in order of time, wide and narrow; values are at least zero.

    Raises ValueError without any value or with one below zero.
    """
    values = [month.value for month in (*treated, *comparison) if month.value is not None]
    if not values or min(values) < 0:
        raise ValueError("A series needs a value, and none below zero.")
    ticks = nice_ticks(0, max(values), most=5, whole=False)
    widest = max(write_number(tick, locale, decimals=decimals_of(ticks)) for tick in ticks)
    drawings = []
    for suffix, width, height, size in (
        ("wide", 640.0, 300.0, drawing.WIDE_TEXT),
        ("narrow", drawing.NARROW_WIDTH, 280.0, drawing.NARROW_TEXT),
    ):
        canvas = Canvas(
            width,
            height,
            size,
            is_wide=suffix == "wide",
            left=drawing.text_width(widest, size) + 14,
            right=12,
            top=3.0 * size + 24,
        )
        days = [month.day for month in (*treated, *comparison)]
        scales = Scales(canvas, min(days), max(days), ticks)
        parts = [
            count_axis(scales, locale, decimals=decimals_of(ticks)),
            time_axis(scales, labels.quarter),
            _quiet(labels.unit, 0, size, size, "start"),
        ]
        if intervention is not None and scales.first <= intervention <= scales.until:
            parts.append(_intervention(scales, intervention, labels.intervention))
        if comparison:
            parts.append(_line(comparison, scales, "lm-comparison", "lm-comparison-dot"))
        parts.append(_line(treated, scales, "lm-step", "lm-estimate"))
        drawings.append(
            drawing.picture(
                f"{chart_id}-{suffix}", words, (width, height), *parts, class_="lm-series-plot"
            )
        )
    return drawing.wide_and_narrow(*drawings)


def _line(months: Sequence[Month], scales: Scales, line: str, dot: str) -> Markup:
    parts: list[Markup] = []
    run: list[tuple[float, float]] = []
    runs = [run]
    for month in months:
        if month.value is None:
            run = []
            runs.append(run)
            continue
        run.append((scales.x(month.day), scales.y(month.value)))
    for points in runs:
        if len(points) > 1:
            parts.append(element("path", class_=line, d=drawing.polyline(points), fill="none"))
        parts += [element("circle", class_=dot, cx=x, cy=y, r=3.5) for x, y in points]
    return Markup("").join(parts)


def _intervention(scales: Scales, day: date, name: str) -> Markup:
    canvas, x = scales.canvas, scales.x(day)
    top = canvas.top - 8
    line = element(
        "path",
        class_="lm-goal",
        d=f"M{number(x)} {number(top)}V{number(canvas.bottom)}",
        fill="none",
        stroke_dasharray="2 4",
    )
    lines = drawing.wrapped(name, size=canvas.text, room=canvas.width - 8, most=1)
    half = drawing.text_width(lines[0], canvas.text) / 2
    at = min(max(x, half), canvas.width - half)
    return line + _quiet(lines[0], at, top - 6, canvas.text, "middle")


def _quiet(content: str, x: float, y: float, size: int, anchor: str) -> Markup:
    return drawing.text(
        content, x=x, y=y, class_="lm-chart-label-quiet", font_size=size, text_anchor=anchor
    )
