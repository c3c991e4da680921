"""Solutions and their life: draft, submitted, published, withdrawn.

A solution keeps two documents: ``record``, which is public, and ``draft``, which is being worked
on. Every published state is a version and stays. What belongs to another node is read-only here.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import (
    ForeignKey,
    Index,
    Select,
    String,
    bindparam,
    func,
    insert,
    or_,
    select,
    type_coerce,
)
from sqlalchemy import Text as SqlText
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship

from catalog import changes, records, slugs
from catalog.database import Base, Document, UtcDateTime, in_slices, new_id, now, rows_by_id
from catalog.errors import Conflict, Gone, Invalid, NotFound
from catalog.organizations import Organization
from catalog.permissions import Actor, require
from catalog.records import SolutionRecord

KIND = "solution"


class State(StrEnum):
    """Where a solution stands on its way to the public and back."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Solution(Base):
    """What can be reused."""

    __tablename__ = "solutions"
    __table_args__ = (
        Index("ix_solutions_state_id", "state", "id"),
        Index("ix_solutions_state_updated_at_id", "state", "updated_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    slug: Mapped[str] = mapped_column(String(90), unique=True)
    publisher_id: Mapped[UUID | None] = mapped_column(ForeignKey("organizations.id"), index=True)
    """The responsible body; None where a source names none."""
    publisher: Mapped[Organization | None] = relationship(lazy="raise")
    state: Mapped[str] = mapped_column(String(20), default=State.DRAFT)
    record: Mapped[SolutionRecord | None] = mapped_column(Document(SolutionRecord))
    draft: Mapped[SolutionRecord | None] = mapped_column(Document(SolutionRecord), deferred=True)
    draft_revision: Mapped[int] = mapped_column(default=0)
    """Counts every change of the draft and never goes back, so that an old form is recognized."""
    draft_saved_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    draft_saved_by: Mapped[str] = mapped_column(String(200), default="")
    """Shown to members of the responsible body only."""
    version: Mapped[int] = mapped_column(default=0)
    """Number of the published version; 0 before the first."""
    content_hash: Mapped[str] = mapped_column(String(64), default="")
    home: Mapped[str] = mapped_column(String(500), default="")
    """IRI of the node that owns the record; empty for our own."""
    is_sample: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime(), default=now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime(), default=now)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    withdrawn_reason: Mapped[str] = mapped_column(String(2000), default="")
    successor_id: Mapped[UUID | None] = mapped_column(ForeignKey("solutions.id"))
    submitted_revision: Mapped[int | None]
    """The revision of the draft that is being reviewed; None while none is."""
    merged_into_id: Mapped[UUID | None] = mapped_column(ForeignKey("solutions.id"))
    """The solution with which this one was found to be the same; its addresses lead there."""
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    """Since when nothing but name, reason and address is shown for ever."""

    @property
    def is_published(self) -> bool:
        """Whether readers may see it."""
        return self.state == State.PUBLISHED

    @property
    def is_reviewed_again(self) -> bool:
        """Whether its first publication was undone: nobody gave a reason, the review goes on."""
        stands = self.merged_into_id is None and self.deleted_at is None
        return stands and self.state == State.WITHDRAWN and not self.withdrawn_reason

    @property
    def is_foreign(self) -> bool:
        """Whether another node owns the record."""
        return bool(self.home)

    @property
    def public_record(self) -> SolutionRecord:
        """The published document; raises ``NotFound`` while there is none."""
        if self.record is None:
            raise NotFound("There is no solution called “%(slug)s”.", slug=self.slug)
        return self.record


class SolutionVersion(Base):
    """One published state of a solution, kept whole."""

    __tablename__ = "solution_versions"

    solution_id: Mapped[UUID] = mapped_column(ForeignKey("solutions.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    record: Mapped[SolutionRecord] = mapped_column(Document(SolutionRecord))
    published_at: Mapped[datetime] = mapped_column(UtcDateTime())
    published_by: Mapped[str] = mapped_column(String(200))


@dataclass(frozen=True)
class NewSolution:
    """A solution that is published as it comes, in bulk."""

    record: SolutionRecord
    publisher_id: UUID | None
    id: UUID | None = None
    home: str = ""
    is_sample: bool = False
    slug_hint: str = ""
    """What the slug is made of, if not of the name."""
    content_hash: str = ""
    """``hash_of(record)``, if the caller has it already."""


class Listed(NamedTuple):
    """What a list needs to know of a published solution, as columns."""

    id: UUID
    slug: str
    record: SolutionRecord
    home: str
    """IRI of the node that owns the record; empty for our own."""
    publisher: str
    """Name of the responsible body; empty where a source names none."""


def hash_of(record: SolutionRecord) -> str:
    """SHA-256 of the record's canonical JSON, in hexadecimal."""
    return sha256(msgspec.json.encode(record, order="deterministic")).hexdigest()


def draft(
    session: Session,
    actor: Actor,
    publisher: Organization,
    record: SolutionRecord,
    *,
    is_sample: bool = False,
    id: UUID | None = None,  # noqa: A002 - the column's name
) -> Solution:
    """Begin a solution that nobody but the publisher's members sees."""
    require(
        actor.may_draft_for(publisher.id),
        "Only members of “%(name)s” may prepare its solutions.",
        name=publisher.name,
    )
    solution = Solution(
        id=id or new_id(),
        publisher=publisher,
        draft=record,
        draft_revision=1,
        draft_saved_at=now(),
        draft_saved_by=actor.name,
        is_sample=is_sample,
    )
    name, _ = records.best(record.name, "de")
    solution.slug = slugs.claim(session, KIND, name, solution.id)
    session.add(solution)
    session.flush()
    _note(session, actor, "drafted", solution, public=False)
    return solution


def publish(session: Session, actor: Actor, solution: Solution) -> Solution:
    """Put the draft before the public as the next version; moderators, what was submitted."""
    if not (actor.may_moderate and solution.submitted_revision is not None):
        _require_editor(actor, solution)
    if solution.draft is None:
        raise Conflict("There is nothing new to publish.")
    _put_public(session, actor, solution, solution.draft, "published")
    return solution


def revise(session: Session, actor: Actor, solution: Solution, record: SolutionRecord) -> bool:
    """Publish ``record`` as the next version; an equal one changes nothing and answers False."""
    _require_editor(actor, solution)
    if solution.record is not None and hash_of(record) == solution.content_hash:
        return False
    _put_public(session, actor, solution, record, "revised" if solution.version else "published")
    return True


def put_back(session: Session, actor: Actor, solution: Solution, record: SolutionRecord) -> None:
    """Publish an earlier record again as a version of its own, when a decision is undone."""
    _require_decider(actor, solution)
    _put_public(session, actor, solution, record, "revised")


def unpublish(session: Session, actor: Actor, solution: Solution) -> None:
    """Withdraw what was published by a decision that is undone; ``is_reviewed_again`` then."""
    _require_decider(actor, solution)
    solution.state = State.WITHDRAWN
    solution.withdrawn_at = solution.updated_at = now()
    solution.withdrawn_reason = ""
    _note(session, actor, "withdrawn", solution)


def hand_over(
    session: Session, actor: Actor, solution: Solution, publisher_id: UUID | None
) -> bool:
    """Make another body responsible; the same one changes nothing and answers False."""
    require(actor.is_steward, "Only the node's steward hands a solution to another body.")
    if solution.publisher_id == publisher_id:
        return False
    solution.publisher_id = publisher_id
    solution.updated_at = now()
    _note(session, actor, "handed_over", solution)
    return True


def withdraw(
    session: Session,
    actor: Actor,
    solution: Solution,
    *,
    reason: str,
    successor: Solution | None = None,
) -> Solution:
    """Take a solution from the public; its address answers with the reason and the successor."""
    _require_editor(actor, solution)
    if not reason.strip():
        raise Invalid("Say why the solution is withdrawn.", field="reason")
    if not solution.is_published:
        raise Conflict("Only a published solution can be withdrawn.")
    if successor is not None and successor.id == solution.id:
        raise Invalid("A solution cannot follow itself.", field="successor")
    solution.state = State.WITHDRAWN
    solution.withdrawn_at = solution.updated_at = now()
    solution.withdrawn_reason = reason.strip()
    solution.successor_id = successor.id if successor else None
    _note(session, actor, "withdrawn", solution)
    return solution


def publish_many(session: Session, actor: Actor, items: Sequence[NewSolution]) -> list[UUID]:
    """Enter and publish many solutions at once; the ids in the order given.

    The records must have passed ``records.check``; intake and the generator see to that.
    """
    require(actor.is_steward, "Only the node's steward publishes many solutions at once.")
    if not items:
        return []
    moment = now()
    ids = [item.id or new_id() for item in items]
    names = [item.slug_hint or records.best(item.record.name, "de")[0] for item in items]
    chosen = slugs.claim_many(session, KIND, list(zip(names, ids, strict=True)))
    rows = [
        {
            "id": new,
            "slug": slug,
            "publisher_id": item.publisher_id,
            "state": State.PUBLISHED,
            # Encoded once for both tables: a document passes encoded JSON through.
            "record": msgspec.Raw(msgspec.json.encode(item.record)),
            "draft": None,
            "version": 1,
            "content_hash": item.content_hash or hash_of(item.record),
            "home": item.home,
            "is_sample": item.is_sample,
            "created_at": moment,
            "updated_at": moment,
            "published_at": moment,
            "withdrawn_reason": "",
        }
        for item, new, slug in zip(items, ids, chosen, strict=True)
    ]
    session.execute(insert(Solution), rows)
    session.execute(
        insert(SolutionVersion),
        [
            {
                "solution_id": row["id"],
                "number": 1,
                "record": row["record"],
                "published_at": moment,
                "published_by": actor.name,
            }
            for row in rows
        ],
    )
    for new, item in zip(ids, items, strict=True):
        changes.record(
            session, actor, "published", KIND, new, version=1, on_behalf_of=item.publisher_id
        )
    return ids


def by_slug(session: Session, slug: str) -> Solution:
    """The published solution that this slug names or once named, with its publisher.

    A solution that was merged leads to the one that survived. Raises ``Gone`` for one that was
    withdrawn and ``NotFound`` for one that is not public.
    """
    known = slugs.thing_called(session, KIND, slug)
    solution = _one(session, Solution.id == known) if known is not None else None
    if solution is None or solution.state in (State.DRAFT, State.SUBMITTED):
        raise NotFound("There is no solution called “%(slug)s”.", slug=slug)
    if solution.merged_into_id is not None:
        return _survivor(session, solution)
    if solution.is_reviewed_again:
        raise Gone(
            "“%(name)s” was withdrawn: its publication is being reviewed once more.",
            name=records.best(solution.public_record.name, "de")[0],
        )
    if solution.state == State.WITHDRAWN:
        successor = (
            session.scalar(select(Solution.slug).where(Solution.id == solution.successor_id))
            if solution.successor_id
            else None
        )
        raise Gone(
            "“%(name)s” was withdrawn. Reason: %(reason)s",
            successor=successor,
            name=records.best(solution.public_record.name, "de")[0],
            reason=solution.withdrawn_reason,
        )
    return solution


def called_alike(
    session: Session, record: SolutionRecord, *, but: UUID, limit: int = 10
) -> Sequence[Solution]:
    """Published solutions named like ``record``, whatever case and punctuation, with publishers."""
    stems = sorted({slugs.slug_of(name) for name in record.name.values() if name.strip()})
    alike = or_(
        *(
            or_(Solution.slug == stem, Solution.slug.startswith(f"{stem}-", autoescape=True))
            for stem in stems
        )
    )
    query = published().where(alike, Solution.id != but).order_by(Solution.slug).limit(20 * limit)
    numbered = re.compile("|".join(rf"{re.escape(stem)}(-\d+)?" for stem in stems))
    found = session.scalars(query).all() if stems else []
    return [each for each in found if numbered.fullmatch(each.slug)][:limit]


def is_merged_away(session: Session, key: UUID | str) -> bool:
    """Whether the solution with this id or slug goes on in another one."""
    known = slugs.thing_called(session, KIND, key) if isinstance(key, str) else key
    return bool(session.scalar(select(Solution.merged_into_id).where(Solution.id == known)))


def by_id(
    session: Session,
    id: UUID,  # noqa: A002 - the column's name
    *,
    hold: bool = False,
) -> Solution:
    """The solution with this id in whatever state, with its publisher.

    ``hold`` keeps it from others until the transaction ends, for who compares and then writes.
    """
    solution = _one(session, Solution.id == id, hold=hold)
    if solution is None:
        raise NotFound("There is no such solution.")
    return solution


def by_ids(session: Session, ids: Sequence[UUID]) -> Mapping[UUID, Solution]:
    """The solutions with these ids in whatever state, without their publishers."""
    return rows_by_id(session, Solution, ids)


def published_by_ids(session: Session, ids: Sequence[UUID]) -> Mapping[UUID, Solution]:
    """The published ones among these ids, with their publishers."""
    rows: dict[UUID, Solution] = {}
    for part in in_slices(list(dict.fromkeys(ids))):
        query = published().where(Solution.id.in_(part))
        rows.update((row.id, row) for row in session.scalars(query))
    return rows


def listed(session: Session, ids: Sequence[UUID]) -> Mapping[UUID, Listed]:
    """The published ones among these ids, as lists show them; one statement for 500."""
    found: dict[UUID, Listed] = {}
    for part in in_slices(list(dict.fromkeys(ids))):
        for key, slug, record, home, publisher in session.execute(_listed(), {"ids": part}):
            if record is not None:
                found[key] = Listed(key, slug, record, home, publisher or "")
    return found


@cache
def _listed() -> Select[UUID, str, SolutionRecord | None, str, str]:
    return (
        select(Solution.id, Solution.slug, Solution.record, Solution.home, Organization.name)
        .outerjoin(Organization, Organization.id == Solution.publisher_id)
        .where(Solution.id.in_(bindparam("ids", expanding=True)), Solution.state == State.PUBLISHED)
    )


def published_after(session: Session, last: UUID | None, limit: int = 500) -> Sequence[Solution]:
    """Published solutions in the order of their ids, from behind ``last``."""
    query = published().order_by(Solution.id).limit(limit)
    if last is not None:
        query = query.where(Solution.id > last)
    return session.scalars(query).all()


def of_publisher(
    session: Session, organization_id: UUID, *, limit: int = 50, offset: int = 0
) -> Sequence[Solution]:
    """The published solutions of one body, newest first."""
    query = (
        published()
        .where(Solution.publisher_id == organization_id)
        .order_by(Solution.published_at.desc(), Solution.id)
        .limit(limit)
        .offset(offset)
    )
    return session.scalars(query).all()


def count_published(session: Session, *, publisher_id: UUID | None = None) -> int:
    """How many solutions readers can see, of one publisher or of all."""
    query = select(func.count()).select_from(Solution).where(Solution.state == State.PUBLISHED)
    if publisher_id is not None:
        query = query.where(Solution.publisher_id == publisher_id)
    return session.scalar(query) or 0


def count_by_publisher(session: Session, organization_ids: Sequence[UUID]) -> Mapping[UUID, int]:
    """How many solutions of each of these bodies readers can see; those with none are left out."""
    query = (
        select(Solution.publisher_id, func.count())
        .where(Solution.publisher_id.in_(organization_ids), Solution.state == State.PUBLISHED)
        .group_by(Solution.publisher_id)
    )
    return {key: number for key, number in session.execute(query) if key is not None}


def ids_of_publisher(session: Session, organization_id: UUID) -> Sequence[UUID]:
    """The ids of everything a body publishes, for those who must renew what they keep of it."""
    return session.scalars(
        select(Solution.id).where(Solution.publisher_id == organization_id)
    ).all()


def ids_with_code(session: Session, code: str) -> Sequence[UUID]:
    """The ids of the public solutions whose record has this code, whatever the list."""
    written = msgspec.json.encode(code).decode()
    text = type_coerce(Solution.record, SqlText)
    return session.scalars(
        select(Solution.id).where(
            Solution.state == State.PUBLISHED, text.contains(written, autoescape=True)
        )
    ).all()


def related(session: Session, iris: Sequence[str]) -> Mapping[str, Solution]:
    """The published solutions among these IRIs, by IRI; an IRI ends with the solution's UUID."""
    ids: dict[UUID, str] = {}
    for iri in iris:
        try:
            ids[UUID(iri.rsplit("/", 1)[-1])] = iri
        except ValueError:
            continue
    found = published_by_ids(session, list(ids))
    return {ids[key]: solution for key, solution in found.items()}


def published() -> Select[Solution]:
    """The solutions that readers may see, with their publishers and their places."""
    return (
        select(Solution)
        .options(joinedload(Solution.publisher).joinedload(Organization.municipality))
        .where(Solution.state == State.PUBLISHED)
    )


def _survivor(session: Session, solution: Solution) -> Solution:
    """Where merging led; survivors may have been merged themselves, but nobody twice."""
    seen = {solution.id}
    while solution.merged_into_id is not None and solution.merged_into_id not in seen:
        seen.add(solution.merged_into_id)
        solution = by_id(session, solution.merged_into_id)
    return solution if solution.is_published else by_slug(session, solution.slug)


def _one(session: Session, condition: object, *, hold: bool = False) -> Solution | None:
    query = select(Solution).options(
        joinedload(Solution.publisher).joinedload(Organization.municipality)
    )
    if hold:
        query = query.with_for_update(of=Solution).execution_options(populate_existing=True)
    return session.scalar(query.where(condition))  # type: ignore[arg-type]


def _require_decider(actor: Actor, solution: Solution) -> None:
    require(
        actor.may_moderate or actor.may_edit_in_person_for(solution.publisher_id),
        "Only moderators or editors of the responsible body decide this.",
    )


def _require_editor(actor: Actor, solution: Solution) -> None:
    require(
        actor.may_edit_for(solution.publisher_id),
        "Only editors of the responsible body may change this solution.",
    )
    if solution.is_foreign and not actor.is_steward:
        raise Conflict("This record belongs to %(home)s. Change it there.", home=solution.home)


def _put_public(
    session: Session, actor: Actor, solution: Solution, record: SolutionRecord, verb: str
) -> None:
    problems = records.check(record)
    if problems:
        raise Invalid("The record is not ready to be published.", problems=problems)
    moment = now()
    solution.record, solution.draft, solution.submitted_revision = record, None, None
    solution.draft_saved_at, solution.draft_saved_by = None, ""
    solution.state = State.PUBLISHED
    solution.version += 1
    solution.content_hash = hash_of(record)
    solution.published_at = solution.published_at or moment
    solution.updated_at = moment
    solution.withdrawn_at, solution.withdrawn_reason, solution.successor_id = None, "", None
    session.add(
        SolutionVersion(
            solution_id=solution.id,
            number=solution.version,
            record=record,
            published_at=moment,
            published_by=actor.name,
        )
    )
    _note(session, actor, verb, solution)


def _note(
    session: Session, actor: Actor, verb: str, solution: Solution, *, public: bool = True
) -> None:
    changes.record(
        session,
        actor,
        verb,
        KIND,
        solution.id,
        version=solution.version,
        on_behalf_of=solution.publisher_id,
        public=public,
    )
