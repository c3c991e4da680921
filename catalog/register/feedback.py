"""What readers say of a card, without an account: clear, unclear, incomplete, or a question.

The body answers in public, in a wording of the question that names nobody. Nothing is kept of who
asks: no name, no address, the day instead of the moment, and the text only until it is dealt with.
Equal texts are one row that counts them; the queue of a card is bounded, and doubtful texts make
room first. Objections are no feedback: they belong to the office that the card names.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from math import ceil
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Select, String, case, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from catalog import changes, records, taxonomy
from catalog.database import Base, new_id, now
from catalog.error_reports import ErrorKind
from catalog.errors import Conflict, Invalid, NotFound, Problem
from catalog.moderation import answer_times, cases
from catalog.moderation.cases import Case, CaseKind, Desk, NewCase, Risk
from catalog.organizations import Organization
from catalog.permissions import Actor, require
from catalog.register import entries, likeness
from catalog.register.entries import RegisterEntry

KIND = "entry-feedback"

LONGEST = 1_000
LONGEST_ANSWER = 4_000

MOST_OPEN = 200
"""Open texts about one card."""

RUSH = 60
"""Messages about one card within an hour, after which further ones are doubtful."""

KEPT_CLOSED = timedelta(days=30)
"""How long the text of what was closed or is spam stays, so that a mistake can be mended."""

KEPT_OPEN = timedelta(days=365)
"""How long a text waits for an answer before it is forgotten."""

FLOOD = 500
"""Messages within an hour, after which doubtful ones are refused at once."""

MOST_COMPARED = 250

OBJECTION = re.compile(
    r"\b(widerspr(uch|üche|echen|eche)\w*|einspruch\w*|(ver)?klagen?"
    r"|(gegen|mein\w*)\s+(\w+\s+){0,2}\w*bescheid\w*|objections?|appeal)\b",
    re.IGNORECASE,
)
"""Words of somebody who wants a decision changed."""


class Opinion(StrEnum):
    """What a reader says of a card."""

    UNDERSTANDABLE = "understandable"
    UNCLEAR = "unclear"
    MISSING = "missing"
    QUESTION = "question"


class FeedbackState(StrEnum):
    """What became of a text."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"
    SPAM = "spam"


class Feedback(Base):
    """A text about a card, with all others that say the same."""

    __tablename__ = "register_feedback"
    __table_args__ = (
        Index("ix_register_feedback_entry_id_state_likeness", "entry_id", "state", "likeness"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("register_entries.id", ondelete="CASCADE"))
    entry: Mapped[RegisterEntry] = relationship(lazy="raise")
    opinion: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(String(LONGEST))
    """What was written; after an answer the wording that the body published."""
    language: Mapped[str] = mapped_column(String(12), default="de")
    likeness: Mapped[str] = mapped_column(String(64), default="")
    times: Mapped[int] = mapped_column(default=1)
    """How many said it."""
    doubts: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(20), default=FeedbackState.OPEN)
    asked_on: Mapped[date]
    answer: Mapped[str] = mapped_column(String(LONGEST_ANSWER), default="")
    answer_language: Mapped[str] = mapped_column(String(12), default="")
    handled_on: Mapped[date | None]
    handled_by: Mapped[str] = mapped_column(String(200), default="")
    """Shown to members of the body only."""
    reported_on: Mapped[date | None]
    """When the body passed it to the moderators."""


class FeedbackTally(Base):
    """How often a card was called what, and how many messages came within this hour."""

    __tablename__ = "register_feedback_tallies"

    entry_id: Mapped[UUID] = mapped_column(
        ForeignKey("register_entries.id", ondelete="CASCADE"), primary_key=True
    )
    understandable: Mapped[int] = mapped_column(default=0)
    unclear: Mapped[int] = mapped_column(default=0)
    missing: Mapped[int] = mapped_column(default=0)
    hour: Mapped[int] = mapped_column(default=0)
    """Hours since 1970."""
    in_hour: Mapped[int] = mapped_column(default=0)


@dataclass(frozen=True)
class Given:
    """What a reader sends."""

    opinion: str
    text: str = ""
    language: str = "de"
    is_no_objection: bool = False
    """The reader has seen where objections go, and this is none."""
    doubts: int = 0
    """What speaks against the way it came."""


@dataclass(frozen=True)
class Wanted:
    """Which texts a queue shows."""

    state: str = FeedbackState.OPEN
    entry_id: UUID | None = None


@dataclass(frozen=True)
class Summary:
    """What readers see of all feedback about a card."""

    counts: Mapping[str, int]
    waiting: int
    """Texts without doubt that wait for an answer."""
    answered: Sequence[Feedback]
    answer_days: int | None
    """Working days within which the body answers half of what it answers; None if too few."""


