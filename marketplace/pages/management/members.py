"""Members: who belongs to the organization; leads change roles and end memberships."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect

from catalog import memberships
from catalog.database import Session
from catalog.errors import NotFound
from catalog.memberships import Membership
from catalog.organizations import Organization
from marketplace.forms import NO_ERRORS, Errors
from marketplace.pages.account.posted import id_in
from marketplace.pages.editor.access import sign_in_first
from marketplace.pages.frame import PageFrame
from marketplace.pages.management.area import (
    Area,
    area,
    area_frame,
    back,
    opened,
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
class MemberRow:
    """A member; ``action`` is empty where the reader may change nothing."""

    id: str
    name: str
    email: str
    role: str
    role_label: str
    since: str
    is_self: bool
    action: str


@dataclass(frozen=True)
class MembersPage:
    """The members of an organization."""

    page: PageFrame
    area: Area
    title: str
    rows: Sequence[MemberRow]
    roles: Sequence[tuple[str, str]]
    invite_href: str
    errors: Errors


@get(paths("members"))
def index(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    done: FromQuery[str] = "",
) -> Response[Any]:
    """The members, for members."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader)
    return _page(session, reader, opened(session, reader, id), done=done)


@post(paths("member"))
def change(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    member: FromPath[str],
    data: URLEncodedBody[dict[str, str]],
) -> Redirect:
    """Give a member another role, or end the membership."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader, reader.address("members", id=id))
    organization = opened(session, reader, id)
    memberships.require_lead(reader.actor, organization)
    membership = memberships.by_id(session, reader.actor, id_in(member))
    if membership.organization_id != organization.id:
        raise NotFound("There is no such membership.")
    removes = data.get("action") == "remove"
    with shown_again(
        reader,
        lambda errors: _page(session, reader, organization, errors=errors),
        suffix=f"-{member}",
    ):
        if removes:
            memberships.remove(session, reader.actor, membership)
        else:
            memberships.change_role(session, reader.actor, membership, role_in(data))
    return back(reader, "members", organization, "removed" if removes else "changed")


HANDLERS = [index, change]


def _page(
    session: Session,
    reader: Reader,
    organization: Organization,
    *,
    errors: Errors = NO_ERRORS,
    done: str = "",
) -> Response[str]:
    _ = reader._
    texts = {
        "changed": _("The role is changed."),
        "removed": _("The membership has ended."),
    }
    is_lead = reader.actor.may_appoint_for(organization.id)
    found = memberships.of_organization(session, reader.actor, organization)
    context = MembersPage(
        page=area_frame(reader, organization, "members", errors=errors, done=texts.get(done, "")),
        area=area(reader, organization, "members"),
        title=_("Members"),
        rows=[_row(reader, each, is_lead=is_lead) for each in found],
        roles=role_options(reader),
        invite_href=reader.address("invitations", id=str(organization.id)) if is_lead else "",
        errors=errors,
    )
    return render("management/members.html", context, status_code=status_of(errors))


def _row(reader: Reader, membership: Membership, *, is_lead: bool) -> MemberRow:
    person = membership.person
    return MemberRow(
        id=str(membership.id),
        name=person.name,
        email=person.email,
        role=membership.role,
        role_label=role_name(reader, membership.role),
        since=short_day(membership.since.date(), reader.language),
        is_self=person.id == reader.actor.person_id,
        action=reader.address(
            "member", id=str(membership.organization_id), member=str(membership.id)
        )
        if is_lead
        else "",
    )
