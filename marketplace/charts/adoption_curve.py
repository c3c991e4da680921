"""The adoption curve: how many municipalities run a solution, and how many have ended it.

A step line, because a count holds until the next municipality starts or ends. Ended is a dashed
line of its own, an equal stage and never red. The lines carry their names at their ends.

Classes used here: lm-step (the line), lm-area (below it), lm-ended (dashed line), lm-live (the
dot at the end), lm-chart-label (the name of the line), lm-chart-label-quiet (the name of the
dashed line, and the empty message), and those of `curve_axes`.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from operator import attrgetter

from markupsafe import Markup

from marketplace.charts import curve_axes, drawing
from marketplace.charts.axis import nice_ticks, write_number
from marketplace.charts.curve_axes import (
    Canvas,
    Scales,
    count_axis,
    next_quarter,
    quarter_of,
    quarter_start,
    time_axis,
)
from marketplace.charts.drawing import Words, element

CLASSES = curve_axes.CLASSES | frozenset(
    {
        "lm-adoption-curve",
        "lm-step",
        "lm-area",
        "lm-ended",
        "lm-live",
        "lm-chart-label",
        "lm-chart-label-quiet",
    }
)


_LOWEST_TOP = 4


@dataclass(frozen=True)
class Step:
    """From this day on so many municipalities run the solution, and so many have ended it.

    Raises ValueError for a count below zero.
    """

    since: date
    live: int
    ended: int = 0

    def __post_init__(self) -> None:
        if self.live < 0 or self.ended < 0:
            raise ValueError("Municipalities cannot be counted below zero.")


@dataclass(frozen=True)
class CurveLabels:
    """The words inside the picture, in the language of the page.

    `live` and `ended` follow a number ("im Betrieb", "beendet"); `quarter` holds the places
    {quarter} and {year}, the year in two digits ("Q{quarter}/{year}"); `empty` stands in a
    picture without any step.
    """

    live: str
    ended: str
    quarter: str
    empty: str


@dataclass(frozen=True)
class QuarterRow:
    """What held at the end of a quarter, or on the last day told for the running one."""

    year: int
    quarter: int
    live: int
    ended: int


def adoption_curve(
    steps: Sequence[Step],
    until: date,
    *,
    chart_id: str,
    words: Words,
    labels: CurveLabels,
    locale: str,
) -> Markup:
    """Draw the curve from the quarter of the first step until a day, wide and narrow.

    Steps may come in any order; those after `until` are not told, and of several on one day the
    last given holds. Without any step, the picture is an empty grid with the message `empty`.
    """
    told = _in_order(steps, until)
    drawings = []
    for canvas, suffix in (
        (_wide(told, labels, locale), "wide"),
        (_narrow(told, locale), "narrow"),
    ):
        scales = _scales(told, until, canvas)
        parts = [count_axis(scales, locale), time_axis(scales, labels.quarter)]
        parts += _lines(told, scales, labels, locale) if told else [_message(scales, labels)]
        drawings.append(
            drawing.picture(
                f"{chart_id}-{suffix}",
                words,
                (canvas.width, canvas.height),
                *parts,
                class_="lm-adoption-curve",
            )
        )
    return drawing.wide_and_narrow(*drawings)


def as_table(steps: Sequence[Step], until: date) -> tuple[QuarterRow, ...]:
    """Return the same values as rows, one per quarter, the earliest first."""
    told = _in_order(steps, until)
    if not told:
        return ()
    starts = [step.since for step in told]
    rows = []
    day = quarter_start(starts[0])
    while day <= until:
        following = next_quarter(day)
        last_day = min(following - timedelta(days=1), until)
        held = told[bisect_right(starts, last_day) - 1]
        rows.append(QuarterRow(day.year, quarter_of(day), held.live, held.ended))
        day = following
    return tuple(rows)


def _in_order(steps: Sequence[Step], until: date) -> list[Step]:
    last_of_day = {step.since: step for step in steps if step.since <= until}
    return sorted(last_of_day.values(), key=attrgetter("since"))


def _wide(told: Sequence[Step], labels: CurveLabels, locale: str) -> Canvas:
    size = drawing.WIDE_TEXT
    names = (
        [
            _end_name(told[-1].live, labels.live, locale),
            _end_name(told[-1].ended, labels.ended, locale),
        ]
        if told
        else []
    )
    room = max((drawing.text_width(name, size) for name in names), default=0)
    # Beyond 40 percent the names would squeeze the curve; CSS lets the rest run out visibly.
    right = min(room + 14, 0.4 * 512)
    return Canvas(512, 280, size, is_wide=True, left=_left(told, size, locale), right=right)


def _narrow(told: Sequence[Step], locale: str) -> Canvas:
    size = drawing.NARROW_TEXT
    counts = [told[-1].live, told[-1].ended] if told else [0]
    room = max(drawing.text_width(write_number(count, locale), size) for count in counts)
    return Canvas(
        drawing.NARROW_WIDTH,
        232,
        size,
        is_wide=False,
        left=_left(told, size, locale),
        right=room + 14,
    )


def _left(told: Sequence[Step], size: int, locale: str) -> float:
    widest = write_number(_count_ticks(told)[-1], locale)
    return drawing.text_width(widest, size) + 10


def _count_ticks(told: Sequence[Step]) -> tuple[float, ...]:
    highest = max((max(step.live, step.ended) for step in told), default=0)
    # A single municipality shall not fill the picture.
    return nice_ticks(0, max(highest, _LOWEST_TOP), most=5)


def _scales(told: Sequence[Step], until: date, canvas: Canvas) -> Scales:
    # An empty picture still shows a time: the year before the last day.
    first = quarter_start(told[0].since if told else until - timedelta(days=365))
    return Scales(canvas, first, until, _count_ticks(told))


def _lines(told: Sequence[Step], scales: Scales, labels: CurveLabels, locale: str) -> list[Markup]:
    canvas, last = scales.canvas, told[-1]
    live = _stairs([(step.since, step.live) for step in told], scales)
    base = drawing.number(canvas.bottom)
    area = f"{drawing.polyline(live)}V{base}H{drawing.number(live[0][0])}z"
    parts = [element("path", class_="lm-area", d=area)]
    live_y, ended_y = scales.y(last.live), scales.y(last.ended)
    parts.append(
        element("path", class_="lm-step", d=drawing.polyline(live), fill="none", stroke_width=3)
    )
    if any(step.ended for step in told):
        ended = _stairs([(step.since, step.ended) for step in told], scales)
        parts.append(
            element(
                "path",
                class_="lm-ended",
                d=drawing.polyline(ended),
                fill="none",
                stroke_width=2,
                stroke_dasharray="6 4",
            )
        )
        name_y = _apart(ended_y, live_y, canvas)
        parts.append(_end_label(last.ended, labels.ended, name_y, scales, locale, is_quiet=True))
    parts.append(element("circle", class_="lm-live", cx=canvas.end, cy=live_y, r=5))
    parts.append(_end_label(last.live, labels.live, live_y, scales, locale, is_quiet=False))
    return parts


def _stairs(values: Sequence[tuple[date, int]], scales: Scales) -> list[tuple[float, float]]:
    """Return the corners of a step line from the first day of the axis to its last.

    Before the first step nobody ran the solution.
    """
    corners = [] if values[0][0] == scales.first else [(scales.x(scales.first), scales.y(0))]
    for day, count in values:
        x, y = scales.x(day), scales.y(count)
        if corners and corners[-1][1] != y:
            corners.append((x, corners[-1][1]))
        if not corners or corners[-1][1] != y:
            corners.append((x, y))
    corners.append((scales.canvas.end, corners[-1][1]))
    return corners


def _apart(quiet: float, loud: float, canvas: Canvas) -> float:
    """Move the name of the dashed line away from the other name, below it where there is room."""
    line = canvas.text + 4
    if abs(quiet - loud) >= line:
        return quiet
    below, above = loud + line, loud - line
    if quiet >= loud:
        return below if below <= canvas.bottom else above
    return above if above >= canvas.top else below


def _end_label(
    count: int, name: str, y: float, scales: Scales, locale: str, *, is_quiet: bool
) -> Markup:
    canvas = scales.canvas
    content = _end_name(count, name, locale) if canvas.is_wide else write_number(count, locale)
    return drawing.text(
        content,
        x=canvas.end + 10,
        y=y + canvas.text * 0.35,
        class_="lm-chart-label-quiet" if is_quiet else "lm-chart-label",
        font_size=canvas.text,
        font_weight=None if is_quiet else 600,
    )


def _message(scales: Scales, labels: CurveLabels) -> Markup:
    canvas = scales.canvas
    return drawing.text(
        labels.empty,
        x=(canvas.left + canvas.end) / 2,
        # Between two grid lines, never across one.
        y=(scales.y(scales.ticks[2]) + scales.y(scales.ticks[3])) / 2 + canvas.text * 0.35,
        class_="lm-chart-label-quiet",
        font_size=canvas.text,
        text_anchor="middle",
    )


def _end_name(count: int, name: str, locale: str) -> str:
    return f"{write_number(count, locale)} {name}"
