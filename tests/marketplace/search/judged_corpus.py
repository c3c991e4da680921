"""The corpus that search is judged on: sample solutions, invented neighbors, generated distractors.

Distractors share the everyday words of administrations (application, check, plan, data) and speak
of topics that no question asks for, so they crowd the words without being right.
"""

import random
from collections.abc import Iterator, Mapping
from pathlib import Path
from uuid import NAMESPACE_URL, UUID, uuid5

import msgspec
from ruamel.yaml import YAML

from catalog.records import SolutionRecord
from marketplace import sample
from marketplace.search import solution_texts
from marketplace.search.documents import Texts
from marketplace.search.solution_texts import Published

FOLDER = Path(__file__).parent / "judged"
SAMPLE = Path(sample.__file__).parent / "data" / "solutions"
DISTRACTORS = 1_500

THINGS = {
    "de": (
        ("Zoo", "Tiergehege", "Fütterung"),
        ("Theater", "Spielplan", "Eintrittskarte"),
        ("Kantine", "Speiseplan", "Bestellung"),
        ("Labor", "Wasserprobe", "Messreihe"),
        ("Hafen", "Liegeplatz", "Schiff"),
        ("Volkshochschule", "Lehrgang", "Teilnahme"),
        ("Musikschule", "Unterricht", "Instrument"),
        ("Standesamt", "Trauung", "Urkunde"),
        ("Wahlamt", "Wahllokal", "Stimmzettel"),
        ("Fuhrpark", "Dienstrad", "Wartung"),
        ("Forstamt", "Holzernte", "Revier"),
        ("Eichamt", "Waage", "Prüfsiegel"),
        ("Jagdbehörde", "Jagdschein", "Revierkarte"),
        ("Statistikstelle", "Erhebung", "Tabelle"),
        ("Druckerei", "Broschüre", "Auflage"),
        ("Markthalle", "Standplatz", "Händler"),
        ("Lebensmittelüberwachung", "Betriebskontrolle", "Küche"),
        ("Vermessungsamt", "Grenzstein", "Flurstück"),
        ("Veterinäramt", "Tierschutz", "Stall"),
        ("Pressestelle", "Mitteilung", "Verteiler"),
    ),
    "en": (
        ("zoo", "enclosure", "feeding"),
        ("theater", "programme", "ticket"),
        ("laboratory", "sample", "series"),
        ("harbour", "berth", "vessel"),
        ("registry office", "wedding", "certificate"),
        ("election office", "polling station", "ballot"),
        ("vehicle fleet", "service bicycle", "maintenance"),
        ("print shop", "brochure", "edition"),
        ("market hall", "stall", "trader"),
        ("survey office", "boundary stone", "parcel"),
    ),
}
SENTENCES = {
    "de": (
        "Prüft Anträge rund um {thing} und schlägt die nächsten Schritte vor.",
        "Die Stadt plant damit {thing} und {other} besser.",
        "Daten zu {thing} werden gesammelt, ausgewertet und gezeigt.",
        "Beschäftigte sehen in einer Liste, welche Vorgänge zu {thing} fehlen.",
        "Das Amt entscheidet selbst, das Modell schlägt nur vor.",
        "Die Verwaltung spart Zeit bei {other} und kann schneller antworten.",
        "Vor dem Einsatz wurde mit dem Personalrat gesprochen.",
        "Betrieb im eigenen Haus, Support für die Gemeinde.",
    ),
    "en": (
        "Checks applications about {thing} and proposes the next steps.",
        "The city plans {thing} and {other} more easily.",
        "Data on {thing} are collected, analyzed and shown to staff.",
        "The office decides, the model only suggests.",
        "Staff save time with {other} and can answer residents sooner.",
        "Hosted in house, with support for small towns.",
    ),
}


def everything() -> dict[str, Texts]:
    """All records of the corpus by the short name the judgments use."""
    return {**_samples(), **_neighbors(), **dict(_distractors())}


def judgments() -> dict[str, list[tuple[str, dict[str, int]]]]:
    """By class the questions, each with the grades of what is right (0 for everything else)."""
    topics = _yaml(FOLDER / "topics.yaml")
    return {
        name: [(text, topics[said] if isinstance(said, str) else said) for text, said in listed]
        for name, listed in _yaml(FOLDER / "queries.yaml").items()
    }


def identity(name: str) -> str:
    """The id of a record of the corpus."""
    return str(uuid5(NAMESPACE_URL, name))


def _samples() -> dict[str, Texts]:
    found = {}
    for path in sorted(SAMPLE.glob("*.yaml")):
        content = _yaml(path)
        record = msgspec.convert(content["record"], SolutionRecord, strict=False)
        body = content["organization"].replace("-", " ")
        solution = Published(UUID(identity(path.stem)), record, "", body, "DE")
        found[path.stem] = solution_texts.texts_of(solution, [])
    return found


def _neighbors() -> dict[str, Texts]:
    return {
        name: Texts(
            id=identity(name),
            title=[(language, title)],
            organization=[(language, body)],
            summary=[(language, summary)],
            body=[(language, text), *solution_texts.labels("task", task or "")],
        )
        for name, language, title, body, summary, text, task in _yaml(FOLDER / "corpus.yaml")
    }


def _distractors() -> Iterator[tuple[str, Texts]]:
    chance = random.Random(7)  # noqa: S311 - the same corpus every time
    for number in range(DISTRACTORS):
        language = "en" if number % 3 == 0 else "de"
        place, thing, other = chance.choice(THINGS[language])
        sentences = [
            sentence.format(thing=thing, other=other)
            for sentence in chance.sample(SENTENCES[language], 5)
        ]
        name = f"distractor-{number}"
        yield (
            name,
            Texts(
                id=identity(name),
                title=[(language, f"{thing} {chance.choice(('Plus', 'digital', 'Pro'))} {number}")],
                organization=[(language, place)],
                summary=[(language, sentences[0])],
                body=[(language, " ".join(sentences[1:]))],
            ),
        )


def _yaml(path: Path) -> Mapping[str, object] | list[list[str]]:
    return YAML(typ="safe").load(path.read_text(encoding="utf-8"))