class Room(NamedTuple):
    """The text that gives way to a less doubtful one."""

    id: UUID
    doubts: int


def give(session: Session, entry: RegisterEntry, given: Given, *, today: date) -> Feedback | None:
    """Take what a reader says of a public card; anybody may. None where there is no text.

    Raises ``Invalid`` for what lacks or reads like an objection, ``Conflict`` while the card's
    queue is full.
    """
    _check(given)
    in_hour = _counted(session, entry.id)
    is_rush = in_hour > RUSH
    if given.opinion != Opinion.QUESTION and not is_rush:
        column = getattr(FeedbackTally, given.opinion)
        tally = update(FeedbackTally).where(FeedbackTally.entry_id == entry.id)
        session.execute(tally.values({column: column + 1}))
    text = likeness.without_addresses(given.text.strip())
    if not text:
        return None
    doubts = given.doubts + likeness.doubts_about(text)
    if doubts and in_hour > FLOOD:
        raise _full()
    doubts += is_rush
    same = _same_words(session, entry.id, text)
    if same is None:
        room = _room(session, entry.id)
        if room is not None and room.doubts <= doubts:
            raise _full()
        same = _nearly_same(session, entry.id, text)
        if same is None and room is not None:
            session.execute(delete(Feedback).where(Feedback.id == room.id))
    if same is not None:
        same.times += 1
        return same
    kept = Feedback(
        entry=entry,
        opinion=given.opinion,
        text=text[:LONGEST],
        language=given.language,
        likeness=likeness.key_of(text),
        doubts=doubts,
        asked_on=today,
    )
    session.add(kept)
    session.flush()
    if not doubts:
        _note(session, Actor.anonymous(), "asked", kept, entry)
    return kept


def reads_like_objection(text: str) -> bool:
    """Whether somebody seems to want a decision changed rather than a card explained."""
    return OBJECTION.search(text) is not None


def opened(session: Session, actor: Actor, id: UUID) -> Feedback:  # noqa: A002 - the column's name
    """A text for members of the card's body, held until the transaction ends."""
    found = session.scalar(
        _with_entry()
        .where(Feedback.id == id)
        .with_for_update(of=Feedback)
        .execution_options(populate_existing=True)
    )
    if found is None or not actor.may_draft_for(found.entry.organization_id):
        raise NotFound("There is no such message.")
    return found


def queue(
    session: Session,
    actor: Actor,
    organization_ids: Sequence[UUID],
    wanted: Wanted,
    *,
    limit: int = 25,
    offset: int = 0,
) -> Sequence[Feedback]:
    """What the actor's bodies were told: without doubts first, then what waits longest."""
    query = _wanted(actor, organization_ids, wanted, _with_entry().join(RegisterEntry))
    if wanted.state == FeedbackState.OPEN:
        query = query.order_by(Feedback.doubts, Feedback.asked_on, Feedback.id)
    else:
        query = query.order_by(Feedback.handled_on.desc(), Feedback.id.desc())
    return session.scalars(query.limit(limit).offset(offset)).all()


def count(session: Session, actor: Actor, organization_ids: Sequence[UUID], wanted: Wanted) -> int:
    """How many texts ``queue`` has."""
    query = select(func.count(Feedback.id)).join(RegisterEntry)
    return session.scalar(_wanted(actor, organization_ids, wanted, query)) or 0


def answer(
    session: Session,
    actor: Actor,
    message: Feedback,
    *,
    question: str,
    text: str,
    language: str,
    today: date,
) -> Feedback:
    """Answer in public; ``question`` is the wording that is shown, and what was sent goes."""
    _require_open(actor, message)
    problems = []
    if not question.strip() or len(question) > LONGEST:
        problems.append(Problem("question", "Give the question in at most 1,000 characters."))
    if not text.strip() or len(text) > LONGEST_ANSWER:
        problems.append(Problem("answer", "Give an answer of at most 4,000 characters."))
    if language not in taxonomy.codes("language"):
        problems.append(Problem("language", "Choose a language of the list."))
    if problems:
        raise Invalid("The answer is not complete.", problems=problems)
    message.text = likeness.without_addresses(question.strip())
    message.answer, message.answer_language = text.strip(), language
    _handle(message, actor, FeedbackState.ANSWERED, today)
    _note(session, actor, "answered", message, message.entry)
    entry = message.entry
    changes.record(
        session,
        actor,
        "answered",
        entries.KIND,
        entry.id,
        version=entry.version,
        on_behalf_of=entry.organization_id,
    )
    return message


