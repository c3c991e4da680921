"""Analyzed documents, stored beside the records, and how far they followed the change feed.

Analysis is the expensive part of indexing. It is done once, when a record changes; every index,
on whichever host, is fed from here and can be built anew without it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

import msgspec
from sqlalchemy import String, delete, func, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from catalog import changes, code_lists, solutions
from catalog.adoptions import Adoption
from catalog.changes import Change, FeedPosition
from catalog.database import Base, Document, in_slices
from marketplace.search import solution_texts
from marketplace.search.analysis import ANALYSIS_VERSION, Analysis
from marketplace.search.analysts import Alone, Analyst
from marketplace.search.documents import SearchDocument

READER = f"documents of analysis {ANALYSIS_VERSION}"
"""A new analysis begins at the start of the feed and so writes every document anew."""

BATCH = 500
"""Records that are read, analyzed and written at a time."""


class StoredDocument(Base):
    """One solution as the engines take it, and what it was made from."""

    __tablename__ = "search_documents"

    solution_id: Mapped[UUID] = mapped_column(primary_key=True)
    made_from: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the texts and of the analysis' version; equal means nothing to do."""
    document: Mapped[SearchDocument] = mapped_column(Document(SearchDocument))


def position(session: Session) -> int:
    """The serial up to which the stored documents are complete; 0 at the beginning."""
    return session.scalar(select(FeedPosition.serial).where(FeedPosition.reader == READER)) or 0


def touched(session: Session, seen: Sequence[Change]) -> list[UUID]:
    """The solutions whose documents these changes may alter, each once, in their order."""
    found: dict[UUID, None] = {}
    for change in seen:
        if change.kind == solutions.KIND:
            found[change.thing_id] = None
        elif change.kind == "organization" and change.verb != "founded":
            found |= dict.fromkeys(_of_organization(session, change.thing_id))
        elif change.kind == code_lists.KIND:
            code = code_lists.code_changed(session, change.thing_id)
            found |= dict.fromkeys(solutions.ids_with_code(session, code) if code else ())
    return list(found)


def follow(
    session: Session, analysis: Analysis, limit: int = BATCH, analyst: Analyst | None = None
) -> int:
    """Bring the stored documents forward by at most ``limit`` changes; how many there were.

    The caller commits; documents and position go together.
    """
    own = changes.held_position(session, READER)
    seen = changes.after(session, own.serial, limit)
    if seen:
        code_lists.renew(session)
        refresh(session, analysis, touched(session, seen), analyst)
        own.serial = seen[-1].serial
    return len(seen)


def refresh(
    session: Session, analysis: Analysis, ids: Sequence[UUID], analyst: Analyst | None = None
) -> None:
    """Write the documents of these solutions anew where their texts changed; drop the gone.

    Who analyzes works on all portions while they are still being read.
    """
    working = analyst or Alone(analysis)
    portions = [_begin(session, part, working) for part in in_slices(ids, BATCH)]
    for portion in portions:
        if portion.gone:
            session.execute(
                delete(StoredDocument).where(StoredDocument.solution_id.in_(portion.gone))
            )
        if portion.altered:
            rows = [
                {"solution_id": key, "made_from": made_from, "document": msgspec.Raw(document)}
                for (key, made_from), document in zip(
                    portion.altered.items(), portion.documents(), strict=True
                )
            ]
            session.execute(insert(StoredDocument), rows)


@dataclass(frozen=True)
class _Portion:
    """What is to be done with the documents of some solutions."""

    gone: Sequence[UUID]
    altered: Mapping[UUID, str]
    """What the new documents are made from."""
    documents: Callable[[], Sequence[bytes]]


def _begin(session: Session, ids: Sequence[UUID], analyst: Analyst) -> _Portion:
    encoder = msgspec.json.Encoder()
    texts = {UUID(text.id): encoder.encode(text) for text in solution_texts.of(session, ids)}
    made_from = {key: _hash(text) for key, text in texts.items()}
    sources = session.execute(
        select(StoredDocument.solution_id, StoredDocument.made_from).where(
            StoredDocument.solution_id.in_(ids)
        )
    )
    known = {row.solution_id: row.made_from for row in sources}
    altered = {key: mark for key, mark in made_from.items() if known.get(key) != mark}
    gone = [key for key in known if key not in texts or key in altered]
    return _Portion(gone, altered, analyst.begin([texts[key] for key in altered]))


def by_ids(session: Session, ids: Sequence[UUID]) -> dict[UUID, SearchDocument]:
    """The stored documents of these solutions; a solution that is not public has none."""
    found: dict[UUID, SearchDocument] = {}
    for part in in_slices(ids):
        query = select(StoredDocument.solution_id, StoredDocument.document).where(
            StoredDocument.solution_id.in_(part)
        )
        found |= {row.solution_id: row.document for row in session.execute(query)}
    return found


def every(session: Session) -> Iterator[SearchDocument]:
    """All stored documents in the order of their ids, read in portions."""
    last: UUID | None = None
    while True:
        query = (
            select(StoredDocument.solution_id, StoredDocument.document)
            .order_by(StoredDocument.solution_id)
            .limit(BATCH)
        )
        rows = session.execute(
            query if last is None else query.where(StoredDocument.solution_id > last)
        ).all()
        if not rows:
            return
        for key, document in rows:
            last = key
            yield document


def count(session: Session) -> int:
    """How many documents are stored."""
    return session.scalar(select(func.count()).select_from(StoredDocument)) or 0


def _hash(texts: bytes) -> str:
    return sha256(b"%d %b" % (ANALYSIS_VERSION, texts)).hexdigest()


def _of_organization(session: Session, organization_id: UUID) -> Sequence[UUID]:
    published = solutions.ids_of_publisher(session, organization_id)
    used = session.scalars(
        select(Adoption.solution_id).where(Adoption.organization_id == organization_id)
    )
    return [*published, *used]
