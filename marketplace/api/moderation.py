"""Review and moderation: submissions, the queue, a case with its thread, decisions.

Who submitted and who decides read a case; nobody decides about what he or she submitted, and no
key decides.
"""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, RawBody
from msgspec import UNSET, Meta, Struct, UnsetType

from catalog import deletions, error_reports, merges, submissions
from catalog.database import Session
from catalog.moderation import answer_times, cases, decisions, threads
from catalog.moderation.cases import Case, CaseKind, Risk, Wanted
from catalog.moderation.decisions import Decision, Verb
from catalog.moderation.threads import Message
from catalog.permissions import Actor
from catalog.records import SolutionRecord
from marketplace.accounts import logins
from marketplace.accounts.logins import Login
from marketplace.api.account import own_id
from marketplace.api.answers import ApiRequest, nothing, personal
from marketplace.api.drafts import Slice, opened, require_draft_match
from marketplace.api.operations import BASE, asked, named, reads, sent, signed_in, writes
from marketplace.api.references import OrganizationRef
from marketplace.api.solutions import addressed, public_one

TAG = "Moderation"

Reason = Annotated[str, Meta(min_length=1, max_length=2000)]


class CaseItem(Struct, frozen=True):
    """A case as it stands in the queue."""

    id: UUID
    kind: str
    state: str
    risk: Annotated[str, Meta(description="`high` takes two people who decide.")]
    desk: Annotated[str, Meta(description="Who decides: `moderators`, or the `organization`.")]
    title: str
    thing_kind: str
    thing_id: UUID
    other_id: Annotated[UUID | None, Meta(description="The second solution of a duplicate.")]
    organization: OrganizationRef | None
    opened_at: datetime
    waiting_since: datetime
    held_until: date | None

    @classmethod
    def from_case(cls, request: ApiRequest, case: Case) -> "CaseItem":
        """The answer of a case with its organization."""
        body = case.organization
        return cls(
            id=case.id,
            kind=case.kind,
            state=case.state,
            risk=case.risk,
            desk=case.desk,
            title=case.title,
            thing_kind=case.thing_kind,
            thing_id=case.thing_id,
            other_id=case.other_id,
            organization=OrganizationRef.from_organization(request, body) if body else None,
            opened_at=case.opened_at,
            waiting_since=case.waiting_since,
            held_until=case.held_until,
        )


class CaseList(Struct, frozen=True):
    """Some cases: high risks first, then whoever has waited longest."""

    total: int
    items: list[CaseItem]


class MessageAnswer(Struct, frozen=True):
    """A message between those who decide and those who submitted."""

    id: UUID
    text: str
    written_by: str
    written_at: datetime
    is_from_desk: Annotated[bool, Meta(description="Whether somebody wrote who decides.")]

    @classmethod
    def of(cls, each: Message) -> "MessageAnswer":
        """The answer of a message."""
        return cls(each.id, each.text, each.written_by, each.written_at, each.is_from_desk)


class DecisionAnswer(Struct, frozen=True):
    """A decision about a case."""

    verb: str
    text: str
    by: str
    at: datetime
    is_first_of_two: Annotated[bool, Meta(description="It waits for a second one that agrees.")]
    undone_at: datetime | None

    @classmethod
    def of(cls, each: Decision) -> "DecisionAnswer":
        """The answer of a decision."""
        return cls(each.verb, each.text, each.by, each.at, each.is_first_of_two, each.undone_at)


class CaseAnswer(Struct, frozen=True):
    """A case with all that its reader may see."""

    case: CaseItem
    reason: str
    text: Annotated[str, Meta(description="What the submitter wrote.")]
    record: Annotated[SolutionRecord | None, Meta(description="What is reviewed.")]
    before: Annotated[SolutionRecord | None, Meta(description="What was public before.")]
    messages: list[MessageAnswer]
    decisions: Annotated[list[DecisionAnswer], Meta(description="Newest first.")]
    expected_days: Annotated[
        int | None, Meta(description="Working days until an answer, as measured so far.")
    ]
    may_decide: bool
    may_undo: bool


class WhichCases(Struct, frozen=True, forbid_unknown_fields=True):
    """Which cases."""

    kind: Annotated[CaseKind | UnsetType, Meta(description="What it is about.")] = UNSET
    risk: Annotated[Risk | UnsetType, Meta(description="How much harm a mistake does.")] = UNSET
    state: Annotated[
        Literal["", "returned", "held", "decided"],
        Meta(description="Leave it out for what waits now."),
    ] = ""
    older_than_days: Annotated[
        int, Meta(ge=0, le=3_650, description="Waiting for more days than this.")
    ] = 0
    limit: Annotated[int, Meta(ge=1, le=200, description="How many entries at most.")] = 30
    offset: Annotated[int, Meta(ge=0, le=10_000, description="How many to pass over.")] = 0


