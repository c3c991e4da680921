"""The axis of effects: linear for differences, logarithmic for ratios, with a line at no effect.

Effects come on the scale they are pooled on. Those of ratios are natural logarithms and are
written as change in percent, from tenfold on as a factor.

Classes used here: lm-grid, lm-axis (the line at no effect), lm-axis-label.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from markupsafe import Markup

from marketplace.charts import drawing
from marketplace.charts.axis import nice_ticks, write_number
from marketplace.charts.drawing import element

CLASSES = frozenset({"lm-grid", "lm-axis", "lm-axis-label"})

Bounds = tuple[float, float]

_TENFOLD = math.log(10)
_FARTHEST = math.log(1e9)
"""Factors beyond this are written as more than it."""
_MOST_LINEAR = math.log(4)
"""Ratios over a wider range are told in factors of ten, a narrower one in even percentages."""
_SIDE = 0.15
"""The share of the axis that lies on either side of no effect at least: room for its words."""


@dataclass(frozen=True)
class EffectScale:
    """How effects are written: ratios as change in percent, differences in their unit."""

    is_ratio: bool
    locale: str
    decimals: int = 0

    def write(self, effect: float, *, signed: bool = True) -> str:
        """An effect for people: "−31", "+5", and "×12" for what is twelvefold."""
        if not self.is_ratio:
            return write_number(effect, self.locale, decimals=self.decimals, signed=signed)
        if effect >= _TENFOLD:
            factor = math.exp(min(effect, _FARTHEST))
            more = ">\u202f" if effect > _FARTHEST else ""
            return f"{more}×{write_number(float(f'{factor:.3g}'), self.locale)}"
        decimals = self.decimals
        if effect < -2 * _TENFOLD:
            # All but a hundredth is gone: whole percent would claim that all of it is.
            decimals = min(6, max(decimals, math.ceil(-effect / _TENFOLD) - 2))
        change = max(100 * math.expm1(effect), -100.0)
        return write_number(change, self.locale, decimals=decimals, signed=signed)

    def interval(self, bounds: Bounds) -> str:
        """An interval for people: "[−38; −24]"."""
        return f"[{self.write(bounds[0])}; {self.write(bounds[1])}]"


@dataclass(frozen=True)
class EffectAxis:
    """Effects to x between two edges; what lies beyond is cut and told by an arrow."""

    scale: EffectScale
    low: float
    high: float
    left: float
    right: float

    def x(self, effect: float) -> float:
        """Where an effect stands, at the edge if it lies beyond it."""
        inside = min(max(effect, self.low), self.high)
        return self.left + (self.right - self.left) * (inside - self.low) / (self.high - self.low)

    def ticks(self, most: int) -> tuple[float, ...]:
        """Round effects inside the axis."""
        return tuple(tick for tick in self._round(most) if self.low <= tick <= self.high)

    def _round(self, most: int) -> Iterable[float]:
        if not self.scale.is_ratio:
            return nice_ticks(self.low, self.high, most=most, whole=False)
        if self.high - self.low <= _MOST_LINEAR:
            low, high = 100 * math.expm1(self.low), 100 * math.expm1(self.high)
            changes = nice_ticks(low, high, most=most, whole=False)
            return (math.log1p(change / 100) for change in changes if change > -100)
        first, last = math.floor(self.low / _TENFOLD), math.ceil(self.high / _TENFOLD)
        powers = range(first, last + 1)
        ladder = [math.log(n) + power * _TENFOLD for power in powers for n in (1, 2, 5)]
        if sum(self.low <= tick <= self.high for tick in ladder) <= most:
            return ladder
        step = max(1, math.ceil((last - first) / most))
        return (power * _TENFOLD for power in powers if power % step == 0)


def axis_of(
    scale: EffectScale,
    intervals: Sequence[Bounds],
    points: Sequence[float],
    *,
    left: float,
    right: float,
) -> EffectAxis:
    """The axis on which all points lie inside, and intervals as far as they leave it readable.

    A bound is cut where it lies more than twice the middle width of the intervals beyond the
    outermost point.
    """
    usual = median(high - low for low, high in intervals) if intervals else 0.0
    inner_low, inner_high = min(0.0, *points, 0.0), max(0.0, *points, 0.0)
    low = max(min((low for low, _ in intervals), default=0.0), inner_low - 2 * usual)
    high = min(max((high for _, high in intervals), default=0.0), inner_high + 2 * usual)
    low, high = min(low, inner_low), max(high, inner_high)
    span = (high - low) or 1.0
    low, high = min(low - 0.03 * span, -_SIDE * span), max(high + 0.03 * span, _SIDE * span)
    return EffectAxis(scale, low, high, left, right)


def draw_axis(
    axis: EffectAxis, *, top: float, bottom: float, size: int, most: int, name: str, width: float
) -> Markup:
    """Draw grid, numbers and the line at no effect; below them the name of the axis."""
    parts = []
    numbers_end = -math.inf
    for tick in axis.ticks(most):
        x, written = axis.x(tick), axis.scale.write(tick)
        path = f"M{drawing.number(x)} {drawing.number(top)}V{drawing.number(bottom)}"
        parts.append(element("path", class_="lm-grid", d=path))
        half = drawing.text_width(written, size) / 2
        if x - half < numbers_end + 6:
            continue
        numbers_end = x + half
        parts.append(_label(written, x, bottom + size + 6, size, "middle"))
    zero = drawing.number(axis.x(0.0))
    line = f"M{zero} {drawing.number(top - 6)}V{drawing.number(bottom + 4)}"
    parts.append(element("path", class_="lm-axis", d=line))
    center = (axis.left + axis.right) / 2
    for row, text in enumerate(drawing.wrapped(name, size=size, room=width - 8)):
        half = drawing.text_width(text, size) / 2
        x = min(max(center, half), width - half)
        parts.append(_label(text, x, bottom + 2 * size + 12 + row * (size + 4), size, "middle"))
    return Markup("").join(parts)


def direction_words(
    axis: EffectAxis, less: str, more: str, *, y: float, size: int, width: float
) -> Markup:
    """Write what the two sides mean; on two lines, at the edges, where one does not hold both.

    The second line lies above `y`, which is the baseline of the first.
    """
    before, after = f"← {less}", f"{more} →"
    zero = axis.x(0.0)
    if (
        drawing.text_width(before, size) + 8 <= zero
        and zero + 8 + drawing.text_width(after, size) <= width
    ):
        return _label(before, zero - 8, y, size, "end") + _label(after, zero + 8, y, size, "start")
    return _label(before, 0, y - size - 4, size, "start") + _label(after, width, y, size, "end")


def _label(content: str, x: float, y: float, size: int, anchor: str) -> Markup:
    return drawing.text(
        content, x=x, y=y, class_="lm-axis-label", font_size=size, text_anchor=anchor
    )
