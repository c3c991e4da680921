"""The way back: a dump into an empty node, all or nothing, with all ids kept.

The dump is what its manifest says or it is refused: every file's size and hash is checked before
the first row is written. The rows go in as they are, without the verbs of the domain, for these
would make new ids, days and changes.
"""

from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.orm import Session

from catalog import changes, interfaces, nodes
from catalog.adoptions import Adoption, AdoptionStep
from catalog.changes import Change
from catalog.errors import Conflict, Invalid
from catalog.interfaces import InterfaceSpec
from catalog.municipalities import FormerKey, Municipality
from catalog.municipalities import fold as fold_place
from catalog.organizations import Organization, fold
from catalog.people import Person
from catalog.permissions import Actor
from catalog.register import decided, entries
from catalog.register.coverage import ZeroDeclaration
from catalog.register.entries import EntryVersion, RegisterEntry
from catalog.register.feedback import Feedback, FeedbackState, FeedbackTally
from catalog.releases import Release
from catalog.slugs import Slug
from catalog.solutions import Solution, SolutionVersion, hash_of
from impact.evaluations import Effect, Evaluation
from marketplace.export.documents import (
    AdoptionDocument,
    ChangeDocument,
    Document,
    EntryDocument,
    EvaluationDocument,
    InterfaceDocument,
    MunicipalityDocument,
    OrganizationDocument,
    ReleaseDocument,
    SolutionDocument,
    ZeroDeclarationDocument,
)
from marketplace.export.dump import FORMAT, FORMAT_VERSION, MANIFEST, Manifest, Progress, ignore
from marketplace.transactions import Database

AT_ONCE = 500
LONGEST_LINE = 50_000_000
"""Bytes of one line; a record and its versions stay far below."""

LARGEST_MANIFEST = 1_000_000

MUST_BE_EMPTY = (Municipality, Organization, Solution, Adoption, Person, Change)

Kind = TypeVar("Kind", bound=Document)


def checked(folder: Path) -> Manifest:
    """The manifest of a dump whose files are as it says.

    Raises ``Invalid`` that names the file if one is missing, longer, shorter or altered.
    """
    path = folder / MANIFEST
    if not path.is_file() or path.stat().st_size > LARGEST_MANIFEST:
        raise Invalid("“%(folder)s” holds no dump: manifest.json is missing.", folder=str(folder))
    try:
        manifest = msgspec.json.decode(path.read_bytes(), type=Manifest)
    except msgspec.DecodeError as error:
        raise Invalid("manifest.json cannot be read: %(reason)s", reason=str(error)) from error
    if (manifest.format, manifest.version) != (FORMAT, FORMAT_VERSION):
        raise Invalid(
            "This program reads %(known)s, the dump is %(given)s.",
            known=f"{FORMAT} {FORMAT_VERSION}",
            given=f"{manifest.format} {manifest.version}",
        )
    for file in manifest.files:
        if Path(file.name).name != file.name:
            raise Invalid("“%(file)s” is not the name of a file.", file=file.name)
        if not _is_as_said(folder / file.name, file.bytes, file.sha256):
            raise Invalid(
                "“%(file)s” is not as the manifest says. Fetch the dump again.", file=file.name
            )
    return manifest


def _is_as_said(path: Path, size: int, digest: str) -> bool:
    if not path.is_file() or path.stat().st_size != size:
        return False
    found = sha256()
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            found.update(piece)
    return found.hexdigest() == digest


def load(database: Database, folder: Path, *, progress: Progress = ignore) -> Manifest:
    """Write a dump into an empty node in one transaction.

    Raises ``Conflict`` if the node holds anything, ``Invalid`` if the dump is not whole.
    """
    manifest = checked(folder)
    with database.writing.begin() as session:
        require_empty(session)
        for name, kind, write in WRITERS:
            if name not in manifest.counts and not (folder / f"{name}.jsonl").exists():
                continue  # The dump is older than this noun.
            count = 0
            for documents in _runs(folder / f"{name}.jsonl", kind):
                write(session, documents)
                count += len(documents)
                progress(name, len(documents))
            if count != manifest.counts.get(name):
                raise Invalid(
                    "“%(file)s” is not as the manifest says. Fetch the dump again.",
                    file=f"{name}.jsonl",
                )
        _name_successors(session, folder)
        _go_on_counting(session)
        nodes.name(
            session,
            Actor.operator("load-dump"),
            name=manifest.node.name,
            operator=manifest.node.operator,
            is_sample=manifest.node.is_sample,
        )
    return manifest


