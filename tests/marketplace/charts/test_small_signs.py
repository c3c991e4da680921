import re
from itertools import pairwise

import pytest
import segno
from markupsafe import Markup

from marketplace.charts.bars import Completeness, condition_bar, share_bar
from marketplace.charts.drawing import Words
from marketplace.charts.evidence_meter import evidence_meter
from marketplace.charts.light_chain import Chain, light_chain
from marketplace.charts.qr import QUIET_ZONE, qr_code

WORDS = Words("Titel", "Beschreibung")


def _chain(live: int, mine: int = 0) -> Markup:
    return light_chain(Chain(live, mine), chart_id="c", words=WORDS, locale="de")


def _numbers(markup: str, name: str) -> list[float]:
    return [float(value) for value in re.findall(rf' {name}="([\d.]+)"', markup)]


def test_a_chain_has_a_dot_for_each_municipality_and_mine_come_first() -> None:
    kinds = re.findall(r'<circle class="(lm-\w+)"', _chain(14, 3))

    assert kinds == ["lm-mine"] * 3 + ["lm-live"] * 11


def test_a_chain_counts_ten_dots_to_the_row() -> None:
    markup = _chain(14)

    assert _numbers(markup, "cx")[:3] == [6, 23, 40]
    assert _numbers(markup, "cy") == [6] * 10 + [23] * 4


@pytest.mark.parametrize(("live", "dots", "more"), [(40, 40, None), (41, 20, "+ 21")])
def test_above_forty_two_rows_and_a_number_stand_for_all(
    live: int, dots: int, more: str | None
) -> None:
    markup = _chain(live)

    assert markup.count("<circle") == dots
    assert re.findall(r">(\+ \d+)<", markup) == ([more] if more else [])


def test_nobody_yet_is_a_hollow_dot_not_a_light() -> None:
    assert re.findall(r'<circle class="(lm-\w+)"', _chain(0)) == ["lm-none"]


def test_more_like_mine_than_live_is_refused() -> None:
    with pytest.raises(ValueError, match="like yours"):
        Chain(2, 3)


@pytest.mark.parametrize("strength", range(5))
def test_the_meter_fills_as_many_bars_as_the_evidence_is_strong(strength: int) -> None:
    markup = evidence_meter(strength, chart_id="c", words=WORDS)

    assert markup.count("lm-bar-full") == strength
    assert markup.count("lm-bar-empty") == 4 - strength


def test_the_bars_of_the_meter_rise() -> None:
    heights = _numbers(evidence_meter(4, chart_id="c", words=WORDS).split("<rect", 1)[1], "height")

    assert heights == [6, 10.5, 15, 19.5]


@pytest.mark.parametrize("strength", [-1, 5])
def test_a_strength_that_does_not_exist_is_refused(strength: int) -> None:
    with pytest.raises(ValueError, match="0 to 4"):
        evidence_meter(strength, chart_id="c", words=WORDS)


@pytest.mark.parametrize("met", range(5))
def test_the_condition_bar_fills_the_conditions_met(met: int) -> None:
    markup = condition_bar(met, chart_id="c", words=WORDS)

    assert (markup.count("lm-block-full"), markup.count("lm-block-empty")) == (met, 4 - met)


def test_nothing_stated_is_an_outline_and_not_zero() -> None:
    unknown = condition_bar(None, chart_id="c", words=WORDS)

    assert unknown.count("<rect") == 1
    assert "lm-block-unknown" in unknown
    with pytest.raises(ValueError, match="conditions"):
        condition_bar(5, chart_id="c", words=WORDS)


def test_shares_fill_the_bar_in_proportion() -> None:
    markup = share_bar(Completeness(stated=6, missing=2, withheld=2), chart_id="c", words=WORDS)
    parts = {
        class_: float(width)
        for class_, width in re.findall(r'class="lm-share-(\w+)" x.*? width="([\d.]+)"', markup)
    }

    assert parts["stated"] == pytest.approx(276 * 0.6)
    assert parts["withheld"] == pytest.approx(276 * 0.2)
    assert parts["missing"] == pytest.approx(276 * 0.2 - 1.5)


def test_a_single_fact_among_many_is_still_seen() -> None:
    markup = share_bar(Completeness(stated=998, missing=0, withheld=1), chart_id="c", words=WORDS)

    assert re.findall(r'lm-share-withheld" x="272" y="0" width="(8)"', markup) == ["8"]


def test_hatching_stays_inside_the_withheld_part() -> None:
    markup = share_bar(Completeness(stated=0, missing=0, withheld=1), chart_id="c", words=WORDS)
    hatch = re.search(r'class="lm-share-hatch" d="([^"]+)"', markup)

    assert hatch is not None
    ends = [(float(x), float(y)) for x, y in re.findall(r"[ML]([\d.]+) ([\d.]+)", hatch[1])]
    assert len(ends) > 40
    assert all(0 <= x <= 280 and 0 <= y <= 12 for x, y in ends)
    assert all(a[0] < b[0] and a[1] > b[1] for a, b in list(pairwise(ends))[::2])


def test_a_record_without_facts_is_an_outline() -> None:
    markup = share_bar(Completeness(0, 0, 0), chart_id="c", words=WORDS)

    assert re.findall(r"lm-share-(?!bar)(\w+)", markup) == ["missing"]


def test_the_code_has_exactly_the_dark_modules_of_its_link() -> None:
    link = "https://beispiel.example/id/solution/0193a4"
    markup = qr_code(link, chart_id="c", words=WORDS)
    drawn = {
        (int(x) + offset, int(y))
        for x, y, run in re.findall(r"M(\d+) (\d+)h(\d+)v1", markup)
        for offset in range(int(run))
    }

    matrix = segno.make(link, error="m", micro=False, boost_error=False).matrix
    assert drawn == {
        (x + QUIET_ZONE, y + QUIET_ZONE)
        for y, row in enumerate(matrix)
        for x, module in enumerate(row)
        if module
    }


@pytest.mark.parametrize("link", ["", "x" * 3000])
def test_a_code_refuses_a_link_it_cannot_hold(link: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the second message is the library's
        qr_code(link, chart_id="c", words=WORDS)
