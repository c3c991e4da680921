import itertools
import re
from datetime import date, timedelta
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.charts import drawing
from marketplace.charts.adoption_curve import (
    CurveLabels,
    QuarterRow,
    Step,
    adoption_curve,
    as_table,
)
from marketplace.charts.drawing import Words

UNTIL = date(2026, 11, 22)
LABELS = CurveLabels("im Betrieb", "beendet", "Q{quarter}/{year}", "Noch keine Angaben")
WORDS = Words("Kommunen im Betrieb", "Die Zahl wächst.")
SVG = "{http://www.w3.org/2000/svg}"

steps = st.builds(
    lambda days, live, ended: Step(date(2012, 1, 1) + timedelta(days), live, ended),
    st.integers(0, 5400),
    st.integers(0, 12_000),
    st.integers(0, 300),
)


def _svgs(given_steps: list[Step], until: date = UNTIL) -> list[ET.Element]:
    markup = adoption_curve(
        given_steps, until, chart_id="c", words=WORDS, labels=LABELS, locale="de"
    )
    tree = ET.fromstring(f"<all>{markup}</all>")  # noqa: S314 - our own output
    return list(tree.iter(f"{SVG}svg"))


def _texts(svg: ET.Element, class_: str) -> list[str]:
    return [str(t.text) for t in svg.iter(f"{SVG}text") if t.get("class") == class_]


def _path(svg: ET.Element, class_: str) -> list[tuple[float, float]]:
    data = next(str(p.get("d")) for p in svg.iter(f"{SVG}path") if p.get("class") == class_)
    return [(float(x), float(y)) for x, y in re.findall(r"[ML]([\d.-]+) ([\d.-]+)", data)]


def test_the_line_is_made_of_level_and_upright_pieces_only() -> None:
    svg = _svgs([Step(date(2024, 1, 1), 1), Step(date(2025, 5, 5), 4), Step(date(2026, 1, 1), 3)])[
        0
    ]
    corners = _path(svg, "lm-step")

    pairs = list(itertools.pairwise(corners))
    assert all(one[0] == other[0] or one[1] == other[1] for one, other in pairs)
    assert len(corners) == 6


def test_both_lines_carry_number_and_name_at_their_end() -> None:
    wide, narrow = _svgs([Step(date(2024, 1, 1), 3), Step(date(2026, 5, 5), 1200, 1)])

    assert _texts(wide, "lm-chart-label") == ["1\u202f200 im Betrieb"]
    assert _texts(wide, "lm-chart-label-quiet") == ["1 beendet"]
    assert _texts(narrow, "lm-chart-label") == ["1\u202f200"]
    assert _texts(narrow, "lm-chart-label-quiet") == ["1"]


def test_the_dot_stands_at_the_last_count() -> None:
    wide = _svgs([Step(date(2024, 1, 1), 14)])[0]
    dot = next(wide.iter(f"{SVG}circle"))

    assert (float(dot.get("cx", 0)), float(dot.get("cy", 0))) == _path(wide, "lm-step")[-1]


def test_without_endings_there_is_no_dashed_line() -> None:
    wide = _svgs([Step(date(2024, 1, 1), 14)])[0]

    assert not [p for p in wide.iter(f"{SVG}path") if p.get("class") == "lm-ended"]
    assert _texts(wide, "lm-chart-label-quiet") == []


def test_the_time_axis_names_its_ends_and_the_years_between() -> None:
    wide, narrow = _svgs([Step(date(2024, 1, 1), 1)])

    assert _texts(wide, "lm-axis-label")[-4:] == ["Q1/24", "2025", "2026", "Q4/26"]
    assert _texts(narrow, "lm-axis-label")[-2:] == ["2025", "2026"]


def test_a_short_history_names_its_quarters() -> None:
    wide, narrow = _svgs([Step(date(2026, 1, 15), 1)])

    assert _texts(wide, "lm-axis-label")[-4:] == ["Q1/26", "Q2/26", "Q3/26", "Q4/26"]
    assert _texts(narrow, "lm-axis-label")[-4:] == ["Q1/26", "Q2/26", "Q3/26", "Q4/26"]


@settings(deadline=None)
@given(st.lists(steps, min_size=1, max_size=30))
def test_nothing_leaves_the_picture_and_no_names_overlap(drawn: list[Step]) -> None:
    for svg in _svgs(drawn):
        width, height = float(svg.get("width", 0)), float(svg.get("height", 0))
        assert all(0 <= x <= width and 0 <= y <= height for x, y in _path(svg, "lm-step"))
        ends = [t for t in svg.iter(f"{SVG}text") if str(t.get("class")).startswith("lm-chart")]
        heights = sorted(float(t.get("y", 0)) for t in ends)
        assert all(b - a >= 14 for a, b in itertools.pairwise(heights))
        assert all(_right_end(t) <= width + 0.01 for t in ends)
        marks = [t for t in svg.iter(f"{SVG}text") if t.get("text-anchor") == "middle"]
        spans = sorted((_left_of(t), _left_of(t) + _width_of(t)) for t in marks)
        assert all(a[1] < b[0] for a, b in itertools.pairwise(spans))


def _width_of(text: ET.Element) -> float:
    return drawing.text_width(str(text.text), float(text.get("font-size", 0)))


def _left_of(text: ET.Element) -> float:
    return float(text.get("x", 0)) - _width_of(text) / 2


def _right_end(text: ET.Element) -> float:
    return float(text.get("x", 0)) + _width_of(text)


def test_no_step_gives_an_empty_grid_with_its_message() -> None:
    for svg in _svgs([]):
        assert _texts(svg, "lm-chart-label-quiet") == ["Noch keine Angaben"]
        assert not [p for p in svg.iter(f"{SVG}path") if p.get("class") == "lm-step"]


def test_steps_after_the_last_day_are_not_told() -> None:
    assert _svgs([Step(date(2027, 1, 1), 5)])[0].find(f"{SVG}circle") is None
    assert as_table([Step(date(2027, 1, 1), 5)], UNTIL) == ()


def test_the_table_has_a_row_for_each_quarter() -> None:
    rows = as_table(
        [Step(date(2026, 8, 1), 7, 1), Step(date(2025, 12, 31), 2), Step(date(2026, 2, 1), 4)],
        UNTIL,
    )
    assert rows == (
        QuarterRow(2025, 4, 2, 0),
        QuarterRow(2026, 1, 4, 0),
        QuarterRow(2026, 2, 4, 0),
        QuarterRow(2026, 3, 7, 1),
        QuarterRow(2026, 4, 7, 1),
    )


def test_of_two_steps_on_one_day_the_later_given_holds() -> None:
    day = date(2026, 10, 1)
    assert as_table([Step(day, 1), Step(day, 2)], UNTIL) == (QuarterRow(2026, 4, 2, 0),)


def test_counts_below_zero_are_refused() -> None:
    with pytest.raises(ValueError, match="below zero"):
        Step(date(2026, 1, 1), -1)
