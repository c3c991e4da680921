"""What the plots of effects say: sides of the line, cut intervals, names of any length."""

import itertools
import math
from xml.etree import ElementTree as ET

import pytest
from markupsafe import Markup

from marketplace.charts import drawing
from marketplace.charts.drawing import Words
from marketplace.charts.effect_axis import EffectScale, axis_of
from marketplace.charts.forest_plot import ForestLabels, ForestRow, Sign, as_table, forest_plot

SVG = "{http://www.w3.org/2000/svg}"
RATIO = EffectScale(is_ratio=True, locale="de")
LABELS = ForestLabels("weniger", "mehr", "Veränderung in Prozent")


def _forest(rows: list[ForestRow]) -> Markup:
    return forest_plot(rows, RATIO, chart_id="f", words=Words("T", "D"), labels=LABELS)


def _svgs(markup: Markup) -> list[ET.Element]:
    return list(ET.fromstring(f"<all>{markup}</all>").iter(f"{SVG}svg"))  # noqa: S314 - our own


def _of(svg: ET.Element, class_: str) -> list[ET.Element]:
    return [node for node in svg.iter() if node.get("class") == class_]


@pytest.mark.parametrize(
    ("effect", "written"),
    [
        (math.log(0.69), "−31"),
        (math.log(1.05), "+5"),
        (0.0, "0"),
        (math.log(30), "×30"),
        (math.log(0.001), "−99,9"),
        (500.0, ">\u202f×1\u202f000\u202f000\u202f000"),
    ],
)
def test_a_ratio_is_written_as_change(effect: float, written: str) -> None:
    assert RATIO.write(effect) == written


def test_a_difference_is_written_in_its_unit() -> None:
    scale = EffectScale(is_ratio=False, locale="en", decimals=1)
    assert scale.interval((-2.5, 1.0)) == "[−2.5; +1.0]"


def test_less_stands_left_of_the_line_and_more_right_of_it() -> None:
    axis = axis_of(RATIO, [(-0.4, -0.1), (0.1, 0.5)], [-0.2, 0.3], left=0, right=100)
    assert axis.x(-0.2) < axis.x(0) < axis.x(0.3)


def test_only_an_interval_that_runs_far_off_is_cut_and_ends_in_an_arrow() -> None:
    usual = [ForestRow(f"Stadt {n}", -0.3, (-0.4, -0.2)) for n in range(4)]
    endless = ForestRow("Weit", -0.3, (-0.4, 60.0))
    for svg in _svgs(_forest([*usual, endless])):
        lines = [str(line.get("d")) for line in _of(svg, "lm-interval")]
        arrows = [line for line in lines if "L" in line]
        assert len(arrows) == 1
        width = float(str(svg.get("width")))
        tips = [float(part.split()[0]) for line in arrows for part in line.split("L")[1:]]
        assert all(0 <= tip <= width for tip in tips)


def test_a_square_is_filled_only_where_the_interval_is_without_zero() -> None:
    rows = [
        ForestRow("Gut", -0.3, (-0.4, -0.2)),
        ForestRow("Schädlich", 0.3, (0.1, 0.5)),
        ForestRow("Offen", -0.1, (-0.4, 0.2)),
    ]
    assert [row.is_sure for row in as_table(rows, RATIO)] == [True, True, False]
    for svg in _svgs(_forest(rows)):
        assert len(_of(svg, "lm-estimate")) == 2
        assert len(_of(svg, "lm-estimate-open")) == 1


@pytest.mark.parametrize("count", [1, 2, 31, 200])
def test_any_number_of_studies_stands_in_its_own_row(count: int) -> None:
    rows = [ForestRow(f"Stadt {n}", n / 500, (n / 500 - 0.1, n / 500 + 0.1)) for n in range(count)]
    pooled = ForestRow("Zusammen", 0.1, (0.05, 0.15), sign=Sign.POOLED)
    for svg in _svgs(_forest([*rows, pooled])):
        squares = _of(svg, "lm-estimate") + _of(svg, "lm-estimate-open")
        heights = sorted(float(str(square.get("y"))) for square in squares)
        assert len(heights) == count
        assert all(other - one > 20 for one, other in itertools.pairwise(heights))
        assert len(_of(svg, "lm-pooled")) == 1
        assert heights[-1] < float(str(svg.get("height")))


def test_an_interval_that_misses_its_estimate_is_refused() -> None:
    for interval in ((-0.2, 0.1), (math.nan, 1.0), (-math.inf, 1.0)):
        with pytest.raises(ValueError, match="holds its estimate"):
            ForestRow("Stadt", 0.5, interval)


def test_long_names_are_wrapped_and_end_in_an_ellipsis() -> None:
    word = "Donaudampfschifffahrtsgesellschaft"
    lines = drawing.wrapped(f"{word} {word} {word}", size=16, room=120, most=2)

    assert len(lines) == 2
    assert lines[-1].endswith("…")
    assert all(drawing.text_width(line, 16) <= 120 for line in lines)
    assert drawing.wrapped("Auenrode", size=16, room=120) == ("Auenrode",)