def close(session: Session, actor: Actor, message: Feedback, *, today: date) -> Feedback:
    """Deal with a text without an answer, such as when the card says it now."""
    _require_open(actor, message)
    _handle(message, actor, FeedbackState.CLOSED, today)
    _note(session, actor, "closed", message, message.entry)
    return message


def mark_spam(session: Session, actor: Actor, message: Feedback, *, today: date) -> Feedback:
    """Put a text aside; what says the same goes there too from now on."""
    _require_open(actor, message)
    _handle(message, actor, FeedbackState.SPAM, today)
    _note(session, actor, "marked-spam", message, message.entry)
    return message


def reopen(session: Session, actor: Actor, message: Feedback) -> Feedback:
    """Take back that a text was closed or called spam."""
    _require_answering(actor, message)
    if message.state not in (FeedbackState.CLOSED, FeedbackState.SPAM):
        raise Conflict("Only what was closed or marked as spam can be opened again.")
    message.state, message.handled_on, message.handled_by = FeedbackState.OPEN, None, ""
    message.doubts = 0
    _note(session, actor, "reopened", message, message.entry)
    return message


def report(session: Session, actor: Actor, message: Feedback, *, kind: str, today: date) -> Case:
    """Show a text to the moderators, such as a threat; it stays in the queue until dealt with."""
    _require_answering(actor, message)
    if message.state == FeedbackState.ANSWERED:
        raise Conflict("This message is answered already.")
    if message.reported_on is not None:
        raise Conflict("The moderators know of this message already.")
    if kind not in set(ErrorKind):
        raise Invalid("Choose what is wrong.", field="kind")
    message.reported_on = today
    entry = message.entry
    name = records.best(entry.public_record.name, "de")[0]
    return cases.enter(
        session,
        actor,
        NewCase(
            kind=CaseKind.ERROR_REPORT,
            desk=Desk.MODERATORS,
            thing_kind=entries.KIND,
            thing_id=entry.id,
            title=name,
            risk=Risk.NORMAL,
            organization_id=entry.organization_id,
            reason=kind,
            text=message.text,
        ),
    )


def summary(session: Session, entry: RegisterEntry, *, today: date, limit: int = 20) -> Summary:
    """Counts, answered questions and answer time of a card; three statements."""
    tally = session.get(FeedbackTally, entry.id, populate_existing=True) or FeedbackTally(
        entry_id=entry.id, understandable=0, unclear=0, missing=0
    )
    rows = session.scalars(
        select(Feedback)
        .where(Feedback.entry_id == entry.id, Feedback.state == FeedbackState.ANSWERED)
        .order_by(Feedback.handled_on.desc(), Feedback.id.desc())
        .limit(limit)
    ).all()
    waiting = select(func.count(Feedback.id)).where(
        Feedback.entry_id == entry.id,
        Feedback.state == FeedbackState.OPEN,
        Feedback.doubts == 0,
    )
    return Summary(
        counts={
            Opinion.UNDERSTANDABLE: tally.understandable,
            Opinion.UNCLEAR: tally.unclear,
            Opinion.MISSING: tally.missing,
        },
        waiting=session.scalar(waiting) or 0,
        answered=rows,
        answer_days=answer_days(session, entry.organization_id, today=today),
    )


def answer_days(session: Session, organization_id: UUID, *, today: date) -> int | None:
    """The median of the working days until a body answered in the last twelve months.

    None below ``answer_times.ENOUGH`` answers.
    """
    rows = session.execute(
        select(Feedback.asked_on, Feedback.handled_on)
        .join(RegisterEntry, RegisterEntry.id == Feedback.entry_id)
        .where(
            RegisterEntry.organization_id == organization_id,
            Feedback.state == FeedbackState.ANSWERED,
            Feedback.handled_on >= today - answer_times.MEASURED,
        )
        .order_by(Feedback.handled_on.desc())
        .limit(answer_times.MOST_MEASURED)
    )
    days = [answer_times.working_days(_noon(asked), _noon(done or asked)) for asked, done in rows]
    if len(days) < answer_times.ENOUGH:
        return None
    return max(1, ceil(answer_times.measured(days).median_days))


def forget_old(session: Session, *, today: date) -> int:
    """Forget texts that are dealt with or have waited in vain; how many. Answers stay."""
    closed = Feedback.state.in_([FeedbackState.CLOSED, FeedbackState.SPAM])
    ended = session.execute(
        delete(Feedback).where(closed, Feedback.handled_on < today - KEPT_CLOSED)
    )
    waited = session.execute(
        delete(Feedback).where(
            Feedback.state == FeedbackState.OPEN, Feedback.asked_on < today - KEPT_OPEN
        )
    )
    return int(ended.rowcount + waited.rowcount)  # type: ignore[attr-defined]


