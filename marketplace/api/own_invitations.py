"""The invitations to whoever asks: read, accept, decline."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct

from catalog import invitations
from catalog.database import Session
from catalog.invitations import Invitation
from catalog.permissions import Actor, Role
from marketplace.api.account import TAG, own_id
from marketplace.api.answers import ApiRequest, nothing, personal
from marketplace.api.operations import reads, signed_in, writes
from marketplace.api.references import OrganizationRef


class OwnInvitation(Struct, frozen=True):
    """An invitation to your address that can still be accepted."""

    id: UUID
    organization: OrganizationRef
    role: Role
    invited_by: str
    expires_at: datetime

    @classmethod
    def of(cls, request: ApiRequest, each: Invitation) -> "OwnInvitation":
        """The answer of an invitation with its organization."""
        body = OrganizationRef.from_organization(request, each.organization)
        return cls(each.id, body, Role(each.role), each.invited_by, each.expires_at)


class OwnInvitationList(Struct, frozen=True):
    """The open invitations to your address, newest first."""

    items: list[OwnInvitation]


@reads("/account/invitations", OwnInvitationList, tag=TAG, is_personal=True, refusals=(403,))
def list_own_invitations(
    request: ApiRequest, session: NamedDependency[Session], actor: NamedDependency[Actor]
) -> Response[bytes]:
    """List the open invitations to your address."""
    found = invitations.of_person(session, signed_in(actor))
    return personal(OwnInvitationList([OwnInvitation.of(request, each) for each in found]))


@writes("POST", "/account/invitations/{invitation}/accept", None, tag=TAG, status=204,
        is_conditional=False, refusals=(404, 409))  # fmt: skip
def accept_invitation(
    session: NamedDependency[Session], actor: NamedDependency[Actor], invitation: FromPath[str]
) -> Response[bytes]:
    """Join as invited; the leads are told."""
    invitations.accept(session, actor, _own(session, actor, invitation))
    return nothing()


@writes("POST", "/account/invitations/{invitation}/decline", None, tag=TAG, status=204,
        is_conditional=False, refusals=(404, 409))  # fmt: skip
def decline_invitation(
    session: NamedDependency[Session], actor: NamedDependency[Actor], invitation: FromPath[str]
) -> Response[bytes]:
    """Decline an invitation; the leads are told."""
    invitations.decline(session, actor, _own(session, actor, invitation))
    return nothing()


HANDLERS: list[Any] = [list_own_invitations, accept_invitation, decline_invitation]


def _own(session: Session, actor: Actor, key: str) -> Invitation:
    missing = "There is no such invitation."
    return invitations.by_id(session, signed_in(actor), own_id(key, missing))
