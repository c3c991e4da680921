"""The entries of the actor's bodies, the uses without one, and the word that nothing runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Redirect

from catalog import adoptions, organizations, taxonomy
from catalog.database import Session
from catalog.errors import NotFound
from catalog.organizations import Kind
from catalog.register import coverage, entries, feedback
from catalog.register.coverage import Reported
from catalog.register.entries import RegisterEntry
from marketplace.pages.editor.access import bodies_of, sign_in_first
from marketplace.pages.frame import PageFrame, PageNotice
from marketplace.pages.reader import Reader, frame
from marketplace.pages.register import coverage_page
from marketplace.pages.register_editor import access
from marketplace.pages.rendering import render
from marketplace.pages.wording import named
from marketplace.routing import get, paths, post


@dataclass(frozen=True)
class Row:
    """One entry of ours."""

    name: str
    href: str
    body: str
    kind: str
    state: str
    review: str
    is_overdue: bool
    public_href: str


@dataclass(frozen=True)
class OpenUse:
    """A use without an entry."""

    id: str
    name: str
    body: str
    stage: str


@dataclass(frozen=True)
class Word:
    """What one of our bodies has told, and whether it can say that nothing runs."""

    id: str
    name: str
    told: str
    may_declare: bool
    may_take_back: bool


@dataclass(frozen=True)
class MinePage:
    """Entries, uses without one, and the bodies."""

    page: PageFrame
    title: str
    rows: Sequence[Row]
    open_uses: Sequence[OpenUse]
    words: Sequence[Word]
    begin_action: str
    zero_action: str
    search_href: str
    feedback_href: str
    feedback_waiting: int


@get(paths("my_entries"))
def index(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    done: FromQuery[str] = "",
) -> Response[Any]:
    """What our bodies have in the register, and what is still to be entered."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader)
    bodies = bodies_of(session, reader.actor)
    ids = [body.id for body in bodies]
    title = reader._("My register entries")
    context = MinePage(
        page=frame(
            reader, title, section="my_entries", notices=_done(reader, done), is_indexed=False
        ),
        title=title,
        rows=[_row(reader, each) for each in entries.of_bodies(session, reader.actor, ids)],
        open_uses=[
            OpenUse(
                str(each.id),
                named(each.solution.public_record.name, reader).text,
                each.organization.name,
                taxonomy.label("stage", each.stage, reader.language),
            )
            for each in entries.uses_without(session, ids)
        ],
        words=[
            _word(reader, each)
            for each in coverage.of_bodies(
                session,
                [body for body in bodies if body.kind == Kind.MUNICIPALITY],
                today=reader.today,
            )
        ],
        begin_action=reader.address("my_entries"),
        zero_action=reader.address("entries_zero"),
        search_href=reader.address("search"),
        feedback_href=reader.address("entry_feedback"),
        feedback_waiting=feedback.count(session, reader.actor, ids, feedback.Wanted()),
    )
    return render("register_editor/mine.html", context)


@post(paths("my_entries"))
def begin(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    data: URLEncodedBody[dict[str, str]],
) -> Redirect:
    """Begin the entry of a use; one that exists is opened."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader)
    adoption = adoptions.by_id(session, _id(data.get("adoption", "")))
    known = entries.of_adoption(session, adoption.id)
    entry = known or entries.begin(session, reader.actor, adoption)
    return Redirect(reader.address("entry_draft", id=str(entry.id)), status_code=303)


@post(paths("entries_zero"))
def declare(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    data: URLEncodedBody[dict[str, str]],
) -> Redirect:
    """Say for a body that no AI is in use, or take that back."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader, reader.address("my_entries"))
    body = organizations.by_id(session, _id(data.get("organization", "")))
    if data.get("action") == "take_back":
        coverage.take_back_zero(session, reader.actor, body)
    else:
        coverage.declare_zero(session, reader.actor, body, today=reader.today)
    return Redirect(reader.address("my_entries", {"done": "told"}), status_code=303)


HANDLERS = [index, begin, declare]


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("There is no such thing.") from None


def _row(reader: Reader, entry: RegisterEntry) -> Row:
    _ = reader._
    review = ""
    if entry.is_published and entry.review_due:
        review = _("Confirm again by %(day)s") % {"day": reader.day(entry.review_due)}
    return Row(
        name=access.name_of(reader, entry),
        href=reader.address("entry_draft", id=str(entry.id)),
        body=entry.organization.name,
        kind=access.state_kind(entry),
        state=access.state_words(reader, entry),
        review=review,
        is_overdue=entry.is_published and not entry.is_current(reader.today),
        public_href=reader.address("register_entry", slug=entry.slug) if entry.is_published else "",
    )


def _word(reader: Reader, each: coverage.Coverage) -> Word:
    may = reader.actor.may_edit_for(each.organization.id)
    is_silent = each.told is Reported.SILENT and not each.uses_without_entry
    return Word(
        id=str(each.organization.id),
        name=each.organization.name,
        told=coverage_page.told_words(each, reader),
        may_declare=may and is_silent,
        may_take_back=may and each.told is Reported.ZERO,
    )


def _done(reader: Reader, done: str) -> tuple[PageNotice, ...]:
    _ = reader._
    texts = {
        "told": _("Thank you. The register shows it at once."),
        "discarded": _("The draft is discarded."),
    }
    return (PageNotice(texts[done], "ok", live="status"),) if done in texts else ()
