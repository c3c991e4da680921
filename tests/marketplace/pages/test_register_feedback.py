"""Feedback on a card over HTTP: the form, the guard, the queue, the public answer."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy.orm import Session

from catalog import memberships, people
from catalog.permissions import Role
from catalog.register import feedback
from catalog.register.feedback import Feedback
from marketplace.accounts import logins
from marketplace.accounts.authentication import COOKIE
from marketplace.notifications import following
from marketplace.notifications.notices import Notice
from tests.factories import OPERATOR, a_city, an_entry
from tests.marketplace.pages.conftest import TODAY

Client = TestClient[Litestar]
Enter = Callable[[], Session]
CARD = "/de/ki-transparenzregister/eintraege/postlotse-stadt-auenrode"
FORM = f"{CARD}/rueckmeldung"
QUEUE = "/de/meine-registereintraege/rueckmeldungen"
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def token(enter: Enter, client: Client) -> str:
    client.headers["origin"] = "https://node.example"
    with enter() as session:
        city = a_city(session, "Stadt Auenrode")
        an_entry(session, city, redress_url="https://auenrode.example/widerspruch")
        person = people.enter(session, OPERATOR, email="toni@test.example", name="Toni Test")
        memberships.join(session, OPERATOR, person, city, Role.EDITOR)
        found = logins.begin(session, person)
        following.begin(session)
        session.commit()
    return found


def typed(client: Client, text: str, **more: str) -> dict[str, str]:
    guard = client.app.state.form_guard
    stamp = guard.stamp(datetime.now(UTC) - timedelta(minutes=1))
    return {"opinion": "question", "text": text, "shown_at": stamp, **more}


def test_a_question_without_account_is_answered_on_the_card(
    client: Client, enter: Enter, token: str
) -> None:
    assert f"{FORM}?opinion=question" in client.get(CARD).text
    shown = client.get(f"{FORM}?opinion=question")
    assert shown.headers["cache-control"] == "no-store"
    assert "digital@test.example" in shown.text
    assert "https://auenrode.example/widerspruch" in shown.text
    asked = client.post(FORM, data=typed(client, f"Wer liest das? {SCRIPT}"))
    assert asked.status_code == 303
    assert "Vielen Dank" in client.get(asked.headers["location"]).text
    assert "Wer liest das?" not in client.get(CARD).text

    client.cookies.set(COOKIE, token)
    queue = client.get(QUEUE).text
    assert "&lt;script&gt;" in queue
    assert SCRIPT not in queue
    with enter() as session:
        message = session.query(Feedback).one()
    here = f"{QUEUE}/{message.id}"
    empty = client.post(here, data={"step": "answer", "question": "", "answer": "Ein Mensch."})
    assert empty.status_code == 422
    assert "Ein Mensch." in empty.text
    told = {"step": "answer", "question": f"Wer? {SCRIPT}", "answer": f"Alle. {SCRIPT}"}
    assert client.post(here, data=told).status_code == 303
    assert client.post(here, data=told).status_code == 409

    client.cookies.clear()
    card = client.get(CARD).text
    assert "Stadt Auenrode antwortet am" in card
    assert SCRIPT not in card
    found = client.get("/api/v1/register/entries/postlotse-stadt-auenrode/feedback").json()
    assert [each["answer"] for each in found["answered"]] == [f"Alle. {SCRIPT}"]


@pytest.mark.usefixtures("token")
def test_programs_objections_and_hurry_are_held_off(client: Client, enter: Enter) -> None:
    assert client.post(FORM, data=typed(client, "Kauf das", website="x")).status_code == 303
    guard = client.app.state.form_guard
    for stamp in (guard.stamp(), "1.abc", "", guard.stamp(datetime.now(UTC) - timedelta(days=2))):
        answer = client.post(FORM, data=typed(client, "Wer liest das?", shown_at=stamp))
        assert answer.status_code == 409
        assert "Wer liest das?" in answer.text
    objection = client.post(FORM, data=typed(client, "Ich erhebe Widerspruch."))
    assert objection.status_code == 422
    assert 'name="is_no_objection"' in objection.text
    assert client.post(FORM, data=typed(client, "")).status_code == 422
    with enter() as session:
        assert session.query(Feedback).count() == 0

    words = ("Kosten", "Daten", "Technik", "Dauer", "Amt")
    for word in words:
        sent = client.post(FORM, data=typed(client, f"Frage über {word}?"))
        assert sent.status_code == 303
    client.post(FORM, data=typed(client, "Frage über Strom?"))
    too_many = client.post(FORM, data=typed(client, "Frage über Wasser?"))
    assert too_many.status_code == 429
    assert "Frage über Wasser?" in too_many.text


def test_many_questions_are_one_notice_a_day_and_sorted_out_at_once(
    client: Client, enter: Enter, token: str
) -> None:
    with enter() as session:
        entry = session.query(feedback.RegisterEntry).one()
        for text in ("Wer liest das?", "Was kostet es?", "Wo steht der Rechner?"):
            feedback.give(session, entry, feedback.Given("question", text), today=TODAY)
        session.commit()
    with enter() as session:
        following.follow(session)
        told = [each for each in session.query(Notice) if each.kind == "register-entry"]
        assert [each.event for each in told] == ["feedback_given"]
        ids = [each.id for each in session.query(Feedback)]
        session.commit()
    client.cookies.set(COOKIE, token)
    assert "3 warten" in client.get("/de/meine-registereintraege").text

    chosen = {f"message-{key}": "1" for key in ids[:2]}
    done = client.post(QUEUE, data={**chosen, "step": "spam"})
    assert done.status_code == 303
    assert client.get(QUEUE).text.count('class="lm-tick"') == 1
    assert client.post(QUEUE, data={"message-x": "1", "step": "spam"}).status_code == 404
