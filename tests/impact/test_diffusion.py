"""The forecast of adoption: right for a known curve, silent on few, the same each time."""

from datetime import date, timedelta

import numpy as np

from impact.diffusion import Bass, forecast

TODAY = date(2026, 11, 23)


def adopters(model: Bass, years: float) -> list[date]:
    """The days on which the curve passes each whole number of adopters."""
    times = np.linspace(0, years, 4000)
    counts = np.floor(model.adopters(times))
    first = TODAY - timedelta(days=years * 365.25)
    return [
        first + timedelta(days=float(times[np.argmax(counts >= n)]) * 365.25)
        for n in range(1, int(counts[-1]) + 1)
    ]


def test_the_fan_holds_what_a_known_curve_will_reach() -> None:
    model = Bass(0.02, 0.5, 400)
    found = forecast(adopters(model, 5), [], 400, TODAY)
    assert found is not None
    day, (low, _, middle, _, high) = found.outlook[-1]

    assert (day - TODAY).days == 1096
    assert low < float(model.adopters(8)) < high
    assert abs(middle - float(model.adopters(8))) < 60
    assert all(list(q) == sorted(q) and q[-1] <= 400 for _, q in found.outlook)


def test_those_that_ended_lower_the_fan_and_the_same_days_give_the_same() -> None:
    began = adopters(Bass(0.02, 0.5, 400), 4)
    ended = [day + timedelta(days=200) for day in began[:20]]
    all_stay, some_end = forecast(began, [], 400, TODAY), forecast(began, ended, 400, TODAY)
    assert all_stay is not None
    assert some_end is not None

    assert some_end.outlook[-1][1][2] < all_stay.outlook[-1][1][2]
    assert forecast(began, ended, 400, TODAY) == some_end


def test_few_adopters_or_nobody_left_give_no_forecast() -> None:
    began = adopters(Bass(0.02, 0.5, 400), 5)

    assert forecast(began[:7], [], 400, TODAY) is None
    assert forecast(began, [], len(began), TODAY) is None
    assert forecast([TODAY] * 9, [], 400, TODAY) is None
