"""Fill a node with invented data: the small world, or as many records as a trial needs."""

import click

from marketplace.cli.node import open_node
from marketplace.sample import loading


@click.group()
def sample() -> None:
    """Fill an empty node with invented data."""


@sample.command()
def load() -> None:
    """Write the invented world: some 60 solutions, their cities and five years of use."""
    with open_node(migrate=True) as (_settings, database):
        loaded = loading.load_if_empty(database)
    if loaded is None:
        click.echo("The sample data are there already.")
        return
    click.echo(
        f"{loaded.solutions} solutions, {loaded.releases} releases, {loaded.adoptions} uses, "
        f"{loaded.organizations} organizations, {loaded.places} places, {loaded.people} people."
    )
