"""“Report an error” on public pages: anybody may, without an account; moderators read it.

Nothing of a visitor is kept but the text. Programs that fill every field, or answer faster than
anybody reads, are held off without a third party.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Request, Response
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect

from catalog import error_reports, organizations, solutions
from catalog.database import Session
from catalog.error_reports import ErrorKind
from catalog.errors import Conflict, Invalid
from catalog.organizations import Organization
from catalog.solutions import Solution
from marketplace import forms
from marketplace.form_guard import FormGuard
from marketplace.forms import NO_ERRORS, Errors, Rejected
from marketplace.pages.account_access import PRIVATE
from marketplace.pages.editor.access import errors_of
from marketplace.pages.frame import PageFrame, PageNotice
from marketplace.pages.management.area import status_of
from marketplace.pages.reader import Reader, frame
from marketplace.pages.rendering import render
from marketplace.pages.wording import named
from marketplace.rate_limits import COST, POST_BOX
from marketplace.routing import get, paths, post

Web = Request[Any, Any, Any]


@dataclass(frozen=True)
class ErrorReportPage:
    """The form, or thanks after it was sent."""

    page: PageFrame
    title: str
    name: str
    is_sent: bool
    kinds: list[tuple[str, str]]
    action: str
    back_href: str
    values: Mapping[str, str]
    shown_at: str
    errors: Errors


@get(paths("error_report"))
def ask_about_solution(
    request: Web,
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    slug: FromPath[str],
    done: FromQuery[str] = "",
) -> Response[str]:
    """The form about a solution."""
    return _page(_guard(request), reader, solutions.by_slug(session, slug), is_sent=done == "sent")


@post(paths("error_report"), opt={COST: POST_BOX})
def report_solution(
    request: Web,
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    slug: FromPath[str],
    data: URLEncodedBody[dict[str, str]],
) -> Redirect:
    """Tell the moderators of an error in a solution's entry."""
    return _report(_guard(request), session, reader, solutions.by_slug(session, slug), data)


@get(paths("organization_error_report"))
def ask_about_organization(
    request: Web,
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    slug: FromPath[str],
    done: FromQuery[str] = "",
) -> Response[str]:
    """The form about an organization."""
    return _page(
        _guard(request), reader, organizations.by_slug(session, slug), is_sent=done == "sent"
    )


@post(paths("organization_error_report"), opt={COST: POST_BOX})
def report_organization(
    request: Web,
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    slug: FromPath[str],
    data: URLEncodedBody[dict[str, str]],
) -> Redirect:
    """Tell the moderators of an error in an organization's profile."""
    return _report(_guard(request), session, reader, organizations.by_slug(session, slug), data)


HANDLERS = [ask_about_solution, report_solution, ask_about_organization, report_organization]


def _guard(request: Web) -> FormGuard:
    guard: FormGuard = request.app.state.form_guard
    return guard


def _report(
    guard: FormGuard,
    session: Session,
    reader: Reader,
    thing: Solution | Organization,
    data: Mapping[str, str],
) -> Redirect:
    sent = Redirect(
        reader.address(_form(thing), {"done": "sent"}, slug=thing.slug), status_code=303
    )
    if guard.is_trapped(data):
        return sent
    values = {"kind": data.get("kind", "")[:40], "text": forms.text(data, "text")}
    try:
        guard.require_read(data)
        error_reports.report(session, reader.actor, thing, **values)
    except (Invalid, Conflict) as refusal:
        errors = errors_of(reader, refusal)
        page = _page(guard, reader, thing, values=values, errors=errors)
        raise Rejected(page) from refusal
    return sent


def _form(thing: Solution | Organization) -> str:
    return "error_report" if isinstance(thing, Solution) else "organization_error_report"


def _page(
    guard: FormGuard,
    reader: Reader,
    thing: Solution | Organization,
    *,
    values: Mapping[str, str] | None = None,
    errors: Errors = NO_ERRORS,
    is_sent: bool = False,
) -> Response[Any]:
    _ = reader._
    name, kind = (
        (named(thing.public_record.name, reader).text, "solution")
        if isinstance(thing, Solution)
        else (thing.name, "organization")
    )
    back_href = reader.address(kind, slug=thing.slug)
    title = _("Report an error")
    wrong = bool(errors.by_field or errors.general)
    thanks = PageNotice(
        _("Thank you. The moderators look at it."), "ok", back_href, _("Back to the page"),
        live="status",
    )  # fmt: skip
    context = ErrorReportPage(
        page=frame(
            reader,
            f"{_('Error:')} {title}" if wrong else title,
            section="search",
            crumbs=[(name, back_href)],
            notices=(thanks,) if is_sent else (),
            is_indexed=False,
        ),
        title=title,
        name=name,
        is_sent=is_sent,
        kinds=list(kind_names(reader).items()),
        action=reader.address(_form(thing), slug=thing.slug),
        back_href=back_href,
        values=values or {},
        shown_at=guard.stamp(),
        errors=errors,
    )
    return render(
        "error_reports/form.html", context, status_code=status_of(errors), headers=PRIVATE
    )


def kind_names(reader: Reader) -> Mapping[str, str]:
    """What can be wrong, in the reader's words."""
    _ = reader._
    return {
        ErrorKind.WRONG: _("A statement is wrong"),
        ErrorKind.OUTDATED: _("A statement is outdated"),
        ErrorKind.DEAD_LINK: _("A link leads nowhere"),
        ErrorKind.PERSONAL_DATA: _("It names a person or shows personal data"),
        ErrorKind.UNLAWFUL: _("It breaks the law"),
        ErrorKind.OTHER: _("Something else"),
    }
