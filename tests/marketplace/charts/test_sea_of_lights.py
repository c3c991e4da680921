import re

import pytest

from marketplace.charts import geography
from marketplace.charts import sea_of_lights as sea
from marketplace.charts.drawing import Words
from marketplace.charts.geography import Outlines
from marketplace.charts.sea_of_lights import MunicipalityLight


def _sea(lights: list[MunicipalityLight], outlines: Outlines, words: Words) -> str:
    return sea.sea_of_lights(lights, outlines=outlines, chart_id="sea", words=words)


@pytest.mark.parametrize(
    ("live", "level"), [(0, 0), (1, 1), (2, 2), (3, 2), (4, 3), (7, 3), (8, 4), (900, 4)]
)
def test_the_level_follows_the_number_of_live_solutions(live: int, level: int) -> None:
    assert MunicipalityLight(10, 51, live, "").level == level


def test_each_municipality_with_a_live_solution_is_one_light(
    outlines: Outlines, words: Words
) -> None:
    lights = [MunicipalityLight(8 + n / 50, 50, n % 10, "") for n in range(100)]
    markup = _sea(lights, outlines, words)

    points = {
        int(level): path.count("M")
        for level, path in re.findall(r'id="sea-level-(\d)" d="([^"]*)"', markup)
    }
    assert points == {1: 10, 2: 20, 3: 40, 4: 20}


def test_lights_grow_with_their_level(outlines: Outlines, words: Words) -> None:
    lights = [MunicipalityLight(10, 51, live, "") for live in (1, 2, 4, 8)]
    markup = _sea(lights, outlines, words)

    widths = re.findall(r'<g class="lm-stroke-\d" fill="none" stroke-width="([\d.]+)"', markup)
    assert [float(width) / 2 for width in widths] == [2.6, 3.6, 4.8, 6.2]
    assert markup.count("lm-glow") == 3


def test_no_halo_is_cut_at_the_border_of_the_country(outlines: Outlines, words: Words) -> None:
    corner = MunicipalityLight(geography.WEST, geography.NORTH, 8, "")
    markup = _sea([corner], outlines, words)

    assert 'transform="translate(18 18)"' in markup
    assert f'viewBox="0 0 {geography.WIDTH + 36} {geography.HEIGHT + 36}"' in markup
    assert 2 * max(sea.HALO.values()) == 36


def test_two_thousand_municipalities_stay_below_sixty_kilobytes(
    outlines: Outlines, words: Words
) -> None:
    lights = [
        MunicipalityLight(6 + n * 377 % 9001 / 1000, 47.5 + n * 611 % 7507 / 1000, 1 + n % 9, "")
        for n in range(2000)
    ]
    # The dots of the real land weigh 16 kB; the three of the test land weigh nothing.
    assert len(_sea(lights, outlines, words).encode()) < 60_000 - 16_000


def test_no_light_gives_the_dark_land(outlines: Outlines, words: Words) -> None:
    markup = _sea([MunicipalityLight(10, 51, 0, "Auenrode")], outlines, words)

    assert outlines.dots in markup
    assert "lm-stroke" not in markup


def test_the_table_names_the_brightest_first() -> None:
    lights = [
        MunicipalityLight(10, 51, live, name)
        for live, name in [(1, "B"), (0, "Dunkel"), (9, "C"), (1, "A")]
    ]
    assert [light.name for light in sea.as_table(lights)] == ["C", "A", "B"]
