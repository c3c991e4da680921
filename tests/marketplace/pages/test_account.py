"""One's own account over HTTP: watch list, saved searches, profile; and that they are one's own."""

import re
from collections.abc import Callable
from uuid import UUID

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy.orm import Session

from catalog import memberships, nodes, people, solutions, watching
from catalog.database import new_id, now
from catalog.people import Person
from catalog.permissions import Actor, Role
from catalog.solutions import Solution
from catalog.watching import Watchable
from marketplace.accounts import logins
from marketplace.accounts.authentication import COOKIE
from marketplace.notifications import notices
from marketplace.notifications.events import Event
from marketplace.notifications.notices import News
from marketplace.search import saved_searches
from tests.factories import OPERATOR, a_city, a_solution

Client = TestClient[Litestar]
Enter = Callable[[], Session]


@pytest.fixture
def solution(enter: Enter) -> Solution:
    with enter() as session:
        nodes.name(session, OPERATOR, name="Probe", operator="Amt", is_sample=True)
        found = a_solution(session, "PostLotse", publisher=a_city(session, "Stadt Auenrode"))
        session.commit()
        return found


@pytest.fixture
def sign_in(client: Client, enter: Enter, solution: Solution) -> Callable[..., Person]:
    """Signs the browser in as a new person, a member of the publisher if a role is given."""

    def signed_in(name: str = "Toni Test", role: Role | None = None) -> Person:
        with enter() as session:
            person = people.enter(session, OPERATOR, email=f"{new_id()}@test.example", name=name)
            if role is not None:
                body = solutions.by_id(session, solution.id).publisher
                assert body is not None
                memberships.join(session, OPERATOR, person, body, role)
            token = logins.begin(session, person)
            session.commit()
        client.cookies.set(COOKIE, token)
        client.headers["origin"] = "https://node.example"
        return person

    return signed_in


def watch(client: Client, solution: Solution, action: str = "begin") -> object:
    data = {
        "kind": "solution",
        "thing": str(solution.id),
        "back": "/de/loesungen/postlotse",
        "action": action,
    }
    return client.post("/de/konto/beobachtungen", data=data)


def test_a_visitor_is_led_to_the_sign_in_and_back(client: Client, solution: Solution) -> None:
    client.headers["origin"] = "https://node.example"
    page = client.get("/de/loesungen/postlotse").text
    assert "Beobachten" in page

    led = watch(client, solution)

    assert led.status_code == 303
    assert led.headers["location"] == "/de/anmelden?back=%2Fde%2Floesungen%2Fpostlotse"
    shown = client.get("/de/konto")
    assert shown.headers["location"] == "/de/anmelden?back=%2Fde%2Fkonto"


def test_watching_begins_shows_and_ends(
    client: Client, solution: Solution, sign_in: Callable[..., Person]
) -> None:
    sign_in()

    assert watch(client, solution).headers["location"] == "/de/loesungen/postlotse#watch"
    watch(client, solution)
    page = client.get("/de/loesungen/postlotse").text
    account = client.get("/de/konto").text
    watch(client, solution, "end")

    assert "Sie beobachten diesen Eintrag" in page
    assert account.count('href="/de/loesungen/postlotse"') == 1
    assert "/de/loesungen/postlotse/aenderungen.atom" in account
    assert 'href="/de/konto/sicherheit"' in account
    assert "Sie beobachten noch nichts" in client.get("/de/konto").text
    assert watch(client, solution, "end").status_code == 404


def test_the_owner_sees_how_many_watch_and_nobody_sees_who(
    client: Client, solution: Solution, sign_in: Callable[..., Person]
) -> None:
    sign_in("Verborgene Person")
    watch(client, solution)
    assert "Person beobachtet" not in client.get("/de/loesungen/postlotse").text

    sign_in("Eigentümer", Role.EDITOR)
    page = client.get("/de/loesungen/postlotse").text

    assert "1 Person beobachtet diesen Eintrag." in page
    assert "Verborgene" not in page


