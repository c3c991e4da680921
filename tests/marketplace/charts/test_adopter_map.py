import math
from itertools import combinations
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.charts import geography
from marketplace.charts.adopter_map import adopter_map
from marketplace.charts.drawing import Words
from marketplace.charts.geography import Outlines
from marketplace.charts.map_layout import CROWD, FEW, MapPoint, Plan, outside, plan

STAGES = ("live", "pilot", "planned", "interested", "ended")
SVG = "{http://www.w3.org/2000/svg}"

# Few distinct places, so that crowds and neighbors are common.
places = st.tuples(
    st.integers(0, 12).map(lambda n: 6.0 + n * 0.7),
    st.integers(0, 12).map(lambda n: 47.5 + n * 0.6),
)
near = st.integers(0, 9).map(lambda n: 9.0 + n * 0.1)
points = st.builds(
    lambda place, stage, label, like_mine: MapPoint(*place, stage, label, like_mine),
    places,
    st.sampled_from(STAGES),
    st.text(max_size=24),
    st.booleans(),
)


def _plan(given_points: list[MapPoint]) -> Plan:
    return plan(given_points, width=300, text_size=14)


@settings(deadline=None)
@given(st.lists(points, max_size=40))
def test_no_label_touches_a_marker_another_label_or_the_edge(drawn: list[MapPoint]) -> None:
    layout = _plan(drawn)

    for label in layout.labels:
        assert not any(label.box.touches_circle(m.x, m.y, m.radius) for m in layout.markers)
        assert label.box.left >= 0
        assert label.box.top >= 0
        assert label.box.right <= layout.width
        assert label.box.bottom <= layout.height
    for one, other in combinations(layout.labels, 2):
        assert not one.box.touches(other.box)


@settings(deadline=None)
@given(st.lists(points, max_size=40))
def test_every_point_has_its_own_place_inside_the_frame(drawn: list[MapPoint]) -> None:
    layout = _plan(drawn)

    assert len(layout.markers) == len(drawn)
    assert len({(round(m.x, 2), round(m.y, 2)) for m in layout.markers}) == len(drawn)
    assert all(m.radius <= m.x <= layout.width - m.radius for m in layout.markers)
    assert all(m.radius <= m.y <= layout.height - m.radius for m in layout.markers)


@settings(deadline=None)
@given(
    st.lists(
        st.builds(MapPoint, near, near.map(lambda n: n + 42), st.sampled_from(STAGES), st.just("")),
        max_size=8,
    )
)
def test_neighbors_do_not_cover_each_other(drawn: list[MapPoint]) -> None:
    for one, other in combinations(_plan(drawn).markers, 2):
        assert math.hypot(one.x - other.x, one.y - other.y) >= one.radius + other.radius


def test_a_name_is_never_nearer_to_another_marker_than_to_its_own() -> None:
    # Left and right of the middle one, a name would stand beside a neighbor.
    row = [MapPoint(lon, 51, "live", name) for lon, name in [(9.2, ""), (10, "Mitte"), (11.3, "")]]
    label = _plan(row).labels[0]

    assert not any(
        label.box.touches_circle(mark.x, mark.y, mark.radius + 4)
        for mark in _plan(row).markers
        if mark.point.label != "Mitte"
    )


def test_points_on_one_spot_do_not_overlap_and_stay_near() -> None:
    layout = _plan([MapPoint(10, 51, "live", "") for _ in range(7)])
    x, y = (value * layout.scale + 8 for value in geography.project(10, 51))

    for one, other in combinations(layout.markers, 2):
        assert math.hypot(one.x - other.x, one.y - other.y) >= one.radius + other.radius
    assert all(math.hypot(m.x - x, m.y - y) <= 12 for m in layout.markers)


def test_a_lonely_point_stands_exactly_at_its_place() -> None:
    layout = _plan([MapPoint(10, 51, "live", "Auenrode")])
    x, y = (value * layout.scale + 8 for value in geography.project(10, 51))

    assert (layout.markers[0].x, layout.markers[0].y) == (x, y)
    assert [label.text for label in layout.labels] == ["Auenrode"]


def test_the_order_of_the_points_does_not_change_the_drawing() -> None:
    drawn = [MapPoint(10 + n % 3, 51, STAGES[n % 5], f"Ort {n}") for n in range(20)]
    shuffled = [drawn[n * 7 % 20] for n in range(20)]

    assert _plan(drawn) == _plan(shuffled)


def test_up_to_twelve_points_are_named_and_above_only_those_like_mine() -> None:
    few = [MapPoint(6.5 + n % 3 * 2, 48 + n * 0.5, "live", f"O{n}") for n in range(FEW)]
    many = [*few, MapPoint(12, 54, "live", "Meine", like_mine=True)]

    assert len(_plan(few).labels) == FEW
    assert [label.text for label in _plan(many).labels] == ["Meine"]


def test_a_crowd_stays_where_it_is_and_every_point_is_drawn() -> None:
    layout = _plan([MapPoint(10, 51, "live", "", like_mine=True)] * (CROWD + 1))
    x, y = (value * layout.scale + 8 for value in geography.project(10, 51))

    assert [(m.x, m.y) for m in layout.markers] == [(x, y)] * (CROWD + 1)


def test_a_name_too_long_for_the_frame_is_left_out() -> None:
    assert _plan([MapPoint(10, 51, "live", "W" * 60)]).labels == ()


def test_every_stage_has_its_own_shape(outlines: Outlines, words: Words) -> None:
    drawn = [MapPoint(8 + n, 51, stage, "") for n, stage in enumerate(STAGES)]
    drawn.append(MapPoint(9, 53, "live", "", like_mine=True))
    markup = adopter_map(drawn, outlines=outlines, chart_id="m", words=words)
    signs = [
        (node.tag.removeprefix(SVG), node.get("class"))
        for node in ET.fromstring(f"<all>{markup}</all>").iter()  # noqa: S314 - our own output
        if node.tag.removeprefix(SVG) in {"circle", "rect", "path"} and node.get("class")
    ]

    once = sorted(
        [
            ("circle", "lm-live"),
            ("circle", "lm-mine"),
            ("circle", "lm-ended-marker"),
            ("path", "lm-pilot"),
            ("rect", "lm-intent"),
            ("rect", "lm-intent"),
        ]
    )
    assert sorted(signs) == sorted(once * 2)  # wide and narrow


def test_no_point_gives_the_empty_land(outlines: Outlines, words: Words) -> None:
    markup = adopter_map([], outlines=outlines, chart_id="m", words=words)

    assert markup.count("M100 100h200v500h-200z") == 1
    assert "<circle" not in markup
    assert "<text" not in markup


def test_points_outside_the_frame_are_told_not_drawn() -> None:
    lisbon = MapPoint(-9.1, 38.7, "live", "Lissabon")

    assert outside([lisbon, MapPoint(10, 51, "live", "")]) == (lisbon,)
    assert _plan([lisbon]).markers == ()


def test_an_unknown_stage_is_refused() -> None:
    with pytest.raises(ValueError, match="stage"):
        MapPoint(10, 51, "sold", "")
