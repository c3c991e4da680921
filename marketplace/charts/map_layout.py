"""Where markers and names stand on the adopter map, so that everything can be told apart.

Pure geometry: points on one spot are spread a little, and a name is shown only where it touches
nothing and cannot be taken for the name of another marker.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from marketplace.charts import drawing, geography

FEW = 12
"""Up to this many points all are named; above, only those like the reader's municipality."""

CROWD = 500
"""Above this many points none is moved aside: the country is full, and the search would be slow."""

MOST_NAMES = 40
"""More names than this are never tried; a map full of words is no map."""

_STAGES = {"live": 0, "pilot": 1, "planned": 2, "interested": 2, "ended": 3}
RADIUS = {
    "lm-mine": 7.0,
    "lm-live": 5.0,
    "lm-pilot": 6.0,
    "lm-intent": 5.5,
    "lm-ended-marker": 5.0,
}
_GAP = 4.0
MARGIN = 8.0
_CELL = 16.0


@dataclass(frozen=True)
class MapPoint:
    """One organization's use of a solution, at a place given in degrees (WGS 84).

    `stage` is live, pilot, planned, interested or ended; any other raises ValueError. `like_mine`
    says that the municipality resembles the reader's.
    """

    lon: float
    lat: float
    stage: str
    label: str
    like_mine: bool = False

    def __post_init__(self) -> None:
        if self.stage not in _STAGES:
            raise ValueError(f"There is no stage {self.stage!r} on the map.")

    @property
    def sign(self) -> str:
        """The class of the marker, which is also its shape."""
        if self.stage == "live":
            return "lm-mine" if self.like_mine else "lm-live"
        if self.stage == "pilot":
            return "lm-pilot"
        return "lm-ended-marker" if self.stage == "ended" else "lm-intent"


@dataclass(frozen=True)
class Marker:
    """A point with its place in the drawing and the radius of the circle it keeps free."""

    point: MapPoint
    x: float
    y: float
    radius: float


@dataclass(frozen=True)
class Box:
    """A rectangle in the drawing."""

    left: float
    top: float
    right: float
    bottom: float

    def touches(self, other: "Box") -> bool:
        """Tell whether the two share an area."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def touches_circle(self, x: float, y: float, radius: float) -> bool:
        """Tell whether a circle reaches into the rectangle."""
        beside = max(self.left - x, 0.0, x - self.right)
        over = max(self.top - y, 0.0, y - self.bottom)
        return math.hypot(beside, over) < radius


@dataclass(frozen=True)
class Label:
    """A name that found room, with the start of its baseline and the room it takes."""

    text: str
    x: float
    y: float
    box: Box


@dataclass(frozen=True)
class Plan:
    """Where everything stands in one drawing of the map."""

    width: float
    height: float
    markers: tuple[Marker, ...]
    labels: tuple[Label, ...]

    @property
    def scale(self) -> float:
        """Units of this drawing per unit of the shared drawing space of all maps."""
        return (self.width - 2 * MARGIN) / geography.WIDTH


def outside(points: Sequence[MapPoint]) -> tuple[MapPoint, ...]:
    """Return the points that the map cannot show, so that the page can name them."""
    return tuple(point for point in points if not _is_inside(point))


def plan(points: Sequence[MapPoint], *, width: float, text_size: float) -> Plan:
    """Place markers and labels in a drawing of a width.

    Points on one spot are spread a little, always alike for the same points. No label touches a
    marker or another label; one that finds no room right, left, above or below is left out.
    """
    scale = (width - 2 * MARGIN) / geography.WIDTH
    height = math.ceil(geography.HEIGHT * scale + 2 * MARGIN)
    shown = sorted((point for point in points if _is_inside(point)), key=_precedence)
    field = _Field(Box(0, 0, width, height))
    for point in shown:
        x, y = geography.project(point.lon, point.lat)
        radius = RADIUS[point.sign] * _shrink(len(shown))
        put = field.place if len(shown) <= CROWD else field.pin
        put(point, x * scale + MARGIN, y * scale + MARGIN, radius)
    named = [mark for mark in field.markers if mark.point.like_mine or len(shown) <= FEW]
    labels = _name(named[:MOST_NAMES], field.markers, field.frame, text_size)
    return Plan(width, height, tuple(field.markers), tuple(labels))


def _is_inside(point: MapPoint) -> bool:
    return (
        geography.WEST <= point.lon <= geography.EAST
        and geography.SOUTH <= point.lat <= geography.NORTH
    )


def _precedence(point: MapPoint) -> tuple[bool, int, float, float, str]:
    """Order in which points take their place: like the reader's first, then by stage."""
    return (not point.like_mine, _STAGES[point.stage], -point.lat, point.lon, point.label)


