"""Lodge the plan of a comparison before its numbers are known; it is dated and never changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect

from catalog.adoptions import Adoption
from catalog.database import Session
from catalog.errors import Conflict, Invalid, Problem
from impact import grading, metrics, reporting
from impact.evaluations import Analyst
from impact.grading import COMPARING, Design
from impact.metrics import Entry
from impact.reporting import Plan
from marketplace import forms
from marketplace.forms import NO_ERRORS, Errors, Rejected
from marketplace.pages.frame import PageFrame
from marketplace.pages.measurements import done_with, frame_of, own_use, solution_of
from marketplace.pages.reader import Reader
from marketplace.pages.rendering import render
from marketplace.pages.synthesis_words import code_of
from marketplace.routing import get, paths, post
from marketplace.translations import sentence

Options = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class PlanPage:
    """The form for a plan."""

    page: PageFrame
    title: str
    solution_name: str
    solution_href: str
    action: str
    back_href: str
    metrics: Options
    designs: Options
    analysts: Options
    values: Mapping[str, str]
    errors: Errors


@get(paths("comparison_plan"))
def begin(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
) -> Response[str]:
    """The empty form."""
    return _page(reader, own_use(session, reader, id), {})


@post(paths("comparison_plan"))
def lodge(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    data: URLEncodedBody[dict[str, str]],
) -> Redirect:
    """Lodge the plan with the time of this moment."""
    adoption = own_use(session, reader, id)
    try:
        plan = _plan(data)
        reporting.lodge(session, reader.actor, adoption, plan, today=reader.today)
    except (Invalid, Conflict) as refusal:
        raise Rejected(_page(reader, adoption, data, refusal)) from refusal
    return done_with(reader, adoption, "planned")


def _plan(data: Mapping[str, str]) -> Plan:
    problems: list[Problem] = []
    metric = metrics.library().get(data.get("metric", ""))
    if metric is None or metric.entry is not Entry.BEFORE_AFTER:
        problems.append(Problem("metric", "Choose a metric."))
    if data.get("design", "") not in set(COMPARING):
        problems.append(Problem("design", "Choose a design with a comparison unit."))
    starts_on = forms.day(data, "starts_on")
    if isinstance(starts_on, Problem):
        problems.append(starts_on)
    analyst = data.get("analyst", "") or Analyst.OWN
    if analyst not in set(Analyst):
        problems.append(Problem("analyst", "Choose one of the ways given."))
    texts = {name: forms.text(data, name) for name in ("comparison", "plan", "allocation")}
    for name, most in (("comparison", 500), ("plan", 4000), ("allocation", 1000)):
        if len(texts[name]) > most:
            text = "Shorten this to at most %(most)d characters."
            problems.append(Problem(name, text, {"most": most}))
    if not texts["comparison"]:
        text = "Name what you compare with and how you chose it."
        problems.append(Problem("comparison", text))
    if not texts["plan"]:
        text = "Say what you will count, over whom and how long."
        problems.append(Problem("plan", text))
    if problems or metric is None or isinstance(starts_on, Problem):
        raise Invalid("The plan is not complete.", problems=problems)
    return Plan(
        metric,
        Design(data["design"]),
        starts_on,
        texts["comparison"],
        texts["plan"],
        texts["allocation"],
        analyst=Analyst(analyst),
    )


def _page(
    reader: Reader,
    adoption: Adoption,
    values: Mapping[str, str],
    refusal: Invalid | Conflict | None = None,
) -> Response[str]:
    _, code = reader._, code_of(reader)
    name, href = solution_of(reader, adoption)
    title, key = _("Lodge a plan for a comparison"), str(adoption.id)
    errors = NO_ERRORS
    if isinstance(refusal, Invalid):
        errors = Errors({p.field: sentence(p, reader.language) for p in refusal.problems})
    elif refusal is not None:
        errors = Errors({}, sentence(refusal, reader.language))
    context = PlanPage(
        page=frame_of(reader, title, adoption),
        title=title,
        solution_name=name,
        solution_href=href,
        action=reader.address("comparison_plan", id=key),
        back_href=reader.address("measurements", id=key),
        metrics=[
            (each.id, each.name[code])
            for each in metrics.reportable()
            if each.entry is Entry.BEFORE_AFTER
        ],
        designs=[
            (each, getattr(grading.rules().designs[each], code))
            for each in Design
            if each in COMPARING
        ],
        analysts=[
            (Analyst.OWN, _("Our own administration")),
            (Analyst.INDEPENDENT, _("Somebody independent")),
            (Analyst.VENDOR, _("The vendor, or somebody paid by the vendor")),
        ],
        values=values,
        errors=errors,
    )
    return render("measurements/plan.html", context, status_code=422 if refusal else 200)


HANDLERS: list[Any] = [begin, lodge]
