"""What is wrong with reported numbers, and what is merely unlikely.

Wrong is refused at its field. Unlikely is asked: whoever reports may say that it is so. Fields are
named ``SIDE.FIELD``, with the index of the reading where there are many.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from catalog.errors import Invalid, Problem
from impact.effects import Measure
from impact.estimating import level
from impact.measurements import Phase, Reading
from impact.metrics import Metric, StatType

LARGEST = 1e12
"""Numbers beyond that are typing errors in any unit we know."""

LONGEST_PERIOD = 3 * 366
FIRST_DAY = date(1990, 1, 1)


class Doubtful(Invalid):
    """The numbers are possible but unlikely; reporting them once more with a yes is enough."""


def check(
    metric: Metric,
    readings: Sequence[Reading],
    fields: Sequence[str],
    *,
    today: date,
    is_confirmed: bool,
) -> None:
    """Refuse what is wrong with ``Invalid``, then ask with ``Doubtful`` unless it is confirmed.

    ``fields`` name the readings, one each, as the writer knows them.
    """
    named = list(zip(readings, fields, strict=True))
    problems = [p for reading, name in named for p in _wrong(metric, reading, name, today)]
    problems += [*_order(named), *_doubled(named)]
    if problems:
        raise Invalid("Please check the numbers.", problems=problems)
    if is_confirmed:
        return
    doubts = [p for reading, name in named for p in _unlikely(metric, reading, name)]
    doubts += _leap(metric, named)
    if doubts:
        raise Doubtful("Please check the numbers.", problems=doubts)


def _wrong(metric: Metric, reading: Reading, name: str, today: date) -> Iterator[Problem]:
    if reading.period_end < reading.period_start:
        yield Problem(f"{name}.period", "The period ends before it begins. Swap the two days.")
    elif (reading.period_end - reading.period_start).days > LONGEST_PERIOD:
        yield Problem(f"{name}.period", "Give a period of at most three years.")
    if reading.period_end > today:
        yield Problem(f"{name}.period", "The period is not over yet. Give a day up to today.")
    if reading.period_start < FIRST_DAY:
        yield Problem(f"{name}.period", "Give a day from 1990 on.")
    for field, value in _numbers(reading):
        if value is not None and not -LARGEST < value < LARGEST:
            yield Problem(f"{name}.{field}", "This number is too large to be meant.")
    whole = reading.completeness
    if whole is not None and not 0 < whole <= 100:
        yield Problem(f"{name}.completeness", "Give a percentage above 0 and up to 100.")
    yield from _wrong_numbers(metric, reading, name)


def _numbers(reading: Reading) -> Iterator[tuple[str, float | None]]:
    for field in ("value", "n", "sd", "events", "exposure", "ci_low", "ci_high"):
        yield field, getattr(reading.numbers, field)


def _wrong_numbers(metric: Metric, reading: Reading, name: str) -> Iterator[Problem]:
    if metric.scale in (Measure.LN_RR, Measure.RD):
        yield from _wrong_share(reading, name)
    elif metric.scale is Measure.LN_IRR:
        yield from _wrong_rate(reading, name)
    else:
        yield from _wrong_mean(metric, reading, name)


def _wrong_share(reading: Reading, name: str) -> Iterator[Problem]:
    events, n = reading.numbers.events, reading.numbers.n
    if n is None or n < 1:
        yield Problem(
            f"{name}.n", "Give the number of all cases; without it nothing can be pooled."
        )
    if events is None or events < 0:
        yield Problem(f"{name}.events", "Give how many cases it was, 0 or more.")
    elif n is not None and events > n >= 1:
        yield Problem(f"{name}.events", "These are more than all cases. Check both numbers.")


def _wrong_rate(reading: Reading, name: str) -> Iterator[Problem]:
    events, exposure = reading.numbers.events, reading.numbers.exposure
    if events is None or events < 0:
        yield Problem(f"{name}.events", "Give how often it happened, 0 or more.")
    if exposure is None or exposure <= 0:
        yield Problem(f"{name}.exposure", "Give among how many cases; a number above 0.")


def _wrong_mean(metric: Metric, reading: Reading, name: str) -> Iterator[Problem]:
    numbers = reading.numbers
    if numbers.value is None:
        yield Problem(f"{name}.value", "Give the mean as a number, for example 18,5.")
    elif numbers.value < 0 and metric.stat_type is not StatType.COST:
        yield Problem(f"{name}.value", "Give a number that is not below 0.")
    if numbers.n is None or numbers.n < 1:
        yield Problem(f"{name}.n", "Give over how many cases the mean is taken.")
    if numbers.sd is not None and numbers.sd < 0:
        yield Problem(f"{name}.spread", "A standard deviation is not below 0.")
    yield from _wrong_interval(reading, name)


def _wrong_interval(reading: Reading, name: str) -> Iterator[Problem]:
    numbers = reading.numbers
    low, high = numbers.ci_low, numbers.ci_high
    if (low is None) != (high is None):
        yield Problem(f"{name}.spread", "Give both ends of the interval, for example 17,1 – 19,9.")
    elif low is not None and high is not None:
        if high <= low:
            yield Problem(f"{name}.spread", "The interval ends before it begins. Swap the numbers.")
        elif numbers.value is not None and not low <= numbers.value <= high:
            yield Problem(
                f"{name}.spread",
                "The mean lies outside of its interval. One of the three numbers is wrong.",
            )


def _order(named: Sequence[tuple[Reading, str]]) -> Iterator[Problem]:
    ends = [r.period_end for r, _ in named if r.phase is Phase.BASELINE]
    for reading, name in named:
        if reading.phase is Phase.AFTER and ends and reading.period_start <= max(ends):
            yield Problem(
                f"{name}.period", "This period begins before the one before has ended. Check both."
            )


def _doubled(named: Sequence[tuple[Reading, str]]) -> Iterator[Problem]:
    known = set()
    for reading, name in named:
        key = (reading.arm, reading.phase, reading.stratum, reading.period_start)
        if key in known:
            yield Problem(f"{name}.period", "This period is given twice. Leave one of them out.")
        known.add(key)


def _unlikely(metric: Metric, reading: Reading, name: str) -> Iterator[Problem]:
    numbers = reading.numbers
    value = level(metric, reading)
    if metric.plausible and not metric.plausible[0] <= value <= metric.plausible[1]:
        low, high = metric.plausible
        yield Problem(
            f"{name}.value",
            "This metric lies between %(low)s and %(high)s. Is the number right?",
            {"low": f"{low:g}", "high": f"{high:g}"},
        )
    if numbers.sd is not None and numbers.value and numbers.sd > 3 * abs(numbers.value):
        yield Problem(
            f"{name}.spread", "The spread is more than three times the mean. Is that right?"
        )
    if numbers.sd == 0:
        yield Problem(f"{name}.spread", "A spread of 0 means that all cases are equal. Are they?")


def _leap(metric: Metric, named: Sequence[tuple[Reading, str]]) -> Iterator[Problem]:
    before = [level(metric, r) for r, _ in named if r.phase is Phase.BASELINE]
    if not before or len(named) != 2 or min(before) <= 0:
        return
    reading, name = named[1]
    value = level(metric, reading)
    if value > 5 * before[0] or value < before[0] / 5:
        field = "events" if reading.numbers.value is None else "value"
        yield Problem(
            f"{name}.{field}",
            "That is more than five times or less than a fifth of before. Is the number right?",
        )
