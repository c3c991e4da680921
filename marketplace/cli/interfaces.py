"""Check and compare descriptions of interfaces, also in other people's pipelines."""

import json
import sys
from pathlib import Path
from typing import Any

import click
import msgspec

from marketplace.formats import interface_report
from marketplace.interfaces import checking, comparing, modelling, reading
from marketplace.interfaces.checking import Checked
from marketplace.interfaces.comparing import Comparison
from marketplace.interfaces.differences import Difference
from marketplace.interfaces.model import Interface


@click.group()
def interface() -> None:
    """Check descriptions of interfaces (OpenAPI, AsyncAPI, JSON Schema …)."""


@interface.command("check")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Answer for programs.")
@click.option("--language", type=click.Choice(["de", "en"]), default="en")
def check(file: Path, as_json: bool, language: str) -> None:
    """Check FILE: what it is, whether it is valid, what to mend and where.

    Opens nothing but FILE. Ends with 0 if the description is valid, else with 1.
    """
    found = checking.check(_content(file), file.name)
    if as_json:
        click.echo(msgspec.json.encode(interface_report.report(found, language)).decode())
    else:
        _tell(file, found, language)
    sys.exit(0 if found.is_valid else 1)


@interface.command("diff")
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Answer for programs.")
@click.option("--language", type=click.Choice(["de", "en"]), default="en")
def diff(old: Path, new: Path, as_json: bool, language: str) -> None:
    """Compare two versions of a description: what breaks callers of OLD when NEW takes its place.

    Ends with 0 if nothing breaks, with 1 if something does, with 2 if a file cannot be read.
    """
    found = comparing.compare(_model(old), _model(new))
    if as_json:
        click.echo(json.dumps(as_comparison(found, language), ensure_ascii=False))
    else:
        for each in (*found.breaking, *found.compatible):
            click.echo(f"{each.effect}: {each.sentence(language)} [{each.rule}]")
            click.echo(f"    {each.pointer}  {', '.join(each.operations[:3])}".rstrip())
    sys.exit(1 if found.breaking else 0)


def as_comparison(found: Comparison, language: str) -> dict[str, Any]:
    """Differences as the command and the API give them."""
    return {
        "breaking": [_as_difference(each, language) for each in found.breaking],
        "compatible": [_as_difference(each, language) for each in found.compatible],
    }


def _as_difference(each: Difference, language: str) -> dict[str, Any]:
    return {
        "rule": each.rule,
        "pointer": each.pointer,
        "operations": list(each.operations),
        "message": each.sentence(language),
    }


def _model(file: Path) -> Interface:
    found = checking.check(_content(file), file.name)
    if found.bundle is None or not found.format:
        click.echo(f"{file}: {found.problems[0].sentence('en')}", err=True)
        sys.exit(2)
    return modelling.model(found.bundle)


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            # One byte more than allowed is enough to see that a file is too large.
            return opened.read(reading.MAX_BYTES + 1)
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror}") from error


def _tell(file: Path, found: Checked, language: str) -> None:
    what = " ".join(part for part in (found.format, found.version) if part) or "?"
    click.echo(f"{file}: {found.verdict} ({what})")
    for problem in found.problems:
        place = f"{file}:{problem.line or 1}"
        click.echo(f"{place}: {problem.severity}: {problem.sentence(language)} [{problem.rule}]")
        if problem.pointer:
            click.echo(f"    {problem.pointer}")
