"""The forest plot: each study's effect with its interval, below them what they say together.

It also draws a cumulative synthesis and one that leaves out each study in turn: their rows are
syntheses of some of the studies. A filled square is an interval without zero, a hollow one holds
zero; an interval that runs off the axis ends in an arrow.

Classes used here: lm-interval, lm-estimate, lm-estimate-open, lm-pooled (the diamond) on
lm-pooled-row, lm-prediction and lm-prediction-end (the next municipality), lm-chart-label,
lm-chart-label-quiet, and those of `effect_axis`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto

from markupsafe import Markup

from marketplace.charts import drawing, effect_axis
from marketplace.charts.drawing import Words, element, number
from marketplace.charts.effect_axis import Bounds, EffectAxis, EffectScale, axis_of

CLASSES = effect_axis.CLASSES | frozenset(
    {
        "lm-forest-plot",
        "lm-interval",
        "lm-estimate",
        "lm-estimate-open",
        "lm-pooled",
        "lm-pooled-row",
        "lm-prediction",
        "lm-prediction-end",
        "lm-chart-label",
        "lm-chart-label-quiet",
    }
)

WIDE = 852.0
TEXT = 15
NAMES = 300.0
SPACIOUS = 30
"""With more rows than that, notes are left to the table and rows stand closer."""


class Sign(Enum):
    """How a row is drawn."""

    STUDY = auto()
    POOLED = auto()
    PREDICTION = auto()


@dataclass(frozen=True)
class ForestRow:
    """A row: its name and note, the effect with its interval, and the share of the weight.

    Raises ValueError when the interval does not hold the effect, or anything is not finite.
    """

    name: str
    estimate: float
    interval: Bounds
    note: str = ""
    weight: float = 0.0
    sign: Sign = Sign.STUDY

    def __post_init__(self) -> None:
        low, high = self.interval
        # Written so that NaN fails too.
        if not float("-inf") < low <= self.estimate <= high < float("inf"):
            raise ValueError("An interval is finite and holds its estimate.")

    @property
    def is_sure(self) -> bool:
        """Whether no effect at all lies outside of the interval."""
        return self.interval[0] > 0 or self.interval[1] < 0


@dataclass(frozen=True)
class ForestLabels:
    """The words inside: what left and right of the line mean, and what the axis counts."""

    less: str
    more: str
    axis: str


@dataclass(frozen=True)
class TableRow:
    """The same values for the table beside the picture."""

    name: str
    note: str
    estimate: str
    low: str
    high: str
    weight: float
    is_sure: bool
    sign: Sign


@dataclass(frozen=True)
class _Canvas:
    width: float
    text: int
    left: float
    right: float
    room: float
    is_wide: bool
    is_close: bool

    @property
    def line(self) -> float:
        return self.text + 5.0


@dataclass(frozen=True)
class _Placed:
    row: ForestRow
    names: tuple[str, ...]
    notes: tuple[str, ...]
    top: float
    height: float
    middle: float
    """The y of the interval."""


def forest_plot(
    rows: Sequence[ForestRow],
    scale: EffectScale,
    *,
    chart_id: str,
    words: Words,
    labels: ForestLabels,
) -> Markup:
    """Draw the rows in the order given, wide and narrow. Raises ValueError without any row."""
    if not rows:
        raise ValueError("A forest plot needs a row.")
    is_close = len(rows) > SPACIOUS
    narrow = drawing.NARROW_WIDTH
    values = max(drawing.text_width(_value(row, scale), TEXT) for row in rows)
    right = WIDE - min(values, 280.0) - 24
    canvases = {
        "wide": _Canvas(WIDE, TEXT, NAMES + 16, right, NAMES, is_wide=True, is_close=is_close),
        "narrow": _Canvas(
            narrow, drawing.NARROW_TEXT, 10, narrow - 10, narrow, is_wide=False, is_close=is_close
        ),
    }
    return drawing.broad(
        *(
            _draw(rows, scale, canvas, chart_id=f"{chart_id}-{suffix}", words=words, labels=labels)
            for suffix, canvas in canvases.items()
        )
    )


def as_table(rows: Sequence[ForestRow], scale: EffectScale) -> tuple[TableRow, ...]:
    """Return the same values as written rows."""
    return tuple(
        TableRow(
            row.name,
            row.note,
            scale.write(row.estimate),
            scale.write(row.interval[0]),
            scale.write(row.interval[1]),
            row.weight,
            row.is_sure,
            row.sign,
        )
        for row in rows
    )


def _draw(
    rows: Sequence[ForestRow],
    scale: EffectScale,
    canvas: _Canvas,
    *,
    chart_id: str,
    words: Words,
    labels: ForestLabels,
) -> Markup:
    axis = axis_of(
        scale,
        [row.interval for row in rows],
        [row.estimate for row in rows],
        left=canvas.left,
        right=canvas.right,
    )
    top = 2.0 * canvas.text + 16
    placed = _placed(rows, scale, canvas, top)
    bottom = placed[-1].top + placed[-1].height
    heaviest = max(row.weight for row in rows) or 1.0
    parts = [
        element(
            "rect", class_="lm-pooled-row", x=0, y=each.top, width=canvas.width, height=each.height
        )
        for each in placed
        if each.row.sign is Sign.POOLED
    ]
    parts.append(
        effect_axis.draw_axis(
            axis,
            top=top,
            bottom=bottom,
            size=canvas.text,
            most=7 if canvas.is_wide else 4,
            name=labels.axis,
            width=canvas.width,
        )
    )
    parts.append(
        effect_axis.direction_words(
            axis, labels.less, labels.more, y=top - 12, size=canvas.text, width=canvas.width
        )
    )
    parts += [_row(each, axis, canvas, heaviest) for each in placed]
    names = len(drawing.wrapped(labels.axis, size=canvas.text, room=canvas.width - 8))
    height = bottom + canvas.text + 18 + names * (canvas.text + 4)
    return drawing.picture(chart_id, words, (canvas.width, height), *parts, class_="lm-forest-plot")


def _placed(
    rows: Sequence[ForestRow], scale: EffectScale, canvas: _Canvas, top: float
) -> list[_Placed]:
    placed = []
    for row in rows:
        room = canvas.room
        if canvas.is_close and not canvas.is_wide:
            # The value stands behind the name, but never takes more than half of the line.
            value = drawing.text_width(_value(row, scale), canvas.text) + 8
            room -= min(value, canvas.room / 2)
        names = drawing.wrapped(row.name, size=canvas.text, room=room)
        notes: tuple[str, ...] = ()
        if row.note and not canvas.is_close:
            notes = drawing.wrapped(row.note, size=canvas.text, room=canvas.room, most=2)
        text = canvas.line * (len(names) + len(notes))
        padding = 4.0 if canvas.is_close else 14.0
        if canvas.is_wide:
            height = text + padding
            middle = top + height / 2
        else:
            text += 0 if canvas.is_close else canvas.line
            height = text + padding + 22
            middle = top + padding / 2 + text + 11
        placed.append(_Placed(row, names, notes, top, height, middle))
        top += height
    return placed


def _value(row: ForestRow, scale: EffectScale) -> str:
    interval = scale.interval(row.interval)
    return interval if row.sign is Sign.PREDICTION else f"{scale.write(row.estimate)} {interval}"


def _row(each: _Placed, axis: EffectAxis, canvas: _Canvas, heaviest: float) -> Markup:
    row, parts = each.row, []
    block = canvas.line * (len(each.names) + len(each.notes))
    padding = (each.height - block) / 2 if canvas.is_wide else (2.0 if canvas.is_close else 7.0)
    y = each.top + padding + canvas.text
    for lines, class_, weight in (
        (each.names, "lm-chart-label", 600),
        (each.notes, "lm-chart-label-quiet", None),
    ):
        for line in lines:
            parts.append(
                drawing.text(
                    line, x=0, y=y, class_=class_, font_size=canvas.text, font_weight=weight
                )
            )
            y += canvas.line
    if canvas.is_wide:
        y = each.middle + canvas.text * 0.35
    elif canvas.is_close:
        y = each.top + 2 + canvas.text
    parts.append(
        drawing.text(
            _value(row, axis.scale),
            x=canvas.width if canvas.is_wide or canvas.is_close else 0,
            y=y,
            class_="lm-chart-label",
            font_size=canvas.text,
            font_weight=600 if row.sign is Sign.POOLED else None,
            text_anchor="end" if canvas.is_wide or canvas.is_close else "start",
        )
    )
    parts.append(_sign(row, axis, each.middle, heaviest))
    return Markup("").join(parts)


def _sign(row: ForestRow, axis: EffectAxis, y: float, heaviest: float) -> Markup:
    if row.sign is Sign.POOLED:
        return _diamond(row, axis, y)
    is_prediction = row.sign is Sign.PREDICTION
    line = element(
        "path",
        class_="lm-prediction" if is_prediction else "lm-interval",
        d=f"M{number(axis.x(row.interval[0]))} {number(y)}H{number(axis.x(row.interval[1]))}",
        stroke_width=2,
    )
    ends = element(
        "path",
        class_="lm-prediction-end" if is_prediction else "lm-interval",
        d=_ends(row, axis, y, bracket=6 if is_prediction else 0),
        fill="none",
        stroke_width=2,
    )
    if is_prediction:
        return line + ends
    side = 8 + 6 * (max(row.weight, 0.0) / heaviest) ** 0.5
    x = axis.x(row.estimate)
    square = element(
        "rect",
        class_="lm-estimate" if row.is_sure else "lm-estimate-open",
        x=x - side / 2,
        y=y - side / 2,
        width=side,
        height=side,
    )
    return line + ends + square


def _ends(row: ForestRow, axis: EffectAxis, y: float, *, bracket: float) -> str:
    """The caps of an interval: an arrow where it runs off the axis, else a stroke or a bracket."""
    paths = []
    for value, edge, inward in (
        (row.interval[0], axis.low, 1.0),
        (row.interval[1], axis.high, -1.0),
    ):
        x = axis.x(value)
        if value * inward < edge * inward:
            corner = x + inward * 8
            paths.append(
                f"M{number(corner)} {number(y - 5)}L{number(x)} {number(y)}"
                f"L{number(corner)} {number(y + 5)}"
            )
        else:
            foot = x + inward * bracket
            paths.append(f"M{number(foot)} {number(y - 5)}H{number(x)}v10H{number(foot)}")
    return "".join(paths)


def _diamond(row: ForestRow, axis: EffectAxis, y: float) -> Markup:
    low, middle, high = (axis.x(v) for v in (row.interval[0], row.estimate, row.interval[1]))
    corners = [(low, y), (middle, y - 9), (high, y), (middle, y + 9)]
    return element("path", class_="lm-pooled", d=f"{drawing.polyline(corners)}z")
