"""The impact explorer: choose a metric, see what every solution did to it and who stayed silent."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromQuery

from catalog import adoptions
from catalog.database import Session
from impact import evaluations, findings, grading, metrics
from impact.evaluations import Effect
from marketplace.pages import synthesis_words
from marketplace.pages.frame import PageFrame
from marketplace.pages.reader import Reader, frame
from marketplace.pages.rendering import render
from marketplace.pages.syntheses import expectation_words
from marketplace.pages.synthesis_words import code_of
from marketplace.pages.wording import named
from marketplace.routing import get, paths


@dataclass(frozen=True)
class MetricLine:
    """A metric that somebody measured."""

    name: str
    href: str
    definition: str
    solutions: int
    effects: int


@dataclass(frozen=True)
class SolutionLine:
    """What a solution did to the chosen metric."""

    name: str
    href: str
    statement: str
    expected: str
    level: int
    silence: str


@dataclass(frozen=True)
class ExplorerPage:
    """All metrics measured, or what is known about one."""

    page: PageFrame
    action: str
    options: Sequence[tuple[str, str]]
    chosen: str
    compared: bool
    definition: str
    measured: Sequence[MetricLine]
    lines: Sequence[SolutionLine]


@get(paths("impact"))
def show(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    *,
    metric: FromQuery[str] = "",
    compared: FromQuery[str] = "",
) -> Response[str]:
    """What solutions do, by metric."""
    _, code = reader._, code_of(reader)
    counts = evaluations.measured(session)
    known = [each for each in metrics.library().values() if each.id in counts]
    chosen = metrics.metric_of(metric) if metric else None
    title = _("What does it do?")
    context = ExplorerPage(
        page=frame(reader, title, section="impact", is_indexed=not reader.query_string),
        action=reader.address("impact"),
        options=[(each.id, each.name[code]) for each in known],
        chosen=chosen.id if chosen else "",
        compared=bool(compared),
        definition=f"{chosen.name[code]}: {chosen.definition[code]}" if chosen else "",
        measured=[
            MetricLine(
                each.name[code],
                reader.address("impact", {"metric": each.id}),
                each.definition[code],
                *counts[each.id],
            )
            for each in known
        ],
        lines=_lines(session, reader, chosen.id, only_compared=bool(compared)) if chosen else (),
    )
    return render("impact/explorer.html", context)


def _lines(
    session: Session, reader: Reader, metric: str, *, only_compared: bool
) -> Sequence[SolutionLine]:
    by_solution: dict[UUID, list[Effect]] = {}
    for each in evaluations.of_metric(session, metric):
        if not only_compared or grading.Design(each.evaluation.design) in grading.COMPARING:
            by_solution.setdefault(each.evaluation.adoption.solution_id, []).append(each)
    uses = adoptions.of_solutions(session, list(by_solution))
    lines = []
    for solution_id, effects in by_solution.items():
        solution = effects[0].evaluation.adoption.solution
        shown = [each for each in findings.findings(effects, uses[solution_id]) if each.effects]
        for finding in shown:
            lines.append(
                SolutionLine(
                    named(solution.public_record.name, reader).text,
                    reader.address("synthesis", slug=solution.slug, metric=metric),
                    synthesis_words.statement(reader, finding),
                    expectation_words(reader, finding.metric, findings.expectation(finding, None)),
                    max(each.level for each in finding.effects),
                    synthesis_words.silence(reader, finding),
                )
            )
    return sorted(lines, key=lambda line: line.name.casefold())


HANDLERS = [show]
