"""Interfaces: check and compare descriptions, read published ones, enter and publish one's own."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, RawBody
from msgspec import Meta, Struct

from catalog import interfaces, organizations
from catalog.database import Session
from catalog.errors import Invalid, NotFound
from catalog.interfaces import (
    BreakingChange,
    Claim,
    Described,
    Direction,
    InterfaceSpec,
    Statement,
)
from catalog.organizations import Organization
from catalog.permissions import Actor
from catalog.solutions import Solution
from marketplace import fetching, interface_checks
from marketplace.api.answers import ApiRequest, personal, public
from marketplace.api.operations import BASE, checks, id_in, reads, sent, signed_in, writes
from marketplace.api.solutions import addressed
from marketplace.formats import interface_report
from marketplace.formats.check_problem import CheckProblem
from marketplace.formats.interface_report import InterfaceCheckAnswer
from marketplace.interfaces import checking

TAG = "Interfaces"
CHECKS = "Checks"

Language = Annotated[Literal["de", "en"], Meta(description="Of the messages.")]
Document = Annotated[str, Meta(max_length=1_900_000, description="JSON, YAML or XML as a text.")]
FileName = Annotated[str, Meta(max_length=190, description="Tells YAML from JSON where in doubt.")]


class DifferenceAnswer(Struct, frozen=True):
    """One difference of two versions."""

    rule: str
    pointer: str
    operations: list[str]
    message: str


class InterfaceDifferencesAnswer(Struct, frozen=True):
    """What breaks callers of the older version, and what does not."""

    breaking: list[DifferenceAnswer]
    compatible: list[DifferenceAnswer]


class InterfaceAnswer(Struct, frozen=True):
    """One version of an interface with its check result."""

    id: UUID
    name: str
    system: str
    direction: str
    format: str
    format_version: str
    title: str
    version: str
    verdict: Annotated[str, Meta(description="Empty for a claim without a document.")]
    checked_at: datetime
    tool: str
    sha256: str
    claims: list[Claim]
    state: str
    published_at: datetime | None
    breaking: Annotated[int, Meta(description="Breaking changes against the version before.")]
    problems: list[CheckProblem]
    differences: InterfaceDifferencesAnswer


class InterfaceList(Struct, frozen=True):
    """Interfaces by name, newest first."""

    items: list[InterfaceAnswer]


class InterfaceCheckBody(Struct, frozen=True, forbid_unknown_fields=True):
    """A description to be checked."""

    document: Document
    file_name: FileName = ""
    language: Language = "en"


class InterfaceDifferencesBody(Struct, frozen=True, forbid_unknown_fields=True):
    """Two versions of a description."""

    old: Document
    new: Document
    language: Language = "en"


class InterfaceBody(Struct, frozen=True, forbid_unknown_fields=True):
    """An interface: its document as a text or by its address, or the standard it claims to meet."""

    name: Annotated[str, Meta(min_length=1, max_length=120)]
    direction: Direction = Direction.PROVIDES
    document: Document = ""
    file_name: FileName = ""
    url: Annotated[str, Meta(max_length=2000, description="Fetched once; https only.")] = ""
    system: Annotated[str, Meta(max_length=120, description="Of an organization only.")] = ""
    claims: Annotated[list[Claim], Meta(max_length=20)] = []


class CorrectionBody(Struct, frozen=True, forbid_unknown_fields=True):
    """The document that takes another's place: as a text or by its address."""

    document: Document = ""
    file_name: FileName = ""
    url: Annotated[str, Meta(max_length=2000, description="Fetched once; https only.")] = ""


class InterfaceDocumentAnswer(Struct, frozen=True):
    """The document of an interface as it came."""

    file_name: str
    sha256: str
    content: Annotated[bytes, Meta(description="In Base64 (RFC 4648, 4).")]


@checks("/interfaces/check", InterfaceCheckAnswer, tag=CHECKS, takes=InterfaceCheckBody)
def check(request: ApiRequest, body: RawBody) -> Response[bytes]:
    """Check a description of an interface.

    Answers what it is, whether it is valid, what to mend and where. Nothing is stored or fetched.
    """
    given = sent(request, body, InterfaceCheckBody)
    found = checking.check(given.document.encode(), given.file_name)
    return personal(interface_report.report(found, given.language))


@checks("/interfaces/diff", InterfaceDifferencesAnswer, tag=CHECKS, takes=InterfaceDifferencesBody)
def diff(request: ApiRequest, body: RawBody) -> Response[bytes]:
    """Compare two versions of a description.

    Answers what breaks callers of the older one when the newer takes its place.
    """
    given = sent(request, body, InterfaceDifferencesBody)
    found = interface_checks.compared_documents(given.old.encode(), given.new.encode())
    return personal(differences_answer(interface_checks.kept(found), given.language))


@reads("/solutions/{solution}/interfaces", InterfaceList, tag=TAG, refusals=(404, 410))
def index(
    request: ApiRequest, session: NamedDependency[Session], solution: FromPath[str]
) -> Response[bytes]:
    """List the published interfaces of a solution, every version."""
    found = interfaces.of_solution(session, addressed(session, solution).id)
    return public(request, InterfaceList([answer(each) for each in found]))


@reads("/interfaces/{interface}", InterfaceAnswer, tag=TAG, refusals=(404,))
def show(
    request: ApiRequest, session: NamedDependency[Session], interface: FromPath[str]
) -> Response[bytes]:
    """Read a published interface with its check result."""
    return public(request, answer(interfaces.published(session, key_of(interface))))


