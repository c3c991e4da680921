"""``marketplace backup`` and ``marketplace restore``: the whole database, people included."""

from pathlib import Path

import click

from catalog.database import now
from marketplace import backups
from marketplace.cli.node import open_node
from marketplace.settings import Settings


@click.command()
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path | None) -> None:
    """Copy the database of a running node to FILE (default: backups/ in the data folder)."""
    with open_node() as (settings, database):
        folder = settings.data_dir / "backups"
        folder.mkdir(mode=0o700, exist_ok=True)
        path = file or folder / f"{now():%Y-%m-%d-%H%M%S}.db"
        size = backups.make(database, settings, path)
    click.echo(f"{path}: {size / 1e6:.1f} MB")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def restore(file: Path) -> None:
    """Put the backup FILE in the place of the database, which must not be there."""
    backups.restore(Settings(), file)
    click.echo("Restored. Run: marketplace migrate")
