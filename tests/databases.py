"""Databases of a PostgreSQL server for tests, made from one that is migrated."""

from sqlalchemy import make_url, text

from catalog.database import open_engine


def create(server: str, name: str, *, template: str = "template0") -> str:
    """A new database, in the place of an older one of that name; its address."""
    _run(
        server,
        f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)',
        f'CREATE DATABASE "{name}" TEMPLATE "{template}"',
    )
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def drop(server: str, name: str) -> None:
    """Remove a database, whoever is connected to it."""
    _run(server, f'DROP DATABASE "{name}" WITH (FORCE)')


def _run(server: str, *statements: str) -> None:
    engine = open_engine(server)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()
