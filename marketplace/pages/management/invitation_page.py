"""The page that the mail of an invitation leads to: sign in, accept or decline."""

from dataclasses import dataclass
from typing import Any

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect

from catalog import invitations, people
from catalog.database import Session
from catalog.errors import Conflict
from catalog.invitations import Invitation
from marketplace.forms import NO_ERRORS, Errors
from marketplace.pages.account.posted import id_in
from marketplace.pages.account_access import PRIVATE
from marketplace.pages.editor.access import sign_in_first
from marketplace.pages.frame import PageFrame
from marketplace.pages.management.area import shown_again, status_of
from marketplace.pages.reader import Reader, frame
from marketplace.pages.rendering import render
from marketplace.pages.wording import role_name
from marketplace.routing import get, paths, post


@dataclass(frozen=True)
class InvitationPage:
    """Who invites whom into what."""

    page: PageFrame
    title: str
    organization: str
    organization_href: str
    invited_by: str
    role: str
    email: str
    until: str
    action: str
    own_email: str
    """Address of who is signed in; empty for visitors."""
    sign_in_href: str
    register_href: str
    errors: Errors


@get(paths("invitation"))
def show(
    session: NamedDependency[Session], reader: NamedDependency[Reader], token: FromPath[str]
) -> Response[Any]:
    """The invitation; looking at it changes nothing."""
    return _page(session, reader, invitations.by_token(session, token))


@post(paths("invitation"))
def answer(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    token: FromPath[str],
    data: URLEncodedBody[dict[str, str]],
) -> Redirect:
    """Accept or decline."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader)
    invitation = invitations.by_token(session, token)
    with shown_again(reader, lambda errors: _page(session, reader, invitation, errors=errors)):
        done = _settle(session, reader, invitation, data.get("answer", ""))
    return _back(reader, done)


@post(paths("own_invitation"))
def answer_own(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    data: URLEncodedBody[dict[str, str]],
) -> Redirect:
    """Accept or decline on the account page, without the mail."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader, reader.address("account"))
    invitation = invitations.by_id(session, reader.actor, id_in(id))
    return _back(reader, _settle(session, reader, invitation, data.get("answer", "")))


HANDLERS = [show, answer, answer_own]


def _settle(session: Session, reader: Reader, invitation: Invitation, answer: str) -> str:
    match answer:
        case "accept":
            invitations.accept(session, reader.actor, invitation)
            return "joined"
        case "decline":
            invitations.decline(session, reader.actor, invitation)
            return "declined"
    raise Conflict("Choose whether you accept the invitation.")


def _back(reader: Reader, done: str) -> Redirect:
    href = reader.address("account", {"done": done})
    return Redirect(f"{href}#organizations", status_code=303)


def _page(
    session: Session, reader: Reader, invitation: Invitation, *, errors: Errors = NO_ERRORS
) -> Response[str]:
    actor, organization = reader.actor, invitation.organization
    title = reader._("Invitation into “%(name)s”") % {"name": organization.name}
    context = InvitationPage(
        page=frame(reader, title, section="account", is_indexed=False),
        title=title,
        organization=organization.name,
        organization_href=reader.address("organization", slug=organization.slug),
        invited_by=invitation.invited_by,
        role=role_name(reader, invitation.role),
        email=invitation.email,
        until=reader.day(invitation.expires_at.date()),
        action=reader.path,
        own_email=people.by_id(session, actor.person_id).email if actor.person_id else "",
        sign_in_href=reader.address("sign_in", {"back": reader.path}),
        register_href=reader.address("register"),
        errors=errors,
    )
    return render(
        "management/invitation.html", context, status_code=status_of(errors), headers=PRIVATE
    )
