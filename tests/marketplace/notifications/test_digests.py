"""Mails about notices: when they go out, what they say, and how they end without a sign-in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog import people
from catalog.database import new_id
from catalog.permissions import Actor
from catalog.solutions import Solution
from marketplace.mail.outbox import OutboxMail
from marketplace.notifications import digests, notices, preferences
from marketplace.notifications.digests import MailRoom
from marketplace.notifications.events import Event, Rhythm, Wish
from marketplace.notifications.notices import News
from tests.factories import OPERATOR, a_solution

ROOM = MailRoom("https://node.example", "", date(2026, 11, 23))
MONDAY = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
"""Seven in the morning by the clock of the offices."""

Client = TestClient[Litestar]
Enter = Callable[[], Session]


@dataclass
class Told:
    """A person and a solution, and notices about it at any moment."""

    session: Session
    actor: Actor
    solution: Solution

    def tell(self, at: datetime, event: Event = Event.WATCHED_CHANGED, cause: str = "") -> None:
        assert self.actor.person_id is not None
        news = News(
            person_id=self.actor.person_id,
            event=event,
            kind="solution",
            thing_id=self.solution.id,
            cause=cause or "solution.revised",
            occasion=str(new_id()),
            at=at,
        )
        notices.tell(self.session, news, on_site=True)

    def wish(self, event: Event, rhythm: Rhythm) -> None:
        preferences.choose(self.session, self.actor, {event: Wish(on_site=True, rhythm=rhythm)})

    def mails(self, moment: datetime) -> Sequence[OutboxMail]:
        digests.send_due(self.session, ROOM, moment)
        self.session.flush()
        return self.session.scalars(select(OutboxMail).order_by(OutboxMail.id)).all()


@pytest.fixture
def told(session: Session) -> Told:
    person = people.enter(session, OPERATOR, email="jule@test.example", name="Jule")
    return Told(session, Actor(person.name, person.id), a_solution(session, "PostLotse"))


def test_the_weekly_digest_comes_on_monday_after_six_and_once(told: Told) -> None:
    told.tell(MONDAY - timedelta(days=3))

    assert told.mails(MONDAY - timedelta(hours=3)) == []
    (mail,) = told.mails(MONDAY)
    assert len(told.mails(MONDAY)) == 1

    assert mail.recipient == "jule@test.example"
    assert mail.subject == "1 Neuigkeit von Lichtermeer"
    assert "PostLotse (Eintrag geändert)" in mail.text
    assert f"https://node.example/id/solution/{told.solution.id}" in mail.text
    assert "<img" not in mail.html
    assert mail.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail.headers["List-Unsubscribe"].startswith("<https://node.example/de/abbestellen/")


def test_the_daily_digest_comes_the_next_morning(told: Told) -> None:
    told.wish(Event.WATCHED_CHANGED, Rhythm.DAILY)
    tuesday = MONDAY + timedelta(days=1)
    told.tell(tuesday + timedelta(hours=3))

    assert told.mails(tuesday + timedelta(hours=22)) == []
    assert len(told.mails(tuesday + timedelta(days=1))) == 1


@pytest.mark.parametrize("reason", ["read", "never", "too old", "nothing"])
def test_nothing_new_sends_nothing(told: Told, reason: str) -> None:
    if reason == "never":
        told.wish(Event.WATCHED_CHANGED, Rhythm.NEVER)
    if reason != "nothing":
        told.tell(MONDAY - timedelta(days=20 if reason == "too old" else 2))
    if reason == "read":
        notices.read_all(told.session, told.actor)

    assert told.mails(MONDAY) == []


def test_a_long_digest_names_some_and_counts_the_rest(told: Told) -> None:
    for number in range(digests.MOST_LISTED + 2):
        told.tell(MONDAY - timedelta(days=2), cause=f"cause.{number}")

    (mail,) = told.mails(MONDAY)

    assert "Und 2 weitere." in mail.text
    assert mail.text.count("PostLotse") == digests.MOST_LISTED


def test_the_mail_is_in_the_language_of_the_person(told: Told) -> None:
    people.describe(told.session, told.actor, name="Jule", language="en")
    told.tell(MONDAY - timedelta(days=2))

    (mail,) = told.mails(MONDAY)

    assert mail.subject == "1 piece of news from Lichtermeer"
    assert "/en/unsubscribe/" in mail.headers["List-Unsubscribe"]


@pytest.fixture
def mailed(enter: Enter) -> tuple[Actor, str]:
    """Somebody who got a digest, and the address in it that ends such mails."""
    with enter() as session:
        person = people.enter(session, OPERATOR, email="jule@test.example", name="Jule")
        told = Told(session, Actor(person.name, person.id), a_solution(session))
        told.tell(MONDAY - timedelta(days=2))
        (mail,) = told.mails(MONDAY)
        session.commit()
    link = mail.headers["List-Unsubscribe"].strip("<>")
    assert link in mail.text
    return told.actor, link.removeprefix("https://node.example")


def rhythm_of(enter: Enter, actor: Actor, event: Event) -> Rhythm:
    with enter() as session:
        return preferences.of_person(session, actor)[event].rhythm


def test_one_post_of_a_mail_program_ends_the_mails(
    client: Client, enter: Enter, mailed: tuple[Actor, str]
) -> None:
    actor, link = mailed
    asked = client.get(link)
    assert asked.status_code == 200
    assert asked.headers["cache-control"] == "no-store"
    assert rhythm_of(enter, actor, Event.WATCHED_CHANGED) is Rhythm.WEEKLY

    for _ in range(2):
        done = client.post(link, data={"List-Unsubscribe": "One-Click"})
        assert done.status_code == 200
        assert "Erledigt" in done.text

    assert rhythm_of(enter, actor, Event.WATCHED_CHANGED) is Rhythm.NEVER
    assert rhythm_of(enter, actor, Event.SEARCH_HIT) is Rhythm.WEEKLY


def test_a_made_up_token_ends_nothing(
    client: Client, enter: Enter, mailed: tuple[Actor, str]
) -> None:
    actor, link = mailed
    forged = [link[:-1] + ("A" if link[-1] != "A" else "B"), "/de/abbestellen/x", f"{link}x"]

    answers = [client.post(each) for each in forged]

    assert [answer.status_code for answer in answers] == [404] * 3
    assert "nicht gültig" in answers[0].text
    assert rhythm_of(enter, actor, Event.WATCHED_CHANGED) is Rhythm.WEEKLY


def test_an_old_token_ends_nothing(
    client: Client, mailed: tuple[Actor, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    later = datetime.now(UTC) + timedelta(days=401)
    monkeypatch.setattr("marketplace.notifications.unsubscribing.now", lambda: later)

    assert client.post(mailed[1]).status_code == 404


def test_the_token_is_not_kept(enter: Enter, mailed: tuple[Actor, str]) -> None:
    token = mailed[1].rsplit("/", 1)[-1]
    with enter() as session:
        for table in ("unsubscribe_tokens", "changes", "notices"):
            rows = session.connection().exec_driver_sql(f"SELECT * FROM {table}").all()  # noqa: S608
            assert token not in str(rows)
