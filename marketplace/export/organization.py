"""Everything that one organization owns, drafts and members included, as one file to take along.

This is not public: only the operator and the organization's leads have it.
"""

import zipfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import msgspec
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, joinedload, undefer

from catalog import adoptions, organizations, taxonomy
from catalog.adoptions import Adoption
from catalog.changes import Change
from catalog.database import in_slices
from catalog.deputies import Deputy
from catalog.errors import Conflict
from catalog.interfaces import InterfaceSpec
from catalog.invitations import Invitation
from catalog.join_requests import JoinRequest
from catalog.memberships import Membership
from catalog.organization_requests import OrganizationRequest
from catalog.organizations import Organization
from catalog.permissions import Actor, require
from catalog.records import SolutionRecord
from catalog.register.coverage import ZeroDeclaration
from catalog.register.entries import EntryVersion, RegisterEntry
from catalog.register.feedback import Feedback
from catalog.releases import Release
from catalog.solutions import Solution, SolutionVersion
from catalog.verifications import Verification
from marketplace.accounts.api_keys import ApiKey
from marketplace.export.documents import Document
from marketplace.export.reading import DOCUMENTS_AT_ONCE
from marketplace.transactions import Database

AT_ONCE = 200

READ_ME = """# Everything of {name}

One JSON object a line: `organization`, `solutions` (every state, with the draft and every published
version), `releases`, `interfaces` of solutions and of own systems with their documents in Base64,
`adoptions` with their steps, `register_entries` (every state, with the draft and every published
version), `register_feedback` (what readers said of them, with the answers), `zero_declarations`
that no AI is in use, `members` with their roles, `deputies`, `invitations`, `join_requests`,
`requests` for the organization itself, `verifications`, `keys` without their secrets, `changes`
that were made on behalf of the organization. `codes` are the lists
that coded fields take their values from.

The file holds personal data of members and what is not published. Keep it accordingly.
"""


class OwnSolution(Document, frozen=True):
    """A solution as its publisher has it."""

    id: UUID
    slug: str
    state: str
    version: int
    record: SolutionRecord | None
    draft: SolutionRecord | None
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None
    withdrawn_at: datetime | None
    withdrawn_reason: str
    versions: list[dict[str, Any]]


def export(database: Database, actor: Actor, slug: str, path: Path) -> dict[str, int]:
    """Write all of an organization to ``path``, a ZIP; the numbers of lines by file.

    Raises ``NotFound`` for an unknown slug and ``Conflict`` if the file is there already.
    """
    with database.reading() as session:
        body = organizations.by_slug(session, slug)
    _require_lead(actor, body)
    if path.exists():
        raise Conflict("“%(file)s” is there already. Name a new file.", file=str(path))
    beside = path.with_name(f".{path.name}.{uuid4().hex[:8]}.part")
    beside.touch(mode=0o600)
    try:
        with database.reading() as session:
            body = organizations.by_slug(session, slug)
            counts = _write(session, body, beside)
        beside.rename(path)
    finally:
        beside.unlink(missing_ok=True)
    return counts


def parts(session: Session, actor: Actor, body: Organization) -> dict[str, list[Any]]:
    """All of an organization, by the names of the files that ``export`` writes."""
    _require_lead(actor, body)
    return {
        name: [each for run in runs for each in run] for name, runs in _parts(session, body).items()
    }


def _require_lead(actor: Actor, body: Organization) -> None:
    require(
        actor.may_appoint_for(body.id),
        "Only a lead of “%(name)s” may take everything along.",
        name=body.name,
    )


def _parts(session: Session, body: Organization) -> dict[str, Iterator[Sequence[Any]]]:
    return {
        "organization": iter([[_columns(body)]]),
        "solutions": _solutions(session, body.id),
        "releases": _releases(session, body.id),
        "interfaces": _interfaces(session, body.id),
        "adoptions": _adoptions(session, body.id),
        "register_entries": _register_entries(session, body.id),
        "register_feedback": _register_feedback(session, body.id),
        "zero_declarations": _owned(session, ZeroDeclaration, body.id),
        "members": _members(session, body.id),
        "deputies": _owned(session, Deputy, body.id),
        "invitations": _owned(session, Invitation, body.id, without=("token_hash",)),
        "join_requests": _owned(session, JoinRequest, body.id),
        "requests": _owned(session, OrganizationRequest, body.id),
        "verifications": _owned(session, Verification, body.id),
        "keys": _owned(session, ApiKey, body.id, without=("secret_hash",)),
        "changes": _changes(session, body.id),
        "codes": iter([[_code(each) for each in taxonomy.lists()]]),
    }


def _write(session: Session, body: Organization, path: Path) -> dict[str, int]:
    counts: dict[str, int] = {}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.md", READ_ME.format(name=body.name))
        for name, runs in _parts(session, body).items():
            counts[name] = 0
            with archive.open(f"{name}.jsonl", "w", force_zip64=True) as file:
                for run in runs:
                    file.write(b"".join(msgspec.json.encode(each) + b"\n" for each in run))
                    counts[name] += len(run)
    return counts


def _columns(row: Any, *, without: Sequence[str] = ()) -> dict[str, Any]:
    names = [column.key for column in row.__table__.columns if column.key not in without]
    return {name: getattr(row, name) for name in names}


