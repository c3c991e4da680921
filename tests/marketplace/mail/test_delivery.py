"""Delivery to a real mail server: whole, once, and honest about what failed."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import StringIO

import pytest
import structlog

from catalog import nodes
from marketplace.mail import outbox
from marketplace.mail.delivery import MailRefused, MailServer, Postman
from marketplace.mail.letters import Letter, Link
from marketplace.mail.outbox import State
from marketplace.settings import Settings
from marketplace.transactions import Database
from tests.factories import OPERATOR
from tests.marketplace.mail.conftest import Mailbox, running


@pytest.fixture
def dropping_server() -> Iterator[MailServer]:
    """A server that hangs up right after it has taken a mail."""

    class Dropping(Mailbox):
        async def handle_QUIT(self, server: object, *_: object) -> str:  # noqa: N802 - aiosmtpd's name
            raise ConnectionResetError

    with running(Dropping()) as port:
        yield MailServer("127.0.0.1", port, "none", "", "")


LETTER = Letter(
    "de",
    "Bestätigen Sie Ihre Adresse",
    name="Anna",
    action=Link("Hier", "https://node.example/geheim"),
)


def put(database: Database, to: str = "anna@stadt.example", **options: str) -> None:
    with database.writing.begin() as session:
        outbox.queue(session, to=to, letter=LETTER, **options)  # type: ignore[arg-type]


def counted(database: Database) -> outbox.OutboxCounts:
    with database.reading() as session:
        return outbox.counts(session)


def test_a_mail_arrives_as_text_and_html(
    database: Database, postman: Postman, mailbox: Mailbox
) -> None:
    with database.writing.begin() as session:
        nodes.name(session, OPERATOR, name="Knoten\nBcc: x@y.example", operator="Amt")
    put(database, unsubscribe="https://node.example/de/abbestellen/1")

    assert postman.deliver() == 1
    [message] = mailbox.messages
    assert message["From"] == '"Knoten Bcc: x@y.example" <knoten@node.example>'
    assert message["To"] == "anna@stadt.example"
    assert message["Bcc"] is None
    assert message["Subject"] == "Bestätigen Sie Ihre Adresse"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Unsubscribe"] == "<https://node.example/de/abbestellen/1>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Message-ID"].endswith("@node.example>")
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert "https://node.example/geheim" in plain.get_content()
    assert "Guten Tag Anna," in html.get_content()
    assert counted(database).sent == 1


def test_two_workers_send_no_mail_twice(
    database: Database, mail_server: MailServer, mailbox: Mailbox
) -> None:
    for number in range(8):
        put(database, f"person{number}@stadt.example")
    workers = [Postman(database, mail_server, "knoten@node.example") for _ in range(2)]

    with ThreadPoolExecutor(2) as threads:
        sent = sum(threads.map(lambda worker: worker.deliver(), workers))

    assert sent == 8
    assert len({message["To"] for message in mailbox.messages}) == len(mailbox.messages) == 8


def test_a_mail_that_is_refused_for_good_holds_up_no_other(
    database: Database, postman: Postman, mailbox: Mailbox
) -> None:
    mailbox.reply = lambda to: "550 5.1.1 No such person" if to.startswith("weg") else ""
    put(database, "weg@stadt.example")
    put(database)

    assert postman.deliver() == 1
    told = counted(database)
    assert (told.failed, told.sent) == (1, 1)
    assert told.last_error == "550 5.1.1 No such person"


def test_a_mail_that_is_put_off_waits(
    database: Database, postman: Postman, mailbox: Mailbox
) -> None:
    mailbox.reply = lambda _to: "451 4.7.1 Try later"
    put(database)

    assert postman.deliver() == 0
    assert postman.deliver() == 0
    with database.reading() as session:
        [mail] = outbox.newest(session)
    assert (mail.state, mail.attempts) == (State.WAITING, 1)


def test_a_wrong_password_keeps_mails_and_stands_in_no_log(
    database: Database, postman: Postman, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = StringIO()
    monkeypatch.setattr(
        "marketplace.mail.delivery.log",
        structlog.wrap_logger(
            structlog.PrintLogger(lines), processors=[structlog.processors.JSONRenderer()]
        ),
    )
    assert postman.server is not None
    postman.server = replace(postman.server, password="another-secret")
    put(database)
    put(database, "bert@stadt.example")
    with pytest.raises(MailRefused):
        postman.deliver()

    told = counted(database)
    assert told.waiting == 2
    assert told.last_error.startswith("535")
    written = lines.getvalue()
    assert "SMTPAuthenticationError" in written
    for secret in ("another-secret", "geheim", "anna@"):
        assert secret not in written + told.last_error


def test_a_server_that_is_away_or_not_who_it_says_keeps_mails(
    database: Database, mail_server: MailServer, dropping_server: MailServer
) -> None:
    put(database)
    for server in (
        replace(mail_server, port=1),
        replace(mail_server, host="localhost"),
        replace(dropping_server, security="starttls"),
    ):
        with pytest.raises(MailRefused):
            Postman(database, server, "knoten@node.example").deliver()
        with database.writing.begin() as session:
            [mail] = outbox.newest(session)
            assert mail.state == State.WAITING
            mail.due_at = mail.created_at


def test_a_server_that_hangs_up_after_taking_a_mail_has_taken_it(
    database: Database, dropping_server: MailServer
) -> None:
    put(database)

    assert Postman(database, dropping_server, "knoten@node.example").deliver() == 1
    assert counted(database).sent == 1


@pytest.mark.parametrize(
    ("values", "delivers"),
    [
        ({"smtp_host": "mail.example", "mail_sender": "k@node.example"}, True),
        ({"smtp_host": "mail.example", "contact_email": "k@node.example"}, True),
        ({"smtp_host": "mail.example"}, False),
        ({"mail_sender": "k@node.example"}, False),
        ({"smtp_host": "mail.example", "mail_sender": "k@node.example", "worker": False}, False),
    ],
)
def test_who_delivers(database: Database, values: dict[str, object], delivers: bool) -> None:
    postman = Postman.on(database, Settings(**values))  # type: ignore[arg-type]

    assert (postman.server is not None) == delivers


def test_a_sample_node_sends_nothing(database: Database) -> None:
    with database.writing.begin() as session:
        nodes.name(session, OPERATOR, name="Probe", operator="Amt", is_sample=True)

    settings = Settings(smtp_host="mail.example", mail_sender="k@node.example")
    assert Postman.on(database, settings).server is None


def test_the_thread_delivers_by_itself(
    database: Database, postman: Postman, mailbox: Mailbox
) -> None:
    put(database)
    postman.start()
    for _ in range(100):
        if mailbox.messages:
            break
        postman._stopping.wait(0.05)
    postman.stop()

    assert len(mailbox.messages) == 1
