"""What is known of the effects of a solution, and what that would mean for one's own city."""

from collections.abc import Sequence
from dataclasses import dataclass

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from catalog import solutions
from catalog.adoptions import Adoption
from catalog.database import Session
from catalog.errors import Problem
from catalog.solutions import Solution
from impact import evaluations, findings, grading, metrics
from impact.evaluations import Effect
from impact.findings import Expectation, Finding
from impact.metrics import Direction, Metric
from marketplace.forms import NO_ERRORS, Errors
from marketplace.pages import figures, synthesis_words
from marketplace.pages.frame import PageFrame
from marketplace.pages.reader import Reader, frame
from marketplace.pages.rendering import render
from marketplace.pages.spreading import SpreadView, spread_view
from marketplace.pages.synthesis_words import change, code_of
from marketplace.pages.wording import named, short_day
from marketplace.routing import get, paths


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
    details_href: str
    unit: str
    k: int
    statement: str
    silence: str
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
    spread: SpreadView


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
        options=[(each.metric.id, each.metric.name[code_of(reader)]) for each in found],
        errors=errors,
        findings=[
            view(reader, slug, each, people, own if each.metric.id == metric else None)
            for each in found
        ],
        rule_set=grading.rules().version,
        spread=spread_view(session, reader, solution),
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
    session: Session, reader: Reader, solution: Solution, uses: Sequence[Adoption]
) -> Sequence[FindingView]:
    """The findings of a solution whose uses are known already, in the reader's words."""
    effects = evaluations.of_solution(session, solution.id)
    return [
        view(reader, solution.slug, each, None, None) for each in findings.findings(effects, uses)
    ]


def view(
    reader: Reader, slug: str, finding: Finding, population: int | None, baseline: float | None
) -> FindingView:
    """A finding in the reader's words."""
    metric = finding.metric
    code = code_of(reader)
    return FindingView(
        key=metric.id,
        name=metric.name[code],
        href=reader.address("metric", metric=metric.id),
        details_href=reader.address("synthesis", slug=slug, metric=metric.id),
        unit=metric.unit_label[code],
        k=finding.k,
        statement=synthesis_words.statement(reader, finding),
        silence=synthesis_words.silence(reader, finding),
        expected=_expected(reader, finding, population, baseline),
        rows=[_row(reader, metric, each) for each in finding.effects],
        similar=[
            each.evaluation.adoption.organization.name
            for each in findings.similar(finding, population, 3)
        ]
        if population
        else [],
    )


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
        "unit": metric.unit_label[code_of(reader)],
        "low": figures.shown(ends[0], reader.language),
        "high": figures.shown(ends[1], reader.language),
    }


def _row(reader: Reader, metric: Metric, effect: Effect) -> EffectRow:
    organization = effect.evaluation.adoption.organization
    book, code = grading.rules(), code_of(reader)
    return EffectRow(
        body=organization.name,
        href=reader.address("organization", slug=organization.slug),
        change=change(reader, metric, effect.yi),
        interval=" … ".join(change(reader, metric, end) for end in effect.interval or ()),
        cases=figures.shown(effect.cases, reader.language, 0),
        level=effect.level,
        design=getattr(book.designs[grading.Design(effect.evaluation.design)], code),
        reasons=[getattr(book.checks[each], code) for each in effect.reasons],
        until=short_day(effect.period_end, reader.language),
    )


HANDLERS = [show]
