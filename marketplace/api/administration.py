"""Administration: what the node's steward sees and decides."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, RawBody
from msgspec import UNSET, Meta, Struct, UnsetType

from catalog import announcements, audit, nodes, people
from catalog.announcements import Announcement, Weight
from catalog.audit import Wanted
from catalog.changes import Change
from catalog.database import Session
from catalog.nodes import Description, Node
from catalog.people import Person
from catalog.permissions import Actor
from marketplace import node_health
from marketplace.api.account import own_id
from marketplace.api.answers import ApiRequest, nothing, personal
from marketplace.api.changes import LARGEST_SERIAL
from marketplace.api.cursors import Limit
from marketplace.api.operations import BASE, asked, reads, sent, signed_in, writes
from marketplace.node_health import Finding
from marketplace.search.service import SearchService

TAG = "Administration"

Words = Annotated[str, Meta(max_length=200)]


class FindingAnswer(Struct, frozen=True):
    """One thing that was looked at."""

    name: str
    grade: Annotated[str, Meta(description="ok, warn, bad, or later for what is not set up.")]
    finding: str


class HealthAnswer(Struct, frozen=True):
    """How the node is."""

    grade: str
    findings: list[FindingAnswer]

    @classmethod
    def from_findings(cls, found: Sequence[Finding]) -> "HealthAnswer":
        """The answer of what was found."""
        return cls(
            node_health.worst(found).value,
            [
                FindingAnswer(each.name, each.grade.value, each.sentence % each.params)
                for each in found
            ],
        )


class PersonAnswer(Struct, frozen=True):
    """An account."""

    id: UUID
    name: str
    email: str
    is_moderator: bool
    is_steward: bool
    suspended_at: datetime | None
    created_at: datetime

    @classmethod
    def from_person(cls, person: Person) -> "PersonAnswer":
        """The answer of a person."""
        return cls(
            id=person.id,
            name=person.name,
            email=person.email,
            is_moderator=person.is_moderator,
            is_steward=person.is_steward,
            suspended_at=person.suspended_at,
            created_at=person.created_at,
        )


class PersonList(Struct, frozen=True):
    """Some accounts; go on with `after` set to the last id."""

    items: list[PersonAnswer]


class WhichPeople(Struct, frozen=True, forbid_unknown_fields=True):
    """Which accounts."""

    q: Annotated[Words, Meta(description="Part of a name or address.")] = ""
    after: Annotated[UUID | UnsetType, Meta(description="Id of the last account read.")] = UNSET
    limit: Limit = 50


class RightsBody(Struct, frozen=True, forbid_unknown_fields=True):
    """Rights on the node."""

    is_moderator: bool
    is_steward: bool


class AddressBody(Struct, frozen=True, forbid_unknown_fields=True):
    """The address of the account, so that nobody suspends the wrong one."""

    address: Annotated[str, Meta(max_length=320)]


class AnnouncementBody(Struct, frozen=True, forbid_unknown_fields=True):
    """Something to tell everybody, in German and English."""

    text: Annotated[dict[str, str], Meta(max_length=2)]
    weight: Weight
    shown_from: Annotated[datetime, Meta(tz=True)]
    shown_until: Annotated[datetime, Meta(tz=True)]


class AnnouncementAnswer(Struct, frozen=True):
    """Something that is or was told to everybody."""

    id: UUID
    text: dict[str, str]
    weight: str
    shown_from: datetime
    shown_until: datetime

    @classmethod
    def from_announcement(cls, found: Announcement) -> "AnnouncementAnswer":
        """The answer of an announcement."""
        return cls(found.id, found.text, found.weight, found.shown_from, found.shown_until)


class AnnouncementList(Struct, frozen=True):
    """The announcements, newest end first."""

    items: list[AnnouncementAnswer]


class NodeBody(Struct, frozen=True, forbid_unknown_fields=True):
    """What is said about the node."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]
    operator: Words
    address: Annotated[str, Meta(max_length=1_000)]
    contact_email: Annotated[str, Meta(max_length=254)]
    imprint: dict[str, str]
    privacy: dict[str, str]

    @classmethod
    def from_node(cls, node: Node) -> "NodeBody":
        """What is said about a node."""
        return cls(
            name=node.name,
            operator=node.operator,
            address=node.address,
            contact_email=node.contact_email,
            imprint=node.imprint,
            privacy=node.privacy,
        )


