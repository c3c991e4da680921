"""Interfaces in preparation: list drafts, correct and discard them; those of systems likewise."""

from typing import Any

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, RawBody

from catalog import interfaces
from catalog.database import Session
from catalog.errors import Invalid
from catalog.organizations import Organization
from catalog.permissions import Actor
from catalog.solutions import Solution
from marketplace.api.answers import ApiRequest, nothing, personal
from marketplace.api.interfaces import (
    TAG,
    CorrectionBody,
    InterfaceAnswer,
    InterfaceList,
    answer,
    body_of,
    document_of,
    key_of,
)
from marketplace.api.operations import reads, sent, signed_in, writes
from marketplace.api.solutions import addressed


@reads(
    "/solutions/{solution}/interface-drafts",
    InterfaceList,
    tag=TAG,
    refusals=(403, 404, 410),
    is_personal=True,
)
def drafts(
    session: NamedDependency[Session], actor: NamedDependency[Actor], solution: FromPath[str]
) -> Response[bytes]:
    """List the drafts of a solution's interfaces; for members of the responsible body."""
    signed_in(actor)
    found = interfaces.drafts_of(session, actor, addressed(session, solution))
    return personal(InterfaceList([answer(each) for each in found]))


@writes(
    "PUT",
    "/solutions/{solution}/interfaces/{interface}",
    InterfaceAnswer,
    tag=TAG,
    takes=CorrectionBody,
    is_conditional=False,
)
def correct(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    solution: FromPath[str],
    interface: FromPath[str],
    *,
    body: RawBody,
) -> Response[bytes]:
    """Put another document in the place of a draft's; the answer says what the check found."""
    signed_in(actor)
    given = sent(request, body, CorrectionBody)
    return _corrected(session, actor, addressed(session, solution), interface, given)


@writes(
    "DELETE",
    "/solutions/{solution}/interfaces/{interface}",
    None,
    tag=TAG,
    status=204,
    is_conditional=False,
)
def discard(
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    solution: FromPath[str],
    interface: FromPath[str],
) -> Response[bytes]:
    """Throw a draft away."""
    signed_in(actor)
    return _discarded(session, actor, addressed(session, solution), interface)


@writes(
    "PUT",
    "/organizations/{organization}/interfaces/{interface}",
    InterfaceAnswer,
    tag=TAG,
    takes=CorrectionBody,
    is_conditional=False,
    refusals=(404, 409),
)
def correct_system(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    organization: FromPath[str],
    interface: FromPath[str],
    *,
    body: RawBody,
) -> Response[bytes]:
    """Put another document in the place of that of a system's interface."""
    signed_in(actor)
    given = sent(request, body, CorrectionBody)
    return _corrected(session, actor, body_of(session, organization), interface, given)


@writes(
    "DELETE",
    "/organizations/{organization}/interfaces/{interface}",
    None,
    tag=TAG,
    status=204,
    is_conditional=False,
    refusals=(404, 409),
)
def discard_system(
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    organization: FromPath[str],
    interface: FromPath[str],
) -> Response[bytes]:
    """Take an interface of a system away."""
    signed_in(actor)
    return _discarded(session, actor, body_of(session, organization), interface)


def _corrected(
    session: Session,
    actor: Actor,
    owner: Solution | Organization,
    interface: str,
    given: CorrectionBody,
) -> Response[bytes]:
    spec = interfaces.opened(session, actor, key_of(interface), owner)
    found = document_of(actor, owner, given)
    if found is None:
        raise Invalid("Give the corrected document or its address.", field="document")
    return personal(answer(interfaces.correct(session, actor, spec, owner, found)))


def _discarded(
    session: Session, actor: Actor, owner: Solution | Organization, interface: str
) -> Response[bytes]:
    spec = interfaces.opened(session, actor, key_of(interface), owner)
    interfaces.discard(session, actor, spec, owner)
    return nothing()


HANDLERS: list[Any] = [drafts, correct, discard, correct_system, discard_system]
