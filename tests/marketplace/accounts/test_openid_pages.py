"""Through the sign-in service into an account, over HTTP."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy.orm import Session

from catalog import memberships, people
from catalog.database import open_engine, session_factory
from catalog.permissions import Role
from marketplace.accounts import identities, passwords
from marketplace.settings import Settings
from tests import serving
from tests.factories import OPERATOR, a_city
from tests.marketplace.accounts.conftest import NODE, Service

Client = TestClient[Litestar]
Enter = Callable[[], Session]

PASSWORD = "regen tisch wolke pferd"


@pytest.fixture(scope="session")
def migrated_node(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("openid") / "empty.db"
    shutil.copy(migrated_file, path)
    engine = open_engine(f"sqlite:///{path}")
    with session_factory(engine, writes=True).begin() as session:
        a_city(session, "Stadt Auenrode")
    engine.dispose()
    return path


@pytest.fixture
def settings(migrated_node: Path, tmp_path: Path, service: Service) -> Settings:
    shutil.copy(migrated_node, tmp_path / "marketplace.db")
    return Settings(
        data_dir=tmp_path,
        base_url=NODE,
        worker=False,
        embedded_search=False,
        openid_providers=msgspec.json.encode([service.provider]).decode(),
    )


@pytest.fixture
def enter(settings: Settings) -> Enter:
    return session_factory(open_engine(settings.database), writes=True)


@pytest.fixture
def client(settings: Settings) -> Iterator[Client]:
    with serving.application(settings) as app, TestClient(app, base_url=NODE) as opened:
        opened.follow_redirects = False
        opened.headers["Origin"] = NODE
        yield opened


def through(
    client: Client, service: Service, name: str, path: str = "/de/anmelden/dienst/rathaus"
) -> str:
    """Where somebody ends who signs in at the service; the status if nowhere."""
    led = client.get(path)
    assert led.status_code == 303, led.text
    answer = client.get(service.sign_in(led.headers["location"], name))
    return answer.headers.get("location", str(answer.status_code))


def test_somebody_new_gets_an_account_with_the_roles_of_its_groups(
    client: Client, service: Service, enter: Enter
) -> None:
    assert "Anmeldung der Stadt" in client.get("/de/anmelden").text
    assert (
        through(client, service, "carla", "/de/anmelden/dienst/rathaus?back=/de/daten")
        == "/de/daten"
    )
    assert "Carla Chef" in client.get("/de").text
    with enter() as session:
        carla = people.by_email(session, "carla@stadt.example")
        [membership] = memberships.of_person(session, carla.id)
        assert membership.role == Role.LEAD, "the highest of two groups"
        assert passwords.of_person(session, carla.id) is None

    signed_out = client.post("/de/abmelden")
    page = client.get(signed_out.headers["location"]).text
    assert "Auch bei Anmeldung der Stadt abmelden" in page
    assert f"{service.provider.issuer}/session/end" in page


def test_roles_go_when_the_groups_go_and_roles_given_here_stay(
    client: Client, service: Service, enter: Enter
) -> None:
    through(client, service, "anna")
    with enter() as session:
        anna = people.by_email(session, "anna@stadt.example")
        here = a_city(session, "Stadt Tannenmoor")
        memberships.join(session, OPERATOR, anna, here, Role.LEAD)
        session.commit()
    without = msgspec.structs.replace(service.provider, groups={})
    client.app.state.settings.openid_providers = msgspec.json.encode([without]).decode()
    through(client, service, "anna")

    with enter() as session:
        roles = {m.organization.name: m.role for m in memberships.of_person(session, anna.id)}
    assert roles == {"Stadt Tannenmoor": Role.LEAD}


def test_an_address_alone_opens_no_account(client: Client, service: Service, enter: Enter) -> None:
    with enter() as session:
        people.enter(session, OPERATOR, email="anna@stadt.example", name="Anna")
        session.commit()

    assert through(client, service, "anna") == "403"
    assert "login" not in client.cookies
    assert through(client, service, "bert") == "403", "its address is not confirmed"
    with enter() as session:
        assert people.with_email(session, "bert@stadt.example") is None


def test_an_account_is_linked_by_who_is_signed_in_to_it(
    client: Client, service: Service, enter: Enter
) -> None:
    with enter() as session:
        person = people.enter(session, OPERATOR, email="anna@stadt.example", name="Anna")
        passwords.store(session, person, PASSWORD)
        session.commit()
    client.post("/de/anmelden", data={"email": "anna@stadt.example", "password": PASSWORD})
    before = client.cookies["login"]
    linked = through(client, service, "bert", "/de/konto/sicherheit/dienst/rathaus")
    assert linked == "/de/konto/sicherheit?done=linked"
    assert client.cookies["login"] != before
    client.cookies.clear()

    assert through(client, service, "bert") == "/de"
    assert "Anna" in client.get("/de").text
    with enter() as session:
        [identity] = identities.of_person(session, person.id)
        assert identity.subject == "bert"


def test_nobody_is_signed_in_by_a_way_back_that_another_browser_began(
    client: Client, service: Service
) -> None:
    led = client.get("/de/anmelden/dienst/rathaus")
    back = service.sign_in(led.headers["location"], "anna")
    client.cookies.clear()

    answer = client.get(back)
    assert answer.headers["location"] == "/de/anmelden?done=step"
    assert "login" not in client.cookies


def test_a_way_back_counts_once(client: Client, service: Service) -> None:
    led = client.get("/de/anmelden/dienst/rathaus")
    back = service.sign_in(led.headers["location"], "anna")
    step = client.cookies["sign-in-step"]
    assert client.get(back).headers["location"] == "/de"

    again = client.get(back, headers={"Cookie": f"sign-in-step={step}"})
    assert again.headers["location"] == "/de/anmelden?done=step"


@pytest.mark.parametrize(
    "path", ["/de/anmelden/dienst/fremd", "/openid/fremd", "/de/abgemeldet?service=fremd"]
)
def test_an_unknown_service_is_nowhere(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404
