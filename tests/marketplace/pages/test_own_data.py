"""Taking one's data along, and leaving: nothing of the person stays anywhere, the records do."""

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from catalog import adoptions, drafts, memberships, people, solutions, watching
from catalog.adoptions import Stage, Use
from catalog.changes import Change
from catalog.database import Base, new_id
from catalog.organizations import Organization
from catalog.people import Person
from catalog.permissions import Actor, Role
from catalog.records import Contact, Licenses
from catalog.watching import Watchable
from marketplace.accounts import deletion, logins, personal_data
from marketplace.accounts.authentication import COOKIE
from marketplace.mail import outbox
from marketplace.mail.letters import Letter
from marketplace.notifications import unsubscribing
from marketplace.notifications.events import Event
from marketplace.search import saved_searches
from marketplace.settings import Settings
from tests import serving
from tests.factories import OPERATOR, a_city, a_record, a_solution
from tests.marketplace.pages.conftest import TODAY

Client = TestClient[Litestar]
Enter = Callable[[], Session]

NAME = "Quendolina Zwirbelbart"
ADDRESS = "quendolina.zwirbelbart@test.example"
MARKS = re.compile(r"Quendolina|Zwirbelbart", re.IGNORECASE)


@pytest.fixture
def client(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Client]:
    """A browser at a node, with a search index if the test asks for one."""
    searches = getattr(request, "param", False)
    changed = {"embedded_search": searches, "worker": searches}
    with (
        serving.application(settings.model_copy(update=changed), clock=lambda: TODAY) as app,
        TestClient(app, base_url="https://node.example") as opened,
    ):
        opened.follow_redirects = False
        opened.headers["origin"] = "https://node.example"
        yield opened


@pytest.fixture
def city(enter: Enter) -> Organization:
    with enter() as session:
        found = a_city(session)
        session.commit()
        return found


@pytest.fixture
def person(enter: Enter, client: Client, city: Organization) -> Person:
    """Somebody who did everything that leaves a trace, signed in."""
    with enter() as session:
        made = people.enter(session, OPERATOR, email=ADDRESS, name="Quendolina Altname")
        memberships.join(session, OPERATOR, made, city, Role.EDITOR)
        actor = Actor(made.name, made.id, {city.id: Role.EDITOR})
        _act(session, actor, city, "Erstes")
        people.describe(session, actor, name=NAME, language="de")
        _act(session, Actor(NAME, made.id, actor.roles), city, "Zweites")
        letter = Letter(language="de", subject=f"Für {NAME}", name=NAME)
        outbox.queue(session, to=ADDRESS, letter=letter)
        unsubscribing.token_for(session, made.id, [Event.ADOPTED])
        token = logins.begin(session, made)
        session.commit()
    client.cookies.set(COOKIE, token)
    client.app.state.search.catch_up()
    return made


def _act(session: Session, actor: Actor, city: Organization, name: str) -> None:
    record = a_record(
        name,
        summary={"de": "Ordnet Post zu."},
        phase="pilot",
        licenses=Licenses(code="EUPL-1.2"),
        contact=Contact(office="Amt"),
    )
    solution = drafts.begin(session, actor, city, record, id=new_id())
    drafts.publish(session, actor, solution, revision=1)
    drafts.begin(session, actor, city, a_record(f"{name} Entwurf"), id=new_id())
    other = a_solution(session, f"{name} anderswo", publisher=a_city(session, f"Stadt {name}"))
    adoptions.declare(session, actor, other, city, Use(Stage.LIVE, date(2026, 1, 1)), today=TODAY)
    watching.watch(session, actor, Watchable.SOLUTION, other.id)
    saved_searches.save(session, actor, query=f"q={name}", name=f"Suche {name}")


def everything(session: Session) -> str:
    rows = [
        f"{table.name}: {row}"
        for table in Base.metadata.sorted_tables
        for row in session.connection().exec_driver_sql(f'SELECT * FROM "{table.name}"')  # noqa: S608
    ]
    return "\n".join(rows)


def marks_in_files(folder: Path) -> list[str]:
    return [
        path.name
        for path in folder.rglob("*")
        if path.is_file() and ".db" not in path.name
        if MARKS.search(path.read_bytes().decode("latin-1"))
    ]


def test_the_list_on_the_page_is_the_content_of_the_file(client: Client, person: Person) -> None:
    page = client.get("/de/konto/daten").text
    answer = client.get("/de/konto/daten/datei")
    archive = zipfile.ZipFile(io.BytesIO(answer.content))

    listed = re.findall(r"<code>([a-z_]+\.json)</code>", page)
    assert sorted(archive.namelist()) == sorted([*listed, "index.html"])
    assert answer.headers["cache-control"] == "no-store"
    for file in listed:
        assert file in archive.read("index.html").decode()
    (own,) = json.loads(archive.read("people.json"))
    assert own["email"] == ADDRESS
    assert len(json.loads(archive.read("watches.json"))) == 2
    assert len(json.loads(archive.read("saved_searches.json"))) == 2
    assert {each["verb"] for each in json.loads(archive.read("changes.json"))} >= {"published"}
    assert own["id"] == str(person.id)


def test_what_proves_who_somebody_is_never_leaves(client: Client, person: Person) -> None:
    content = client.get("/api/v1/account/export").text

    assert person.name
    assert "token_hash" not in content
    for table, _ in personal_data.tables():
        for column in table.columns:
            if personal_data.is_secret(column):
                assert f'"{column.name}"' not in content