def _shrink(count: int) -> float:
    """Return the share of the full size at which that many markers still leave land visible."""
    if count <= 60:
        return 1.0
    return 0.8 if count <= 200 else 0.6


class _Field:
    """The markers placed so far, found again by the cells of a grid."""

    def __init__(self, frame: Box) -> None:
        self.frame = frame
        self.markers: list[Marker] = []
        self._cells: dict[tuple[int, int], list[Marker]] = {}

    def place(self, point: MapPoint, x: float, y: float, radius: float) -> None:
        """Give a point the free place nearest to its own."""
        tries = (
            Marker(point, *self._inside(x + beside, y + below, radius), radius)
            for beside, below in _places(2 * radius + 1)
        )
        marker = next((marker for marker in tries if self._is_free(marker)), None)
        if marker is None:
            marker = self._in_the_crowd(point, x, y, radius)
        self.markers.append(marker)
        self._cells.setdefault(_cell(marker.x, marker.y), []).append(marker)

    def pin(self, point: MapPoint, x: float, y: float, radius: float) -> None:
        """Put a point exactly where it is, whatever lies there."""
        self.markers.append(Marker(point, *self._inside(x, y, radius), radius))

    def _in_the_crowd(self, point: MapPoint, x: float, y: float, radius: float) -> Marker:
        """Dozens on one spot cannot be kept apart honestly, only told apart.

        A golden-angle step, different for each, leaves an edge of every marker visible.
        """
        index = len(self.markers)
        angle, distance = index * math.pi * (3 - math.sqrt(5)), radius * (2 + index % 89 / 20)
        beside, below = distance * math.cos(angle), distance * math.sin(angle)
        return Marker(point, *self._inside(x + beside, y + below, radius), radius)

    def _is_free(self, marker: Marker) -> bool:
        """Look at the nine cells around; a cell is wider than two radii."""
        column, row = _cell(marker.x, marker.y)
        return not any(
            _meet(marker, other)
            for beside in (-1, 0, 1)
            for below in (-1, 0, 1)
            for other in self._cells.get((column + beside, row + below), ())
        )

    def _inside(self, x: float, y: float, radius: float) -> tuple[float, float]:
        return (
            min(max(x, radius), self.frame.right - radius),
            min(max(y, radius), self.frame.bottom - radius),
        )


def _places(step: float) -> Iterator[tuple[float, float]]:
    """Yield the spot itself, then rings of six, twelve and eighteen places around it."""
    yield 0.0, 0.0
    for ring in (1, 2, 3):
        for turn in range(6 * ring):
            angle = 2 * math.pi * turn / (6 * ring)
            yield step * ring * math.cos(angle), step * ring * math.sin(angle)


def _cell(x: float, y: float) -> tuple[int, int]:
    return int(x // _CELL), int(y // _CELL)


def _meet(one: Marker, other: Marker) -> bool:
    distance = math.hypot(one.x - other.x, one.y - other.y)
    return distance < one.radius + other.radius


def _name(
    named: Sequence[Marker], markers: Sequence[Marker], frame: Box, size: float
) -> list[Label]:
    labels: list[Label] = []
    for marker in named:
        others = [other for other in markers if other is not marker]
        for label in _label_places(marker, size):
            if _has_room(label.box, others, labels, frame):
                labels.append(label)
                break
    return labels


def _has_room(box: Box, others: Sequence[Marker], labels: Sequence[Label], frame: Box) -> bool:
    """Tell whether a name fits here and cannot be taken for the name of another marker."""
    is_in_frame = (
        frame.left <= box.left
        and box.right <= frame.right
        and frame.top <= box.top
        and box.bottom <= frame.bottom
    )
    return (
        is_in_frame
        and not any(box.touches(label.box) for label in labels)
        and not any(box.touches_circle(mark.x, mark.y, mark.radius + _GAP) for mark in others)
    )


def _label_places(marker: Marker, size: float) -> Iterator[Label]:
    """Yield the label right of its marker, then left, above and below."""
    name = marker.point.label.strip()
    if not name:
        return
    width = drawing.text_width(name, size)
    ascent, descent = 0.78 * size, 0.24 * size
    away = marker.radius + _GAP
    middle = marker.y + size * 0.35
    for x, y in (
        (marker.x + away, middle),
        (marker.x - away - width, middle),
        (marker.x - width / 2, marker.y - away - descent),
        (marker.x - width / 2, marker.y + away + ascent),
    ):
        yield Label(name, x, y, Box(x, y - ascent, x + width, y + descent))
