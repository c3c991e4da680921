"""Entries of the KI-Transparenzregister: read by everybody, written by the body that uses the AI.

What a body withholds is in no answer, nor in older versions. Drafts are seen by the members of the
body alone. Every change names in ``If-Match`` the state it was made from.
"""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, RawBody
from msgspec import UNSET, Meta, Struct, UnsetType

from catalog import adoptions
from catalog.database import Session
from catalog.errors import Conflict, NotFound
from catalog.permissions import Actor
from catalog.register import assessments, entries, fields, law, listing
from catalog.register.entries import RegisterEntry
from catalog.register.listing import Wanted
from catalog.register.record import EntryRecord, GivenAnswer
from marketplace.api import cursors
from marketplace.api.answers import ApiRequest, nothing, personal, public, require_match
from marketplace.api.cursors import After, Limit, Source
from marketplace.api.operations import BASE, asked, id_in, named, reads, sent, signed_in, writes
from marketplace.api.references import OrganizationRef, SolutionRef, iri
from marketplace.api.refusals import Refused
from marketplace.api.register import TAG

HERE = "/register/entries"


class EntryAnswer(Struct, frozen=True, kw_only=True):
    """The public card of one use of AI."""

    id: UUID
    iri: str
    slug: str
    organization: OrganizationRef
    solution: SolutionRef | None
    adoption: Annotated[UUID | None, Meta(description="Id of the use that the card describes.")]
    status: Annotated[str, Meta(description="A code of the list `entry_status`.")]
    risk_class: Annotated[str, Meta(description="Class of the law; empty if not classified.")]
    version: int
    valid_since: date | None
    confirmed_on: Annotated[date | None, Meta(description="When the body last said so.")]
    review_due: Annotated[date | None, Meta(description="Until when its word holds.")]
    is_current: Annotated[bool, Meta(description="Whether its word holds today.")]
    facts_stated: Annotated[int, Meta(description="Required facts stated or withheld.")]
    facts_due: Annotated[int, Meta(description="Facts that this class must state.")]
    record: EntryRecord
    is_sample: bool
    updated_at: datetime

    @classmethod
    def from_entry(cls, request: ApiRequest, entry: RegisterEntry) -> "EntryAnswer":
        """The answer of a public entry, without what is withheld."""
        record = entry.public_record
        stated, due = fields.completeness(record, entry.risk_class)
        return cls(
            id=entry.id,
            iri=iri(request, entries.KIND, entry.id),
            slug=entry.slug,
            organization=OrganizationRef.from_organization(request, entry.organization),
            solution=SolutionRef.from_solution(request, entry.adoption.solution)
            if entry.adoption and entry.adoption.solution.record
            else None,
            adoption=entry.adoption_id,
            status=entry.status,
            risk_class=entry.risk_class,
            version=entry.version,
            valid_since=entry.valid_since,
            confirmed_on=entry.confirmed_on,
            review_due=entry.review_due,
            is_current=entry.is_current(request.app.state.today()),
            facts_stated=stated,
            facts_due=due,
            record=record,
            is_sample=entry.is_sample,
            updated_at=entry.updated_at,
        )


class EntryPage(Struct, frozen=True):
    """Some entries, and the address of the next ones."""

    items: list[EntryAnswer]
    next: str | None


class EntryFilter(Struct, frozen=True, forbid_unknown_fields=True):
    """Which entries; values of one filter are alternatives."""

    land: Annotated[list[str], Meta(description="Codes of the list `land`.")] = []
    topic: Annotated[list[str], Meta(description="Codes of `field_of_action`.")] = []
    risk_class: Annotated[list[str], Meta(description="Classes of the law.")] = []
    status: Annotated[list[str], Meta(description="Codes of `entry_status`.")] = []
    current: Annotated[bool, Meta(description="Only what is confirmed in time.")] = False
    organization: Annotated[UUID | UnsetType, Meta(description="Id of the body.")] = UNSET
    municipality: Annotated[UUID | UnsetType, Meta(description="Id of the place.")] = UNSET
    after: After = ""
    limit: Limit = 50


