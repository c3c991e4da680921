"""Makes as many solutions as a trial needs, with bodies and uses, the same for the same seed.

Each record has a chance of its own, seeded with seed and number, so a run that was broken off can
go on in the middle. The skew follows what real registers show: administration is the largest field,
most facts are not stated, most solutions have no adopter and a few have many. Places are called
Muster…, as no real municipality is.
"""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib import resources
from typing import TypeVar
from uuid import UUID

import msgspec
from msgspec import Struct
from ruamel.yaml import YAML
from sqlalchemy.orm import Session

from catalog import adoptions, municipalities, nodes, organizations, solutions, taxonomy
from catalog.adoptions import Claim, Stage, Use
from catalog.facts import Withheld
from catalog.municipalities import Place
from catalog.organizations import Kind, OrganizationName
from catalog.records import (
    Contact,
    Cost,
    Costs,
    DataBasis,
    Licenses,
    SolutionRecord,
    Sovereignty,
    Standard,
)
from catalog.solutions import NewSolution, Solution
from marketplace.bulk import rare_collections
from marketplace.sample import loading, world
from marketplace.transactions import Database

BATCH = 2_000
"""Records of one transaction."""

LAST_DAY = date(2026, 11, 12)
FIRST_DAY = date(2019, 1, 7)
DAYS = (LAST_DAY - FIRST_DAY).days
MOST_PLACES = 3_500
KEY_DISTRICT = "098"
"""Region and district part of generated keys: no real district is called 98."""

Item = TypeVar("Item")
Pair = tuple[str, str]
"""A text in German and English."""

Progress = Callable[[int], None]


class Vocabulary(Struct, frozen=True, forbid_unknown_fields=True):
    """The words that texts and names are made of."""

    objects: tuple[tuple[str, str, str, str, str], ...]
    suffixes: tuple[Pair, ...]
    verbs: tuple[Pair, ...]
    ways: tuple[Pair, ...]
    closings: tuple[Pair, ...]
    problems: tuple[Pair, ...]
    sentences: tuple[Pair, ...]
    limits: tuple[Pair, ...]
    determinatives: tuple[Pair, ...]
    heads: tuple[Pair, ...]
    place_beginnings: tuple[str, ...]
    place_endings: tuple[str, ...]


def _spread(shares: Mapping[str, int]) -> tuple[str, ...]:
    return tuple(code for code, share in shares.items() for _ in range(share))


FIELD_SHARES = {"VW": 34, "MV": 14, "KU": 14, "SO": 10, "SE": 9, "BK": 7, "WI": 5, "KS": 4, "FO": 3}
TECHNOLOGY = _spread(
    {"machine_learning": 48, "generative": 30, "rules": 12, "rpa": 7, "agentic": 3}
)
OVERSIGHT = _spread({"": 30, "propose": 32, "inform": 24, "approve": 10, "automated": 4})
PHASE = _spread(
    {"": 6, "operation": 40, "pilot": 20, "transfer": 12, "prototype": 10, "idea": 6, "ended": 6}
)
LICENSE = _spread(
    {
        "": 38,
        "LicenseRef-Muster-Vertrag": 20,
        "EUPL-1.2": 14,
        "MIT": 11,
        "Apache-2.0": 9,
        "AGPL-3.0-or-later": 4,
        "GPL-3.0-or-later": 3,
        "BSD-3-Clause": 1,
    }
)
PERSONAL = _spread({"": 25, "none": 35, "personal": 32, "special": 8})
HOSTING = _spread(
    {
        "": 25,
        "municipal_data_center": 28,
        "own_data_center": 18,
        "eu_cloud": 20,
        "other_cloud": 5,
        "device": 4,
    }
)
COST = _spread(
    {"": 55, "none": 6, "to_5k": 12, "to_15k": 12, "to_50k": 8, "over_150k": 2, "on_request": 5}
)
DUTY = _spread({"": 40, "mandatory": 22, "voluntary": 18, "internal": 15, "delegated": 5})
REPLACEABLE = _spread({"": 60, "yes": 18, "partly": 14, "no": 8})
SHARE = _spread({"": 60, "all": 14, "most": 10, "some": 9, "none": 7})
USE_COUNTS = (0,) * 60 + (1,) * 20 + (2,) * 9 + (3,) * 5 + (5,) * 3 + (9,) * 2 + (22,)
STAGES = tuple(
    Stage(stage)
    for stage in _spread({"live": 62, "pilot": 16, "ended": 12, "interested": 6, "planned": 4})
)
ALTERNATIVES = ("Excel-Liste", "Outlook-Regeln", "DeepL", "ChatGPT", "SharePoint-Suche", "Otter")
OFFICES = ("Hauptamt", "Organisation", "IT-Steuerung", "Fachamt", "Stabsstelle Digitales")
LANGUAGE_SETS = (["de"],) * 6 + (["de", "en"],) * 3 + (["de", "en", "tr", "uk", "ar"],)


