"""Ask for a solution to be deleted for good; a second person decides."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect

from catalog import deletions
from catalog.database import Session
from catalog.errors import Conflict, Invalid, NotAllowed
from catalog.solutions import Solution
from marketplace import forms
from marketplace.forms import NO_ERRORS, Errors, Rejected
from marketplace.pages.editor import access
from marketplace.pages.frame import PageFrame
from marketplace.pages.management.area import status_of
from marketplace.pages.reader import Reader, frame
from marketplace.pages.rendering import render
from marketplace.routing import get, paths, post


@dataclass(frozen=True)
class DeletionPage:
    """The form: why it is to be deleted."""

    page: PageFrame
    kicker: str
    title: str
    action: str
    back_href: str
    withdraw_href: str
    """Withdrawing is enough for most; empty where that is done."""
    values: Mapping[str, str]
    errors: Errors


@get(paths("deletion"))
def ask(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
) -> Response[Any]:
    """The form that asks for a deletion."""
    if reader.actor.is_anonymous:
        return access.sign_in_first(reader)
    solution = access.opened(session, reader, id)
    if not reader.actor.may_edit_in_person_for(solution.publisher_id):
        raise NotAllowed("Only editors of the responsible body may change this solution.")
    return _page(reader, solution, {})


@post(paths("deletion"))
def request(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    data: URLEncodedBody[dict[str, str]],
) -> Redirect:
    """Open the case; whoever asked does not decide."""
    if reader.actor.is_anonymous:
        return access.sign_in_first(reader)
    solution = access.opened(session, reader, id)
    values = {"reason": forms.text(data, "reason")}
    try:
        case = deletions.request(session, reader.actor, solution, reason=values["reason"])
    except (Invalid, Conflict) as refusal:
        errors = access.errors_of(reader, refusal)
        raise Rejected(_page(reader, solution, values, errors=errors)) from refusal
    href = reader.address("moderation_case", {"done": "requested"}, id=str(case.id))
    return Redirect(href, status_code=303)


def _page(
    reader: Reader, solution: Solution, values: Mapping[str, str], *, errors: Errors = NO_ERRORS
) -> Response[str]:
    key = str(solution.id)
    title = reader._("Delete this solution for good")
    wrong = bool(errors.by_field or errors.general)
    context = DeletionPage(
        page=frame(
            reader,
            f"{reader._('Error:')} {title}" if wrong else title,
            section="my_solutions",
            crumbs=access.crumbs(reader, solution),
            is_indexed=False,
        ),
        kicker=access.kicker(reader, solution),
        title=title,
        action=reader.address("deletion", id=key),
        back_href=reader.address("draft", id=key),
        withdraw_href=reader.address("withdraw", id=key) if solution.is_published else "",
        values=values,
        errors=errors,
    )
    return render("editor/delete.html", context, status_code=status_of(errors))


HANDLERS = [ask, request]
