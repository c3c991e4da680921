"""Rows and sessions on SQLite and PostgreSQL.

Both databases are first-class. What differs between them is in this module: pragmas and the kind of
transaction on SQLite, the advisory lock of the change feed on PostgreSQL (see ``changes``).
"""

import secrets
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import (
    JSON,
    Connection,
    Date,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    TypeDecorator,
    Uuid,
    create_engine,
    event,
    select,
    types,
)
from sqlalchemy.engine import make_url
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker

__all__ = [
    "Base",
    "Document",
    "Session",
    "Text",
    "UtcDateTime",
    "in_slices",
    "new_id",
    "now",
    "open_engine",
    "rows_by_id",
    "session_factory",
]

Text = dict[str, str]
"""A text for people by language code, for example ``{"de": "Amt", "en": "office"}``."""

Item = TypeVar("Item")

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def now() -> datetime:
    """This moment in UTC."""
    return datetime.now(UTC)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, stored in UTC and always read with its zone; a naive value is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a moment without zone and bring any other to UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A moment needs a time zone.")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """SQLite forgets the zone; what was stored is UTC."""
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


class Document(TypeDecorator[Any]):
    """A value stored as a JSON text and read as the given msgspec type.

    Text rather than the database's own JSON type: the document is read and written whole, and the
    stored bytes are the ones that were hashed.
    """

    impl = types.Text
    cache_ok = True

    def __init__(self, of: Any) -> None:
        super().__init__()
        self.of = of
        self._decoder = msgspec.json.Decoder(of)

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Encode; ``None`` stays NULL."""
        return None if value is None else msgspec.json.encode(value).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        """Decode with validation; a broken document raises ``msgspec.ValidationError``."""
        return None if value is None else self._decoder.decode(value)


class Base(DeclarativeBase):
    """Every table of the product; marketplace modules add theirs to the same metadata."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map = {  # noqa: RUF012 - read by SQLAlchemy as a class attribute
        datetime: UtcDateTime(),
        date: Date(),
        UUID: Uuid(),
        Text: JSON(none_as_null=True),
        list[str]: JSON(none_as_null=True),
    }


_ids = threading.local()


def new_id() -> UUID:
    """A UUID version 7 (RFC 9562, 5.7): 48 bits of milliseconds, then a counter and chance.

    Ids made by one thread in the same millisecond ascend, so rows lie in the order they were made.
    """
    millis = time.time_ns() // 1_000_000
    last_millis, counter = getattr(_ids, "last", (0, 0))
    if millis <= last_millis:
        millis, counter = last_millis, counter + 1
        if counter > 0xFFF:
            millis, counter = millis + 1, 0
    else:
        counter = secrets.randbelow(0x400)
    _ids.last = (millis, counter)
    return UUID(
        int=(millis << 80) | (0x7 << 76) | (counter << 64) | (0b10 << 62) | secrets.randbits(62)
    )


def open_engine(url: str, *, echo: bool = False) -> Engine:
    """An engine with what each database needs to be safe under several writers.

    Raises ``sqlalchemy.exc.ArgumentError`` for an address of another kind.
    """
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        engine = create_engine(address, echo=echo, pool_size=45, max_overflow=0)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(address, echo=echo, pool_size=10, max_overflow=35, pool_pre_ping=True)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver's own transactions begin too late and know no IMMEDIATE; we begin them ourselves.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "foreign_keys=ON",
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "busy_timeout=15000",
        "cache_size=-65536",
        "temp_store=MEMORY",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later fails at once when another one wrote in
    # between; writers therefore take the lock at the beginning.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def session_factory(engine: Engine, *, writes: bool) -> sessionmaker[Session]:
    """Sessions on ``engine``; those that ``writes`` take SQLite's lock when they begin."""
    bind = engine.execution_options(writes=writes)
    return sessionmaker(bind, expire_on_commit=False)


def in_slices(items: Sequence[Item], size: int = 500) -> Iterable[Sequence[Item]]:
    """``items`` in runs of ``size``: SQLite takes at most 32,766 parameters a statement."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def rows_by_id(
    session: Session, table: type[Any], ids: Sequence[UUID], *options: Any
) -> Mapping[UUID, Any]:
    """The rows with these ids, by id; ids without a row are left out."""
    found: dict[UUID, Any] = {}
    for part in in_slices(ids):
        query = select(table).where(table.id.in_(part)).options(*options)
        found.update((row.id, row) for row in session.scalars(query))
    return found
