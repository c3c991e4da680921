"""Drafts and what becomes of them: begun, saved, published, discarded; revised and withdrawn.

Nobody but the members of the responsible body sees a draft. Every change names in ``If-Match`` the
state it was made from.
"""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, RawBody
from msgspec import Meta, Struct

from catalog import drafts, records, solutions
from catalog.database import Session, new_id
from catalog.errors import Conflict, Invalid
from catalog.permissions import Actor
from catalog.records import SolutionRecord
from catalog.solutions import Solution
from marketplace.api.answers import ApiRequest, nothing, personal, require_match
from marketplace.api.operations import BASE, asked, id_in, named, reads, sent, signed_in, writes
from marketplace.api.references import OrganizationRef, iri, organization_named
from marketplace.api.refusals import FieldError, Refused
from marketplace.api.solutions import TAG, SolutionAnswer, addressed, public_one

DRAFTS = "Drafts"


class DraftAnswer(Struct, frozen=True):
    """What the members of the responsible body prepare."""

    id: UUID
    iri: str
    slug: str
    state: Annotated[str, Meta(description="Of the solution: `draft` until first published.")]
    version: Annotated[int, Meta(description="The published version; 0 before the first.")]
    revision: Annotated[int, Meta(description="Grows with every change of the draft.")]
    publisher: OrganizationRef | None
    record: SolutionRecord
    saved_at: datetime | None

    @classmethod
    def from_solution(cls, request: ApiRequest, solution: Solution) -> "DraftAnswer":
        """The draft of a solution; raises ``Refused`` where there is none."""
        if solution.draft is None:
            raise Refused(404, "There is no draft of this solution.")
        publisher = solution.publisher
        return cls(
            id=solution.id,
            iri=iri(request, "solution", solution.id),
            slug=solution.slug,
            state=solution.state,
            version=solution.version,
            revision=solution.draft_revision,
            publisher=OrganizationRef.from_organization(request, publisher) if publisher else None,
            record=solution.draft,
            saved_at=solution.draft_saved_at,
        )


class DraftList(Struct, frozen=True):
    """What the organizations of the signed-in person prepare, last touched first."""

    items: list[DraftAnswer]


class DraftBody(Struct, frozen=True, forbid_unknown_fields=True):
    """A new solution: who answers for it, and its record."""

    publisher: Annotated[UUID, Meta(description="Id of the responsible organization.")]
    record: SolutionRecord
    id: Annotated[
        UUID | None,
        Meta(description="Choose it yourself, and a request that is sent twice begins one draft."),
    ] = None


class WithdrawalBody(Struct, frozen=True, forbid_unknown_fields=True):
    """Why a solution is taken from the public, and what follows it."""

    reason: Annotated[str, Meta(min_length=1, max_length=2000)]
    successor: Annotated[UUID | None, Meta(description="Id of a published solution.")] = None


class Slice(Struct, frozen=True, forbid_unknown_fields=True):
    """Which part of a short list."""

    limit: Annotated[int, Meta(ge=1, le=200, description="How many entries at most.")] = 50
    offset: Annotated[int, Meta(ge=0, le=10_000, description="How many to pass over.")] = 0


@reads("/drafts", DraftList, tag=DRAFTS, asks=Slice, is_personal=True)
def mine(
    request: ApiRequest, session: NamedDependency[Session], actor: NamedDependency[Actor]
) -> Response[bytes]:
    """List the drafts of your organizations, last touched first."""
    signed_in(actor)
    part = asked(request, Slice)
    found = drafts.of_organizations(session, actor, limit=part.limit, offset=part.offset)
    items = [DraftAnswer.from_solution(request, each) for each in found if each.draft is not None]
    return personal(DraftList(items))


@writes(
    "POST",
    "/drafts",
    DraftAnswer,
    tag=DRAFTS,
    takes=DraftBody,
    status=201,
    is_conditional=False,
    refusals=(409,),
)
def begin(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    body: RawBody,
) -> Response[bytes]:
    """Begin a solution that nobody but your organization sees.

    The record may lack whatever it takes to be published; save it again as it grows.
    """
    signed_in(actor)
    given = sent(request, body, DraftBody)
    _require_known_fields(given.record)
    publisher = organization_named(session, given.publisher, "publisher")
    solution = drafts.begin(session, actor, publisher, given.record, id=given.id or new_id())
    if solution.draft is None:
        raise Refused(409, "There is a solution with this id already.")
    return answered(
        request,
        solution,
        status=201,
        headers={"Location": f"{BASE}/solutions/{solution.id}/draft"},
    )


@reads(
    "/solutions/{solution}/draft",
    DraftAnswer,
    tag=DRAFTS,
    refusals=(403, 404, 410),
    is_personal=True,
)
def show(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    solution: FromPath[str],
) -> Response[bytes]:
    """Read the draft of a solution of your organization."""
    return answered(request, opened(session, actor, solution))


@writes(
    "POST",
    "/solutions/{solution}/draft",
    DraftAnswer,
    tag=DRAFTS,
    status=201,
    is_conditional=False,
    refusals=(404, 409, 410),
)
def revise(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    solution: FromPath[str],
) -> Response[bytes]:
    """Begin a draft from the published record; one that exists already stays as it is."""
    found = drafts.revise(session, actor, opened(session, actor, solution))
    where = {"Location": f"{BASE}/solutions/{found.id}/draft"}
    return answered(request, found, status=201, headers=where)


