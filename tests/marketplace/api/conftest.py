"""The API over HTTP on a database of the test's own, for visitors and for who is signed in."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from catalog import memberships, people
from catalog.database import open_engine, session_factory
from catalog.organizations import Organization
from catalog.permissions import Role
from marketplace.accounts import logins
from marketplace.settings import Settings
from tests import serving
from tests.factories import OPERATOR

TODAY = date(2026, 11, 23)
BASE = "https://node.example"


def settings_for(folder: Path, *, searches: bool = False, **values: Any) -> Settings:
    return Settings(
        data_dir=folder,
        base_url=BASE,
        worker=searches,
        embedded_search=searches,
        secure_cookies=False,
        **values,
    )


@dataclass(frozen=True)
class Api:
    """A running application, its database, and requests to it."""

    http: TestClient[Litestar]
    engine: Engine

    @contextmanager
    def enter(self) -> Iterator[Session]:
        """A session of another process; what it wrote is committed and known to the caches."""
        with session_factory(self.engine, writes=True)() as session:
            yield session
            session.commit()
        database = self.http.app.state.database
        for tell in (*database.on_change, *database.on_public_change):
            tell()

    def index(self) -> None:
        """Bring the search index to the newest change."""
        self.http.app.state.search.catch_up()

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self.http.get(f"/api/v1{path}", headers=headers)

    def send(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        token: str = "",
        if_match: str | None = None,
    ) -> httpx.Response:
        headers = {"Origin": BASE, **({"If-Match": if_match} if if_match is not None else {})}
        cookies = {"Cookie": f"login={token}"} if token else {}
        options = {} if body is None else {"json": body}
        return self.http.request(
            method, f"/api/v1{path}", headers={**headers, **cookies}, **options
        )

    def sign_in(self, organization: Organization, role: Role = Role.EDITOR, **rights: bool) -> str:
        """The token of a new person with a role in the organization."""
        with self.enter() as session:
            person = people.enter(
                session, OPERATOR, email=f"{role}-{organization.slug}@test.example", name="Toni",
                **rights,
            )  # fmt: skip
            memberships.join(session, OPERATOR, person, organization, role)
            return logins.begin(session, person)

    @contextmanager
    def counting(self) -> Iterator[list[str]]:
        """The SQL statements of what happens inside."""
        found: list[str] = []

        def note(_conn: object, _cursor: object, text: str, *_rest: object) -> None:
            # The clock looks at the feed twice a second, whatever is asked meanwhile.
            if threading.current_thread().name != "clock":
                found.append(text)

        engine = self.http.app.state.database.engine
        self.http.app.state.clock.tick()  # What was kept before would ask nothing.
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield found
        finally:
            event.remove(engine, "before_cursor_execute", note)


@contextmanager
def opened(settings: Settings) -> Iterator[Api]:
    engine = open_engine(settings.database)
    with (
        serving.application(settings, clock=lambda: TODAY) as app,
        TestClient(app, base_url=BASE) as http,
    ):
        http.follow_redirects = False
        yield Api(http, engine)
    engine.dispose()


@pytest.fixture
def api(migrated_file: Path, tmp_path: Path) -> Iterator[Api]:
    """The API of an empty node on SQLite."""
    shutil.copy(migrated_file, tmp_path / "marketplace.db")
    with opened(settings_for(tmp_path)) as found:
        yield found


@pytest.fixture
def searching_api(migrated_file: Path, tmp_path: Path) -> Iterator[Api]:
    """The API of an empty node with its search engine."""
    shutil.copy(migrated_file, tmp_path / "marketplace.db")
    with opened(settings_for(tmp_path, searches=True)) as found:
        yield found


@pytest.fixture
def any_api(fresh_engine: Engine, tmp_path: Path) -> Iterator[Api]:
    """The API of an empty node, once on each database."""
    url = fresh_engine.url.render_as_string(hide_password=False)
    with opened(settings_for(tmp_path, database_url=url)) as found:
        yield found
