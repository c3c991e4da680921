"""Impact from the command line: pool the effects of a file, publish and check snapshots."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import click
import numpy as np
from rich.console import Console
from rich.table import Table
from sqlalchemy.orm import Session

from catalog.database import now
from catalog.errors import Invalid, Problem
from impact import prediction
from impact.effects import MEASURES, Effects, Measure
from impact.heterogeneity import Method
from impact.prediction import Bounds
from impact.studies import Array, Studies, invalid_columns, studies
from impact.synthesis import Interval, Synthesis, pool
from marketplace.cli.node import open_node
from marketplace.export import snapshots
from marketplace.formats.records import Refused, Unreadable
from marketplace.formats.sheets import open_sheet

Report = dict[str, object]


@click.group()
def impact() -> None:
    """Derive effects, pool them, publish them."""


@impact.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--method", type=click.Choice([m.value for m in Method]), default="REML")
@click.option("--interval", type=click.Choice([i.value for i in Interval]), default="hk-adhoc")
@click.option("--measure", type=click.Choice([m.value for m in Measure]), help="Compute effects.")
@click.option("--level", type=float, default=0.95, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Answer for programs.")
def synthesize(
    file: Path, method: str, interval: str, measure: str | None, level: float, as_json: bool
) -> None:
    """Pool the studies of FILE, a table with a row for each.

    Its columns are yi and vi, or with --measure those of metafor: ai, n1i, ci, n2i for proportions;
    m1i, sd1i, n1i, m2i, sd2i, n2i for means; x1i, t1i, x2i, t2i for events by exposure.
    """
    data = studies(*_effects(file, Measure(measure) if measure else None))
    found = pool(data, Method(method), Interval(interval), level)
    report = _report(data, found, measure)
    if as_json:
        click.echo(json.dumps(report, indent=2))
        return
    _show(report)


@impact.command()
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Where it goes.")
@click.option("--json", "as_json", is_flag=True, help="Answer for programs.")
def snapshot(out: Path | None, as_json: bool) -> None:
    """Write today's public effects to a new dated folder in DIR; an existing one is refused."""
    with open_node() as (settings, database), Session(database.engine) as session:
        parent = out or settings.data_dir / "snapshots"
        folder = snapshots.make(session, settings, parent, today=now().date())
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    told = f"{folder}: {manifest['counts']['effects']} effects"
    click.echo(json.dumps({"folder": str(folder), **manifest}) if as_json else told)


@impact.command()
@click.argument("snapshot", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Answer for programs.")
def verify(snapshot: Path, as_json: bool) -> None:
    """Name each file of SNAPSHOT that is changed, missing or extra; then the status is 1."""
    found = snapshots.verify(snapshot)
    if as_json:
        click.echo(json.dumps({each.file: each.what for each in found}))
    else:
        click.echo("\n".join(f"{each.file}: {each.what}" for each in found) or "as written")
    sys.exit(1 if found else 0)


def _effects(file: Path, measure: Measure | None) -> Effects:
    names = MEASURES[measure].names if measure else ("yi", "vi")
    columns = _columns(file, names)
    if measure is None:
        return columns[0], columns[1]
    return MEASURES[measure].compute(**dict(zip(names, columns, strict=True)))


def _columns(file: Path, names: Sequence[str]) -> list[Array]:
    """The named columns as numbers; every cell that is none is named in the refusal."""
    try:
        sheet = open_sheet(file)
    except Unreadable as error:
        raise Invalid("The file cannot be read: %(why)s", field="FILE", why=str(error)) from error
    missing = [name for name in names if name not in sheet.headings]
    if missing:
        raise Invalid(
            "The file has no column “%(missing)s”. It needs: %(needed)s.",
            field=missing[0],
            missing=missing[0],
            needed=", ".join(names),
        )
    values: list[list[float]] = [[] for _ in names]
    problems: list[Problem] = []
    for row in sheet.rows:
        if isinstance(row, Refused):
            problems.append(row.problem)
            continue
        for name, column in zip(names, values, strict=True):
            number = _number(row.cells[name])
            if number is None:
                sentence = "Row %(row)d has no number in “%(name)s”."
                problems.append(Problem(name, sentence, {"row": row.number, "name": name}))
            else:
                column.append(number)
    if problems:
        raise invalid_columns(problems)
    return [np.array(column) for column in values]


def _number(text: str) -> float | None:
    """A number with a decimal point, or with a decimal comma as spreadsheets here write it."""
    plain = text.strip()
    try:
        return float(plain if "." in plain else plain.replace(",", ".", 1))
    except ValueError:
        return None


def _report(data: Studies, found: Synthesis, measure: str | None) -> Report:
    spread, mean, forms = found.heterogeneity, found.mean, found.prediction
    headline = forms.t_k2 if forms else None
    return {
        "k": found.k,
        "method": found.method,
        "interval": found.interval,
        "level": found.level,
        "measure": measure,
        "estimate": mean.estimate,
        "se": mean.se,
        "statistic": mean.statistic,
        "p": mean.p,
        "ci_low": _low(mean.interval),
        "ci_high": _high(mean.interval),
        "tau2": spread.tau2,
        "tau2_ci": spread.tau2_interval,
        "q": spread.q,
        "q_p": spread.q_p,
        "i2": spread.i2,
        "i2_ci": spread.i2_interval,
        "i2_q": spread.i2_q,
        "h2": spread.h2,
        "h2_ci": spread.h2_interval,
        "pi_low": _low(headline),
        "pi_high": _high(headline),
        "pi_normal": forms.normal if forms else None,
        "pi_t_k1": forms.t_k1 if forms else None,
        "pi_cautious": _cautious(data, found),
        "weights": found.weights.tolist(),
        "shrunken": found.shrunken.tolist(),
    }


def _cautious(data: Studies, found: Synthesis) -> Report | None:
    """Our own cautious interval, at the level asked for and at 80 percent."""
    if data.k < 3:
        return None
    hull = pool(data, found.method, Interval.HK_ADHOC, found.level).mean.interval
    mixture = prediction.cautious(data, hull)
    low, high = mixture.interval(found.level)
    return {
        "low": low,
        "high": high,
        "80": mixture.interval(0.8),
        "below_zero": mixture.below(0.0),
    }


def _low(bounds: Bounds | None) -> float | None:
    return bounds[0] if bounds else None


def _high(bounds: Bounds | None) -> float | None:
    return bounds[1] if bounds else None


def _show(report: Report) -> None:
    table = Table("figure", "value")
    for name, value in report.items():
        if name not in ("weights", "shrunken"):
            table.add_row(name, _written(value))
    Console().print(table)


def _written(value: object) -> str:
    match value:
        case None:
            return "–"
        case float():
            return f"{value:.6g}"
        case tuple() | list():
            return ", ".join(_written(each) for each in value)
        case dict():
            return "; ".join(f"{name}: {_written(each)}" for name, each in value.items())
    return str(value)
