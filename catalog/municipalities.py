"""The official register of places: municipalities and districts with their keys.

The key is the Amtlicher Regionalschlüssel (ARS): 12 digits for a municipality (Land 2, government
region 1, district 2, association 4, municipality 3), 5 for a district. The Amtlicher
Gemeindeschlüssel (AGS) is the ARS without the association. Source: Destatis,
Gemeindeverzeichnis-Informationssystem (GV-ISys). Places merge every year, so a former key keeps
pointing to the place that took over. A name is not a key: "Neuenkirchen" exists eleven times.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Integer, String, delete, func, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from catalog.database import Base, in_slices, new_id, rows_by_id
from catalog.errors import Invalid, NotFound
from catalog.slugs import slug_of

SIZE_CLASSES: tuple[tuple[int, str], ...] = (
    (5_000, "1"),
    (20_000, "2"),
    (50_000, "3"),
    (100_000, "4"),
    (500_000, "5"),
)
"""Population below the bound → code of the list ``size_class``; 6 from 500,000 on."""

CITY_STATES = frozenset({"020000000000", "110000000000", "040110000000"})


class Municipality(Base):
    """A municipality or district of the official register."""

    __tablename__ = "municipalities"
    __table_args__ = (
        Index("ix_municipalities_folded_name", "folded_name"),
        Index("ix_municipalities_land", "land"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    ars: Mapped[str] = mapped_column(String(12), unique=True)
    ags: Mapped[str] = mapped_column(String(8), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    """``municipality`` or ``district``."""
    name: Mapped[str] = mapped_column(String(200))
    designation: Mapped[str] = mapped_column(String(80), default="")
    """What the place calls itself: Stadt, Landeshauptstadt, Markt, Kreis."""
    folded_name: Mapped[str] = mapped_column(String(200))
    land: Mapped[str] = mapped_column(String(2))
    population: Mapped[int | None] = mapped_column(Integer)
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    postcode: Mapped[str] = mapped_column(String(5), default="", index=True)
    """Postcode of the administration's seat."""
    as_of: Mapped[date | None]
    """The day the register's figures hold for."""
    source: Mapped[str] = mapped_column(String(200), default="")
    is_sample: Mapped[bool] = mapped_column(default=False)
    merged_on: Mapped[date | None]
    """The day the place ceased; its former key names the successor."""

    @property
    def size_class(self) -> str | None:
        """The code of the list ``size_class``; None while the population is not known."""
        return size_class(self.population)

    @property
    def slug(self) -> str:
        """The readable part of the address; the ARS is what identifies."""
        return slug_of(self.name)

    @property
    def full_name(self) -> str:
        """The name with its designation where that is part of it: "Kreis Nordfurth"."""
        return f"{self.designation} {self.name}" if self.kind == "district" else self.name


