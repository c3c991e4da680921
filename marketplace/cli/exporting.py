"""``marketplace export`` and ``marketplace load-dump``: everything can leave, and come back."""

import json
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from catalog.permissions import Actor
from marketplace.cli.node import open_node
from marketplace.export import dump as dumping
from marketplace.export import loading, nightly, organization
from marketplace.export.dump import Manifest, Total

NEW_FOLDER = click.Path(file_okay=False, path_type=Path)


class _Bars:
    """One bar a noun."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}

    def announce(self, totals: Sequence[Total]) -> None:
        """Show the nouns with how many things of each there are."""
        for total in totals:
            self._tasks[total.noun] = self._bars.add_task(total.noun, total=total.count)

    def advance(self, noun: str, done: int) -> None:
        """Move a noun's bar on."""
        if noun in self._tasks:
            self._bars.advance(self._tasks[noun], done)


@contextmanager
def _bars(*, quiet: bool) -> Iterator[_Bars]:
    # A stop from outside must clean up as Ctrl+C does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    disabled = quiet or not console.is_terminal
    with Progress(*columns, TimeElapsedColumn(), console=console, disable=disabled) as bars:
        yield _Bars(bars)


@click.group()
def export() -> None:
    """Let everything leave: the whole node, or all of one organization."""


@export.command()
@click.argument("folder", type=NEW_FOLDER)
@click.option("--json", "as_json", is_flag=True, help="Print the manifest.")
@click.option("--quiet", is_flag=True, help="Show no progress.")
def dump(folder: Path, as_json: bool, quiet: bool) -> None:
    """Write everything public to FOLDER; stopped halfway, it leaves nothing behind."""
    with open_node() as (settings, database), _bars(quiet=quiet) as bars:
        manifest = dumping.dump(
            database, settings, folder, announce=bars.announce, progress=bars.advance
        )
    if as_json:
        click.echo((folder / dumping.MANIFEST).read_text("utf-8"))
    else:
        click.echo(f"{folder}: {_told(manifest)}")


@export.command("nightly")
@click.option("--quiet", is_flag=True, help="Say nothing unless it fails.")
def make_nightly(quiet: bool) -> None:
    """Write tonight's dump to the data folder and keep the last seven; for cron or a timer."""
    with open_node() as (settings, database), _bars(quiet=quiet) as bars:
        made = nightly.make(database, settings, announce=bars.announce, progress=bars.advance)
    if not quiet:
        click.echo(str(made))


@export.command("organization")
@click.argument("slug")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Answer for programs.")
def export_organization(slug: str, file: Path, as_json: bool) -> None:
    """Write all that the organization SLUG owns to FILE, a ZIP: drafts and members included."""
    with open_node() as (_settings, database):
        counts = organization.export(database, Actor.operator("export"), slug, file)
    click.echo(json.dumps(counts) if as_json else f"{file}: {_counted(counts)}")


@click.command("load-dump")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Answer for programs.")
@click.option("--quiet", is_flag=True, help="Show no progress.")
def load_dump(folder: Path, as_json: bool, quiet: bool) -> None:
    """Write the dump in FOLDER into this node, which must be empty; all of it or nothing."""
    with open_node(migrate=True) as (_settings, database), _bars(quiet=quiet) as bars:
        known = loading.checked(folder)
        bars.announce([Total(name, count) for name, count in known.counts.items()])
        manifest = loading.load(database, folder, progress=bars.advance)
    answer: dict[str, Any] = {"serial": manifest.serial, **manifest.counts}
    click.echo(json.dumps(answer) if as_json else _told(manifest))


def _told(manifest: Manifest) -> str:
    size = sum(file.bytes for file in manifest.files) / 1e6
    return f"{_counted(manifest.counts)}; change {manifest.serial}, {size:.1f} MB."


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items())
