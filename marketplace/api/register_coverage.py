"""Which bodies have reported to the register, and the word of a body that it uses no AI."""

from datetime import date
from typing import Annotated, Any

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta, Struct

from catalog.database import Session
from catalog.organizations import Organization
from catalog.permissions import Actor
from catalog.register import coverage
from catalog.register.coverage import Coverage
from marketplace.api.answers import ApiRequest, personal, public
from marketplace.api.operations import reads, signed_in, writes
from marketplace.api.organizations import organization_in
from marketplace.api.references import OrganizationRef
from marketplace.api.register import TAG


class CoverageItem(Struct, frozen=True):
    """What one body has told."""

    organization: OrganizationRef
    told: Annotated[str, Meta(description="`reported`, `zero` or `silent`.")]
    entries: int
    overdue: Annotated[int, Meta(description="Entries that are not confirmed in time.")]
    uses_without_entry: int
    declared_on: Annotated[date | None, Meta(description="When it said that it uses none.")]

    @classmethod
    def from_coverage(cls, request: ApiRequest, each: Coverage) -> "CoverageItem":
        """The answer of one body."""
        return cls(
            OrganizationRef.from_organization(request, each.organization),
            each.told,
            each.entries,
            each.overdue,
            each.uses_without_entry,
            each.declared_on,
        )


class CoverageList(Struct, frozen=True):
    """Every municipality that takes part, by name."""

    items: list[CoverageItem]


@reads("/register/coverage", CoverageList, tag=TAG)
def coverage_index(request: ApiRequest, session: NamedDependency[Session]) -> Response[bytes]:
    """List who has reported, who declared that nothing is in use, and who is silent."""
    found = coverage.of_all(session, today=request.app.state.today())
    return public(
        request, CoverageList([CoverageItem.from_coverage(request, each) for each in found])
    )


@writes("PUT", "/register/coverage/{organization}", CoverageList, tag=TAG, is_conditional=False)
def declare(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    organization: FromPath[str],
) -> Response[bytes]:
    """Say for your organization that it uses no AI today."""
    signed_in(actor)
    body = organization_in(session, organization)
    today = request.app.state.today()
    coverage.declare_zero(session, actor, body, today=today)
    return _told(request, session, body, today)


@writes("DELETE", "/register/coverage/{organization}", CoverageList, tag=TAG, is_conditional=False)
def take_back_zero(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    organization: FromPath[str],
) -> Response[bytes]:
    """Take that word back."""
    signed_in(actor)
    body = organization_in(session, organization)
    coverage.take_back_zero(session, actor, body)
    return _told(request, session, body, request.app.state.today())


def _told(
    request: ApiRequest, session: Session, body: Organization, today: date
) -> Response[bytes]:
    session.flush()
    found = coverage.of_bodies(session, [body], today=today)
    return personal(CoverageList([CoverageItem.from_coverage(request, each) for each in found]))


HANDLERS: list[Any] = [coverage_index, declare, take_back_zero]
