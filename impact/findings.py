"""What the effects of one solution say together, metric by metric, and to a city that searches.

One effect an adoption goes in: that of the highest level, the latest of those. Uses that never
reported are counted beside each pool, for silence is seldom chance.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from scipy import stats
from sqlalchemy.orm import Session

from catalog import adoptions
from catalog.adoptions import Adoption, Stage
from impact import evaluations, prediction, synthesis
from impact.effects import Measure
from impact.evaluations import Effect
from impact.metrics import Direction, Metric, library
from impact.prediction import Bounds, Mixture
from impact.studies import Studies, studies
from impact.synthesis import Synthesis

FEWEST_TO_PREDICT = 3
FEWEST_FOR_POPULATION = 10

TRIED = frozenset({Stage.PILOT, Stage.LIVE, Stage.ENDED})
"""Stages at which there was something to measure."""


@dataclass(frozen=True)
class Finding:
    """The effects of a solution on one metric, with their synthesis if there are two or more."""

    metric: Metric
    effects: Sequence[Effect]
    """Every effect that counts, one an adoption, those without a variance too."""
    pooled: Sequence[Effect]
    synthesis: Synthesis | None
    deployments: int
    """Uses that were tried out at least."""
    withheld: int
    """Effects that are not shown because too few cases are behind them."""

    @property
    def k(self) -> int:
        """How many effects are pooled, each of another municipality."""
        return len(self.pooled)

    @property
    def silent(self) -> int:
        """Deployments without a reported effect on this metric."""
        return max(self.deployments - len(self.effects) - self.withheld, 0)


def of_solution(session: Session, solution_id: UUID) -> Sequence[Finding]:
    """The findings of a solution, those with most effects first."""
    uses = adoptions.of_solution(session, solution_id)
    return findings(evaluations.of_solution(session, solution_id), uses)


def findings(effects: Sequence[Effect], uses: Sequence[Adoption]) -> Sequence[Finding]:
    """The findings of effects at these uses of one solution."""
    deployments = sum(use.stage in TRIED for use in uses)
    found = []
    for metric in library().values():
        counted = one_each([each for each in effects if each.metric == metric.id])
        if counted:
            found.append(_finding(metric, counted, deployments))
    return sorted(found, key=lambda each: -each.k)


def one_each(effects: Sequence[Effect]) -> list[Effect]:
    """One effect an adoption: of the highest level, then the latest."""
    best: dict[UUID, Effect] = {}
    for each in sorted(effects, key=lambda e: (e.vi is not None, e.level, e.period_end)):
        best[each.adoption_id] = each
    return sorted(best.values(), key=lambda e: (e.period_end, e.id))


def _finding(metric: Metric, effects: Sequence[Effect], deployments: int) -> Finding:
    shown = [each for each in effects if evaluations.is_public(each)]
    pooled = [each for each in shown if evaluations.is_pooled(each)]
    found = synthesis.pool(_studies(pooled)) if len(pooled) > 1 else None
    return Finding(metric, shown, pooled, found, deployments, len(effects) - len(shown))


def _studies(effects: Sequence[Effect], covariates: Sequence[Sequence[float]] = ()) -> Studies:
    return studies([e.yi for e in effects], [e.vi or math.nan for e in effects], covariates)


@dataclass(frozen=True)
class Expectation:
    """What a city may expect: ranges on the scale of the effect, and chances between 0 and 1.

    ``by_population`` says that the city's own size went in; ``is_outside`` that it is smaller or
    larger than every city that measured.
    """

    middle: float
    range_80: Bounds
    range_95: Bounds
    improves: float
    improves_relevantly: float
    by_population: bool
    is_outside: bool


def expectation(
    finding: Finding, population: int | None, baseline: float | None = None
) -> Expectation | None:
    """The prediction for one more city; None with fewer than three pooled effects.

    Three to nine effects: the cautious mixture over all. From ten on the logarithm of the
    population is a covariate where it is known of every city (Berkey et al. 1995).
    """
    if finding.synthesis is None or finding.k < FEWEST_TO_PREDICT:
        return None
    sizes = [_population(each) for each in finding.pooled]
    known = [size for size in sizes if size]
    outside = bool(population and known and not min(known) <= population <= max(known))
    worth = threshold(finding.metric, baseline)
    if population and len(known) == finding.k >= FEWEST_FOR_POPULATION and len(set(known)) > 2:
        return _by_population(finding, population, known, worth, is_outside=outside)
    mixture = prediction.cautious(_studies(finding.pooled), finding.synthesis.mean.interval)
    return _of_mixture(finding, mixture, worth, is_outside=outside)


def threshold(metric: Metric, baseline: float | None) -> float:
    """The smallest change that matters, on the scale of the effect and above zero.

    Infinite where the level is so low already that it cannot fall by so much.
    """
    change = metric.smallest_change
    if not metric.is_ratio:
        share = change.value / 100 if change.kind == "percent" else 1.0
        return share * (baseline or 1.0) if change.kind == "percent" else change.value
    share = change.value / 100
    if change.kind == "absolute":
        share = change.value / baseline if baseline else 0.1
    if metric.direction is Direction.HIGHER:
        return math.log1p(share)
    return -math.log1p(-share) if share < 1 else math.inf


def _population(effect: Effect) -> int | None:
    place = effect.evaluation.adoption.organization.municipality
    return place.population if place else None


def _of_mixture(
    finding: Finding, mixture: Mixture, worth: float, *, is_outside: bool
) -> Expectation:
    higher = finding.metric.direction is Direction.HIGHER
    return Expectation(
        middle=mixture.quantile(0.5),
        range_80=mixture.interval(0.8),
        range_95=mixture.interval(0.95),
        improves=1 - mixture.below(0.0) if higher else mixture.below(0.0),
        improves_relevantly=1 - mixture.below(worth) if higher else mixture.below(-worth),
        by_population=False,
        is_outside=is_outside,
    )


def _by_population(
    finding: Finding, population: int, known: Sequence[int], worth: float, *, is_outside: bool
) -> Expectation:
    logs = [math.log10(size) for size in known]
    result = synthesis.regress(_studies(finding.pooled, [logs]))
    mean, se = synthesis.predict_mean(result, [math.log10(population)])
    spread = stats.t(finding.k - 2, loc=mean, scale=math.sqrt(se**2 + result.heterogeneity.tau2))
    higher = finding.metric.direction is Direction.HIGHER
    return Expectation(
        middle=mean,
        range_80=(float(spread.ppf(0.1)), float(spread.ppf(0.9))),
        range_95=(float(spread.ppf(0.025)), float(spread.ppf(0.975))),
        improves=float(spread.sf(0.0) if higher else spread.cdf(0.0)),
        improves_relevantly=float(spread.sf(worth) if higher else spread.cdf(-worth)),
        by_population=True,
        is_outside=is_outside,
    )


def change(metric: Metric, y: float) -> float:
    """An effect for people: percent for ratios, percentage points for shares, else the unit."""
    if metric.is_ratio:
        return (math.exp(min(y, 50.0)) - 1) * 100
    return y * 100 if metric.scale is Measure.RD else y


def similar(finding: Finding, population: int | None, limit: int = 5) -> Sequence[Effect]:
    """The effects of the cities closest in size by ratio; in no order of merit without a size."""
    sized = [(size, each) for each in finding.effects if (size := _population(each))]
    if not population:
        return list(finding.effects)[:limit]
    sized.sort(key=lambda pair: abs(math.log(pair[0] / population)))
    return [each for _, each in sized[:limit]]
