"""The solutions of the actor's organizations, and the beginning of a new one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Redirect

from catalog import drafts
from catalog.database import Session, new_id
from catalog.errors import Invalid, NotAllowed, Problem
from catalog.organizations import Organization
from catalog.records import SolutionRecord
from catalog.solutions import Solution, State
from marketplace.forms import NO_ERRORS, Errors, Rejected
from marketplace.pages import cards
from marketplace.pages.cards import Card
from marketplace.pages.editor import access
from marketplace.pages.editor.posted import LONGEST_LINE, first, posted
from marketplace.pages.frame import PageFrame, PageNotice
from marketplace.pages.reader import Reader, frame
from marketplace.pages.rendering import render
from marketplace.routing import get, paths, post
from marketplace.search.query import Query
from marketplace.search.service import SearchService

PAGE_SIZE = 30
SIMILAR = 4


@dataclass(frozen=True)
class Row:
    """One solution of ours: name, state in words, when it was touched, where to go on."""

    name: str
    href: str
    body: str
    kind: str
    state: str
    touched: str
    public_href: str


@dataclass(frozen=True)
class MinePage:
    """What the actor's organizations prepare, publish and withdrew."""

    page: PageFrame
    title: str
    bodies: str
    rows: Sequence[Row]
    new_href: str
    previous_href: str
    next_href: str


@dataclass(frozen=True)
class NewPage:
    """Name and purpose first, then what is similar, then the beginning."""

    page: PageFrame
    title: str
    name: str
    purpose: str
    organization: str
    organizations: Sequence[tuple[str, str]]
    errors: Errors
    has_looked: bool
    similar: Sequence[Card]
    look_action: str
    begin_action: str
    id: str
    back_href: str
    search_href: str


@get(paths("my_solutions"))
def index(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    page: FromQuery[int] = 1,
    done: FromQuery[str] = "",
) -> Response[Any]:
    """Drafts, published and withdrawn solutions, last touched first."""
    if reader.actor.is_anonymous:
        return access.sign_in_first(reader)
    number = min(max(page, 1), 1_000)
    found = drafts.of_organizations(
        session, reader.actor, limit=PAGE_SIZE + 1, offset=(number - 1) * PAGE_SIZE
    )
    title = reader._("My solutions")
    bodies = access.bodies_of(session, reader.actor)
    context = MinePage(
        page=frame(
            reader,
            title,
            section="my_solutions",
            notices=_done_notice(reader, done),
            is_indexed=False,
        ),
        title=title,
        bodies=", ".join(body.name for body in bodies),
        rows=[_row(reader, solution) for solution in found[:PAGE_SIZE]],
        new_href=reader.address("new_solution") if bodies else "",
        previous_href=_page(reader, number - 1) if number > 1 else "",
        next_href=_page(reader, number + 1) if len(found) > PAGE_SIZE else "",
    )
    return render("editor/mine.html", context)


@get(paths("new_solution"))
def look(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    search: NamedDependency[SearchService],
    *,
    name: FromQuery[str] = "",
    purpose: FromQuery[str] = "",
    organization: FromQuery[str] = "",
) -> Response[Any]:
    """Ask for name and purpose, and show what is there already before anything is begun."""
    if reader.actor.is_anonymous:
        return access.sign_in_first(reader)
    typed = {"name": [name], "purpose": [purpose], "organization": [organization]}
    values = {key: first(typed, key) for key in typed}
    errors = NO_ERRORS
    if "name=" in reader.query_string and not values["name"]:
        errors = _errors(reader, [Problem("name", "Give the solution a name.")])
    return _new(session, reader, search, values, errors=errors)


@post(paths("new_solution"))
def begin(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    search: NamedDependency[SearchService],
    data: URLEncodedBody[dict[str, Any]],
) -> Redirect:
    """Begin the draft; the same form sent again leads to the same draft."""
    if reader.actor.is_anonymous:
        return access.sign_in_first(reader)
    sent = posted(data)
    values = {key: first(sent, key) for key in ("name", "purpose", "organization", "id")}
    try:
        body = _chosen(access.bodies_of(session, reader.actor), values["organization"])
        solution = drafts.begin(
            session, reader.actor, body, _first_record(values), id=_id(values["id"])
        )
    except Invalid as refusal:
        errors = access.errors_of(reader, refusal)
        raise Rejected(_new(session, reader, search, values, errors=errors)) from refusal
    href = reader.address("draft", {"done": "begun"}, id=str(solution.id))
    return Redirect(href, status_code=303)


