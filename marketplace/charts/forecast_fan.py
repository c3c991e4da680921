"""The forecast fan: how many run a solution until now, and how many may.

A step line until today, then a dashed middle inside two bands: what is likely in 50 and possible
in 90 of 100 cases. The goal, if there is one, is a dotted line.

Classes used here: lm-step, lm-median, lm-band-50, lm-band-90, lm-goal, lm-axis (today),
lm-chart-label, lm-chart-label-quiet, and those of `curve_axes`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from markupsafe import Markup

from marketplace.charts import curve_axes, drawing
from marketplace.charts.axis import nice_ticks, write_number
from marketplace.charts.curve_axes import Canvas, Scales, count_axis, time_axis
from marketplace.charts.drawing import Words, element, number

CLASSES = curve_axes.CLASSES | frozenset(
    {
        "lm-forecast-fan",
        "lm-step",
        "lm-median",
        "lm-band-50",
        "lm-band-90",
        "lm-goal",
        "lm-chart-label",
        "lm-chart-label-quiet",
    }
)


@dataclass(frozen=True)
class Outlook:
    """The forecast for a day: the quantiles 5, 25, 50, 75 and 95 of 100, in rising order."""

    day: date
    quantiles: tuple[float, float, float, float, float]

    def __post_init__(self) -> None:
        if not all(0 <= low <= high for low, high in pairwise(self.quantiles)):
            raise ValueError("Quantiles rise from zero on.")


@dataclass(frozen=True)
class FanLabels:
    """The words inside; `quarter` holds {quarter} and {year}, `goal` is empty without a goal."""

    today: str
    quarter: str
    goal: str = ""


def forecast_fan(
    history: Sequence[tuple[date, int]],
    outlook: Sequence[Outlook],
    *,
    goal: float | None = None,
    chart_id: str,
    words: Words,
    labels: FanLabels,
    locale: str,
) -> Markup:
    """Draw history and outlook in order of time; the last day of the history is today.

    Raises ValueError without a history or an outlook that follows it.
    """
    if not history or not outlook or outlook[0].day <= history[-1][0]:
        raise ValueError("A forecast follows a history.")
    highest = max([float(count) for _, count in history] + [o.quantiles[-1] for o in outlook])
    ticks = nice_ticks(0, max(highest, goal or 0.0, 4.0), most=5)
    drawings = []
    for suffix, width, height, size in (
        ("wide", 640.0, 320.0, drawing.WIDE_TEXT),
        ("narrow", drawing.NARROW_WIDTH, 280.0, drawing.NARROW_TEXT),
    ):
        room = drawing.text_width(write_number(ticks[-1], locale), size)
        canvas = Canvas(
            width, height, size, is_wide=suffix == "wide", left=room + 10, right=room + 14, top=44
        )
        scales = Scales(canvas, history[0][0], outlook[-1].day, ticks)
        parts = [_band(history, outlook, scales, band) for band in ((0, 4, 90), (1, 3, 50))]
        parts += [count_axis(scales, locale), time_axis(scales, labels.quarter)]
        if goal is not None:
            parts.append(_goal(scales, goal, labels.goal))
        parts += _lines(history, outlook, scales, labels, locale)
        drawings.append(
            drawing.picture(
                f"{chart_id}-{suffix}", words, (width, height), *parts, class_="lm-forecast-fan"
            )
        )
    return drawing.wide_and_narrow(*drawings)


def _band(
    history: Sequence[tuple[date, int]],
    outlook: Sequence[Outlook],
    scales: Scales,
    band: tuple[int, int, int],
) -> Markup:
    low, high, share = band
    day, count = history[-1]
    start = (scales.x(day), scales.y(count))
    above = [(scales.x(o.day), scales.y(o.quantiles[high])) for o in outlook]
    below = [(scales.x(o.day), scales.y(o.quantiles[low])) for o in reversed(outlook)]
    line = f"{drawing.polyline([start, *above, *below])}z"
    return element("path", class_=f"lm-band-{share}", d=line)


def _goal(scales: Scales, goal: float, name: str) -> Markup:
    canvas, y = scales.canvas, scales.y(goal)
    line = element(
        "path",
        class_="lm-goal",
        d=f"M{number(canvas.left)} {number(y)}H{number(canvas.end)}",
        fill="none",
        stroke_dasharray="2 4",
    )
    return line + _text(name, canvas.left + 4, y + canvas.text + 4, canvas.text, "start")


def _lines(
    history: Sequence[tuple[date, int]],
    outlook: Sequence[Outlook],
    scales: Scales,
    labels: FanLabels,
    locale: str,
) -> list[Markup]:
    canvas, (today, count) = scales.canvas, history[-1]
    corners: list[tuple[float, float]] = []
    for day, held in history:
        if corners:
            corners.append((scales.x(day), corners[-1][1]))
        corners.append((scales.x(day), scales.y(held)))
    middle = [(scales.x(today), scales.y(count))]
    middle += [(scales.x(o.day), scales.y(o.quantiles[2])) for o in outlook]
    x = scales.x(today)
    last = outlook[-1].quantiles[2]
    half = drawing.text_width(labels.today, canvas.text) / 2
    return [
        element(
            "path",
            class_="lm-axis",
            d=f"M{number(x)} {number(canvas.top - 8)}V{number(canvas.bottom)}",
        ),
        element("path", class_="lm-step", d=drawing.polyline(corners), fill="none", stroke_width=3),
        element(
            "path",
            class_="lm-median",
            d=drawing.polyline(middle),
            fill="none",
            stroke_dasharray="8 5",
        ),
        _text(
            labels.today,
            min(max(x, half), canvas.width - half),
            canvas.top - 14,
            canvas.text,
            "middle",
        ),
        drawing.text(
            write_number(round(last), locale),
            x=canvas.end + 8,
            y=scales.y(last) + canvas.text * 0.35,
            class_="lm-chart-label",
            font_size=canvas.text,
            font_weight=600,
        ),
    ]


def _text(content: str, x: float, y: float, size: int, anchor: str) -> Markup:
    return drawing.text(
        content, x=x, y=y, class_="lm-chart-label-quiet", font_size=size, text_anchor=anchor
    )
