"""What readers told a body about its cards: the queue, and one message with its answer."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect

from catalog.database import Session
from catalog.errors import Conflict, Invalid, NotFound
from catalog.register import feedback
from catalog.register.feedback import Feedback, FeedbackState
from marketplace import forms
from marketplace.forms import NO_ERRORS, Errors, Rejected
from marketplace.pages import error_reports
from marketplace.pages.editor.access import bodies_of, errors_of, sign_in_first
from marketplace.pages.frame import NavLink, PageFrame, PageNotice
from marketplace.pages.management.area import status_of
from marketplace.pages.reader import Reader, frame
from marketplace.pages.register import feedback_page
from marketplace.pages.register_editor import access
from marketplace.pages.rendering import render
from marketplace.pages.wording import named
from marketplace.routing import get, paths, post

PAGE_SIZE = 25

CHOSEN = "message-"
"""Begins the names of the boxes in the queue; the id of the message follows."""


@dataclass(frozen=True)
class MessageRow:
    """One message of the queue."""

    id: str
    href: str
    text: str
    lang: str
    opinion: str
    entry: str
    asked: str
    times: str
    is_doubtful: bool
    is_reported: bool


@dataclass(frozen=True)
class QueuePage:
    """What waits, or what became of the rest."""

    page: PageFrame
    title: str
    total: int
    views: Sequence[NavLink]
    rows: Sequence[MessageRow]
    is_open: bool
    action: str
    may_answer: bool
    previous_href: str
    next_href: str


@dataclass(frozen=True)
class MessagePage:
    """One message, what became of it, and what can be done."""

    page: PageFrame
    title: str
    kicker: str
    text: str
    lang: str
    asked: str
    times: str
    state: str
    handled: str
    answer: str
    is_open: bool
    may_answer: bool
    may_reopen: bool
    reported: str
    report_kinds: Sequence[tuple[str, str]]
    action: str
    card_href: str
    values: Mapping[str, str]
    errors: Errors


@get(paths("entry_feedback"))
def index(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    *,
    turn: FromQuery[str] = "",
    page: FromQuery[str] = "",
    done: FromQuery[str] = "",
) -> Response[Any]:
    """What readers told our bodies, the likeliest real ones first."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader)
    _ = reader._
    bodies = [body.id for body in bodies_of(session, reader.actor)]
    wanted = feedback.Wanted(turn if turn in set(FeedbackState) else FeedbackState.OPEN)
    number = int(page) if page.isascii() and page.isdecimal() and 0 < int(page) < 1_000 else 1
    total = feedback.count(session, reader.actor, bodies, wanted)
    found = feedback.queue(
        session, reader.actor, bodies, wanted, limit=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE
    )
    here = reader.address("entry_feedback")
    title = _("Feedback from readers")

    def href(place: int) -> str:
        asked = {"turn": wanted.state, "page": str(place)}
        return f"{here}?{urlencode(asked)}"

    context = QueuePage(
        page=frame(
            reader,
            title,
            section="my_entries",
            crumbs=access.crumbs(reader),
            notices=_done(reader, done),
            is_indexed=False,
        ),
        title=title,
        total=total,
        views=[
            NavLink(text, f"{here}?turn={code}", code == wanted.state)
            for code, text in state_names(reader).items()
        ],
        rows=[_row(reader, each) for each in found],
        is_open=wanted.state == FeedbackState.OPEN,
        action=here,
        may_answer=any(reader.actor.may_edit_for(each) for each in bodies),
        previous_href=href(number - 1) if number > 1 else "",
        next_href=href(number + 1) if number * PAGE_SIZE < total else "",
    )
    return render("register_editor/feedback.html", context)


@post(paths("entry_feedback"))
def sort_out(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    data: URLEncodedBody[dict[str, str]],
) -> Redirect:
    """Mark the chosen messages as spam, or close them; one that somebody dealt with is left."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader)
    keys = [name.removeprefix(CHOSEN) for name in data if name.startswith(CHOSEN)]
    move = feedback.mark_spam if data.get("step") == "spam" else feedback.close
    for key in keys[:PAGE_SIZE]:
        message = _opened(session, reader, key)
        if message.state == FeedbackState.OPEN:
            move(session, reader.actor, message, today=reader.today)
    return Redirect(reader.address("entry_feedback", {"done": "sorted"}), status_code=303)


@get(paths("entry_message"))
def show(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    done: FromQuery[str] = "",
) -> Response[Any]:
    """One message and what can be done with it."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader)
    return _page(reader, _opened(session, reader, id), done=done)


