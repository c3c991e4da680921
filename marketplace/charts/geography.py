"""Where a place lies in the drawings of Germany.

All maps share one drawing space, 600 units wide: an equirectangular projection whose east-west
axis is shortened by the cosine of 51.2 degrees, the middle latitude of the country. The outlines
are derived at set-up (`marketplace.charts.outlines`) and read from there.

Outlines: © GeoBasis-DE / BKG, data altered.
"""

import math
from functools import cache
from pathlib import Path

import msgspec

WEST = 5.86
"""Western edge of the drawing, degrees of longitude (WGS 84)."""

EAST = 15.05
"""Eastern edge of the drawing, degrees of longitude (WGS 84)."""

NORTH = 55.07
"""Northern edge of the drawing, degrees of latitude (WGS 84)."""

SOUTH = 47.26
"""Southern edge of the drawing, degrees of latitude (WGS 84)."""

MIDDLE_LATITUDE = 51.2
"""The latitude whose cosine shortens the east-west axis."""

WIDTH = 600
"""Width of the drawing in its own units."""

SHORTENING = math.cos(math.radians(MIDDLE_LATITUDE))
UNITS_PER_DEGREE = WIDTH / ((EAST - WEST) * SHORTENING)
"""Units per degree of latitude."""

HEIGHT = math.ceil((NORTH - SOUTH) * UNITS_PER_DEGREE)
"""Height of the drawing in its own units."""

VIEW_BOX = f"0 0 {WIDTH} {HEIGHT}"

SOURCE_NOTE = "© GeoBasis-DE / BKG"
"""The note that the licence of the outlines (GeoNutzV) asks for; say also that they are altered."""

OUTLINES_FILE = Path(__file__).parent.parent / "static" / "built" / "geo" / "laender.json"


class OutlinesMissingError(RuntimeError):
    """The outlines have not been derived yet: the set-up step that builds the assets is missing."""


class Outlines(msgspec.Struct, frozen=True):
    """Germany as SVG path data in the drawing space of this module.

    ``laender`` maps the two-digit key of a Land ("01" to "16") to its outline, ``dots`` is one
    path of zero-length strokes (draw it with round caps): the hexagonal grid of the land.
    """

    view_box: str
    laender: dict[str, str]
    dots: str
    dot_step: float
    projection: dict[str, float]


def project(lon: float, lat: float) -> tuple[float, float]:
    """Say where a point (degrees, WGS 84) lies in the drawing: x to the right, y downwards."""
    x = (lon - WEST) * SHORTENING * UNITS_PER_DEGREE
    y = (NORTH - lat) * UNITS_PER_DEGREE
    return round(x, 1), round(y, 1)


@cache
def load() -> Outlines:
    """Read the outlines once per process; `OutlinesMissingError` before the assets are built."""
    if not OUTLINES_FILE.exists():
        raise OutlinesMissingError(
            "The outlines of the Länder are missing. Build the assets first: marketplace assets"
        )
    return msgspec.json.decode(OUTLINES_FILE.read_bytes(), type=Outlines)