def require_empty(session: Session) -> None:
    """Refuse a node that holds anything, its register of places included."""
    for table in MUST_BE_EMPTY:
        count = session.scalar(select(func.count()).select_from(table)) or 0
        if count:
            raise Conflict(
                "A dump goes into an empty node only. This one holds %(count)s rows in %(table)s.",
                count=count,
                table=table.__tablename__,
            )


def _runs(path: Path, kind: type[Kind]) -> Iterator[Sequence[Kind]]:
    decoder = msgspec.json.Decoder(kind)
    with path.open("rb") as file:
        lines = enumerate(iter(lambda: file.readline(LONGEST_LINE), b""), 1)
        while part := list(islice(lines, AT_ONCE)):
            yield [_decoded(decoder, line, path.name, number) for number, line in part]


def _decoded(decoder: "msgspec.json.Decoder[Kind]", line: bytes, file: str, number: int) -> Kind:
    try:
        return decoder.decode(line)
    except msgspec.DecodeError as error:
        raise Invalid(
            "Line %(line)s of “%(file)s” cannot be read: %(reason)s",
            line=number,
            file=file,
            reason=str(error),
        ) from error


def _rows(documents: Sequence[Document], *, without: Sequence[str] = ()) -> list[dict[str, Any]]:
    return [
        {
            name: getattr(document, name)
            for name in document.__struct_fields__
            if name not in without
        }
        for document in documents
    ]


