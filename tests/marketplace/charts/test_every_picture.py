"""What holds for all pictures: accessible, well-formed, escaped, without style or color."""

import re
from collections.abc import Callable
from datetime import date
from xml.etree import ElementTree as ET

import pytest
from markupsafe import Markup

from marketplace.charts import (
    adopter_map,
    adoption_curve,
    drawing,
    forecast_fan,
    forest_plot,
    funnel_plot,
    qr,
    sea_of_lights,
    series_plot,
)
from marketplace.charts.adopter_map import MapPoint
from marketplace.charts.adoption_curve import CurveLabels, Step
from marketplace.charts.drawing import Words
from marketplace.charts.effect_axis import EffectScale
from marketplace.charts.forecast_fan import FanLabels, Outlook
from marketplace.charts.forest_plot import ForestLabels, ForestRow, Sign
from marketplace.charts.funnel_plot import FunnelLabels
from marketplace.charts.geography import Outlines
from marketplace.charts.sea_of_lights import MunicipalityLight
from marketplace.charts.series_plot import Month, SeriesLabels

HOSTILE = "\"><script>x</script>'&\x07"
SVG = "{http://www.w3.org/2000/svg}"

Draw = Callable[[str, Words, Outlines], Markup]


def _map(chart_id: str, words: Words, outlines: Outlines) -> Markup:
    stages = ("live", "pilot", "planned", "interested", "ended")
    points = [MapPoint(8 + i, 50, stage, f"{HOSTILE}{i}") for i, stage in enumerate(stages)]
    points.append(MapPoint(10, 52, "live", HOSTILE, like_mine=True))
    return adopter_map.adopter_map(points, outlines=outlines, chart_id=chart_id, words=words)


def _sea(chart_id: str, words: Words, outlines: Outlines) -> Markup:
    lights = [MunicipalityLight(8 + n / 10, 50, n, HOSTILE) for n in range(10)]
    return sea_of_lights.sea_of_lights(lights, outlines=outlines, chart_id=chart_id, words=words)


def _curve(chart_id: str, words: Words, _outlines: Outlines) -> Markup:
    labels = CurveLabels(live=HOSTILE, ended=HOSTILE, quarter="<{quarter}>{year}", empty=HOSTILE)
    steps = [Step(date(2024, 2, 3), 3, 0), Step(date(2026, 2, 3), 1200, 2)]
    return adoption_curve.adoption_curve(
        steps, date(2026, 11, 22), chart_id=chart_id, words=words, labels=labels, locale="de"
    )


def _empty_curve(chart_id: str, words: Words, _outlines: Outlines) -> Markup:
    labels = CurveLabels(live="", ended="", quarter="{quarter}/{year}", empty=HOSTILE)
    return adoption_curve.adoption_curve(
        [], date(2026, 11, 22), chart_id=chart_id, words=words, labels=labels, locale="de"
    )


def _forest(chart_id: str, words: Words, _outlines: Outlines) -> Markup:
    rows = [
        ForestRow(HOSTILE, -0.3, (-0.5, -0.1), HOSTILE, 40),
        ForestRow(HOSTILE, 0.0, (-90.0, 90.0), "", 1),
        ForestRow(HOSTILE, -0.2, (-0.3, -0.1), HOSTILE, sign=Sign.POOLED),
        ForestRow(HOSTILE, -0.2, (-0.6, 0.2), HOSTILE, sign=Sign.PREDICTION),
    ]
    return forest_plot.forest_plot(
        rows,
        EffectScale(is_ratio=True, locale="de"),
        chart_id=chart_id,
        words=words,
        labels=ForestLabels(HOSTILE, HOSTILE, HOSTILE),
    )


def _funnel(chart_id: str, words: Words, _outlines: Outlines) -> Markup:
    return funnel_plot.funnel_plot(
        [(-0.3, 0.1), (0.1, 0.02), (0.8, 0.4)],
        -0.1,
        EffectScale(is_ratio=False, locale="en", decimals=2),
        chart_id=chart_id,
        words=words,
        labels=FunnelLabels(HOSTILE, HOSTILE, HOSTILE, HOSTILE),
    )


def _series(chart_id: str, words: Words, _outlines: Outlines) -> Markup:
    treated = [Month(date(2025, month, 1), None if month == 5 else month) for month in range(1, 13)]
    return series_plot.series_plot(
        treated,
        [Month(month.day, 3.5) for month in treated],
        date(2025, 6, 1),
        chart_id=chart_id,
        words=words,
        labels=SeriesLabels(HOSTILE, HOSTILE, "<{quarter}>{year}"),
        locale="de",
    )


