"""Answers for visitors are kept by address and version; nobody gets what is another's."""

from collections.abc import Callable
from datetime import date

from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy.orm import Session

from catalog import memberships, people, solutions
from marketplace.accounts import logins
from marketplace.caching import Kept, Shelf
from marketplace.search import synonyms
from tests.factories import OPERATOR, a_city, a_record, a_solution

Client = TestClient[Litestar]
Enter = Callable[[], Session]
DAY = date(2026, 11, 23)


def settle(client: Client) -> None:
    """Wait until the clock has looked at the database."""
    clock = client.app.state.clock
    for _ in range(100):
        if clock.version() is not None:
            return
        clock._stop.wait(0.05)
    raise AssertionError("The clock did not look at the database.")


def kept(version: int, body: bytes) -> Kept:
    start = {"type": "http.response.start", "status": 200, "headers": []}
    return Kept((version, 0, 0, DAY), start, body, b'"x"')  # type: ignore[arg-type]


def test_the_second_answer_asks_no_database(
    client: Client, statements: Callable[..., object]
) -> None:
    settle(client)
    first = client.get("/de/so-sortieren-wir")
    with statements(is_new=False) as asked:  # type: ignore[attr-defined]
        second = client.get("/de/so-sortieren-wir")

    assert second.content == first.content
    assert [text for text in asked if "changes" not in text and "BEGIN" not in text] == []


def test_who_has_the_answer_gets_304_without_a_body(client: Client) -> None:
    settle(client)
    etag = client.get("/de/impressum").headers["etag"]
    again = client.get("/de/impressum", headers={"If-None-Match": etag})

    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["etag"] == etag


def test_a_change_makes_kept_answers_stale(client: Client, enter: Enter) -> None:
    settle(client)
    session = enter()
    solution = a_solution(session, "PostLotse")
    session.commit()
    before = client.get("/de/loesungen/postlotse")
    assert before.status_code == 200
    solutions.revise(session, OPERATOR, solution, a_record("BriefLotse"))
    session.commit()
    session.close()
    clock = client.app.state.clock
    clock.tick()

    assert "BriefLotse" in client.get("/de/loesungen/postlotse").text


def test_a_draft_makes_no_kept_answer_stale(client: Client) -> None:
    settle(client)
    database = client.app.state.database
    clock = client.app.state.clock
    with database.writing() as session:
        city = a_city(session)
        session.commit()
        database.tell_change(session)
        clock.look()
        before = clock.version()

        draft = solutions.draft(session, OPERATOR, city, a_record())
        session.commit()
        database.tell_change(session)
        clock.look()
        assert clock.version() == before

        solutions.publish(session, OPERATOR, draft)
        session.commit()
        database.tell_change(session)
        assert clock.version() != before


def test_new_synonyms_make_kept_answers_stale_in_every_process(client: Client) -> None:
    settle(client)
    clock = client.app.state.clock
    before = clock.version()
    with client.app.state.database.writing.begin() as session:
        synonyms.add(session, OPERATOR, synonyms.Group("de", ("Rathaus", "Stadthaus")))
    clock.look()

    assert clock.version() != before


def test_a_signed_in_person_is_never_answered_from_the_shelf(client: Client, enter: Enter) -> None:
    settle(client)
    session = enter()
    city = a_city(session)
    person = people.enter(session, OPERATOR, email="jule@test.example", name="Jule Hansen")
    memberships.join(session, OPERATOR, person, city, "lead")  # type: ignore[arg-type]
    token = logins.begin(session, person)
    session.commit()
    session.close()
    visitor = client.get("/de/impressum")
    signed_in = client.get("/de/impressum", headers={"Cookie": f"login={token}"})
    visitor_again = client.get("/de/impressum")

    assert "Jule Hansen" in signed_in.text
    assert "Jule Hansen" not in visitor.text + visitor_again.text
    assert signed_in.headers["cache-control"] == "no-store"


def test_light_and_dark_are_kept_apart(client: Client) -> None:
    settle(client)
    auto = client.get("/de/impressum")
    dark = client.get("/de/impressum", headers={"Cookie": "theme=dark"})

    assert 'data-kern-theme="dark"' in dark.text.split("<body")[0]
    assert 'data-kern-theme="dark"' not in auto.text.split("<body")[0]


def test_a_refusal_is_not_kept(client: Client) -> None:
    settle(client)
    assert "etag" not in client.get("/de/loesungen/gibt-es-nicht").headers


def test_the_shelf_lets_go_of_the_least_recently_used() -> None:
    shelf = Shelf(most_bytes=250)
    for name in ("a", "b"):
        shelf.put((name,), kept(1, b"x" * 100))
    assert shelf.get(("a",), (1, 0, 0, DAY))
    shelf.put(("c",), kept(1, b"x" * 100))

    assert shelf.get(("b",), (1, 0, 0, DAY)) is None
    assert shelf.get(("a",), (1, 0, 0, DAY)) is not None


def test_the_shelf_gives_only_the_version_asked_for() -> None:
    shelf = Shelf()
    shelf.put(("a",), kept(1, b"old"))

    assert shelf.get(("a",), (2, 0, 0, DAY)) is None
    assert shelf.get(("a",), (1, 0, 0, DAY)) is None, "a stale answer has left"
