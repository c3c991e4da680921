"""Delivery: one thread takes what is due from the outbox to the mail server (SMTP, RFC 5321).

Logs name a mail by its id and say what kind of trouble there was, never to whom it goes or what it
says. What the server answered stands in the outbox.
"""

import smtplib
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime
from typing import Protocol

import structlog
from sqlalchemy.exc import SQLAlchemyError

from catalog import nodes
from marketplace.mail import outbox
from marketplace.mail.outbox import OutboxMail
from marketplace.settings import Settings
from marketplace.transactions import Database

POLL = 2.0
"""Seconds after which the outbox is looked at again."""

PAUSE_AFTER_TROUBLE = 30.0
TIDY_EVERY = 1_800
"""Rounds between two times of tidying up: once an hour when nothing happens."""

TIMEOUT = 30.0
"""Seconds for each step of the talk with the mail server."""

log = structlog.get_logger(__name__)


class MailRefused(Exception):
    """The mail server did not take a mail."""

    def __init__(self, words: str, *, is_final: bool, concerns_all: bool) -> None:
        super().__init__(words)
        self.is_final = is_final
        """Whether trying again would be refused again (a reply of the 500s about this mail)."""
        self.concerns_all = concerns_all
        """Whether every other mail would be refused too, as by a server that is away."""


class Talk(Protocol):
    """An open way to the mail server."""

    def send(self, message: EmailMessage) -> None:
        """Hand over one message; raises `MailRefused`."""


@dataclass(frozen=True)
class MailServer:
    """Where mails go, as the settings say."""

    host: str
    port: int
    security: str
    user: str
    password: str

    @classmethod
    def of(cls, settings: Settings) -> "MailServer | None":
        """The mail server of a node; None where none is set."""
        if not (settings.smtp_host and sender_of(settings)):
            return None
        return cls(
            settings.smtp_host,
            settings.smtp_port,
            settings.smtp_security,
            settings.smtp_user,
            settings.smtp_password.get_secret_value(),
        )

    @contextmanager
    def talk(self) -> Iterator[Talk]:
        """Connect, encrypt, sign in; raises `MailRefused` if one of them fails."""
        try:
            smtp = self._connect()
        except (OSError, smtplib.SMTPException) as trouble:
            raise _refusal(trouble, is_opening=True) from trouble
        try:
            yield _SmtpTalk(smtp)
        finally:
            _part(smtp)

    def _connect(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        smtp = (
            smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT, context=context)
            if self.security == "tls"
            else smtplib.SMTP(self.host, self.port, timeout=TIMEOUT)
        )
        try:
            if self.security == "starttls":
                smtp.starttls(context=context)
            if self.user:
                smtp.login(self.user, self.password)
        except BaseException:
            smtp.close()
            raise
        return smtp


def _part(smtp: smtplib.SMTP) -> None:
    try:
        smtp.quit()
    except (OSError, smtplib.SMTPException):
        # The mail is taken or refused by now; a server that hung up needs no good-bye.
        smtp.close()


@dataclass(frozen=True)
class _SmtpTalk:
    smtp: smtplib.SMTP

    def send(self, message: EmailMessage) -> None:
        try:
            self.smtp.send_message(message)
        except (OSError, smtplib.SMTPException) as trouble:
            raise _refusal(trouble, is_opening=False) from trouble


def sender_of(settings: Settings) -> str:
    """The address that mails come from; empty if the operator has stated none."""
    return settings.mail_sender or settings.contact_email


def message_of(mail: OutboxMail, *, sender: str, node_name: str) -> EmailMessage:
    """The message of an outbox mail: plain text and HTML side by side (RFC 2046, 5.1.4)."""
    message = EmailMessage(policy=SMTP_POLICY)
    message["From"] = Address(_one_line(node_name), addr_spec=sender)
    message["To"] = Address(addr_spec=mail.recipient)
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(mail.created_at)
    message["Message-ID"] = f"<{mail.id}@{sender.rpartition('@')[2]}>"
    # Answering machines stay silent (RFC 3834, 5).
    message["Auto-Submitted"] = "auto-generated"
    for name, value in mail.headers.items():
        message[name] = value
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message


