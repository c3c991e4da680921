"""Adoptions: which organization uses which solution, how far, since when."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta, Struct

from catalog import adoptions
from catalog.adoptions import Adoption, AdoptionStep, Stage, Wanted
from catalog.database import Session
from catalog.errors import NotFound
from catalog.solutions import State
from marketplace.api import cursors
from marketplace.api.answers import ApiRequest, public
from marketplace.api.cursors import After, Limit, Source
from marketplace.api.operations import asked, id_in, reads
from marketplace.api.references import OrganizationRef, SolutionRef, iri

TAG = "Adoptions"


class StepAnswer(Struct, frozen=True):
    """A stage that was reached, and the day."""

    stage: str
    on: date


class AdoptionItem(Struct, frozen=True, kw_only=True):
    """One organization's use of one solution."""

    id: UUID
    iri: str
    solution: SolutionRef
    organization: OrganizationRef
    stage: Annotated[str, Meta(description="A code of the list `stage`.", examples=["live"])]
    since: Annotated[date, Meta(description="The day the present stage began.")]
    release: Annotated[str, Meta(description="The version in use.")]
    reused_from: OrganizationRef | None
    adaptations: Annotated[dict[str, str], Meta(description="What was changed, by language.")]
    operator: Annotated[str, Meta(description="Who runs it, by name.")]
    ended_reason: Annotated[str, Meta(description="A code of the list `ended_reason`.")]
    ended_note: dict[str, str]
    contact_allowed: bool
    confirmed_on: Annotated[
        date | None,
        Meta(description="The day the organization itself last said so; null for others' claims."),
    ]
    revision: Annotated[int, Meta(description="Grows with every change.")]
    is_sample: bool
    updated_at: datetime


class AdoptionAnswer(AdoptionItem, frozen=True, kw_only=True):
    """One organization's use of one solution, with the stages it went through."""

    steps: list[StepAnswer]

    @classmethod
    def from_adoption(
        cls, request: ApiRequest, adoption: Adoption, steps: Sequence[AdoptionStep]
    ) -> "AdoptionAnswer":
        """The answer of a use, its steps oldest first."""
        return cls(
            **_facts(request, adoption), steps=[StepAnswer(step.stage, step.on) for step in steps]
        )


class AdoptionPage(Struct, frozen=True):
    """Some uses, and the address of the next ones."""

    items: list[AdoptionItem]
    next: str | None


class Filter(Struct, frozen=True, forbid_unknown_fields=True):
    """Which uses: of a solution, by an organization, at a stage."""

    solution: Annotated[UUID | None, Meta(description="Id of the solution used.")] = None
    organization: Annotated[UUID | None, Meta(description="Id of the organization.")] = None
    stage: Annotated[Stage | None, Meta(description="A code of the list `stage`.")] = None
    after: After = ""
    limit: Limit = 50


@reads("/adoptions", AdoptionPage, tag=TAG, asks=Filter)
def walk(request: ApiRequest, session: NamedDependency[Session]) -> Response[bytes]:
    """Walk through the uses of all published solutions, or of those asked for.

    In the order of their ids; each with the organization, the solution and the present stage.
    """
    question = asked(request, Filter)
    wanted = Wanted(question.solution, question.organization, question.stage)
    source = Source(
        lambda last, limit: adoptions.listed(session, wanted, after=last, limit=limit),
        lambda ids: adoptions.listed(session, wanted, among=ids),
        adoptions.KIND,
    )
    return cursors.answer(
        request,
        session,
        source,
        lambda rows, following: AdoptionPage(
            [AdoptionItem(**_facts(request, row)) for row in rows], following
        ),
        after=question.after,
        limit=question.limit,
    )


@reads("/adoptions/{adoption}", AdoptionAnswer, tag=TAG, refusals=(404,))
def show(
    request: ApiRequest, session: NamedDependency[Session], adoption: FromPath[str]
) -> Response[bytes]:
    """Read one use with the stages it went through."""
    found = adoptions.by_id(session, adoption_id(adoption))
    if found.solution.state not in (State.PUBLISHED, State.WITHDRAWN):
        raise NotFound("There is no such adoption.")
    return public(request, whole(request, session, found), version=found.revision)


def adoption_id(text: str) -> UUID:
    """The id in an address; whatever else stands there names no adoption."""
    known = id_in(text)
    if known is None:
        raise NotFound("There is no such adoption.")
    return known


def whole(request: ApiRequest, session: Session, adoption: Adoption) -> AdoptionAnswer:
    """The answer of a use with its steps."""
    steps = adoptions.steps_of(session, [adoption.id])[adoption.id]
    return AdoptionAnswer.from_adoption(request, adoption, steps)


def _facts(request: ApiRequest, adoption: Adoption) -> dict[str, Any]:
    reused_from = adoption.reused_from
    return {
        "id": adoption.id,
        "iri": iri(request, "adoption", adoption.id),
        "solution": SolutionRef.from_solution(request, adoption.solution),
        "organization": OrganizationRef.from_organization(request, adoption.organization),
        "stage": str(adoption.stage),
        "since": adoption.since,
        "release": adoption.release,
        "reused_from": OrganizationRef.from_organization(request, reused_from)
        if reused_from
        else None,
        "adaptations": adoption.adaptations,
        "operator": adoption.operator,
        "ended_reason": adoption.ended_reason,
        "ended_note": adoption.ended_note,
        "contact_allowed": adoption.contact_allowed,
        "confirmed_on": adoption.confirmed_on,
        "revision": adoption.revision,
        "is_sample": adoption.is_sample,
        "updated_at": adoption.updated_at,
    }


HANDLERS: list[Any] = [walk, show]
