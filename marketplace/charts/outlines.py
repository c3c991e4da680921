"""Derives the outlines and the dot grid of Germany from the administrative areas of the BKG.

Runs at set-up only, so that no page waits for geometry. Borders are simplified as one coverage:
neighbours keep sharing the same line.
"""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import shapely
from shapely.geometry import MultiPolygon, Polygon, shape

from marketplace.charts import geography
from marketplace.charts.geography import Outlines

LAND_AREA = 4
"""Value of the attribute GF in BKG data: land, as opposed to sea and inland water."""

TOLERANCE = 1.8
"""How far a simplified border may stray, in drawing units (just under 2 km)."""

SMALLEST_ISLAND = 3.0
"""Islands and holes with less area, in square drawing units, are left out."""

DOT_STEP = 13.0
"""Distance of two dots in a row of the hexagonal grid, in drawing units."""


def derive(areas: Path) -> Outlines:
    """Read the Länder from a GeoJSON list of (collections of) features and draw them."""
    shapes = _land_shapes(areas)
    keys = sorted(shapes)
    simplified = shapely.coverage_simplify([shapes[key] for key in keys], TOLERANCE)
    germany = shapely.union_all([shapes[key] for key in keys])
    return Outlines(
        view_box=geography.VIEW_BOX,
        laender={key: _path_data(outline) for key, outline in zip(keys, simplified, strict=True)},
        dots=_dots(germany),
        dot_step=DOT_STEP,
        projection={
            "west": geography.WEST,
            "north": geography.NORTH,
            "units_per_degree_lon": geography.UNITS_PER_DEGREE * geography.SHORTENING,
            "units_per_degree_lat": geography.UNITS_PER_DEGREE,
        },
    )


def _land_shapes(areas: Path) -> dict[str, Any]:
    """Collect the land of each Land, projected; coastal Länder come as nested collections."""
    parts: dict[str, list[Any]] = {}
    for feature in _features(msgspec.json.decode(areas.read_bytes())):
        properties = feature["properties"]
        if properties["GF"] == LAND_AREA:
            parts.setdefault(properties["RS"], []).append(shape(feature["geometry"]))
    return {
        key: shapely.transform(shapely.union_all(shapes), _project_all)
        for key, shapes in parts.items()
    }


def _features(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, list):
        for item in node:
            yield from _features(item)
    elif node["type"] == "FeatureCollection":
        yield from _features(node["features"])
    else:
        yield node


def _project_all(coordinates: Any) -> Any:
    projected = coordinates.copy()
    projected[:, 0] = (
        (coordinates[:, 0] - geography.WEST) * geography.SHORTENING * geography.UNITS_PER_DEGREE
    )
    projected[:, 1] = (geography.NORTH - coordinates[:, 1]) * geography.UNITS_PER_DEGREE
    return projected


def _polygons(outline: Any) -> Iterator[Polygon]:
    if isinstance(outline, Polygon):
        yield outline
    elif isinstance(outline, MultiPolygon):
        yield from outline.geoms


def _path_data(outline: Any) -> str:
    """Write rings as relative path data with one decimal, largest polygon first."""
    polygons = sorted(_polygons(outline), key=lambda polygon: -polygon.area)
    kept = polygons[:1] + [p for p in polygons[1:] if p.area >= SMALLEST_ISLAND]
    rings = []
    for polygon in kept:
        holes = [hole for hole in polygon.interiors if Polygon(hole).area >= SMALLEST_ISLAND]
        rings += [polygon.exterior, *holes]
    return "".join(_ring_data(list(ring.coords)) for ring in rings)


def _ring_data(points: list[tuple[float, ...]]) -> str:
    tenths = [(round(point[0] * 10), round(point[1] * 10)) for point in points[:-1]]
    first, *rest = tenths
    data = f"M{_decimal(first[0])} {_decimal(first[1])}l"
    x, y = first
    steps = []
    for next_x, next_y in rest:
        steps.append(f"{_decimal(next_x - x)} {_decimal(next_y - y)}")
        x, y = next_x, next_y
    return data + " ".join(steps).replace(" -", "-") + "z"


def _decimal(tenths: int) -> str:
    sign = "-" if tenths < 0 else ""
    whole, tenth = divmod(abs(tenths), 10)
    return f"{sign}{whole}" + (f".{tenth}" if tenth else "")


def _dots(germany: Any) -> str:
    """Lay the hexagonal grid over the land: every second row is moved by half a step."""
    row_height = DOT_STEP * math.sqrt(3) / 2
    shapely.prepare(germany)
    rows = []
    for index in range(int(geography.HEIGHT / row_height) + 1):
        y = round(index * row_height, 1)
        offset = DOT_STEP / 2 if index % 2 else 0.0
        inside = [
            x
            for x in (offset + step * DOT_STEP for step in range(geography.WIDTH // 13 + 1))
            if shapely.contains_xy(germany, x, y)
        ]
        rows += [f"M{x:g} {y:g}h0" if start else f"m{DOT_STEP:g} 0h0" for x, start in _runs(inside)]
    return "".join(rows)


def _runs(positions: list[float]) -> Iterator[tuple[float, bool]]:
    """Say for each position of a row whether it starts a new run of neighbours."""
    before = -math.inf
    for position in positions:
        yield position, position - before > DOT_STEP * 1.01
        before = position