@pytest.mark.usefixtures("person")
def test_nobody_gets_the_data_of_others(client: Client, enter: Enter) -> None:
    with enter() as session:
        other = people.enter(session, OPERATOR, email="andere@test.example", name="Andere")
        token = logins.begin(session, other)
        session.commit()
    client.cookies.set(COOKIE, token)

    content = zipfile.ZipFile(io.BytesIO(client.get("/de/konto/daten/datei").content))
    client.cookies.clear()

    for name in content.namelist():
        assert not MARKS.search(content.read(name).decode())
    assert client.get("/api/v1/account/export").status_code == 401
    assert client.get("/de/konto/daten/datei").status_code in (303, 403)


@pytest.mark.parametrize("client", [True], indirect=True)
def test_after_leaving_nothing_of_the_person_is_anywhere(
    client: Client,
    enter: Enter,
    person: Person,
    settings: Settings,
    capfd: pytest.CaptureFixture[str],
) -> None:
    with enter() as session:
        assert MARKS.search(everything(session))

    gone = client.post("/de/konto/loeschen", data={"address": f" {ADDRESS.upper()} "})

    assert gone.headers["location"] == "/de?done=account-deleted"
    assert "Ihr Konto ist gelöscht" in client.get("/de?done=account-deleted").text
    client.app.state.search.catch_up()
    with enter() as session:
        assert not MARKS.search(everything(session))
        assert session.get(Person, person.id) is None
        published = session.scalars(select(solutions.SolutionVersion.published_by)).all()
        assert published.count(deletion.PSEUDONYM) == 2
    assert marks_in_files(settings.data_dir) == []
    for path in ("/de/loesungen.atom", "/api/v1/changes", "/de/loesungen.json", "/de"):
        assert not MARKS.search(client.get(path).text)
    assert client.get("/de/konto").status_code in (303, 403)
    written = capfd.readouterr()
    assert not MARKS.search(written.out + written.err)


@pytest.mark.usefixtures("person")
def test_another_address_deletes_nothing(client: Client, enter: Enter) -> None:
    refused = client.post("/de/konto/loeschen", data={"address": "andere@test.example"})

    assert "Ihr Konto wurde nicht gelöscht" in refused.text
    assert 'href="#field-address"' in refused.text
    with enter() as session:
        assert MARKS.search(everything(session))


def test_the_last_lead_hands_over_first(
    client: Client, enter: Enter, person: Person, city: Organization
) -> None:
    with enter() as session:
        made = people.by_id(session, person.id)
        memberships.join(session, OPERATOR, made, city, Role.LEAD)
        session.commit()

    page = client.get("/de/konto/loeschen").text
    refused = client.post("/api/v1/account/delete", json={"address": ADDRESS})
    assert "Zuerst übergeben" in page
    assert refused.status_code == 409
    assert city.name in refused.json()["detail"]
    with enter() as session:
        other = people.enter(session, OPERATOR, email="andere@test.example", name="Andere")
        memberships.join(session, OPERATOR, other, city, Role.LEAD)
        session.commit()

    assert client.post("/api/v1/account/delete", json={"address": ADDRESS}).status_code == 204


def test_the_last_steward_stays(client: Client, enter: Enter, person: Person) -> None:
    with enter() as session:
        people.by_id(session, person.id).is_steward = True
        session.commit()

    refused = client.post("/de/konto/loeschen", data={"address": ADDRESS})

    assert "einzige Betreuung" in refused.text


def test_the_account_goes_on_both_databases(session: Session) -> None:
    made = people.enter(session, OPERATOR, email=ADDRESS, name=NAME)
    city = a_city(session)
    memberships.join(session, OPERATOR, made, city, Role.EDITOR)
    actor = Actor(NAME, made.id, {city.id: Role.EDITOR})
    _act(session, actor, city, "Erstes")
    session.commit()

    deletion.delete_account(session, actor, typed_address=ADDRESS)
    session.commit()

    assert not MARKS.search(everything(session))
    assert inspect(session.get_bind()).has_table("people")


def test_somebody_else_of_the_same_name_keeps_it(session: Session) -> None:
    city = a_city(session)
    leaving, staying = (
        people.enter(session, OPERATOR, email=f"{who}@test.example", name=NAME)
        for who in ("geht", "bleibt")
    )
    for person, name in ((leaving, "Erstes"), (staying, "Zweites")):
        memberships.join(session, OPERATOR, person, city, Role.EDITOR)
        _act(session, Actor(NAME, person.id, {city.id: Role.EDITOR}), city, name)
    session.commit()

    actor = Actor(NAME, leaving.id, {city.id: Role.EDITOR})
    deletion.delete_account(session, actor, typed_address=leaving.email)
    session.commit()

    by = {
        solution.public_record.name["de"]: version.published_by
        for version in session.scalars(select(solutions.SolutionVersion))
        for solution in [session.get(solutions.Solution, version.solution_id)]
        if solution
    }
    assert (by["Erstes"], by["Zweites"]) == (deletion.PSEUDONYM, NAME)
    acted = {(change.actor_id, change.actor_name) for change in session.scalars(select(Change))}
    assert (staying.id, NAME) in acted
    assert (leaving.id, NAME) not in acted
    assert (leaving.id, deletion.PSEUDONYM) in acted
