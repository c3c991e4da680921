"""Fill a node with invented data: the small world, or as many records as a trial needs."""

import json
from dataclasses import asdict

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from marketplace.cli.node import open_node
from marketplace.sample import generator, loading


@click.group()
def sample() -> None:
    """Fill an empty node with invented data."""


@sample.command()
@click.option("--json", "as_json", is_flag=True, help="Answer for programs.")
def load(*, as_json: bool) -> None:
    """Write the invented world: some 60 solutions, their cities and five years of use."""
    with open_node(migrate=True) as (_settings, database):
        loaded = loading.load_if_empty(database)
    if as_json:
        click.echo(json.dumps({"loaded": asdict(loaded) if loaded else None}))
    elif loaded is None:
        click.echo("The sample data are there already.")
    else:
        click.echo(
            f"{loaded.solutions} solutions, {loaded.releases} releases, {loaded.adoptions} uses, "
            f"{loaded.register_entries} register entries, {loaded.interfaces} interfaces, "
            f"{loaded.organizations} organizations, {loaded.places} places, "
            f"{loaded.people} people."
        )


@sample.command()
@click.argument("count", type=click.IntRange(1, 2_000_000))
@click.option("--seed", type=click.IntRange(0, 65_535), default=1, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Answer for programs.")
def generate(*, count: int, seed: int, as_json: bool) -> None:
    """Write COUNT generated solutions with bodies and uses; a broken run goes on."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    bars = Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True), disable=as_json)
    with open_node(migrate=True) as (_settings, database), bars:
        task = bars.add_task("Solutions", total=count)
        written = generator.load(database, count, seed, lambda done: bars.advance(task, done))
    if as_json:
        click.echo(json.dumps({"count": count, "new": written}))
    else:
        click.echo(f"{written} new solutions; {count - written} were there already.")
