"""Impact: the metrics, and what the measured effects of a solution say together."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta, Struct

from catalog.database import Session
from impact import diffusion, findings, metrics
from impact.diffusion import Spread
from impact.evaluations import Effect
from impact.findings import Expectation, Finding
from impact.metrics import Both, Metric, SmallestChange
from impact.synthesis import Synthesis
from marketplace.api.answers import ApiRequest, public
from marketplace.api.operations import asked, reads
from marketplace.api.references import OrganizationRef
from marketplace.api.refusals import FieldError, Refused
from marketplace.api.solutions import addressed

TAG = "Impact"


class Range(Struct, frozen=True):
    """Two ends on the scale of the metric."""

    low: float
    high: float

    @classmethod
    def from_bounds(cls, bounds: tuple[float, float] | None) -> "Range | None":
        """The answer of an interval, None for one that is not known."""
        return cls(*bounds) if bounds else None


def _by_language(text: Both) -> dict[str, str]:
    return {str(language): words for language, words in text.items()}


class MetricAnswer(Struct, frozen=True):
    """One version of a metric's definition."""

    id: str
    version: str
    status: str
    domain: str
    name: dict[str, str]
    definition: dict[str, str]
    rationale: dict[str, str]
    direction: Annotated[str, Meta(description="`lower` or `higher` is better, or a `target`.")]
    target: Range | None
    unit: Annotated[str, Meta(description="A UCUM code; empty for money.")]
    currency: Annotated[str, Meta(description="ISO 4217; empty unless the metric is money.")]
    scale: Annotated[str, Meta(description="The scale its effects are pooled on, e.g. `lnRoM`.")]
    smallest_change: SmallestChange
    min_n_public: Annotated[int, Meta(description="Fewer cases are never published.")]

    @classmethod
    def from_metric(cls, metric: Metric) -> "MetricAnswer":
        """The answer of a metric."""
        return cls(
            id=metric.id,
            version=metric.version,
            status=metric.status,
            domain=metric.domain,
            name=_by_language(metric.name),
            definition=_by_language(metric.definition),
            rationale=_by_language(metric.rationale),
            direction=metric.direction,
            target=Range.from_bounds(metric.target),
            unit=metric.unit,
            currency=metric.currency,
            scale=metric.scale,
            smallest_change=metric.smallest_change,
            min_n_public=metric.privacy.min_n_public,
        )


class MetricList(Struct, frozen=True):
    """All metrics in the order of display."""

    items: list[MetricAnswer]


class EffectAnswer(Struct, frozen=True):
    """What one municipality measured, on the scale of the metric."""

    id: UUID
    organization: OrganizationRef
    yi: float
    vi: Annotated[float | None, Meta(description="Sampling variance; null if it is not known.")]
    cases: float | None
    level: Annotated[int, Meta(description="Evidence level from 0 to 5, computed by rule.")]
    reasons: list[str]
    rule_set: str
    period_end: date
    is_sample: bool

    @classmethod
    def from_effect(cls, request: ApiRequest, effect: Effect) -> "EffectAnswer":
        """The answer of an effect."""
        body = effect.evaluation.adoption.organization
        return cls(
            id=effect.id,
            organization=OrganizationRef.from_organization(request, body),
            yi=effect.yi,
            vi=effect.vi,
            cases=effect.cases,
            level=effect.level,
            reasons=list(effect.reasons),
            rule_set=effect.rule_set,
            period_end=effect.period_end,
            is_sample=effect.is_sample,
        )


class SynthesisAnswer(Struct, frozen=True):
    """Effects pooled with random effects (REML, Hartung and Knapp never smaller), 95 %."""

    k: int
    method: str
    estimate: float
    se: float | None
    interval: Range | None
    prediction: Annotated[
        Range | None, Meta(description="Where one more city would lie; t with k - 2 df.")
    ]
    tau2: float
    i2: Annotated[float, Meta(description="Percent.")]
    q: float
    q_p: float | None

    @classmethod
    def from_synthesis(cls, found: Synthesis) -> "SynthesisAnswer":
        """The answer of a synthesis."""
        spread = found.heterogeneity
        return cls(
            k=found.k,
            method=found.method,
            estimate=found.mean.estimate,
            se=found.mean.se,
            interval=Range.from_bounds(found.mean.interval),
            prediction=Range.from_bounds(found.prediction.t_k2 if found.prediction else None),
            tau2=spread.tau2,
            i2=spread.i2,
            q=spread.q,
            q_p=spread.q_p,
        )


