"""Feedback on a card without an account: the form, and what the card shows of it.

Objections are no feedback; the form leads them to the office that the card names.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Request, Response
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect

from catalog.database import Session
from catalog.errors import Conflict, Invalid
from catalog.register import entries, feedback, fields
from catalog.register.entries import RegisterEntry
from catalog.register.feedback import Given, Opinion
from marketplace import form_guard, forms
from marketplace.accounts import traces
from marketplace.accounts.attempts import TooSoon
from marketplace.form_guard import FormGuard
from marketplace.forms import NO_ERRORS, Errors, Rejected
from marketplace.pages.account_access import PRIVATE, too_soon
from marketplace.pages.editor.access import errors_of
from marketplace.pages.frame import PageFrame, PageNotice
from marketplace.pages.management.area import status_of
from marketplace.pages.reader import Reader, frame
from marketplace.pages.register import views
from marketplace.pages.register.views import FieldView, Value
from marketplace.pages.rendering import render
from marketplace.pages.wording import Said, named, said
from marketplace.routing import get, paths, post


@dataclass(frozen=True)
class AnsweredRow:
    """A question that the body answered in public."""

    question: Said
    times: str
    asked: str
    answer: Said
    answered: str


@dataclass(frozen=True)
class FeedbackSection:
    """What the card shows of its feedback."""

    links: Sequence[tuple[str, str]]
    counted: str
    waiting: str
    answer_time: str
    rows: Sequence[AnsweredRow]
    body: str


@dataclass(frozen=True)
class FeedbackPage:
    """The form, or thanks after it was sent."""

    page: PageFrame
    title: str
    kicker: str
    is_sent: bool
    opinions: Sequence[tuple[str, str]]
    office: Sequence[FieldView]
    redress_links: Sequence[Value]
    asks_objection: bool
    action: str
    back_href: str
    values: Mapping[str, str]
    shown_at: str
    errors: Errors


@get(paths("register_feedback"))
def ask(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    slug: FromPath[str],
    *,
    opinion: FromQuery[str] = "",
    done: FromQuery[str] = "",
) -> Response[Any]:
    """The form; ``opinion`` chooses what the reader wants to say."""
    entry = entries.by_slug(session, slug)
    values = {"opinion": opinion if opinion in set(Opinion) else ""}
    return _page(session, _guard(request), reader, entry, values=values, is_sent=done == "sent")


@post(paths("register_feedback"))
def send(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    slug: FromPath[str],
    data: URLEncodedBody[dict[str, str]],
) -> Redirect:
    """Take what a reader says; nothing of the reader is kept."""
    entry = entries.by_slug(session, slug)
    guard = _guard(request)
    here = reader.address("register_feedback", {"done": "sent"}, slug=entry.slug)
    sent = Redirect(here, status_code=303)
    if guard.is_trapped(data):
        return sent
    given = Given(
        opinion=data.get("opinion", "")[:20],
        text=forms.text(data, "text"),
        language=reader.language,
        is_no_objection=bool(data.get("is_no_objection")),
    )
    try:
        guard.require_read(data)
        form_guard.count_message(session, traces.source_of(request))
        feedback.give(session, entry, given, today=reader.today)
    except (Invalid, Conflict, TooSoon) as refusal:
        is_wait = isinstance(refusal, TooSoon)
        errors = (
            too_soon(reader, refusal)
            if isinstance(refusal, TooSoon)
            else errors_of(reader, refusal)
        )
        values = {"opinion": given.opinion, "text": given.text}
        page = _page(
            session, guard, reader, entry, values=values, errors=errors,
            status=429 if is_wait else status_of(errors),
        )  # fmt: skip
        raise Rejected(page) from refusal
    return sent


HANDLERS = [ask, send]


def section_of(session: Session, entry: RegisterEntry, reader: Reader) -> FeedbackSection:
    """What the card shows of its feedback."""
    _, ngettext = reader._, reader.texts.ngettext
    found = feedback.summary(session, entry, today=reader.today)
    counted = (
        _("Clear: %(understandable)s · unclear: %(unclear)s · incomplete: %(missing)s")
        % found.counts
    )
    days = found.answer_days
    time = ngettext(
        "%(name)s answers most messages within %(num)s working day.",
        "%(name)s answers most messages within %(num)s working days.",
        days or 0,
    )
    waits = ngettext(
        "%(num)s message waits for an answer.",
        "%(num)s messages wait for an answer.",
        found.waiting,
    )
    here = reader.address("register_feedback", slug=entry.slug)
    return FeedbackSection(
        links=[(text, f"{here}?opinion={code}") for code, text in opinion_names(reader).items()],
        counted=counted if any(found.counts.values()) else "",
        waiting=waits % {"num": found.waiting} if found.waiting else "",
        answer_time=time % {"name": entry.organization.name, "num": days} if days else "",
        rows=[_row(each, reader) for each in found.answered],
        body=entry.organization.name,
    )


def opinion_names(reader: Reader) -> Mapping[str, str]:
    """What a reader can say, in words."""
    _ = reader._
    return {
        Opinion.UNDERSTANDABLE: _("I understand this page"),
        Opinion.UNCLEAR: _("Something is unclear"),
        Opinion.MISSING: _("Something is missing"),
        Opinion.QUESTION: _("I have a question"),
    }


def _row(message: feedback.Feedback, reader: Reader) -> AnsweredRow:
    texts = reader.texts
    times = texts.ngettext("%(num)s person asked", "%(num)s people asked", message.times)
    nothing = Said("")
    return AnsweredRow(
        question=said({message.language: message.text}, reader) or nothing,
        times=times % {"num": message.times} if message.times > 1 else "",
        asked=reader.day(message.asked_on),
        answer=said({message.answer_language: message.answer}, reader) or nothing,
        answered=reader.day(message.handled_on),
    )


def _guard(request: Request[Any, Any, Any]) -> FormGuard:
    guard: FormGuard = request.app.state.form_guard
    return guard


def _page(
    session: Session,
    guard: FormGuard,
    reader: Reader,
    entry: RegisterEntry,
    *,
    values: Mapping[str, str],
    errors: Errors = NO_ERRORS,
    status: int = 200,
    is_sent: bool = False,
) -> Response[Any]:
    _ = reader._
    record = entry.public_record
    name = named(record.name, reader).text
    back_href = reader.address("register_entry", slug=entry.slug)
    title = _("Feedback on this card")
    wrong = bool(errors.by_field or errors.general)
    days = feedback.answer_days(session, entry.organization_id, today=reader.today)
    thanks = _("Thank you. Answers stand on the page of the entry.")
    if days:
        usual = reader.texts.ngettext(
            "The body usually answers within %(num)s working day.",
            "The body usually answers within %(num)s working days.",
            days,
        )
        thanks = f"{thanks} {usual % {'num': days}}"
    context = FeedbackPage(
        page=frame(
            reader,
            f"{_('Error:')} {title}" if wrong else title,
            section="register_entries",
            crumbs=[
                (_("AI transparency register"), reader.address("register_entries")),
                (name, back_href),
            ],
            notices=(
                PageNotice(thanks, "ok", f"{back_href}#feedback", _("Back to the page"), "status"),
            )
            if is_sent
            else (),
            is_indexed=False,
        ),
        title=title,
        kicker=f"{name} · {entry.organization.name}",
        is_sent=is_sent,
        opinions=list(opinion_names(reader).items()),
        office=[
            views.field_view(record, fields.by_id()[each], reader)
            for each in ("contact", "redress")
        ],
        redress_links=views.redress_links(record, reader),
        asks_objection="is_no_objection" in errors.by_field,
        action=reader.address("register_feedback", slug=entry.slug),
        back_href=back_href,
        values=values,
        shown_at=guard.stamp(),
        errors=errors,
    )
    return render("register/feedback.html", context, status_code=status, headers=PRIVATE)