@dataclass
class Postman:
    """Delivers the outbox of a node; one for each process that works."""

    database: Database
    server: MailServer | None
    sender: str
    _bell: threading.Event = field(default_factory=threading.Event)
    _stopping: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    @classmethod
    def on(cls, database: Database, settings: Settings) -> "Postman":
        """The postman that the settings ask for; he has nothing to do on a sample node."""
        with database.reading() as session:
            is_sample = nodes.own(session).is_sample
        server = None if is_sample or not settings.worker else MailServer.of(settings)
        return cls(database, server, sender_of(settings))

    def start(self) -> None:
        """Begin to deliver in a thread of its own; a slow mail server delays nothing else."""
        if self.server is None or self._thread is not None:
            return
        self.database.on_change.append(self._bell.set)
        self._thread = threading.Thread(target=self._run, name="mail", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread after the mail it is sending."""
        self._stopping.set()
        self._bell.set()
        if self._thread is not None:
            self._thread.join(TIMEOUT)
            self._thread = None

    def deliver(self) -> int:
        """Send everything that is due; how many mails went out.

        Raises `MailRefused` if the server takes none at all.
        """
        sent = 0
        with self.database.reading() as session:
            if self.server is None or not outbox.is_due(session):
                return 0
        while (mail := self._claimed()) is not None:
            # One talk a mail: mails are rare, and a server that hangs up takes only one along.
            try:
                with self.server.talk() as talk:
                    talk.send(self._message(mail))
            except MailRefused as refused:
                self._note_refused(mail, refused)
                if refused.concerns_all:
                    raise
            else:
                with self.database.writing.begin() as session:
                    outbox.note_sent(session, mail)
                sent += 1
            if self._stopping.is_set():
                break
        return sent

    def _run(self) -> None:
        rounds = 0
        while not self._stopping.is_set():
            pause = POLL
            try:
                if rounds % TIDY_EVERY == 0:
                    with self.database.writing.begin() as session:
                        outbox.tidy(session)
                self.deliver()
            except MailRefused as refused:
                log.warning("mail server takes nothing", trouble=type(refused.__cause__).__name__)
                pause = PAUSE_AFTER_TROUBLE
            except SQLAlchemyError as trouble:
                log.warning("outbox cannot be read", trouble=type(trouble).__name__)
                pause = PAUSE_AFTER_TROUBLE
            rounds += 1
            self._stopping.wait(pause) if pause > POLL else self._bell.wait(pause)
            self._bell.clear()

    def _claimed(self) -> OutboxMail | None:
        with self.database.writing.begin() as session:
            return outbox.claim(session)

    def _message(self, mail: OutboxMail) -> EmailMessage:
        with self.database.reading() as session:
            node_name = nodes.own(session).name
        return message_of(mail, sender=self.sender, node_name=node_name)

    def _note_refused(self, mail: OutboxMail, refused: MailRefused) -> None:
        log.warning(
            "mail refused",
            mail=str(mail.id),
            attempt=mail.attempts,
            trouble=type(refused.__cause__).__name__,
            final=refused.is_final,
        )
        with self.database.writing.begin() as session:
            outbox.note_failed(session, mail, str(refused), is_final=refused.is_final)


def _refusal(trouble: Exception, *, is_opening: bool) -> MailRefused:
    """What the trouble means for this mail and for the others."""
    concerns_this = not is_opening and isinstance(
        trouble, smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError
    )
    code, words = _reply(trouble)
    return MailRefused(
        f"{code} {words}".strip() if code else words,
        is_final=concerns_this and 500 <= code < 600,
        concerns_all=not concerns_this,
    )


def _reply(trouble: Exception) -> tuple[int, str]:
    """The code and the words of the server's reply; code 0 where it did not reply."""
    words: bytes | str
    if isinstance(trouble, smtplib.SMTPRecipientsRefused):
        code, words = next(iter(trouble.recipients.values()))
    elif isinstance(trouble, smtplib.SMTPResponseException):
        code, words = trouble.smtp_code, trouble.smtp_error
    else:
        return 0, f"{type(trouble).__name__}: {trouble}"
    return code, words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)


def _one_line(name: str) -> str:
    """A node's name as it may stand in a header."""
    return " ".join("".join(c if c.isprintable() else " " for c in name).split())