class AuditEntry(Struct, frozen=True):
    """One entry of the log."""

    serial: int
    at: datetime
    actor_id: UUID | None
    actor_name: str
    verb: str
    kind: str
    thing_id: UUID
    version: int | None
    on_behalf_of_id: UUID | None
    public: bool

    @classmethod
    def from_change(cls, change: Change) -> "AuditEntry":
        """The entry of a change."""
        return cls(**{name: getattr(change, name) for name in cls.__struct_fields__})


class AuditPage(Struct, frozen=True):
    """Some entries of the log, newest first; go on with `before` set to the last serial."""

    items: list[AuditEntry]


class WhichEntries(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which entries of the log."""

    who: Annotated[Words, Meta(description="Part of the name of whoever acted.")] = ""
    actor: Annotated[UUID | UnsetType, Meta(description="Id of whoever acted.")] = UNSET
    verb: Annotated[Words, Meta(description="What was done.")] = ""
    kind: Annotated[Words, Meta(description="Kind of the thing.")] = ""
    thing: Annotated[UUID | UnsetType, Meta(description="Id of the thing.")] = UNSET
    on_behalf_of: Annotated[
        UUID | UnsetType, Meta(description="Id of the organization spoken for.")
    ] = UNSET
    since: Annotated[datetime | UnsetType, Meta(description="Not before this moment.")] = UNSET
    until: Annotated[datetime | UnsetType, Meta(description="Before this moment.")] = UNSET
    before: Annotated[int, Meta(ge=0, le=LARGEST_SERIAL, description="Before this serial.")] = (
        LARGEST_SERIAL
    )
    limit: Limit = 50


@reads("/admin/health", HealthAnswer, tag=TAG, is_personal=True, refusals=(403,))
def health(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    search: NamedDependency[SearchService],
) -> Response[bytes]:
    """Say whether anything is broken."""
    settings = request.app.state.settings
    found = node_health.findings(session, signed_in(actor), settings, search)
    return personal(HealthAnswer.from_findings(found))


@reads("/admin/people", PersonList, tag=TAG, asks=WhichPeople, is_personal=True, refusals=(403,))
def accounts(
    request: ApiRequest, session: NamedDependency[Session], actor: NamedDependency[Actor]
) -> Response[bytes]:
    """Find accounts."""
    question = asked(request, WhichPeople)
    found = people.listed(
        session,
        signed_in(actor),
        question.q,
        after=question.after or None,
        limit=question.limit,
    )
    return personal(PersonList([PersonAnswer.from_person(each) for each in found]))


@writes(
    "PUT",
    "/admin/people/{person}",
    PersonAnswer,
    tag=TAG,
    takes=RightsBody,
    is_conditional=False,
    refusals=(404, 409),
)
def give_rights(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    person: FromPath[str],
    body: RawBody,
) -> Response[bytes]:
    """Make somebody moderator or steward, or take it; the last steward stays one."""
    found = _person(session, actor, person)
    given = sent(request, body, RightsBody)
    people.give_rights(
        session,
        actor,
        found,
        is_moderator=given.is_moderator,
        is_steward=given.is_steward,
    )
    return personal(PersonAnswer.from_person(found))


@writes(
    "POST",
    "/admin/people/{person}/suspend",
    PersonAnswer,
    tag=TAG,
    takes=AddressBody,
    is_conditional=False,
    refusals=(404, 409),
)
def suspend(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    person: FromPath[str],
    body: RawBody,
) -> Response[bytes]:
    """Keep somebody from acting here."""
    found = _person(session, actor, person)
    given = sent(request, body, AddressBody)
    people.suspend(session, actor, found, typed_address=given.address)
    return personal(PersonAnswer.from_person(found))


@writes(
    "POST",
    "/admin/people/{person}/readmit",
    PersonAnswer,
    tag=TAG,
    is_conditional=False,
    refusals=(404,),
)
def readmit(
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    person: FromPath[str],
) -> Response[bytes]:
    """Let somebody act again."""
    found = _person(session, actor, person)
    people.readmit(session, actor, found)
    return personal(PersonAnswer.from_person(found))


@reads("/admin/announcements", AnnouncementList, tag=TAG, is_personal=True, refusals=(403,))
def list_announcements(
    session: NamedDependency[Session], actor: NamedDependency[Actor]
) -> Response[bytes]:
    """List what is and was announced."""
    found = announcements.listed(session, signed_in(actor))
    return personal(
        AnnouncementList([AnnouncementAnswer.from_announcement(each) for each in found])
    )


@writes(
    "POST",
    "/admin/announcements",
    AnnouncementAnswer,
    tag=TAG,
    takes=AnnouncementBody,
    status=201,
    is_conditional=False,
    refusals=(),
)
def announce(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    body: RawBody,
) -> Response[bytes]:
    """Tell everybody something, from one moment until another."""
    signed_in(actor)
    given = sent(request, body, AnnouncementBody)
    made = announcements.announce(
        session,
        actor,
        text=given.text,
        weight=given.weight,
        shown_from=given.shown_from,
        shown_until=given.shown_until,
    )
    where = {"Location": f"{BASE}/admin/announcements"}
    return personal(AnnouncementAnswer.from_announcement(made), status=201, headers=where)


@writes(
    "DELETE",
    "/admin/announcements/{announcement}",
    None,
    tag=TAG,
    status=204,
    is_conditional=False,
    refusals=(404,),
)
def end_announcement(
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    announcement: FromPath[str],
) -> Response[bytes]:
    """Show an announcement no longer."""
    key = own_id(announcement, "There is no such announcement.")
    announcements.end(session, signed_in(actor), key)
    return nothing()


@reads("/admin/node", NodeBody, tag=TAG, is_personal=True, refusals=(403,))
def node(session: NamedDependency[Session], actor: NamedDependency[Actor]) -> Response[bytes]:
    """Read what is said about the node."""
    return personal(NodeBody.from_node(nodes.administered(session, signed_in(actor))))


@writes(
    "PUT",
    "/admin/node",
    NodeBody,
    tag=TAG,
    takes=NodeBody,
    is_conditional=False,
    refusals=(),
)
def describe_node(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    body: RawBody,
) -> Response[bytes]:
    """Say who runs the node and how it is reached."""
    signed_in(actor)
    given = sent(request, body, NodeBody)
    told = Description(**{name: getattr(given, name) for name in NodeBody.__struct_fields__})
    return personal(NodeBody.from_node(nodes.describe(session, actor, told)))


@reads("/admin/audit", AuditPage, tag=TAG, asks=WhichEntries, is_personal=True, refusals=(403,))
def log(
    request: ApiRequest, session: NamedDependency[Session], actor: NamedDependency[Actor]
) -> Response[bytes]:
    """Search the log: who did what, when, on whose behalf."""
    question = asked(request, WhichEntries)
    wanted = Wanted(
        who=question.who,
        actor_id=question.actor or None,
        verb=question.verb,
        kind=question.kind,
        thing_id=question.thing or None,
        on_behalf_of_id=question.on_behalf_of or None,
        since=_zoned(question.since),
        until=_zoned(question.until),
    )
    found = audit.entries(
        session, signed_in(actor), wanted, before=question.before, limit=question.limit
    )
    return personal(AuditPage([AuditEntry.from_change(each) for each in found]))


HANDLERS: list[Any] = [
    health,
    accounts,
    give_rights,
    suspend,
    readmit,
    list_announcements,
    announce,
    end_announcement,
    node,
    describe_node,
    log,
]


def _zoned(moment: datetime | UnsetType) -> datetime | None:
    if moment is UNSET:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _person(session: Session, actor: Actor, key: str) -> Person:
    known = own_id(key, "There is no such person.")
    return people.administered(session, signed_in(actor), known)
