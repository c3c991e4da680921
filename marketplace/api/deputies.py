"""Deputies over the API: who acts as lead while a lead is away."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, RawBody
from msgspec import Meta, Struct

from catalog import deputies
from catalog.database import Session
from catalog.deputies import Deputy
from catalog.errors import NotFound
from catalog.permissions import Actor
from marketplace.api.account import own_id
from marketplace.api.answers import ApiRequest, nothing, personal
from marketplace.api.memberships import HERE, TAG
from marketplace.api.operations import reads, sent, signed_in, writes
from marketplace.api.organizations import organization_in


class DeputyAnswer(Struct, frozen=True):
    """Who acts as lead for whom, on which days, both included."""

    id: UUID
    person: UUID
    name: str
    acts_for: Annotated[str, Meta(description="Name of the lead who is away.")]
    begins_on: date
    ends_on: date

    @classmethod
    def of(cls, each: Deputy) -> "DeputyAnswer":
        """The answer of a deputy with both people."""
        return cls(
            each.id,
            each.person_id,
            each.person.name,
            each.lead.name,
            each.begins_on,
            each.ends_on,
        )


class DeputyList(Struct, frozen=True):
    """The present and coming deputies, by their first day."""

    items: list[DeputyAnswer]


class DeputyBody(Struct, frozen=True, forbid_unknown_fields=True):
    """Who acts for you, from which day to which."""

    person: Annotated[UUID, Meta(description="`person_id` of a member who is no lead.")]
    begins_on: date
    ends_on: Annotated[date, Meta(description="At most a year after the first.")]


@reads(HERE + "/deputies", DeputyList, tag=TAG, is_personal=True, refusals=(403, 404))
def list_deputies(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    organization: FromPath[str],
) -> Response[bytes]:
    """List the present and coming deputies; for members."""
    return _answer(request, session, signed_in(actor), organization)


@writes(
    "POST", HERE + "/deputies", DeputyList, tag=TAG, takes=DeputyBody, is_conditional=False,
    refusals=(404,),
)  # fmt: skip
def name_deputy(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    organization: FromPath[str],
    body: RawBody,
) -> Response[bytes]:
    """Name a member who acts as lead while you are away; for leads by membership.

    No key names a deputy, and a deputy names none.
    """
    signed_in(actor)
    given = sent(request, body, DeputyBody)
    deputies.name(
        session,
        actor,
        organization_in(session, organization),
        given.person,
        begins_on=given.begins_on,
        ends_on=given.ends_on,
        today=request.app.state.today(),
    )
    return _answer(request, session, actor, organization)


@writes(
    "DELETE", HERE + "/deputies/{deputy}", None, tag=TAG, status=204, is_conditional=False,
    refusals=(404,),
)  # fmt: skip
def end_deputy(
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    organization: FromPath[str],
    deputy: FromPath[str],
) -> Response[bytes]:
    """End a deputy's time at once; for leads and the deputy."""
    body = organization_in(session, organization)
    missing = "There is no such deputy."
    found = deputies.by_id(session, signed_in(actor), own_id(deputy, missing))
    if found.organization_id != body.id:
        raise NotFound("There is no such deputy.")
    deputies.end(session, actor, found)
    return nothing()


HANDLERS: list[Any] = [list_deputies, name_deputy, end_deputy]


def _answer(
    request: ApiRequest, session: Session, actor: Actor, organization: str
) -> Response[bytes]:
    body = organization_in(session, organization)
    today = request.app.state.today()
    found = deputies.of_organization(session, actor, body, today=today)
    return personal(DeputyList([DeputyAnswer.of(each) for each in found]))
