"""Throw a draft away, and withdraw what is published: both ask first."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect

from catalog import drafts, solutions
from catalog.database import Session
from catalog.errors import Conflict, Invalid, NotAllowed, NotFound
from catalog.solutions import Solution, State
from marketplace.forms import NO_ERRORS, Errors, Rejected
from marketplace.pages.editor import access
from marketplace.pages.editor.posted import first, posted
from marketplace.pages.frame import PageFrame
from marketplace.pages.reader import Reader, frame
from marketplace.pages.rendering import render
from marketplace.pages.things import solution_in
from marketplace.routing import get, paths, post

LONGEST_REASON = 2_000


@dataclass(frozen=True)
class DiscardPage:
    """The question before a draft is thrown away."""

    page: PageFrame
    kicker: str
    title: str
    text: str
    action: str
    back_href: str


@dataclass(frozen=True)
class WithdrawPage:
    """The form that withdraws a solution: reason and successor."""

    page: PageFrame
    kicker: str
    title: str
    action: str
    back_href: str
    values: Mapping[str, str]
    errors: Errors


@get(paths("draft_discard"))
def ask_before_discarding(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
) -> Response[Any]:
    """Ask whether the draft shall go."""
    if reader.actor.is_anonymous:
        return access.sign_in_first(reader)
    solution = access.opened(session, reader, id)
    if solution.draft is None:
        return Redirect(reader.address("draft", id=id), status_code=303)
    _ = reader._
    title = _("Throw the draft away")
    name = access.name_of(reader, solution)
    text = (
        _("Your changes to “%(name)s” disappear. Readers go on seeing the published version.")
        if solution.version
        else _("The draft “%(name)s” disappears with everything in it. It cannot be brought back.")
    )
    context = DiscardPage(
        page=_frame(reader, solution, title),
        kicker=access.kicker(reader, solution),
        title=title,
        text=text % {"name": name},
        action=reader.address("draft_discard", id=id),
        back_href=reader.address("draft", id=id),
    )
    return render("editor/discard.html", context)


@post(paths("draft_discard"))
def discard(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
) -> Redirect:
    """Throw the draft away; one that is gone already is no error."""
    if reader.actor.is_anonymous:
        return access.sign_in_first(reader)
    gone = Redirect(reader.address("my_solutions", {"done": "discarded"}), status_code=303)
    try:
        solution = access.opened(session, reader, id)
    except NotFound:
        return gone
    if solution.draft is not None:
        drafts.discard(session, reader.actor, solution)
    if solution.version == 0:
        return gone
    return Redirect(reader.address("draft", {"done": "discarded"}, id=id), status_code=303)


@get(paths("withdraw"))
def begin_withdrawing(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
) -> Response[Any]:
    """The form that withdraws a solution."""
    if reader.actor.is_anonymous:
        return access.sign_in_first(reader)
    solution = access.opened(session, reader, id)
    _require_editor(reader, solution)
    if not solution.is_published:
        return Redirect(reader.address("draft", id=id), status_code=303)
    return _withdraw_form(reader, solution, {}, errors=NO_ERRORS)


@post(paths("withdraw"))
def withdraw(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    data: URLEncodedBody[dict[str, Any]],
) -> Redirect:
    """Take the solution from the public; the same form sent twice does it once."""
    if reader.actor.is_anonymous:
        return access.sign_in_first(reader)
    solution = access.opened(session, reader, id)
    sent = posted(data)
    values = {name: first(sent, name) for name in ("reason", "successor")}
    if solution.state != State.WITHDRAWN:
        try:
            solutions.withdraw(
                session,
                reader.actor,
                solution,
                reason=_reason(values["reason"]),
                successor=solution_in(session, values["successor"], "successor")
                if values["successor"]
                else None,
            )
        except (Invalid, Conflict) as refusal:
            errors = access.errors_of(reader, refusal)
            raise Rejected(_withdraw_form(reader, solution, values, errors=errors)) from refusal
    href = reader.address("draft", {"done": "withdrawn"}, id=id)
    return Redirect(href, status_code=303)


def _reason(given: str) -> str:
    if len(given) > LONGEST_REASON:
        raise Invalid("Say it in at most 2,000 characters.", field="reason")
    return given


def _withdraw_form(
    reader: Reader, solution: Solution, values: Mapping[str, str], *, errors: Errors
) -> Response[str]:
    key = str(solution.id)
    title = reader._("Withdraw this solution")
    page = _frame(reader, solution, title)
    wrong = bool(errors.by_field or errors.general)
    context = WithdrawPage(
        page=replace(page, title=f"{reader._('Error:')} {title}") if wrong else page,
        kicker=access.kicker(reader, solution),
        title=title,
        action=reader.address("withdraw", id=key),
        back_href=reader.address("draft", id=key),
        values=values,
        errors=errors,
    )
    status = 409 if errors.general else 422 if wrong else 200
    return render("editor/withdraw.html", context, status_code=status)


def _require_editor(reader: Reader, solution: Solution) -> None:
    if not reader.actor.may_edit_for(solution.publisher_id):
        raise NotAllowed("Only editors of the responsible body may change this solution.")


def _frame(reader: Reader, solution: Solution, title: str) -> PageFrame:
    crumbs = access.crumbs(reader, solution)
    return frame(reader, title, section="my_solutions", crumbs=crumbs, is_indexed=False)


HANDLERS = [ask_before_discarding, discard, begin_withdrawing, withdraw]
