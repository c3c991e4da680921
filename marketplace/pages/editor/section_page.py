"""One section of a draft on one page: show, save, save by itself, and settle crossed edits."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from litestar import Request, Response
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect

from catalog import drafts
from catalog.database import Session
from catalog.drafts import Crossed, Saved
from catalog.errors import NotAllowed, NotFound, Problem
from catalog.records import SolutionRecord
from catalog.solutions import Solution
from marketplace.forms import NO_ERRORS, Errors, Rejected
from marketplace.pages.editor import access, hints, tasks
from marketplace.pages.editor.posted import Posted, first, posted, read, revision
from marketplace.pages.editor.questions import Form, Question, of_section
from marketplace.pages.editor.sections import BY_KEY, SECTIONS, Section, Shape, after, place_of
from marketplace.pages.frame import PageFrame, PageNotice
from marketplace.pages.reader import Reader, frame
from marketplace.pages.rendering import render
from marketplace.routing import get, paths, post
from marketplace.translations import sentence

JSON = "application/json"


@dataclass(frozen=True)
class SectionPage:
    """The form of one section."""

    page: PageFrame
    kicker: str
    title: str
    number: int
    total: int
    action: str
    overview_href: str
    questions: Sequence[Question]
    summary: Sequence[tuple[str, str]]
    revision: int
    reasons: Sequence[tuple[str, str]]
    saved: str
    titles: Sequence[tuple[str, str, bool]]
    preview_href: str
    is_last: bool


@dataclass(frozen=True)
class Crossing:
    """One field that two people changed: three texts, and whose is proposed."""

    path: str
    label: str
    mine: str
    theirs: str
    base: str
    keeps_mine: bool


@dataclass(frozen=True)
class CrossedPage:
    """Yours, theirs, and what both began with; with the choice which to keep."""

    page: PageFrame
    kicker: str
    title: str
    section_title: str
    text: str
    action: str
    section_href: str
    rows: Sequence[Crossing]
    kept: Sequence[tuple[str, str]]
    revision: int
    knows_base: bool


@get(paths("draft_section"))
def show(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    section: FromPath[str],
    done: FromQuery[str] = "",
) -> Response[Any]:
    """The form of a section; a published solution without draft leads to its overview."""
    if reader.actor.is_anonymous:
        return access.sign_in_first(reader)
    solution = access.opened(session, reader, id)
    wanted = _section(section)
    if solution.draft is None:
        return Redirect(reader.address("draft", id=id), status_code=303)
    return _form(reader, solution, wanted, access.working_record(solution), done=done)


@post(paths("draft_section"))
def save(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    *,
    section: FromPath[str],
    data: URLEncodedBody[dict[str, Any]],
) -> Response[Any]:
    """Save what can be saved and go on; a program of the page is answered in JSON."""
    by_itself = request.headers.get("accept", "").startswith(JSON)
    if reader.actor.is_anonymous:
        if by_itself:
            raise NotAllowed("Sign in to prepare solutions.")
        return access.sign_in_first(reader)
    solution = access.opened(session, reader, id)
    wanted, sent = _section(section), posted(data)
    try:
        saved, problems = _store(session, reader, solution, wanted, sent)
    except Crossed as crossed:
        if by_itself:
            raise
        raise Rejected(_crossed(reader, solution, wanted, sent, crossed)) from crossed
    if by_itself:
        return Response(_told(reader, solution, wanted, saved, problems), media_type=JSON)
    record = access.working_record(solution)
    if problems or _wrong(wanted, record):
        # Returned, not raised: everything else of the form is saved and stays saved.
        return _form(
            reader, solution, wanted, record, problems=problems, typed=sent, is_answer=True
        )
    return _onward(reader, solution, wanted, first(sent, "then"))


def _store(
    session: Session, reader: Reader, solution: Solution, section: Section, sent: Posted
) -> tuple[Saved, Sequence[Problem]]:
    found = read(section, sent, access.working_record(solution))
    saved = drafts.save(
        session,
        reader.actor,
        solution,
        found.record,
        fields=section.paths,
        revision=revision(sent),
    )
    return saved, found.problems


def _told(
    reader: Reader,
    solution: Solution,
    section: Section,
    saved: Saved,
    problems: Sequence[Problem],
) -> dict[str, Any]:
    time = access.clock(reader, solution.draft_saved_at) if solution.draft_saved_at else ""
    text = reader._("Draft saved %(time)s") % {"time": time}
    if problems:
        text = f"{text}. {reader._('Not saved:')} {_labelled(reader, problems[0])}"
    told = hints.of_section(section, access.working_record(solution), reader)
    return {
        "revision": saved.revision,
        "text": text,
        "complete": not problems,
        "hints": {field.path: list(told.get(field.path, ())) for field in section.fields},
    }


def _onward(reader: Reader, solution: Solution, section: Section, then: str) -> Redirect:
    key = str(solution.id)
    following = after(section)
    if then == "stay":
        href = reader.address("draft_section", {"done": "saved"}, id=key, section=section.key)
    elif following is not None:
        href = reader.address("draft_section", {"done": "saved"}, id=key, section=following.key)
    else:
        href = reader.address("draft", {"done": "saved"}, id=key)
    return Redirect(href, status_code=303)


def _form(
    reader: Reader,
    solution: Solution,
    section: Section,
    record: SolutionRecord,
    *,
    problems: Sequence[Problem] = (),
    typed: Posted | None = None,
    is_answer: bool = False,
    done: str = "",
) -> Response[str]:
    errors = _errors(reader, section, record, problems)
    key = str(solution.id)
    title = reader._(section.title)
    saved = (PageNotice(reader._("The draft is saved."), "ok", live="status"),)
    page = frame(
        reader,
        title,
        section="search",
        crumbs=access.crumbs(reader, solution),
        notices=saved if done == "saved" else (),
        is_indexed=False,
    )
    context = SectionPage(
        page=replace(page, title=_window_title(reader, title, solution, wrong=is_answer)),
        kicker=access.kicker(reader, solution),
        title=title,
        number=SECTIONS.index(section) + 1,
        total=len(SECTIONS),
        action=reader.address("draft_section", id=key, section=section.key),
        overview_href=reader.address("draft", id=key),
        questions=of_section(section, Form(record, reader, errors, typed or {})),
        summary=_summary(reader, section, errors) if is_answer else (),
        revision=solution.draft_revision,
        reasons=access.reasons(reader),
        saved=access.saved_text(reader, solution),
        titles=[
            (
                reader._(each.title),
                reader.address("draft_section", id=key, section=each.key),
                each is section,
            )
            for each in SECTIONS
        ],
        preview_href=reader.address("draft_preview", id=key),
        is_last=after(section) is None,
    )
    return render("editor/section.html", context, status_code=422 if is_answer else 200)


def _window_title(reader: Reader, title: str, solution: Solution, *, wrong: bool) -> str:
    """What is wrong comes first, for the title of the window is read out first."""
    whole = f"{title} – {access.name_of(reader, solution)}"
    return f"{reader._('Error:')} {whole}" if wrong else whole


def _errors(
    reader: Reader, section: Section, record: SolutionRecord, problems: Sequence[Problem]
) -> Errors:
    """Messages at the fields: what could not be saved, and what cannot be published as it is.

    A required field that nobody filled yet is no error while one works on the draft.
    """
    wrong = _wrong(section, record)
    found = {each.field: sentence(each, reader.language) for each in wrong}
    found.update((each.field, sentence(each, reader.language)) for each in problems)
    return Errors(found) if found else NO_ERRORS


def _wrong(section: Section, record: SolutionRecord) -> Sequence[Problem]:
    """What is saved but cannot be published as it is."""
    return [
        problem
        for problem in drafts.check(record)
        if problem.field not in drafts.REQUIRED
        and (place := place_of(problem.field))
        and place[0] is section
    ]


def _summary(reader: Reader, section: Section, errors: Errors) -> Sequence[tuple[str, str]]:
    found = []
    for name, text in errors.list:
        place = place_of(name)
        field = place[1] if place else section.fields[0]
        target = name if name != field.path else tasks.anchor(field)
        found.append((target, f"{reader._(field.label)}: {text}"))
    return found


def _labelled(reader: Reader, problem: Problem) -> str:
    place = place_of(problem.field)
    label = f"{reader._(place[1].label)}: " if place else ""
    return f"{label}{sentence(problem, reader.language)}"


def _crossed(
    reader: Reader, solution: Solution, section: Section, sent: Posted, crossed: Crossed
) -> Response[str]:
    key = str(solution.id)
    title = reader._("Two people changed this section")
    context = CrossedPage(
        page=frame(
            reader,
            title,
            section="search",
            crumbs=access.crumbs(reader, solution),
            is_indexed=False,
        ),
        kicker=access.kicker(reader, solution),
        title=title,
        section_title=reader._(section.title),
        text=_who_crossed(reader, solution),
        action=reader.address("draft_section", id=key, section=section.key),
        section_href=reader.address("draft_section", id=key, section=section.key),
        rows=_crossings(reader, section, crossed),
        kept=[
            (name, value)
            for name, values in sent.items()
            if name not in ("revision", "then") and not name.startswith("take.")
            for value in values
        ],
        revision=solution.draft_revision,
        knows_base=crossed.base is not None,
    )
    return render("editor/crossed.html", context, status_code=409)


def _who_crossed(reader: Reader, solution: Solution) -> str:
    moment = solution.draft_saved_at
    if moment is None:
        return reader._("The draft that you were editing was published or thrown away.")
    text = reader._("%(who)s saved this section at %(time)s, after you had opened it.")
    return text % {"who": solution.draft_saved_by, "time": access.clock(reader, moment)}


def _crossings(reader: Reader, section: Section, crossed: Crossed) -> Sequence[Crossing]:
    rows = []
    for field in section.fields:
        versions = (crossed.mine, crossed.theirs, crossed.base)
        mine, theirs, base = (
            full_words(field, each, reader) if each is not None else "" for each in versions
        )
        if mine != theirs:
            is_mine = crossed.base is None or mine != base
            rows.append(Crossing(field.path, reader._(field.label), mine, theirs, base, is_mine))
    return rows


def full_words(field: Any, record: SolutionRecord, reader: Reader) -> str:
    """What the record says in a field, in every language, for comparing."""
    if field.shape in (Shape.NAME, Shape.TEXT) and field.withheld_at not in record.withheld:
        texts = drafts.value_at(record, field.path)
        return "\n\n".join(
            f"{code.upper()}: {text}" if len(texts) > 1 or code != "de" else text
            for code, text in texts.items()
        )
    return tasks.words(field, record, reader)


def _section(key: str) -> Section:
    if key not in BY_KEY:
        raise NotFound("There is no such section.")
    return BY_KEY[key]


HANDLERS = [show, save]
