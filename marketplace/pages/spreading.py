"""How a solution spreads: counts, and the fan of the forecast where enough have adopted it."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from catalog.database import Session
from catalog.solutions import Solution
from impact import diffusion
from impact.diffusion import FEWEST_ADOPTERS, Forecast, Spread
from marketplace.charts.drawing import Words
from marketplace.charts.forecast_fan import FanLabels, Outlook, forecast_fan
from marketplace.pages.reader import Reader
from marketplace.pages.rendering import number


@dataclass(frozen=True)
class SpreadView:
    """The spread in words, with its picture and what it rests on."""

    said: str
    expected: str
    drawing: Markup | None
    source: str
    rows: Sequence[tuple[str, str, str, str]]


def spread_view(session: Session, reader: Reader, solution: Solution) -> SpreadView:
    """How a solution spread until today and how it may go on."""
    _ = reader._
    found = diffusion.of_solution(session, solution.id, reader.today)
    said = _("Municipalities that run it today: %(live)s. That have ended it: %(ended)s.") % {
        "live": number(found.live, reader.language),
        "ended": number(found.ended, reader.language),
    }
    if found.forecast is None:
        few = _("A forecast needs at least %(fewest)s municipalities that took it live.")
        return SpreadView(said, few % {"fewest": FEWEST_ADOPTERS}, None, "", [])
    source = _(
        "Model of Bass (1969) over %(m)s municipalities of the register, with a weak prior. "
        "Those that end it are taken off. Before the peak the forecast is unsure."
    ) % {"m": number(found.m, reader.language)}
    expected = _expected(reader, found.forecast)
    drawing = _drawing(reader, found, found.forecast, f"{said} {expected}")
    rows = [
        (str(day.year), *_three(reader, quantiles))
        for day, quantiles in found.forecast.outlook[3::4]
    ]
    return SpreadView(said, expected, drawing, source, rows)


def _expected(reader: Reader, forecast: Forecast) -> str:
    _day, quantiles = forecast.outlook[-1]
    text = reader._(
        "In three years we expect %(middle)s; in 90 of 100 cases between %(low)s and %(high)s."
    )
    low, middle, high = _three(reader, quantiles)
    return text % {"low": low, "middle": middle, "high": high}


def _three(reader: Reader, quantiles: Sequence[float]) -> tuple[str, str, str]:
    """Low, middle and high of five quantiles in figures."""
    low, _lower, middle, _upper, high = (number(round(each), reader.language) for each in quantiles)
    return low, middle, high


def _drawing(reader: Reader, found: Spread, forecast: Forecast, said: str) -> Markup:
    _ = reader._
    return forecast_fan(
        found.history,
        [Outlook(day, quantiles) for day, quantiles in forecast.outlook],
        chart_id="spread",
        words=Words(_("Municipalities that run it, until today and in three years"), said),
        labels=FanLabels(_("today"), _("Q{quarter}/{year}")),
        locale=reader.language,
    )
