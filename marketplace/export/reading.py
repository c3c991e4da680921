"""Everything public of a node in runs of some hundred rows, in the order of the ids.

A run is the rows with their documents. The whole reading is one transaction, so what is read fits
together however long it takes; memory holds one run.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload

from catalog import adoptions, interfaces, taxonomy
from catalog.adoptions import Adoption
from catalog.changes import Change
from catalog.database import in_slices
from catalog.interfaces import InterfaceSpec
from catalog.municipalities import FormerKey, Municipality
from catalog.organizations import Organization
from catalog.register import coverage, entries, record
from catalog.register.coverage import ZeroDeclaration
from catalog.register.entries import EntryVersion, RegisterEntry
from catalog.register.feedback import Feedback, FeedbackState, FeedbackTally
from catalog.releases import Release
from catalog.slugs import Slug
from catalog.solutions import Solution, SolutionVersion, State
from impact.evaluations import Effect, Evaluation
from impact.metrics import library
from marketplace.export import columns
from marketplace.export.columns import ListedCode, ListedRelease, Sheet
from marketplace.export.documents import (
    AdoptionDocument,
    ChangeDocument,
    CodeDocument,
    Document,
    EffectDocument,
    EntryDocument,
    EntryVersionDocument,
    EvaluationDocument,
    FormerKeyDocument,
    InterfaceDocument,
    MunicipalityDocument,
    OrganizationDocument,
    QuestionDocument,
    ReleaseDocument,
    SolutionDocument,
    StepDocument,
    VersionDocument,
    ZeroDeclarationDocument,
)
from marketplace.export.listing import listed
from marketplace.transactions import Database

AT_ONCE = 200
"""Things in memory at a time; a solution comes with all of its versions."""

DOCUMENTS_AT_ONCE = 10
"""Descriptions of interfaces in memory at a time; each may have megabytes."""

PUBLIC = (State.PUBLISHED, State.WITHDRAWN)


@dataclass(frozen=True)
class Run:
    """Some things: their documents, and the rows of the flat tables that they fill."""

    documents: Sequence[Document]
    rows: Mapping[str, Sequence[Any]]
    """Rows by the name of their sheet."""


@dataclass(frozen=True)
class Noun:
    """A kind of thing in the dump: its name, flat tables, how many there are, and the reading."""

    name: str
    sheets: Sequence[Sheet[Any]]
    count: Callable[[Session], int]
    runs: Callable[[Session], Iterator[Run]]


@contextmanager
def snapshot(database: Database) -> Iterator[Session]:
    """A session whose statements all see the node as it was at one moment."""
    with database.reading() as session:
        if database.engine.dialect.name == "postgresql":
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        yield session


def _is_public() -> ColumnElement[bool]:
    # Not the bare column: its index would be walked and sorted anew for every run, while the
    # primary key has the rows in order already.
    return func.coalesce(Solution.state, "").in_(PUBLIC)


def _of_public(solution_id: Any) -> ColumnElement[bool]:
    """Whether the solution with this id is or was public; looked up row by row."""
    return exists().where(Solution.id == solution_id, _is_public())


def _by_id(session: Session, query: Select[Any], table: Any) -> Iterator[Sequence[Any]]:
    last: UUID | None = None
    while True:
        part = query if last is None else query.where(table.id > last)
        rows = session.scalars(part.order_by(table.id).limit(AT_ONCE)).all()
        if not rows:
            return
        last = rows[-1].id
        yield rows
        session.expunge_all()


def _counted(query: Select[Any]) -> Callable[[Session], int]:
    return lambda session: session.scalar(select(func.count()).select_from(query.subquery())) or 0


def _slugs(session: Session, kind: str, ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    found: dict[UUID, list[str]] = {key: [] for key in ids}
    query = (
        select(Slug.thing_id, Slug.slug)
        .where(Slug.kind == kind, Slug.thing_id.in_(ids))
        .order_by(Slug.since, Slug.slug)
    )
    for key, slug in session.execute(query):
        found[key].append(slug)
    return found


def _municipalities(session: Session) -> Iterator[Run]:
    for rows in _by_id(session, select(Municipality), Municipality):
        former: dict[UUID, list[FormerKeyDocument]] = {row.id: [] for row in rows}
        query = (
            select(FormerKey)
            .where(FormerKey.municipality_id.in_(list(former)))
            .order_by(FormerKey.key)
        )
        for each in session.scalars(query):
            document = FormerKeyDocument(each.key, each.name, each.until)
            former[each.municipality_id].append(document)
        documents = [
            MunicipalityDocument(
                former_keys=former[row.id],
                **_fields(row, MunicipalityDocument, without=("former_keys",)),
            )
            for row in rows
        ]
        yield Run(documents, {columns.MUNICIPALITIES.name: rows})


def _organizations(session: Session) -> Iterator[Run]:
    query = select(Organization).options(joinedload(Organization.municipality))
    for rows in _by_id(session, query, Organization):
        slugs = _slugs(session, "organization", [row.id for row in rows])
        documents = [
            OrganizationDocument(
                slugs=slugs[row.id], **_fields(row, OrganizationDocument, without=("slugs",))
            )
            for row in rows
        ]
        yield Run(documents, {columns.ORGANIZATIONS.name: rows})


def _solutions(session: Session) -> Iterator[Run]:
    query = select(Solution).options(joinedload(Solution.publisher)).where(_is_public())
    for rows in _by_id(session, query, Solution):
        ids = [row.id for row in rows]
        slugs = _slugs(session, "solution", ids)
        versions = _versions(session, ids)
        followed = [
            key for row in rows for key in (row.successor_id, row.merged_into_id) if key is not None
        ]
        public = select(Solution.id).where(Solution.id.in_(followed), _is_public())
        known = set(session.scalars(public))
        documents = [
            SolutionDocument(
                slugs=slugs[row.id],
                versions=versions[row.id],
                record=columns.without_withheld(row.public_record),
                successor_id=row.successor_id if row.successor_id in known else None,
                merged_into_id=row.merged_into_id if row.merged_into_id in known else None,
                **_fields(
                    row,
                    SolutionDocument,
                    without=("slugs", "versions", "record", "successor_id", "merged_into_id"),
                ),
            )
            for row in rows
        ]
        shown = listed(session, [row for row in rows if row.is_published])
        yield Run(documents, {columns.SOLUTIONS.name: shown})


def _versions(session: Session, ids: Sequence[UUID]) -> dict[UUID, list[VersionDocument]]:
    found: dict[UUID, list[VersionDocument]] = {key: [] for key in ids}
    query = (
        select(SolutionVersion)
        .where(SolutionVersion.solution_id.in_(ids))
        .order_by(SolutionVersion.solution_id, SolutionVersion.number)
    )
    for row in session.scalars(query):
        record = columns.without_withheld(row.record)
        found[row.solution_id].append(VersionDocument(row.number, record, row.published_at))
    return found


def _releases(session: Session) -> Iterator[Run]:
    for rows in _by_id(session, _public_releases(), Release):
        ids = {row.solution_id for row in rows}
        query = select(Solution.id, Solution.slug).where(Solution.id.in_(ids))
        slugs = {row.id: row.slug for row in session.execute(query)}
        documents = [ReleaseDocument(**_fields(row, ReleaseDocument)) for row in rows]
        shown = [ListedRelease(row, slugs[row.solution_id]) for row in rows]
        yield Run(documents, {columns.RELEASES.name: shown})


def _public_releases() -> Select[Any]:
    return select(Release).where(_of_public(Release.solution_id))


def _interfaces(session: Session) -> Iterator[Run]:
    keys = session.scalars(
        _public_interfaces().with_only_columns(InterfaceSpec.id).order_by(InterfaceSpec.id)
    ).all()
    for part in in_slices(keys, DOCUMENTS_AT_ONCE):
        query = select(InterfaceSpec).where(InterfaceSpec.id.in_(part)).order_by(InterfaceSpec.id)
        rows = session.scalars(query).all()
        yield Run([InterfaceDocument(**_fields(row, InterfaceDocument)) for row in rows], {})
        session.expunge_all()


def _public_interfaces() -> Select[Any]:
    return select(InterfaceSpec).where(
        _of_public(InterfaceSpec.solution_id),
        InterfaceSpec.state == interfaces.State.PUBLISHED,
    )


def _adoptions(session: Session) -> Iterator[Run]:
    query = _public_adoptions().options(
        joinedload(Adoption.solution),
        joinedload(Adoption.organization).joinedload(Organization.municipality),
    )
    for rows in _by_id(session, query, Adoption):
        steps = adoptions.steps_of(session, [row.id for row in rows])
        documents = [
            AdoptionDocument(
                steps=[StepDocument(step.id, step.stage, step.on) for step in steps[row.id]],
                **_fields(row, AdoptionDocument, without=("steps",)),
            )
            for row in rows
        ]
        yield Run(
            documents,
            {
                columns.ADOPTIONS.name: rows,
                columns.STEPS.name: [step for row in rows for step in steps[row.id]],
            },
        )


def _public_adoptions() -> Select[Any]:
    return select(Adoption).where(_of_public(Adoption.solution_id))


def _public_evaluations() -> Select[Any]:
    """Evaluations of public uses; those behind too few cases are no one's to see elsewhere."""
    enough = or_(
        *(
            and_(
                Effect.metric == metric.id,
                or_(Effect.cases.is_(None), Effect.cases >= metric.privacy.min_n_public),
            )
            for metric in library().values()
        )
    )
    uses = select(Adoption.id).where(_of_public(Adoption.solution_id))
    return (
        select(Evaluation)
        .join(Effect, Effect.evaluation_id == Evaluation.id)
        .where(Evaluation.adoption_id.in_(uses), enough)
    )


