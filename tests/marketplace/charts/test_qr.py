import re

import pytest
import segno

from marketplace.charts.drawing import Words
from marketplace.charts.qr import QUIET_ZONE, qr_code

WORDS = Words("Titel", "Beschreibung")


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