@pytest.mark.parametrize("path", ["organisationen/stadt-auenrode", "kommunen"])
def test_other_things_can_be_watched_too(
    client: Client, solution: Solution, sign_in: Callable[..., Person], path: str, enter: Enter
) -> None:
    sign_in()
    if path == "kommunen":
        with enter() as session:
            body = solutions.by_id(session, solution.id).publisher
            assert body
            assert body.municipality
            path = f"kommunen/{body.municipality.ars}/{body.municipality.slug}"
    form = re.search(
        r'name="kind" value="(\w+)"><input type="hidden" name="thing" value="([^"]+)"',
        client.get(f"/de/{path}").text,
    )
    assert form

    client.post("/de/konto/beobachtungen", data={"kind": form[1], "thing": form[2]})

    assert f'href="/de/{path}"' in client.get("/de/konto").text


@pytest.mark.parametrize(
    ("kind", "thing", "status"),
    [
        ("solution", "no-id", 404),
        ("solution", str(UUID(int=7)), 404),
        ("organization", str(UUID(int=7)), 404),
        ("person", str(UUID(int=7)), 422),
    ],
)
def test_only_public_things_can_be_watched(
    client: Client, sign_in: Callable[..., Person], kind: str, thing: str, status: int
) -> None:
    sign_in()

    answer = client.post("/de/konto/beobachtungen", data={"kind": kind, "thing": thing})

    assert answer.status_code == status


def test_the_way_back_leads_to_this_node_only(
    client: Client, solution: Solution, sign_in: Callable[..., Person]
) -> None:
    sign_in()
    data = {"kind": "solution", "thing": str(solution.id), "back": "//evil.example"}

    answer = client.post("/de/konto/beobachtungen", data=data)

    assert answer.headers["location"] == "/de/konto#watch"


def test_a_search_is_saved_once_asked_again_renamed_and_deleted(
    client: Client, sign_in: Callable[..., Person]
) -> None:
    sign_in()
    for query in ("q=Post&phase=pilot&page=3", "phase=pilot&q=Post&unknown=1"):
        client.post("/de/konto/suchen", data={"query": query})
    page = client.get("/de/konto").text
    assert page.count("/de/loesungen?q=Post&amp;phase=pilot") == 1
    assert "/de/loesungen.atom?q=Post&amp;phase=pilot" in page
    (key,) = set(re.findall(r"/de/konto/suchen/([0-9a-f-]+)/loeschen", page))

    client.post(f"/de/konto/suchen/{key}", data={"name": " Meine  Post "})
    assert "Meine Post" in client.get("/de/konto").text
    refused = client.post(f"/de/konto/suchen/{key}", data={"name": " "})
    assert refused.status_code == 200
    assert f'href="#field-name-{key}"' in refused.text
    client.post(f"/de/konto/suchen/{key}/loeschen")

    assert "Noch keine gespeicherte Suche" in client.get("/de/konto").text


@pytest.mark.usefixtures("solution")
def test_a_visitor_who_saves_a_search_signs_in_and_comes_back_to_it(client: Client) -> None:
    client.headers["origin"] = "https://node.example"

    led = client.post("/de/konto/suchen", data={"query": "q=Post"})

    assert led.headers["location"].endswith("back=%2Fde%2Floesungen%3Fq%3DPost")


