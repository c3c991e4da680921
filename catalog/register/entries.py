"""Entries of the KI-Transparenzregister and their life: draft, submitted, published, withdrawn.

An entry is the public card of one adoption. It keeps two documents: ``record``, which is public,
and ``draft``, which is being worked on. Every published state is a version with its day ("gültig
seit") and stays. A heavy class (see ``fields.HEAVY``) always takes two people.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from uuid import UUID

import msgspec
from sqlalchemy import ForeignKey, Index, Select, String, insert, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column, relationship, undefer

from catalog import changes, records, slugs
from catalog.adoptions import Adoption, Stage
from catalog.database import Base, Document, UtcDateTime, new_id, now
from catalog.errors import Conflict, Gone, Invalid, NotFound, Problem
from catalog.municipalities import Municipality
from catalog.organizations import Organization
from catalog.permissions import Actor, require
from catalog.register import decided, fields, prefilling, record
from catalog.register.fields import HEAVY
from catalog.register.record import EntryRecord
from catalog.solutions import Solution, State

KIND = "register-entry"

GOOD_FOR = timedelta(days=365)
"""For how long a word holds; then the entry is marked as not confirmed."""

HEAVY_GOOD_FOR = timedelta(days=183)
"""The same for a heavy class: six months."""


class RegisterEntry(Base):
    """The public card of one adoption."""

    __tablename__ = "register_entries"
    __table_args__ = (
        Index("ix_register_entries_state_valid_since_id", "state", "valid_since", "id"),
        Index(
            "ix_register_entries_facets",
            "state",
            "land",
            "topic",
            "risk_class",
            "status",
            "review_due",
        ),
        Index("ix_register_entries_municipality_id_state", "municipality_id", "state"),
        Index("ix_register_entries_review_due", "review_due"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    adoption_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("adoptions.id", ondelete="SET NULL"), unique=True
    )
    """The use that the card describes; None for an entry taken from another register."""
    adoption: Mapped[Adoption | None] = relationship(lazy="raise")
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"), index=True)
    organization: Mapped[Organization] = relationship(lazy="raise")
    municipality_id: Mapped[UUID | None] = mapped_column(ForeignKey("municipalities.id"))
    municipality: Mapped[Municipality | None] = relationship(lazy="raise")
    land: Mapped[str] = mapped_column(String(2), default="")
    topic: Mapped[str] = mapped_column(String(20), default="")
    """The first field of action, for lists."""
    risk_class: Mapped[str] = mapped_column(String(40), default="")
    """Of the published assessment; empty where there is none."""
    status: Mapped[str] = mapped_column(String(20), default="")
    state: Mapped[str] = mapped_column(String(20), default=State.DRAFT)
    record: Mapped[EntryRecord | None] = mapped_column(Document(EntryRecord))
    draft: Mapped[EntryRecord | None] = mapped_column(Document(EntryRecord), deferred=True)
    draft_revision: Mapped[int] = mapped_column(default=0)
    """Counts every change of the draft and of its way, and never goes back."""
    draft_saved_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    draft_saved_by: Mapped[str] = mapped_column(String(200), default="")
    """Shown to members of the body only."""
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    submitted_by_id: Mapped[UUID | None]
    """Who submitted the draft; a second person publishes it."""
    returned_note: Mapped[str] = mapped_column(String(2000), default="")
    """Why the second person gave it back."""
    version: Mapped[int] = mapped_column(default=0)
    valid_since: Mapped[date | None]
    """The day on which the published version began to hold."""
    confirmed_on: Mapped[date | None]
    """The day the body last said that all of this is so."""
    review_due: Mapped[date | None]
    """The day until which its word holds."""
    content_hash: Mapped[str] = mapped_column(String(64), default="")
    source_key: Mapped[str] = mapped_column(String(200), default="", index=True)
    """Name in the register that it was taken from; empty for our own."""
    is_sample: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime(), default=now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime(), default=now)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    withdrawn_reason: Mapped[str] = mapped_column(String(2000), default="")

    @property
    def is_published(self) -> bool:
        """Whether readers may see it."""
        return self.state == State.PUBLISHED

    @property
    def public_record(self) -> EntryRecord:
        """The published document without what is withheld; ``NotFound`` while there is none."""
        if self.record is None:
            raise NotFound("There is no such register entry.")
        return record.public(self.record)

    def is_current(self, today: date) -> bool:
        """Whether the body's word still holds."""
        return self.review_due is not None and self.review_due >= today


