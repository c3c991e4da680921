"""A small invented country to draw on, and what every picture is asked."""

import pytest

from marketplace.charts import geography
from marketplace.charts.drawing import Words
from marketplace.charts.geography import Outlines


@pytest.fixture(scope="session")
def outlines() -> Outlines:
    """Two rectangular Länder and three dots, so that no test waits for the real outlines."""
    return Outlines(
        view_box=geography.VIEW_BOX,
        laender={"01": "M100 100h200v500h-200z", "02": "M300 100h200v500h-200z"},
        dots="M150 150h0M200 200h0M250 250h0",
        dot_step=13.0,
        projection={},
    )


@pytest.fixture
def words() -> Words:
    """Words as hostile as a record can make them."""
    return Words("<b>Wer & wo</b>\x00", 'Ein "Satz" </desc><script>alert(1)</script>\ud800')