def _first_record(values: dict[str, str]) -> SolutionRecord:
    problems = []
    if not values["name"]:
        problems.append(Problem("name", "Give the solution a name."))
    elif len(values["name"]) > LONGEST_LINE:
        problems.append(Problem("name", "Give a shorter name."))
    if len(values["purpose"]) > LONGEST_LINE:
        problems.append(Problem("purpose", "Say it in one sentence."))
    if problems:
        raise Invalid("The form is not complete.", problems=problems)
    summary = {"de": values["purpose"]} if values["purpose"] else {}
    return SolutionRecord(name={"de": values["name"]}, summary=summary)


def _chosen(bodies: Sequence[Organization], wanted: str) -> Organization:
    if not bodies:
        raise NotAllowed("Your account may not prepare solutions for any organization.")
    for body in bodies:
        if str(body.id) == wanted or (len(bodies) == 1 and not wanted):
            return body
    raise Invalid("Choose the organization you speak for.", field="organization")


def _id(text: str) -> UUID:
    # The form carries the id of what it begins, so that it begins it once.
    try:
        return UUID(text)
    except ValueError:
        return new_id()


def _new(
    session: Session,
    reader: Reader,
    search: SearchService,
    values: dict[str, str],
    *,
    errors: Errors,
) -> Response[str]:
    bodies = access.bodies_of(session, reader.actor)
    if not bodies:
        raise NotAllowed("Your account may not prepare solutions for any organization.")
    has_looked = bool(values["name"])
    similar = _similar(session, search, reader, values) if has_looked else []
    title = reader._("Does it exist already?")
    page = frame(
        reader, title, section="my_solutions", crumbs=access.crumbs(reader), is_indexed=False
    )
    if errors.by_field:
        page = replace(page, title=f"{reader._('Error:')} {title}")
    context = NewPage(
        page=page,
        title=title,
        name=values["name"],
        purpose=values["purpose"],
        organization=values["organization"] or str(bodies[0].id),
        organizations=[(str(body.id), body.name) for body in bodies],
        errors=errors,
        has_looked=has_looked,
        similar=cards.drawn(session, reader, similar),
        look_action=reader.address("new_solution"),
        begin_action=reader.address("new_solution"),
        id=values.get("id") or str(new_id()),
        back_href=reader.address("my_solutions"),
        search_href=reader.address("search", {"q": values["name"]}),
    )
    return render("editor/new.html", context, status_code=422 if errors.by_field else 200)


def _similar(
    session: Session, search: SearchService, reader: Reader, values: dict[str, str]
) -> Sequence[UUID]:
    """What a search for the name and one for the purpose find, best first."""
    found: dict[UUID, None] = {}
    for text in (values["name"], values["purpose"]):
        if text:
            query = Query(text=text, size=SIMILAR, language=reader.language, facets=())
            answer = search.search(session, query).answer
            found.update((UUID(hit.id), None) for hit in answer.hits)
    return list(found)[:SIMILAR]


def _row(reader: Reader, solution: Solution) -> Row:
    moment = solution.draft_saved_at or solution.updated_at
    kind = "ok" if solution.is_published else "working"
    if solution.state == State.WITHDRAWN:
        kind = "later"
    elif solution.draft is not None:
        kind = "working"
    return Row(
        name=access.name_of(reader, solution),
        href=reader.address("draft", id=str(solution.id)),
        body=solution.publisher.name if solution.publisher else "",
        kind=kind,
        state=access.state_words(reader, solution),
        touched=reader.day(moment.astimezone(access.OFFICE_ZONE).date()),
        public_href=reader.address("solution", slug=solution.slug) if solution.is_published else "",
    )


def _page(reader: Reader, number: int) -> str:
    return reader.address("my_solutions", {"page": number} if number > 1 else ())


def _errors(reader: Reader, problems: Sequence[Problem]) -> Errors:
    return access.errors_of(reader, Invalid("The form is not complete.", problems=problems))


def _done_notice(reader: Reader, done: str) -> tuple[PageNotice, ...]:
    if done != "discarded":
        return ()
    return (PageNotice(reader._("The draft is thrown away."), "ok", live="status"),)


HANDLERS = [index, look, begin]
