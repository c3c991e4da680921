"""The adoption curve: how many municipalities run a solution, and how many have ended it.

A step line, because a count holds until the next municipality starts or ends. Ended is a dashed
line of its own, an equal stage and never red. The lines carry their names at their ends.

Classes used here: lm-step (the line), lm-area (below it), lm-ended (dashed line), lm-live (the
dot at the end), lm-grid, lm-axis (base line and its ticks), lm-axis-label, lm-chart-label (the
name of the line), lm-chart-label-quiet (the name of the dashed line, and the empty message).
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from operator import attrgetter

from markupsafe import Markup

from marketplace.charts import drawing
from marketplace.charts.axis import nice_ticks, write_number
from marketplace.charts.drawing import Words, element

CLASSES = frozenset(
    {
        "lm-adoption-curve",
        "lm-step",
        "lm-area",
        "lm-ended",
        "lm-live",
        "lm-grid",
        "lm-axis",
        "lm-axis-label",
        "lm-chart-label",
        "lm-chart-label-quiet",
    }
)


_LOWEST_TOP = 4
_YEARS_NAMED_BY_QUARTER = 2


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


@dataclass(frozen=True)
class _Canvas:
    """One of the two drawings: its size, text size and what it labels."""

    width: float
    height: float
    text: int
    is_wide: bool
    left: float
    right: float
    top: float = 14.0
    below: float = 32.0

    @property
    def bottom(self) -> float:
        return self.height - self.below

    @property
    def end(self) -> float:
        return self.width - self.right


@dataclass(frozen=True)
class _Scales:
    """Days to x and counts to y inside a canvas."""

    canvas: _Canvas
    first: date
    until: date
    ticks: tuple[float, ...]

    def x(self, day: date) -> float:
        days = max((self.until - self.first).days, 1)
        room = self.canvas.end - self.canvas.left
        return self.canvas.left + room * (day - self.first).days / days

    def y(self, count: float) -> float:
        room = self.canvas.bottom - self.canvas.top
        return self.canvas.bottom - room * count / self.ticks[-1]


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
        parts = [_grid(scales, locale), _time_axis(scales, labels)]
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
    day = _quarter_start(starts[0])
    while day <= until:
        following = _next_quarter(day)
        last_day = min(following - timedelta(days=1), until)
        held = told[bisect_right(starts, last_day) - 1]
        rows.append(QuarterRow(day.year, _quarter(day), held.live, held.ended))
        day = following
    return tuple(rows)


def _in_order(steps: Sequence[Step], until: date) -> list[Step]:
    last_of_day = {step.since: step for step in steps if step.since <= until}
    return sorted(last_of_day.values(), key=attrgetter("since"))


def _wide(told: Sequence[Step], labels: CurveLabels, locale: str) -> _Canvas:
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
    return _Canvas(512, 280, size, is_wide=True, left=_left(told, size, locale), right=right)


def _narrow(told: Sequence[Step], locale: str) -> _Canvas:
    size = drawing.NARROW_TEXT
    counts = [told[-1].live, told[-1].ended] if told else [0]
    room = max(drawing.text_width(write_number(count, locale), size) for count in counts)
    return _Canvas(
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


def _scales(told: Sequence[Step], until: date, canvas: _Canvas) -> _Scales:
    # An empty picture still shows a time: the year before the last day.
    first = _quarter_start(told[0].since if told else until - timedelta(days=365))
    return _Scales(canvas, first, until, _count_ticks(told))


def _grid(scales: _Scales, locale: str) -> Markup:
    canvas, parts = scales.canvas, []
    for tick in scales.ticks:
        y = scales.y(tick)
        if tick:
            line = (
                f"M{drawing.number(canvas.left)} {drawing.number(y)}H{drawing.number(canvas.end)}"
            )
            parts.append(element("path", class_="lm-grid", d=line))
        parts.append(
            drawing.text(
                write_number(tick, locale),
                x=canvas.left - 8,
                y=y + canvas.text * 0.35,
                class_="lm-axis-label",
                font_size=canvas.text,
                text_anchor="end",
            )
        )
    return Markup("").join(parts)


def _time_axis(scales: _Scales, labels: CurveLabels) -> Markup:
    canvas = scales.canvas
    base, left, end = (drawing.number(v) for v in (canvas.bottom, canvas.left, canvas.end))
    marks = _time_marks(scales, labels)
    ticks = "".join(f"M{drawing.number(x)} {base}v6" for x, _ in marks)
    parts = [element("path", class_="lm-axis", d=f"M{left} {base}H{end}{ticks}")]
    parts += [
        drawing.text(
            name,
            x=x,
            y=canvas.bottom + 10 + canvas.text,
            class_="lm-axis-label",
            font_size=canvas.text,
            text_anchor="middle",
        )
        for x, name in marks
    ]
    return Markup("").join(parts)


def _time_marks(scales: _Scales, labels: CurveLabels) -> list[tuple[float, str]]:
    """Choose what the time axis names: its two ends as quarters, and years between them.

    A short history names quarters throughout; the narrow drawing of a long one years only. A name
    is kept where it has room beside those kept before: the last quarter first, as the present
    matters most.
    """
    is_short = scales.until.year - scales.first.year < _YEARS_NAMED_BY_QUARTER
    named: list[tuple[float, str]] = []
    if is_short or scales.canvas.is_wide:
        named = [
            (scales.x(day), _quarter_name(day, labels)) for day in (scales.until, scales.first)
        ]
    named += _quarter_marks(scales, labels) if is_short else _year_marks(scales)
    marks: list[tuple[float, str]] = []
    for x, name in named:
        is_new = all(name != other for _, other in marks)
        if is_new and all(_is_apart(x, name, mark, scales.canvas) for mark in marks):
            marks.append((x, name))
    return sorted(marks)


def _quarter_marks(scales: _Scales, labels: CurveLabels) -> list[tuple[float, str]]:
    marks, day = [], scales.first
    while day <= scales.until:
        marks.append((scales.x(day), _quarter_name(day, labels)))
        day = _next_quarter(day)
    return marks


def _year_marks(scales: _Scales) -> list[tuple[float, str]]:
    years = range(scales.first.year + 1, scales.until.year + 1)
    every = _year_step(scales, len(years))
    return [(scales.x(date(year, 1, 1)), str(year)) for year in years if year % every == 0]


def _year_step(scales: _Scales, count: int) -> int:
    """Return 1, 2, 5, 10, … so that the years named do not stand closer than 60 units."""
    room = max(1, int((scales.canvas.end - scales.canvas.left) / 60))
    return next(step for step in (1, 2, 5, 10, 20, 50, 100, 1000, 10000) if count <= step * room)


def _is_apart(x: float, name: str, other: tuple[float, str], canvas: _Canvas) -> bool:
    half = (drawing.text_width(name, canvas.text) + drawing.text_width(other[1], canvas.text)) / 2
    return abs(x - other[0]) >= half + 10


def _lines(told: Sequence[Step], scales: _Scales, labels: CurveLabels, locale: str) -> list[Markup]:
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


def _stairs(values: Sequence[tuple[date, int]], scales: _Scales) -> list[tuple[float, float]]:
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


def _apart(quiet: float, loud: float, canvas: _Canvas) -> float:
    """Move the name of the dashed line away from the other name, below it where there is room."""
    line = canvas.text + 4
    if abs(quiet - loud) >= line:
        return quiet
    below, above = loud + line, loud - line
    if quiet >= loud:
        return below if below <= canvas.bottom else above
    return above if above >= canvas.top else below


def _end_label(
    count: int, name: str, y: float, scales: _Scales, locale: str, *, is_quiet: bool
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


def _message(scales: _Scales, labels: CurveLabels) -> Markup:
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


def _quarter(day: date) -> int:
    return (day.month - 1) // 3 + 1


def _quarter_name(day: date, labels: CurveLabels) -> str:
    return labels.quarter.format(quarter=_quarter(day), year=f"{day.year % 100:02}")


def _quarter_start(day: date) -> date:
    return date(day.year, 3 * _quarter(day) - 2, 1)


def _next_quarter(start: date) -> date:
    year, month = divmod(start.year * 12 + start.month + 2, 12)
    return date(year, month + 1, 1)
