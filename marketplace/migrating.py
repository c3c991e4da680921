"""Bring a database to the newest shape; one process migrates, the others wait."""

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from marketplace.settings import ROOT

MIGRATION_LOCK = 0x4C69_6368_7465_7232


def configuration(connection: Connection) -> Config:
    """Alembic's configuration for an open connection."""
    config = Config(toml_file=ROOT / "pyproject.toml")
    config.attributes["connection"] = connection
    return config


def is_current(engine: Engine) -> bool:
    """Whether the database has the newest shape."""
    with engine.connect() as connection:
        script = ScriptDirectory.from_config(configuration(connection))
        present = MigrationContext.configure(connection).get_current_heads()
        return set(present) == set(script.get_heads())


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Run the migrations that are missing, all or none of them."""
    with engine.execution_options(writes=True).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
        command.upgrade(configuration(connection), revision)
