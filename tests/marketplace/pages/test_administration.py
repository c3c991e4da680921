"""The steward's pages: health in one sentence, accounts, the node, announcements, the log."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy.orm import Session

from catalog import announcements, nodes, people
from catalog.database import new_id, now, open_engine
from catalog.people import Person
from catalog.permissions import Actor
from marketplace import backups, heartbeats, node_health
from marketplace.accounts import logins
from marketplace.accounts.authentication import COOKIE
from marketplace.notifications.working import HEARTBEAT
from marketplace.settings import Settings
from marketplace.transactions import Database
from tests.factories import OPERATOR, a_city, a_solution

Client = TestClient[Litestar]
Enter = Callable[[], Session]
SignIn = Callable[..., Person]

PAGES = ("", "/personen", "/organisationen", "/knoten", "/ankuendigungen", "/protokoll")


@pytest.fixture
def sign_in(client: Client, enter: Enter) -> SignIn:
    def signed_in(name: str = "Betreuung", *, is_steward: bool = True) -> Person:
        with enter() as session:
            person = people.enter(
                session,
                OPERATOR,
                email=f"{new_id()}@test.example",
                name=name,
                is_steward=is_steward,
                is_moderator=not is_steward,
            )
            token = logins.begin(session, person)
            session.commit()
        client.cookies.set(COOKIE, token)
        client.headers["origin"] = "https://node.example"
        return person

    return signed_in


@pytest.fixture
def somebody(enter: Enter) -> Person:
    with enter() as session:
        person = people.enter(session, OPERATOR, email="jule@test.example", name="Jule")
        session.commit()
        return person


@pytest.mark.parametrize("path", PAGES)
def test_only_the_steward_enters(client: Client, sign_in: SignIn, path: str) -> None:
    sign_in()
    assert client.get(f"/de/verwaltung{path}").status_code == 200
    sign_in("Moderation", is_steward=False)
    assert client.get(f"/de/verwaltung{path}").status_code == 403
    client.cookies.clear()
    assert client.get(f"/de/verwaltung{path}").status_code in (303, 403)


def test_one_sentence_says_whether_something_is_broken(
    client: Client, sign_in: SignIn, enter: Enter, settings: Settings
) -> None:
    sign_in()
    broken = client.get("/de/verwaltung").text
    assert "Etwas ist kaputt: Hintergrunddienst." in broken
    assert "Nicht eingerichtet. Jede Nacht starten: marketplace backup" in broken

    with enter() as session:
        heartbeats.beat(session, HEARTBEAT)
        session.commit()
    database = Database.on(open_engine(settings.database))
    backups.make(database, settings, settings.data_dir / "copy.db")
    mended = client.get("/de/verwaltung").text

    assert "Nichts ist kaputt." in mended or "Bitte ansehen: Speicherplatz." in mended
    assert "SQLite antwortet" in mended


def test_a_late_worker_is_found_dead(session: Session, settings: Settings) -> None:
    late = now() - node_health.LATE - timedelta(seconds=1)
    session.add(heartbeats.Heartbeat(name=HEARTBEAT, at=late))
    session.flush()

    (found,) = [
        each
        for each in node_health.findings(session, OPERATOR, settings, _NoSearch())  # type: ignore[arg-type]
        if each.name == "Worker"
    ]

    assert found.grade is node_health.Grade.BAD


class _NoSearch:
    engine = None


def test_a_backup_holds_everything_and_comes_back(settings: Settings, somebody: Person) -> None:
    copy = settings.data_dir / "copy.db"
    database = Database.on(open_engine(settings.database))
    backups.make(database, settings, copy)
    elsewhere = settings.model_copy(update={"data_dir": settings.data_dir / "new"})

    backups.restore(elsewhere, copy)

    with Database.on(open_engine(elsewhere.database)).reading() as session:
        assert people.by_id(session, somebody.id).email == somebody.email
    assert copy.stat().st_mode & 0o077 == 0
    with pytest.raises(Exception, match="is there already"):
        backups.restore(elsewhere, copy)
    (settings.data_dir / "no.db").write_text("no database" * 100)
    third = settings.model_copy(update={"data_dir": settings.data_dir / "third"})
    with pytest.raises(Exception, match="is no backup"):
        backups.restore(third, settings.data_dir / "no.db")


def test_rights_are_given_and_the_last_steward_keeps_them(
    client: Client, sign_in: SignIn, enter: Enter, somebody: Person
) -> None:
    own = sign_in()
    assert "jule@test.example" in client.get("/de/verwaltung/personen?q=jul").text

    client.post(f"/de/verwaltung/personen/{somebody.id}", data={"is_moderator": "1"})
    refused = client.post(f"/de/verwaltung/personen/{own.id}", data={})

    assert "einzige Betreuung" in refused.text
    with enter() as session:
        assert people.by_id(session, somebody.id).is_moderator
        assert people.by_id(session, own.id).is_steward


def test_who_is_suspended_is_signed_out_at_once(
    client: Client, sign_in: SignIn, enter: Enter, somebody: Person
) -> None:
    with enter() as session:
        token = logins.begin(session, people.by_id(session, somebody.id))
        session.commit()
    sign_in()
    href = f"/de/verwaltung/personen/{somebody.id}/sperren"

    refused = client.post(href, data={"address": "falsch@test.example"})
    assert 'href="#field-address"' in refused.text
    client.post(href, data={"address": "jule@test.example"})

    assert "Gesperrt seit" in client.get(f"/de/verwaltung/personen/{somebody.id}").text
    with enter() as session:
        assert logins.found(session, token) is None
    client.post(f"/de/verwaltung/personen/{somebody.id}/entsperren")
    with enter() as session:
        assert logins.found(session, token) is not None


def test_nobody_suspends_the_own_account(client: Client, sign_in: SignIn) -> None:
    own = sign_in()

    refused = client.post(f"/de/verwaltung/personen/{own.id}/sperren", data={"address": own.email})

    assert "Ihr eigenes Konto nicht sperren" in refused.text


def test_what_is_said_about_the_node_stands_in_the_imprint(client: Client, sign_in: SignIn) -> None:
    sign_in()
    form = {
        "name": "Knoten Süd",
        "operator": "Zweckverband",
        "address": "Ring 1\n59999 Auenrode",
        "contact_email": "post@node.example",
        "imprint_de": "Aufsicht: Bezirk",
    }

    client.post("/de/verwaltung/knoten", data=form)
    refused = client.post("/de/verwaltung/knoten", data=form | {"contact_email": "keine"})

    page = client.get("/de/impressum").text
    for text in ("Zweckverband", "59999 Auenrode", "post@node.example", "Aufsicht: Bezirk"):
        assert text in page
    assert 'href="#field-contact_email"' in refused.text
    assert "Knoten Süd" in refused.text


def test_secrets_of_the_environment_are_not_shown(client: Client, sign_in: SignIn) -> None:
    client.app.state["settings"] = client.app.state.settings.model_copy(
        update={"database_url": "postgresql://u:geheimnis@host/db"}
    )
    sign_in()

    page = client.get("/de/verwaltung/knoten").text

    assert "geheimnis" not in page
    assert "gesetzt, wird nicht angezeigt" in page


def announced(client: Client, text: str = "Wartung am Abend", **changed: str) -> object:
    form = {
        "text_de": text,
        "text_en": "Maintenance tonight",
        "weight": "warn",
        "shown_from": "2020-01-01T00:00",
        "shown_until": "2099-01-01T00:00",
    }
    return client.post("/de/verwaltung/ankuendigungen", data=form | changed)


def looked(client: Client) -> None:
    """The clock has looked at the database."""
    client.app.state.clock.look()


def test_an_announcement_stands_on_every_page_and_ends(client: Client, sign_in: SignIn) -> None:
    client.get("/de/impressum")
    sign_in()
    assert announced(client).status_code == 303
    listed = client.get("/de/verwaltung/ankuendigungen").text
    client.cookies.clear()
    looked(client)

    assert "Wartung am Abend" in client.get("/de/impressum").text
    assert "Maintenance tonight" in client.get("/en").text

    sign_in()
    (href,) = re.findall(r'action="(/de/verwaltung/ankuendigungen/[^"]+/beenden)"', listed)
    client.post(href)
    client.cookies.clear()
    looked(client)
    assert "Wartung am Abend" not in client.get("/de/impressum").text


def test_kept_answers_change_when_an_announcement_begins_and_ends(
    client: Client, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    begins, ends = now() + timedelta(hours=1), now() + timedelta(hours=2)
    with enter() as session:
        announcements.announce(
            session,
            OPERATOR,
            text={"de": "Wartung", "en": "Maintenance"},
            weight="info",
            shown_from=begins,
            shown_until=ends,
        )
        session.commit()
    looked(client)
    seen = []
    for moment in (begins - timedelta(seconds=1), begins, ends):
        for module in ("marketplace.caching", "marketplace.pages.reader"):
            monkeypatch.setattr(f"{module}.now", lambda moment=moment: moment)
        seen.append("Wartung" in client.get("/de/impressum").text)

    assert seen == [False, True, False]


def test_a_wrong_announcement_comes_back_filled(client: Client, sign_in: SignIn) -> None:
    sign_in()

    for field, value in {
        "text_de": "",
        "text_en": "x" * 501,
        "shown_until": "2020-01-01T00:00",
        "shown_from": "gestern",
        "weight": "laut",
    }.items():
        refused = announced(client, **{field: value})
        assert f'href="#field-{field}"' in refused.text, field


def test_the_log_is_searched_and_goes_on(client: Client, sign_in: SignIn, enter: Enter) -> None:
    with enter() as session:
        city = a_city(session, "Stadt Auenrode")
        for number in range(51):
            a_solution(session, f"Lotse {number}", publisher=city)
        session.commit()
    sign_in()

    page = client.get("/de/verwaltung/protokoll?kind=solution&verb=published").text
    assert page.count("solution: published") == 50
    assert "Stadt Auenrode" in page
    following = re.search(r'rel="next" href="([^"]+)"', page)
    assert following
    rest = client.get(following[1].replace("&amp;", "&")).text
    assert rest.count("solution: published") == 1
    for nothing in ("who=niemand", "thing=unfug", "until=2020-01-01", f"body={new_id()}"):
        assert "Kein solcher Eintrag" in client.get(f"/de/verwaltung/protokoll?{nothing}").text
    assert "solution: published" in client.get(f"/de/verwaltung/protokoll?body={city.id}").text


def test_no_spreadsheet_takes_the_log_for_a_formula(
    client: Client, sign_in: SignIn, enter: Enter
) -> None:
    with enter() as session:
        evil = '=HYPERLINK("https://evil.example")'
        person = people.enter(session, OPERATOR, email="evil@test.example", name=evil)
        nodes.name(session, OPERATOR, name="K", operator="", is_sample=False)
        people.describe(session, Actor(evil, person.id), name=evil, language="de")
        session.commit()
    sign_in()

    text = client.get("/de/verwaltung/protokoll.csv?who=HYPERLINK").text
    rows = client.get("/de/verwaltung/protokoll.json?who=HYPERLINK").json()

    assert "'=HYPERLINK" in text
    assert not re.search(r'(^|[,"])=HYPERLINK', text)
    assert rows[0]["actor_name"] == evil
    client.cookies.clear()
    assert client.get("/de/verwaltung/protokoll.csv").status_code == 303


def test_pages_cost_as_many_statements_for_many_as_for_few(
    client: Client, sign_in: SignIn, enter: Enter, statements: Callable[..., object]
) -> None:
    sign_in()

    def cost(path: str) -> int:
        with statements() as found:
            assert client.get(path).status_code == 200
        return len(found)

    paths = ("/de/verwaltung/personen", "/de/verwaltung/organisationen", "/de/verwaltung/protokoll")
    few = [cost(path) for path in paths]
    with enter() as session:
        for number in range(9):
            a_solution(session, f"L {number}", publisher=a_city(session, f"Stadt {number}"))
            people.enter(session, OPERATOR, email=f"{number}@test.example", name="N")
        session.commit()

    many = [cost(path) for path in paths]
    assert all(later <= first + 1 for first, later in zip(few, many, strict=True))


def test_the_api_does_what_the_pages_do(client: Client, sign_in: SignIn, somebody: Person) -> None:
    base = "/api/v1/admin"
    sign_in("Moderation", is_steward=False)
    for path in ("health", "people", "announcements", "node", "audit"):
        assert client.get(f"{base}/{path}").status_code == 403, path
    sign_in()

    assert client.get(f"{base}/health").json()["grade"] in ("ok", "warn", "bad")
    found = client.get(f"{base}/people?q=jule").json()["items"]
    assert [each["id"] for each in found] == [str(somebody.id)]
    rights = {"is_moderator": True, "is_steward": False}
    given = client.put(f"{base}/people/{somebody.id}", json=rights)
    assert given.json()["is_moderator"] is True
    person = f"{base}/people/{somebody.id}"
    wrong = client.post(f"{person}/suspend", json={"address": "x@test.example"})
    assert wrong.status_code == 422
    suspended = client.post(f"{person}/suspend", json={"address": somebody.email})
    assert suspended.json()["suspended_at"]
    assert client.post(f"{person}/readmit").json()["suspended_at"] is None
    body = {
        "text": {"de": "Wartung", "en": "Maintenance"},
        "weight": "info",
        "shown_from": "2020-01-01T00:00:00Z",
        "shown_until": "2099-01-01T00:00:00Z",
    }
    made = client.post(f"{base}/announcements", json=body)
    assert made.status_code == 201
    assert client.delete(f"{base}/announcements/{made.json()['id']}").status_code == 204
    node = client.get(f"{base}/node").json() | {"operator": "Amt"}
    assert client.put(f"{base}/node", json=node).json()["operator"] == "Amt"
    (entry,) = client.get(f"{base}/audit?verb=suspended").json()["items"]
    assert (entry["thing_id"], entry["actor_name"]) == (str(somebody.id), "Betreuung")
    assert client.get(f"{base}/audit?verb=suspended&before={entry['serial']}").json()["items"] == []
