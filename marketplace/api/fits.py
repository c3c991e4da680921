"""Whether a solution fits the systems of an organization, with the reason for each requirement."""

from typing import Annotated, Any, Literal

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta, Struct

from catalog import interfaces
from catalog.database import Session
from catalog.permissions import Actor
from marketplace import interface_fits
from marketplace.api.answers import personal
from marketplace.api.interfaces import TAG, DifferenceAnswer, body_of
from marketplace.api.operations import reads, signed_in
from marketplace.api.solutions import addressed
from marketplace.interface_fits import Requirement


class RequirementAnswer(Struct, frozen=True):
    """One required interface and how it stands."""

    required_by: Literal["organization", "solution"]
    system: Annotated[str, Meta(description="The organization's system that requires it.")]
    name: str
    fit: Literal["met", "not_met", "unknown"]
    reason: Annotated[
        Literal[
            "same_standard", "same_operations", "breaks", "other_format", "nothing_provided",
            "no_document",
        ],
        Meta(description="Why it stands so."),
    ]  # fmt: skip
    message: str
    provided: Annotated[str, Meta(description="The nearest interface of the other side.")]
    broken: Annotated[list[DifferenceAnswer], Meta(description="What differs, if that is why.")]


class FitAnswer(Struct, frozen=True):
    """Every requirement of both sides; empty if neither side requires anything."""

    requirements: list[RequirementAnswer]


@reads(
    "/organizations/{organization}/fits/{solution}",
    FitAnswer,
    tag=TAG,
    refusals=(403, 404, 410),
    is_personal=True,
)
def fit(
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    organization: FromPath[str],
    solution: FromPath[str],
) -> Response[bytes]:
    """Ask whether a solution fits the systems of an organization; for its members."""
    signed_in(actor)
    own = interfaces.of_organization(session, actor, body_of(session, organization))
    offered = interface_fits.offered_by(session, addressed(session, solution))
    found = interface_fits.requirements(own, offered)
    return personal(FitAnswer([_answer(each) for each in found]))


def _answer(each: Requirement) -> RequirementAnswer:
    found = each.found
    return RequirementAnswer(
        required_by="organization" if each.is_ours else "solution",
        system=each.spec.system,
        name=each.spec.name,
        fit=found.fit.value,
        reason=found.reason.value,
        message=interface_fits.reason(found, "en"),
        provided=found.provided.name if found.provided else "",
        broken=[
            DifferenceAnswer(one.rule, one.pointer, list(one.operations), one.sentence("en"))
            for one in found.broken
        ],
    )


HANDLERS: list[Any] = [fit]
