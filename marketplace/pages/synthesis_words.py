"""Effects in words, right in number and direction: more or less, better or worse, sure or not."""

from typing import Literal

from impact import findings
from impact.findings import Finding
from impact.metrics import Direction, Metric
from impact.prediction import Bounds
from impact.synthesis import Synthesis
from marketplace.charts.axis import write_number
from marketplace.charts.effect_axis import EffectScale
from marketplace.pages import figures
from marketplace.pages.reader import Reader

Code = Literal["de", "en"]


def code_of(reader: Reader) -> Code:
    """The language of the metrics' texts for a reader."""
    return "de" if reader.language == "de" else "en"


def scale_of(reader: Reader, metric: Metric) -> EffectScale:
    """How the effects on a metric are written in figures."""
    return EffectScale(
        is_ratio=metric.is_ratio, locale=reader.language, decimals=0 if metric.is_ratio else 1
    )


def amount(reader: Reader, metric: Metric, effect: float) -> str:
    """An effect in words: 22 percent less; 4.2 points more."""
    _ = reader._
    size = abs(findings.change(metric, effect))
    decimals = 0 if metric.is_ratio else 1
    written = write_number(size, reader.language, decimals=decimals)
    if not any(letter in "123456789" for letter in written):
        return _("no change")
    if metric.is_ratio:
        text = _("%(amount)s percent less") if effect < 0 else _("%(amount)s percent more")
    else:
        text = _("%(amount)s points less") if effect < 0 else _("%(amount)s points more")
    return text % {"amount": written}


def change(reader: Reader, metric: Metric, effect: float) -> str:
    """An effect with its sign and unit, for tables: −22 %."""
    value = findings.change(metric, effect)
    if metric.is_ratio:
        return figures.signed(value, reader.language) + "\u202f%"
    return f"{figures.signed(value, reader.language, 1)}\u00a0{reader._('points')}"


def between(reader: Reader, metric: Metric, bounds: Bounds) -> str:
    """A range in words: 36 percent less to 8 percent less."""
    low, high = (amount(reader, metric, bound) for bound in bounds)
    return reader._("%(low)s to %(high)s") % {"low": low, "high": high}


def statement(reader: Reader, finding: Finding) -> str:
    """What the effects say together, and how sure that is."""
    _ = reader._
    pooled = finding.synthesis
    if pooled is None or pooled.mean.interval is None:
        if finding.k == 1:
            return _("One municipality has measured this. One place is no rule.")
        return _("There are too few measurements to put them together. They are listed one by one.")
    said = _("In %(k)s municipalities the mean change is: %(change)s.") % {
        "k": finding.k,
        "change": amount(reader, finding.metric, pooled.mean.estimate),
    }
    bounds = _("The 95 percent range goes from %(range)s.") % {
        "range": between(reader, finding.metric, pooled.mean.interval)
    }
    return f"{said} {bounds} {verdict(reader, finding.metric, pooled)}"


def verdict(reader: Reader, metric: Metric, pooled: Synthesis) -> str:
    """Whether that is better, worse, neither or not sure."""
    _ = reader._
    if pooled.mean.interval is None:
        return ""
    low, high = pooled.mean.interval
    if low <= 0 <= high:
        return _("Whether the solution changes anything here is not sure.")
    if metric.direction is Direction.TARGET:
        return _("This metric has a target range, so neither way is better by itself.")
    is_better = (low > 0) == (metric.direction is Direction.HIGHER)
    if is_better:
        return _("For this metric that is an improvement.")
    return _("For this metric that is a deterioration.")


def silence(reader: Reader, finding: Finding) -> str:
    """How many uses have not reported, and how many effects are not shown."""
    _ = reader._
    told = _("Of %(uses)s uses that were tried out, %(silent)s have not reported on this.") % {
        "uses": finding.deployments,
        "silent": finding.silent,
    }
    if finding.withheld:
        told += " " + _("Not shown because too few cases stand behind them: %(count)s.") % {
            "count": finding.withheld
        }
    return told
