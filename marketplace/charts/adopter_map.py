"""The adopter map: who uses a solution, and where, with a shape for every stage.

Circle = live, ringed circle = live and like the reader's municipality, triangle = pilot, hollow
square = intent (planned or interested), hollow circle = ended, an equal and respected stage.

Classes used here: lm-land (the Länder, their stroke is the line between them), lm-live, lm-mine,
lm-pilot, lm-intent, lm-ended-marker, lm-chart-label with lm-map-label (its stroke is the halo).
"""

from collections.abc import Callable, Sequence

from markupsafe import Markup

from marketplace.charts import drawing
from marketplace.charts.drawing import Words, element
from marketplace.charts.geography import Outlines
from marketplace.charts.map_layout import MARGIN, RADIUS, MapPoint, Marker, Plan, outside, plan

__all__ = ["CLASSES", "WIDE_WIDTH", "MapPoint", "adopter_map", "key", "outside"]

CLASSES = frozenset(
    {
        "lm-adopter-map",
        "lm-land",
        "lm-live",
        "lm-mine",
        "lm-pilot",
        "lm-intent",
        "lm-ended-marker",
        "lm-chart-label",
        "lm-map-label",
    }
)

WIDE_WIDTH = 300

_HALO = 4.0


def adopter_map(
    points: Sequence[MapPoint], *, outlines: Outlines, chart_id: str, words: Words
) -> Markup:
    """Draw the map, wide and narrow.

    Points outside the frame of Germany are not drawn (see `outside`). No point at all gives the
    empty land. The legend is the caller's: `key` draws its signs.
    """
    wide = plan(points, width=WIDE_WIDTH, text_size=drawing.WIDE_TEXT)
    narrow = plan(points, width=drawing.NARROW_WIDTH, text_size=drawing.NARROW_TEXT)
    return drawing.wide_and_narrow(
        _draw(wide, _land(outlines, wide, f"{chart_id}-land"), words, f"{chart_id}-wide", 14),
        _draw(
            narrow, _land_again(narrow, wide, f"{chart_id}-land"), words, f"{chart_id}-narrow", 16
        ),
    )


def key(stage: str, *, like_mine: bool = False) -> Markup:
    """Draw the sign of a stage for the legend; decorative, the word stands beside it."""
    point = MapPoint(0.0, 0.0, stage, "", like_mine)
    return drawing.sign((18, 18), _marker(Marker(point, 9.0, 9.0, RADIUS[point.sign])))


def _land(outlines: Outlines, plan_: Plan, land_id: str) -> Markup:
    # The line between two Länder keeps its width whatever the scale, and whatever CSS says.
    paths = [
        element("path", d=outline, vector_effect="non-scaling-stroke")
        for outline in outlines.laender.values()
    ]
    return element(
        "g",
        *paths,
        id=land_id,
        class_="lm-land",
        transform=_placed(plan_.scale),
        stroke_width=1.5,
        stroke_linejoin="round",
    )


def _land_again(narrow: Plan, wide: Plan, land_id: str) -> Markup:
    """Reuse the outlines of the wide drawing, which are most of the bytes of a map."""
    ratio = narrow.scale / wide.scale
    shift = drawing.number(MARGIN * (1 - ratio))
    return element(
        "use",
        href=f"#{land_id}",
        transform=f"translate({shift} {shift}) scale({ratio:.5f})",
    )


def _placed(scale: float) -> str:
    return f"translate({drawing.number(MARGIN)} {drawing.number(MARGIN)}) scale({scale:.5f})"


def _draw(plan_: Plan, land: Markup, words: Words, chart_id: str, text_size: int) -> Markup:
    # What takes its place first is drawn last, so it is never covered.
    markers = [_marker(marker) for marker in reversed(plan_.markers)]
    labels = [
        drawing.text(
            label.text,
            x=label.x,
            y=label.y,
            class_="lm-chart-label lm-map-label",
            font_size=text_size,
            font_weight=600,
            paint_order="stroke",
            stroke_width=_HALO,
            stroke_linejoin="round",
        )
        for label in plan_.labels
    ]
    size = (plan_.width, plan_.height)
    parts = (land, *markers, *labels)
    return drawing.picture(chart_id, words, size, *parts, class_="lm-adopter-map")


def _marker(marker: Marker) -> Markup:
    return _SHAPES[marker.point.sign](marker)


def _circle(marker: Marker) -> Markup:
    return element("circle", class_="lm-live", cx=marker.x, cy=marker.y, r=marker.radius)


def _ringed(marker: Marker) -> Markup:
    return element(
        "circle",
        class_="lm-mine",
        cx=marker.x,
        cy=marker.y,
        r=marker.radius - 0.75,
        stroke_width=1.5,
    )


def _triangle(marker: Marker) -> Markup:
    half, height = marker.radius * 0.92, marker.radius * 1.6
    top = marker.y - height * 0.56
    corners = [
        (marker.x, top),
        (marker.x + half, top + height),
        (marker.x - half, top + height),
    ]
    return element("path", class_="lm-pilot", d=f"{drawing.polyline(corners)}z")


def _square(marker: Marker) -> Markup:
    side = marker.radius * 1.45
    return element(
        "rect",
        class_="lm-intent",
        x=marker.x - side / 2,
        y=marker.y - side / 2,
        width=side,
        height=side,
        stroke_width=2,
    )


def _hollow(marker: Marker) -> Markup:
    return element(
        "circle",
        class_="lm-ended-marker",
        cx=marker.x,
        cy=marker.y,
        r=marker.radius - 0.9,
        stroke_width=1.8,
    )


_SHAPES: dict[str, Callable[[Marker], Markup]] = {
    "lm-live": _circle,
    "lm-mine": _ringed,
    "lm-pilot": _triangle,
    "lm-intent": _square,
    "lm-ended-marker": _hollow,
}
