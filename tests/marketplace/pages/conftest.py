"""The whole application over HTTP, on a database of the test's own."""

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import event
from sqlalchemy.orm import Session

from catalog import drafts, memberships, people
from catalog.database import new_id, open_engine, session_factory
from catalog.organizations import Organization
from catalog.permissions import Role
from catalog.records import Contact, Licenses, SolutionRecord
from catalog.solutions import Solution
from marketplace.accounts import logins
from marketplace.accounts.authentication import COOKIE
from marketplace.settings import Settings
from tests import serving
from tests.factories import OPERATOR, a_city, a_record

TODAY = date(2026, 11, 23)


@pytest.fixture
def settings(migrated_file: Path, tmp_path: Path) -> Settings:
    """Settings of a node with an empty database."""
    shutil.copy(migrated_file, tmp_path / "marketplace.db")
    return Settings(
        data_dir=tmp_path,
        base_url="https://node.example",
        worker=False,
        embedded_search=False,
        secure_cookies=False,
    )


@pytest.fixture
def enter(settings: Settings) -> Callable[[], Session]:
    """Opens sessions whose commits the application sees."""
    engine = open_engine(settings.database)
    return session_factory(engine, writes=True)


@pytest.fixture
def app(settings: Settings) -> Iterator[Litestar]:
    """The application as it is served."""
    with serving.application(settings, clock=lambda: TODAY) as opened:
        yield opened


@pytest.fixture
def client(app: Litestar) -> Iterator[TestClient[Litestar]]:
    """A browser without JavaScript that follows no redirect by itself."""
    with TestClient(app, base_url="https://node.example") as opened:
        opened.follow_redirects = False
        yield opened


@pytest.fixture
def statements(app: Litestar) -> Callable[[], object]:
    """Collects the SQL statements of what happens inside ``with statements() as list:``."""

    @contextmanager
    def collecting(*, is_new: bool = True) -> Iterator[list[str]]:
        found: list[str] = []

        def note(_conn: object, _cursor: object, text: str, *_rest: object) -> None:
            # The clock looks at the feed twice a second, whatever is asked meanwhile.
            if threading.current_thread().name != "clock":
                found.append(text)

        engine = app.state.database.engine
        if is_new:
            app.state.clock.tick()  # What was kept before would ask nothing.
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield found
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return collecting


def ready(name: str = "PostLotse", **fields: object) -> SolutionRecord:
    needed: dict[str, object] = {
        "summary": {"de": "Ordnet Post zu."},
        "phase": "pilot",
        "licenses": Licenses(code="EUPL-1.2"),
        "contact": Contact(office="Amt für Digitales"),
    }
    return a_record(name, **(needed | fields))


@pytest.fixture
def city(enter: Callable[[], Session]) -> Organization:
    with enter() as session:
        body = a_city(session)
        session.commit()
        return body


@pytest.fixture
def sign_in(
    client: TestClient[Litestar], enter: Callable[[], Session], city: Organization
) -> Callable[..., None]:
    """Signs the browser in as a member of the city, or of nothing with role None."""

    def signed_in(role: Role | None = Role.EDITOR) -> None:
        with enter() as session:
            name = f"{role or 'niemand'}"
            person = people.enter(session, OPERATOR, email=f"{name}@test.example", name="Toni Test")
            if role is not None:
                memberships.join(session, OPERATOR, person, city, role)
            token = logins.begin(session, person)
            session.commit()
        client.cookies.set(COOKIE, token)
        client.headers["origin"] = "https://node.example"

    return signed_in


@pytest.fixture
def draft(enter: Callable[[], Session], city: Organization) -> str:
    """The address of a draft that could be published."""
    with enter() as session:
        solution = drafts.begin(session, OPERATOR, city, ready(), id=new_id())
        session.commit()
        return f"/de/meine-loesungen/{solution.id}"


def kept(enter: Callable[[], Session], address: str) -> Solution:
    with enter() as session:
        return drafts.opened(session, OPERATOR, UUID(address.rsplit("/", 1)[-1]))
