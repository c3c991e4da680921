"""Addresses for people: slugs that never end, because old ones point to the thing for ever."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from uuid import UUID

from sqlalchemy import CompoundSelect, String, bindparam, delete, insert, select, union_all
from sqlalchemy.orm import Mapped, Session, mapped_column

from catalog.database import Base, UtcDateTime, in_slices, now

MAX_LENGTH = 80
RANGES = 40
"""Stems whose numbered slugs one query looks for."""

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


def forget(session: Session, kind: str, thing_id: UUID) -> None:
    """Free the slugs of a thing that nobody outside ever saw."""
    session.execute(delete(Slug).where(Slug.kind == kind, Slug.thing_id == thing_id))


def _taken(session: Session, kind: str, stems: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for part in in_slices(sorted(set(stems)), 200):
        query = select(Slug.slug).where(Slug.kind == kind, Slug.slug.in_(part))
        exact = set(session.scalars(query))
        found |= exact
        for some in in_slices(sorted(exact), RANGES):
            bounds: dict[str, str] = {"of_kind": kind}
            for place in range(RANGES):
                stem = some[min(place, len(some) - 1)]
                bounds |= {f"from_{place}": f"{stem}-", f"to_{place}": f"{stem}."}
            found |= set(session.scalars(_numbered(), bounds))
    return found


@cache
def _numbered() -> CompoundSelect[str]:
    """Slugs that continue one of some stems with a hyphen; built once, since it is large.

    A union, for SQLite reads the whole kind for the same ranges joined by OR.
    """
    ranges = [
        select(Slug.slug).where(
            Slug.kind == bindparam("of_kind"),
            Slug.slug >= bindparam(f"from_{place}"),
            Slug.slug < bindparam(f"to_{place}"),
        )
        for place in range(RANGES)
    ]
    return union_all(*ranges)
