"""Figures and periods as people type them, and figures in the reader's language."""

import re
from calendar import monthrange
from datetime import date
from typing import Literal

from babel.numbers import format_decimal

from catalog.errors import Problem
from impact.metrics import Metric

MINUS = "\u2212"
DASH = re.compile(r"\s*(?:–|—|\bbis\b|\bto\b|\s-\s)\s*")
FIGURE = re.compile(r"([-\u2212]?\d[\d.,\u202f\u00a0 ]*)(.*)", re.DOTALL)
LONGEST = 60

WORDS = {
    "d": ("tag", "tage", "tagen", "day", "days"),
    "min": ("minute", "minuten", "minutes"),
    "h": ("stunde", "stunden", "std", "hour", "hours"),
    "%": ("prozent", "percent"),
}
"""Further words for a unit, by UCUM code."""


def figure(text: str, field: str, metric: Metric, language: str) -> float | Problem:
    """The number in a field; a unit behind it must be the metric's own."""
    match = FIGURE.fullmatch(text.strip()[:LONGEST])
    if match is None:
        return Problem(field, "Give a number, for example 18,5.")
    unit = match[2].strip().rstrip(".").casefold()
    first = metric.unit.split("/", 1)[0]
    known = {metric.unit, first, *WORDS.get(first, ()), metric.currency.casefold(), "€", ""}
    known |= {word.casefold() for word in metric.unit_label.values()}
    code: Literal["de", "en"] = "de" if language == "de" else "en"
    if unit and unit not in {each.casefold() for each in known if each}:
        return Problem(
            field,
            "This metric is counted in %(unit)s. Convert the number and leave “%(given)s” out.",
            {
                "unit": metric.unit_label[code],
                "given": match[2].strip(),
            },
        )
    return _number(match[1], field, language)


def _number(text: str, field: str, language: str) -> float | Problem:
    plain = re.sub(r"[\s\u202f\u00a0]", "", text).replace(MINUS, "-")
    is_grouped = bool(re.fullmatch(r"-?\d{1,3}(\.\d{3})+", plain)) and language == "de"
    if "," in plain and not (language == "en" and re.fullmatch(r"-?\d{1,3}(,\d{3})+", plain)):
        plain = plain.replace(".", "").replace(",", ".")
    elif is_grouped:
        plain = plain.replace(".", "")
    try:
        return float(plain.replace(",", ""))
    except ValueError:
        return Problem(field, "Give a number, for example 18,5.")


def whole(value: float | None, field: str) -> int | Problem | None:
    """A number of cases; None where none is given, a problem where it is no whole number."""
    if value is None:
        return None
    if value != round(value) or abs(value) > 2**31 - 1:
        return Problem(field, "Give a whole number of cases, for example 140.")
    return round(value)


def period(text: str, field: str) -> tuple[date, date] | Problem:
    """The days of a period: 1.1.2025 – 30.6.2025, 01/2025 – 06/2025, or a year."""
    parts = DASH.split(text.strip()[:LONGEST])
    found = [days for part in parts if part and (days := _days(part)) is not None]
    if len(found) != len(parts) or len(found) > 2:
        return Problem(field, "Give two days, for example 1.1.2025 – 30.6.2025, or a year.")
    return found[0][0], found[-1][1]


def _days(text: str) -> tuple[date, date] | None:
    day = re.fullmatch(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", text)
    iso = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", text)
    month = re.fullmatch(r"(?P<month>\d{1,2})[/.](?P<year>\d{4})", text) or re.fullmatch(
        r"(?P<year>\d{4})-(?P<month>\d{2})", text
    )
    try:
        if day:
            found = date(int(day[3]), int(day[2]), int(day[1]))
            return found, found
        if iso:
            found = date(int(iso[1]), int(iso[2]), int(iso[3]))
            return found, found
        if month:
            year, number = int(month["year"]), int(month["month"])
            return date(year, number, 1), date(year, number, monthrange(year, number)[1])
        if re.fullmatch(r"\d{4}", text):
            return date(int(text), 1, 1), date(int(text), 12, 31)
    except ValueError:
        return None
    return None


def interval(text: str) -> tuple[str, str] | None:
    """The two ends of an interval, or None where a single number stands."""
    parts = [part for part in DASH.split(text.strip()[:LONGEST]) if part]
    return (parts[0], parts[1]) if len(parts) == 2 else None


def shown(value: float | None, language: str, places: int = 1) -> str:
    """A number in the reader's language, with a real minus; empty if there is none."""
    if value is None:
        return ""
    pattern = f"#,##0.{'#' * places}" if places else "#,##0"
    text: str = format_decimal(round(value, places), format=pattern, locale=language)
    return text.replace("-", MINUS)


def signed(value: float, language: str, places: int = 0) -> str:
    """A change in the reader's language, with its sign."""
    text = shown(value, language, places)
    return text if text.startswith(MINUS) or round(value, places) == 0 else f"+{text}"