def _evaluations(session: Session) -> Iterator[Run]:
    for rows in _by_id(session, _public_evaluations(), Evaluation):
        kept = select(Effect).where(Effect.evaluation_id.in_([row.id for row in rows]))
        effects = {effect.evaluation_id: effect for effect in session.scalars(kept)}
        documents = [
            EvaluationDocument(
                effect=EffectDocument(**_fields(effects[row.id], EffectDocument)),
                **_fields(row, EvaluationDocument, without=("effect",)),
            )
            for row in rows
        ]
        yield Run(documents, {})


def _public_entries() -> Select[Any]:
    return select(RegisterEntry).where(
        RegisterEntry.state.in_(PUBLIC), RegisterEntry.record.is_not(None)
    )


def _register_entries(session: Session) -> Iterator[Run]:
    query = _public_entries().options(
        joinedload(RegisterEntry.organization).joinedload(Organization.municipality),
        joinedload(RegisterEntry.adoption).joinedload(Adoption.solution),
    )
    for rows in _by_id(session, query, RegisterEntry):
        slugs = _slugs(session, entries.KIND, [row.id for row in rows])
        versions = _entry_versions(session, rows)
        opinions, questions = _feedback(session, [row.id for row in rows])
        documents = [
            EntryDocument(
                slugs=slugs[row.id],
                versions=versions[row.id],
                opinions=opinions.get(row.id, {}),
                questions=questions.get(row.id, []),
                record=row.public_record,
                adoption_id=_public_use(row),
                **_fields(row, EntryDocument, without=ENTRY_PARTS),
            )
            for row in rows
        ]
        shown = [row for row in rows if row.is_published]
        yield Run(documents, {columns.REGISTER_ENTRIES.name: shown})


