"""What is known of the effects of a solution, what that would mean for one's own city, and the
metrics by which effects are counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from catalog import solutions
from catalog.adoptions import Adoption
from catalog.database import Session
from catalog.errors import Problem
from impact import evaluations, findings, grading, metrics
from impact.evaluations import Effect
from impact.findings import Expectation, Finding
from impact.metrics import Direction, Entry, Metric
from marketplace.forms import NO_ERRORS, Errors
from marketplace.pages import figures
from marketplace.pages.frame import PageFrame
from marketplace.pages.reader import Reader, frame
from marketplace.pages.rendering import render
from marketplace.pages.wording import named, short_day
from marketplace.routing import get, paths

Code = Literal["de", "en"]


@dataclass(frozen=True)
class EffectRow:
    """One effect as a row."""

    body: str
    href: str
    change: str
    interval: str
    cases: str
    level: int
    design: str
    reasons: Sequence[str]
    until: str


@dataclass(frozen=True)
class FindingView:
    """The effects on one metric in words, with the table behind them."""

    key: str
    name: str
    href: str
    unit: str
    k: int
    statement: str
    verdict: str
    silence: str
    withheld: str
    expected: Sequence[str]
    rows: Sequence[EffectRow]
    similar: Sequence[str]


@dataclass(frozen=True)
class ImpactPage:
    """The effects of a solution."""

    page: PageFrame
    name: str
    solution_href: str
    action: str
    population: str
    baseline: str
    metric: str
    options: Sequence[tuple[str, str]]
    errors: Errors
    findings: Sequence[FindingView]
    rule_set: str


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


def language_of(reader: Reader) -> Code:
    """The language of the metrics' texts for a reader."""
    return "de" if reader.language == "de" else "en"


@get(paths("solution_impact"))
def show(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    slug: FromPath[str],
    *,
    population: FromQuery[str] = "",
    metric: FromQuery[str] = "",
    baseline: FromQuery[str] = "",
) -> Response[str]:
    """The effects of a solution, and what they would mean for a city of this size."""
    solution = solutions.by_slug(session, slug)
    found = findings.of_solution(session, solution.id)
    people, own, errors = _asked(reader, population, metric, baseline)
    name = named(solution.public_record.name, reader).text
    title = reader._("Impact: %(name)s") % {"name": name}
    href = reader.address("solution", slug=solution.slug)
    context = ImpactPage(
        page=frame(
            reader,
            title,
            section="search",
            crumbs=[(reader._("Solutions"), reader.address("search")), (name, href)],
        ),
        name=name,
        solution_href=href,
        action=reader.address("solution_impact", slug=solution.slug),
        population=population,
        baseline=baseline,
        metric=metric,
        options=[(each.metric.id, each.metric.name[language_of(reader)]) for each in found],
        errors=errors,
        findings=[
            view(reader, each, people, own if each.metric.id == metric else None) for each in found
        ],
        rule_set=grading.rules().version,
    )
    return render("impact/show.html", context, status_code=400 if errors.by_field else 200)


def _asked(
    reader: Reader, population: str, metric: str, baseline: str
) -> tuple[int | None, float | None, Errors]:
    wrong = {}
    people = own = None
    plain = population.replace(".", "").replace(" ", "").replace("\u202f", "").replace(",", "")
    if plain and plain.isascii() and plain.isdecimal() and int(plain[:9]) > 0 and len(plain) < 9:
        people = int(plain)
    elif plain:
        wrong["population"] = reader._("Give the number of inhabitants, for example 23000.")
    known = metrics.library().get(metric)
    if baseline.strip() and known is None:
        wrong["metric"] = reader._("Choose the metric that your own number belongs to.")
    elif baseline.strip() and known is not None:
        given = figures.figure(baseline, "baseline", known, reader.language)
        if isinstance(given, Problem):
            wrong["baseline"] = reader._(given.message) % given.params
        elif given <= 0:
            wrong["baseline"] = reader._("Give a number above 0.")
        else:
            own = given
    return people, own, Errors(wrong) if wrong else NO_ERRORS


def views_of(
    session: Session, reader: Reader, solution_id: UUID, uses: Sequence[Adoption]
) -> Sequence[FindingView]:
    """The findings of a solution whose uses are known already, in the reader's words."""
    effects = evaluations.of_solution(session, solution_id)
    return [view(reader, each, None, None) for each in findings.findings(effects, uses)]


def view(
    reader: Reader, finding: Finding, population: int | None, baseline: float | None
) -> FindingView:
    """A finding in the reader's words."""
    metric, _ = finding.metric, reader._
    code = language_of(reader)
    silence = _("%(silent)s of %(all)s deployments have not reported on this.")
    return FindingView(
        key=metric.id,
        name=metric.name[code],
        href=reader.address("metric", metric=metric.id),
        unit=metric.unit_label[code],
        k=finding.k,
        statement=_statement(reader, finding),
        verdict=_verdict(reader, finding),
        silence=silence % {"silent": finding.silent, "all": finding.deployments},
        withheld=_("%(count)s effects are not shown, because too few cases are behind them.")
        % {"count": finding.withheld}
        if finding.withheld
        else "",
        expected=_expected(reader, finding, population, baseline),
        rows=[_row(reader, metric, each) for each in finding.effects],
        similar=[
            each.evaluation.adoption.organization.name
            for each in findings.similar(finding, population, 3)
        ]
        if population
        else [],
    )


