"""The draft of a solution: begun, saved section by section, published or discarded.

Several people may edit one draft. Each save names the revision that its form was made from; the
state of every recent revision is kept, so that a save that meets another one is answered with all
three: the writer's, the one saved meanwhile, and the one both began with.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload, undefer

from catalog import draft_states, interfaces, records, slugs, solutions, versions
from catalog.errors import Conflict, Invalid, NotAllowed, NotFound, Problem
from catalog.facts import is_stated
from catalog.organizations import Organization
from catalog.permissions import Actor, require
from catalog.records import SolutionRecord
from catalog.solutions import Solution

REQUIRED: tuple[str, ...] = ("summary", "phase", "licenses.code", "contact.office")
"""What a reader must be told before a solution is published: a value or why it is withheld."""

ANSWERED_BY = {"contact.office": "contact"}
"""Where the reason for a required field may stand besides the field itself."""


@dataclass(frozen=True)
class Saved:
    """How a save went: the revision that the writer's form now stands on."""

    revision: int
    is_new: bool


class Crossed(Conflict):
    """Somebody else saved other values for the same fields: all three records, for comparing."""

    def __init__(
        self, mine: SolutionRecord, theirs: SolutionRecord, base: SolutionRecord | None
    ) -> None:
        super().__init__("This section was changed in the meantime. Nothing is lost.")
        self.mine = mine
        self.theirs = theirs
        self.base = base


class NeedsReview(Conflict):
    """Somebody else publishes what the actor prepares: it has to be submitted."""


def begin(
    session: Session,
    actor: Actor,
    publisher: Organization,
    record: SolutionRecord,
    *,
    id: UUID,  # noqa: A002 - the column's name
) -> Solution:
    """Begin a solution under an id that the form was given; a form sent twice begins one."""
    known = _find(session, id)
    if known is not None:
        _require_member(actor, known)
        return known
    solution = solutions.draft(session, actor, publisher, record, id=id)
    draft_states.keep(session, solution, record)
    return solution


def opened(session: Session, actor: Actor, id: UUID) -> Solution:  # noqa: A002 - the column's name
    """The solution with its draft, for members of the responsible body who may prepare it."""
    solution = _find(session, id)
    if solution is None:
        raise NotFound("There is no such solution.")
    _require_member(actor, solution)
    return solution


def revise(session: Session, actor: Actor, solution: Solution) -> Solution:
    """Begin a draft from the published record; one that exists already stays as it is."""
    _require_member(actor, solution)
    draft_states.lock(session, solution)
    if solution.draft is None:
        draft_states.put(session, actor, solution, solution.public_record, "draft-begun")
    return solution


def restore(session: Session, actor: Actor, solution: Solution, number: int) -> Solution:
    """Begin a draft from an old version."""
    _require_member(actor, solution)
    draft_states.lock(session, solution)
    record = versions.record_of(session, solution, number)
    if solution.draft is not None and solution.draft != record:
        raise Conflict("There is a draft already. Publish or discard it first.")
    if solution.draft is None:
        draft_states.put(session, actor, solution, record, "draft-begun")
    return solution


def save(
    session: Session,
    actor: Actor,
    solution: Solution,
    record: SolutionRecord,
    *,
    fields: Sequence[str],
    revision: int,
) -> Saved:
    """Put the values that ``record`` has in ``fields`` into the draft.

    ``revision`` is the one that the writer saw. If ``fields`` were changed since then and the
    writer wants them otherwise, nothing is saved and ``Crossed`` holds all three records. A record
    that could not be published is saved all the same; only what no record can hold is refused.
    """
    _require_member(actor, solution)
    draft_states.lock(session, solution)
    theirs = solution.draft or solution.public_record
    mine = with_fields(theirs, record, fields)
    base = (
        theirs
        if revision == solution.draft_revision
        else draft_states.state_of(session, solution, revision)
    )
    if _differ(mine, theirs, fields):
        if base is None or _differ(base, theirs, fields):
            if base is not None and not _differ(mine, base, fields):
                # The writer changed nothing; the form goes on standing on what it shows.
                return Saved(revision, is_new=False)
            raise Crossed(mine, theirs, base)
        _require_storable(mine)
        draft_states.put(session, actor, solution, mine, "draft-saved")
        return Saved(solution.draft_revision, is_new=True)
    return Saved(solution.draft_revision, is_new=False)


