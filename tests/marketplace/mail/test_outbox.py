"""The outbox: with the act or not at all, once, again after pauses, given up visibly."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from catalog.database import now
from catalog.errors import Invalid, NotAllowed
from catalog.permissions import Actor
from marketplace.mail import outbox
from marketplace.mail.letters import Letter, Link
from marketplace.mail.outbox import OutboxMail, State
from marketplace.transactions import Database
from tests.factories import OPERATOR

LETTER = Letter("de", "Neues", action=Link("Ansehen", "https://node.example/einmal/geheim"))


def put(session: Session, **options: object) -> OutboxMail:
    return outbox.queue(session, to="anna@stadt.example", letter=LETTER, **options)  # type: ignore[arg-type]


def test_a_mail_leaves_with_the_transaction_or_not_at_all(database: Database) -> None:
    with database.writing() as session:
        put(session)
        session.rollback()
    with database.reading() as session:
        assert outbox.counts(session).waiting == 0


def test_a_mail_is_claimed_once(session: Session) -> None:
    put(session)

    assert outbox.claim(session) is not None
    assert outbox.claim(session) is None
    assert not outbox.is_due(session)


def test_a_mail_of_a_worker_that_died_is_taken_over(session: Session) -> None:
    mail = put(session)
    outbox.claim(session)
    mail.due_at = now() - timedelta(seconds=1)
    late, mail.attempts = OutboxMail(id=mail.id, attempts=1), 1

    again = outbox.claim(session)
    assert again is not None
    session.flush()
    outbox.note_sent(session, late)
    session.refresh(again)

    assert again.state == State.WAITING, "who lost the lease has no say"


def test_pauses_grow_and_trying_ends(session: Session) -> None:
    mail = put(session)
    pauses = []
    while mail.state == State.WAITING:
        mail.due_at = now()
        session.flush()
        assert outbox.claim(session) is not None
        before = now()
        outbox.note_failed(session, mail, "451 later")
        session.refresh(mail)
        pauses.append(timedelta(seconds=round((mail.due_at - before).total_seconds())))
        mail.created_at -= pauses[-1]

    assert pauses[0] < timedelta(minutes=2)
    assert sorted(pauses[:-1]) == pauses[:-1]
    assert max(pauses) <= outbox.LONGEST_PAUSE
    counted = outbox.counts(session)
    assert (counted.failed, counted.waiting, counted.last_error) == (1, 0, "451 later")


def test_what_was_sent_keeps_no_text(session: Session) -> None:
    mail = put(session)
    outbox.claim(session)
    outbox.note_sent(session, mail)
    session.refresh(mail)

    assert (mail.text, mail.html) == ("", "")
    assert outbox.counts(session).sent == 1


def test_what_comes_too_late_is_not_sent(session: Session) -> None:
    mail = put(session, valid_until=now() - timedelta(seconds=1))
    outbox.tidy(session)
    session.refresh(mail)

    assert mail.state == State.FAILED
    assert "geheim" not in mail.text + mail.html
    assert outbox.try_again(session, OPERATOR) == 0


def test_a_steward_has_what_was_given_up_begin_anew(session: Session) -> None:
    mail = put(session)
    outbox.claim(session)
    outbox.note_failed(session, mail, "550 unknown", is_final=True)
    with pytest.raises(NotAllowed):
        outbox.try_again(session, Actor("Moderation", is_moderator=True))

    assert outbox.try_again(session, OPERATOR) == 1
    assert outbox.claim(session) is not None


def test_what_is_long_past_is_forgotten(session: Session) -> None:
    mail = put(session)
    outbox.claim(session)
    outbox.note_sent(session, mail)
    session.refresh(mail)
    mail.due_at -= outbox.KEPT + timedelta(minutes=11)
    session.flush()
    outbox.tidy(session)

    assert outbox.counts(session).sent == 0


@pytest.mark.parametrize(
    "unsubscribe", ["https://x.example/\nBcc: a@b.example", "https://x.example/>", "javascript:1"]
)
def test_no_header_is_smuggled_in(session: Session, unsubscribe: str) -> None:
    with pytest.raises(Invalid):
        put(session, unsubscribe=unsubscribe)
    with pytest.raises(Invalid):
        outbox.queue(session, to="anna@stadt.example\nBcc: b@stadt.example", letter=LETTER)
    with pytest.raises(Invalid):
        outbox.queue(session, to="anna@stadt.example", letter=Letter("de", "A\nBcc: b@c.example"))
