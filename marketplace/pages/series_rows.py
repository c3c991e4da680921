"""Rows of a monthly series as people paste or upload them: one month a line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from catalog.errors import Problem
from impact.effects import Measure
from impact.measurements import Arm, Numbers, Phase, Reading
from impact.metrics import Metric
from impact.reporting import MOST_READINGS
from marketplace.pages import figures

LONGEST_TEXT = 64_000
"""Characters of a pasted or uploaded series: some 400 lines with room to spare."""

ARMS = {
    **dict.fromkeys(("mit", "with", "treated"), Arm.TREATED),
    **dict.fromkeys(("ohne", "vergleich", "without", "comparison"), Arm.COMPARISON),
}
"""How people name the two sides of a comparison."""


@dataclass(frozen=True)
class Rows:
    """What was read, with the number of the line of each, and what could not be read."""

    readings: Sequence[Reading]
    lines: Sequence[int]
    problems: Sequence[tuple[int, Problem]]


def decoded(content: bytes) -> str:
    """The text of an uploaded file: UTF-8, or what spreadsheets on Windows write."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def read(
    text: str, metric: Metric, starts_on: date, language: str, *, has_arms: bool = False
) -> Rows:
    """The readings in ``text``: month, then the numbers the metric asks for, by line.

    Cells are parted by tab, semicolon or comma; a first line of names is skipped. With
    ``has_arms`` the second cell says which side is meant. The month in which the solution came
    counts neither before nor after.
    """
    separator = next((sign for sign in "\t;" if sign in text), ",")
    readings: list[Reading] = []
    lines: list[int] = []
    problems: list[tuple[int, Problem]] = []
    for number, line in enumerate(text.splitlines(), 1):
        cells = [cell.strip().strip('"').strip() for cell in line.split(separator)]
        if not any(cells) or (not readings and not problems and not _has_digit(cells[0])):
            continue
        if len(readings) + len(problems) >= MOST_READINGS:
            problems.append((number, Problem("rows", "There are too many lines.")))
            break
        found = _reading(cells, metric, starts_on, language, has_arms=has_arms)
        if isinstance(found, Problem):
            problems.append((number, found))
        else:
            readings.append(found)
            lines.append(number)
    return Rows(readings, lines, problems)


def _has_digit(cell: str) -> bool:
    return any(sign.isdigit() for sign in cell)


def _reading(
    cells: Sequence[str], metric: Metric, starts_on: date, language: str, *, has_arms: bool
) -> Reading | Problem:
    days = figures.period(cells[0], "rows")
    if isinstance(days, Problem):
        return Problem("rows", "Begin with the month, for example 01/2025.")
    arm: Arm | None = Arm.TREATED
    rest = list(cells[1:])
    if has_arms:
        arm = ARMS.get(rest.pop(0).casefold()) if rest else None
    if arm is None:
        return Problem("rows", "Say “with” or “comparison” after the month.")
    values: list[float | None] = []
    for cell in rest[:3]:
        value = figures.figure(cell, "rows", metric, language) if cell else None
        if isinstance(value, Problem):
            return value
        values.append(value)
    numbers = _numbers(metric, [*values, None, None, None])
    if isinstance(numbers, Problem):
        return numbers
    return Reading(*days, numbers, _phase(days, starts_on), arm)


def _numbers(metric: Metric, values: Sequence[float | None]) -> Numbers | Problem:
    first, second, third = values[:3]
    if metric.scale is Measure.LN_IRR:
        return Numbers(events=first, exposure=second)
    n = figures.whole(second, "rows")
    if isinstance(n, Problem):
        return n
    if metric.scale in (Measure.LN_RR, Measure.RD):
        return Numbers(n=n, events=first)
    return Numbers(value=first, n=n, sd=third)


def _phase(days: tuple[date, date], starts_on: date) -> Phase:
    if days[1] < starts_on:
        return Phase.BASELINE
    return Phase.RAMP_UP if days[0] <= starts_on else Phase.AFTER
