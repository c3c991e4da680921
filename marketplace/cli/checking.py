"""Checks for people and for other people's pipelines: no node, no database, no network.

Exit code 0: valid, with or without warnings. 1: invalid or refused.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import click
import msgspec

from catalog.records import SolutionRecord
from marketplace.formats import license_report, publiccode_report, software_files
from marketplace.formats.check_problem import CheckProblem
from marketplace.formats.publiccode.checking import MAX_FILE
from marketplace.formats.publiccode.checking import check as check_file
from marketplace.formats.records import Refused
from marketplace.translations import sentence, translations

_PASSES = ("valid", "valid_with_warnings")


@click.group()
def license() -> None:  # noqa: A001 - the name of the command
    """Look at licences."""


@license.command("check")
@click.argument("expression", default="")
@click.option(
    "--file",
    "described_by",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Take licences and dependencies from this file, for example codemeta.json.",
)
@click.option("--dependency", "dependencies", multiple=True, help="Goes into the work. Repeatable.")
@click.option("--model", default="", help="Licence of the model's weights.")
@click.option("--data", default="", help="Licence of the data.")
@click.option("--documentation", default="", help="Licence of the documentation.")
@click.option("--language", type=click.Choice(["en", "de"]), default="en", help="Of the messages.")
@click.option("--json", "as_json", is_flag=True, help="Answer for programs.")
def check_license(
    expression: str,
    dependencies: tuple[str, ...],
    model: str,
    data: str,
    documentation: str,
    language: str,
    *,
    described_by: Path | None,
    as_json: bool,
) -> None:
    """Say what the licence EXPRESSION, or that of a file, permits and demands. No legal advice.

    Exit code 1: a licence cannot be read, or two of them exclude each other.
    """
    if bool(expression) == bool(described_by):
        raise click.UsageError("Give an expression or --file.")
    if described_by is not None:
        found = license_report.of_record(_record_of(described_by, language), language)
    else:
        found = license_report.report(
            expression,
            language=language,
            dependencies=dependencies,
            parts={"model": model, "data": data, "documentation": documentation},
        )
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
    else:
        _tell_license(found, language)
    is_excluded = any(each.severity == "error" for each in found.conflicts)
    sys.exit(0 if found.verdict in _PASSES and not is_excluded else 1)


def _record_of(path: Path, language: str) -> SolutionRecord:
    with path.open("rb") as opened:
        _format, row = software_files.read(path.name, opened.read(software_files.LARGEST + 1))
    if isinstance(row, Refused):
        raise click.ClickException(sentence(row.problem, language))
    return row.record


@click.group()
def publiccode() -> None:
    """Look at publiccode.yml files."""


@publiccode.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--upgrade", is_flag=True, help="Print the file as version 0.7.")
@click.option("--language", type=click.Choice(["en", "de"]), default="en", help="Of the messages.")
@click.option("--json", "as_json", is_flag=True, help="Answer for programs.")
def check_publiccode(file: Path, language: str, *, upgrade: bool, as_json: bool) -> None:
    """Check a publiccode.yml FILE, versions 0.1 to 0.7. No address in it is opened."""
    with file.open("rb") as opened:
        found = publiccode_report.report(check_file(opened.read(MAX_FILE + 1)), language=language)
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
    elif upgrade:
        click.echo(found.upgraded, nl=False)
        tell_problems(found.problems, language, err=True)
    else:
        click.echo(f"{file.name}: {_in_words(found.verdict, language)}")
        tell_problems(found.problems, language)
    sys.exit(0 if found.verdict in _PASSES else 1)


def _tell_license(found: license_report.LicenseCheckAnswer, language: str) -> None:
    gettext = translations(language).gettext
    click.echo(f"{found.expression or found.given}: {_in_words(found.verdict, language)}")
    tell_problems(found.problems, language)
    for part in found.parts:
        click.echo(f"\n{part.name} ({part.id}): {part.sentences[language]}")
    questions = license_report.question_labels(language)
    if found.questions:
        click.echo("")
    for question, answer in found.questions.items():
        reasons = " ".join(each.text[language] for each in answer.reasons)
        label = license_report.answer_labels(language)[answer.answer]
        click.echo(f"  {questions[question]}: {label}. {reasons}")
    for conflict in found.conflicts:
        click.echo(f"  {_mark(conflict.severity)} {conflict.text[language]} [{conflict.source}]")
    click.echo("\n" + gettext("No legal advice."))


def tell_problems(problems: Sequence[CheckProblem], language: str, *, err: bool = False) -> None:
    """The remarks of a check, one a line, with their place."""
    gettext = translations(language).gettext
    for each in problems:
        place = ""
        if each.line:
            place = gettext("line %(line)d, column %(column)d") % {
                "line": each.line,
                "column": each.column,
            }
        where = ": ".join(filter(None, [place, each.pointer]))
        click.echo(f"  {_mark(each.severity)} {where}: {each.message} [{each.rule}]", err=err)


def _in_words(verdict: str, language: str) -> str:
    return license_report.verdict_labels(language)[verdict]


def _mark(severity: str) -> str:
    return "✗" if severity == "error" else "!"
