"""Interfaces: what a solution or the systems of an organization provide and require.

An interface is described by a document (OpenAPI, AsyncAPI …) or claimed by the name of a standard.
What a check said of the document is kept with day and tool. A solution's interface is prepared,
published and then never changed: the next version is a document of its own under the same name,
and what it breaks is announced to those who use the solution.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct
from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, select
from sqlalchemy.orm import Mapped, Session, defer, mapped_column, undefer

from catalog import changes, taxonomy
from catalog.database import Base, Document, new_id, now
from catalog.errors import Conflict, Invalid, NotFound
from catalog.organizations import Organization
from catalog.permissions import Actor, require
from catalog.releases import Release
from catalog.solutions import Solution

KIND = "interface"
MAX_NAME = 120


class Direction(StrEnum):
    """Whether an interface is there to be used, or is needed."""

    PROVIDES = "provides"
    REQUIRES = "requires"


class State(StrEnum):
    """A draft is seen by its organization only; what is replaced stays readable."""

    DRAFT = "draft"
    PUBLISHED = "published"


class KeptProblem(Struct, frozen=True):
    """What a check found: the rule's sentence is filled with ``params`` where it is shown."""

    severity: str
    rule: str
    pointer: str
    line: int
    params: dict[str, str | int | float] = {}


class Claim(Struct, frozen=True):
    """A standard that an interface claims to meet, where that can be seen, and since when."""

    standard: str
    evidence_url: str = ""
    claimed_on: date | None = None


class BreakingChange(Struct, frozen=True):
    """One difference from the version before; sentences are filled where they are shown."""

    rule: str
    effect: str
    pointer: str
    params: dict[str, str | int | float] = {}
    operations: list[str] = []


