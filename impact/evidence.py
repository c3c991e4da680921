"""The evidence ladder: how well it is known what a solution does.

Computed from facts, never typed in. Measured levels come from evaluations; without one, a benefit
that the publisher reports counts as self-reported, and silence as not stated.
"""

from enum import StrEnum

from catalog.records import SolutionRecord


class Level(StrEnum):
    """Rungs of the ladder, labels in the list ``evidence``."""

    CONTROLLED = "controlled"
    BEFORE_AFTER = "before_after"
    REPORTED = "reported"
    ESTIMATED = "estimated"
    NONE = "none"


BARS = {
    Level.CONTROLLED: 4,
    Level.BEFORE_AFTER: 3,
    Level.REPORTED: 2,
    Level.ESTIMATED: 1,
    Level.NONE: 0,
}
"""Filled bars of the evidence meter."""


def level(record: SolutionRecord) -> Level:
    """The rung that a record stands on by what its publisher says."""
    return Level.REPORTED if any(record.benefits.values()) else Level.NONE
