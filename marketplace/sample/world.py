"""Reads the invented world from the files in ``data`` and gives each thing its lasting id.

Every name in it is made up; addresses end with ``.example`` (RFC 2606). Relations between
solutions are written with slugs in the files and become ``urn:uuid`` IRIs here, because the files
do not know under which address a node will answer.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from importlib import resources
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from msgspec import Struct
from ruamel.yaml import YAML

from catalog.municipalities import Place, size_class
from catalog.organizations import Kind
from catalog.permissions import Role
from catalog.records import Relation, SolutionRecord
from catalog.slugs import slug_of

NODE_NAME = "Beispielknoten Auenland"
NODE_OPERATOR = "Zweckverband Auenland (erfunden)"

FOUNDED = date(2021, 11, 1)
"""The day from which the ids of bodies and people count."""

Read = TypeVar("Read")


class Former(Struct, frozen=True, forbid_unknown_fields=True):
    """A place that another one took over."""

    key: str
    name: str
    until: date


class SamplePlace(Struct, frozen=True, forbid_unknown_fields=True):
    """An invented municipality or district."""

    ars: str
    name: str
    designation: str
    population: int
    lon: float
    lat: float
    postcode: str
    kind: str = "municipality"
    former: tuple[Former, ...] = ()

    @property
    def body_name(self) -> str:
        """The name of the legal body: Stadt Auenrode, Kreis Nordfurth."""
        return f"{self.designation} {self.name}"

    @property
    def body_key(self) -> str:
        """How other files name the body: stadt-auenrode."""
        return slug_of(self.body_name)

    @property
    def size_class(self) -> str:
        """The code of the list ``size_class``."""
        return size_class(self.population) or ""

    def as_place(self) -> Place:
        """The row for the register of municipalities."""
        return Place(
            self.ars,
            self.name,
            self.kind,
            self.designation,
            self.population,
            self.lon,
            self.lat,
            self.postcode,
            tuple((former.key, former.name, former.until) for former in self.former),
        )


class Places(Struct, frozen=True, forbid_unknown_fields=True):
    """The invented register with its day and source."""

    as_of: date
    source: str
    places: tuple[SamplePlace, ...]


class SampleOrganization(Struct, frozen=True, forbid_unknown_fields=True):
    """An invented body; those of places carry the place's key in ``ars``."""

    key: str
    name: str
    kind: Kind
    email: str
    website: str
    about: dict[str, str] = {}
    laender: tuple[str, ...] = ()
    """For IT providers: the Länder whose municipalities they serve."""
    ars: str = ""


class SamplePerson(Struct, frozen=True, forbid_unknown_fields=True):
    """An invented person with roles by organization key."""

    name: str
    email: str
    roles: dict[str, Role] = {}
    moderator: bool = False
    steward: bool = False


class SampleRelation(Struct, frozen=True, forbid_unknown_fields=True):
    """A relation to another solution of the sample, by its slug."""

    kind: str
    to: str
    note: str = ""


class SampleRelease(Struct, frozen=True, forbid_unknown_fields=True):
    """A dated version."""

    version: str
    on: date
    notes: dict[str, str] = {}


class SampleSolution(Struct, frozen=True, forbid_unknown_fields=True):
    """A solution with all that is told of it beside its record."""

    slug: str
    organization: str
    published: date
    record: SolutionRecord
    releases: tuple[SampleRelease, ...] = ()
    relations: tuple[SampleRelation, ...] = ()
    state: str = "published"
    successor: str = ""
    reason: dict[str, str] = {}

    @property
    def id(self) -> UUID:
        """The lasting id."""
        return lasting_id("solution", self.slug, self.published)


class WrittenUse(Struct, frozen=True, forbid_unknown_fields=True, rename={"from_": "from"}):
    """A use written by hand; a stage is given by the day it began."""

    who: str
    interested: date | None = None
    planned: date | None = None
    pilot: date | None = None
    live: date | None = None
    ended: date | None = None
    release: str = ""
    from_: str = ""
    confirmed: date | None = None
    operator: str = ""
    contact: bool = False
    reason: str = ""
    note: dict[str, str] = {}
    adaptations: dict[str, str] = {}


class Uses(Struct, frozen=True, forbid_unknown_fields=True):
    """Who uses what: written uses by solution, and how far the other solutions reach."""

    horizon: date
    """The last day on which something happens by rule."""
    written: dict[str, tuple[WrittenUse, ...]]
    because: dict[str, str]
    """Why every use of an ended solution ended, by slug."""
    reach: dict[str, int]


class World(Struct, frozen=True):
    """The whole sample."""

    places: Places
    organizations: tuple[SampleOrganization, ...]
    """The bodies of the places first, then the others."""
    people: tuple[SamplePerson, ...]
    solutions: tuple[SampleSolution, ...]
    uses: Uses


def read() -> World:
    """The invented world; raises ``msgspec.ValidationError`` if a file does not fit."""
    places = read_places()
    others = read_file("organizations.yaml", dict[str, tuple[SampleOrganization, ...]])
    people = read_file("people.yaml", dict[str, tuple[SamplePerson, ...]])
    return World(
        places,
        (*bodies(places.places), *others["organizations"]),
        people["people"],
        _solutions(),
        read_file("adoptions.yaml", Uses),
    )


def read_places() -> Places:
    """The invented register alone."""
    return read_file("municipalities.yaml", Places)


def bodies(places: Sequence[SamplePlace]) -> list[SampleOrganization]:
    """The legal bodies of the places."""
    return [
        SampleOrganization(
            place.body_key,
            place.body_name,
            Kind.MUNICIPALITY,
            f"poststelle@{slug_of(place.name)}.example",
            f"https://{slug_of(place.name)}.example",
            ars=place.ars,
        )
        for place in places
    ]


def lasting_id(kind: str, key: str, day: date) -> UUID:
    """A UUID in the form of version 7 (RFC 9562) that every load of the sample gives again."""
    millis = int(datetime.combine(day, time(8), UTC).timestamp() * 1000)
    digest = int.from_bytes(hashlib.sha256(f"{kind} {key}".encode()).digest()[:16])
    counter, chance = digest >> 116, digest & ((1 << 62) - 1)
    return UUID(int=(millis << 80) | (0x7 << 76) | (counter << 64) | (0b10 << 62) | chance)


def _solutions() -> tuple[SampleSolution, ...]:
    folder = resources.files("marketplace.sample") / "data" / "solutions"
    names = sorted(file.name for file in folder.iterdir() if file.name.endswith(".yaml"))
    read = [
        msgspec.convert({"slug": name[:-5], **_yaml(f"solutions/{name}")}, SampleSolution)
        for name in names
    ]
    return tuple(_with_relations(solution, read) for solution in read)


def _with_relations(solution: SampleSolution, among: Sequence[SampleSolution]) -> SampleSolution:
    ids = {other.slug: other.id for other in among}
    relations = [
        Relation(relation.kind, ids[relation.to].urn, relation.note)
        for relation in solution.relations
    ]
    record = msgspec.structs.replace(solution.record, relations=relations)
    return msgspec.structs.replace(solution, record=record)


def read_file(name: str, of: type[Read]) -> Read:
    """One of the sample's data files; ``msgspec.ValidationError`` if it does not fit."""
    return msgspec.convert(_yaml(name), of)


def _yaml(name: str) -> Mapping[str, Any]:
    text = (resources.files("marketplace.sample") / "data" / name).read_text("utf-8")
    content: Mapping[str, Any] = YAML(typ="safe").load(text)
    return content
