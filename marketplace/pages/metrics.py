"""The metrics by which effects are counted: all of them by domain, and each with its definition."""

from collections.abc import Sequence
from dataclasses import dataclass

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath

from impact import metrics
from impact.metrics import Direction, Entry, Metric
from marketplace.pages import figures
from marketplace.pages.frame import PageFrame
from marketplace.pages.reader import Reader, frame
from marketplace.pages.rendering import render
from marketplace.pages.synthesis_words import code_of
from marketplace.routing import get, paths


@dataclass(frozen=True)
class MetricRow:
    """A metric in the list."""

    href: str
    name: str
    unit: str
    direction: str
    definition: str


@dataclass(frozen=True)
class MetricsPage:
    """All metrics by domain."""

    page: PageFrame
    domains: Sequence[tuple[str, Sequence[MetricRow]]]
    count: int


@dataclass(frozen=True)
class MetricPage:
    """One metric with everything its definition says."""

    page: PageFrame
    definition: str
    rationale: str
    facts: Sequence[tuple[str, str]]


def direction_of(reader: Reader, metric: Metric) -> str:
    """Which way is better, in words."""
    _ = reader._
    return {
        Direction.LOWER: _("lower is better"),
        Direction.HIGHER: _("higher is better"),
        Direction.TARGET: _("within a target range"),
    }[metric.direction]


def domain_name(reader: Reader, domain: str) -> str:
    """The name of a domain of metrics."""
    _ = reader._
    return {
        "service": _("Service"),
        "quality": _("Quality"),
        "oversight": _("Human oversight"),
        "staff": _("Staff"),
        "cost": _("Cost"),
        "inclusion": _("Inclusion"),
        "fairness": _("Fairness"),
        "trust": _("Trust"),
        "adoption": _("Uptake"),
        "environment": _("Environment"),
        "operation": _("Operation"),
    }[domain]


@get(paths("metrics"))
def index(reader: NamedDependency[Reader]) -> Response[str]:
    """Every metric, by domain."""
    code = code_of(reader)
    known = metrics.library().values()
    context = MetricsPage(
        page=frame(reader, reader._("Metrics"), section="service"),
        domains=[
            (
                domain_name(reader, domain),
                [
                    MetricRow(
                        reader.address("metric", metric=each.id),
                        each.name[code],
                        each.unit_label[code],
                        direction_of(reader, each),
                        each.definition[code],
                    )
                    for each in known
                    if each.domain == domain
                ],
            )
            for domain in metrics.DOMAINS
        ],
        count=len(known),
    )
    return render("impact/metrics.html", context)


@get(paths("metric"))
def show(reader: NamedDependency[Reader], metric: FromPath[str]) -> Response[str]:
    """What one metric counts and how."""
    found, code = metrics.metric_of(metric), code_of(reader)
    crumbs = [(reader._("Metrics"), reader.address("metrics"))]
    context = MetricPage(
        page=frame(reader, found.name[code], section="service", crumbs=crumbs),
        definition=found.definition[code],
        rationale=found.rationale[code],
        facts=_facts(reader, found),
    )
    return render("impact/metric.html", context)


def _facts(reader: Reader, metric: Metric) -> list[tuple[str, str]]:
    _, code = reader._, code_of(reader)
    worth = metric.smallest_change
    amount = figures.shown(worth.value, reader.language, 2)
    entries = {
        Entry.BEFORE_AFTER: _("reported: two numbers, a series, or a comparison"),
        Entry.GROUPS: _("reported for two groups"),
        Entry.DERIVED: _("computed from other metrics, never entered"),
    }
    facts = [
        (_("Domain"), domain_name(reader, metric.domain)),
        (_("Unit"), metric.unit_label[code]),
        (_("Unit code"), metric.unit or f"{metric.currency} (ISO 4217)"),
        (_("Direction"), direction_of(reader, metric)),
        (
            _("Smallest change that matters"),
            f"{amount}\u202f%"
            if worth.kind == "percent"
            else f"{amount}\u00a0{metric.unit_label[code]}",
        ),
        (_("Scale of the effect"), str(metric.scale)),
        (_("How it comes in"), entries[metric.entry]),
        (
            _("Privacy"),
            _("Numbers of fewer than %(n)s cases are not shown.")
            % {"n": metric.privacy.min_n_public},
        ),
        (_("Version"), metric.version),
        (_("Identifier"), metric.id),
    ]
    facts += [
        (each.scheme, each.code if each.checked else f"{each.code} ({_('not checked yet')})")
        for each in metric.mapping
    ]
    return facts


HANDLERS = [index, show]
