"""Invitations: leads invite by e-mail, send again, take back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Request, Response
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect

from catalog import invitations
from catalog.database import Session
from catalog.errors import NotFound
from catalog.invitations import Invitation
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
from marketplace.pages.wording import role_name, short_day
from marketplace.routing import get, paths, post


@dataclass(frozen=True)
class InvitationRow:
    """An invitation that is not answered."""

    email: str
    role: str
    invited_by: str
    until: str
    is_open: bool
    action: str


@dataclass(frozen=True)
class InvitationsPage:
    """The invitations that are not answered, and the form for a new one."""

    page: PageFrame
    area: Area
    title: str
    rows: Sequence[InvitationRow]
    roles: Sequence[tuple[str, str]]
    action: str
    values: Mapping[str, str]
    errors: Errors


@get(paths("invitations"))
def index(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    done: FromQuery[str] = "",
) -> Response[Any]:
    """The invitations, for leads."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader)
    return _page(session, reader, opened_by_lead(session, reader, id), done=done)


@post(paths("invitations"))
def invite(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    data: URLEncodedBody[dict[str, str]],
) -> Redirect:
    """Invite an address."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader)
    organization = opened_by_lead(session, reader, id)
    values = {"email": forms.text(data, "email")[:320], "role": data.get("role", "")}
    with shown_again(
        reader,
        lambda errors: _page(session, reader, organization, values=values, errors=errors),
    ):
        joining.invite(
            session,
            letters_of(request, session),
            reader.actor,
            organization,
            email=values["email"],
            role=role_in(data),
            language=reader.language,
        )
    return back(reader, "invitations", organization, "invited")


@post(paths("sent_invitation"))
def change(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    *,
    id: FromPath[str],  # noqa: A002 - the name in the address
    invitation: FromPath[str],
    data: URLEncodedBody[dict[str, str]],
) -> Redirect:
    """Take an invitation back, or send it again."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader, reader.address("invitations", id=id))
    organization = opened_by_lead(session, reader, id)
    found = invitations.by_id(session, reader.actor, id_in(invitation))
    if found.organization_id != organization.id:
        raise NotFound("There is no such invitation.")
    revokes = data.get("action") == "revoke"
    with shown_again(reader, lambda errors: _page(session, reader, organization, errors=errors)):
        if revokes:
            invitations.revoke(session, reader.actor, found)
        else:
            letters = letters_of(request, session)
            joining.renew(session, letters, reader.actor, found, language=reader.language)
    return back(reader, "invitations", organization, "revoked" if revokes else "renewed")


HANDLERS = [index, invite, change]


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
    key = str(organization.id)
    texts = {
        "invited": _("The invitation is on its way."),
        "renewed": _("The invitation is sent again. The earlier link no longer holds."),
        "revoked": _("The invitation is taken back. Its link no longer holds."),
    }
    context = InvitationsPage(
        page=area_frame(
            reader, organization, "invitations", errors=errors, done=texts.get(done, "")
        ),
        area=area(reader, organization, "invitations"),
        title=_("Invitations"),
        rows=[
            _row(reader, each)
            for each in invitations.of_organization(session, reader.actor, organization)
        ],
        roles=role_options(reader),
        action=reader.address("invitations", id=key),
        values=values or {"email": "", "role": "contributor"},
        errors=errors,
    )
    return render("management/invitations.html", context, status_code=status_of(errors))


def _row(reader: Reader, invitation: Invitation) -> InvitationRow:
    return InvitationRow(
        email=invitation.email,
        role=role_name(reader, invitation.role),
        invited_by=invitation.invited_by,
        until=short_day(invitation.expires_at.date(), reader.language),
        is_open=invitation.is_open,
        action=reader.address(
            "sent_invitation", id=str(invitation.organization_id), invitation=str(invitation.id)
        ),
    )
