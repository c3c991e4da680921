"""Adoptions: which organization uses which solution, how far, since when."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, RawBody
from msgspec import UNSET, Meta, Struct, UnsetType

from catalog import adoptions
from catalog.adoptions import Adoption, AdoptionStep, Stage, Use, Wanted
from catalog.database import Session
from catalog.errors import NotFound
from catalog.permissions import Actor
from catalog.records import LongText
from catalog.solutions import State
from impact import reporting
from marketplace.api import cursors
from marketplace.api.answers import ApiRequest, nothing, personal, public, require_match
from marketplace.api.cursors import After, Limit, Source
from marketplace.api.operations import BASE, asked, id_in, named, reads, sent, signed_in, writes
from marketplace.api.references import OrganizationRef, SolutionRef, iri, organization_named
from marketplace.api.solutions import public_one

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

    solution: Annotated[UUID | UnsetType, Meta(description="Id of the solution used.")] = UNSET
    organization: Annotated[UUID | UnsetType, Meta(description="Id of the organization.")] = UNSET
    stage: Annotated[Stage | UnsetType, Meta(description="A code of the list `stage`.")] = UNSET
    after: After = ""
    limit: Limit = 50


@reads("/adoptions", AdoptionPage, tag=TAG, asks=Filter)
def walk(request: ApiRequest, session: NamedDependency[Session]) -> Response[bytes]:
    """Walk through the uses of all published solutions, or of those asked for.

    In the order of their ids; each with the organization, the solution and the present stage.
    """
    question = asked(request, Filter)
    wanted = Wanted(
        solution_id=question.solution or None,
        organization_id=question.organization or None,
        stage=question.stage or None,
    )
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


class UseBody(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What an organization says about its use."""

    stage: Stage
    since: Annotated[date, Meta(description="The day this stage began or will begin.")]
    release: Annotated[str, Meta(max_length=80, description="The version in use.")] = ""
    reused_from: Annotated[
        UUID | None, Meta(description="Id of the organization it was taken over from.")
    ] = None
    adaptations: Annotated[LongText, Meta(description="What was changed, by language.")] = {}
    operator: Annotated[str, Meta(max_length=300, description="Who runs it, by name.")] = ""
    ended_reason: Annotated[
        str, Meta(max_length=40, description="A code of the list `ended_reason`, if ended.")
    ] = ""
    ended_note: LongText = {}
    contact_allowed: Annotated[
        bool, Meta(description="Whether others may ask the organization.")
    ] = False

    def use(self, session: Session) -> Use:
        """The same as the domain takes it; raises ``Refused`` for an unknown organization."""
        if self.reused_from is not None:
            organization_named(session, self.reused_from, "reused_from")
        return Use(
            stage=self.stage,
            since=self.since,
            release=self.release,
            reused_from_id=self.reused_from,
            adaptations=self.adaptations,
            operator=self.operator,
            ended_reason=self.ended_reason,
            ended_note=self.ended_note,
            contact_allowed=self.contact_allowed,
        )


class DeclarationBody(UseBody, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A new use: which organization uses which solution, and how."""

    solution: Annotated[UUID, Meta(description="Id of a published solution.")]
    organization: Annotated[UUID, Meta(description="Id of your organization.")]


class EndBody(Struct, frozen=True, forbid_unknown_fields=True):
    """When and why a use ended; others learn from it."""

    since: Annotated[date, Meta(description="The first day without the solution.")]
    ended_reason: Annotated[
        str, Meta(max_length=40, description="A code of the list `ended_reason`.")
    ]
    ended_note: LongText = {}


@writes(
    "POST",
    "/adoptions",
    AdoptionAnswer,
    tag=TAG,
    takes=DeclarationBody,
    status=201,
    is_conditional=False,
    refusals=(409,),
)
def declare(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    body: RawBody,
) -> Response[bytes]:
    """Declare that your organization uses a solution; your word confirms it."""
    signed_in(actor)
    given = sent(request, body, DeclarationBody)
    solution = named(lambda: public_one(session, str(given.solution)), "solution")
    organization = organization_named(session, given.organization, "organization")
    today = request.app.state.today()
    made = adoptions.declare(
        session, actor, solution, organization, given.use(session), today=today
    )
    where = {"Location": f"{BASE}/adoptions/{made.id}"}
    return _written(request, session, made.id, status=201, headers=where)


@writes("PUT", "/adoptions/{adoption}", AdoptionAnswer, tag=TAG, takes=UseBody)
def change(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    adoption: FromPath[str],
    body: RawBody,
) -> Response[bytes]:
    """Say anew how things stand.

    A new stage adds a step; the same stage with another day corrects the last step.
    """
    signed_in(actor)
    given = sent(request, body, UseBody)
    found = _matched(request, session, adoption)
    today = request.app.state.today()
    adoptions.change(
        session, actor, found, given.use(session), revision=found.revision, today=today
    )
    return _written(request, session, found.id)


@writes("POST", "/adoptions/{adoption}/confirm", AdoptionAnswer, tag=TAG)
def confirm(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    adoption: FromPath[str],
) -> Response[bytes]:
    """Say that an entry is still right."""
    signed_in(actor)
    found = _matched(request, session, adoption)
    adoptions.confirm(session, actor, found, today=request.app.state.today())
    return _written(request, session, found.id)


@writes("POST", "/adoptions/{adoption}/end", AdoptionAnswer, tag=TAG, takes=EndBody)
def end(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    adoption: FromPath[str],
    body: RawBody,
) -> Response[bytes]:
    """Say that a use ended, when and why; the entry stays."""
    signed_in(actor)
    given = sent(request, body, EndBody)
    found = _matched(request, session, adoption)
    use = Use(
        stage=Stage.ENDED,
        since=given.since,
        release=found.release,
        reused_from_id=found.reused_from_id,
        adaptations=found.adaptations,
        operator=found.operator,
        ended_reason=given.ended_reason,
        ended_note=given.ended_note,
        contact_allowed=found.contact_allowed,
    )
    today = request.app.state.today()
    adoptions.change(session, actor, found, use, revision=found.revision, today=today)
    return _written(request, session, found.id)


@writes("DELETE", "/adoptions/{adoption}", None, tag=TAG, status=204)
def retract(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    adoption: FromPath[str],
) -> Response[bytes]:
    """Take back a declaration that was a mistake; a use that took place is ended instead."""
    signed_in(actor)
    reporting.retract_adoption(session, actor, _matched(request, session, adoption))
    return nothing()


def _matched(request: ApiRequest, session: Session, key: str) -> Adoption:
    found = adoptions.by_id(session, adoption_id(key), hold=True)
    require_match(request, whole(request, session, found), version=found.revision)
    return found


def _written(
    request: ApiRequest,
    session: Session,
    key: UUID,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> Response[bytes]:
    found = adoptions.by_id(session, key, hold=True)
    content = whole(request, session, found)
    return personal(content, version=found.revision, status=status, headers=headers)


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


HANDLERS: list[Any] = [walk, show, declare, change, confirm, end, retract]
