"""The overview of one draft: sections with their state, what blocks, what comes next."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect

from catalog import drafts, submissions
from catalog.database import Session
from catalog.errors import Conflict, Invalid
from catalog.moderation import answer_times, threads
from catalog.moderation.cases import CaseState
from catalog.permissions import Actor
from catalog.solutions import Solution, State
from catalog.submissions import Way
from marketplace.forms import Rejected
from marketplace.pages.editor import access
from marketplace.pages.editor.posted import first, posted, revision
from marketplace.pages.editor.sections import SECTIONS
from marketplace.pages.editor.tasks import COMPLETE, Obstacle, Task, obstacles, tasks
from marketplace.pages.frame import PageFrame, PageNotice
from marketplace.pages.reader import Reader, frame
from marketplace.pages.rendering import render
from marketplace.routing import get, paths, post
from marketplace.translations import sentence


@dataclass(frozen=True)
class Review:
    """How the draft becomes public where not at once, and how far it has come."""

    is_needed: bool
    who: str
    """Who decides, in a sentence."""
    is_submitted: bool
    question: str
    """The last message of those who decide, while it waits for an answer."""
    expected: str
    case_href: str
    submit_action: str
    take_back_action: str


@dataclass(frozen=True)
class DraftPage:
    """The task list of a draft with everything that can be done from it."""

    page: PageFrame
    kicker: str
    title: str
    obstacles: Sequence[Obstacle]
    is_refused: bool
    refusal: str
    tasks: Sequence[Task]
    done: int
    saved: str
    revision: int
    is_draft: bool
    may_publish: bool
    review: Review
    is_first: bool
    publish_action: str
    preview_href: str
    discard_href: str
    public_href: str
    revise_action: str
    withdraw_href: str
    deletion_href: str
    versions_href: str
    releases_href: str
    interfaces_href: str
    file_href: str
    publiccode_href: str
    first_href: str


@get(paths("draft"))
def show(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    done: FromQuery[str] = "",
    number: FromQuery[int] = 0,
) -> Response[Any]:
    """The sections of a draft, or what can be done with a published solution."""
    if reader.actor.is_anonymous:
        return access.sign_in_first(reader)
    solution = access.opened(session, reader, id)
    return page_of(session, reader, solution, done=done, number=number)


@post(paths("draft_publish"))
def publish(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    data: URLEncodedBody[dict[str, Any]],
) -> Redirect:
    """Put the draft before the public; the overview says what is missing if it is not ready."""
    if reader.actor.is_anonymous:
        return access.sign_in_first(reader)
    solution = access.opened(session, reader, id)
    if solution.draft is not None or not solution.is_published:
        try:
            drafts.publish(session, reader.actor, solution, revision=revision(posted(data)))
        except Invalid as refusal:
            raise Rejected(page_of(session, reader, solution, refused=True)) from refusal
        except Conflict as conflict:
            refusal_text = sentence(conflict, reader.language)
            raise Rejected(page_of(session, reader, solution, refusal=refusal_text)) from conflict
    return _to(reader, solution, "published")


@post(paths("draft_submit"))
def submit(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    data: URLEncodedBody[dict[str, Any]],
) -> Redirect:
    """Hand the draft to those who decide, with an answer if they asked."""
    if reader.actor.is_anonymous:
        return access.sign_in_first(reader)
    solution = access.opened(session, reader, id)
    sent = posted(data)
    try:
        submissions.submit(
            session,
            reader.actor,
            solution,
            revision=revision(sent),
            answer=first(sent, "answer"),
        )
    except Invalid as refusal:
        raise Rejected(page_of(session, reader, solution, refused=True)) from refusal
    except Conflict as conflict:
        text = sentence(conflict, reader.language)
        raise Rejected(page_of(session, reader, solution, refusal=text)) from conflict
    return _to(reader, solution, "submitted")


@post(paths("draft_take_back"))
def take_back(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
) -> Redirect:
    """Take the submitted draft back."""
    if reader.actor.is_anonymous:
        return access.sign_in_first(reader)
    solution = access.opened(session, reader, id)
    submissions.take_back(session, reader.actor, solution)
    return _to(reader, solution, "taken_back")


@post(paths("draft_revise"))
def revise(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
) -> Redirect:
    """Begin a draft from what is public."""
    if reader.actor.is_anonymous:
        return access.sign_in_first(reader)
    solution = access.opened(session, reader, id)
    drafts.revise(session, reader.actor, solution)
    return _to(reader, solution, "begun")


def _to(reader: Reader, solution: Solution, done: str) -> Redirect:
    href = reader.address("draft", {"done": done}, id=str(solution.id))
    return Redirect(href, status_code=303)


def page_of(
    session: Session,
    reader: Reader,
    solution: Solution,
    *,
    done: str = "",
    number: int = 0,
    refused: bool = False,
    refusal: str = "",
) -> Response[str]:
    """The overview; ``refused`` after an attempt to publish what is not ready."""
    key = str(solution.id)
    record = access.working_record(solution)
    section_addresses = {
        section.key: reader.address("draft_section", id=key, section=section.key)
        for section in SECTIONS
    }
    rows = tasks(record, reader, section_addresses)
    found = obstacles(drafts.check(record), reader, section_addresses)
    name = access.name_of(reader, solution)
    is_draft = solution.draft is not None
    title = reader._("Prepare %(name)s") % {"name": name} if is_draft else name
    page = frame(
        reader,
        name,
        section="search",
        crumbs=access.crumbs(reader),
        notices=_done_notice(reader, solution, done, number),
        is_indexed=False,
    )
    if refused or refusal:
        page = replace(page, title=f"{reader._('Error:')} {page.title}")
    context = DraftPage(
        page=page,
        kicker=access.kicker(reader, solution),
        title=title,
        obstacles=found,
        is_refused=refused,
        refusal=refusal,
        tasks=rows,
        done=sum(row.kind in COMPLETE for row in rows),
        saved=access.saved_text(reader, solution),
        revision=solution.draft_revision,
        is_draft=is_draft,
        may_publish=_may_publish(reader.actor, solution)
        and submissions.way_of(solution) is Way.AT_ONCE
        and solution.submitted_revision is None,
        review=_review(session, reader, solution),
        is_first=solution.version == 0,
        publish_action=reader.address("draft_publish", id=key),
        preview_href=reader.address("draft_preview", id=key),
        discard_href=reader.address("draft_discard", id=key),
        public_href=reader.address("solution", slug=solution.slug)
        if solution.state == State.PUBLISHED
        else "",
        revise_action=reader.address("draft_revise", id=key),
        withdraw_href=reader.address("withdraw", id=key)
        if solution.state == State.PUBLISHED and _may_publish(reader.actor, solution)
        else "",
        deletion_href=reader.address("deletion", id=key)
        if solution.version and reader.actor.may_edit_in_person_for(solution.publisher_id)
        else "",
        versions_href=reader.address("versions", id=key) if solution.version else "",
        releases_href=reader.address("releases", id=key) if solution.version else "",
        interfaces_href=reader.address("draft_interfaces", id=key),
        file_href=reader.address("draft_file", id=key),
        publiccode_href=reader.address("publiccode_check"),
        first_href=section_addresses[SECTIONS[0].key],
    )
    return render("editor/draft.html", context, status_code=_status(refused, refusal))


def _review(session: Session, reader: Reader, solution: Solution) -> Review:
    _ = reader._
    key = str(solution.id)
    way = submissions.way_of(solution)
    by_moderators = _("The moderators of this node look at it before readers see it.")
    by_colleague = _("A second editor of your organization looks at it before readers see it.")
    case = submissions.latest_case_of(session, solution)
    is_returned = case is not None and case.state == CaseState.RETURNED
    question = ""
    if case is not None and is_returned:
        asked = [each.text for each in threads.of_case(session, case) if each.is_from_desk]
        question = asked[-1] if asked else ""
    is_submitted = solution.submitted_revision is not None
    days = answer_times.expected_days(session, case) if case and is_submitted else None
    expected = _("You usually hear within %(days)s working days.") % {"days": days} if days else ""
    return Review(
        is_needed=way is not Way.AT_ONCE or not _may_publish(reader.actor, solution),
        who=by_moderators if way is Way.MODERATORS else by_colleague,
        is_submitted=is_submitted,
        question=question,
        expected=expected or _("How long it takes is not known yet: too few answers are measured."),
        case_href=reader.address("moderation_case", id=str(case.id)) if case else "",
        submit_action=reader.address("draft_submit", id=key),
        take_back_action=reader.address("draft_take_back", id=key),
    )


def _status(refused: bool, refusal: str) -> int:
    if refusal:
        return 409
    return 422 if refused else 200


def _may_publish(actor: Actor, solution: Solution) -> bool:
    return actor.may_edit_for(solution.publisher_id)


def _done_notice(
    reader: Reader, solution: Solution, done: str, number: int
) -> tuple[PageNotice, ...]:
    _ = reader._
    texts = {
        "begun": _("The draft is begun. Readers see no change until you publish it."),
        "saved": _("The draft is saved."),
        "imported": reader.texts.ngettext(
            "%(num)s statement is taken over into the draft. Check it, then publish it.",
            "%(num)s statements are taken over into the draft. Check them, then publish them.",
            number,
        )
        % {"num": number},
        "published": _("Published. Readers see version %(version)s from now on.")
        % {"version": solution.version},
        "submitted": _("The draft is submitted. You hear as soon as it is decided."),
        "taken_back": _("The draft is yours again. You can go on writing."),
        "withdrawn": _("Withdrawn. The address tells readers the reason."),
        "restored": _("The old version is now your draft. Check it, then publish it."),
        "discarded": _("The draft is thrown away. The published version stays."),
    }
    if done not in texts or (done == "published" and not solution.is_published):
        return ()
    href = reader.address("solution", slug=solution.slug) if done == "published" else ""
    return (PageNotice(texts[done], "ok", href, _("See the page") if href else "", live="status"),)


HANDLERS = [show, publish, submit, take_back, revise]