ENTRY_PARTS = ("slugs", "versions", "record", "adoption_id", "opinions", "questions")


def _feedback(
    session: Session, ids: Sequence[UUID]
) -> tuple[dict[UUID, dict[str, int]], dict[UUID, list[QuestionDocument]]]:
    """What readers called the cards, and the answered questions; what waits is not public."""
    tallies = session.scalars(select(FeedbackTally).where(FeedbackTally.entry_id.in_(ids)))
    opinions = {
        row.entry_id: {
            name: getattr(row, name) for name in ("understandable", "unclear", "missing")
        }
        for row in tallies
    }
    questions: dict[UUID, list[QuestionDocument]] = {}
    query = (
        select(Feedback)
        .where(Feedback.entry_id.in_(ids), Feedback.state == FeedbackState.ANSWERED)
        .order_by(Feedback.entry_id, Feedback.id)
    )
    for row in session.scalars(query):
        document = QuestionDocument(**_fields(row, QuestionDocument))
        questions.setdefault(row.entry_id, []).append(document)
    return opinions, questions


def _public_use(entry: RegisterEntry) -> UUID | None:
    use = entry.adoption
    return use.id if use is not None and use.solution.state in PUBLIC else None


def _entry_versions(
    session: Session, rows: Sequence[RegisterEntry]
) -> dict[UUID, list[EntryVersionDocument]]:
    hidden = {row.id: frozenset(row.record.withheld if row.record else ()) for row in rows}
    found: dict[UUID, list[EntryVersionDocument]] = {key: [] for key in hidden}
    query = (
        select(EntryVersion)
        .where(EntryVersion.entry_id.in_(list(hidden)))
        .order_by(EntryVersion.entry_id, EntryVersion.number)
    )
    for row in session.scalars(query):
        said = record.public(row.record, withheld_now=hidden[row.entry_id])
        found[row.entry_id].append(
            EntryVersionDocument(row.number, said, row.valid_since, row.published_at)
        )
    return found


