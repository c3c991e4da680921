"""Run migrations on the database that the caller's connection names."""

from alembic import context
from sqlalchemy import Connection, TypeDecorator

import marketplace.tables  # noqa: F401 - every table, so that none is missed
from catalog.database import Base, open_engine
from marketplace.settings import Settings


def plain_type(kind: str, value: object, _context: object) -> str | bool:
    """Migrations outlive our own types, so they name the database's."""
    if kind == "type" and isinstance(value, TypeDecorator):
        return f"sa.{value.impl!r}"
    return False


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        render_item=plain_type,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    with open_engine(Settings().database).connect() as opened:
        migrate(opened)
        opened.commit()