def _check(given: Given) -> None:
    problems = []
    if given.opinion not in set(Opinion):
        problems.append(Problem("opinion", "Choose what you want to say."))
    if given.opinion == Opinion.QUESTION and not given.text.strip():
        problems.append(Problem("text", "Write your question, in a sentence or two."))
    if len(given.text) > LONGEST:
        problems.append(Problem("text", "Say it in at most 1,000 characters."))
    if given.language not in taxonomy.codes("language"):
        problems.append(Problem("language", "Choose a language of the list."))
    if not problems and not given.is_no_objection and reads_like_objection(given.text):
        problems.append(
            Problem(
                "is_no_objection",
                "This reads like an objection. Send it to the office named above, or say that it "
                "is none.",
            )
        )
    if problems:
        raise Invalid("Your message is not complete.", problems=problems)


def _full() -> Conflict:
    return Conflict("Many messages wait here. Please write to the office that the card names.")


def _counted(session: Session, entry_id: UUID) -> int:
    """One more message about the card, and how many there are within this hour.

    The card's row is held until the transaction ends, so messages about one card come in turn.
    """
    kind = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    hour = int(now().timestamp() // 3600)
    first = dict.fromkeys(("understandable", "unclear", "missing"), 0)
    row = {"entry_id": entry_id, **first, "hour": hour, "in_hour": 1}
    one_more = case((FeedbackTally.hour == hour, FeedbackTally.in_hour + 1), else_=1)
    query = kind.insert(FeedbackTally).values(row)
    query = query.on_conflict_do_update(
        index_elements=[FeedbackTally.entry_id], set_={"hour": hour, "in_hour": one_more}
    )
    number: int = session.execute(query.returning(FeedbackTally.in_hour)).scalar_one()
    return number


def _same_words(session: Session, entry_id: UUID, text: str) -> Feedback | None:
    return session.scalar(
        select(Feedback)
        .where(
            Feedback.entry_id == entry_id,
            Feedback.likeness == likeness.key_of(text),
            Feedback.state != FeedbackState.CLOSED,
        )
        .limit(1)
    )


def _nearly_same(session: Session, entry_id: UUID, text: str) -> Feedback | None:
    words = likeness.words_of(text)
    recent = select(Feedback.id, Feedback.text).where(
        Feedback.entry_id == entry_id,
        Feedback.state.in_([FeedbackState.OPEN, FeedbackState.SPAM]),
    )
    for key, other in session.execute(recent.order_by(Feedback.id.desc()).limit(MOST_COMPARED)):
        if likeness.are_alike(words, likeness.words_of(other)):
            return session.get(Feedback, key)
    return None


def _room(session: Session, entry_id: UUID) -> Room | None:
    """What gives way in a full queue: the most doubtful text, the newest of those."""
    query = select(Feedback.id, Feedback.doubts, func.count().over()).where(
        Feedback.entry_id == entry_id, Feedback.state == FeedbackState.OPEN
    )
    found = session.execute(
        query.order_by(Feedback.doubts.desc(), Feedback.id.desc()).limit(1)
    ).one_or_none()
    return Room(found[0], found[1]) if found is not None and found[2] >= MOST_OPEN else None


def _wanted(
    actor: Actor, organization_ids: Sequence[UUID], wanted: Wanted, query: Select[Any]
) -> Select[Any]:
    allowed = [key for key in organization_ids if actor.may_draft_for(key)]
    query = query.where(RegisterEntry.organization_id.in_(allowed), Feedback.state == wanted.state)
    return query.where(Feedback.entry_id == wanted.entry_id) if wanted.entry_id else query


def _with_entry() -> Select[Feedback]:
    whole = joinedload(Feedback.entry).joinedload(RegisterEntry.organization)
    return select(Feedback).options(whole.joinedload(Organization.municipality))


def _require_answering(actor: Actor, message: Feedback) -> None:
    body_id = message.entry.organization_id
    require(actor.may_edit_for(body_id), "Only editors of the responsible body answer messages.")


def _require_open(actor: Actor, message: Feedback) -> None:
    _require_answering(actor, message)
    if message.state != FeedbackState.OPEN:
        raise Conflict("Somebody has dealt with this message already.")


def _handle(message: Feedback, actor: Actor, state: FeedbackState, today: date) -> None:
    message.state, message.handled_on, message.handled_by = state, today, actor.name


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)


def _note(
    session: Session, actor: Actor, verb: str, message: Feedback, entry: RegisterEntry
) -> None:
    changes.record(
        session, actor, verb, KIND, message.id, on_behalf_of=entry.organization_id, public=False
    )