def _insert(session: Session, table: type[Any], rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        session.execute(insert(table).execution_options(render_nulls=True), rows)


def _municipalities(session: Session, documents: Sequence[MunicipalityDocument]) -> None:
    rows = _rows(documents, without=("former_keys",))
    _insert(
        session, Municipality, [{**row, "folded_name": fold_place(row["name"])} for row in rows]
    )
    former = [
        {"key": each.key, "municipality_id": place.id, "name": each.name, "until": each.until}
        for place in documents
        for each in place.former_keys
    ]
    _insert(session, FormerKey, former)


def _organizations(session: Session, documents: Sequence[OrganizationDocument]) -> None:
    rows = _rows(documents, without=("slugs",))
    _insert(
        session,
        Organization,
        [{**row, "folded_name": fold(row["name"]), "verified_by": ""} for row in rows],
    )
    _insert_slugs(session, "organization", documents)


def _insert_slugs(
    session: Session,
    kind: str,
    documents: Sequence[OrganizationDocument | SolutionDocument | EntryDocument],
) -> None:
    rows = [
        {"kind": kind, "slug": slug, "thing_id": document.id, "since": document.created_at}
        for document in documents
        for slug in document.slugs
    ]
    _insert(session, Slug, rows)


def _solutions(session: Session, documents: Sequence[SolutionDocument]) -> None:
    rows = _rows(documents, without=("slugs", "versions", "successor_id", "merged_into_id"))
    _insert(
        session,
        Solution,
        [{**row, "draft": None, "content_hash": hash_of(row["record"])} for row in rows],
    )
    _insert_slugs(session, "solution", documents)
    versions = [
        {
            "solution_id": document.id,
            "number": version.number,
            "record": version.record,
            "published_at": version.published_at,
            "published_by": "",
        }
        for document in documents
        for version in document.versions
    ]
    _insert(session, SolutionVersion, versions)


def _name_successors(session: Session, folder: Path) -> None:
    # A successor may stand behind the solution it follows, so all must be there first.
    for documents in _runs(folder / "solutions.jsonl", SolutionDocument):
        for document in documents:
            if document.successor_id or document.merged_into_id:
                session.execute(
                    update(Solution)
                    .where(Solution.id == document.id)
                    .values(
                        successor_id=document.successor_id,
                        merged_into_id=document.merged_into_id,
                        updated_at=document.updated_at,
                    )
                )


def _releases(session: Session, documents: Sequence[ReleaseDocument]) -> None:
    _insert(session, Release, _rows(documents))


def _interfaces(session: Session, documents: Sequence[InterfaceDocument]) -> None:
    shown = {"organization_id": None, "state": interfaces.State.PUBLISHED}
    _insert(session, InterfaceSpec, [{**row, **shown} for row in _rows(documents)])


def _adoptions(session: Session, documents: Sequence[AdoptionDocument]) -> None:
    _insert(session, Adoption, _rows(documents, without=("steps",)))
    steps = [
        {"id": step.id, "adoption_id": document.id, "stage": step.stage, "on": step.on}
        for document in documents
        for step in document.steps
    ]
    _insert(session, AdoptionStep, steps)


def _evaluations(session: Session, documents: Sequence[EvaluationDocument]) -> None:
    _insert(session, Evaluation, _rows(documents, without=("effect",)))
    effects = [
        {
            "evaluation_id": document.id,
            "adoption_id": document.adoption_id,
            "metric": document.metric,
            "is_sample": document.is_sample,
            **row,
        }
        for document in documents
        for row in _rows([document.effect])
    ]
    _insert(session, Effect, effects)


def _register_entries(session: Session, documents: Sequence[EntryDocument]) -> None:
    rows = _rows(documents, without=("slugs", "versions", "opinions", "questions"))
    _insert(
        session,
        RegisterEntry,
        [{**row, "draft": None, "content_hash": entries.hash_of(row["record"])} for row in rows],
    )
    published = {row["id"]: row["record"] for row in rows if row["record"] is not None}
    decided.note(session, published)
    _insert_slugs(session, entries.KIND, documents)
    versions = [
        {"entry_id": document.id, "published_by": "", **row}
        for document in documents
        for row in _rows(document.versions)
    ]
    _insert(session, EntryVersion, versions)
    tallies = [
        {"entry_id": document.id, **document.opinions}
        for document in documents
        if document.opinions
    ]
    _insert(session, FeedbackTally, tallies)
    answered = [
        {"entry_id": document.id, "state": FeedbackState.ANSWERED, **row}
        for document in documents
        for row in _rows(document.questions)
    ]
    _insert(session, Feedback, answered)


def _zero_declarations(session: Session, documents: Sequence[ZeroDeclarationDocument]) -> None:
    _insert(session, ZeroDeclaration, _rows(documents))


def _changes(session: Session, documents: Sequence[ChangeDocument]) -> None:
    nobody: dict[str, UUID | str | bool | None] = {
        "actor_id": None,
        "actor_name": "",
        "public": True,
    }
    _insert(session, Change, [{**row, **nobody} for row in _rows(documents)])


def _go_on_counting(session: Session) -> None:
    """Let new serials follow the loaded ones; SQLite does so by itself."""
    last = changes.last_serial(session)
    if last and session.get_bind().dialect.name == "postgresql":
        session.execute(
            text("SELECT setval(pg_get_serial_sequence('changes', 'serial'), :last)"),
            {"last": last},
        )


WRITERS: tuple[tuple[str, type[Any], Callable[[Session, Sequence[Any]], None]], ...] = (
    ("municipalities", MunicipalityDocument, _municipalities),
    ("organizations", OrganizationDocument, _organizations),
    ("solutions", SolutionDocument, _solutions),
    ("releases", ReleaseDocument, _releases),
    ("interfaces", InterfaceDocument, _interfaces),
    ("adoptions", AdoptionDocument, _adoptions),
    ("evaluations", EvaluationDocument, _evaluations),
    ("register_entries", EntryDocument, _register_entries),
    ("zero_declarations", ZeroDeclarationDocument, _zero_declarations),
    ("changes", ChangeDocument, _changes),
)