class FormerKey(Base):
    """A key that no longer exists and the place that took over."""

    __tablename__ = "municipality_former_keys"

    key: Mapped[str] = mapped_column(String(12), primary_key=True)
    municipality_id: Mapped[UUID] = mapped_column(ForeignKey("municipalities.id"), index=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    until: Mapped[date | None]


@dataclass(frozen=True)
class Place:
    """One row of a municipal register, whichever file it came from."""

    ars: str
    name: str
    kind: str = "municipality"
    designation: str = ""
    population: int | None = None
    lon: float | None = None
    lat: float | None = None
    postcode: str = ""
    former: Sequence[tuple[str, str, date | None]] = ()
    """Former key, former name, last day."""

    @property
    def ags(self) -> str:
        """The eight digits of a municipality's AGS, the five of a district's key."""
        return self.ars[:5] + self.ars[9:] if len(self.ars) == 12 else self.ars


def size_class(population: int | None) -> str | None:
    """The size class of a population, as in the list ``size_class``."""
    if population is None:
        return None
    return next((code for bound, code in SIZE_CLASSES if population < bound), "6")


def fold(name: str) -> str:
    """A name as people may type it: "Lüdenscheid", "Luedenscheid" and "ludenscheid" are one."""
    return slug_of(name).replace("ae", "a").replace("oe", "o").replace("ue", "u")


def by_ars(session: Session, key: str) -> Municipality:
    """The place with this ARS or AGS, or the one that took over a former key."""
    place = session.scalar(
        select(Municipality).where(
            (Municipality.ars == key) | (Municipality.ags == key), Municipality.merged_on.is_(None)
        )
    )
    if place is None:
        place = session.scalar(
            select(Municipality).join(FormerKey).where(FormerKey.key == key).limit(1)
        )
    if place is None:
        raise NotFound("There is no municipality with the key %(key)s.", key=key)
    return place


def by_id(session: Session, id: UUID) -> Municipality:  # noqa: A002 - the column's name
    """The place with this id, also one that has merged into another."""
    place = session.get(Municipality, id)
    if place is None:
        raise NotFound("There is no such municipality.")
    return place


def by_ids(session: Session, ids: Sequence[UUID]) -> Mapping[UUID, Municipality]:
    """The places with these ids, by id."""
    return rows_by_id(session, Municipality, ids)


def former_keys(session: Session, place: Municipality) -> Sequence[FormerKey]:
    """The keys that this place took over."""
    query = select(FormerKey).where(FormerKey.municipality_id == place.id).order_by(FormerKey.until)
    return session.scalars(query).all()


def matching(session: Session, text: str, limit: int = 8) -> Sequence[Municipality]:
    """Places whose name or postcode begins with ``text``; exact names and large places first."""
    wanted = text.strip()
    if not wanted:
        return []
    if wanted.isdigit():
        condition = Municipality.postcode.startswith(wanted, autoescape=True)
    else:
        folded = fold(wanted)
        for prefix in ("stadt-", "gemeinde-", "kreis-", "landkreis-"):
            folded = folded.removeprefix(prefix) or folded
        condition = Municipality.folded_name.startswith(folded, autoescape=True)
    query = (
        select(Municipality)
        .where(condition, Municipality.merged_on.is_(None))
        .order_by(
            func.length(Municipality.name) > len(wanted),
            func.coalesce(Municipality.population, 0).desc(),
            Municipality.name,
            Municipality.ars,
        )
        .limit(limit)
    )
    return session.scalars(query).all()


def after(session: Session, last: UUID | None, limit: int = 500) -> Sequence[Municipality]:
    """Places of today's register in the order of their ids, from behind ``last``."""
    query = (
        select(Municipality)
        .where(Municipality.merged_on.is_(None))
        .order_by(Municipality.id)
        .limit(limit)
    )
    if last is not None:
        query = query.where(Municipality.id > last)
    return session.scalars(query).all()


def by_keys(session: Session, keys: Sequence[str]) -> Mapping[str, Municipality]:
    """The places with these ARS or AGS keys, by the key asked for; former keys resolve."""
    found: dict[str, Municipality] = {}
    for part in in_slices(sorted(set(keys))):
        query = select(Municipality).where(
            Municipality.ars.in_(part) | Municipality.ags.in_(part),
            Municipality.merged_on.is_(None),
        )
        for place in session.scalars(query):
            found.update({key: place for key in (place.ars, place.ags) if key in part})
        moved = (
            select(FormerKey.key, Municipality).join(Municipality).where(FormerKey.key.in_(part))
        )
        for key, place in session.execute(moved):
            found.setdefault(key, place)
    return found


def count(session: Session) -> int:
    """How many places the register holds today."""
    return (
        session.scalar(
            select(func.count()).select_from(Municipality).where(Municipality.merged_on.is_(None))
        )
        or 0
    )


def knows_real_places(session: Session) -> bool:
    """Whether the register holds any place that is not invented."""
    query = select(Municipality.id).where(Municipality.is_sample.is_(False)).limit(1)
    return session.scalar(query) is not None


@dataclass(frozen=True)
class Loaded:
    """What a load did to the register."""

    created: int
    updated: int
    unchanged: int
    former_keys: int


def load(
    session: Session,
    places: Sequence[Place],
    *,
    as_of: date,
    source: str,
    is_sample: bool = False,
) -> Loaded:
    """Bring the register to the state of ``places``; nothing is deleted.

    A place that the file does not hold stays: only a former key (with its day) ends a place.
    Raises ``Invalid`` for a key that is neither 5 nor 12 digits or that stands twice.
    """
    _check_keys(places)
    known = {row.ars: row for row in session.scalars(select(Municipality))}
    created: list[dict[str, object]] = []
    updated = 0
    for place in places:
        values = _values(place, as_of, source, is_sample=is_sample)
        row = known.get(place.ars)
        if row is None:
            created.append({"id": new_id(), **values})
        elif any(getattr(row, name) != value for name, value in values.items()):
            session.execute(update(Municipality).where(Municipality.id == row.id).values(values))
            updated += 1
    for part in in_slices(created, 1000):
        session.execute(insert(Municipality), part)
    moved = _load_former_keys(session, places)
    unchanged = len(places) - len(created) - updated
    return Loaded(len(created), updated, unchanged, moved)


def _check_keys(places: Sequence[Place]) -> None:
    seen: set[str] = set()
    for place in places:
        if not place.ars.isdigit() or len(place.ars) not in (5, 12):
            raise Invalid(
                "“%(key)s” is not a key: give 12 digits for a municipality, 5 for a district.",
                field="ars",
                key=place.ars,
            )
        if place.ars in seen:
            raise Invalid("The key %(key)s stands twice.", field="ars", key=place.ars)
        seen.add(place.ars)


def _values(place: Place, as_of: date, source: str, *, is_sample: bool) -> dict[str, object]:
    return {
        "ars": place.ars,
        "ags": place.ags,
        "kind": place.kind,
        "name": place.name,
        "designation": place.designation,
        "folded_name": fold(place.name),
        "land": place.ars[:2],
        "population": place.population,
        "lon": place.lon,
        "lat": place.lat,
        "postcode": place.postcode,
        "as_of": as_of,
        "source": source,
        "is_sample": is_sample,
        "merged_on": None,
    }


def _load_former_keys(session: Session, places: Sequence[Place]) -> int:
    moves = [(place.ars, *former) for place in places for former in place.former]
    if not moves:
        return 0
    heirs = by_keys(session, [ars for ars, *_ in moves])
    keys = [key for _, key, _, _ in moves]
    for part in in_slices(keys):
        session.execute(delete(FormerKey).where(FormerKey.key.in_(part)))
        ended = (
            update(Municipality)
            .where(Municipality.ars.in_(part))
            .values(merged_on=func.current_date())
        )
        session.execute(ended)
    session.execute(
        insert(FormerKey),
        [
            {"key": key, "municipality_id": heirs[ars].id, "name": name, "until": until}
            for ars, key, name, until in moves
        ],
    )
    return len(moves)