def test_nobody_touches_the_searches_and_watches_of_others(
    client: Client, enter: Enter, solution: Solution, sign_in: Callable[..., Person]
) -> None:
    owner = sign_in()
    watch(client, solution)
    client.post("/de/konto/suchen", data={"query": "q=Post"})
    actor = Actor(owner.name, owner.id)
    with enter() as session:
        own_watch = watching.of_thing(session, actor, Watchable.SOLUTION, solution.id)
        (own_search,) = saved_searches.of_person(session, actor)
    assert own_watch is not None
    sign_in("Fremde Person")

    answers = [
        client.post(f"/de/konto/suchen/{own_search.id}", data={"name": "Gekapert"}),
        client.post(f"/de/konto/suchen/{own_search.id}/loeschen"),
        client.delete(f"/api/v1/account/searches/{own_search.id}"),
        client.put(f"/api/v1/account/searches/{own_search.id}", json={"name": "Gekapert"}),
        client.delete(f"/api/v1/account/watches/{own_watch.id}"),
        watch(client, solution, "end"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 6
    with enter() as session:
        assert [each.name for each in saved_searches.of_person(session, actor)] == ["„Post“"]
        assert len(watching.of_person(session, actor)) == 1


def test_the_profile_is_changed_and_a_wrong_one_comes_back_filled(
    client: Client, sign_in: Callable[..., Person]
) -> None:
    sign_in()

    done = client.post("/de/konto", data={"name": "Neuer Name", "language": "en"})
    refused = client.post("/de/konto", data={"name": "x" * 201, "language": "xx"})

    assert done.status_code == 303
    assert "Neuer Name" in client.get(done.headers["location"]).text
    assert 'href="#field-name"' in refused.text
    assert 'href="#field-language"' in refused.text
    assert "x" * 201 in refused.text


def test_many_watches_cost_as_many_statements_as_few(
    client: Client,
    enter: Enter,
    sign_in: Callable[..., Person],
    statements: Callable[..., object],
) -> None:
    person = sign_in(role=Role.EDITOR)
    actor = Actor(person.name, person.id)

    def fill(count: int) -> int:
        with enter() as session:
            city = a_city(session)
            for number in range(count):
                made = a_solution(session, f"Lotse {count} {number}", publisher=city)
                watching.watch(session, actor, Watchable.SOLUTION, made.id)
                query = f"q={count}-{number}"
                saved_searches.save(session, actor, query=query, name=query)
            session.commit()
        with statements() as found:
            assert client.get("/de/konto").status_code == 200
        return len(found)

    few = fill(1)

    assert fill(6) == few <= 15


def test_the_feed_of_changes_ends_with_a_tombstone(
    client: Client, enter: Enter, solution: Solution
) -> None:
    with enter() as session:
        present = solutions.by_id(session, solution.id)
        solutions.withdraw(session, OPERATOR, present, reason="Ersetzt.")
        session.commit()

    feed = client.get("/de/loesungen/postlotse/aenderungen.atom")

    assert feed.headers["content-type"].startswith("application/atom+xml")
    assert "PostLotse: Veröffentlicht" in feed.text
    assert "deleted-entry" in feed.text
    assert client.get("/de/loesungen/gibt-es-nicht/aenderungen.atom").status_code == 404


def test_the_api_does_what_the_pages_do(
    client: Client, solution: Solution, sign_in: Callable[..., Person]
) -> None:
    assert client.get("/api/v1/account").status_code == 401
    sign_in()
    base = "/api/v1/account"

    begun = client.post(f"{base}/watches", json={"kind": "solution", "thing_id": str(solution.id)})
    saved = client.post(f"{base}/searches", json={"name": "Post", "query": "q=Post&page=2"})
    renamed = client.put(f"{base}/searches/{saved.json()['id']}", json={"name": "Brief"})
    described = client.put(base, json={"name": "Neu", "language": "en"})

    assert begun.status_code == saved.status_code == 201
    assert client.get(f"{base}/watches").json()["items"] == [begun.json()]
    assert saved.json()["query"] == "q=Post"
    assert client.get(f"{base}/searches").json()["items"] == [renamed.json()]
    assert described.json()["name"] == client.get(base).json()["name"] == "Neu"
    assert client.delete(f"{base}/watches/{begun.json()['id']}").status_code == 204
    assert client.delete(f"{base}/searches/{saved.json()['id']}").status_code == 204
    missing = client.post(f"{base}/watches", json={"kind": "solution", "thing_id": str(new_id())})
    assert missing.status_code == 422


def tell(enter: Enter, person: Person, solution: Solution, count: int = 1) -> list[str]:
    with enter() as session:
        found = [
            notices.tell(
                session,
                News(
                    person_id=person.id,
                    event=Event.WATCHED_CHANGED,
                    kind="solution",
                    thing_id=solution.id,
                    cause=f"solution.{'revised' if number == 0 else number}",
                    occasion=f"change {number}",
                    at=now(),
                ),
                on_site=True,
            )
            for number in range(count)
        ]
        session.commit()
        return [str(each.id) for each in found if each is not None]


def test_notices_are_read_one_by_one_or_all_at_once(
    client: Client, enter: Enter, solution: Solution, sign_in: Callable[..., Person]
) -> None:
    person = sign_in()
    first, _ = tell(enter, person, solution, 2)
    page = client.get("/de/konto/mitteilungen").text
    assert "2 Mitteilungen sind ungelesen." in page
    assert f'href="/id/solution/{solution.id}"' in page
    assert "Eintrag geändert" in page
    assert "2 Mitteilungen sind ungelesen." in client.get("/de/konto").text

    client.post(f"/de/konto/mitteilungen/{first}/gelesen")
    unread = client.get("/de/konto/mitteilungen?show=unread").text
    assert "1 Mitteilung ist ungelesen." in unread
    assert first not in unread
    client.post("/de/konto/mitteilungen")

    assert "Nichts ungelesen" in client.get("/de/konto/mitteilungen?show=unread").text


def test_notices_go_on_from_page_to_page(
    client: Client, enter: Enter, solution: Solution, sign_in: Callable[..., Person]
) -> None:
    ids = tell(enter, sign_in(), solution, 31)
    page = client.get("/de/konto/mitteilungen").text
    following = re.search(r'rel="next" href="([^"]+)"', page)
    assert following

    second = client.get(following[1].replace("&amp;", "&")).text

    assert ids[0] not in page
    assert ids[0] in second
    assert 'rel="next"' not in second
    assert client.get("/de/konto/mitteilungen?before=x").status_code == 404


def test_nobody_reads_the_notices_of_others(
    client: Client, enter: Enter, solution: Solution, sign_in: Callable[..., Person]
) -> None:
    (theirs,) = tell(enter, sign_in(), solution)
    sign_in("Fremde Person")

    answers = [
        client.post(f"/de/konto/mitteilungen/{theirs}/gelesen"),
        client.post(f"/api/v1/account/notices/{theirs}/read"),
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert client.get("/api/v1/account/notices").json() == {"unread": 0, "items": []}


def test_wishes_are_chosen_in_the_matrix(client: Client, sign_in: Callable[..., Person]) -> None:
    sign_in()
    form = {f"{event}-mail": "weekly" for event in Event} | {"adopted-site": "1"}

    done = client.post("/de/konto/benachrichtigungen", data=form | {"decided-mail": "at_once"})
    refused = client.post("/de/konto/benachrichtigungen", data=form | {"adopted-mail": "at_once"})
    nonsense = client.post("/de/konto/benachrichtigungen", data={})

    assert "Ihre Auswahl ist gespeichert." in client.get(done.headers["location"]).text
    assert 'href="#field-adopted-mail"' in refused.text
    assert "Wählen Sie, wie oft wir schreiben." in nonsense.text
    chosen = client.get("/api/v1/account/notifications").json()["items"]
    by_event = {each["event"]: (each["on_site"], each["rhythm"]) for each in chosen}
    assert by_event["decided"] == (False, "at_once")
    assert by_event["adopted"] == (True, "weekly")


def test_the_api_reads_notices_and_sets_wishes(
    client: Client, enter: Enter, solution: Solution, sign_in: Callable[..., Person]
) -> None:
    first, second = tell(enter, sign_in(), solution, 2)
    base = "/api/v1/account"

    page = client.get(f"{base}/notices?limit=1").json()
    rest = client.get(f"{base}/notices?before={page['items'][0]['id']}").json()
    assert (page["items"][0]["id"], rest["items"][0]["id"]) == (second, first)
    assert client.post(f"{base}/notices/{first}/read").json()["read_at"]
    assert client.post(f"{base}/notices/read").status_code == 204
    assert client.get(f"{base}/notices?unread=true").json()["items"] == []
    wish = {"event": "announced", "on_site": False, "rhythm": "daily"}
    changed = client.put(f"{base}/notifications", json={"items": [wish]}).json()["items"]
    assert wish in changed
    wrong = {"event": "announced", "on_site": True, "rhythm": "at_once"}
    assert client.put(f"{base}/notifications", json={"items": [wrong]}).status_code == 422


def test_many_notices_cost_as_many_statements_as_few(
    client: Client,
    enter: Enter,
    solution: Solution,
    sign_in: Callable[..., Person],
    statements: Callable[..., object],
) -> None:
    person = sign_in()

    def fill(count: int) -> int:
        tell(enter, person, solution, count)
        with statements() as found:
            assert client.get("/de/konto/mitteilungen").status_code == 200
        return len(found)

    assert fill(1) == fill(9) <= 9
