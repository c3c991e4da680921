"""The outbox: mails are written in the transaction of the act that causes them, delivered later.

A mail is claimed before it is sent: its next attempt is put off by ``LEASE`` and the attempt is
counted in one transaction, so a second worker does not find it. Only the worker that counted the
attempt may note how it went. A worker that dies between sending and noting is the one case in which
a mail goes out again; its Message-ID is the same then.

What was sent keeps no text: letters hold one-time links.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, Select, String, Text, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from catalog import email_addresses, nodes
from catalog.database import Base, Document, UtcDateTime, new_id, now
from catalog.errors import Invalid, NotFound
from catalog.permissions import Actor, require
from marketplace.mail.letters import Letter, rendered

LEASE = timedelta(minutes=10)
"""For how long a claimed mail is nobody else's; longer than any attempt can last."""

FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)

PATIENCE = timedelta(days=5)
"""After which trying ends (RFC 5321, 4.5.4.1: at least four to five days)."""

KEPT = timedelta(days=30)
"""For how long it stays visible that a mail was sent or given up."""

LONGEST_ERROR = 500


class State(StrEnum):
    """How a mail stands."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"


class OutboxMail(Base):
    """A mail of this node to one mailbox."""

    __tablename__ = "outbox_mails"
    __table_args__ = (Index("ix_outbox_mails_state_due_at", "state", "due_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    recipient: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    """Empty once the mail is sent or can no longer be."""
    html: Mapped[str] = mapped_column(Text)
    headers: Mapped[dict[str, str]] = mapped_column(Document(dict[str, str]))
    """Such as List-Unsubscribe."""
    state: Mapped[str] = mapped_column(String(10), default=State.WAITING)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime(), default=now)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime())
    """When the next attempt may begin."""
    valid_until: Mapped[datetime | None] = mapped_column(UtcDateTime())
    """When what the mail offers ends, such as a one-time link; later it is not sent."""
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    last_error: Mapped[str] = mapped_column(String(LONGEST_ERROR), default="")


@dataclass(frozen=True)
class OutboxCounts:
    """The outbox for the administration page."""

    waiting: int
    failed: int
    sent: int
    """In the last `KEPT`."""
    oldest_waiting: datetime | None
    last_sent: datetime | None
    last_error: str
    """What the mail server said to the newest mail that is not through."""


def queue(
    session: Session,
    *,
    to: str,
    letter: Letter,
    unsubscribe: str = "",
    due: datetime | None = None,
    valid_until: datetime | None = None,
) -> OutboxMail:
    """Put a letter into the outbox; it is sent if the transaction of ``session`` commits.

    ``unsubscribe`` is an absolute https address that takes a POST and ends such mails at once
    (RFC 8058). Raises ``Invalid`` for an address or a subject that is not one line.
    """
    if unsubscribe and not (unsubscribe.startswith("http") and _is_one_word(unsubscribe)):
        raise Invalid("The address for unsubscribing is wrong.")
    content = rendered(letter, node_name=nodes.own(session).name, unsubscribe=unsubscribe)
    headers = (
        {
            "List-Unsubscribe": f"<{unsubscribe}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
        if unsubscribe
        else {}
    )
    mail = OutboxMail(
        recipient=email_addresses.normalized(to),
        subject=content.subject,
        text=content.text,
        html=content.html,
        headers=headers,
        due_at=due or now(),
        valid_until=valid_until,
    )
    session.add(mail)
    session.flush()
    return mail


def is_due(session: Session) -> bool:
    """Whether some mail waits to be sent now."""
    return session.scalar(_due().limit(1)) is not None


def claim(session: Session) -> OutboxMail | None:
    """Take the mail that is due longest; commit before sending it."""
    mail = session.scalar(_due().limit(1).with_for_update(skip_locked=True))
    if mail is None:
        return None
    mail.attempts += 1
    mail.due_at = now() + LEASE
    session.flush()
    return mail


def note_sent(session: Session, mail: OutboxMail) -> None:
    """The mail server has taken a claimed mail; its text is forgotten."""
    _settle(session, mail, state=State.SENT, sent_at=now(), text="", html="", last_error="")


def note_failed(session: Session, mail: OutboxMail, error: str, *, is_final: bool = False) -> None:
    """An attempt failed: the next one comes after a longer pause, or never."""
    moment = now()
    pause = min(FIRST_PAUSE * 2 ** min(mail.attempts - 1, 20), LONGEST_PAUSE)
    ends = min(mail.created_at + PATIENCE, mail.valid_until or mail.created_at + PATIENCE)
    gives_up = is_final or moment + pause > ends
    _settle(
        session,
        mail,
        state=State.FAILED if gives_up else State.WAITING,
        due_at=moment + pause,
        last_error=error[:LONGEST_ERROR],
    )


def tidy(session: Session) -> int:
    """Give up what is too late, forget what is long past; how many rows were touched."""
    moment = now()
    too_late = session.execute(
        update(OutboxMail)
        .where(OutboxMail.state == State.WAITING, OutboxMail.valid_until < moment)
        .values(
            state=State.FAILED, text="", html="",
            last_error="What the mail offered had ended before it could be sent.",
        )
    )  # fmt: skip
    past = session.execute(
        delete(OutboxMail).where(
            OutboxMail.state != State.WAITING, OutboxMail.due_at < moment - KEPT
        )
    )
    return int(too_late.rowcount + past.rowcount)  # type: ignore[attr-defined]


def counts(session: Session) -> OutboxCounts:
    """How many mails wait, failed and went out, and since when the oldest waits."""
    by_state = {
        state: (number, oldest)
        for state, number, oldest in session.execute(
            select(OutboxMail.state, func.count(), func.min(OutboxMail.created_at)).group_by(
                OutboxMail.state
            )
        )
    }
    error = session.scalar(
        select(OutboxMail.last_error)
        .where(OutboxMail.last_error != "", OutboxMail.state != State.SENT)
        .order_by(OutboxMail.id.desc())
        .limit(1)
    )
    return OutboxCounts(
        waiting=by_state.get(State.WAITING, (0, None))[0],
        failed=by_state.get(State.FAILED, (0, None))[0],
        sent=by_state.get(State.SENT, (0, None))[0],
        oldest_waiting=by_state.get(State.WAITING, (0, None))[1],
        last_sent=session.scalar(select(func.max(OutboxMail.sent_at))),
        last_error=error or "",
    )


def newest(session: Session, *, state: State | None = None, limit: int = 50) -> list[OutboxMail]:
    """The newest mails, all or those of one state."""
    query = select(OutboxMail).order_by(OutboxMail.id.desc()).limit(limit)
    if state is not None:
        query = query.where(OutboxMail.state == state)
    return list(session.scalars(query))


def by_id(session: Session, id: UUID) -> OutboxMail:  # noqa: A002 - the column's name
    """The mail with this id."""
    mail = session.get(OutboxMail, id)
    if mail is None:
        raise NotFound("There is no such mail.")
    return mail


def try_again(session: Session, actor: Actor) -> int:
    """Let every mail that was given up and still has its text begin anew; how many."""
    require(actor.is_steward, "Only the node's steward has mails sent again.")
    found = session.execute(
        update(OutboxMail)
        .where(OutboxMail.state == State.FAILED, OutboxMail.text != "")
        .values(state=State.WAITING, due_at=now(), created_at=now(), attempts=0)
    )
    return int(found.rowcount)  # type: ignore[attr-defined]


def _due() -> Select[OutboxMail]:
    return (
        select(OutboxMail)
        .where(OutboxMail.state == State.WAITING, OutboxMail.due_at <= now())
        .order_by(OutboxMail.due_at, OutboxMail.id)
    )


def _settle(session: Session, mail: OutboxMail, **values: object) -> None:
    # Whoever lost the lease meanwhile has no say any more.
    session.execute(
        update(OutboxMail)
        .where(
            OutboxMail.id == mail.id,
            OutboxMail.attempts == mail.attempts,
            OutboxMail.state == State.WAITING,
        )
        .values(**values)
    )


def _is_one_word(text: str) -> bool:
    return all(c.isprintable() and c not in "<> " for c in text)