class EntryVersion(Base):
    """One published state of an entry, kept whole."""

    __tablename__ = "register_entry_versions"

    entry_id: Mapped[UUID] = mapped_column(ForeignKey("register_entries.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    record: Mapped[EntryRecord] = mapped_column(Document(EntryRecord))
    valid_since: Mapped[date]
    published_at: Mapped[datetime] = mapped_column(UtcDateTime())
    published_by: Mapped[str] = mapped_column(String(200))
    """Shown to members of the body only."""


@dataclass(frozen=True)
class NewEntry:
    """An entry that is published as it comes, in bulk: sample data and other registers."""

    record: EntryRecord
    organization: Organization
    adoption_id: UUID | None = None
    source_key: str = ""
    valid_since: date | None = None
    confirmed_on: date | None = None
    is_sample: bool = False
    id: UUID | None = None


def hash_of(content: EntryRecord) -> str:
    """SHA-256 of what the document says, in hexadecimal, over its canonical JSON.

    Where it was taken from is left out: a register that moves its addresses or stamps its entries
    anew says nothing new.
    """
    told = msgspec.structs.replace(content, source=None)
    return sha256(msgspec.json.encode(told, order="deterministic")).hexdigest()


def begin(
    session: Session,
    actor: Actor,
    adoption: Adoption,
    *,
    id: UUID | None = None,  # noqa: A002 - the column's name
) -> RegisterEntry:
    """Begin the entry of a use, filled with what the marketplace knows already."""
    _require_draft(actor, adoption.organization_id)
    if of_adoption(session, adoption.id) is not None:
        raise Conflict("There is an entry for this use already.")
    body = adoption.organization
    filled = prefilling.filled(adoption)
    entry = RegisterEntry(
        id=id or new_id(),
        adoption_id=adoption.id,
        organization=body,
        draft=filled,
        draft_revision=1,
        draft_saved_at=now(),
        draft_saved_by=actor.name,
        is_sample=body.is_sample,
    )
    entry.slug = slugs.claim(session, KIND, _slug_hint(filled, body), entry.id)
    _place(entry, body)
    session.add(entry)
    session.flush()
    _note(session, actor, "drafted", entry, is_public=False)
    return entry


def save(
    session: Session, actor: Actor, entry: RegisterEntry, draft: EntryRecord, *, revision: int
) -> RegisterEntry:
    """Keep a draft; ``revision`` is the one that the writer saw.

    A draft may be incomplete but never wrong: raises ``Invalid`` with every wrong value.
    """
    _require_draft(actor, entry.organization_id)
    _require_seen(entry, revision)
    if entry.submitted_at is not None:
        raise Conflict("This draft is submitted. Take it back to go on writing.")
    if problems := record.check(draft):
        raise Invalid("Some entries cannot be used.", problems=problems)
    if draft == entry.draft:
        return entry
    _put_draft(session, actor, entry, draft, "draft-saved")
    return entry


def revise(session: Session, actor: Actor, entry: RegisterEntry) -> RegisterEntry:
    """Begin a draft from the published document; one that exists already stays as it is."""
    _require_draft(actor, entry.organization_id)
    if entry.draft is None:
        _put_draft(session, actor, entry, entry.record or EntryRecord(name={}), "draft-begun")
    return entry


def discard(session: Session, actor: Actor, entry: RegisterEntry, *, revision: int) -> bool:
    """Give a draft up; whether the entry stays because it was public."""
    _require_draft(actor, entry.organization_id)
    _require_seen(entry, revision)
    _note(session, actor, "draft-discarded", entry, is_public=False)
    if entry.version == 0:
        slugs.forget(session, KIND, entry.id)
        session.delete(entry)
        return False
    _end_draft(entry)
    return True


def needs_second(entry: RegisterEntry, draft: EntryRecord) -> bool:
    """Whether a second person must publish the draft: for a heavy class, or if the body wants it.

    A use that was heavy so far counts as heavy until a second person has agreed otherwise.
    """
    classes = {entry.risk_class, draft.assessment.risk_class if draft.assessment else ""}
    return bool(classes & HEAVY) or not entry.organization.publishes_at_once


def submit(session: Session, actor: Actor, entry: RegisterEntry, *, revision: int) -> RegisterEntry:
    """Ask a second person to publish the draft; it is frozen meanwhile."""
    _require_draft(actor, entry.organization_id)
    _ready(entry, revision)
    if entry.submitted_at is not None:
        raise Conflict("This draft is submitted already.")
    entry.submitted_at, entry.submitted_by_id = now(), actor.person_id
    entry.returned_note = ""
    _touch_draft(session, actor, entry, "submitted")
    return entry


def take_back(session: Session, actor: Actor, entry: RegisterEntry) -> RegisterEntry:
    """Take the submitted draft back, to go on writing."""
    _require_draft(actor, entry.organization_id)
    _require_submitted(entry)
    entry.submitted_at = entry.submitted_by_id = None
    _touch_draft(session, actor, entry, "taken-back")
    return entry


def give_back(session: Session, actor: Actor, entry: RegisterEntry, *, note: str) -> RegisterEntry:
    """Give a submitted draft back to its writer with the reason."""
    _require_editor(actor, entry)
    _require_submitted(entry)
    if not note.strip():
        raise Invalid("Say what is to be changed.", field="note")
    entry.submitted_at = entry.submitted_by_id = None
    entry.returned_note = note.strip()[:2000]
    _touch_draft(session, actor, entry, "returned")
    return entry


def publish(
    session: Session, actor: Actor, entry: RegisterEntry, *, revision: int, today: date
) -> RegisterEntry:
    """Put the draft before the public as the next version.

    Where two people are needed, only what somebody else submitted is published. Raises ``Invalid``
    with every field that the class must state.
    """
    _require_editor(actor, entry)
    draft = _ready(entry, revision)
    if needs_second(entry, draft):
        if entry.submitted_at is None:
            raise Conflict("A second person must agree. Submit the draft first.")
        if actor.person_id is None and not actor.is_steward:
            raise Conflict("A person must agree, not a program.")
        if actor.person_id is not None and actor.person_id == entry.submitted_by_id:
            raise Conflict("You submitted this draft. A second person must publish it.")
    _put_public(entry, draft, today)
    entry.confirmed_on = today
    _set_review(entry)
    _end_draft(entry)
    _keep_version(session, actor, entry, draft, today)
    _note(session, actor, "published", entry)
    return entry


def confirm(session: Session, actor: Actor, entry: RegisterEntry, *, today: date) -> RegisterEntry:
    """Say that everything on the card is still so."""
    _require_draft(actor, entry.organization_id)
    _require_public(entry)
    entry.confirmed_on = today
    _set_review(entry)
    entry.updated_at = now()
    _note(session, actor, "confirmed", entry)
    return entry


def withdraw(session: Session, actor: Actor, entry: RegisterEntry, *, reason: str) -> RegisterEntry:
    """Take an entry from the public; its address goes on answering with the reason."""
    _require_editor(actor, entry)
    _require_public(entry)
    if not reason.strip():
        raise Invalid("Say why the entry is withdrawn.", field="reason")
    entry.state = State.WITHDRAWN
    entry.withdrawn_at = entry.updated_at = now()
    entry.withdrawn_reason = reason.strip()[:2000]
    _note(session, actor, "withdrawn", entry)
    return entry


def enter_many(
    session: Session, actor: Actor, items: Sequence[NewEntry], *, today: date
) -> list[RegisterEntry]:
    """Publish many entries as they come, in the order given.

    The documents must have passed ``record.check``; who imports sees to that.
    """
    require(actor.is_steward, "Only the node's steward publishes many entries at once.")
    ids = [item.id or new_id() for item in items]
    hints = [_slug_hint(item.record, item.organization) for item in items]
    chosen = slugs.claim_many(session, KIND, list(zip(hints, ids, strict=True)))
    made = []
    for item, key, slug in zip(items, ids, chosen, strict=True):
        entry = RegisterEntry(
            id=key,
            slug=slug,
            adoption_id=item.adoption_id,
            organization=item.organization,
            source_key=item.source_key,
            is_sample=item.is_sample,
            confirmed_on=item.confirmed_on,
        )
        _place(entry, item.organization)
        _put_public(entry, item.record, item.valid_since or today)
        _set_review(entry)
        made.append(entry)
    session.add_all(made)
    session.flush()
    moment = now()
    if made:
        session.execute(
            insert(EntryVersion),
            [
                {
                    "entry_id": entry.id,
                    "number": 1,
                    "record": entry.record,
                    "valid_since": entry.valid_since,
                    "published_at": moment,
                    "published_by": actor.name,
                }
                for entry in made
            ],
        )
    decided.note(session, {entry.id: entry.record for entry in made if entry.record})
    for entry in made:
        _note(session, actor, "published", entry)
    return made


def renew(
    session: Session,
    actor: Actor,
    entry: RegisterEntry,
    content: EntryRecord,
    *,
    today: date,
    organization: Organization | None = None,
) -> bool:
    """Publish what the register of origin says now; the same content changes nothing.

    Addresses and days of the source are kept as they are there now, without a version and without
    a change in the feed. ``organization`` is the body if the source names another one by now.
    """
    require(actor.is_steward, "Only the node's steward renews entries of other registers.")
    moves = organization is not None and organization.id != entry.organization_id
    if entry.is_published and not moves and hash_of(content) == entry.content_hash:
        if content != entry.record:
            entry.record = content
        return False
    if moves and organization is not None:
        entry.organization = organization
        _place(entry, organization)
    _put_public(entry, content, today)
    _set_review(entry)
    _keep_version(session, actor, entry, content, today)
    _note(session, actor, "published", entry)
    return True


def opened(session: Session, actor: Actor, id: UUID) -> RegisterEntry:  # noqa: A002 - the column
    """The entry with its draft, held until the transaction ends, for members of its body."""
    entry = session.scalar(
        _whole()
        .options(undefer(RegisterEntry.draft))
        .where(RegisterEntry.id == id)
        .with_for_update(of=RegisterEntry)
        .execution_options(populate_existing=True)
    )
    if entry is None or not actor.may_draft_for(entry.organization_id):
        raise NotFound("There is no such register entry.")
    return entry


def by_id(session: Session, id: UUID) -> RegisterEntry:  # noqa: A002 - the column's name
    """The public entry with this id; raises ``Gone`` for one that was withdrawn."""
    return _shown(session.scalar(_whole().where(RegisterEntry.id == id)))


def by_slug(session: Session, slug: str) -> RegisterEntry:
    """The public entry that this slug names; raises ``Gone`` for one that was withdrawn."""
    known = slugs.thing_called(session, KIND, slug)
    if known is None:
        raise NotFound("There is no such register entry.")
    return by_id(session, known)


def of_adoption(session: Session, adoption_id: UUID) -> RegisterEntry | None:
    """The entry of a use, in whatever state."""
    return session.scalar(_whole().where(RegisterEntry.adoption_id == adoption_id))


def by_source_keys(session: Session, keys: Sequence[str]) -> dict[str, RegisterEntry]:
    """The entries taken from another register, by their name there."""
    query = _whole().where(RegisterEntry.source_key.in_(keys))
    return {entry.source_key: entry for entry in session.scalars(query)}


def of_bodies(
    session: Session, actor: Actor, organization_ids: Sequence[UUID]
) -> Sequence[RegisterEntry]:
    """Every entry of these bodies for which the actor may prepare them, newest first."""
    allowed = [key for key in organization_ids if actor.may_draft_for(key)]
    return session.scalars(
        _whole()
        .options(undefer(RegisterEntry.draft))
        .where(RegisterEntry.organization_id.in_(allowed))
        .order_by(RegisterEntry.updated_at.desc(), RegisterEntry.id)
    ).all()


def uses_without(session: Session, organization_ids: Sequence[UUID]) -> Sequence[Adoption]:
    """The uses of these bodies, planned or further, of which no entry was begun; by day."""
    return session.scalars(
        select(Adoption)
        .options(joinedload(Adoption.solution), joinedload(Adoption.organization))
        .join(Solution, Solution.id == Adoption.solution_id)
        .outerjoin(RegisterEntry, RegisterEntry.adoption_id == Adoption.id)
        .where(
            Adoption.organization_id.in_(organization_ids),
            Adoption.stage != Stage.INTERESTED,
            Solution.record.is_not(None),
            RegisterEntry.id.is_(None),
        )
        .order_by(Adoption.since.desc(), Adoption.id)
    ).all()


def _whole() -> Select[RegisterEntry]:
    return select(RegisterEntry).options(
        joinedload(RegisterEntry.organization).joinedload(Organization.municipality),
        joinedload(RegisterEntry.adoption).joinedload(Adoption.solution),
    )


def _shown(entry: RegisterEntry | None) -> RegisterEntry:
    if entry is None or entry.record is None:
        raise NotFound("There is no such register entry.")
    if entry.state == State.WITHDRAWN:
        raise Gone(
            "“%(name)s” was withdrawn. Reason: %(reason)s",
            name=records.best(entry.record.name, "de")[0],
            reason=entry.withdrawn_reason,
        )
    return entry


def _ready(entry: RegisterEntry, revision: int) -> EntryRecord:
    """The draft, if it may be published as it stands."""
    _require_seen(entry, revision)
    if entry.draft is None:
        raise Conflict("There is nothing new to publish.")
    draft = entry.draft
    if draft.assessment is None:
        raise Invalid("Classify the use first: which class does the law give it?", field="law")
    lacking = fields.lacking(draft, draft.assessment.risk_class)
    problems = [
        Problem(field.id, "State this, or say why it is not published.") for field in lacking
    ]
    if problems := [*record.check(draft), *problems]:
        raise Invalid("The entry is not complete.", problems=problems)
    return draft


def _put_public(entry: RegisterEntry, content: EntryRecord, day: date) -> None:
    entry.record = content
    entry.state = State.PUBLISHED
    entry.version = (entry.version or 0) + 1
    entry.valid_since = day
    entry.content_hash = hash_of(content)
    entry.topic = (content.fields_of_action or [""])[0][:20]
    if "fields_of_action" in content.withheld:
        entry.topic = ""
    entry.risk_class = content.assessment.risk_class if content.assessment else ""
    entry.status = content.status
    entry.withdrawn_at, entry.withdrawn_reason = None, ""
    entry.updated_at = now()


def _keep_version(
    session: Session, actor: Actor, entry: RegisterEntry, content: EntryRecord, day: date
) -> None:
    decided.note_again(session, entry.id, content)
    session.add(
        EntryVersion(
            entry_id=entry.id,
            number=entry.version,
            record=content,
            valid_since=day,
            published_at=now(),
            published_by=actor.name,
        )
    )


def _set_review(entry: RegisterEntry) -> None:
    if entry.confirmed_on is not None:
        holds = HEAVY_GOOD_FOR if entry.risk_class in HEAVY else GOOD_FOR
        entry.review_due = entry.confirmed_on + holds


def _place(entry: RegisterEntry, body: Organization) -> None:
    entry.municipality_id = body.municipality_id
    entry.land = body.municipality.land if body.municipality else ""


def _put_draft(
    session: Session, actor: Actor, entry: RegisterEntry, draft: EntryRecord, verb: str
) -> None:
    entry.draft = draft
    entry.draft_saved_at, entry.draft_saved_by = now(), actor.name
    _touch_draft(session, actor, entry, verb)


def _touch_draft(session: Session, actor: Actor, entry: RegisterEntry, verb: str) -> None:
    entry.draft_revision += 1
    _note(session, actor, verb, entry, is_public=False)


def _end_draft(entry: RegisterEntry) -> None:
    entry.draft = entry.draft_saved_at = None
    entry.draft_saved_by = entry.returned_note = ""
    entry.submitted_at = entry.submitted_by_id = None
    entry.draft_revision += 1


def _require_draft(actor: Actor, organization_id: UUID) -> None:
    require(
        actor.may_draft_for(organization_id),
        "Only members of the responsible body may prepare this entry.",
    )


def _require_editor(actor: Actor, entry: RegisterEntry) -> None:
    require(
        actor.may_edit_for(entry.organization_id),
        "Only editors of the responsible body may publish this entry.",
    )


def _require_seen(entry: RegisterEntry, revision: int) -> None:
    if revision != entry.draft_revision:
        raise Conflict(
            "Somebody changed this entry while you were writing. Compare both and save again."
        )


def _require_submitted(entry: RegisterEntry) -> None:
    if entry.submitted_at is None:
        raise Conflict("This draft is not submitted.")


def _require_public(entry: RegisterEntry) -> None:
    if not entry.is_published:
        raise Conflict("This entry is not public.")


def _slug_hint(content: EntryRecord, body: Organization) -> str:
    return f"{records.best(content.name, 'de')[0][:50]} {body.name}"


def _note(
    session: Session, actor: Actor, verb: str, entry: RegisterEntry, *, is_public: bool = True
) -> None:
    changes.record(
        session,
        actor,
        verb,
        KIND,
        entry.id,
        version=entry.version or None,
        on_behalf_of=entry.organization_id,
        public=is_public,
    )