@writes("PUT", "/solutions/{solution}/draft", DraftAnswer, tag=DRAFTS, takes=SolutionRecord)
def save(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    solution: FromPath[str],
    body: RawBody,
) -> Response[bytes]:
    """Save the draft whole; what the body leaves out is removed from it."""
    found = opened(session, actor, solution)
    record = sent(request, body, SolutionRecord)
    _require_known_fields(record)
    require_draft_match(request, found)
    _put(session, actor, found, record)
    return answered(request, found)


@writes("DELETE", "/solutions/{solution}/draft", None, tag=DRAFTS, status=204)
def discard(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    solution: FromPath[str],
) -> Response[bytes]:
    """Throw the draft away; a solution that was never published goes with it."""
    found = opened(session, actor, solution, hold=True)
    require_draft_match(request, found)
    drafts.discard(session, actor, found)
    return nothing()


@writes(
    "POST",
    "/solutions/{solution}/draft/publish",
    SolutionAnswer,
    tag=DRAFTS,
    refusals=(404, 409, 410, 422),
)
def publish(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    solution: FromPath[str],
) -> Response[bytes]:
    """Put the draft before the public as the next version.

    Answers 422 with everything that a reader must be told and the record does not say. Where a
    second person publishes, the answer is 409 and names the address that submits the draft.
    """
    found = opened(session, actor, solution, hold=True)
    require_draft_match(request, found)
    _publish(session, actor, found)
    return _solution(request, found)


@writes("PUT", "/solutions/{solution}", SolutionAnswer, tag=TAG, takes=SolutionRecord)
def replace(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    solution: FromPath[str],
    body: RawBody,
) -> Response[bytes]:
    """Publish a record as the next version of a solution, without a draft in between.

    An equal record changes nothing. While somebody prepares a draft the answer is 409. So it is
    where a second person publishes: save the record as a draft there and submit it.
    """
    signed_in(actor)
    record = sent(request, body, SolutionRecord)
    found = _held(session, solution)
    require_match(request, SolutionAnswer.from_solution(request, found), version=found.version)
    if solutions.hash_of(record) == found.content_hash:
        return _solution(request, found)
    if found.draft is not None:
        raise Conflict("There is a draft already. Publish or discard it first.")
    problems = drafts.check(record)
    if problems:
        raise Invalid("The record is not ready to be published.", problems=problems)
    drafts.revise(session, actor, found)
    _put(session, actor, found, record)
    _publish(session, actor, found)
    return _solution(request, found)


@writes("POST", "/solutions/{solution}/withdraw", SolutionAnswer, tag=TAG, takes=WithdrawalBody)
def withdraw(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    solution: FromPath[str],
    body: RawBody,
) -> Response[bytes]:
    """Take a solution from the public; its address goes on to say why and what follows."""
    signed_in(actor)
    given = sent(request, body, WithdrawalBody)
    found = _held(session, solution)
    require_match(request, SolutionAnswer.from_solution(request, found), version=found.version)
    successor = given.successor and named(
        lambda: public_one(session, str(given.successor)), "successor"
    )
    solutions.withdraw(session, actor, found, reason=given.reason, successor=successor or None)
    return _solution(request, found)


def opened(session: Session, actor: Actor, key: str, *, hold: bool = False) -> Solution:
    """The solution in an address, for those who prepare it."""
    signed_in(actor)
    known = id_in(key) or addressed(session, key).id
    if hold:
        solutions.by_id(session, known, hold=True)
    return drafts.opened(session, actor, known)


def _held(session: Session, key: str) -> Solution:
    return solutions.by_id(session, addressed(session, key).id, hold=True)


def _publish(session: Session, actor: Actor, solution: Solution) -> None:
    try:
        drafts.publish(session, actor, solution, revision=solution.draft_revision)
    except drafts.NeedsReview as refusal:
        here = f"{BASE}/solutions/{solution.id}/draft"
        raise Refused(
            409,
            f"{refusal} PUT {here} saves it, POST {here}/submission submits it.",
        ) from refusal


def _put(session: Session, actor: Actor, solution: Solution, record: SolutionRecord) -> None:
    theirs = solution.draft or solution.public_record
    names = [field.name for field in msgspec.structs.fields(SolutionRecord)]
    fields = dict.fromkeys([*names, *theirs.withheld, *record.withheld])
    fields.pop("withheld")
    try:
        drafts.save(
            session,
            actor,
            solution,
            record,
            fields=list(fields),
            revision=solution.draft_revision,
        )
    except drafts.Crossed as crossed:
        raise Refused(412, str(crossed)) from crossed


def _require_known_fields(record: SolutionRecord) -> None:
    """A draft may be wrong in any way but one: a reason for a field that does not exist."""
    wrong = [problem for problem in records.check(record) if problem.field == "withheld"]
    if wrong:
        raise Refused(
            422,
            " ".join(str(problem) for problem in wrong),
            errors=[FieldError(problem.field, str(problem)) for problem in wrong],
        )


def require_draft_match(request: ApiRequest, solution: Solution) -> None:
    """Go on if ``If-Match`` names the present draft."""
    content = DraftAnswer.from_solution(request, solution)
    require_match(request, content, version=content.revision)


def answered(
    request: ApiRequest,
    solution: Solution,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> Response[bytes]:
    """The draft as an answer, with its ETag."""
    content = DraftAnswer.from_solution(request, solution)
    return personal(content, version=content.revision, status=status, headers=headers)


def _solution(request: ApiRequest, solution: Solution) -> Response[bytes]:
    content = SolutionAnswer.from_solution(request, solution)
    return personal(content, version=solution.version)


HANDLERS: list[Any] = [
    mine,
    begin,
    show,
    revise,
    save,
    discard,
    publish,
    replace,
    withdraw,
]