class EntryVersionAnswer(Struct, frozen=True):
    """One published state."""

    number: int
    valid_since: date


class EntryVersionList(Struct, frozen=True):
    """The published states of an entry, newest first."""

    items: list[EntryVersionAnswer]


class EntryDraftAnswer(Struct, frozen=True, kw_only=True):
    """What the members of a body prepare."""

    id: UUID
    iri: str
    slug: str
    state: str
    version: Annotated[int, Meta(description="The published version; 0 before the first.")]
    revision: int
    organization: OrganizationRef
    is_submitted: bool
    needs_second: Annotated[bool, Meta(description="Whether a second person must publish it.")]
    returned_note: Annotated[str, Meta(description="Why the second person gave it back.")]
    open_fields: Annotated[list[str], Meta(description="What this class must state and lacks.")]
    record: EntryRecord


class BeginBody(Struct, frozen=True, forbid_unknown_fields=True):
    """Which use gets an entry."""

    adoption: Annotated[UUID, Meta(description="Id of your organization's use.")]


class RecordBody(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole draft."""

    record: EntryRecord


class FactsBody(Struct, frozen=True, forbid_unknown_fields=True):
    """Answers that classify the use; what is left out has the default of its question."""

    facts: Annotated[dict[str, GivenAnswer], Meta(max_length=200)]
    rules: Annotated[str, Meta(max_length=80, description="Id of a rule set.")] = law.CURRENT
    assessor: Annotated[str, Meta(max_length=200, description="Role of who answered.")] = ""


class ReturnBody(Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be changed before the draft is published."""

    note: Annotated[str, Meta(min_length=1, max_length=2000)]


class EntryWithdrawalBody(Struct, frozen=True, forbid_unknown_fields=True):
    """Why an entry is taken from the public."""

    reason: Annotated[str, Meta(min_length=1, max_length=2000)]


@reads(HERE, EntryPage, tag=TAG, asks=EntryFilter)
def walk(request: ApiRequest, session: NamedDependency[Session]) -> Response[bytes]:
    """Walk through the public entries, or those asked for, in the order of their ids."""
    question = asked(request, EntryFilter)
    wanted = Wanted(
        land=question.land,
        topic=question.topic,
        risk_class=question.risk_class,
        status=question.status,
        is_current=question.current,
        municipality_id=question.municipality or None,
        organization_id=question.organization or None,
    )
    today = request.app.state.today()
    source = Source(
        lambda last, limit: listing.walk(session, wanted, today=today, after=last, limit=limit),
        lambda ids: listing.walk(session, wanted, today=today, among=ids),
        entries.KIND,
    )
    return cursors.answer(
        request,
        session,
        source,
        lambda rows, following: EntryPage(
            [EntryAnswer.from_entry(request, row) for row in rows], following
        ),
        after=question.after,
        limit=question.limit,
    )


@reads(f"{HERE}/{{entry}}", EntryAnswer, tag=TAG, refusals=(404, 410))
def show(
    request: ApiRequest, session: NamedDependency[Session], entry: FromPath[str]
) -> Response[bytes]:
    """Read one entry by id or slug."""
    found = public_entry(session, entry)
    return public(request, EntryAnswer.from_entry(request, found), version=found.version)


@reads(f"{HERE}/{{entry}}/versions", EntryVersionList, tag=TAG, refusals=(404, 410))
def versions(
    request: ApiRequest, session: NamedDependency[Session], entry: FromPath[str]
) -> Response[bytes]:
    """List the published states of an entry, newest first."""
    found = listing.versions_of(session, public_entry(session, entry))
    items = [EntryVersionAnswer(each.number, each.valid_since) for each in found]
    return public(request, EntryVersionList(items))


@reads(f"{HERE}/{{entry}}/versions/{{number}}", RecordBody, tag=TAG, refusals=(404, 410))
def version(
    request: ApiRequest,
    session: NamedDependency[Session],
    entry: FromPath[str],
    number: FromPath[str],
) -> Response[bytes]:
    """Read what a version said, without what is withheld today."""
    found = public_entry(session, entry)
    if not number.isascii() or not number.isdecimal() or len(number) > 9:
        raise NotFound("There is no version %(number)s of this entry.", number=number[:20])
    return public(request, RecordBody(listing.record_of(session, found, int(number))))


@writes(
    "POST",
    HERE,
    EntryDraftAnswer,
    tag=TAG,
    takes=BeginBody,
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
    """Begin the entry of a use, filled with what the marketplace knows already."""
    signed_in(actor)
    given = sent(request, body, BeginBody)
    use = named(lambda: adoptions.by_id(session, given.adoption), "adoption")
    made = entries.begin(session, actor, use)
    headers = {"Location": f"{BASE}{HERE}/{made.id}/draft"}
    return _written(request, session, actor, made.id, status=201, headers=headers)


@reads(f"{HERE}/{{entry}}/draft", EntryDraftAnswer, tag=TAG, refusals=(403, 404), is_personal=True)
def draft(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    entry: FromPath[str],
) -> Response[bytes]:
    """Read the draft of an entry of your organization."""
    signed_in(actor)
    found = entries.opened(session, actor, _id(entry))
    return personal(_draft(request, found), version=found.draft_revision)


@writes("PUT", f"{HERE}/{{entry}}/draft", EntryDraftAnswer, tag=TAG, takes=RecordBody)
def save(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    entry: FromPath[str],
    body: RawBody,
) -> Response[bytes]:
    """Save the draft; it may be incomplete but never wrong."""
    signed_in(actor)
    given = sent(request, body, RecordBody)
    found = _matched(request, session, actor, entry)
    entries.save(session, actor, found, given.record, revision=found.draft_revision)
    return _written(request, session, actor, found.id)


@writes("DELETE", f"{HERE}/{{entry}}/draft", None, tag=TAG, status=204)
def discard(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    entry: FromPath[str],
) -> Response[bytes]:
    """Give the draft up; an entry that was never public goes with it."""
    signed_in(actor)
    found = _matched(request, session, actor, entry)
    entries.discard(session, actor, found, revision=found.draft_revision)
    return nothing()


@writes("POST", f"{HERE}/{{entry}}/assess", EntryDraftAnswer, tag=TAG, takes=FactsBody)
def assess(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    entry: FromPath[str],
    body: RawBody,
) -> Response[bytes]:
    """Classify the use that the draft describes and keep the result with it. No legal advice."""
    signed_in(actor)
    given = sent(request, body, FactsBody)
    found = _matched(request, session, actor, entry)
    named(lambda: law.rule_set(given.rules), "rules")
    assessments.assess(
        session,
        actor,
        found,
        given.facts,
        revision=found.draft_revision,
        today=request.app.state.today(),
        rule_set=given.rules,
        assessor=given.assessor,
    )
    return _written(request, session, actor, found.id)


@writes("POST", f"{HERE}/{{entry}}/submit", EntryDraftAnswer, tag=TAG, refusals=(404, 409, 422))
def submit(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    entry: FromPath[str],
) -> Response[bytes]:
    """Ask a second person to publish the draft."""
    signed_in(actor)
    found = _matched(request, session, actor, entry)
    entries.submit(session, actor, found, revision=found.draft_revision)
    return _written(request, session, actor, found.id)


@writes("POST", f"{HERE}/{{entry}}/take-back", EntryDraftAnswer, tag=TAG)
def take_back(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    entry: FromPath[str],
) -> Response[bytes]:
    """Take a submitted draft back, to go on writing."""
    signed_in(actor)
    found = _matched(request, session, actor, entry)
    entries.take_back(session, actor, found)
    return _written(request, session, actor, found.id)


@writes("POST", f"{HERE}/{{entry}}/give-back", EntryDraftAnswer, tag=TAG, takes=ReturnBody)
def give_back(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    entry: FromPath[str],
    body: RawBody,
) -> Response[bytes]:
    """Give a submitted draft back to its writer with the reason."""
    signed_in(actor)
    given = sent(request, body, ReturnBody)
    found = _matched(request, session, actor, entry)
    entries.give_back(session, actor, found, note=given.note)
    return _written(request, session, actor, found.id)


@writes("POST", f"{HERE}/{{entry}}/publish", EntryAnswer, tag=TAG, refusals=(404, 409, 422))
def publish(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    entry: FromPath[str],
) -> Response[bytes]:
    """Publish the draft as the next version; a heavy class takes two people."""
    signed_in(actor)
    found = _matched(request, session, actor, entry)
    today = request.app.state.today()
    entries.publish(session, actor, found, revision=found.draft_revision, today=today)
    return personal(EntryAnswer.from_entry(request, found), version=found.version)


@writes("POST", f"{HERE}/{{entry}}/revise", EntryDraftAnswer, tag=TAG)
def revise(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    entry: FromPath[str],
) -> Response[bytes]:
    """Begin a draft from the published document; one that exists stays."""
    signed_in(actor)
    found = _published(request, session, actor, entry)
    entries.revise(session, actor, found)
    return _written(request, session, actor, found.id)


@writes("POST", f"{HERE}/{{entry}}/confirm", EntryAnswer, tag=TAG)
def confirm(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    entry: FromPath[str],
) -> Response[bytes]:
    """Say that everything on the card is still so."""
    signed_in(actor)
    found = _published(request, session, actor, entry)
    entries.confirm(session, actor, found, today=request.app.state.today())
    return personal(EntryAnswer.from_entry(request, found), version=found.version)


@writes(
    "POST",
    f"{HERE}/{{entry}}/withdraw",
    None,
    tag=TAG,
    takes=EntryWithdrawalBody,
    status=204,
)
def withdraw(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    entry: FromPath[str],
    body: RawBody,
) -> Response[bytes]:
    """Take an entry from the public; its address goes on answering with the reason."""
    signed_in(actor)
    given = sent(request, body, EntryWithdrawalBody)
    found = _published(request, session, actor, entry)
    entries.withdraw(session, actor, found, reason=given.reason)
    return nothing()


def public_entry(session: Session, key: str) -> RegisterEntry:
    """The public entry that a part of an address names by id or slug."""
    known = id_in(key)
    return entries.by_id(session, known) if known else entries.by_slug(session, key)


def _id(key: str) -> UUID:
    known = id_in(key)
    if known is None:
        raise NotFound("There is no such register entry.")
    return known


def _draft(request: ApiRequest, entry: RegisterEntry) -> EntryDraftAnswer:
    if entry.draft is None:
        raise Refused(404, "There is no draft of this entry.")
    known = entry.draft.assessment
    due = fields.open_fields(entry.draft, known.risk_class if known else "")
    return EntryDraftAnswer(
        id=entry.id,
        iri=iri(request, entries.KIND, entry.id),
        slug=entry.slug,
        state=entry.state,
        version=entry.version,
        revision=entry.draft_revision,
        organization=OrganizationRef.from_organization(request, entry.organization),
        is_submitted=entry.submitted_at is not None,
        needs_second=entries.needs_second(entry, entry.draft),
        returned_note=entry.returned_note,
        open_fields=[field.id for field in due],
        record=entry.draft,
    )


def _matched(request: ApiRequest, session: Session, actor: Actor, key: str) -> RegisterEntry:
    found = entries.opened(session, actor, _id(key))
    require_match(request, _draft(request, found), version=found.draft_revision)
    return found


def _published(request: ApiRequest, session: Session, actor: Actor, key: str) -> RegisterEntry:
    """The public entry of the actor's body, if the request saw its present state."""
    found = entries.opened(session, actor, _id(key))
    if not found.is_published:
        raise Conflict("This entry is not public.")
    require_match(request, EntryAnswer.from_entry(request, found), version=found.version)
    return found


def _written(
    request: ApiRequest,
    session: Session,
    actor: Actor,
    key: UUID,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> Response[bytes]:
    session.flush()
    found = entries.opened(session, actor, key)
    content = _draft(request, found)
    return personal(content, version=found.draft_revision, status=status, headers=headers)


HANDLERS: list[Any] = [
    walk,
    show,
    versions,
    version,
    begin,
    draft,
    save,
    discard,
    assess,
    submit,
    take_back,
    give_back,
    publish,
    revise,
    confirm,
    withdraw,
]