@dataclass(frozen=True)
class Body:
    """A generated body; one of a municipality has its place."""

    name: OrganizationName
    place: Place | None = None


@dataclass(frozen=True)
class GeneratedUse:
    """A use, its adopter by number in the list of bodies."""

    adopter: int
    use: Use
    steps: tuple[tuple[Stage, date], ...]
    confirmed_on: date | None


@dataclass(frozen=True)
class Generated:
    """A record with its publisher by number in the list of bodies, and its uses."""

    number: int
    record: SolutionRecord
    publisher: int
    uses: tuple[GeneratedUse, ...]


@cache
def vocabulary() -> Vocabulary:
    """The words of the file ``vocabulary.yaml``."""
    file = resources.files("marketplace.sample") / "data" / "vocabulary.yaml"
    return msgspec.convert(YAML(typ="safe").load(file.read_text("utf-8")), Vocabulary)


def bodies(count: int, seed: int) -> list[Body]:
    """The bodies for ``count`` records: municipalities first, then vendors and providers."""
    chance = _chance(seed, "bodies")
    wanted = min(max(count // 20, 64), MOST_PLACES)
    places = _places(chance, wanted)
    firms = max(wanted // 12, 8)
    names = _place_names(chance, 2 * firms)
    vendors = [OrganizationName(f"{name} Software GmbH", Kind.VENDOR) for name in names[:firms]]
    providers = [OrganizationName(f"IT-Verbund {name}", Kind.IT_PROVIDER) for name in names[firms:]]
    return [
        *(
            Body(
                OrganizationName(
                    f"{place.designation} {place.name}",
                    Kind.MUNICIPALITY,
                    municipality_key=place.ars,
                ),
                place,
            )
            for place in places
        ),
        *(Body(name) for name in (*vendors, *providers)),
    ]


def records(count: int, seed: int = 1) -> Iterator[Generated]:
    """``count`` records, numbered from 0; equal seeds give equal records."""
    publishers = bodies(count, seed)
    adopters = sum(body.place is not None for body in publishers)
    for number in range(count):
        yield _generate(number, seed, publishers, adopters)


def load(database: Database, count: int, seed: int = 1, progress: Progress | None = None) -> int:
    """Write ``count`` records into an empty node or a sample node; how many were new.

    A run that was broken off goes on where it stopped: each batch is written whole or not at all.
    Raises ``Conflict`` if the node holds real content.
    """
    with database.reading() as session:
        is_named = loading.is_there(session)
    with database.writing.begin() as session:
        if not is_named:
            nodes.name(
                session,
                loading.ACTOR,
                name=world.NODE_NAME,
                operator=world.NODE_OPERATOR,
                is_sample=True,
            )
        ids = _enter_bodies(session, bodies(count, seed))
    written = 0
    with rare_collections():
        for batch in _batches(records(count, seed)):
            with database.writing.begin() as session:
                if session.get(Solution, _id(0, seed, batch[0].number)) is None:
                    _write(session, seed, batch, ids)
                    written += len(batch)
            database.tell_change(session)
            if progress:
                progress(len(batch))
    return written


def _batches(generated: Iterator[Generated]) -> Iterator[list[Generated]]:
    batch: list[Generated] = []
    for item in generated:
        batch.append(item)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _enter_bodies(session: Session, entered: Sequence[Body]) -> list[UUID]:
    municipalities.load(
        session,
        [body.place for body in entered if body.place],
        as_of=LAST_DAY,
        source="Generator (erfunden)",
        is_sample=True,
    )
    ids = organizations.find_or_found_many(
        session, loading.ACTOR, [body.name for body in entered], is_sample=True
    )
    return [ids[body.name.key] for body in entered]


def _write(session: Session, seed: int, batch: Sequence[Generated], ids: Sequence[UUID]) -> None:
    items = [
        NewSolution(
            item.record,
            ids[item.publisher],
            id=_id(0, seed, item.number),
            is_sample=True,
            slug_hint=f"{next(iter(item.record.name.values()))} {item.number}",
        )
        for item in batch
    ]
    solutions.publish_many(session, loading.ACTOR, items)
    claims = [
        Claim(
            solution.id or _id(0, seed, item.number),
            ids[use.adopter],
            use.steps,
            use.use,
            confirmed_on=use.confirmed_on,
            is_sample=True,
            id=_id(1 + place, seed, item.number),
        )
        for item, solution in zip(batch, items, strict=True)
        for place, use in enumerate(item.uses)
    ]
    adoptions.enter_many(session, loading.ACTOR, claims)


def _id(part: int, seed: int, number: int) -> UUID:
    """A UUID in the form of version 7: the number stands where the milliseconds count on."""
    millis = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp() * 1000) + number
    tail = (0b10 << 62) | ((seed & 0xFFFF) << 40) | (number & 0xFF_FFFF_FFFF)
    return UUID(int=(millis << 80) | (0x7 << 76) | ((part & 0xFFF) << 64) | tail)


def _chance(seed: int, of: object) -> random.Random:
    return random.Random(f"{seed} {of}")  # noqa: S311 - invented data, not a secret


def _pick(chance: random.Random, items: Sequence[Item]) -> Item:
    return items[int(chance.random() * len(items))]


def _places(chance: random.Random, count: int) -> list[Place]:
    anchors = _anchors()
    laender = sorted(anchors)
    numbers = dict.fromkeys(laender, 0)
    found = []
    for position, name in enumerate(_place_names(chance, count)):
        land = laender[position % len(laender)]
        numbers[land] += 1
        population = _population(chance, position)
        (lon, lat), (other_lon, other_lat) = chance.choices(anchors[land], k=2)
        way, side = chance.random(), chance.gauss(0, 0.06)
        found.append(
            Place(
                f"{land}{KEY_DISTRICT}{numbers[land]:04d}{numbers[land]:03d}",
                name,
                "municipality",
                "Stadt" if population >= 10_000 else "Gemeinde",
                population,
                round(lon + way * (other_lon - lon) + side, 4),
                round(lat + way * (other_lat - lat) + side / 2, 4),
                f"00{position % 1000:03d}",
            )
        )
    return found


@cache
def _anchors() -> Mapping[str, list[tuple[float, float]]]:
    anchors: dict[str, list[tuple[float, float]]] = {}
    for place in world.read_places().places:
        anchors.setdefault(place.ars[:2], []).append((place.lon, place.lat))
    return anchors


def _population(chance: random.Random, position: int) -> int:
    """Most places are small; every fortieth is a large city, so that no class is empty."""
    if position % 40 == 7:
        return chance.randint(100_000, 900_000)
    return round(min(400 + chance.paretovariate(0.9) * 2_500, 95_000))


def _place_names(chance: random.Random, count: int) -> list[str]:
    words = vocabulary()
    names = [
        f"Muster{first}{last}" for first in words.place_beginnings for last in words.place_endings
    ]
    return chance.sample(names, min(count, len(names)))


@cache
def _objects_by_field() -> Mapping[str, list[tuple[str, str, str, str, str]]]:
    found: dict[str, list[tuple[str, str, str, str, str]]] = {}
    tasks = taxonomy.lists()["task"].codes
    for row in vocabulary().objects:
        found.setdefault(tasks[row[0]].parent, []).append(row)
    return found


FIELDS = _spread(FIELD_SHARES)


def _generate(number: int, seed: int, publishers: Sequence[Body], adopters: int) -> Generated:
    chance = _chance(seed, number)
    # Squaring makes the first bodies publish and adopt much more often than the last.
    home = int(chance.random() ** 2 * adopters)
    has_vendor = chance.random() < 0.22
    publisher = (
        adopters + int(chance.random() * (len(publishers) - adopters)) if has_vendor else home
    )
    body = publishers[publisher]
    record = _record(chance, body)
    uses = _uses(chance, adopters, record.phase)
    return Generated(number, record, publisher, uses)


def _record(chance: random.Random, body: Body) -> SolutionRecord:
    field = _pick(chance, FIELDS)
    task, objects, objects_en, stem, stem_en = _pick(chance, _objects_by_field()[field])
    texts = _texts(chance, objects, objects_en)
    name, name_en = _pick(chance, vocabulary().suffixes)
    place = f" {body.place.name}" if body.place and chance.random() < 0.6 else ""
    languages = _languages(chance)
    names = _in(languages, (f"{stem}{name}{place}", f"{stem_en} {name_en}{place}"))
    confirmed = LAST_DAY - timedelta(days=int(chance.random() ** 2 * 1_400))
    other = _pick(chance, FIELDS) if chance.random() < 0.18 else field
    technology = _pick(chance, TECHNOLOGY)
    is_withheld = chance.random() < 0.03
    has_own_words = chance.random() < 0.02
    hosting = _pick(chance, HOSTING)
    address = _ascii(body.place.name.lower()) if body.place else "musterfirma"
    return SolutionRecord(
        name=names,
        summary=_in(languages, texts.summary),
        problem=_in(languages, texts.problem) if chance.random() < 0.85 else {},
        description=_in(languages, texts.description),
        limits=_in(languages, texts.limits) if chance.random() < 0.6 else {},
        fields_of_action=list(dict.fromkeys((field, other))),
        tasks=[task] if chance.random() < 0.9 else [],
        duty=_pick(chance, DUTY),
        technology=[technology],
        human_oversight=_pick(chance, OVERSIGHT),
        phase="" if has_own_words else _pick(chance, PHASE),
        in_use_since=_month(chance) if chance.random() < 0.55 else "",
        licenses=Licenses(code=_pick(chance, LICENSE)),
        repository=(
            f"https://code.{address}.example/{_ascii(stem.lower() + name)}"
            if chance.random() < 0.2
            else ""
        ),
        data=DataBasis(personal=_pick(chance, PERSONAL)),
        languages=_pick(chance, LANGUAGE_SETS) if chance.random() < 0.5 else [],
        standards=(
            [Standard(_pick(chance, taxonomy.codes("standard")))] if chance.random() < 0.15 else []
        ),
        hosting=[hosting] if hosting and not is_withheld else [],
        costs=Costs(
            one_off=Cost(class_=_pick(chance, COST)), running=Cost(class_=_pick(chance, COST))
        ),
        contact=(
            Contact(office=_pick(chance, OFFICES), email=f"digital@{address}.example")
            if chance.random() < 0.7
            else Contact()
        ),
        vendor=body.name.name if body.name.kind == Kind.VENDOR else "",
        alternative_to=[_pick(chance, ALTERNATIVES)] if chance.random() < 0.12 else [],
        sovereignty=Sovereignty(
            model_replaceable=_pick(chance, REPLACEABLE), open_source_share=_pick(chance, SHARE)
        ),
        keywords=texts.keywords,
        confirmed_on=confirmed if chance.random() < 0.8 else None,
        withheld={"hosting": Withheld("security")} if is_withheld else {},
        raw={"phase": "im Rollout"} if has_own_words else {},
    )


@dataclass(frozen=True)
class _Texts:
    summary: Pair
    problem: Pair
    description: Pair
    limits: Pair
    keywords: list[str]


def _texts(chance: random.Random, objects: str, objects_en: str) -> _Texts:
    words = vocabulary()
    verb, verb_en = _pick(chance, words.verbs)
    way, way_en = _pick(chance, words.ways)
    closing, closing_en = _pick(chance, words.closings)
    said = [
        _filled(chance, pair, objects, objects_en)
        for pair in chance.sample(words.sentences, 3 + int(chance.random() * 3))
    ]
    limits = [_filled(chance, pair, objects, objects_en) for pair in chance.sample(words.limits, 2)]
    return _Texts(
        (f"{verb} {objects} {way}. {closing}", f"{verb_en} {objects_en} {way_en}. {closing_en}"),
        _filled(chance, _pick(chance, words.problems), objects, objects_en),
        (" ".join(german for german, _ in said), " ".join(english for _, english in said)),
        (" ".join(german for german, _ in limits), " ".join(english for _, english in limits)),
        [objects, *(_compound(chance)[0] for _ in range(1 + int(chance.random() * 3)))],
    )


def _filled(chance: random.Random, pair: Pair, objects: str, objects_en: str) -> Pair:
    german, english = pair[0].replace("{o}", objects), pair[1].replace("{o}", objects_en)
    while "{c}" in german:
        compound, compound_en = _compound(chance)
        german = german.replace("{c}", compound, 1)
        english = english.replace("{c}", compound_en, 1)
    return german, english


def _compound(chance: random.Random) -> Pair:
    words = vocabulary()
    first, first_en = _pick(chance, words.determinatives)
    head, head_en = _pick(chance, words.heads)
    return f"{first}{head}", f"{first_en} {head_en}"


def _languages(chance: random.Random) -> tuple[bool, bool]:
    """Whether German and English are there: both, German alone, rarely English alone."""
    drawn = chance.random()
    return drawn < 0.95, drawn < 0.6 or drawn >= 0.95


def _in(languages: tuple[bool, bool], pair: Pair) -> dict[str, str]:
    return {
        code: text
        for code, text, is_there in zip(("de", "en"), pair, languages, strict=True)
        if is_there
    }


def _month(chance: random.Random) -> str:
    day = FIRST_DAY + timedelta(days=int(chance.random() * DAYS))
    return f"{day:%Y-%m}"


def _ascii(name: str) -> str:
    return name.replace("ä", "ae").replace("ö", "oe").replace("ü", "ue").replace("ß", "ss")


def _uses(chance: random.Random, adopters: int, phase: str) -> tuple[GeneratedUse, ...]:
    if phase in ("idea", "prototype"):
        return ()
    wanted = {int(chance.random() ** 2 * adopters) for _ in range(_pick(chance, USE_COUNTS))}
    return tuple(_use(chance, adopter) for adopter in sorted(wanted))


def _use(chance: random.Random, adopter: int) -> GeneratedUse:
    stage = _pick(chance, STAGES)
    begun = FIRST_DAY + timedelta(days=900 + int(chance.random() * (DAYS - 1_200)))
    now = begun + timedelta(days=60 + int(chance.random() * 240))
    before = Stage.LIVE if stage == Stage.ENDED else Stage.PILOT
    steps = ((before, begun),) if stage in (Stage.LIVE, Stage.ENDED) else ()
    confirmed = LAST_DAY - timedelta(days=int(chance.random() * (LAST_DAY - now).days))
    reason = _pick(chance, taxonomy.codes("ended_reason")) if stage == Stage.ENDED else ""
    return GeneratedUse(
        adopter,
        Use(stage, now, ended_reason=reason),
        (*steps, (stage, now)),
        confirmed if chance.random() < 0.8 else None,
    )
