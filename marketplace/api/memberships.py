"""Memberships: who belongs to an organization, who is invited, who asks, and its keys.

Members read; leads write. Moderators verify by hand.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, RawBody
from msgspec import Meta, Struct

from catalog import invitations, join_requests, memberships, verifications
from catalog.database import Session
from catalog.errors import NotFound
from catalog.invitations import Invitation
from catalog.join_requests import JoinRequest
from catalog.memberships import Membership
from catalog.organizations import Organization
from catalog.permissions import Actor, Role, Scope
from catalog.verifications import Verification
from marketplace.accounts import api_keys, joining, logins
from marketplace.accounts.api_keys import ApiKey
from marketplace.accounts.logins import Login
from marketplace.api.account import own_id
from marketplace.api.answers import ApiRequest, nothing, personal
from marketplace.api.operations import reads, sent, signed_in, writes
from marketplace.api.organizations import organization_in
from marketplace.pages.account_access import letters_of

TAG = "Memberships"
HERE = "/organizations/{organization}"

Owned = TypeVar("Owned", Membership, Invitation, JoinRequest, ApiKey, Verification)


class MemberAnswer(Struct, frozen=True):
    """A member of an organization."""

    id: UUID
    name: str
    email: str
    role: Role
    since: datetime
    person_id: UUID

    @classmethod
    def of(cls, each: Membership) -> "MemberAnswer":
        """The answer of a membership with its person."""
        return cls(
            each.id,
            each.person.name,
            each.person.email,
            Role(each.role),
            each.since,
            each.person_id,
        )


class MemberList(Struct, frozen=True):
    """The members of an organization, by name."""

    items: list[MemberAnswer]


class RoleBody(Struct, frozen=True, forbid_unknown_fields=True):
    """A role to give."""

    role: Role


class InvitationAnswer(Struct, frozen=True):
    """An invitation that is not answered."""

    id: UUID
    email: str
    role: Role
    invited_by: str
    expires_at: datetime

    @classmethod
    def of(cls, each: Invitation) -> "InvitationAnswer":
        """The answer of an invitation."""
        return cls(each.id, each.email, Role(each.role), each.invited_by, each.expires_at)


class InvitationList(Struct, frozen=True):
    """The invitations that are not answered, newest first."""

    items: list[InvitationAnswer]


class InvitationBody(Struct, frozen=True, forbid_unknown_fields=True):
    """Whom to invite, in which role; a mail goes out."""

    email: Annotated[str, Meta(min_length=3, max_length=254)]
    role: Role


class JoinRequestAnswer(Struct, frozen=True):
    """A request to join."""

    id: UUID
    name: str
    email: str
    message: str
    is_from_domain: Annotated[
        bool, Meta(description="Whether the address lies in a mail domain: a hint, no proof.")
    ]
    created_at: datetime

    @classmethod
    def of(cls, each: JoinRequest) -> "JoinRequestAnswer":
        """The answer of a request with its person."""
        return cls(
            each.id,
            each.person.name,
            each.person.email,
            each.message,
            each.is_from_domain,
            each.created_at,
        )


class JoinRequestList(Struct, frozen=True):
    """The open requests to join, oldest first."""

    items: list[JoinRequestAnswer]


class JoinRequestBody(Struct, frozen=True, forbid_unknown_fields=True):
    """What the leads read."""

    message: Annotated[str, Meta(max_length=1000)] = ""


class ReasonBody(Struct, frozen=True, forbid_unknown_fields=True):
    """Why something is refused or taken back."""

    reason: Annotated[str, Meta(min_length=1, max_length=1000)]


class KeyAnswer(Struct, frozen=True):
    """An API key without its secret."""

    id: UUID
    name: str
    prefix: str
    scopes: list[Scope]
    created_at: datetime
    expires_on: date
    last_used_at: datetime | None
    revoked_at: datetime | None

    @classmethod
    def of(cls, each: ApiKey) -> "KeyAnswer":
        """The answer of a key."""
        scopes = [Scope(scope) for scope in each.scopes]
        return cls(
            each.id,
            each.name,
            each.prefix,
            scopes,
            each.created_at,
            each.expires_on,
            each.last_used_at,
            each.revoked_at,
        )


class KeyList(Struct, frozen=True):
    """The keys of an organization, newest first, ended ones included."""

    items: list[KeyAnswer]


class KeyBody(Struct, frozen=True, forbid_unknown_fields=True):
    """A key to make."""

    name: Annotated[str, Meta(min_length=1, max_length=100)]
    scopes: Annotated[list[Scope], Meta(min_length=1, max_length=len(Scope))]
    expires_on: Annotated[date, Meta(description="At most a year from now.")]


class NewKeyAnswer(Struct, frozen=True):
    """A new key; its secret is shown this once."""

    key: KeyAnswer
    secret: str


class VerificationAnswer(Struct, frozen=True):
    """How an organization was verified."""

    id: UUID
    method: str
    domain: str
    note: str
    at: datetime
    withdrawn_at: datetime | None
    withdrawn_reason: str
    organization_id: UUID
    voucher_id: Annotated[UUID | None, Meta(description="The organization that vouches.")]

    @classmethod
    def of(cls, each: Verification) -> "VerificationAnswer":
        """The answer of a verification."""
        return cls(
            each.id,
            each.method,
            each.domain,
            each.note,
            each.at,
            each.withdrawn_at,
            each.withdrawn_reason,
            each.organization_id,
            each.voucher_id,
        )


class VerificationList(Struct, frozen=True):
    """The verifications of an organization, newest first, those taken back included."""

    items: list[VerificationAnswer]


class VerificationBody(Struct, frozen=True, forbid_unknown_fields=True):
    """What was looked at, for moderators; empty verifies by the mail domain of the lead."""

    note: Annotated[str, Meta(max_length=1000)] = ""


@reads(HERE + "/members", MemberList, tag=TAG, is_personal=True, refusals=(403, 404))
def members(
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    organization: FromPath[str],
) -> Response[bytes]:
    """List the members; for members."""
    body = organization_in(session, organization)
    found = memberships.of_organization(session, signed_in(actor), body)
    return personal(MemberList([MemberAnswer.of(each) for each in found]))


@writes(
    "PUT", HERE + "/members/{member}", MemberAnswer, tag=TAG, takes=RoleBody,
    is_conditional=False, refusals=(404, 409),
)  # fmt: skip
def change_role(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    *,
    organization: FromPath[str],
    member: FromPath[str],
    body: RawBody,
) -> Response[bytes]:
    """Give a member another role; for leads."""
    signed_in(actor)
    role = sent(request, body, RoleBody).role
    found = _of(
        session, organization, lambda: memberships.by_id(session, signed_in(actor), _id(member))
    )
    return personal(MemberAnswer.of(memberships.change_role(session, actor, found, role)))


@writes(
    "DELETE", HERE + "/members/{member}", None, tag=TAG, status=204, is_conditional=False,
    refusals=(404, 409),
)  # fmt: skip
def remove_member(
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    organization: FromPath[str],
    member: FromPath[str],
) -> Response[bytes]:
    """End a membership; for leads."""
    found = _of(
        session, organization, lambda: memberships.by_id(session, signed_in(actor), _id(member))
    )
    memberships.remove(session, actor, found)
    return nothing()


@reads(HERE + "/invitations", InvitationList, tag=TAG, is_personal=True, refusals=(403, 404))
def list_invitations(
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    organization: FromPath[str],
) -> Response[bytes]:
    """List the invitations that are not answered; for leads."""
    body = organization_in(session, organization)
    found = invitations.of_organization(session, signed_in(actor), body)
    return personal(InvitationList([InvitationAnswer.of(each) for each in found]))


@writes(
    "POST", HERE + "/invitations", InvitationAnswer, tag=TAG, takes=InvitationBody,
    is_conditional=False, refusals=(404, 409),
)  # fmt: skip
def invite(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    organization: FromPath[str],
    body: RawBody,
) -> Response[bytes]:
    """Invite an address; for leads."""
    signed_in(actor)
    given = sent(request, body, InvitationBody)
    found = joining.invite(
        session,
        letters_of(request, session),
        actor,
        organization_in(session, organization),
        email=given.email,
        role=given.role,
        language=request.app.state.settings.language,
    )
    return personal(InvitationAnswer.of(found))


@writes(
    "DELETE", HERE + "/invitations/{invitation}", None, tag=TAG, status=204,
    is_conditional=False, refusals=(404, 409),
)  # fmt: skip
def revoke_invitation(
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    organization: FromPath[str],
    invitation: FromPath[str],
) -> Response[bytes]:
    """Take an invitation back; for leads."""
    signed_in(actor)
    found = _of(session, organization, lambda: invitations.by_id(session, actor, _id(invitation)))
    invitations.revoke(session, actor, found)
    return nothing()


@writes(
    "POST", HERE + "/invitations/{invitation}/renew", InvitationAnswer, tag=TAG,
    is_conditional=False, refusals=(404, 409),
)  # fmt: skip
def renew_invitation(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    organization: FromPath[str],
    invitation: FromPath[str],
) -> Response[bytes]:
    """Send an invitation again; the link of the earlier mail ends. For leads."""
    signed_in(actor)
    found = _of(session, organization, lambda: invitations.by_id(session, actor, _id(invitation)))
    language = request.app.state.settings.language
    joining.renew(session, letters_of(request, session), actor, found, language=language)
    return personal(InvitationAnswer.of(found))


@reads(HERE + "/join-requests", JoinRequestList, tag=TAG, is_personal=True, refusals=(403, 404))
def list_join_requests(
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    organization: FromPath[str],
) -> Response[bytes]:
    """List the open requests to join; for leads."""
    body = organization_in(session, organization)
    found = join_requests.of_organization(session, signed_in(actor), body)
    return personal(JoinRequestList([JoinRequestAnswer.of(each) for each in found]))


@writes(
    "POST", HERE + "/join-requests", None, tag=TAG, takes=JoinRequestBody, status=204,
    is_conditional=False, refusals=(404, 409),
)  # fmt: skip
def ask_to_join(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    organization: FromPath[str],
    body: RawBody,
) -> Response[bytes]:
    """Ask to join; the leads are told."""
    signed_in(actor)
    given = sent(request, body, JoinRequestBody)
    found = organization_in(session, organization)
    joining.ask(session, letters_of(request, session), actor, found, message=given.message)
    return nothing()


@writes(
    "POST", HERE + "/join-requests/{join_request}/approve", None, tag=TAG, takes=RoleBody,
    status=204, is_conditional=False, refusals=(404, 409),
)  # fmt: skip
def approve_join_request(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    *,
    organization: FromPath[str],
    join_request: FromPath[str],
    body: RawBody,
) -> Response[bytes]:
    """Let a person in; for leads."""
    signed_in(actor)
    role = sent(request, body, RoleBody).role
    found = _of(
        session, organization, lambda: join_requests.by_id(session, actor, _id(join_request))
    )
    joining.approve(session, letters_of(request, session), actor, found, role)
    return nothing()


@writes(
    "POST", HERE + "/join-requests/{join_request}/refuse", None, tag=TAG, takes=ReasonBody,
    status=204, is_conditional=False, refusals=(404, 409),
)  # fmt: skip
def refuse_join_request(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    *,
    organization: FromPath[str],
    join_request: FromPath[str],
    body: RawBody,
) -> Response[bytes]:
    """Do not let a person in, and say why; for leads."""
    signed_in(actor)
    reason = sent(request, body, ReasonBody).reason
    found = _of(
        session, organization, lambda: join_requests.by_id(session, actor, _id(join_request))
    )
    joining.refuse(session, letters_of(request, session), actor, found, reason=reason)
    return nothing()


@reads(HERE + "/keys", KeyList, tag=TAG, is_personal=True, refusals=(403, 404))
def list_keys(
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    organization: FromPath[str],
) -> Response[bytes]:
    """List the API keys; for leads."""
    body = organization_in(session, organization)
    found = api_keys.of_organization(session, signed_in(actor), body)
    return personal(KeyList([KeyAnswer.of(each) for each in found]))


@writes(
    "POST", HERE + "/keys", NewKeyAnswer, tag=TAG, takes=KeyBody, is_conditional=False,
    refusals=(404, 409),
)  # fmt: skip
def make_key(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    *,
    login: NamedDependency[Login | None],
    organization: FromPath[str],
    body: RawBody,
) -> Response[bytes]:
    """Make an API key; for leads. The answer shows its secret once.

    You must have confirmed who you are within the last ten minutes.
    """
    signed_in(actor)
    logins.require_confirmed(login)
    given = sent(request, body, KeyBody)
    key, secret = api_keys.create(
        session,
        actor,
        organization_in(session, organization),
        name=given.name,
        scopes=given.scopes,
        expires_on=given.expires_on,
        today=request.app.state.today(),
    )
    return personal(NewKeyAnswer(KeyAnswer.of(key), secret))


@writes(
    "DELETE", HERE + "/keys/{key}", None, tag=TAG, status=204, is_conditional=False,
    refusals=(404, 409),
)  # fmt: skip
def revoke_key(
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    organization: FromPath[str],
    key: FromPath[str],
) -> Response[bytes]:
    """End an API key; for leads."""
    signed_in(actor)
    found = _of(session, organization, lambda: api_keys.by_id(session, actor, _id(key)))
    api_keys.revoke(session, actor, found)
    return nothing()


@reads(HERE + "/verifications", VerificationList, tag=TAG, is_personal=True, refusals=(404,))
def list_verifications(
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    organization: FromPath[str],
) -> Response[bytes]:
    """List the verifications."""
    signed_in(actor)
    found = verifications.of_organization(session, organization_in(session, organization))
    return personal(VerificationList([VerificationAnswer.of(each) for each in found]))


@writes(
    "POST", HERE + "/verifications", VerificationAnswer, tag=TAG, takes=VerificationBody,
    is_conditional=False, refusals=(404, 409),
)  # fmt: skip
def verify(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    organization: FromPath[str],
    body: RawBody,
) -> Response[bytes]:
    """Verify by hand as a moderator, or by the mail domain as a lead."""
    signed_in(actor)
    note = sent(request, body, VerificationBody).note
    known = organization_in(session, organization)
    found = (
        verifications.verify_by_hand(session, actor, known, note=note)
        if note
        else verifications.verify_by_domain(session, actor, known)
    )
    return personal(VerificationAnswer.of(found))


@writes(
    "POST", HERE + "/verifications/{verification}/withdraw", None, tag=TAG, takes=ReasonBody,
    status=204, is_conditional=False, refusals=(404, 409),
)  # fmt: skip
def withdraw_verification(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    *,
    organization: FromPath[str],
    verification: FromPath[str],
    body: RawBody,
) -> Response[bytes]:
    """Take a verification back, with the reason; for moderators."""
    signed_in(actor)
    reason = sent(request, body, ReasonBody).reason
    found = _of(session, organization, lambda: verifications.by_id(session, _id(verification)))
    verifications.withdraw(session, actor, found, reason=reason)
    return nothing()


HANDLERS: list[Any] = [
    members,
    change_role,
    remove_member,
    list_invitations,
    invite,
    revoke_invitation,
    renew_invitation,
    list_join_requests,
    ask_to_join,
    approve_join_request,
    refuse_join_request,
    list_keys,
    make_key,
    revoke_key,
    list_verifications,
    verify,
    withdraw_verification,
]


def _id(text: str) -> UUID:
    return own_id(text, "There is no such entry.")


def _of(session: Session, organization: str, find: Callable[[], Owned]) -> Owned:
    """What ``find`` finds, if it belongs to the organization in the address."""
    body: Organization = organization_in(session, organization)
    found = find()
    if found.organization_id != body.id:
        raise NotFound("There is no such entry.")
    return found
