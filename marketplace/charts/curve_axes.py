"""The axes of the adoption curve: counts upwards, quarters and years to the right.

Classes used here: lm-grid, lm-axis (base line and its ticks), lm-axis-label.
"""

from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from marketplace.charts import drawing
from marketplace.charts.axis import write_number
from marketplace.charts.drawing import element

CLASSES = frozenset({"lm-grid", "lm-axis", "lm-axis-label"})

_YEARS_NAMED_BY_QUARTER = 2


@dataclass(frozen=True)
class Canvas:
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
        """The y of the base line, where a count is zero."""
        return self.height - self.below

    @property
    def end(self) -> float:
        """The x of the last day; right of it stand the names of the lines."""
        return self.width - self.right


@dataclass(frozen=True)
class Scales:
    """Days to x and counts to y inside a canvas."""

    canvas: Canvas
    first: date
    until: date
    ticks: tuple[float, ...]

    def x(self, day: date) -> float:
        """Return where a day stands."""
        days = max((self.until - self.first).days, 1)
        room = self.canvas.end - self.canvas.left
        return self.canvas.left + room * (day - self.first).days / days

    def y(self, count: float) -> float:
        """Return where a count stands."""
        room = self.canvas.bottom - self.canvas.top
        return self.canvas.bottom - room * count / self.ticks[-1]


def count_axis(scales: Scales, locale: str, *, decimals: int = 0) -> Markup:
    """Draw a line and a number for each round count."""
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
                write_number(tick, locale, decimals=decimals),
                x=canvas.left - 8,
                y=y + canvas.text * 0.35,
                class_="lm-axis-label",
                font_size=canvas.text,
                text_anchor="end",
            )
        )
    return Markup("").join(parts)


def time_axis(scales: Scales, pattern: str) -> Markup:
    """Draw the base line with its quarters and years; `pattern` writes a quarter."""
    canvas = scales.canvas
    base, left, end = (drawing.number(v) for v in (canvas.bottom, canvas.left, canvas.end))
    marks = _time_marks(scales, pattern)
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


def _time_marks(scales: Scales, pattern: str) -> list[tuple[float, str]]:
    """Choose what the time axis names: its two ends as quarters, and years between them.

    A short history names quarters throughout; the narrow drawing of a long one years only. A name
    is kept where it has room beside those kept before: the last quarter first, as the present
    matters most.
    """
    is_short = scales.until.year - scales.first.year < _YEARS_NAMED_BY_QUARTER
    named: list[tuple[float, str]] = []
    if is_short or scales.canvas.is_wide:
        named = [
            (scales.x(day), _quarter_name(day, pattern)) for day in (scales.until, scales.first)
        ]
    named += _quarter_marks(scales, pattern) if is_short else _year_marks(scales)
    marks: list[tuple[float, str]] = []
    for x, name in named:
        is_new = all(name != other for _, other in marks)
        if is_new and all(_is_apart(x, name, mark, scales.canvas) for mark in marks):
            marks.append((x, name))
    return sorted(marks)


def _quarter_marks(scales: Scales, pattern: str) -> list[tuple[float, str]]:
    marks, day = [], scales.first
    while day <= scales.until:
        marks.append((scales.x(day), _quarter_name(day, pattern)))
        day = next_quarter(day)
    return marks


def _year_marks(scales: Scales) -> list[tuple[float, str]]:
    years = range(scales.first.year + 1, scales.until.year + 1)
    every = _year_step(scales, len(years))
    return [(scales.x(date(year, 1, 1)), str(year)) for year in years if year % every == 0]


def _year_step(scales: Scales, count: int) -> int:
    """Return 1, 2, 5, 10, … so that the years named do not stand closer than 60 units."""
    room = max(1, int((scales.canvas.end - scales.canvas.left) / 60))
    return next(step for step in (1, 2, 5, 10, 20, 50, 100, 1000, 10000) if count <= step * room)


def _is_apart(x: float, name: str, other: tuple[float, str], canvas: Canvas) -> bool:
    half = (drawing.text_width(name, canvas.text) + drawing.text_width(other[1], canvas.text)) / 2
    return abs(x - other[0]) >= half + 10


def _quarter_name(day: date, pattern: str) -> str:
    return pattern.format(quarter=quarter_of(day), year=f"{day.year % 100:02}")


def quarter_of(day: date) -> int:
    """Return the quarter of the year, 1 to 4."""
    return (day.month - 1) // 3 + 1


def quarter_start(day: date) -> date:
    """Return the first day of the quarter of a day."""
    return date(day.year, 3 * quarter_of(day) - 2, 1)


def next_quarter(start: date) -> date:
    """Return the first day of the quarter after the one that begins on a day."""
    year, month = divmod(start.year * 12 + start.month + 2, 12)
    return date(year, month + 1, 1)
