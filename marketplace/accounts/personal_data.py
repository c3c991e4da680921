"""Where a person's data lie: found in the tables themselves, so that no new table is forgotten.

A column that refers to ``people`` makes its row the person's; a text column that ends with ``_by``
or is called ``actor_name`` holds the name of whoever acted; one that is called ``email`` or
``recipient`` holds an address.
"""

from collections.abc import Iterator

from sqlalchemy import Column, String, Table

from catalog.database import Base

PEOPLE = "people"

NOT_PERSONAL = frozenset({PEOPLE, "organizations"})
"""Tables whose addresses are the account itself or a shared mailbox."""

THINGS = ("case_id", "solution_id", "entry_id", "id")
"""Columns that say which thing a row is about, as the feed names it; the first one counts."""

SECRET_PARTS = (
    "hash",
    "secret",
    "token",
    "password",
    "credential",
    "public_key",
    "code",
    "facts",
)
"""What stands in such columns proves who somebody is; it never leaves the node."""


def tables() -> Iterator[tuple[Table, Column[object]]]:
    """Every table with rows of people and the column that says whose they are."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if any(key.column.table.name == PEOPLE for key in column.foreign_keys):
                yield table, column


def names() -> Iterator[tuple[Table, Column[object]]]:
    """Every text column that holds the name of whoever acted."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            is_name = column.name == "actor_name" or column.name.endswith("_by")
            if is_name and isinstance(column.type, String):
                yield table, column


def addresses() -> Iterator[tuple[Table, Column[object]]]:
    """Every column that holds an e-mail address outside of the account itself."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if column.name in ("email", "recipient") and table.name not in NOT_PERSONAL:
                yield table, column


def is_secret(column: Column[object]) -> bool:
    """Whether a column holds what proves who somebody is."""
    return any(part in column.name for part in SECRET_PARTS)
