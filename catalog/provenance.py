"""Where records taken in from elsewhere come from, and which of them look alike.

``SourceRecord`` keeps what a source said, beside what we made of it: its key, its row, a hash by
which an unchanged row is recognized before anything else is looked at, and the raw record without
personal contact data. ``DuplicateProposal`` says that two things may be one; people decide, nothing
is merged by itself.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import blake2b
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import Index, LargeBinary, String, func, insert, select, tuple_, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from catalog.database import Base, UtcDateTime, in_slices, now
from catalog.permissions import Actor, require

MAX_SOURCE = 80
MAX_KEY = 200
RAW_HASH_BYTES = 16

_NOT_LETTERS = re.compile(r"[^\w]+|_+")


class SourceRecord(Base):
    """One row of a source and the thing it became."""

    __tablename__ = "source_records"
    __table_args__ = (Index("ix_source_records_kind_thing_id", "kind", "thing_id"),)

    source: Mapped[str] = mapped_column(String(MAX_SOURCE), primary_key=True)
    key: Mapped[str] = mapped_column(String(MAX_KEY), primary_key=True)
    """What names the row within its source."""
    kind: Mapped[str] = mapped_column(String(40))
    thing_id: Mapped[UUID]
    content_hash: Mapped[str] = mapped_column(String(64))
    """Hash of all that the row was mapped to; an equal one means that nothing is to be done."""
    record_hash: Mapped[str] = mapped_column(String(64))
    """Hash of the record alone; the thing has another one if it was changed here since."""
    raw_hash: Mapped[bytes | None] = mapped_column(LargeBinary(RAW_HASH_BYTES), index=True)
    """Hash of the row's bytes as last read and of the rules it was read by; None if it must be read
    every time."""
    warnings: Mapped[str] = mapped_column(default="", deferred=True)
    """What the reader said of the row, as JSON; empty for nothing."""
    raw: Mapped[str] = mapped_column(deferred=True)
    """The row as JSON, as it was when its mapped content last changed."""
    row: Mapped[int]
    """Where the row stood in the file it was last read from."""
    first_seen: Mapped[datetime] = mapped_column(UtcDateTime())
    last_seen: Mapped[datetime] = mapped_column(UtcDateTime())
    """When the row last came with new content."""


class Proposal(StrEnum):
    """What became of a proposal."""

    OPEN = "open"
    DISMISSED = "dismissed"


class DuplicateProposal(Base):
    """Two things that may be one, and why."""

    __tablename__ = "duplicate_proposals"
    __table_args__ = (Index("ix_duplicate_proposals_state_kind", "state", "kind"),)

    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    thing_id: Mapped[UUID] = mapped_column(primary_key=True)
    other_id: Mapped[UUID] = mapped_column(primary_key=True)
    """The thing that was there first."""
    reason: Mapped[str] = mapped_column(String(40))
    score: Mapped[float]
    """From 0 to 1: how alike the two are by the rule named in ``reason``."""
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime())
    state: Mapped[str] = mapped_column(String(20), default=Proposal.OPEN)


class Likeness(Base):
    """The first thing of each block of like things; later ones are compared with it alone."""

    __tablename__ = "likenesses"

    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    block: Mapped[str] = mapped_column(String(32), primary_key=True)
    thing_id: Mapped[UUID]


@dataclass(frozen=True)
class Seen:
    """What is known of a row of a source."""

    thing_id: UUID
    content_hash: str
    record_hash: str


@dataclass(frozen=True)
class Recognized:
    """A row of a source that was recognized by its bytes."""

    name: tuple[str, str]
    """Source and key."""
    content_hash: str
    warnings: str


@dataclass(frozen=True)
class Sighting:
    """A row of a source as it was just taken in."""

    source: str
    key: str
    thing_id: UUID
    content_hash: str
    record_hash: str
    raw: str
    row: int
    raw_hash: bytes | None = None
    warnings: str = ""


@dataclass(frozen=True)
class Named:
    """A thing with what it is compared by."""

    thing_id: UUID
    title: str
    body_id: UUID | None


SAME_TITLE_SAME_BODY = ("same_title_same_organization", 0.9)
SAME_TITLE = ("same_title", 0.5)


def id_of(kind: str, source: str, key: str) -> UUID:
    """The id that a row of a source gets on every node and in every run (UUID version 5)."""
    return uuid5(NAMESPACE_URL, f"lichtermeer:{kind}:{source}:{key}")


def known(session: Session, keys: Sequence[tuple[str, str]]) -> Mapping[tuple[str, str], Seen]:
    """What is known of the rows with these sources and keys."""
    found: dict[tuple[str, str], Seen] = {}
    for part in in_slices(list(dict.fromkeys(keys))):
        query = select(
            SourceRecord.source,
            SourceRecord.key,
            SourceRecord.thing_id,
            SourceRecord.content_hash,
            SourceRecord.record_hash,
        ).where(tuple_(SourceRecord.source, SourceRecord.key).in_(part))
        for source, key, thing_id, content, record in session.execute(query):
            found[source, key] = Seen(thing_id, content, record)
    return found


def recognized(session: Session, raw_hashes: Sequence[bytes]) -> Mapping[bytes, Recognized]:
    """The rows whose bytes are known, by the hash of their bytes; one statement for 5,000."""
    found: dict[bytes, Recognized] = {}
    for part in in_slices(raw_hashes, 5_000):
        query = select(
            SourceRecord.raw_hash,
            SourceRecord.source,
            SourceRecord.key,
            SourceRecord.content_hash,
            SourceRecord.warnings,
        ).where(SourceRecord.raw_hash.in_(part))
        for raw_hash, source, key, content_hash, warnings in session.execute(query):
            if raw_hash is not None:
                found[raw_hash] = Recognized((source, key), content_hash, warnings)
    return found


def note_new(session: Session, kind: str, sightings: Sequence[Sighting]) -> None:
    """Keep rows that were not known before."""
    moment = now()
    rows = [
        {
            "source": sighting.source,
            "key": sighting.key,
            "kind": kind,
            "thing_id": sighting.thing_id,
            "content_hash": sighting.content_hash,
            "record_hash": sighting.record_hash,
            "raw_hash": sighting.raw_hash,
            "warnings": sighting.warnings,
            "raw": sighting.raw,
            "row": sighting.row,
            "first_seen": moment,
            "last_seen": moment,
        }
        for sighting in sightings
    ]
    if rows:
        session.execute(insert(SourceRecord), rows)


def note_changed(session: Session, sightings: Sequence[Sighting]) -> None:
    """Keep the new content of rows that were known."""
    moment = now()
    rows = [
        {
            "source": sighting.source,
            "key": sighting.key,
            "content_hash": sighting.content_hash,
            "record_hash": sighting.record_hash,
            "raw_hash": sighting.raw_hash,
            "warnings": sighting.warnings,
            "raw": sighting.raw,
            "row": sighting.row,
            "last_seen": moment,
        }
        for sighting in sightings
    ]
    if rows:
        session.execute(update(SourceRecord), rows)


def note_read_again(session: Session, sightings: Sequence[Sighting]) -> None:
    """Keep by which bytes rows with known content will be recognized the next time."""
    rows = [
        {
            "source": sighting.source,
            "key": sighting.key,
            "raw_hash": sighting.raw_hash,
            "warnings": sighting.warnings,
        }
        for sighting in sightings
    ]
    if rows:
        session.execute(update(SourceRecord), rows)


def of_thing(session: Session, kind: str, thing_id: UUID) -> Sequence[SourceRecord]:
    """The rows that became this thing, without their raw text."""
    query = (
        select(SourceRecord)
        .where(SourceRecord.kind == kind, SourceRecord.thing_id == thing_id)
        .order_by(SourceRecord.source, SourceRecord.key)
    )
    return session.scalars(query).all()


def raw_of(session: Session, source: str, key: str) -> str | None:
    """What the source said, as JSON."""
    query = select(SourceRecord.raw).where(SourceRecord.source == source, SourceRecord.key == key)
    return session.scalar(query)


def folded_title(title: str) -> str:
    """A title without case, accents of width, punctuation and doubled spaces."""
    return _NOT_LETTERS.sub(" ", unicodedata.normalize("NFKC", title).casefold()).strip()


def propose_duplicates(session: Session, kind: str, things: Sequence[Named]) -> int:
    """Propose new things that are named like one that was there first; how many were proposed.

    The same title at the same body is likely one thing entered twice. The same title elsewhere is
    more often two bodies using one product. Each thing is compared with the first of its block
    only, so a title that four hundred bodies use gives four hundred proposals, not eighty thousand.
    """
    blocks = {thing.thing_id: _blocks(thing) for thing in things}
    first = _first_of(session, kind, {block for pair in blocks.values() for block in pair})
    fresh: dict[str, UUID] = {}
    rows: list[dict[str, object]] = []
    moment = now()
    for thing in things:
        rules = zip(blocks[thing.thing_id], (SAME_TITLE_SAME_BODY, SAME_TITLE), strict=False)
        proposed = False
        for block, (reason, score) in rules:
            other = first.get(block) or fresh.setdefault(block, thing.thing_id)
            if other != thing.thing_id and not proposed:
                proposed = True
                rows.append(
                    {
                        "kind": kind,
                        "thing_id": thing.thing_id,
                        "other_id": other,
                        "reason": reason,
                        "score": score,
                        "proposed_at": moment,
                        "state": Proposal.OPEN,
                    }
                )
    if fresh:
        session.execute(
            insert(Likeness),
            [{"kind": kind, "block": block, "thing_id": id_} for block, id_ in fresh.items()],
        )
    if rows:
        session.execute(insert(DuplicateProposal), rows)
    return len(rows)


def open_proposals(
    session: Session, kind: str, limit: int = 100, offset: int = 0
) -> Sequence[DuplicateProposal]:
    """Proposals that nobody has decided, the likeliest first."""
    query = (
        select(DuplicateProposal)
        .where(DuplicateProposal.kind == kind, DuplicateProposal.state == Proposal.OPEN)
        .order_by(
            DuplicateProposal.score.desc(), DuplicateProposal.other_id, DuplicateProposal.thing_id
        )
        .limit(limit)
        .offset(offset)
    )
    return session.scalars(query).all()


def count_open(session: Session, kind: str) -> int:
    """How many proposals nobody has decided."""
    query = select(func.count()).where(
        DuplicateProposal.kind == kind, DuplicateProposal.state == Proposal.OPEN
    )
    return session.scalar(query) or 0


def dismiss(actor: Actor, proposal: DuplicateProposal) -> None:
    """Decide that the two are not one; the proposal stays, so it does not come again."""
    require(actor.is_moderator or actor.is_steward, "Only moderators decide about duplicates.")
    proposal.state = Proposal.DISMISSED


def _blocks(thing: Named) -> tuple[str, ...]:
    """The narrow block (title and body), then the wide one (title); none for an empty title."""
    title = folded_title(thing.title)
    if not title:
        return ()
    return _digest(f"{title}\x1f{thing.body_id or ''}"), _digest(title)


def _digest(text: str) -> str:
    return blake2b(text.encode(), digest_size=16).hexdigest()


def _first_of(session: Session, kind: str, blocks: Iterable[str]) -> dict[str, UUID]:
    found: dict[str, UUID] = {}
    for part in in_slices(sorted(blocks)):
        query = select(Likeness.block, Likeness.thing_id).where(
            Likeness.kind == kind, Likeness.block.in_(part)
        )
        found.update(((block, thing_id) for block, thing_id in session.execute(query)))
    return found
