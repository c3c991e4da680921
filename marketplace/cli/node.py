"""What every command needs: the settings and a database that is up to date."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from catalog.database import open_engine
from marketplace import migrating
from marketplace.settings import Settings
from marketplace.transactions import Database


@contextmanager
def open_node(*, migrate: bool = False) -> Iterator[tuple[Settings, Database]]:
    """The settings and the database of this machine's node.

    Ends the command with a sentence if the database is behind the program and may not be migrated.
    """
    settings = Settings()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    database = Database.on(open_engine(settings.database))
    try:
        if not migrating.is_current(database.engine):
            if not migrate:
                raise click.ClickException(
                    "The database is behind the program. Run: marketplace migrate"
                )
            migrating.upgrade(database.engine)
        yield settings, database
    finally:
        database.engine.dispose()
