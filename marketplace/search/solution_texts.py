"""What can be found of a solution: its record, its body, its adopters, the labels of its codes."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from catalog import adoptions, solutions, taxonomy
from catalog.adoptions import Adoption, Stage
from catalog.licenses import license_class
from catalog.records import CODED, SolutionRecord
from catalog.solutions import Solution
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

BODY_TEXTS = (
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


def of(session: Session, ids: Sequence[UUID]) -> list[Texts]:
    """What can be found of the published ones among these solutions; two statements for 500."""
    published = solutions.published_by_ids(session, ids)
    uses = adoptions.of_solutions(session, list(published))
    return [texts_of(solution, uses[key]) for key, solution in published.items()]


def texts_of(solution: Solution, uses: Sequence[Adoption]) -> Texts:
    """What can be found of one published solution with these uses."""
    record = solution.public_record
    live = [use for use in uses if use.stage == Stage.LIVE and use.is_confirmed]
    places = [use.organization.municipality for use in live if use.organization.municipality]
    return Texts(
        id=str(solution.id),
        title=[*record.name.items(), *(("", name) for name in record.alternative_names)],
        organization=_bodies(solution, record),
        summary=[
            *record.summary.items(),
            *_in_all(record.keywords, record),
            *(("", product) for product in record.alternative_to),
        ],
        body=[*_body(record), *_names_of_adopters(uses)],
        facets=_facets(
            solution,
            record,
            lands=sorted({place.land for place in places}),
            sizes=sorted({place.size_class for place in places if place.size_class}),
        ),
        adopters=len(live),
        confirmed=record.confirmed_on,
        alike=sorted({f"{place.land}|{place.size_class or ''}" for place in places}),
    )


def _bodies(solution: Solution, record: SolutionRecord) -> list[Tagged]:
    found: list[Tagged] = []
    if solution.publisher is not None:
        language = LANGUAGE_OF_COUNTRY.get(solution.publisher.country, "")
        found.append((language, solution.publisher.name))
    found += [("", name) for name in (record.vendor,) if name]
    return found


def _body(record: SolutionRecord) -> Iterable[Tagged]:
    for field in BODY_TEXTS:
        text: Mapping[str, str] = record.fact(field).value or {}
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
    for field, list_name in CODED.items():
        value = record.fact(field).value
        for code in [value] if isinstance(value, str) else value or []:
            yield from labels(list_name, code)
    yield from (("", words) for words in record.raw.values())


def labels(list_name: str, code: str) -> Iterable[Tagged]:
    """The labels of a code in every language, and the further words it is found by."""
    entry = taxonomy.lists()[list_name].codes.get(code)
    if entry is not None:
        yield from entry.label.items()
        yield from (("de", word) for word in entry.words)


def _names_of_adopters(uses: Sequence[Adoption]) -> Iterable[Tagged]:
    for use in uses:
        if use.stage != Stage.ENDED:
            yield LANGUAGE_OF_COUNTRY.get(use.organization.country, ""), use.organization.name


def _in_all(words: Iterable[str], record: SolutionRecord) -> list[Tagged]:
    return [(language, word) for word in words for language in record.name]


def _main_language(record: SolutionRecord) -> str:
    return next(iter(record.name), "")


def _facets(
    solution: Solution, record: SolutionRecord, *, lands: list[str], sizes: list[str]
) -> dict[str, list[str]]:
    country = solution.publisher.country if solution.publisher is not None else ""
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
        "country": [country],
        "origin": [solution.home or OWN],
    }
    facets = {name: [v for v in values if v] or [NOT_STATED] for name, values in stated.items()}
    return facets | {"land": lands, "size_class": sizes}