@post(paths("entry_message"))
def step(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    data: URLEncodedBody[dict[str, str]],
) -> Redirect:
    """Answer in public, close, mark as spam, open again, or show to the moderators."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader)
    message = _opened(session, reader, id)
    try:
        name = _take(session, reader, message, data)
    except (Invalid, Conflict) as refusal:
        values = {name: forms.text(data, name) for name in ("question", "answer", "kind")}
        page = _page(reader, message, values=values, errors=errors_of(reader, refusal))
        raise Rejected(page) from refusal
    if name in ("answer", "close", "spam"):
        return Redirect(reader.address("entry_feedback", {"done": name}), status_code=303)
    here = reader.address("entry_message", {"done": name}, id=str(message.id))
    return Redirect(here, status_code=303)


HANDLERS = [index, sort_out, show, step]


def state_names(reader: Reader) -> Mapping[str, str]:
    """What became of a message, in words."""
    _ = reader._
    return {
        FeedbackState.OPEN: _("Waiting"),
        FeedbackState.ANSWERED: _("Answered"),
        FeedbackState.CLOSED: _("Closed"),
        FeedbackState.SPAM: _("Spam"),
    }


def _take(session: Session, reader: Reader, message: Feedback, data: Mapping[str, str]) -> str:
    actor, today = reader.actor, reader.today
    steps: dict[str, Callable[[], object]] = {
        "answer": lambda: feedback.answer(
            session,
            actor,
            message,
            question=forms.text(data, "question"),
            text=forms.text(data, "answer"),
            language=reader.language,
            today=today,
        ),
        "close": lambda: feedback.close(session, actor, message, today=today),
        "spam": lambda: feedback.mark_spam(session, actor, message, today=today),
        "reopen": lambda: feedback.reopen(session, actor, message),
        "report": lambda: feedback.report(
            session, actor, message, kind=data.get("kind", "")[:40], today=today
        ),
    }
    name = data.get("step", "")
    if name not in steps:
        raise Invalid("Choose what to do.", field="step")
    steps[name]()
    return name


def _opened(session: Session, reader: Reader, key: str) -> Feedback:
    try:
        return feedback.opened(session, reader.actor, UUID(key))
    except ValueError:
        raise NotFound("There is no such message.") from None


def _row(reader: Reader, message: Feedback) -> MessageRow:
    return MessageRow(
        id=str(message.id),
        href=reader.address("entry_message", id=str(message.id)),
        text=message.text,
        lang=_lang(reader, message),
        opinion=feedback_page.opinion_names(reader).get(message.opinion, message.opinion),
        entry=_entry_name(reader, message),
        asked=reader.day(message.asked_on),
        times=_times(reader, message),
        is_doubtful=message.doubts > 0,
        is_reported=message.reported_on is not None,
    )


def _page(
    reader: Reader,
    message: Feedback,
    *,
    values: Mapping[str, str] | None = None,
    errors: Errors = NO_ERRORS,
    done: str = "",
) -> Response[Any]:
    _ = reader._
    title = feedback_page.opinion_names(reader).get(message.opinion, message.opinion)
    entry = message.entry
    may = reader.actor.may_edit_for(entry.organization_id)
    is_open = message.state == FeedbackState.OPEN
    given = values or {"question": message.text}
    context = MessagePage(
        page=frame(
            reader,
            title,
            section="my_entries",
            crumbs=[
                *access.crumbs(reader),
                (_("Feedback from readers"), reader.address("entry_feedback")),
            ],
            notices=_done(reader, done),
            is_indexed=False,
        ),
        title=title,
        kicker=_entry_name(reader, message),
        text=message.text,
        lang=_lang(reader, message),
        asked=reader.day(message.asked_on),
        times=_times(reader, message),
        state=state_names(reader).get(message.state, message.state),
        handled=reader.day(message.handled_on),
        answer=message.answer,
        is_open=is_open,
        may_answer=may and is_open,
        may_reopen=may and message.state in (FeedbackState.CLOSED, FeedbackState.SPAM),
        reported=reader.day(message.reported_on),
        report_kinds=list(error_reports.kind_names(reader).items())
        if may and is_open and message.reported_on is None
        else (),
        action=reader.address("entry_message", id=str(message.id)),
        card_href=reader.address("register_entry", slug=entry.slug) if entry.is_published else "",
        values=given,
        errors=errors,
    )
    return render("register_editor/message.html", context, status_code=status_of(errors))


def _entry_name(reader: Reader, message: Feedback) -> str:
    name = named(message.entry.public_record.name, reader).text
    return f"{name} · {message.entry.organization.name}"


def _lang(reader: Reader, message: Feedback) -> str:
    return "" if message.language == reader.language else message.language


def _times(reader: Reader, message: Feedback) -> str:
    text = reader.texts.ngettext("sent once", "sent %(num)s times", message.times)
    return text % {"num": message.times} if message.times > 1 else ""


def _done(reader: Reader, done: str) -> tuple[PageNotice, ...]:
    _ = reader._
    texts = {
        "answer": _("Answered. The page of the entry shows it at once."),
        "close": _("Closed. The text is forgotten after 30 days."),
        "spam": _("Marked as spam. What says the same goes there too."),
        "sorted": _("The chosen messages are dealt with."),
        "reopen": _("The message waits again."),
        "report": _("The moderators look at it."),
    }
    return (PageNotice(texts[done], "ok", live="status"),) if done in texts else ()
