"""What readers say of a card: given by anybody, answered in public by the body."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, RawBody
from msgspec import UNSET, Meta, Struct, UnsetType

from catalog.database import Session
from catalog.error_reports import ErrorKind
from catalog.errors import NotFound
from catalog.permissions import Actor
from catalog.register import feedback
from catalog.register.feedback import Feedback, FeedbackState, Given, Opinion, Wanted
from marketplace import form_guard
from marketplace.accounts import traces
from marketplace.accounts.attempts import TooSoon
from marketplace.api.answers import ApiRequest, personal, public
from marketplace.api.operations import asked, checks, id_in, reads, sent, signed_in, writes
from marketplace.api.references import OrganizationRef
from marketplace.api.refusals import Refused
from marketplace.api.register import TAG
from marketplace.api.register_entries import HERE, public_entry

MESSAGES = "/register/feedback"

BY_PROGRAM = 1
"""Doubts about what comes without a form; it stands behind what people send."""


class AnsweredQuestion(Struct, frozen=True):
    """A question that the body answered in public."""

    id: UUID
    opinion: str
    question: Annotated[str, Meta(description="In the wording that the body published.")]
    language: str
    times: Annotated[int, Meta(description="How many said the same.")]
    asked_on: date
    answer: str
    answer_language: str
    answered_on: date | None


class FeedbackAnswer(Struct, frozen=True):
    """All public feedback about a card."""

    counts: Annotated[dict[str, int], Meta(description="How often the card was called what.")]
    waiting: Annotated[int, Meta(description="Messages that wait for an answer.")]
    answer_days: Annotated[
        int | None,
        Meta(description="Working days for half of the body's answers; null if too few."),
    ]
    answered: list[AnsweredQuestion]


class FeedbackBody(Struct, frozen=True, forbid_unknown_fields=True):
    """What a reader says of a card. Please name no people."""

    opinion: Opinion
    text: Annotated[str, Meta(max_length=feedback.LONGEST)] = ""
    language: Annotated[str, Meta(max_length=12, description="Of the text.")] = "de"
    is_no_objection: Annotated[
        bool, Meta(description="Objections go to the office on the card; this is none.")
    ] = False


class FeedbackReceipt(Struct, frozen=True):
    """That the message came in; nothing else is kept of who sent it."""

    opinion: str
    is_queued: Annotated[bool, Meta(description="Whether there is a text to be answered.")]


class MessageAnswer(Struct, frozen=True, kw_only=True):
    """A message as the members of the body see it."""

    id: UUID
    entry: UUID
    organization: OrganizationRef
    opinion: str
    text: str
    language: str
    times: int
    doubts: Annotated[int, Meta(description="What speaks against a real reader; 0 for most.")]
    state: str
    asked_on: date
    answer: str
    answer_language: str
    handled_on: date | None
    handled_by: str
    reported_on: date | None

    @classmethod
    def from_message(cls, request: ApiRequest, message: Feedback) -> "MessageAnswer":
        """The answer of one message."""
        body = OrganizationRef.from_organization(request, message.entry.organization)
        same = {
            name: getattr(message, name)
            for name in cls.__struct_fields__
            if name not in ("entry", "organization")
        }
        return cls(entry=message.entry_id, organization=body, **same)


class MessagePage(Struct, frozen=True):
    """Some messages: without doubts first, then what waits longest."""

    items: list[MessageAnswer]
    total: int


class MessageFilter(Struct, frozen=True, forbid_unknown_fields=True):
    """Which messages."""

    state: Annotated[FeedbackState, Meta(description="What became of them.")] = FeedbackState.OPEN
    entry: Annotated[UUID | UnsetType, Meta(description="Id of an entry.")] = UNSET
    offset: Annotated[int, Meta(ge=0, le=10_000, description="How many to pass over.")] = 0
    limit: Annotated[int, Meta(ge=1, le=100, description="How many at most.")] = 50


class MessageReplyBody(Struct, frozen=True, forbid_unknown_fields=True):
    """A public answer."""

    question: Annotated[
        str, Meta(min_length=1, max_length=feedback.LONGEST, description="As readers see it.")
    ]
    answer: Annotated[str, Meta(min_length=1, max_length=feedback.LONGEST_ANSWER)]
    language: Annotated[str, Meta(max_length=12, description="Of the answer.")] = "de"


class MessageReportBody(Struct, frozen=True, forbid_unknown_fields=True):
    """Why the moderators should see a message."""

    kind: ErrorKind


@reads(f"{HERE}/{{entry}}/feedback", FeedbackAnswer, tag=TAG, refusals=(404, 410))
def entry_feedback(
    request: ApiRequest, session: NamedDependency[Session], entry: FromPath[str]
) -> Response[bytes]:
    """Read what readers said of a card, and what the body answered."""
    found = feedback.summary(
        session, public_entry(session, entry), today=request.app.state.today(), limit=100
    )
    answered = [
        AnsweredQuestion(
            each.id,
            each.opinion,
            each.text,
            each.language,
            each.times,
            each.asked_on,
            each.answer,
            each.answer_language,
            each.handled_on,
        )
        for each in found.answered
    ]
    counts = {str(name): number for name, number in found.counts.items()}
    return public(request, FeedbackAnswer(counts, found.waiting, found.answer_days, answered))


@checks(
    f"{HERE}/{{entry}}/feedback",
    FeedbackReceipt,
    tag=TAG,
    takes=FeedbackBody,
    refusals=(403, 404, 409, 410),
)
def give_feedback(
    request: ApiRequest,
    session: NamedDependency[Session],
    entry: FromPath[str],
    body: RawBody,
) -> Response[bytes]:
    """Say whether a card is clear, or ask. No account is needed and nothing kept of the sender."""
    given = sent(request, body, FeedbackBody)
    found = public_entry(session, entry)
    try:
        form_guard.count_message(session, traces.source_of(request))
    except TooSoon as wait:
        again = {"Retry-After": str(wait.seconds)}
        raise Refused(429, "Many messages came from here.", headers=again) from wait
    told = Given(
        given.opinion, given.text, given.language, given.is_no_objection, doubts=BY_PROGRAM
    )
    kept = feedback.give(session, found, told, today=request.app.state.today())
    return personal(FeedbackReceipt(given.opinion, kept is not None))


@reads(MESSAGES, MessagePage, tag=TAG, asks=MessageFilter, refusals=(403,), is_personal=True)
def messages(
    request: ApiRequest, session: NamedDependency[Session], actor: NamedDependency[Actor]
) -> Response[bytes]:
    """List what readers told your organizations."""
    signed_in(actor)
    question = asked(request, MessageFilter)
    bodies = list(actor.roles)
    wanted = Wanted(question.state, question.entry or None)
    found = feedback.queue(
        session, actor, bodies, wanted, limit=question.limit, offset=question.offset
    )
    items = [MessageAnswer.from_message(request, each) for each in found]
    return personal(MessagePage(items, feedback.count(session, actor, bodies, wanted)))


@reads(f"{MESSAGES}/{{message}}", MessageAnswer, tag=TAG, refusals=(403, 404), is_personal=True)
def message(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    message: FromPath[str],
) -> Response[bytes]:
    """Read a message about a card of your organization."""
    signed_in(actor)
    return personal(MessageAnswer.from_message(request, _opened(session, actor, message)))


@writes(
    "POST",
    f"{MESSAGES}/{{message}}/answer",
    MessageAnswer,
    tag=TAG,
    takes=MessageReplyBody,
    is_conditional=False,
    refusals=(404, 409),
)
def answer_message(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    message: FromPath[str],
    body: RawBody,
) -> Response[bytes]:
    """Answer a message in public."""
    signed_in(actor)
    given = sent(request, body, MessageReplyBody)
    found = _opened(session, actor, message)
    feedback.answer(
        session,
        actor,
        found,
        question=given.question,
        text=given.answer,
        language=given.language,
        today=request.app.state.today(),
    )
    return personal(MessageAnswer.from_message(request, found))


@writes(
    "POST",
    f"{MESSAGES}/{{message}}/close",
    MessageAnswer,
    tag=TAG,
    is_conditional=False,
    refusals=(404, 409),
)
def close_message(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    message: FromPath[str],
) -> Response[bytes]:
    """Deal with a message without an answer."""
    signed_in(actor)
    found = _opened(session, actor, message)
    feedback.close(session, actor, found, today=request.app.state.today())
    return personal(MessageAnswer.from_message(request, found))


@writes(
    "POST",
    f"{MESSAGES}/{{message}}/spam",
    MessageAnswer,
    tag=TAG,
    is_conditional=False,
    refusals=(404, 409),
)
def mark_message_as_spam(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    message: FromPath[str],
) -> Response[bytes]:
    """Mark a message as spam; what says the same goes there too."""
    signed_in(actor)
    found = _opened(session, actor, message)
    feedback.mark_spam(session, actor, found, today=request.app.state.today())
    return personal(MessageAnswer.from_message(request, found))


@writes(
    "POST",
    f"{MESSAGES}/{{message}}/reopen",
    MessageAnswer,
    tag=TAG,
    is_conditional=False,
    refusals=(404, 409),
)
def reopen_message(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    message: FromPath[str],
) -> Response[bytes]:
    """Take back that a message was closed or called spam."""
    signed_in(actor)
    found = _opened(session, actor, message)
    feedback.reopen(session, actor, found)
    return personal(MessageAnswer.from_message(request, found))


@writes(
    "POST",
    f"{MESSAGES}/{{message}}/report",
    MessageAnswer,
    tag=TAG,
    takes=MessageReportBody,
    is_conditional=False,
    refusals=(404, 409),
)
def report_message(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    message: FromPath[str],
    body: RawBody,
) -> Response[bytes]:
    """Show a message to the node's moderators, such as a threat."""
    signed_in(actor)
    given = sent(request, body, MessageReportBody)
    found = _opened(session, actor, message)
    feedback.report(session, actor, found, kind=given.kind, today=request.app.state.today())
    return personal(MessageAnswer.from_message(request, found))


def _opened(session: Session, actor: Actor, key: str) -> Feedback:
    known = id_in(key)
    if known is None:
        raise NotFound("There is no such message.")
    return feedback.opened(session, actor, known)


HANDLERS: list[Any] = [
    entry_feedback,
    give_feedback,
    messages,
    message,
    answer_message,
    close_message,
    mark_message_as_spam,
    reopen_message,
    report_message,
]
