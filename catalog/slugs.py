"""Addresses for people: slugs that never end, because old ones point to the thing for ever."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import String, and_, insert, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from catalog.database import Base, UtcDateTime, in_slices, now

MAX_LENGTH = 80

_GERMAN = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "oe", "å": "aa", "ł": "l"}
)
_NOT_ALLOWED = re.compile(r"[^a-z0-9]+")


class Slug(Base):
    """A slug that names, or once named, a thing."""

    __tablename__ = "slugs"

    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    slug: Mapped[str] = mapped_column(String(MAX_LENGTH + 8), primary_key=True)
    thing_id: Mapped[UUID] = mapped_column(index=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime())


def slug_of(name: str) -> str:
    """``name`` in lower-case letters, digits and hyphens; German letters as they are spelled."""
    spelled = unicodedata.normalize("NFC", name).lower().translate(_GERMAN)
    plain = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()
    return _NOT_ALLOWED.sub("-", plain).strip("-")[:MAX_LENGTH].strip("-") or "x"


def thing_called(session: Session, kind: str, slug: str) -> UUID | None:
    """The id of the thing that this slug names or once named."""
    return session.scalar(select(Slug.thing_id).where(Slug.kind == kind, Slug.slug == slug))


def claim(session: Session, kind: str, name: str, thing_id: UUID) -> str:
    """A free slug for ``name``, taken for the thing."""
    return claim_many(session, kind, [(name, thing_id)])[0]


def claim_many(session: Session, kind: str, names: Sequence[tuple[str, UUID]]) -> list[str]:
    """Free slugs for many things at once, in the order given: ``name``, ``name-2``, ``name-3`` …"""
    wanted = [slug_of(name) for name, _ in names]
    taken = _taken(session, kind, wanted)
    counts: dict[str, int] = {}
    chosen: list[str] = []
    moment = now()
    for stem in wanted:
        number = counts.get(stem, 1)
        slug = stem if number == 1 else f"{stem}-{number}"
        while slug in taken:
            number += 1
            slug = f"{stem}-{number}"
        counts[stem] = number + 1
        taken.add(slug)
        chosen.append(slug)
    rows = [
        {"kind": kind, "slug": slug, "thing_id": thing_id, "since": moment}
        for slug, (_, thing_id) in zip(chosen, names, strict=True)
    ]
    if rows:
        session.execute(insert(Slug), rows)
    return chosen


def _taken(session: Session, kind: str, stems: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for part in in_slices(sorted(set(stems)), 200):
        query = select(Slug.slug).where(Slug.kind == kind, Slug.slug.in_(part))
        exact = set(session.scalars(query))
        found |= exact
        for some in in_slices(sorted(exact), 50):
            numbered = [and_(Slug.slug >= f"{stem}-", Slug.slug < f"{stem}.") for stem in some]
            found |= set(
                session.scalars(select(Slug.slug).where(Slug.kind == kind, or_(*numbered)))
            )
    return found
