"""How fast the embedded search is: ``python -m tests.benchmarks.search_bench [COUNT] [FOLDER]``.

Builds an index of generated records (10,000 unless told otherwise) if the folder has none. Asks 200
questions three times after a warm-up, each with six facets, half of them with filters, none from
memory. Prints one JSON line per measurement; times are milliseconds unless the name says otherwise.
"""

import json
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from threading import Thread
from uuid import NAMESPACE_URL, uuid5

import msgspec

from catalog.municipalities import size_class
from marketplace.sample import generator
from marketplace.search.analysis import Analysis
from marketplace.search.documents import SearchDocument, Texts, analyzed
from marketplace.search.embedded import EmbeddedEngine
from marketplace.search.query import Query
from marketplace.search.solution_texts import Adopter, Published, texts_of
from marketplace.search.synonyms import Thesaurus, starting_list
from marketplace.search.tokens import words

FACETS = ("field_of_action", "phase", "technology", "license", "land", "size_class")
QUESTIONS = 200
ROUNDS = 3
UPDATES = 100


def main() -> None:
    """Measure and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    folder = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(tempfile.mkdtemp())
    analysis = Analysis.of_dictionaries(folder)
    thesaurus = Thesaurus.of(starting_list())
    engine = EmbeddedEngine(folder / str(count), analysis, thesaurus, most_answers=0)
    texts = list(_texts(count))
    if engine.position() is None:
        _build(engine, texts, analysis)
    questions = list(_questions(texts))
    _report("search", _timed(engine, questions))
    for kind in sorted({kind for kind, _ in questions}):
        _report(f"search: {kind}", _timed(engine, [q for q in questions if q[0] == kind]))
    _tell({"one_thread_per_s": _rate(engine, questions, 1)})
    _tell({"two_threads_per_s": _rate(engine, questions, 2)})
    _report("suggest", _timed_calls([_suggesting(engine, q) for _, q in questions]))
    _report("save one", _saving(engine, [analyzed(text, analysis) for text in texts[:UPDATES]]))
    _report("search after saving", _timed(engine, questions))
    engine.close()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    _tell({"peak_memory_mb": memory})


def _build(engine: EmbeddedEngine, texts: Sequence[Texts], analysis: Analysis) -> None:
    begun = time.perf_counter()
    documents = [analyzed(text, analysis) for text in texts]
    analyzed_at = time.perf_counter()
    engine.rebuild(documents, 1)
    built = time.perf_counter()
    size = sum(path.stat().st_size for path in engine.folder.rglob("*") if path.is_file())
    stored = sum(len(msgspec.json.encode(document)) for document in documents)
    _tell(
        {
            "records": len(texts),
            "analysis_s": round(analyzed_at - begun, 2),
            "build_s": round(built - analyzed_at, 2),
            "index_mb": round(size / 1e6, 1),
            "documents_mb": round(stored / 1e6, 1),
        }
    )


def _texts(count: int) -> Iterator[Texts]:
    bodies = generator.bodies(count, 1)
    for item in generator.records(count):
        publisher = bodies[item.publisher].name.name
        adopters = [_adopter(bodies[use.adopter], use) for use in item.uses]
        identity = uuid5(NAMESPACE_URL, str(item.number))
        yield texts_of(Published(identity, item.record, "", publisher, "DE"), adopters)


def _adopter(body: generator.Body, use: generator.GeneratedUse) -> Adopter:
    land = body.place.ars[:2] if body.place else ""
    size = (size_class(body.place.population) or "") if body.place else ""
    return Adopter(body.name.name, "DE", use.use.stage, use.confirmed_on is not None, land, size)


def _questions(texts: Sequence[Texts]) -> Iterator[tuple[str, Query]]:
    chance = random.Random(5)  # noqa: S311 - the same questions every time
    kinds: list[tuple[str, Callable[[list[str], list[str]], str]]] = [
        ("word", lambda title, _: max(title, key=len)),
        ("two words", lambda title, summary: f"{max(title, key=len)} {chance.choice(summary)}"),
        ("sentence", lambda _, summary: " ".join(summary[:6])),
        ("beginning", lambda title, _: max(title, key=len)[: chance.randint(3, 6)]),
        ("typo", lambda title, _: _with_typo(max(title, key=len), chance)),
        ("common word", lambda *_: chance.choice(("Daten", "Verwaltung", "KI", "prüfen", "Stadt"))),
        ("part", lambda title, _: max(title, key=len)[-7:].capitalize()),
        ("nothing typed", lambda *_: ""),
    ]
    for number in range(QUESTIONS):
        kind, make = kinds[number % len(kinds)]
        text = chance.choice(texts)
        filters = {
            facet: frozenset(text.facets[facet][:1])
            for facet in chance.sample(FACETS[:4], chance.randint(1, 2))
        }
        yield (
            kind,
            Query(
                make(words(text.title[0][1]), words(text.summary[0][1]) or ["KI"]),
                filters=filters if number // len(kinds) % 2 else {},
                facets=FACETS,
            ),
        )


def _with_typo(word: str, chance: random.Random) -> str:
    at = chance.randrange(2, max(3, len(word) - 2))
    return word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :]


def _suggesting(engine: EmbeddedEngine, query: Query) -> Callable[[], object]:
    return lambda: engine.suggest(query.text[:5])


def _timed(
    engine: EmbeddedEngine, questions: Sequence[tuple[str, Query]]
) -> list[tuple[float, float]]:
    for _, query in questions[:40]:
        engine.search(query)
    calls: list[Callable[[], object]] = [
        (lambda query=query: engine.search(query)) for _, query in questions
    ]
    return _timed_calls(calls * ROUNDS)


def _timed_calls(calls: Sequence[Callable[[], object]]) -> list[tuple[float, float]]:
    """Time and processor time of each call; on a busy machine only the second says something."""
    taken = []
    for call in calls:
        begun, worked = time.perf_counter(), time.thread_time()
        call()
        taken.append(((time.perf_counter() - begun) * 1000, (time.thread_time() - worked) * 1000))
    return taken


def _rate(engine: EmbeddedEngine, questions: Sequence[tuple[str, Query]], threads: int) -> int:
    done = [0] * threads
    until = time.perf_counter() + 2

    def work(number: int) -> None:
        at = number * 17
        while time.perf_counter() < until:
            engine.search(questions[at % len(questions)][1])
            at += 1
            done[number] += 1

    running = [Thread(target=work, args=(number,)) for number in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return sum(done) // 2


def _saving(
    engine: EmbeddedEngine, documents: Sequence[SearchDocument]
) -> list[tuple[float, float]]:
    calls: list[Callable[[], object]] = [
        (lambda at=at: (engine.apply([documents[at]], [], at + 2), engine.count()))
        for at in range(UPDATES)
    ]
    return _timed_calls(calls)


def _report(name: str, taken: Sequence[tuple[float, float]]) -> None:
    said: dict[str, object] = {"measured": name}
    for label, values in (("", [one for one, _ in taken]), ("cpu_", [two for _, two in taken])):
        ordered = sorted(values)
        said |= {
            f"{label}p50": round(ordered[len(ordered) // 2], 2),
            f"{label}p99": round(ordered[int(len(ordered) * 0.99)], 2),
        }
    _tell(said)


def _tell(said: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(said) + "\n")


if __name__ == "__main__":
    main()
