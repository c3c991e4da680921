"""``marketplace import``: take registers of others into this node, each row accounted for."""

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from catalog.permissions import Actor
from marketplace.cli.node import open_node
from marketplace.federation import intake, intake_report
from marketplace.federation.intake_report import FileReport
from marketplace.formats import algoritmeregister, jsonl, single_files, software_files, table
from marketplace.formats.mapping import shipped
from marketplace.formats.records import Reading, Unreadable
from marketplace.transactions import Database
from marketplace.translations import sentence, translations

UNREADABLE = 2
"""Exit code when a file, or the rest of one, could not be read."""

SHOWN = 10
"""Refusals and kinds of warning that the summary shows; the report has all."""

READERS: dict[str, Callable[[Path], Reading]] = {
    "jsonl": jsonl.read,
    "algoritmeregister": algoritmeregister.read,
    **{
        name: partial(single_files.read, files=each)
        for name, each in software_files.FORMATS.items()
    },
}


def _list_mappings(context: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted:
        for mapping in shipped().values():
            click.echo(f"{mapping.name:<12} {mapping.source.name}")
        context.exit()


@click.command("import")
@click.argument("format", type=click.Choice([*READERS, "table"]))
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--mapping", default="", help="Name of a shipped mapping or a file (table only).")
@click.option(
    "--encoding", default="", help="Encoding of the file, if it is guessed wrong (table)."
)
@click.option("--report", type=click.Path(dir_okay=False, path_type=Path), help="Write JSON here.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option("--language", type=click.Choice(["en", "de"]), default="en", help="Of the report.")
@click.option(
    "--mappings",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_list_mappings,
    help="Show the shipped mappings and end.",
)
def import_files(
    *,
    format: str,  # noqa: A002 - the name of the argument in the help text
    files: Sequence[Path],
    mapping: str,
    encoding: str,
    report: Path | None,
    as_json: bool,
    language: str,
) -> None:
    """Take in FILES of a FORMAT; a second run changes nothing, an interrupted one goes on.

    Exit code 0: every row is accounted for, refused ones included. 2: a file could not be read.
    """
    if report is not None and not report.parent.is_dir():
        raise click.UsageError(f"There is no folder {report.parent} for the report.")
    if format != "table" and (mapping or encoding):
        raise click.UsageError("--mapping and --encoding belong to the format “table”.")

    def read(path: Path) -> Reading:
        if format == "table":
            return table.read(path, mapping=mapping, encoding=encoding)
        return READERS[format](path)

    with open_node(migrate=True) as (_settings, database):
        reports = _run(database, format, files, read)
    content = intake_report.as_json(reports, language)
    if report is not None:
        report.write_bytes(_pretty(content))
    if as_json:
        click.echo(_pretty(content).decode())
    else:
        _tell(reports, content, language)
    if any(one.is_unreadable for one in reports):
        sys.exit(UNREADABLE)


def _run(
    database: Database, format_: str, files: Iterable[Path], read: Callable[[Path], Reading]
) -> list[FileReport]:
    reports = []
    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        disable=not console.is_terminal,
    ) as bars:
        for path in files:
            reports.append(_one(database, format_, path, read, bars))
    return reports


def _one(
    database: Database,
    format_: str,
    path: Path,
    read: Callable[[Path], Reading],
    bars: Progress,
) -> FileReport:
    try:
        reading = read(path)
    except Unreadable as error:
        return intake_report.unreadable(path.name, format_, error)
    task = bars.add_task(path.name, total=reading.total)
    return intake.take_in(
        reading,
        database.writing,
        Actor.operator("import"),
        progress=lambda rows: bars.advance(task, rows),
    )


def _pretty(content: Any) -> bytes:
    return msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n"


def _tell(reports: Sequence[FileReport], content: dict[str, Any], language: str) -> None:
    """The summary for people."""
    gettext = translations(language).gettext
    for report in reports:
        figures = {
            "file": report.file,
            "rows": report.rows,
            "created": report.created,
            "updated": report.updated,
            "unchanged": report.unchanged,
            "refused": len(report.refused),
            "encoding": report.encoding,
            "count": report.duplicates_proposed,
        }
        click.echo(
            gettext(
                "%(file)s: %(rows)d rows: %(created)d created, %(updated)d updated,"
                " %(unchanged)d unchanged, %(refused)d refused."
            )
            % figures
        )
        if report.encoding not in ("", "utf-8", "utf-8-sig"):
            click.echo("  " + gettext("Encoding: %(encoding)s.") % figures)
        if report.duplicates_proposed:
            click.echo("  " + gettext("Likely duplicates proposed: %(count)d.") % figures)
    _tell_refusals(content["refused"], language)
    _tell_warnings(reports, language)


def _tell_refusals(refused: Sequence[dict[str, Any]], language: str) -> None:
    for entry in refused[:SHOWN]:
        place = f"{entry['file']}:{entry['row']}" if entry["row"] else entry["file"]
        field = f" [{entry['field']}]" if entry["field"] else ""
        found = f" ({entry['excerpt'][:60]})" if entry["excerpt"] else ""
        click.echo(f"  ✗ {place}{field} {entry['reason']}{found}")
    if len(refused) > SHOWN:
        more = translations(language).gettext(
            "%(count)d more refusals. “--report FILE” writes them all."
        )
        click.echo("  … " + more % {"count": len(refused) - SHOWN})


def _tell_warnings(reports: Sequence[FileReport], language: str) -> None:
    counts = Counter(
        (entry.problem.field, entry.problem.message)
        for report in reports
        for entry in report.warnings
    )
    gettext = translations(language).gettext
    examples = {
        (entry.problem.field, entry.problem.message): entry.problem
        for report in reports
        for entry in reversed(report.warnings)
    }
    if counts:
        click.echo(gettext("Warnings, by kind, with one example:"))
    for kind, count in counts.most_common(SHOWN):
        field = f"[{kind[0]}] " if kind[0] else ""
        click.echo(f"  {count:>6} × {field}{sentence(examples[kind], language)}")
