"""Metrics: what may be measured, each with definition, unit, direction and the change that matters.

The library is data (``impact/library``), one file a domain. A changed definition is a new version
of the metric, never an edit: series of two major versions are not joined. Units are UCUM codes;
UCUM has no money, so costs carry a currency instead (ISO 4217).
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct
from ruamel.yaml import YAML

from catalog.errors import NotFound
from impact.effects import Measure

Both = dict[Literal["de", "en"], Annotated[str, Meta(min_length=1, max_length=600)]]
"""A text that must stand in German and English."""


class StatType(StrEnum):
    """What is counted; it decides which numbers are due and on which scale an effect lies."""

    DURATION = "duration"
    MEAN = "mean"
    PROPORTION = "proportion"
    RATE = "rate"
    COST = "cost"
    INDEX = "index"


class Direction(StrEnum):
    """Which way is better."""

    LOWER = "lower"
    HIGHER = "higher"
    TARGET = "target"


class Entry(StrEnum):
    """How its numbers come in: before and after, group against group, or only by computing."""

    BEFORE_AFTER = "before_after"
    GROUPS = "groups"
    DERIVED = "derived"


class SmallestChange(Struct, frozen=True, forbid_unknown_fields=True):
    """The smallest change worth acting on: percent of the baseline, or in the metric's unit.

    The values are this library's conventions; a working group may set its own.
    """

    kind: Literal["percent", "absolute"]
    value: Annotated[float, Meta(gt=0)]


class Privacy(Struct, frozen=True, forbid_unknown_fields=True):
    """When numbers may be shown: cells below ``min_n_public`` cases are not."""

    min_n_public: Annotated[int, Meta(ge=3)] = 5
    staff_metric: bool = False


class Equivalent(Struct, frozen=True, forbid_unknown_fields=True):
    """A number in another scheme; ``checked`` is false until somebody has looked it up there."""

    scheme: str
    code: str
    relation: Literal["exact", "close", "broad"]
    checked: bool = True


class Metric(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One version of a metric's definition."""

    id: Annotated[str, Meta(pattern="^[a-z][a-z0-9_]{2,59}$")]
    version: Annotated[str, Meta(pattern=r"^\d+\.\d+\.\d+$")]
    status: Literal["draft", "stable", "retired"] = "stable"
    domain: str
    stat_type: StatType
    direction: Direction
    target: tuple[float, float] | None = None
    unit: str = ""
    currency: str = ""
    unit_label: Both
    name: Both
    definition: Both
    rationale: Both
    smallest_change: SmallestChange
    entry: Entry = Entry.BEFORE_AFTER
    collection: tuple[str, ...] = ("system_log",)
    seasonal: bool = False
    plausible: tuple[float, float] | None = None
    privacy: Privacy = Privacy()
    mapping: list[Equivalent] = []

    @property
    def scale(self) -> Measure:
        """The scale its effects are expressed and pooled on."""
        if self.entry is Entry.GROUPS:
            return Measure.RD
        return SCALES[self.stat_type]

    @property
    def kind(self) -> Literal["share", "rate", "mean"]:
        """Which numbers are due: events of all cases, events by exposure, or a mean."""
        if self.scale in (Measure.LN_RR, Measure.RD):
            return "share"
        return "rate" if self.scale is Measure.LN_IRR else "mean"

    @property
    def is_ratio(self) -> bool:
        """Whether effects are natural logarithms of ratios."""
        return self.scale in (Measure.LN_ROM, Measure.LN_RR, Measure.LN_IRR)


SCALES: Mapping[StatType, Measure] = {
    StatType.DURATION: Measure.LN_ROM,
    StatType.MEAN: Measure.LN_ROM,
    StatType.COST: Measure.LN_ROM,
    StatType.PROPORTION: Measure.LN_RR,
    StatType.RATE: Measure.LN_IRR,
    StatType.INDEX: Measure.MD,
}
"""The default scale of each type; an index has a fixed range, so its difference is comparable."""

DOMAINS = (
    "service",
    "quality",
    "oversight",
    "staff",
    "cost",
    "inclusion",
    "fairness",
    "trust",
    "adoption",
    "environment",
    "operation",
)
"""The domains in the order of display; each is a file."""


@cache
def library() -> Mapping[str, Metric]:
    """Every delivered metric by id, in the order of display.

    Raises ``msgspec.ValidationError`` for a definition that is not complete.
    """
    folder = resources.files("impact") / "library"
    found: dict[str, Metric] = {}
    for domain in DOMAINS:
        rows = YAML(typ="safe").load((folder / f"{domain}.yaml").read_text("utf-8"))
        for metric in msgspec.convert(rows, list[Metric]):
            if metric.id in found or metric.domain != domain:
                raise ValueError(f"The metric “{metric.id}” stands in the wrong place.")
            if bool(metric.unit) == bool(metric.currency):
                raise ValueError(f"“{metric.id}” needs either a unit or a currency.")
            found[metric.id] = metric
    return found


def metric_of(metric_id: str) -> Metric:
    """The metric with this id."""
    found = library().get(metric_id)
    if found is None:
        raise NotFound("There is no metric “%(id)s”.", id=metric_id)
    return found


def reportable() -> Sequence[Metric]:
    """The metrics that a city reports: before and after, or group against group."""
    return [each for each in library().values() if each.entry is not Entry.DERIVED]
