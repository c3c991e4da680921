"""Axes: round tick values, and numbers written as people of a language write them."""

import math
from collections.abc import Iterable
from decimal import Decimal

from babel.numbers import format_decimal, get_decimal_symbol, get_group_symbol

THIN_SPACE = "\u202f"
"""Groups thousands: narrow, and a number never breaks there."""

MINUS = "\u2212"


def nice_ticks(low: float, high: float, *, most: int = 5, whole: bool = True) -> tuple[float, ...]:
    """Return round, evenly spaced values that enclose `low` and `high`.

    Steps are 1, 2 or 5 times a power of ten; with `whole` never below 1, for counts. At most
    `most` steps lie between the first and the last value. A flat range gets one step above it.
    Raises ValueError when the range runs backwards, is endless or is not a number.
    """
    if not (math.isfinite(low) and math.isfinite(high)) or low > high or most < 2:
        raise ValueError(f"No axis runs from {low} to {high} in {most} steps.")
    # Decimals, because float steps of 0.1 miss the values they should name.
    bottom, top = Decimal(str(low)), Decimal(str(high))
    if bottom == top:
        top += 1
    step = _first_step((top - bottom) / most, whole=whole)
    while math.ceil(top / step) - math.floor(bottom / step) > most:
        step = _next_step(step)
    first, last = math.floor(bottom / step), math.ceil(top / step)
    return tuple(float(index * step) for index in range(first, last + 1))


def decimals_of(ticks: Iterable[float]) -> int:
    """Return how many decimals it takes to tell the ticks apart, six at most."""
    return max(len(f"{tick:.6f}".rstrip("0").partition(".")[2]) for tick in ticks)


def write_number(
    value: float | Decimal, locale: str, *, decimals: int = 0, signed: bool = False
) -> str:
    """Write a number for people: thin space for thousands, real minus sign, the local comma.

    `decimals` is how many are always shown; `signed` puts a plus before positive numbers.
    """
    digits = "." + "0" * decimals if decimals else ""
    written: str = format_decimal(abs(Decimal(str(value))), format=f"#,##0{digits}", locale=locale)
    group, comma = get_group_symbol(locale), get_decimal_symbol(locale)
    whole, _, rest = written.partition(comma) if decimals else (written, "", "")
    shown = whole.replace(group, THIN_SPACE) + (comma + rest if rest else "")
    is_zero = not any(letter in "123456789" for letter in shown)
    if is_zero:
        return shown
    return (MINUS if value < 0 else "+" if signed else "") + shown


def _first_step(rough: Decimal, *, whole: bool) -> Decimal:
    step = Decimal(1).scaleb(rough.adjusted())
    return max(step, Decimal(1)) if whole else step


def _next_step(step: Decimal) -> Decimal:
    leading = step.as_tuple().digits[0]
    return step * 2 if leading in {1, 5} else step * 5 / 2
