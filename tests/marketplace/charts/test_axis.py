import itertools
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from marketplace.charts.axis import nice_ticks, write_number


@given(st.integers(0, 10**7))
def test_ticks_enclose_the_counts_in_few_even_whole_steps(high: int) -> None:
    ticks = nice_ticks(0, high)

    assert ticks[0] == 0
    assert ticks[-1] >= high
    assert 2 <= len(ticks) <= 6
    assert all(tick == int(tick) for tick in ticks)
    assert len({b - a for a, b in itertools.pairwise(ticks)}) == 1


@given(st.floats(-1e18, 1e18), st.floats(-1e18, 1e18))
@example(0.0, 5e-324)
@example(1e17, 1e17)
def test_ticks_enclose_any_range(one: float, other: float) -> None:
    low, high = min(one, other), max(one, other)
    ticks = nice_ticks(low, high, whole=False)

    assert ticks[0] <= low
    assert ticks[-1] >= high
    assert 2 <= len(ticks) <= 6


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [(0, 14, (0, 5, 10, 15)), (0, 0, (0, 1)), (-38, 10, (-40, -30, -20, -10, 0, 10))],
)
def test_ticks_are_round(low: float, high: float, ticks: tuple[float, ...]) -> None:
    assert nice_ticks(low, high) == ticks


@pytest.mark.parametrize(("low", "high"), [(1, 0), (0, float("inf")), (float("nan"), 1)])
def test_an_impossible_axis_is_refused(low: float, high: float) -> None:
    with pytest.raises(ValueError, match="No axis"):
        nice_ticks(low, high)


@pytest.mark.parametrize(
    ("value", "locale", "decimals", "written"),
    [
        (2400, "de", 0, "2\u202f400"),
        (1_234_567.891, "en", 2, "1\u202f234\u202f567.89"),
        (-31.26, "de", 1, "\u221231,3"),
        (Decimal("0.5"), "de", 1, "0,5"),
        (-0.01, "de", 1, "0,0"),
    ],
)
def test_numbers_are_written_as_people_write_them(
    value: float, locale: str, decimals: int, written: str
) -> None:
    assert write_number(value, locale, decimals=decimals) == written


def test_a_signed_number_shows_its_plus() -> None:
    assert write_number(5, "de", signed=True) == "+5"
    assert write_number(0, "de", signed=True) == "0"
