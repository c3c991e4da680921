"""Requests to join: leads approve them in a role or refuse them with a reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Request, Response
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect

from catalog import join_requests
from catalog.database import Session
from catalog.errors import NotFound
from catalog.join_requests import JoinRequest
from catalog.organizations import Organization
from marketplace import forms
from marketplace.accounts import joining
from marketplace.forms import NO_ERRORS, Errors
from marketplace.pages.account.posted import id_in
from marketplace.pages.account_access import letters_of
from marketplace.pages.editor.access import sign_in_first
from marketplace.pages.frame import PageFrame
from marketplace.pages.management.area import (
    Area,
    area,
    area_frame,
    back,
    opened_by_lead,
    role_in,
    role_options,
    shown_again,
    status_of,
)
from marketplace.pages.reader import Reader
from marketplace.pages.rendering import render
from marketplace.pages.wording import short_day
from marketplace.routing import get, paths, post


@dataclass(frozen=True)
class RequestRow:
    """Who asks, with which words, and whether the address lies in the organization's domain."""

    id: str
    name: str
    email: str
    message: str
    on: str
    is_from_domain: bool
    action: str


@dataclass(frozen=True)
class JoinRequestsPage:
    """The open requests of an organization."""

    page: PageFrame
    area: Area
    title: str
    rows: Sequence[RequestRow]
    roles: Sequence[tuple[str, str]]
    values: Mapping[str, str]
    errors: Errors


@get(paths("join_requests"))
def index(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    done: FromQuery[str] = "",
) -> Response[Any]:
    """The open requests, for leads."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader)
    return _page(session, reader, opened_by_lead(session, reader, id), done=done)


@post(paths("join_request"))
def decide(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    *,
    id: FromPath[str],  # noqa: A002 - the name in the address
    request_id: FromPath[str],
    data: URLEncodedBody[dict[str, str]],
) -> Redirect:
    """Approve or refuse a request."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader, reader.address("join_requests", id=id))
    organization = opened_by_lead(session, reader, id)
    found = join_requests.by_id(session, reader.actor, id_in(request_id))
    if found.organization_id != organization.id:
        raise NotFound("There is no such request.")
    letters, refuses = letters_of(request, session), data.get("action") == "refuse"
    suffix = f"-{found.id}"
    reason = forms.text(data, f"reason{suffix}")
    values = {f"reason{suffix}": reason, f"role{suffix}": data.get(f"role{suffix}", "")}
    with shown_again(
        reader,
        lambda errors: _page(session, reader, organization, values=values, errors=errors),
        suffix=suffix,
    ):
        if refuses:
            joining.refuse(session, letters, reader.actor, found, reason=reason)
        else:
            role = role_in(data, f"role{suffix}")
            joining.approve(session, letters, reader.actor, found, role)
    return back(reader, "join_requests", organization, "refused" if refuses else "approved")


HANDLERS = [index, decide]


def _page(
    session: Session,
    reader: Reader,
    organization: Organization,
    *,
    values: Mapping[str, str] | None = None,
    errors: Errors = NO_ERRORS,
    done: str = "",
) -> Response[str]:
    _ = reader._
    texts = {
        "approved": _("The person is a member now and hears of it by e-mail."),
        "refused": _("The request is refused. The person hears the reason by e-mail."),
    }
    found = join_requests.of_organization(session, reader.actor, organization)
    context = JoinRequestsPage(
        page=area_frame(
            reader, organization, "join_requests", errors=errors, done=texts.get(done, "")
        ),
        area=area(reader, organization, "join_requests"),
        title=_("Requests to join"),
        rows=[_row(reader, each) for each in found],
        roles=role_options(reader),
        values=values or {},
        errors=errors,
    )
    return render("management/join_requests.html", context, status_code=status_of(errors))


def _row(reader: Reader, request: JoinRequest) -> RequestRow:
    return RequestRow(
        id=str(request.id),
        name=request.person.name,
        email=request.person.email,
        message=request.message,
        on=short_day(request.created_at.date(), reader.language),
        is_from_domain=request.is_from_domain,
        action=reader.address(
            "join_request", id=str(request.organization_id), request_id=str(request.id)
        ),
    )