class ExpectationAnswer(Struct, frozen=True):
    """What one more city may expect, on the scale of the metric; chances between 0 and 1."""

    middle: float
    range_80: Range
    range_95: Range
    improves: float
    improves_relevantly: float
    by_population: bool
    is_outside: Annotated[bool, Meta(description="No city of this size has measured.")]

    @classmethod
    def from_expectation(cls, found: Expectation) -> "ExpectationAnswer":
        """The answer of an expectation."""
        return cls(
            middle=found.middle,
            range_80=Range(*found.range_80),
            range_95=Range(*found.range_95),
            improves=found.improves,
            improves_relevantly=found.improves_relevantly,
            by_population=found.by_population,
            is_outside=found.is_outside,
        )


class FindingAnswer(Struct, frozen=True):
    """The effects of a solution on one metric."""

    metric: str
    synthesis: Annotated[SynthesisAnswer | None, Meta(description="null below two effects.")]
    expectation: Annotated[ExpectationAnswer | None, Meta(description="null below three effects.")]
    deployments: Annotated[int, Meta(description="Uses that were tried out at least.")]
    silent: Annotated[int, Meta(description="Deployments that have not reported on this.")]
    withheld: Annotated[int, Meta(description="Effects with too few cases to be shown.")]
    effects: list[EffectAnswer]


class OutlookAnswer(Struct, frozen=True):
    """How many municipalities may run the solution on a day."""

    day: date
    low: Annotated[float, Meta(description="In 5 of 100 cases fewer.")]
    median: float
    high: Annotated[float, Meta(description="In 5 of 100 cases more.")]


class SpreadAnswer(Struct, frozen=True):
    """How a solution spread, and the forecast by the model of Bass (1969)."""

    live: int
    ended: int
    municipalities: Annotated[int, Meta(description="All of the register.")]
    outlook: Annotated[
        list[OutlookAnswer], Meta(description="By quarter; empty below eight adopters.")
    ]

    @classmethod
    def from_spread(cls, found: Spread) -> "SpreadAnswer":
        """The answer of a spread."""
        outlook = found.forecast.outlook if found.forecast else ()
        quarters = [OutlookAnswer(day, q[0], q[2], q[4]) for day, q in outlook]
        return cls(found.live, found.ended, found.m, quarters)


class ImpactAnswer(Struct, frozen=True):
    """The findings of a solution, those with most effects first, and how it spreads."""

    items: list[FindingAnswer]
    spread: SpreadAnswer


class ImpactQuestion(Struct, frozen=True, forbid_unknown_fields=True):
    """The city that asks what the effects would mean for it."""

    population: Annotated[
        Annotated[int, Meta(ge=1, le=99_999_999)] | None, Meta(description="Its inhabitants.")
    ] = None
    metric: Annotated[str, Meta(description="The metric that `baseline` belongs to.")] = ""
    baseline: Annotated[
        Annotated[float, Meta(gt=0, le=1e12)] | None, Meta(description="Its own level today.")
    ] = None


@reads("/metrics", MetricList, tag=TAG)
def index(request: ApiRequest) -> Response[bytes]:
    """List the metrics that effects are measured by."""
    found = metrics.library().values()
    return public(request, MetricList([MetricAnswer.from_metric(each) for each in found]))


@reads("/metrics/{metric}", MetricAnswer, tag=TAG, refusals=(404,))
def show(request: ApiRequest, metric: FromPath[str]) -> Response[bytes]:
    """Read the definition of one metric."""
    return public(request, MetricAnswer.from_metric(metrics.metric_of(metric)))


@reads(
    "/solutions/{solution}/impact",
    ImpactAnswer,
    tag=TAG,
    asks=ImpactQuestion,
    refusals=(404, 410),
)
def of_solution(
    request: ApiRequest, session: NamedDependency[Session], solution: FromPath[str]
) -> Response[bytes]:
    """Read what a solution did where it was measured, and what one more city may expect."""
    question = asked(request, ImpactQuestion)
    if question.baseline is not None and question.metric not in metrics.library():
        wrong = FieldError("metric", "Name the metric that the baseline belongs to.")
        raise Refused(400, wrong.message, errors=[wrong])
    one = addressed(session, solution)
    found = findings.of_solution(session, one.id)
    spread = diffusion.of_solution(session, one.id, request.app.state.today())
    return public(
        request,
        ImpactAnswer(
            [_finding(request, each, question) for each in found], SpreadAnswer.from_spread(spread)
        ),
    )


def _finding(request: ApiRequest, found: Finding, question: ImpactQuestion) -> FindingAnswer:
    baseline = question.baseline if question.metric == found.metric.id else None
    expected = findings.expectation(found, question.population, baseline)
    return FindingAnswer(
        metric=found.metric.id,
        synthesis=SynthesisAnswer.from_synthesis(found.synthesis) if found.synthesis else None,
        expectation=ExpectationAnswer.from_expectation(expected) if expected else None,
        deployments=found.deployments,
        silent=found.silent,
        withheld=found.withheld,
        effects=[EffectAnswer.from_effect(request, each) for each in found.effects],
    )


HANDLERS: list[Any] = [index, show, of_solution]