def _code(list_name: str) -> dict[str, Any]:
    found = taxonomy.lists()[list_name]
    return {
        "list": list_name,
        "title": dict(found.title),
        "codes": {code: dict(each.label) for code, each in found.codes.items()},
    }


def _solutions(session: Session, organization_id: UUID) -> Iterator[Sequence[Any]]:
    ids = session.scalars(
        select(Solution.id).where(Solution.publisher_id == organization_id).order_by(Solution.id)
    ).all()
    for part in in_slices(ids, AT_ONCE):
        query = select(Solution).options(undefer(Solution.draft)).where(Solution.id.in_(part))
        versions: dict[UUID, list[dict[str, Any]]] = {key: [] for key in part}
        kept = select(SolutionVersion).where(SolutionVersion.solution_id.in_(part))
        for row in session.scalars(kept.order_by(SolutionVersion.number)):
            versions[row.solution_id].append(_columns(row, without=("solution_id",)))
        rows = session.scalars(query.order_by(Solution.id)).all()
        fields = [name for name in OwnSolution.__struct_fields__ if name != "versions"]
        yield [
            OwnSolution(**{name: getattr(row, name) for name in fields}, versions=versions[row.id])
            for row in rows
        ]
        session.expunge_all()


def _releases(session: Session, organization_id: UUID) -> Iterator[Sequence[Any]]:
    query = (
        select(Release)
        .join(Solution, Solution.id == Release.solution_id)
        .where(Solution.publisher_id == organization_id)
        .order_by(Release.id)
    )
    yield from _parted(session, query)


def _adoptions(session: Session, organization_id: UUID) -> Iterator[Sequence[Any]]:
    query = select(Adoption).where(Adoption.organization_id == organization_id)
    rows = session.scalars(query.order_by(Adoption.id)).all()
    for part in in_slices(rows, AT_ONCE):
        steps = adoptions.steps_of(session, [row.id for row in part])
        yield [
            {
                **_columns(row),
                "steps": [{"stage": step.stage, "on": step.on} for step in steps[row.id]],
            }
            for row in part
        ]


def _interfaces(session: Session, organization_id: UUID) -> Iterator[Sequence[Any]]:
    published = select(Solution.id).where(Solution.publisher_id == organization_id)
    own: ColumnElement[bool] = or_(
        InterfaceSpec.organization_id == organization_id,
        InterfaceSpec.solution_id.in_(published),
    )
    ids = session.scalars(select(InterfaceSpec.id).where(own).order_by(InterfaceSpec.id)).all()
    for part in in_slices(ids, DOCUMENTS_AT_ONCE):
        query = select(InterfaceSpec).where(InterfaceSpec.id.in_(part)).order_by(InterfaceSpec.id)
        yield [_columns(row) for row in session.scalars(query)]
        session.expunge_all()


def _register_entries(session: Session, organization_id: UUID) -> Iterator[Sequence[Any]]:
    own = RegisterEntry.organization_id == organization_id
    ids = session.scalars(select(RegisterEntry.id).where(own).order_by(RegisterEntry.id)).all()
    for part in in_slices(ids, AT_ONCE):
        versions: dict[UUID, list[dict[str, Any]]] = {key: [] for key in part}
        kept = select(EntryVersion).where(EntryVersion.entry_id.in_(part))
        for row in session.scalars(kept.order_by(EntryVersion.number)):
            versions[row.entry_id].append(_columns(row, without=("entry_id",)))
        query = select(RegisterEntry).options(undefer(RegisterEntry.draft))
        rows = session.scalars(query.where(RegisterEntry.id.in_(part)).order_by(RegisterEntry.id))
        yield [{**_columns(row), "versions": versions[row.id]} for row in rows]
        session.expunge_all()


def _register_feedback(session: Session, organization_id: UUID) -> Iterator[Sequence[Any]]:
    query = (
        select(Feedback)
        .join(RegisterEntry, RegisterEntry.id == Feedback.entry_id)
        .where(RegisterEntry.organization_id == organization_id)
        .order_by(Feedback.id)
    )
    yield [_columns(row, without=("likeness",)) for row in session.scalars(query)]


def _members(session: Session, organization_id: UUID) -> Iterator[Sequence[Any]]:
    query = (
        select(Membership)
        .options(joinedload(Membership.person))
        .where(Membership.organization_id == organization_id)
        .order_by(Membership.id)
    )
    yield [
        {
            "name": row.person.name,
            "email": row.person.email,
            "role": row.role,
            "since": row.since,
        }
        for row in session.scalars(query)
    ]


def _owned(
    session: Session, table: Any, organization_id: UUID, *, without: Sequence[str] = ()
) -> Iterator[Sequence[Any]]:
    query = select(table).where(table.organization_id == organization_id).order_by(table.id)
    yield [_columns(row, without=without) for row in session.scalars(query)]


def _changes(session: Session, organization_id: UUID) -> Iterator[Sequence[Any]]:
    own: ColumnElement[bool] = or_(
        Change.on_behalf_of_id == organization_id, Change.thing_id == organization_id
    )
    yield from _parted(session, select(Change).where(own).order_by(Change.serial))


def _parted(session: Session, query: Any) -> Iterator[Sequence[Any]]:
    for rows in session.scalars(query.execution_options(yield_per=AT_ONCE)).partitions():
        yield [_columns(row) for row in rows]
        session.expunge_all()
