"""Questions to a search, the same for the same seed, and how long the engine takes for them.

The questions are made of the words of generated records: one word, several, a beginning, a part of
a compound, a typing error, a word that many records have, nothing. Half of them have filters.
"""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from uuid import NAMESPACE_URL, uuid5

from catalog.municipalities import size_class
from marketplace.sample import generator
from marketplace.search.documents import Texts
from marketplace.search.query import Engine, Query
from marketplace.search.solution_texts import Adopter, Published, texts_of
from marketplace.search.tokens import words

FACETS = ("field_of_action", "phase", "technology", "license", "land", "size_class")
"""The six facets that every measured question counts."""

FILTERED = FACETS[:4]

SEED = 5

WARM_UP = 40

Make = Callable[[list[str], list[str]], str]


@dataclass(frozen=True)
class Question:
    """A question and which kind of typing it stands for."""

    kind: str
    query: Query


@dataclass(frozen=True)
class Taken:
    """How long something took, in milliseconds; on a busy machine only ``cpu`` says something."""

    wall: float
    cpu: float


def texts(count: int, most: int | None = None) -> Iterator[Texts]:
    """What can be found of the first ``most`` of ``count`` generated records."""
    bodies = generator.bodies(count, 1)
    for item in islice(generator.records(count), most):
        publisher = bodies[item.publisher].name.name
        adopters = [_adopter(bodies[use.adopter], use) for use in item.uses]
        identity = uuid5(NAMESPACE_URL, str(item.number))
        yield texts_of(Published(identity, item.record, "", publisher, "DE"), adopters)


def questions(of: Sequence[Texts]) -> Iterator[Question]:
    """Questions without end."""
    chance = random.Random(SEED)  # noqa: S311 - the same questions every time
    kinds = _kinds(chance)
    number = 0
    while True:
        kind, make = kinds[number % len(kinds)]
        text = chance.choice(of)
        filters = {
            facet: frozenset(text.facets[facet][:1])
            for facet in chance.sample(FILTERED, chance.randint(1, 2))
        }
        typed = make(words(text.title[0][1]), words(text.summary[0][1]) or ["KI"])
        is_filtered = bool(number // len(kinds) % 2)
        yield Question(kind, Query(typed, filters=filters if is_filtered else {}, facets=FACETS))
        number += 1


def timed(engine: Engine, asked: Sequence[Question], rounds: int = 3) -> list[Taken]:
    """How long each answer takes, after a warm-up; the engine must not remember answers."""
    for question in asked[:WARM_UP]:
        engine.search(question.query)
    calls = [partial(engine.search, question.query) for question in asked]
    return timed_calls(calls * rounds)


def timed_calls(calls: Sequence[Callable[[], object]]) -> list[Taken]:
    """How long each call takes."""
    taken = []
    for call in calls:
        begun, worked = time.perf_counter(), time.thread_time()
        call()
        taken.append(
            Taken((time.perf_counter() - begun) * 1000, (time.thread_time() - worked) * 1000)
        )
    return taken


def quantile(values: Sequence[float], part: float) -> float:
    """The value below which ``part`` (0 to 1) of the values lie; 0 if there are none."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * part), len(ordered) - 1)] if ordered else 0.0


def _adopter(body: generator.Body, use: generator.GeneratedUse) -> Adopter:
    land = body.place.ars[:2] if body.place else ""
    size = (size_class(body.place.population) or "") if body.place else ""
    return Adopter(body.name.name, "DE", use.use.stage, use.confirmed_on is not None, land, size)


def _kinds(chance: random.Random) -> list[tuple[str, Make]]:
    return [
        ("word", lambda title, _: max(title, key=len)),
        ("two words", lambda title, summary: f"{max(title, key=len)} {chance.choice(summary)}"),
        ("sentence", lambda _, summary: " ".join(summary[:6])),
        ("beginning", lambda title, _: max(title, key=len)[: chance.randint(3, 6)]),
        ("typo", lambda title, _: _with_typo(max(title, key=len), chance)),
        ("common word", lambda *_: chance.choice(("Daten", "Verwaltung", "KI", "prüfen", "Stadt"))),
        ("part", lambda title, _: max(title, key=len)[-7:].capitalize()),
        ("nothing typed", lambda *_: ""),
    ]


def _with_typo(word: str, chance: random.Random) -> str:
    at = chance.randrange(2, max(3, len(word) - 2))
    return word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :]
