"""A node as it is served, with sample data and its real search index, and a real browser."""

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import httpx
import pytest
import uvicorn
from playwright.sync_api import Browser, sync_playwright

from catalog.database import open_engine
from marketplace import assets, migrating
from marketplace.sample import loading
from marketplace.settings import ROOT, Settings
from marketplace.transactions import Database
from tests import databases, serving

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="session", autouse=True)
def built_assets() -> None:
    assets.build(ROOT)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium")
    assert path, "The tests need a browser. Install chromium, or run .ci/run, which does."
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield opened
        opened.close()


@dataclass(frozen=True)
class ServedNode:
    """A node that answers on the loopback address."""

    url: str
    database: Database

    def get(self, path: str, **options: object) -> httpx.Response:
        return httpx.get(self.url + path, timeout=30, **options)  # type: ignore[arg-type]


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def node(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServedNode]:
    """The sample node on each database; tests share it and leave what they did."""
    folder = tmp_path_factory.mktemp("node")
    url = f"sqlite:///{folder / 'node.db'}"
    if request.param == "postgresql":
        url = databases.create(request.getfixturevalue("postgresql_url"), "served")
    yield from serve(url, folder)


@pytest.fixture(scope="session")
def sqlite_node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedNode]:
    """The sample node on SQLite alone, for tests of pages that hold for any database."""
    folder = tmp_path_factory.mktemp("pages-node")
    yield from serve(f"sqlite:///{folder / 'node.db'}", folder)


def serve(url: str, folder: Path) -> Iterator[ServedNode]:
    engine = open_engine(url)
    migrating.upgrade(engine)
    loading.load_if_empty(Database.on(engine))
    engine.dispose()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = Settings(
        database_url=url,
        data_dir=folder,
        base_url=f"http://127.0.0.1:{port}",
        secure_cookies=False,
        log_level="ERROR",
    )
    with serving.application(settings, clock=lambda: TODAY) as app:
        server = uvicorn.Server(
            uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", access_log=False)
        )
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        served = ServedNode(settings.base_url, app.state.database)
        _wait_until_ready(served)
        yield served
        server.should_exit = True
        thread.join(20)


def _wait_until_ready(served: ServedNode) -> None:
    for _ in range(300):
        try:
            if served.get("/health/ready").json()["search_behind"] == 0:
                return
        except httpx.TransportError:
            pass  # The server is still starting.
        time.sleep(0.1)
    raise AssertionError("The node did not get ready in 30 seconds.")