class SubmissionBody(Struct, frozen=True, forbid_unknown_fields=True):
    """A word to those who decide; after a question it is the answer."""

    answer: Annotated[str, Meta(max_length=threads.LONGEST)] = ""


class MessageBody(Struct, frozen=True, forbid_unknown_fields=True):
    """A message into the thread of a case."""

    text: Annotated[str, Meta(min_length=1, max_length=threads.LONGEST)]


class DecisionBody(Struct, frozen=True, forbid_unknown_fields=True):
    """What is decided; `refuse`, `return` and `hold` need a text."""

    verb: Verb
    text: Annotated[str, Meta(max_length=threads.LONGEST)] = ""
    until: Annotated[date | None, Meta(description="The day to which `hold` sets it aside.")] = None
    survivor: Annotated[
        UUID | None, Meta(description="The solution that stays when a duplicate is approved.")
    ] = None


class DeletionRequestBody(Struct, frozen=True, forbid_unknown_fields=True):
    """Why a solution is to be deleted for good."""

    reason: Reason


class DuplicateBody(Struct, frozen=True, forbid_unknown_fields=True):
    """The solution that was there first."""

    other: UUID


class ErrorReportBody(Struct, frozen=True, forbid_unknown_fields=True):
    """What is wrong on a page."""

    kind: error_reports.ErrorKind
    text: Reason


@writes(
    "POST",
    "/solutions/{solution}/draft/submission",
    CaseAnswer,
    tag=TAG,
    takes=SubmissionBody,
    status=201,
    refusals=(404, 409, 410),
)
def submit(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    solution: FromPath[str],
    body: RawBody,
) -> Response[bytes]:
    """Submit the draft to those who publish it.

    For bodies where a second person publishes, and for those that are not verified yet. After a
    question the same case goes on. `If-Match` names the draft.
    """
    found = opened(session, actor, solution, hold=True)
    given = sent(request, body, SubmissionBody)
    require_draft_match(request, found)
    case = submissions.submit(
        session, actor, found, revision=found.draft_revision, answer=given.answer
    )
    where = {"Location": f"{BASE}/moderation/cases/{case.id}"}
    return _case_answer(request, session, actor, case.id, status=201, headers=where)


@writes(
    "DELETE",
    "/solutions/{solution}/draft/submission",
    None,
    tag=TAG,
    status=204,
    is_conditional=False,
)
def take_back(
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    solution: FromPath[str],
) -> Response[bytes]:
    """Take the submitted draft back, to go on writing; one that is not submitted stays."""
    submissions.take_back(session, actor, opened(session, actor, solution, hold=True))
    return nothing()


@writes(
    "POST",
    "/solutions/{solution}/deletion",
    CaseAnswer,
    tag=TAG,
    takes=DeletionRequestBody,
    status=201,
    is_conditional=False,
)
def request_deletion(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    solution: FromPath[str],
    body: RawBody,
) -> Response[bytes]:
    """Ask for a solution to be deleted for good; a second person decides.

    For editors who are signed in; no key asks for this.
    """
    found = opened(session, actor, solution, hold=True)
    reason = sent(request, body, DeletionRequestBody).reason
    case = deletions.request(session, actor, found, reason=reason)
    return _case_answer(request, session, actor, case.id, status=201)


@writes(
    "POST",
    "/solutions/{solution}/duplicates",
    CaseAnswer,
    tag=TAG,
    takes=DuplicateBody,
    status=201,
    is_conditional=False,
)
def propose_duplicate(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    solution: FromPath[str],
    body: RawBody,
) -> Response[bytes]:
    """Say that this solution and another one are the same; for moderators.

    The decision `approve` of the case merges them; `survivor` names the one that stays. The other
    one's addresses lead there for ever.
    """
    merges.require_moderator(signed_in(actor))
    other = sent(request, body, DuplicateBody).other
    one = addressed(session, solution)
    case = merges.propose(
        session, actor, one, named(lambda: public_one(session, str(other)), "other")
    )
    return _case_answer(request, session, actor, case.id, status=201)


@writes(
    "POST",
    "/solutions/{solution}/error-reports",
    None,
    tag=TAG,
    takes=ErrorReportBody,
    status=204,
    is_conditional=False,
)
def report_error(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    solution: FromPath[str],
    body: RawBody,
) -> Response[bytes]:
    """Tell the moderators of an error; visitors use the form on the page."""
    signed_in(actor)
    given = sent(request, body, ErrorReportBody)
    found = addressed(session, solution)
    error_reports.report(session, actor, found, kind=given.kind, text=given.text)
    return nothing()


