"""Migrations run from empty, back by one, and leave nothing that the tables do not say."""

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect

from catalog.database import Base
from marketplace import migrating, tables


def test_the_migrated_database_is_what_the_tables_say(fresh_engine: Engine) -> None:
    assert tables.names()
    with fresh_engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"compare_type": True, "render_as_batch": connection.dialect.name == "sqlite"},
        )
        assert compare_metadata(context, Base.metadata) == []


def test_alembic_check_finds_nothing_to_do(fresh_engine: Engine) -> None:
    with fresh_engine.begin() as connection:
        command.check(migrating.configuration(connection))


def test_the_last_migration_can_be_taken_back_and_run_again(fresh_engine: Engine) -> None:
    with fresh_engine.execution_options(writes=True).begin() as connection:
        command.downgrade(migrating.configuration(connection), "-1")
    assert not migrating.is_current(fresh_engine)

    migrating.upgrade(fresh_engine)
    assert migrating.is_current(fresh_engine)
    assert set(tables.names()) <= set(inspect(fresh_engine).get_table_names())