def _zero_declarations(session: Session) -> Iterator[Run]:
    for rows in _by_id(session, select(ZeroDeclaration), ZeroDeclaration):
        documents = [
            ZeroDeclarationDocument(**_fields(row, ZeroDeclarationDocument)) for row in rows
        ]
        yield Run(documents, {})


def _codes(_session: Session) -> Iterator[Run]:
    rows = [
        ListedCode(found.name, code)
        for found in taxonomy.lists().values()
        for code in found.codes.values()
    ]
    documents = [
        CodeDocument(
            row.list_name,
            row.code.code,
            dict(row.code.label),
            row.code.parent,
            list(row.code.words),
        )
        for row in rows
    ]
    yield Run(documents, {columns.CODES.name: rows})


def _public_changes() -> Select[Any]:
    is_hidden_use = exists().where(
        Adoption.id == Change.thing_id,
        Adoption.solution_id == Solution.id,
        func.coalesce(Solution.state, "").not_in(PUBLIC),
    )
    is_public_interface = exists().where(
        InterfaceSpec.id == Change.thing_id,
        InterfaceSpec.state == interfaces.State.PUBLISHED,
        _of_public(InterfaceSpec.solution_id),
    )
    about: ColumnElement[bool] = or_(
        and_(Change.kind == "solution", _of_public(Change.thing_id)),
        and_(Change.kind == interfaces.KIND, is_public_interface),
        and_(Change.kind == adoptions.KIND, ~is_hidden_use),
        Change.kind.in_(("organization", entries.KIND, coverage.KIND)),
    )
    return select(Change).where(Change.public.is_(True), about)


def last_public_serial(session: Session) -> int:
    """The serial of the newest public change; 0 where there is none."""
    query = _public_changes().with_only_columns(func.max(Change.serial))
    return session.scalar(query) or 0


def _changes(session: Session) -> Iterator[Run]:
    last = 0
    while True:
        rows = session.scalars(
            _public_changes()
            .where(Change.serial > last)
            .order_by(Change.serial)
            .limit(AT_ONCE * 10)
        ).all()
        if not rows:
            return
        last = rows[-1].serial
        documents = [ChangeDocument(**_fields(row, ChangeDocument)) for row in rows]
        yield Run(documents, {columns.CHANGES.name: rows})
        session.expunge_all()


def _fields(row: Any, document: type[Document], *, without: Sequence[str] = ()) -> dict[str, Any]:
    return {name: getattr(row, name) for name in document.__struct_fields__ if name not in without}


NOUNS: tuple[Noun, ...] = (
    Noun(
        "municipalities",
        (columns.MUNICIPALITIES,),
        _counted(select(Municipality.id)),
        _municipalities,
    ),
    Noun(
        "organizations",
        (columns.ORGANIZATIONS,),
        _counted(select(Organization.id)),
        _organizations,
    ),
    Noun(
        "solutions",
        (columns.SOLUTIONS,),
        _counted(select(Solution.id).where(_is_public())),
        _solutions,
    ),
    Noun("releases", (columns.RELEASES,), _counted(_public_releases()), _releases),
    Noun("interfaces", (), _counted(_public_interfaces()), _interfaces),
    Noun(
        "adoptions", (columns.ADOPTIONS, columns.STEPS), _counted(_public_adoptions()), _adoptions
    ),
    Noun(
        "evaluations",
        (),
        _counted(_public_evaluations()),
        _evaluations,
    ),
    Noun(
        "register_entries",
        (columns.REGISTER_ENTRIES,),
        _counted(_public_entries()),
        _register_entries,
    ),
    Noun(
        "zero_declarations",
        (),
        _counted(select(ZeroDeclaration.id)),
        _zero_declarations,
    ),
    Noun(
        "codes",
        (columns.CODES,),
        lambda _session: sum(len(each.codes) for each in taxonomy.lists().values()),
        _codes,
    ),
    Noun("changes", (columns.CHANGES,), _counted(_public_changes()), _changes),
)
"""In the order in which they can be loaded."""