def _fan(chart_id: str, words: Words, _outlines: Outlines) -> Markup:
    return forecast_fan.forecast_fan(
        [(date(2024, 1, 1), 1), (date(2026, 1, 1), 12)],
        [Outlook(date(2027 + n, 1, 1), (12, 14 + n, 16 + n, 20 + n, 40 + n)) for n in range(4)],
        goal=100,
        chart_id=chart_id,
        words=words,
        labels=FanLabels(HOSTILE, "<{quarter}>{year}", HOSTILE),
        locale="de",
    )


DRAWINGS: dict[str, tuple[Draw, frozenset[str]]] = {
    "map": (_map, adopter_map.CLASSES),
    "sea": (_sea, sea_of_lights.CLASSES),
    "curve": (_curve, adoption_curve.CLASSES),
    "empty curve": (_empty_curve, adoption_curve.CLASSES),
    "forest": (_forest, forest_plot.CLASSES),
    "funnel": (_funnel, funnel_plot.CLASSES),
    "series": (_series, series_plot.CLASSES),
    "fan": (_fan, forecast_fan.CLASSES),
    "code": (
        lambda i, w, _: qr.qr_code("https://beispiel.example/id", chart_id=i, words=w),
        qr.CLASSES,
    ),
}


@pytest.fixture(params=DRAWINGS)
def drawn(
    request: pytest.FixtureRequest, words: Words, outlines: Outlines
) -> tuple[Markup, frozenset[str]]:
    draw, classes = DRAWINGS[request.param]
    return draw("chart-1", words, outlines), classes


def _tree(markup: Markup) -> ET.Element:
    # Read by a real parser: what is not well-formed raises here.
    return ET.fromstring(f"<all>{markup}</all>")  # noqa: S314 - our own output


def test_hostile_words_stay_text(drawn: tuple[Markup, frozenset[str]]) -> None:
    tree = _tree(drawn[0])

    titles = [title.text for title in tree.iter(f"{SVG}title")]
    assert titles
    assert set(titles) == {"<b>Wer & wo</b>\ufffd"}
    assert not list(tree.iter(f"{SVG}script"))
    assert "<script" not in drawn[0]


def test_every_picture_is_named_and_described(drawn: tuple[Markup, frozenset[str]]) -> None:
    for svg in _tree(drawn[0]).iter(f"{SVG}svg"):
        texts = {child.get("id"): child.text for child in svg if child.get("id")}
        assert svg.get("role") == "img"
        assert texts[svg.get("aria-labelledby")]
        assert texts[svg.get("aria-describedby")]


def test_ids_are_unique_and_references_find_them(drawn: tuple[Markup, frozenset[str]]) -> None:
    tree = _tree(drawn[0])
    ids = [node.get("id") for node in tree.iter() if node.get("id")]

    assert len(ids) == len(set(ids))
    assert all(str(id_).startswith("chart-1") for id_ in ids)
    assert {str(use.get("href"))[1:] for use in tree.iter(f"{SVG}use")} <= set(ids)


def test_no_style_and_no_color(drawn: tuple[Markup, frozenset[str]]) -> None:
    for node in _tree(drawn[0]).iter():
        assert "style" not in node.attrib
        assert node.get("fill") in {None, "none"}
        assert node.get("stroke") in {None, "none"}
    assert not re.search(r"#[0-9a-f]{3,8}\b|rgb\(", drawn[0])


def test_every_class_is_listed_for_the_style_sheet(drawn: tuple[Markup, frozenset[str]]) -> None:
    markup, listed = drawn
    used = {name for node in _tree(markup).iter() for name in node.get("class", "").split()}

    assert used <= listed | drawing.CLASSES


def test_text_is_never_smaller_than_thirteen_pixels_on_a_small_phone(
    drawn: tuple[Markup, frozenset[str]],
) -> None:
    for svg in _tree(drawn[0]).iter(f"{SVG}svg"):
        scale = min(1.0, 288 / float(svg.get("width", 0))) if _is_narrow(svg) else 1.0
        sizes = [float(node.get("font-size", 0)) for node in svg.iter(f"{SVG}text")]
        assert all(size * scale >= 13 for size in sizes)


def _is_narrow(svg: ET.Element) -> bool:
    return float(svg.get("width", 0)) == drawing.NARROW_WIDTH


def test_a_picture_refuses_an_id_that_is_no_identifier(words: Words) -> None:
    with pytest.raises(ValueError, match="identifier"):
        drawing.picture('x" onload="', words, (1, 1))


def test_an_element_refuses_style() -> None:
    with pytest.raises(ValueError, match="style"):
        drawing.element("path", style="fill:red")


def test_signs_for_legends_are_silent() -> None:
    signs = [sea_of_lights.key(level) for level in range(5)]
    signs += [adopter_map.key(stage) for stage in ("live", "pilot", "planned", "ended")]

    assert all('aria-hidden="true"' in markup and "id=" not in markup for markup in signs)
    assert len(set(signs)) == len(signs)