def take_over(
    session: Session,
    actor: Actor,
    solution: Solution,
    source: SolutionRecord,
    *,
    paths: Collection[versions.Path],
    revision: int,
) -> Saved:
    """Put what ``source`` states at ``paths`` into the draft, as ``save`` does.

    Raises ``Invalid`` for a path at which ``source`` states nothing.
    """
    _require_member(actor, solution)
    record = solution.draft or solution.public_record
    known = {each.path for each in versions.stated(SolutionRecord(name={}), source)}
    unknown = [path for path in paths if path not in known]
    if unknown:
        raise Invalid(
            "The file says nothing about “%(name)s”.", field="fields", name=".".join(unknown[0])
        )
    chosen = [each for each in versions.stated(record, source) if each.path in paths]
    taken = versions.taken_over(record, chosen)
    fields = dict.fromkeys(versions.field_of(each.path) for each in chosen)
    reasons = [field for field in record.withheld if field not in taken.withheld]
    return save(session, actor, solution, taken, fields=[*fields, *reasons], revision=revision)


def discard(session: Session, actor: Actor, solution: Solution) -> None:
    """Throw the draft away; a solution that was never published goes with it."""
    _require_member(actor, solution)
    draft_states.lock(session, solution)
    draft_states.take_back(session, actor, solution)
    draft_states.close_question(session, actor, solution)
    session.execute(
        delete(draft_states.DraftState).where(draft_states.DraftState.solution_id == solution.id)
    )
    draft_states.note(session, actor, "draft-discarded", solution)
    if solution.version == 0:
        slugs.forget(session, solutions.KIND, solution.id)
        for spec in interfaces.drafts_of(session, actor, solution):
            interfaces.discard(session, actor, spec, solution)
        session.delete(solution)
        session.flush()
        return
    solution.draft = None
    solution.draft_revision += 1
    solution.draft_saved_at, solution.draft_saved_by = None, ""


def publish(session: Session, actor: Actor, solution: Solution, *, revision: int) -> Solution:
    """Put the draft before the public, if it says what a reader must be told.

    ``revision`` is the one that the writer saw: nobody publishes what somebody else just wrote.
    """
    require(
        actor.may_edit_for(solution.publisher_id),
        "Only editors of the responsible body may change this solution.",
    )
    draft_states.lock(session, solution)
    ready(solution, revision)
    if not actor.is_steward:
        require_at_once(solution)
    draft_states.take_back(session, actor, solution)
    draft_states.close_question(session, actor, solution)
    show(session, actor, solution)
    return solution


def require_at_once(solution: Solution) -> None:
    """Go on if the body's editors publish without a second pair of eyes."""
    body = solution.publisher
    if body is None or (body.verified_on is None and solution.version == 0):
        raise NeedsReview(
            "Your organization is not verified yet. Submit the draft to the moderators."
        )
    if not body.publishes_at_once:
        raise NeedsReview("In your organization a second person publishes. Submit the draft.")


def ready(solution: Solution, revision: int) -> SolutionRecord:
    """The draft, if it is the one that the writer saw and says what a reader must be told."""
    if solution.draft is None:
        raise Conflict("There is nothing new to publish.")
    if revision != solution.draft_revision:
        raise Conflict("The draft was changed in the meantime. Look at it, then publish it.")
    problems = check(solution.draft)
    if problems:
        raise Invalid("The record is not ready to be published.", problems=problems)
    return solution.draft


def show(session: Session, actor: Actor, solution: Solution) -> None:
    """Put the draft before the public, as the body's editors and those who decide a review do."""
    if solution.draft is None:
        raise Conflict("There is nothing new to publish.")
    if solution.version == 0:
        _name_anew(session, solution, solution.draft)
    solutions.publish(session, actor, solution)
    solution.draft_revision += 1


def check(record: SolutionRecord) -> list[Problem]:
    """What stands in the way of publishing from the editor: wrong values and missing answers."""
    missing = [
        Problem(field, "This statement is required. Without it nobody can judge the solution.")
        for field in REQUIRED
        if not _answered(record, field)
    ]
    return [*records.check(record), *missing]


