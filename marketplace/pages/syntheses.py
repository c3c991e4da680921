"""What the effects of a solution on one metric say together: plots, table, and how firm that is."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath
from markupsafe import Markup

from catalog import adoptions, solutions
from catalog.database import Session
from catalog.errors import NotFound
from impact import evaluations, findings, grading, metrics, robustness
from impact.evaluations import Effect
from impact.findings import Expectation, Finding
from impact.metrics import Metric
from impact.prediction import Bounds
from impact.studies import studies
from impact.synthesis import Synthesis
from marketplace.charts.drawing import Words
from marketplace.charts.forest_plot import ForestLabels, ForestRow, Sign, as_table, forest_plot
from marketplace.charts.funnel_plot import FunnelLabels, funnel_plot
from marketplace.pages import synthesis_words
from marketplace.pages.frame import PageFrame
from marketplace.pages.reader import Reader, frame
from marketplace.pages.rendering import number, render
from marketplace.pages.synthesis_words import between, code_of, scale_of
from marketplace.pages.wording import named, short_day
from marketplace.routing import get, paths

MOST_DRAWN = 200
"""Effects in a picture, the latest ones; the pool holds all."""
MOST_REPEATED = 50
"""With more effects than that no single one moves the mean, and repeating would take seconds."""


@dataclass(frozen=True)
class Row:
    """An effect, or what several say, as a row of a table."""

    name: str
    note: str
    change: str
    low: str
    high: str
    weight: str
    judgment: str
    is_total: bool


@dataclass(frozen=True)
class Plot:
    """A picture with its heading, words and rows."""

    key: str
    title: str
    statement: str
    drawing: Markup
    rows: Sequence[Row]


@dataclass(frozen=True)
class SynthesisPage:
    """The synthesis of one solution and metric."""

    page: PageFrame
    solution: str
    solution_href: str
    metric: str
    definition: str
    statement: str
    expected: str
    silence: str
    unit: str
    plots: Sequence[Plot]
    funnel: Markup | None
    funnel_words: str
    spread: str
    source: str
    hidden: str


@get(paths("synthesis"))
def show(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    slug: FromPath[str],
    metric: FromPath[str],
) -> Response[str]:
    """The effects of a solution on a metric with what they say together."""
    _ = reader._
    solution = solutions.by_slug(session, slug)
    known = metrics.metric_of(metric)
    effects = evaluations.of_solution(session, solution.id, known.id)
    found = findings.findings(effects, adoptions.of_solution(session, solution.id))
    if not found or not found[0].effects:
        raise NotFound("Nobody has measured yet what this solution does to this metric.")
    (finding,) = found
    code = code_of(reader)
    name = named(solution.public_record.name, reader).text
    title = f"{known.name[code]}: {name}"
    expected = findings.expectation(finding, None)
    context = SynthesisPage(
        page=frame(
            reader,
            title,
            section="impact",
            crumbs=[
                (_("Impact"), reader.address("impact")),
                (known.name[code], reader.address("impact", {"metric": known.id})),
            ],
        ),
        solution=name,
        solution_href=reader.address("solution", slug=solution.slug),
        metric=known.name[code],
        definition=known.definition[code],
        statement=synthesis_words.statement(reader, finding),
        expected=expectation_words(reader, known, expected),
        silence=synthesis_words.silence(reader, finding),
        unit=axis_name(reader, known),
        plots=_plots(reader, finding, expected),
        funnel=_funnel(reader, finding),
        funnel_words=_funnel_words(reader, finding),
        spread=_spread(reader, finding.synthesis),
        source=_source(reader, finding),
        hidden=_hidden(reader, finding),
    )
    return render("impact/synthesis.html", context)


def expectation_words(reader: Reader, metric: Metric, expected: Expectation | None) -> str:
    """What one more municipality may expect; empty where too few have measured."""
    if expected is None:
        return ""
    text = reader._("For one more municipality we expect, in 95 of 100 cases, %(range)s.")
    return text % {"range": between(reader, metric, expected.range_95)}


def axis_name(reader: Reader, metric: Metric) -> str:
    """What the axis of the effects counts."""
    text = reader._("Change in percent") if metric.is_ratio else reader._("Change in points")
    return f"{text}: {metric.name[code_of(reader)]}"


def _plots(reader: Reader, finding: Finding, expected: Expectation | None) -> list[Plot]:
    _ = reader._
    plots = [
        _plot(reader, finding, "effects", _("The effects one by one"), _effects(reader, finding))
    ]
    if expected is not None and finding.synthesis is not None:
        row = ForestRow(
            _("One more municipality"),
            expected.middle,
            expected.range_95,
            _("expected range in 95 of 100 cases"),
            sign=Sign.PREDICTION,
        )
        rows = [*_effects(reader, finding), row]
        plots = [_plot(reader, finding, "effects", _("The effects one by one"), rows)]
    if finding.synthesis is None or not 3 <= finding.k <= MOST_REPEATED:
        return plots
    data = studies([e.yi for e in finding.pooled], [e.vi or math.nan for e in finding.pooled])
    names = [_body(each) for each in finding.pooled]
    without = [
        _pooled(_("without %(name)s") % {"name": name}, each)
        for name, each in zip(names, robustness.leave_one_out(data), strict=True)
    ]
    growing = [
        _pooled(_("%(count)s up to %(name)s") % {"count": count, "name": name}, each)
        for count, (name, each) in enumerate(
            zip(names, robustness.cumulative(data), strict=True), 1
        )
    ]
    plots.append(_plot(reader, finding, "without", _("Without each in turn"), without))
    plots.append(_plot(reader, finding, "growing", _("As it grew over time"), growing[1:]))
    return plots


def _body(effect: Effect) -> str:
    return effect.evaluation.adoption.organization.name


def _effects(reader: Reader, finding: Finding) -> list[ForestRow]:
    """The effects that can be drawn, oldest first, and what they say together."""
    pooled, code = finding.synthesis, code_of(reader)
    weights = pooled.weights.tolist() if pooled else [1.0] * finding.k
    rows = []
    for each, weight in zip(finding.pooled, weights, strict=True):
        design = grading.rules().designs[grading.Design(each.evaluation.design)]
        level = reader._("level %(level)s of 6") % {"level": each.level}
        level = level.replace(" ", "\u00a0")
        note = f"{getattr(design, code)} · {level}"
        bounds = each.interval or (each.yi, each.yi)
        rows.append(ForestRow(_body(each), each.yi, bounds, note, weight))
    rows = rows[-MOST_DRAWN:]
    if pooled is not None and pooled.mean.interval is not None:
        count = reader.texts.ngettext("%(num)s measurement", "%(num)s measurements", finding.k)
        rows.append(_pooled(reader._("Together"), pooled, Sign.POOLED, count % {"num": finding.k}))
    return rows


def _pooled(name: str, found: Synthesis, sign: Sign = Sign.STUDY, note: str = "") -> ForestRow:
    estimate = found.mean.estimate
    return ForestRow(name, estimate, found.mean.interval or (estimate, estimate), note, 0.0, sign)


def _plot(
    reader: Reader, finding: Finding, key: str, title: str, rows: Sequence[ForestRow]
) -> Plot:
    _ = reader._
    metric, scale = finding.metric, scale_of(reader, finding.metric)
    said = synthesis_words.statement(reader, finding)
    drawing = Markup("")
    if rows:
        drawing = forest_plot(
            rows,
            scale,
            chart_id=f"plot-{key}",
            words=Words(f"{title}: {metric.name[code_of(reader)]}", said),
            labels=ForestLabels(_("less"), _("more"), axis_name(reader, metric)),
        )
    written = [
        Row(
            each.name,
            each.note,
            "–" if each.sign is Sign.PREDICTION else each.estimate,
            each.low,
            each.high,
            f"{number(round(each.weight * 100), reader.language)}\u00a0%" if each.weight else "–",
            _("sure") if each.is_sure else _("not sure"),
            each.sign is Sign.POOLED,
        )
        for each in as_table(rows, scale)
    ]
    return Plot(key, title, _reach(reader, metric, key, rows), drawing, written)


def _reach(reader: Reader, metric: Metric, key: str, rows: Sequence[ForestRow]) -> str:
    """How far the mean moves in the repeated syntheses."""
    if key == "effects" or not rows:
        return ""
    bounds: Bounds = (min(row.estimate for row in rows), max(row.estimate for row in rows))
    text = (
        reader._("Whichever municipality is left out, the mean lies at %(range)s.")
        if key == "without"
        else reader._("From the second measurement on the mean lay at %(range)s.")
    )
    return text % {"range": between(reader, metric, bounds)}


def _funnel(reader: Reader, finding: Finding) -> Markup | None:
    if finding.synthesis is None or finding.k < robustness.FEWEST_FOR_SMALL_STUDY_TESTS:
        return None
    _ = reader._
    return funnel_plot(
        [(each.yi, math.sqrt(each.vi or math.nan)) for each in finding.pooled],
        finding.synthesis.mean.estimate,
        scale_of(reader, finding.metric),
        chart_id="plot-funnel",
        words=Words(_("Effects by precision"), _funnel_words(reader, finding)),
        labels=FunnelLabels(
            _("less"),
            _("more"),
            axis_name(reader, finding.metric),
            _("Standard error (precise above)"),
        ),
    )


def _funnel_words(reader: Reader, finding: Finding) -> str:
    """What Egger's test says of small studies."""
    if finding.synthesis is None or finding.k < robustness.FEWEST_FOR_SMALL_STUDY_TESTS:
        return reader._(
            "With fewer than ten measurements nobody can tell whether small ones differ."
        )
    spreads = [each.vi or math.nan for each in finding.pooled]
    if max(spreads) - min(spreads) <= 1e-12 * max(spreads):
        return reader._("All measurements are equally precise, so there is nothing to compare.")
    found = robustness.egger(studies([e.yi for e in finding.pooled], spreads))
    text = (
        reader._("Small measurements say something else than large ones (Egger, p = %(p)s).")
        if found.p < 0.1
        else reader._("Small and large measurements say much the same (Egger, p = %(p)s).")
    )
    return text % {"p": number(round(found.p, 2), reader.language)}


def _spread(reader: Reader, found: Synthesis | None) -> str:
    if found is None:
        return ""
    spread = found.heterogeneity
    text = reader._("Of the differences, %(i2)s%% are more than chance (I²).")
    return text % {"i2": number(round(spread.i2), reader.language)}


def _source(reader: Reader, finding: Finding) -> str:
    last = max(each.period_end for each in finding.effects)
    text = reader._(
        "Reported by the municipalities, measured until %(day)s. Random effects, REML, "
        "Hartung-Knapp. Evidence levels by rule set %(version)s."
    )
    return text % {
        "day": short_day(last, reader.language),
        "version": grading.rules().version,
    }


def _hidden(reader: Reader, finding: Finding) -> str:
    loose = len(finding.effects) - finding.k
    if not loose:
        return ""
    text = reader._("Reported without a spread and therefore not put together: %(count)s.")
    return text % {"count": loose}


HANDLERS = [show]
