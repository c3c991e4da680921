"""How answers name other things: permanent link, readable name, and no more."""

from uuid import UUID

from msgspec import Struct

from catalog import organizations
from catalog.database import Session
from catalog.municipalities import Municipality
from catalog.organizations import Organization
from catalog.solutions import Solution
from marketplace.api.answers import ApiRequest
from marketplace.api.operations import named


def iri(request: ApiRequest, kind: str, thing_id: UUID) -> str:
    """The permanent link of a thing (see ``pages.permanent_links``)."""
    base: str = request.app.state.settings.base_url
    return f"{base.rstrip('/')}/id/{kind}/{thing_id}"


class OrganizationRef(Struct, frozen=True):
    """An organization by id, permanent link and name."""

    id: UUID
    iri: str
    slug: str
    name: str
    kind: str

    @classmethod
    def from_organization(cls, request: ApiRequest, body: Organization) -> "OrganizationRef":
        """The reference to an organization."""
        return cls(body.id, iri(request, "organization", body.id), body.slug, body.name, body.kind)


def organization_named(session: Session, key: UUID, field: str) -> Organization:
    """The organization that a field of the body names."""
    return named(lambda: organizations.by_id(session, key), field)


class SolutionRef(Struct, frozen=True):
    """A solution by id, permanent link and name (by language)."""

    id: UUID
    iri: str
    slug: str
    name: dict[str, str]

    @classmethod
    def from_solution(cls, request: ApiRequest, solution: Solution) -> "SolutionRef":
        """The reference to a solution that has been public."""
        return cls(
            solution.id,
            iri(request, "solution", solution.id),
            solution.slug,
            solution.public_record.name,
        )


class MunicipalityRef(Struct, frozen=True):
    """A place by permanent link and official key."""

    id: UUID
    iri: str
    ars: str

    @classmethod
    def from_municipality(cls, request: ApiRequest, place: Municipality) -> "MunicipalityRef":
        """The reference to a place of the register."""
        return cls(place.id, iri(request, "municipality", place.id), place.ars)