def of_organizations(
    session: Session, actor: Actor, *, limit: int = 50, offset: int = 0
) -> Sequence[Solution]:
    """What the actor's organizations prepare, publish and withdrew; last touched first."""
    query = (
        select(Solution)
        .options(joinedload(Solution.publisher), undefer(Solution.draft))
        .where(Solution.publisher_id.in_(_drafting_for(actor)), Solution.home == "")
        .order_by(Solution.draft_saved_at.desc().nulls_last(), Solution.updated_at.desc())
        .order_by(Solution.id)
        .limit(limit)
        .offset(offset)
    )
    return session.scalars(query).all()


def value_at(record: SolutionRecord, field: str) -> Any:
    """The value at ``field``, a dotted name for a part's field."""
    value: Any = record
    for name in field.split("."):
        value = getattr(value, name)
    return value


def with_value(record: SolutionRecord, field: str, value: Any) -> SolutionRecord:
    """``record`` with ``value`` at ``field``, a dotted name for a part's field."""
    changed: SolutionRecord = _replaced(record, field.split("."), value)
    return changed


def with_fields(
    record: SolutionRecord, source: SolutionRecord, fields: Iterable[str]
) -> SolutionRecord:
    """``record`` with the values, and the reasons for withholding them, that ``source`` has."""
    withheld = dict(record.withheld)
    for field in fields:
        record = with_value(record, field, value_at(source, field))
        withheld.pop(field, None)
        if field in source.withheld:
            withheld[field] = source.withheld[field]
    return with_value(record, "withheld", withheld)


def _replaced(holder: Any, names: Sequence[str], value: Any) -> Any:
    if len(names) > 1:
        value = _replaced(getattr(holder, names[0]), names[1:], value)
    return msgspec.structs.replace(holder, **{names[0]: value})


def _differ(one: SolutionRecord, other: SolutionRecord, fields: Iterable[str]) -> bool:
    return any(
        value_at(one, field) != value_at(other, field)
        or one.withheld.get(field) != other.withheld.get(field)
        for field in fields
    )


def _answered(record: SolutionRecord, field: str) -> bool:
    reasons = {field, ANSWERED_BY.get(field, field)}
    return is_stated(value_at(record, field)) or not reasons.isdisjoint(record.withheld)


def _require_storable(record: SolutionRecord) -> None:
    # Values of the program are not checked against the limits of the record's fields by
    # themselves, and a document beyond them could not be read again.
    try:
        msgspec.json.decode(msgspec.json.encode(record), type=SolutionRecord)
    except msgspec.ValidationError as error:
        raise Invalid("A value is too long: %(why)s", why=str(error)) from error


def _require_member(actor: Actor, solution: Solution) -> None:
    require(
        actor.may_draft_for(solution.publisher_id),
        "Only members of the responsible body may prepare this solution.",
    )
    if solution.deleted_at is not None or solution.merged_into_id is not None:
        raise Conflict("This solution was deleted or merged into another one.")
    if solution.is_foreign:
        raise NotAllowed("This record belongs to %(home)s. Change it there.", home=solution.home)


def _drafting_for(actor: Actor) -> Sequence[UUID]:
    return [key for key in actor.roles if actor.may_draft_for(key)]


def _find(session: Session, id: UUID) -> Solution | None:  # noqa: A002 - the column's name
    query = (
        select(Solution)
        .options(joinedload(Solution.publisher).joinedload(Organization.municipality))
        .options(undefer(Solution.draft))
        .where(Solution.id == id)
    )
    return session.scalar(query)


def _name_anew(session: Session, solution: Solution, record: SolutionRecord) -> None:
    """Give a solution an address after the name it is published under; the draft's stays too."""
    name, _ = records.best(record.name, "de")
    stem = slugs.slug_of(name)
    is_numbered = solution.slug.startswith(f"{stem}-") and solution.slug[len(stem) + 1 :].isdigit()
    if solution.slug != stem and not is_numbered:
        solution.slug = slugs.claim(session, solutions.KIND, name, solution.id)
