"""What can be found of a solution: its record, its body, its adopters, the labels of its codes."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog import taxonomy
from catalog.adoptions import Adoption, Stage
from catalog.database import in_slices
from catalog.licenses import license_class
from catalog.municipalities import Municipality, size_class
from catalog.organizations import Organization
from catalog.records import CODED, SolutionRecord
from catalog.solutions import Solution, State
from marketplace.search.documents import NOT_STATED, OWN, Tagged, Texts

LANGUAGE_OF_COUNTRY = {
    "AT": "de",
    "CH": "de",
    "DE": "de",
    "DK": "da",
    "ES": "es",
    "FI": "fi",
    "FR": "fr",
    "GB": "en",
    "IE": "en",
    "IT": "it",
    "LU": "de",
    "NL": "nl",
    "NO": "no",
    "PT": "pt",
    "SE": "sv",
    "US": "en",
}
"""In which language the names of a country's bodies are taken to be."""

MOST_LABELS = 16_384
"""Codes whose labels are remembered, those of earlier states of the lists among them."""

BODY_TEXTS = attrgetter(
    "problem",
    "description",
    "benefits",
    "prerequisites",
    "reason_for_ai",
    "data.inputs",
    "data.outputs",
    "introduction_effort",
    "sovereignty.model",
)
"""The long texts that are searched. Limits and risks are not: they name what a solution is not for,
and whoever looks for that would find it."""


_CODED_VALUES = attrgetter(*CODED)


class Published(NamedTuple):
    """A published solution with its body; name and country are empty where there is none."""

    id: UUID
    record: SolutionRecord
    home: str
    publisher: str
    country: str


class Adopter(NamedTuple):
    """Who uses a solution, how far, and where that is."""

    name: str
    country: str
    stage: str
    is_confirmed: bool
    land: str
    size_class: str


def of(session: Session, ids: Sequence[UUID]) -> list[Texts]:
    """What can be found of the published ones among these solutions; two statements for 500.

    Columns instead of objects: this runs for every record that is taken in.
    """
    found: list[Texts] = []
    for part in in_slices(list(dict.fromkeys(ids))):
        adopters = _adopters(session, part)
        query = (
            select(
                Solution.id, Solution.record, Solution.home, Organization.name, Organization.country
            )
            .outerjoin(Organization, Organization.id == Solution.publisher_id)
            .where(Solution.id.in_(part), Solution.state == State.PUBLISHED)
        )
        for key, record, home, name, country in session.execute(query):
            if record is not None:
                solution = Published(key, record, home, name or "", country or "")
                found.append(texts_of(solution, adopters.get(key, ())))
    return found


def _adopters(session: Session, ids: Sequence[UUID]) -> Mapping[UUID, list[Adopter]]:
    query = (
        select(
            Adoption.solution_id,
            Organization.name,
            Organization.country,
            Adoption.stage,
            Adoption.confirmed_on,
            Municipality.land,
            Municipality.population,
        )
        .join(Organization, Organization.id == Adoption.organization_id)
        .outerjoin(Municipality, Municipality.id == Organization.municipality_id)
        .where(Adoption.solution_id.in_(ids))
        .order_by(Adoption.since, Adoption.id)
    )
    found: defaultdict[UUID, list[Adopter]] = defaultdict(list)
    for key, name, country, stage, confirmed_on, land, population in session.execute(query):
        size = size_class(population) or ""
        found[key].append(Adopter(name, country, stage, confirmed_on is not None, land or "", size))
    return found


def texts_of(solution: Published, adopters: Sequence[Adopter]) -> Texts:
    """What can be found of one published solution with these adopters."""
    record = solution.record
    # One light is one municipality; what others run shines on no map and in no order.
    live = [a for a in adopters if a.stage == Stage.LIVE and a.is_confirmed and a.land]
    return Texts(
        id=str(solution.id),
        title=[*record.name.items(), *(("", name) for name in record.alternative_names)],
        organization=_bodies(solution),
        summary=[
            *record.summary.items(),
            *_in_all(record.keywords, record),
            *(("", product) for product in record.alternative_to),
        ],
        body=[*_body(record), *_names_of_adopters(adopters)],
        facets=_facets(
            solution,
            lands=sorted({one.land for one in live}),
            sizes=sorted({one.size_class for one in live if one.size_class}),
        ),
        adopters=len(live),
        confirmed=record.confirmed_on,
        alike=sorted({f"{one.land}|{one.size_class}" for one in live}),
    )


def _bodies(solution: Published) -> list[Tagged]:
    language = LANGUAGE_OF_COUNTRY.get(solution.country, "")
    found = [(language, solution.publisher), ("", solution.record.vendor)]
    return [(language, name) for language, name in found if name]


def _body(record: SolutionRecord) -> Iterable[Tagged]:
    for text in BODY_TEXTS(record):
        yield from text.items()
    for service in record.services:
        yield "de", f"{service.scheme} {service.id} {service.label}"
    for standard in record.standards:
        yield "", standard.code
    for name in (
        record.project.name,
        record.project.programme,
        record.project.funder,
        record.responsibility.operation,
        record.responsibility.maintenance,
        record.responsibility.development,
    ):
        if name:
            yield _main_language(record), name
    for list_name, value in zip(CODED.values(), _CODED_VALUES(record), strict=True):
        for code in (value,) if isinstance(value, str) else value:
            yield from labels(list_name, code)
    yield from (("", words) for words in record.raw.values())


def labels(list_name: str, code: str) -> Sequence[Tagged]:
    """The labels of a code in every language, and the further words it is found by."""
    return _labels(taxonomy.own_mark(), list_name, code)


@lru_cache(maxsize=MOST_LABELS)
def _labels(_mark: tuple[object, ...], list_name: str, code: str) -> Sequence[Tagged]:
    entry = taxonomy.lists()[list_name].codes.get(code)
    if entry is None:
        return ()
    return (*entry.label.items(), *(("de", word) for word in entry.words))


def _names_of_adopters(adopters: Sequence[Adopter]) -> Iterable[Tagged]:
    for one in adopters:
        if one.stage != Stage.ENDED:
            yield LANGUAGE_OF_COUNTRY.get(one.country, ""), one.name


def _in_all(words: Iterable[str], record: SolutionRecord) -> list[Tagged]:
    return [(language, word) for word in words for language in record.name]


def _main_language(record: SolutionRecord) -> str:
    return next(iter(record.name), "")


def _facets(solution: Published, *, lands: list[str], sizes: list[str]) -> dict[str, list[str]]:
    record = solution.record
    stated = {
        "field_of_action": record.fields_of_action,
        "task": record.tasks,
        "phase": [record.phase],
        "evidence": ["reported" if record.benefits else "none"],
        "technology": record.technology,
        "hosting": record.hosting,
        "license": [license_class(record.licenses.code)],
        "language": record.languages,
        "human_oversight": [record.human_oversight],
        "personal_data": [record.data.personal],
        "running_cost": [record.costs.running.class_],
        "standard": [standard.code for standard in record.standards],
        "country": [solution.country],
        "origin": [solution.home or OWN],
    }
    facets = {name: [v for v in values if v] or [NOT_STATED] for name, values in stated.items()}
    return facets | {"land": lands, "size_class": sizes}
