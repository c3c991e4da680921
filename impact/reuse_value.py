"""What reuse is worth: the relative costs of Poulin 1997, *Measuring Software Reuse*.

They come from code reuse of the 1990s, so they are a starting point and shown as an estimate.
"""

from catalog.errors import Invalid

RELATIVE_COST_OF_REUSE = 0.2
"""Reusing costs this share of developing anew (RCR)."""

RELATIVE_COST_OF_WRITING_FOR_REUSE = 1.5
"""Developing for others costs this many times developing for oneself (RCWR)."""


def break_even_reuses(
    rcr: float = RELATIVE_COST_OF_REUSE, rcwr: float = RELATIVE_COST_OF_WRITING_FOR_REUSE
) -> float:
    """How many reuses pay for writing for reuse: (RCWR - 1) / (1 - RCR).

    Raises ``Invalid`` where reuse costs as much as developing anew.
    """
    if not (0 <= rcr < 1 and rcwr >= 1):
        raise Invalid("Reuse costs less than new development.", field="rcr")
    return (rcwr - 1) / (1 - rcr)
