"""Feedback without an account: what is kept, what is grouped, what gives way, what is answered."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalog import changes
from catalog.database import Base, open_engine, session_factory
from catalog.errors import Conflict, Invalid
from catalog.moderation.cases import Case
from catalog.permissions import Role
from catalog.register import feedback, likeness
from catalog.register.feedback import Feedback, FeedbackState, Given, Wanted
from tests.factories import OPERATOR, a_city, actor_for, an_entry

TODAY = date(2026, 11, 23)
OPEN = Wanted()
REAL = (
    "Liest am Ende ein Mensch meinen Brief?",
    "Wie lange werden meine Daten gespeichert?",
    "Was passiert, wenn der Brief im falschen Amt landet?",
    "Gilt das auch für Post an das Standesamt?",
    "Kostet das die Stadt etwas im Monat?",
    "Kann ich verlangen, dass kein Computer beteiligt ist?",
    "Warum steht hier nichts über den Hersteller des Modells?",
    "Auf der Seite des Rathauses steht ein anderes Datum.",
)


def ask(text: str, **given: object) -> Given:
    return Given("question", text, **given)  # type: ignore[arg-type]


def test_a_flood_of_spam_leaves_the_queue_usable(tmp_path: Path) -> None:
    """10,000 messages; the eight real ones stand on the first page of a bounded queue."""
    engine = open_engine(f"sqlite:///{tmp_path / 'flood.db'}")
    Base.metadata.create_all(engine)
    with session_factory(engine, writes=True)() as session:
        city = a_city(session)
        entry = an_entry(session, city)
        real, refused = iter(REAL), 0
        for number in range(10_000):
            word = "".join(chr(97 + (number * step) % 26) for step in (3, 7, 11, 17, 19, 23))
            noise = (
                f"Win money now {number} https://win{number}.example {number}",
                f"{word}xkqtz bcdfgh{word} qwrtzp{number}",
                f"<b>Cheap pills</b> order {number} today [url=x{number}]",
                "BUY NOW BUY NOW THE VERY BEST CREDIT",
            )[number % 4]
            texts = [noise]
            if number % 1_250 == 600:
                texts.append(next(real))
            for text in texts:
                try:
                    feedback.give(session, entry, ask(text), today=TODAY)
                except Conflict:
                    refused += 1
                    assert text == noise
        actor = actor_for(session, city, Role.EDITOR)
        first = feedback.queue(session, actor, [city.id], OPEN, limit=25)
        assert {message.text for message in first} >= set(REAL)
        assert feedback.count(session, actor, [city.id], OPEN) <= feedback.MOST_OPEN
        assert refused > 9_000


def test_equal_and_nearly_equal_texts_are_one_that_counts_them(session: Session) -> None:
    entry = an_entry(session)
    first = feedback.give(session, entry, ask("Wer liest meinen Brief am Ende?"), today=TODAY)
    same = feedback.give(session, entry, ask("wer liest  MEINEN Brief am Ende!"), today=TODAY)
    near = feedback.give(session, entry, ask("Wer liest meinen Brief denn am Ende?"), today=TODAY)
    other = feedback.give(session, entry, ask("Was kostet das?"), today=TODAY)

    assert first is same is near is not other
    assert first is not None
    assert first.times == 3


def test_an_objection_is_led_away_and_nothing_of_it_is_kept(session: Session) -> None:
    entry = an_entry(session)
    text = "Ich lege Widerspruch gegen meinen Wohngeldbescheid ein."

    with pytest.raises(Invalid) as refused:
        feedback.give(session, entry, ask(text), today=TODAY)

    assert [each.field for each in refused.value.problems] == ["is_no_objection"]
    assert session.scalar(select(func.count(Feedback.id))) == 0
    told = ask("Wo finde ich das Formular für einen Widerspruch?", is_no_objection=True)
    assert feedback.give(session, entry, told, today=TODAY) is not None


def test_nothing_of_the_asker_is_kept_or_shown(session: Session) -> None:
    city = a_city(session)
    entry = an_entry(session, city)
    text = "Ich bin Toni Muster, toni@muster.example, 0171 2345678. Wer liest das?"
    message = feedback.give(session, entry, ask(text), today=TODAY)
    assert message
    assert "muster.example" not in message.text
    assert "2345678" not in message.text
    session.commit()
    asked = next(
        each
        for each in changes.after(session, 0)
        if (each.kind, each.verb) == (feedback.KIND, "asked")
    )
    assert (asked.actor_id, asked.public) == (None, False)

    feedback.answer(
        session, OPERATOR, message,
        question="Wer liest das?", text="Das Amt für Digitales.", language="de", today=TODAY,
    )  # fmt: skip

    shown = feedback.summary(session, entry, today=TODAY)
    assert [each.text for each in shown.answered] == ["Wer liest das?"]
    assert "Toni" not in message.text
    assert shown.waiting == 0


def test_texts_are_forgotten_and_answers_stay(session: Session) -> None:
    city = a_city(session)
    entry = an_entry(session, city)
    texts = ("Wer liest das?", "Wie teuer ist es?", "Seit wann gibt es das?", "Wozu dient es?")
    answered, spam, old, new = (
        feedback.give(session, entry, ask(text), today=TODAY) for text in texts
    )
    assert answered
    assert spam
    assert old
    assert new
    feedback.answer(
        session, OPERATOR, answered, question="Wer?", text="Alle.", language="de", today=TODAY
    )
    feedback.mark_spam(session, OPERATOR, spam, today=TODAY)
    old.asked_on = TODAY - timedelta(days=340)

    later = TODAY + timedelta(days=31)
    assert feedback.forget_old(session, today=later) == 2

    left = set(session.scalars(select(Feedback.id)))
    assert left == {answered.id, new.id}


def test_what_was_called_spam_takes_its_likes_along(session: Session) -> None:
    city = a_city(session)
    entry = an_entry(session, city)
    text = "Besuchen Sie unsere Pension im schönen Tal"
    message = feedback.give(session, entry, ask(text), today=TODAY)
    assert message
    feedback.mark_spam(session, OPERATOR, message, today=TODAY)

    feedback.give(session, entry, ask(f"{text} 7"), today=TODAY)

    assert feedback.count(session, OPERATOR, [city.id], OPEN) == 0
    feedback.reopen(session, OPERATOR, message)
    assert message.state == FeedbackState.OPEN
    assert message.times == 2


def test_opinions_are_counted_but_not_in_a_rush(session: Session) -> None:
    entry = an_entry(session)
    for _ in range(feedback.RUSH + 20):
        feedback.give(session, entry, Given("understandable"), today=TODAY)

    counts = feedback.summary(session, entry, today=TODAY).counts
    assert counts["understandable"] == feedback.RUSH


def test_the_answer_time_is_the_median_in_working_days(session: Session) -> None:
    city = a_city(session)
    entry = an_entry(session, city)
    friday = date(2026, 11, 13)
    for number, word in enumerate(("Kosten", "Daten", "Technik"), 1):
        assert feedback.answer_days(session, city.id, today=TODAY) is None
        message = feedback.give(session, entry, ask(f"Fragen über {word}?"), today=friday)
        assert message
        feedback.answer(
            session, OPERATOR, message, question=word, text="Gut.", language="de",
            today=friday + timedelta(days=2 + number),
        )  # fmt: skip

    assert feedback.answer_days(session, city.id, today=TODAY) == 2


def test_moderators_get_what_the_body_reports(session: Session) -> None:
    city = a_city(session)
    message = feedback.give(session, an_entry(session, city), ask("Ich komme vorbei."), today=TODAY)
    assert message
    editor = actor_for(session, city, Role.EDITOR)

    case = feedback.report(session, editor, message, kind="unlawful", today=TODAY)

    assert session.get(Case, case.id) is not None
    assert case.text == "Ich komme vorbei."
    with pytest.raises(Conflict):
        feedback.report(session, editor, message, kind="unlawful", today=TODAY)


@pytest.mark.parametrize(
    ("text", "doubts"),
    [
        ("Warum ist das so?", 0),
        ("Was heißt ARS 059980000001?", 0),
        ("Siehe https://stadt.example/ki", 1),
        ("<script>alert(1)</script> hallo zusammen", 1),
        ("WARUM STEHT HIER NICHTS ÜBER DIE KOSTEN", 1),
        ("xkqtz bcdfg qwrtz", 1),
        ("12345", 1),
    ],
)
def test_doubts_sort_and_refuse_nothing(text: str, doubts: int) -> None:
    assert likeness.doubts_about(text) == doubts