@reads("/interfaces/{interface}/document", InterfaceDocumentAnswer, tag=TAG, refusals=(404,))
def document(
    request: ApiRequest, session: NamedDependency[Session], interface: FromPath[str]
) -> Response[bytes]:
    """Read the document of a published interface, byte for byte."""
    spec = interfaces.published(session, key_of(interface))
    if spec.content is None:
        raise NotFound("There is no document for this interface.")
    return public(request, InterfaceDocumentAnswer(spec.file_name, spec.sha256, spec.content))


@writes(
    "POST",
    "/solutions/{solution}/interfaces",
    InterfaceAnswer,
    tag=TAG,
    takes=InterfaceBody,
    status=201,
    is_conditional=False,
    refusals=(404, 409, 410),
)
def describe(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    solution: FromPath[str],
    body: RawBody,
) -> Response[bytes]:
    """Enter an interface of a solution as a draft; the answer says what the check found."""
    signed_in(actor)
    owner = addressed(session, solution)
    return _entered(session, actor, owner, sent(request, body, InterfaceBody))


@writes(
    "POST",
    "/solutions/{solution}/interfaces/{interface}/publish",
    InterfaceAnswer,
    tag=TAG,
    is_conditional=False,
    refusals=(404, 409, 410, 422),
)
def publish(
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    solution: FromPath[str],
    interface: FromPath[str],
) -> Response[bytes]:
    """Publish a draft; what it breaks is told to those who use the solution."""
    signed_in(actor)
    owner = addressed(session, solution)
    spec = interfaces.opened(session, actor, key_of(interface), owner)
    changed = interface_checks.differences_from_before(session, spec)
    return personal(answer(interfaces.publish(session, actor, owner, spec, changed)))


@reads(
    "/organizations/{organization}/interfaces",
    InterfaceList,
    tag=TAG,
    refusals=(403, 404),
    is_personal=True,
)
def of_systems(
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    organization: FromPath[str],
) -> Response[bytes]:
    """List what the systems of an organization provide and require; for its members."""
    signed_in(actor)
    found = interfaces.of_organization(session, actor, body_of(session, organization))
    return personal(InterfaceList([answer(each) for each in found]))


@writes(
    "POST",
    "/organizations/{organization}/interfaces",
    InterfaceAnswer,
    tag=TAG,
    takes=InterfaceBody,
    status=201,
    is_conditional=False,
    refusals=(404, 409),
)
def describe_system(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    organization: FromPath[str],
    body: RawBody,
) -> Response[bytes]:
    """Enter an interface of a system of an organization."""
    signed_in(actor)
    owner = body_of(session, organization)
    return _entered(session, actor, owner, sent(request, body, InterfaceBody))


def answer(spec: InterfaceSpec, language: str = "en") -> InterfaceAnswer:
    """A kept interface as the API answers it; messages are English."""
    return InterfaceAnswer(
        id=spec.id,
        name=spec.name,
        system=spec.system,
        direction=spec.direction,
        format=spec.format,
        format_version=spec.format_version,
        title=spec.title,
        version=spec.version,
        verdict=spec.verdict,
        checked_at=spec.checked_at,
        tool=spec.tool,
        sha256=spec.sha256,
        claims=spec.claims,
        state=spec.state,
        published_at=spec.published_at,
        breaking=len(spec.breaking),
        problems=interface_checks.problems(spec.problems, language),
        differences=differences_answer(spec.differences, language),
    )


def _entered(
    session: Session, actor: Actor, owner: Solution | Organization, given: InterfaceBody
) -> Response[bytes]:
    document = document_of(actor, owner, given)
    statement = Statement(given.name, given.direction, given.system, given.claims)
    spec = interfaces.describe(session, actor, owner, statement, document)
    where = f"{BASE}/interfaces/{spec.id}"
    return personal(answer(spec), status=201, headers={"Location": where})


def document_of(
    actor: Actor, owner: Solution | Organization, given: "InterfaceBody | CorrectionBody"
) -> Described | None:
    """The checked document that a body holds or names; None if it does neither.

    Raises ``Invalid`` for both at once, and where an address cannot be fetched.
    """
    if given.document and given.url:
        raise Invalid("Give a document or its address, not both.", field="url")
    if given.document:
        return interface_checks.described(given.document.encode(), given.file_name)
    if not given.url:
        return None
    if not actor.may_draft_for(owner.publisher_id if isinstance(owner, Solution) else owner.id):
        raise NotFound("There is no such interface.")
    found = fetching.fetch(given.url)
    return interface_checks.described(found.content, found.url.rsplit("/", 1)[-1], found.url)


def body_of(session: Session, key: str) -> Organization:
    """The organization with an id or slug. Raises ``NotFound``."""
    known = id_in(key)
    if known is None:
        return organizations.by_slug(session, key)
    return organizations.by_id(session, known)


def key_of(text: str) -> UUID:
    """The id of an interface in an address. Raises ``NotFound`` for what is none."""
    known = id_in(text)
    if known is None:
        raise NotFound("There is no such interface.")
    return known


def differences_answer(
    found: Sequence[BreakingChange], language: str
) -> InterfaceDifferencesAnswer:
    """Differences as the API answers them."""

    def listed(effect: str) -> list[DifferenceAnswer]:
        return [
            DifferenceAnswer(
                each.rule,
                each.pointer,
                each.operations,
                interface_checks.difference_sentence(each, language),
            )
            for each in found
            if each.effect == effect
        ]

    return InterfaceDifferencesAnswer(listed("breaking"), listed("compatible"))


HANDLERS: list[Any] = [
    check, diff, index, show, document, describe, publish, of_systems, describe_system,
]  # fmt: skip