def change(reader: Reader, metric: Metric, y: float) -> str:
    """An effect with its sign and unit: −22 %."""
    value = findings.change(metric, y)
    if metric.is_ratio:
        return figures.signed(value, reader.language) + "\u202f%"
    return f"{figures.signed(value, reader.language, 1)}\u00a0{reader._('points')}"


def _statement(reader: Reader, finding: Finding) -> str:
    _ = reader._
    if finding.synthesis is None:
        return (
            _("One municipality has measured this. One place is no rule.")
            if finding.k
            else _("What was reported has no spread, so it cannot be pooled.")
        )
    mean, metric = finding.synthesis.mean, finding.metric
    text = _("On average %(change)s in %(k)s municipalities")
    said = text % {"change": change(reader, metric, mean.estimate), "k": finding.k}
    if mean.interval is None:
        return f"{said}."
    low, high = (change(reader, metric, end) for end in mean.interval)
    return said + " " + _("(95%% interval of the mean: %(low)s to %(high)s).") % {
        "low": low, "high": high,
    }  # fmt: skip


def _verdict(reader: Reader, finding: Finding) -> str:
    """Whether that is better, worse or not certain."""
    _ = reader._
    pooled = finding.synthesis
    if pooled is None or pooled.mean.interval is None:
        return ""
    low, high = pooled.mean.interval
    if finding.metric.direction is Direction.TARGET:
        return _("This metric has a target range, so neither way is better.")
    if low <= 0 <= high:
        return _("It is not certain that the solution changes this at all.")
    better = low > 0 if finding.metric.direction is Direction.HIGHER else high < 0
    return _("That is an improvement.") if better else _("That is a deterioration.")


def _expected(
    reader: Reader, finding: Finding, population: int | None, baseline: float | None
) -> list[str]:
    _ = reader._
    found = findings.expectation(finding, population, baseline)
    if found is None:
        return [_("No prediction possible: fewer than three municipalities have measured.")]
    metric = finding.metric
    low, high = (change(reader, metric, end) for end in found.range_95)
    inner = [change(reader, metric, end) for end in found.range_80]
    said = [
        _("We expect between %(low)s and %(high)s (95%%), %(from)s to %(to)s (80%%).")
        % {"low": low, "high": high, "from": inner[0], "to": inner[1]}
    ]
    if metric.direction is not Direction.TARGET:
        said.append(
            _("Chance of any improvement: %(any)s%%, of a relevant one: %(much)s%%.")
            % {"any": _percent(found.improves), "much": _percent(found.improves_relevantly)}
        )
    if baseline is not None:
        said.append(_absolute(reader, metric, found, baseline))
    if found.is_outside:
        said.append(
            _("No municipality of your size has measured; the statement is less certain for you.")
        )
    return said


def _percent(share: float) -> int:
    return min(max(round(share * 100), 1), 99)


def _absolute(reader: Reader, metric: Metric, found: Expectation, baseline: float) -> str:
    ends = []
    for end in found.range_95:
        moved = findings.change(metric, end)
        ends.append(baseline * (1 + moved / 100) if metric.is_ratio else baseline + moved)
    ends = [min(max(end, 0.0), 100.0) if metric.unit == "%" else end for end in ends]
    return reader._("With your %(baseline)s %(unit)s: %(low)s to %(high)s.") % {
        "baseline": figures.shown(baseline, reader.language),
        "unit": metric.unit_label[language_of(reader)],
        "low": figures.shown(ends[0], reader.language),
        "high": figures.shown(ends[1], reader.language),
    }


def _row(reader: Reader, metric: Metric, effect: Effect) -> EffectRow:
    organization = effect.evaluation.adoption.organization
    book, code = grading.rules(), language_of(reader)
    spread = 1.959964 * effect.vi**0.5 if effect.vi is not None else None
    ends = [] if spread is None else [effect.yi - spread, effect.yi + spread]
    return EffectRow(
        body=organization.name,
        href=reader.address("organization", slug=organization.slug),
        change=change(reader, metric, effect.yi),
        interval=" … ".join(change(reader, metric, end) for end in ends),
        cases=figures.shown(effect.cases, reader.language, 0),
        level=effect.level,
        design=getattr(book.designs[grading.Design(effect.evaluation.design)], code),
        reasons=[getattr(book.checks[each], code) for each in effect.reasons],
        until=short_day(effect.period_end, reader.language),
    )


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
    code = language_of(reader)
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
def metric_page(reader: NamedDependency[Reader], metric: FromPath[str]) -> Response[str]:
    """What one metric counts and how."""
    found, code = metrics.metric_of(metric), language_of(reader)
    crumbs = [(reader._("Metrics"), reader.address("metrics"))]
    context = MetricPage(
        page=frame(reader, found.name[code], section="service", crumbs=crumbs),
        definition=found.definition[code],
        rationale=found.rationale[code],
        facts=_facts(reader, found),
    )
    return render("impact/metric.html", context)


def _facts(reader: Reader, metric: Metric) -> list[tuple[str, str]]:
    _, code = reader._, language_of(reader)
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


HANDLERS = [show, index, metric_page]
