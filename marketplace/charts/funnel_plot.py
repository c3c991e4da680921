"""The funnel plot: effects against their standard errors, to see whether small studies differ.

The bands around no effect hold what is not sure at 90, 95 and 99 percent (contours of Peters et
al. 2008, doi 10.1016/j.jclinepi.2007.11.010); the dashed line is the pooled effect. Studies of
great precision stand at the top.

Classes used here: lm-contour-90, lm-contour-95, lm-contour-99, lm-estimate-open (a study),
lm-median (the pooled effect), lm-axis-label, and those of `effect_axis`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup
from scipy import stats

from marketplace.charts import drawing, effect_axis
from marketplace.charts.axis import decimals_of, nice_ticks, write_number
from marketplace.charts.drawing import Words, element, number
from marketplace.charts.effect_axis import EffectAxis, EffectScale, axis_of

CLASSES = effect_axis.CLASSES | frozenset(
    {
        "lm-funnel-plot",
        "lm-contour-90",
        "lm-contour-95",
        "lm-contour-99",
        "lm-estimate-open",
        "lm-median",
    }
)

LEVELS = (99, 95, 90)
HEIGHT, FOOT = 340.0, 64.0


@dataclass(frozen=True)
class FunnelLabels:
    """The words inside: directions, the axis of effects, and that of standard errors."""

    less: str
    more: str
    axis: str
    error: str


def funnel_plot(
    points: Sequence[tuple[float, float]],
    pooled: float,
    scale: EffectScale,
    *,
    chart_id: str,
    words: Words,
    labels: FunnelLabels,
) -> Markup:
    """Draw studies given as (effect, standard error), wide and narrow.

    Raises ValueError without any study or for a standard error that is not above zero.
    """
    if not points or not all(error > 0 for _, error in points):
        raise ValueError("A funnel plot needs studies with standard errors above zero.")
    return drawing.wide_and_narrow(
        *(
            _draw(
                points,
                pooled,
                scale,
                size=(width, size),
                chart_id=f"{chart_id}-{suffix}",
                words=words,
                labels=labels,
            )
            for suffix, width, size in (
                ("wide", 560.0, drawing.WIDE_TEXT),
                ("narrow", drawing.NARROW_WIDTH, drawing.NARROW_TEXT),
            )
        )
    )


def _draw(
    points: Sequence[tuple[float, float]],
    pooled: float,
    scale: EffectScale,
    *,
    size: tuple[float, int],
    chart_id: str,
    words: Words,
    labels: FunnelLabels,
) -> Markup:
    width, text = size
    errors = nice_ticks(0, max(error for _, error in points), most=4, whole=False)
    decimals = decimals_of(errors)
    names = [write_number(tick, scale.locale, decimals=decimals) for tick in errors]
    left = max(drawing.text_width(name, text) for name in names) + 10
    deepest = errors[-1]
    reach = stats.norm.ppf(0.995) * max(error for _, error in points)
    axis = axis_of(
        scale,
        [(-reach, reach)],
        [pooled, *(effect for effect, _ in points)],
        left=left,
        right=width - 6,
    )
    top, bottom = 2.0 * text + 30, HEIGHT - FOOT

    def y(error: float) -> float:
        return top + (bottom - top) * error / deepest

    parts = [_contour(level, axis, deepest, (top, bottom)) for level in LEVELS]
    parts.append(
        effect_axis.draw_axis(
            axis,
            top=top,
            bottom=bottom,
            size=text,
            most=6 if width > drawing.NARROW_WIDTH else 4,
            name=labels.axis,
            width=width,
        )
    )
    parts.append(
        effect_axis.direction_words(
            axis, labels.less, labels.more, y=top - 10, size=text, width=width
        )
    )
    parts.append(_label(labels.error, 0, text, text, "start"))
    parts += [
        _label(name, left - 8, y(tick) + text * 0.35, text, "end")
        for tick, name in zip(errors, names, strict=True)
    ]
    line = f"M{number(axis.x(pooled))} {number(top)}V{number(bottom)}"
    parts.append(element("path", class_="lm-median", d=line, fill="none", stroke_dasharray="8 5"))
    parts += [
        element("circle", class_="lm-estimate-open", cx=axis.x(effect), cy=y(error), r=4.5)
        for effect, error in points
    ]
    return drawing.picture(chart_id, words, (width, HEIGHT), *parts, class_="lm-funnel-plot")


def _contour(level: int, axis: EffectAxis, deepest: float, between: tuple[float, float]) -> Markup:
    """The triangle of effects that are not sure at a level, cut at the edges of the axis."""
    reach = float(stats.norm.ppf((100 + level) / 200)) * deepest
    top, bottom = between

    def side(edge: float, foot: float) -> list[tuple[float, float]]:
        # Where the slanted side meets the edge of the axis, it goes on straight down.
        share = min(1.0, edge / foot)
        corner = (axis.x(foot * share), top + (bottom - top) * share)
        return [corner, (corner[0], bottom)]

    left, right = side(axis.low, -reach), side(axis.high, reach)
    corners = [(axis.x(0.0), top), *right, *reversed(left)]
    return element("path", class_=f"lm-contour-{level}", d=f"{drawing.polyline(corners)}z")


def _label(content: str, x: float, y: float, size: int, anchor: str) -> Markup:
    return drawing.text(
        content, x=x, y=y, class_="lm-axis-label", font_size=size, text_anchor=anchor
    )
