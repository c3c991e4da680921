"""The sea of lights: one light per municipality where something runs, over the dots of the land.

Size and brightness tell how many solutions are live: 1, 2 to 3, 4 to 7, 8 and more. The drawing
holds no text, so one size serves wide and narrow screens. Lights of a level are one path of
round-capped points, and their halo is the same path drawn again, wider and fainter: two thousand
municipalities need no more elements than twenty.

Classes used here: lm-land-dots and lm-stroke-1 … lm-stroke-4, all set as *stroke*; lm-glow (the
halos, all in the amber of lm-stroke-2, so that forced colors can leave them out); in the legend
lm-legend-dot and lm-light-1 … lm-light-4, set as fill.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from marketplace.charts import drawing, geography
from marketplace.charts.drawing import Words, element, number
from marketplace.charts.geography import Outlines

CLASSES = frozenset(
    {
        "lm-sea-of-lights",
        "lm-land-dots",
        "lm-glow",
        "lm-stroke-1",
        "lm-stroke-2",
        "lm-stroke-3",
        "lm-stroke-4",
        "lm-legend-dot",
        "lm-light-1",
        "lm-light-2",
        "lm-light-3",
        "lm-light-4",
    }
)

LEVEL_FROM = {1: 1, 2: 2, 3: 4, 4: 8}
"""The least number of live solutions of each level; the legend states the same ranges."""

RADIUS = {1: 2.6, 2: 3.6, 3: 4.8, 4: 6.2}
HALO = {2: 8.0, 3: 12.0, 4: 18.0}

_DOT = 3.0
# Room for the largest halo, or a light at the border would be cut.
_MARGIN = HALO[4]
_STEPS = 6
_FAINTEST = 0.02


@dataclass(frozen=True)
class MunicipalityLight:
    """A municipality with its number of live solutions, at a place in degrees (WGS 84)."""

    lon: float
    lat: float
    live: int
    name: str

    @property
    def level(self) -> int:
        """Brightness from 1 to 4, and 0 for a municipality without a light."""
        return max((level for level, least in LEVEL_FROM.items() if self.live >= least), default=0)


def sea_of_lights(
    lights: Sequence[MunicipalityLight], *, outlines: Outlines, chart_id: str, words: Words
) -> Markup:
    """Draw the land and its lights.

    Municipalities without a live solution have no light, and none at all gives the dark land.
    """
    places: dict[int, list[MunicipalityLight]] = defaultdict(list)
    for light in lights:
        if light.level:
            places[light.level].append(light)
    parts = [
        element(
            "path",
            class_="lm-land-dots",
            d=outlines.dots,
            fill="none",
            stroke_width=_DOT,
            stroke_linecap="round",
        )
    ]
    levels = sorted(places)
    # All halos lie below all lights, or a big halo would veil a small neighbor.
    parts += [_halo(level, chart_id) for level in levels if level in HALO]
    parts += [_lights(level, places[level], chart_id) for level in levels]
    sea = element("g", *parts, transform=f"translate({number(_MARGIN)} {number(_MARGIN)})")
    size = (geography.WIDTH + 2 * _MARGIN, geography.HEIGHT + 2 * _MARGIN)
    return drawing.picture(chart_id, words, size, sea, class_="lm-sea-of-lights")


def key(level: int) -> Markup:
    """Draw the sign of a level for the legend, 0 for the land without a light."""
    if level == 0:
        dot = element("circle", class_="lm-legend-dot", cx=8, cy=8, r=2)
    else:
        dot = element("circle", class_=f"lm-light-{level}", cx=8, cy=8, r=RADIUS[level])
    return drawing.sign((16, 16), dot)


def as_table(lights: Sequence[MunicipalityLight]) -> tuple[MunicipalityLight, ...]:
    """Return the municipalities that have a light as rows, the most live solutions first."""
    shown = [light for light in lights if light.level]
    return tuple(sorted(shown, key=lambda light: (-light.live, light.name)))


def _lights(level: int, lights: Sequence[MunicipalityLight], chart_id: str) -> Markup:
    path = "".join(_point(light) for light in lights)
    line = element("path", id=_path_id(level, chart_id), d=path)
    return element(
        "g",
        line,
        class_=f"lm-stroke-{level}",
        fill="none",
        stroke_width=2 * RADIUS[level],
        stroke_linecap="round",
    )


def _halo(level: int, chart_id: str) -> Markup:
    """Draw a glow that fades in steps from the light's edge to its reach."""
    inner, outer = RADIUS[level], HALO[level]
    rings = [
        element(
            "use",
            href=f"#{_path_id(level, chart_id)}",
            stroke_width=2 * (inner + (outer - inner) * (1 - step / _STEPS)),
            stroke_opacity=_FAINTEST * (1 + step / 2),
        )
        for step in range(_STEPS)
    ]
    return element("g", *rings, class_="lm-glow lm-stroke-2", fill="none", stroke_linecap="round")


def _path_id(level: int, chart_id: str) -> str:
    return f"{chart_id}-level-{level}"


def _point(light: MunicipalityLight) -> str:
    x, y = geography.project(light.lon, light.lat)
    return f"M{number(x)} {number(y)}h0"