class InterfaceSpec(Base):
    """One version of a described or claimed interface, with its check result."""

    __tablename__ = "interface_specs"
    __table_args__ = (
        CheckConstraint("(solution_id IS NULL) <> (organization_id IS NULL)", name="one_owner"),
        Index("ix_interface_specs_solution_id_name", "solution_id", "name"),
        Index("ix_interface_specs_organization_id", "organization_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    solution_id: Mapped[UUID | None] = mapped_column(ForeignKey("solutions.id"))
    organization_id: Mapped[UUID | None] = mapped_column(ForeignKey("organizations.id"))
    """The organization whose system this is about; None for the interface of a solution."""
    release_id: Mapped[UUID | None] = mapped_column(ForeignKey("releases.id"))
    name: Mapped[str] = mapped_column(String(MAX_NAME))
    """What it is called; the versions of one interface share it."""
    system: Mapped[str] = mapped_column(String(MAX_NAME))
    """The organization's system, such as its document management."""
    direction: Mapped[str] = mapped_column(String(20))
    format: Mapped[str] = mapped_column(String(40))
    format_version: Mapped[str] = mapped_column(String(200))
    title: Mapped[str] = mapped_column(String(200))
    version: Mapped[str] = mapped_column(String(200))
    """The version that the document gives itself."""
    file_name: Mapped[str] = mapped_column(String(200))
    source_url: Mapped[str] = mapped_column(String(2000))
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The document as it came; None for an interface that is only claimed."""
    sha256: Mapped[str] = mapped_column(String(64))
    verdict: Mapped[str] = mapped_column(String(40))
    problems: Mapped[list[KeptProblem]] = mapped_column(Document(list[KeptProblem]))
    checked_at: Mapped[datetime]
    tool: Mapped[str] = mapped_column(String(120))
    """Name and version of what checked."""
    claims: Mapped[list[Claim]] = mapped_column(Document(list[Claim]))
    differences: Mapped[list[BreakingChange]] = mapped_column(Document(list[BreakingChange]))
    """What differs from the version before it; empty for the first."""
    state: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]

    @property
    def is_published(self) -> bool:
        """Whether readers see it."""
        return self.state == State.PUBLISHED

    @property
    def may_be_published(self) -> bool:
        """Whether its document is valid; a claim without a document is not checked."""
        return self.content is None or self.verdict in ("valid", "valid_with_warnings")

    @property
    def breaking(self) -> Sequence[BreakingChange]:
        """What callers of the version before may fail at."""
        return [each for each in self.differences if each.effect == "breaking"]


@dataclass(frozen=True)
class Described:
    """A document with what the check says of it."""

    content: bytes
    file_name: str
    format: str
    format_version: str
    title: str
    version: str
    verdict: str
    problems: Sequence[KeptProblem]
    tool: str
    source_url: str = ""


@dataclass(frozen=True)
class Statement:
    """What people state about an interface besides its document."""

    name: str
    direction: Direction = Direction.PROVIDES
    system: str = ""
    claims: Sequence[Claim] = field(default=())
    release: Release | None = None


def describe(
    session: Session,
    actor: Actor,
    owner: Solution | Organization,
    statement: Statement,
    described: Described | None = None,
    *,
    id: UUID | None = None,  # noqa: A002 - the name of the column
) -> InterfaceSpec:
    """Enter an interface: of a solution as a draft, of an organization's system at once.

    Raises ``Invalid`` where name, standard and document are missing or a standard is unknown.
    """
    _may_prepare(actor, owner)
    _valid(statement, described, owner)
    spec = InterfaceSpec(id=id or new_id(), created_at=now(), differences=[], state=State.DRAFT)
    if isinstance(owner, Solution):
        spec.solution_id = owner.id
    else:
        spec.organization_id = owner.id
    _state(spec, statement)
    _fill(spec, described)
    session.add(spec)
    session.flush()
    _record(session, actor, "described", spec, owner)
    return spec


def correct(
    session: Session, actor: Actor, spec: InterfaceSpec, owner: Solution | Organization,
    described: Described,
) -> InterfaceSpec:  # fmt: skip
    """Put another document in the place of a draft's, or of an organization's."""
    _may_prepare(actor, owner)
    _not_published(spec)
    _fill(spec, described)
    session.flush()
    _record(session, actor, "corrected", spec, owner)
    return spec


def publish(
    session: Session,
    actor: Actor,
    solution: Solution,
    spec: InterfaceSpec,
    differences: Iterable[BreakingChange] = (),
) -> InterfaceSpec:
    """Show a draft to readers; what it breaks is announced as a change of the solution.

    Raises ``Conflict`` for what is published already, ``Invalid`` for an invalid document.
    """
    require(
        actor.may_edit_for(solution.publisher_id),
        "Only editors of the responsible body may publish interfaces.",
    )
    _not_published(spec)
    if not spec.may_be_published:
        raise Invalid("Mend the errors first; then it can be published.", field="document")
    spec.differences = list(differences)
    spec.state = State.PUBLISHED
    spec.published_at = now()
    session.flush()
    _record(session, actor, "published", spec, solution, public=solution.is_published)
    verb = "interface_broken" if spec.breaking else "interface_published"
    changes.record(
        session, actor, verb, "solution", solution.id,
        on_behalf_of=solution.publisher_id, public=solution.is_published,
    )  # fmt: skip
    return spec


def discard(
    session: Session, actor: Actor, spec: InterfaceSpec, owner: Solution | Organization
) -> None:
    """Take away a draft, or an interface of an organization's system."""
    _may_prepare(actor, owner)
    _not_published(spec)
    _record(session, actor, "discarded", spec, owner)
    session.delete(spec)
    session.flush()


def of_solution(session: Session, solution_id: UUID) -> Sequence[InterfaceSpec]:
    """The published interfaces of a solution, by name, newest first; without their documents."""
    return session.scalars(
        select(InterfaceSpec)
        .where(InterfaceSpec.solution_id == solution_id, InterfaceSpec.state == State.PUBLISHED)
        .order_by(InterfaceSpec.name, InterfaceSpec.published_at.desc())
        .options(defer(InterfaceSpec.content))
    ).all()


def newest(specs: Iterable[InterfaceSpec]) -> Sequence[InterfaceSpec]:
    """Of each interface the version that counts now; ``specs`` as ``of_solution`` gives them."""
    found: dict[str, InterfaceSpec] = {}
    for spec in specs:
        found.setdefault(spec.name, spec)
    return list(found.values())


def drafts_of(session: Session, actor: Actor, solution: Solution) -> Sequence[InterfaceSpec]:
    """The drafts of a solution's interfaces, newest first, for those who may prepare them."""
    _may_prepare(actor, solution)
    return session.scalars(
        select(InterfaceSpec)
        .where(InterfaceSpec.solution_id == solution.id, InterfaceSpec.state == State.DRAFT)
        .order_by(InterfaceSpec.created_at.desc())
        .options(defer(InterfaceSpec.content))
    ).all()


def of_organization(
    session: Session, actor: Actor, organization: Organization
) -> Sequence[InterfaceSpec]:
    """What an organization's systems provide and require; its members only may see it."""
    require(
        actor.may_draft_for(organization.id),
        "Only members of the organization see the interfaces of its systems.",
    )
    return session.scalars(
        select(InterfaceSpec)
        .where(InterfaceSpec.organization_id == organization.id)
        .order_by(InterfaceSpec.system, InterfaceSpec.name)
        .options(undefer(InterfaceSpec.content))
    ).all()


def published(session: Session, key: UUID) -> InterfaceSpec:
    """A published interface with its document."""
    spec = session.get(InterfaceSpec, key, options=[undefer(InterfaceSpec.content)])
    if spec is None or not spec.is_published:
        raise NotFound("There is no such interface.")
    return spec


def opened(
    session: Session, actor: Actor, key: UUID, owner: Solution | Organization
) -> InterfaceSpec:
    """A draft or published interface of ``owner``, for those who may prepare it."""
    _may_prepare(actor, owner)
    spec = session.get(InterfaceSpec, key, options=[undefer(InterfaceSpec.content)])
    if spec is None or owner.id not in (spec.solution_id, spec.organization_id):
        raise NotFound("There is no such interface.")
    return spec


def before(session: Session, spec: InterfaceSpec) -> InterfaceSpec | None:
    """The published version that ``spec`` follows; None for the first under its name."""
    query = (
        select(InterfaceSpec)
        .where(
            InterfaceSpec.solution_id == spec.solution_id,
            InterfaceSpec.name == spec.name,
            InterfaceSpec.state == State.PUBLISHED,
            InterfaceSpec.id != spec.id,
        )
        .order_by(InterfaceSpec.published_at.desc())
        .limit(1)
    )
    if spec.published_at is not None:
        query = query.where(InterfaceSpec.published_at < spec.published_at)
    return session.scalar(query.options(undefer(InterfaceSpec.content)))


def _may_prepare(actor: Actor, owner: Solution | Organization) -> None:
    body = owner.publisher_id if isinstance(owner, Solution) else owner.id
    require(
        actor.may_draft_for(body),
        "Only members of the responsible body may prepare interfaces.",
    )


def _not_published(spec: InterfaceSpec) -> None:
    if spec.is_published:
        raise Conflict("What is published stays as it is. Enter the next version instead.")


def _valid(
    statement: Statement, described: Described | None, owner: Solution | Organization
) -> None:
    if not statement.name.strip():
        raise Invalid("Give the interface a name, for example “Case API”.", field="name")
    if len(statement.name) > MAX_NAME or len(statement.system) > MAX_NAME:
        raise Invalid("Give at most %(limit)d characters.", field="name", limit=MAX_NAME)
    if isinstance(owner, Organization) and not statement.system.strip():
        raise Invalid("Name the system, for example “E-file”.", field="system")
    if described is None and not statement.claims:
        raise Invalid("Give a document or name the standard.", field="document")
    for claim in statement.claims:
        if not taxonomy.knows("standard", claim.standard):
            raise Invalid("Choose a standard from the list.", field="standard")
        if claim.evidence_url and not claim.evidence_url.startswith("https://"):
            raise Invalid("Give a web address beginning with https://.", field="evidence_url")


def _state(spec: InterfaceSpec, statement: Statement) -> None:
    spec.name = statement.name.strip()
    spec.system = statement.system.strip()
    spec.direction = statement.direction
    spec.claims = list(statement.claims)
    spec.release_id = statement.release.id if statement.release else None


def _fill(spec: InterfaceSpec, described: Described | None) -> None:
    spec.checked_at = now()
    facts: Mapping[str, str] = {
        "format": "", "format_version": "", "title": "", "version": "", "file_name": "",
        "source_url": "", "verdict": "", "tool": "",
    }  # fmt: skip
    for name in facts:
        limit = 2000 if name == "source_url" else 200 if name not in ("format", "verdict") else 40
        setattr(spec, name, str(getattr(described, name))[:limit] if described else "")
    spec.content = described.content if described else None
    spec.sha256 = hashlib.sha256(described.content).hexdigest() if described else ""
    spec.problems = list(described.problems) if described else []


def _record(
    session: Session, actor: Actor, verb: str, spec: InterfaceSpec,
    owner: Solution | Organization, *, public: bool = False,
) -> None:  # fmt: skip
    body = owner.publisher_id if isinstance(owner, Solution) else owner.id
    changes.record(session, actor, verb, KIND, spec.id, on_behalf_of=body, public=public)