@reads(
    "/moderation/cases", CaseList, tag=TAG, asks=WhichCases, refusals=(403,), is_personal=True
)  # fmt: skip
def queue(
    request: ApiRequest, session: NamedDependency[Session], actor: NamedDependency[Actor]
) -> Response[bytes]:
    """List the cases that you may decide."""
    signed_in(actor)
    question = asked(request, WhichCases)
    cases.require_desk(actor)
    wanted = Wanted(
        question.kind or "", question.risk or "", question.state, question.older_than_days
    )
    today = request.app.state.today()
    found = cases.queue(
        session, actor, wanted, today=today, limit=question.limit, offset=question.offset
    )
    total = cases.count(session, actor, wanted, today=today)
    return personal(CaseList(total, [CaseItem.from_case(request, each) for each in found]))


@reads("/account/cases", CaseList, tag=TAG, asks=Slice, is_personal=True)
def mine(
    request: ApiRequest, session: NamedDependency[Session], actor: NamedDependency[Actor]
) -> Response[bytes]:
    """List what you submitted and reported, newest first."""
    signed_in(actor)
    part = asked(request, Slice)
    found = cases.of_submitter(session, actor, part.limit, part.offset)
    total = cases.count_of_submitter(session, actor)
    return personal(CaseList(total, [CaseItem.from_case(request, each) for each in found]))


@reads("/moderation/cases/{case}", CaseAnswer, tag=TAG, refusals=(403, 404), is_personal=True)
def show(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    case: FromPath[str],
) -> Response[bytes]:
    """Read a case with its thread and decisions; for those who decide or submitted it."""
    signed_in(actor)
    return _case_answer(request, session, actor, _id(case))


@writes(
    "POST",
    "/moderation/cases/{case}/messages",
    CaseAnswer,
    tag=TAG,
    takes=MessageBody,
    status=201,
    is_conditional=False,
    refusals=(404,),
)
def write(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    case: FromPath[str],
    body: RawBody,
) -> Response[bytes]:
    """Write into the thread of a case."""
    signed_in(actor)
    text = sent(request, body, MessageBody).text
    found = cases.by_id(session, actor, _id(case))
    threads.write(session, actor, found, text)
    return _case_answer(request, session, actor, found.id, status=201)


@writes(
    "POST",
    "/moderation/cases/{case}/decisions",
    CaseAnswer,
    tag=TAG,
    takes=DecisionBody,
    is_conditional=False,
    refusals=(404, 409),
)
def decide(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    *,
    login: NamedDependency[Login | None],
    case: FromPath[str],
    body: RawBody,
) -> Response[bytes]:
    """Approve, refuse, give back with a question, set aside or take up again.

    To approve a merger you must have confirmed who you are within the last ten minutes.
    """
    signed_in(actor)
    given = sent(request, body, DecisionBody)
    found = cases.by_id(session, actor, _id(case), hold=True)
    if decisions.merges(found, given.verb):
        logins.require_confirmed(login)
    decisions.decide(
        session,
        actor,
        found,
        given.verb,
        text=given.text,
        until=given.until,
        choice=given.survivor,
        today=request.app.state.today(),
    )
    return _case_answer(request, session, actor, found.id)


@writes(
    "POST",
    "/moderation/cases/{case}/undo",
    CaseAnswer,
    tag=TAG,
    is_conditional=False,
    refusals=(404, 409),
)
def undo(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    case: FromPath[str],
) -> Response[bytes]:
    """Take the last decision back, within 24 hours."""
    signed_in(actor)
    found = cases.by_id(session, actor, _id(case), hold=True)
    decisions.undo(session, actor, found)
    return _case_answer(request, session, actor, found.id)


def _case_answer(
    request: ApiRequest,
    session: Session,
    actor: Actor,
    case_id: UUID,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> Response[bytes]:
    case = cases.by_id(session, actor, case_id)
    decides = cases.may_decide(actor, case)
    content = CaseAnswer(
        case=CaseItem.from_case(request, case),
        reason=case.reason,
        text=case.text,
        record=case.record,
        before=case.before,
        messages=[MessageAnswer.of(each) for each in threads.of_case(session, case)],
        decisions=[DecisionAnswer.of(each) for each in decisions.of_case(session, case)],
        expected_days=answer_times.expected_days(session, case) if case.is_undecided else None,
        may_decide=decides and case.is_undecided,
        may_undo=decides and decisions.undoable(session, case) is not None,
    )
    return personal(content, status=status, headers=headers)


def _id(text: str) -> UUID:
    return own_id(text, "There is no such case.")


HANDLERS: list[Any] = [
    submit,
    take_back,
    request_deletion,
    propose_duplicate,
    report_error,
    queue,
    mine,
    show,
    write,
    decide,
    undo,
]
