"""The evidence level of one effect: 0 to 6, computed from facts by a versioned rule set.

Levels follow the ladder of designs in the Maryland Scientific Methods Scale (Sherman et al. 1997);
the thresholds are conventions in ``impact/rules/evidence.yaml``. Each step down is a reason with a
text, so that a reporter sees how to do better.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources

import msgspec
from msgspec import Struct
from ruamel.yaml import YAML


class Design(StrEnum):
    """How the effect was found."""

    CLAIM = "claim"
    DESCRIBED = "described"
    BEFORE_AFTER = "before_after"
    CROSS_SECTION = "cross_section"
    INTERRUPTED_SERIES = "interrupted_series"
    DID = "did"
    MATCHED = "matched"
    RANDOMIZED = "randomized"


COMPARING = frozenset({Design.DID, Design.MATCHED, Design.RANDOMIZED})
"""Designs with a comparison unit."""


class Rung(Struct, frozen=True, forbid_unknown_fields=True):
    """Where a design starts, with its name."""

    start: int
    de: str
    en: str


class Check(Struct, frozen=True, forbid_unknown_fields=True):
    """What a fact does to the level: steps down, or a level it cannot pass."""

    de: str
    en: str
    down: int = 0
    cap: int = 6


class RuleSet(Struct, frozen=True, forbid_unknown_fields=True):
    """One version of the rules."""

    version: str
    designs: Mapping[Design, Rung]
    checks: Mapping[str, Check]
    thresholds: Mapping[str, float]


@cache
def rules() -> RuleSet:
    """The rule set that effects are graded by."""
    text = (resources.files("impact") / "rules" / "evidence.yaml").read_text("utf-8")
    return msgspec.convert(YAML(typ="safe").load(text), RuleSet)


@dataclass(frozen=True)
class Facts:
    """What is known of how an effect was found; None where nothing is known."""

    design: Design
    has_spread: bool
    is_estimate: bool = False
    cases: float | None = None
    """Of the smaller arm."""
    events: float | None = None
    """Of the smaller arm; None where none are counted."""
    completeness: float | None = None
    follow_up_days: int = 0
    months_differ: bool = False
    """Whether a seasonal metric was measured in other months of the year."""
    baseline_z: float | None = None
    """How far the last period before lies from the others, in standard deviations."""
    pre_trend_p: float | None = None
    """p of the drift before the start; None if it could not be tested."""
    similarity: float | None = None
    """The largest standardized difference of the covariates."""
    months_before: int = 0
    months_after: int = 0
    co_intervention: bool = False
    analyst_is_vendor: bool = False
    is_verified: bool = False
    age_days: int = 0
    """Days from the end of the last period to the day of grading."""
    has_plan: bool = False
    has_allocation: bool = False


@dataclass(frozen=True)
class Grade:
    """The level and the codes of the checks that lowered it."""

    level: int
    reasons: tuple[str, ...]
    rule_set: str


def grade(facts: Facts) -> Grade:
    """The level of an effect: the least of every cap and of the start less the steps down."""
    book = rules()
    reasons = tuple(code for code, applies in _applying(facts, book.thresholds) if applies)
    start = book.designs[facts.design].start
    level = start - sum(book.checks[code].down for code in reasons)
    caps = [book.checks[code].cap for code in reasons]
    return Grade(max(0, min([level, *caps])), reasons, book.version)


def _applying(facts: Facts, limit: Mapping[str, float]) -> list[tuple[str, bool]]:
    design = facts.design
    whole = facts.completeness if facts.completeness is not None else 100.0
    few = facts.cases is not None and facts.cases < limit["cases"]
    rare = facts.events is not None and facts.events < limit["events"]
    is_before_after = design is Design.BEFORE_AFTER
    series = design is Design.INTERRUPTED_SERIES
    outlier = facts.baseline_z is not None and facts.baseline_z > limit["outlier_z"]
    drift = facts.pre_trend_p is None or facts.pre_trend_p < limit["pre_trend_p"]
    unlike = facts.similarity is None or facts.similarity > limit["similarity"]
    shortest = min(facts.months_before, facts.months_after)
    return [
        ("no_spread", not facts.has_spread),
        ("estimate", facts.is_estimate),
        ("small", few or rare),
        ("incomplete", limit["completeness_low"] <= whole < limit["completeness"]),
        ("very_incomplete", whole < limit["completeness_low"]),
        ("short_follow_up", facts.follow_up_days < limit["follow_up_days"]),
        ("season", facts.months_differ and not series),
        ("outlying_baseline", is_before_after and outlier),
        ("pre_trend", design is Design.DID and drift),
        ("dissimilar", design is Design.MATCHED and unlike),
        ("short_series", series and shortest < limit["series_months"]),
        ("co_intervention", facts.co_intervention),
        ("interested_analyst", facts.analyst_is_vendor),
        ("not_verified", not facts.is_verified and facts.age_days > limit["unverified_days"]),
        ("no_plan", design is Design.RANDOMIZED and not facts.has_plan),
        ("no_allocation", design is Design.RANDOMIZED and not facts.has_allocation),
    ]
