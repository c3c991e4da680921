"""One request, one transaction, committed before the response leaves."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

from anyio.to_thread import run_sync
from litestar import Request
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from catalog import changes
from catalog.database import session_factory

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

WRITES = "writes"
"""Option of a handler for GET that writes all the same: an answer that arrives by a link."""


@dataclass(frozen=True)
class Database:
    """The engine with the two kinds of session, and who wants to know of new changes."""

    engine: Engine
    reading: sessionmaker[Session]
    writing: sessionmaker[Session]
    on_change: list[Callable[[], None]]
    on_public_change: list[Callable[[], None]]

    @classmethod
    def on(cls, engine: Engine) -> "Database":
        """The sessions of an engine."""
        return cls(
            engine,
            session_factory(engine, writes=False),
            session_factory(engine, writes=True),
            [],
            [],
        )

    def tell_change(self, session: Session) -> None:
        """Wake those who follow the feed, if the session appended to it."""
        written = changes.wrote(session)
        for tell in self.on_change if written else ():
            tell()
        for tell in self.on_public_change if changes.Written.PUBLIC in written else ():
            tell()


def writes(request: Request[Any, Any, Any]) -> bool:
    """Whether the session of a request is one that writes."""
    return request.method not in SAFE or request.route_handler.opt.get(WRITES, False)


async def provide_session(request: Request[Any, Any, Any]) -> AsyncIterator[Session]:
    """A session of the request's own: commit before the response leaves, or nothing."""
    database: Database = request.app.state.database
    session = database.writing() if writes(request) else database.reading()
    try:
        yield session
        await run_sync(_commit, session)
    except BaseException:
        await run_sync(_roll_back, session)
        raise
    database.tell_change(session)


# Each way to a thread and back costs a page as much as a query, so the end takes one.
def _commit(session: Session) -> None:
    session.commit()
    session.close()


def _roll_back(session: Session) -> None:
    # Without the rollback a failed COMMIT leaves the connection in the pool with its
    # transaction open, and the next request meets the phantom rows.
    try:
        session.rollback()
    finally:
        session.close()
