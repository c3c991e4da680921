"""Likely duplicates: what intake found alike, and two entries that a moderator names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Redirect

from catalog import merges, provenance, solutions
from catalog.database import Session
from catalog.errors import Conflict, Invalid
from catalog.provenance import DuplicateProposal
from catalog.solutions import Solution
from marketplace import forms
from marketplace.forms import NO_ERRORS, Errors, Rejected
from marketplace.pages.editor.access import errors_of, sign_in_first
from marketplace.pages.frame import PageFrame
from marketplace.pages.management.area import status_of
from marketplace.pages.reader import Reader, frame
from marketplace.pages.rendering import render
from marketplace.pages.things import solution_in
from marketplace.pages.wording import named
from marketplace.routing import get, paths, post

PAGE_SIZE = 30


@dataclass(frozen=True)
class PairRow:
    """Two entries that look alike: label and address of each, and why."""

    one: tuple[str, str]
    other: tuple[str, str]
    why: str
    first_id: str
    second_id: str


@dataclass(frozen=True)
class DuplicatesPage:
    """The pairs that nobody has decided, and a form for two other entries."""

    page: PageFrame
    title: str
    total: int
    rows: Sequence[PairRow]
    action: str
    values: Mapping[str, str]
    errors: Errors
    previous_href: str
    next_href: str


@get(paths("moderation_duplicates"))
def show(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    page: FromQuery[int] = 1,
) -> Response[Any]:
    """The likeliest pairs first."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader)
    merges.require_moderator(reader.actor)
    return _page(session, reader, page)


@post(paths("moderation_duplicates"))
def propose(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    data: URLEncodedBody[dict[str, str]],
) -> Redirect:
    """Open the case of two entries; there they are compared and merged."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader)
    merges.require_moderator(reader.actor)
    values = {name: forms.text(data, name)[:500] for name in ("one", "other")}
    try:
        one, other = (solution_in(session, values[name], name) for name in ("one", "other"))
        case = merges.propose(session, reader.actor, one, other)
    except (Invalid, Conflict) as refusal:
        errors = errors_of(reader, refusal)
        raise Rejected(_page(session, reader, 1, values=values, errors=errors)) from refusal
    return Redirect(reader.address("moderation_case", id=str(case.id)), status_code=303)


HANDLERS = [show, propose]


def _page(
    session: Session,
    reader: Reader,
    page: int,
    *,
    values: Mapping[str, str] | None = None,
    errors: Errors = NO_ERRORS,
) -> Response[str]:
    _ = reader._
    number = min(max(page, 1), 1_000)
    found = provenance.open_proposals(
        session, solutions.KIND, PAGE_SIZE + 1, (number - 1) * PAGE_SIZE
    )
    shown = found[:PAGE_SIZE]
    ids = [key for each in shown for key in (each.thing_id, each.other_id)]
    known = solutions.published_by_ids(session, ids)
    title = _("Likely duplicates")
    wrong = bool(errors.by_field or errors.general)

    def page_href(at: int) -> str:
        return reader.address("moderation_duplicates", {"page": str(at)})

    context = DuplicatesPage(
        page=frame(
            reader,
            f"{_('Error:')} {title}" if wrong else title,
            section="moderation",
            crumbs=[(_("Moderation"), reader.address("moderation"))],
            is_indexed=False,
        ),
        title=title,
        total=provenance.count_open(session, solutions.KIND),
        rows=[
            _row(reader, each, known[each.other_id], known[each.thing_id])
            for each in shown
            if each.thing_id in known and each.other_id in known
        ],
        action=reader.address("moderation_duplicates"),
        values=values or {},
        errors=errors,
        previous_href=page_href(number - 1) if number > 1 else "",
        next_href=page_href(number + 1) if len(found) > PAGE_SIZE else "",
    )
    return render("moderation/duplicates.html", context, status_code=status_of(errors))


def _row(reader: Reader, each: DuplicateProposal, first: Solution, later: Solution) -> PairRow:
    _ = reader._
    same_body = each.reason == provenance.SAME_TITLE_SAME_BODY[0]
    return PairRow(
        one=_linked(reader, first),
        other=_linked(reader, later),
        why=_("same name, same organization") if same_body else _("same name"),
        first_id=str(first.id),
        second_id=str(later.id),
    )


def _linked(reader: Reader, solution: Solution) -> tuple[str, str]:
    body = solution.publisher.name if solution.publisher else reader._("Body not stated")
    label = f"{named(solution.public_record.name, reader).text} · {body}"
    return label, reader.address("solution", slug=solution.slug)
