"""Organizations: the legal bodies that publish, operate and use."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta, Struct

from catalog import organizations
from catalog.database import Session
from catalog.organizations import Organization
from marketplace.api import cursors
from marketplace.api.answers import ApiRequest, public
from marketplace.api.cursors import Source, Walk
from marketplace.api.operations import asked, id_in, reads
from marketplace.api.references import MunicipalityRef, iri

TAG = "Organizations"


class OrganizationAnswer(Struct, frozen=True):
    """A legal body; one of kind municipality names its place in the official register."""

    id: UUID
    iri: str
    slug: str
    kind: Annotated[str, Meta(description="A code of the list `organization_kind`.")]
    name: str
    country: Annotated[str, Meta(description="ISO 3166-1 alpha-2.", examples=["DE"])]
    municipality: MunicipalityRef | None
    website: str
    email: Annotated[str, Meta(description="A shared mailbox, never a person's.")]
    about: dict[str, str]
    verified_on: datetime | None
    is_sample: bool
    updated_at: datetime

    @classmethod
    def from_organization(cls, request: ApiRequest, body: Organization) -> "OrganizationAnswer":
        """The answer of an organization."""
        place = body.municipality
        return cls(
            id=body.id,
            iri=iri(request, "organization", body.id),
            slug=body.slug,
            kind=body.kind,
            name=body.name,
            country=body.country,
            municipality=MunicipalityRef.from_municipality(request, place) if place else None,
            website=body.website,
            email=body.email,
            about=body.about,
            verified_on=body.verified_on,
            is_sample=body.is_sample,
            updated_at=body.updated_at,
        )


class OrganizationPage(Struct, frozen=True):
    """Some organizations, and the address of the next ones."""

    items: list[OrganizationAnswer]
    next: str | None


@reads("/organizations", OrganizationPage, tag=TAG, asks=Walk)
def walk(request: ApiRequest, session: NamedDependency[Session]) -> Response[bytes]:
    """Walk through all organizations in the order of their ids."""

    question = asked(request, Walk)

    def among(ids: Sequence[UUID]) -> Sequence[Organization]:
        return list(organizations.by_ids(session, ids).values())

    source = Source(
        lambda last, limit: organizations.after(session, last, limit), among, "organization"
    )
    return cursors.answer(
        request,
        session,
        source,
        lambda rows, following: OrganizationPage(
            [OrganizationAnswer.from_organization(request, row) for row in rows], following
        ),
        after=question.after,
        limit=question.limit,
    )


@reads("/organizations/{organization}", OrganizationAnswer, tag=TAG, refusals=(404,))
def show(
    request: ApiRequest, session: NamedDependency[Session], organization: FromPath[str]
) -> Response[bytes]:
    """Read one organization by id or slug."""
    found = organization_in(session, organization)
    return public(request, OrganizationAnswer.from_organization(request, found))


HANDLERS: list[Any] = [walk, show]


def organization_in(session: Session, text: str) -> Organization:
    """The organization that a part of an address names by id or slug."""
    known = id_in(text)
    if known is not None:
        return organizations.by_id(session, known)
    return organizations.by_slug(session, text)
