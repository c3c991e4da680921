"""Figures and periods as people type them."""

import pytest

from catalog.errors import Problem
from impact.metrics import metric_of
from marketplace.pages import figures


@pytest.mark.parametrize(
    ("typed", "language", "read"),
    [
        ("18,5", "de", 18.5),
        ("1.234,5 Tage", "de", 1234.5),
        ("18.5 days", "en", 18.5),
        ("1.200", "de", 1200),
    ],
)
def test_figures_are_read_as_people_type_them(typed: str, language: str, read: float) -> None:
    assert figures.figure(typed, "a", metric_of("processing_time"), language) == read


@pytest.mark.parametrize("typed", ["18 Stunden", "viele", "", "18,5,6x", "<b>1</b>"])
def test_another_unit_or_none_is_asked_at_the_field(typed: str) -> None:
    found = figures.figure(typed, "after.value", metric_of("processing_time"), "de")
    assert isinstance(found, Problem)
    assert found.field == "after.value"


@pytest.mark.parametrize("typed", ["2025", "01/2025 – 12/2025", "1.1.2025 bis 31.12.2025"])
def test_periods_are_read_as_people_type_them(typed: str) -> None:
    found = figures.period(typed, "a")
    assert not isinstance(found, Problem)
    assert [day.isoformat() for day in found] == ["2025-01-01", "2025-12-31"]
