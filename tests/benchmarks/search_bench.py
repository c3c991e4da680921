"""How fast the embedded search is: ``python -m tests.benchmarks.search_bench [COUNT] [FOLDER]``.

Builds an index of generated records (10,000 unless told otherwise) if the folder has none. Asks 200
questions three times after a warm-up, each with six facets, half of them with filters, none from
memory. Prints one JSON line per measurement; times are milliseconds unless the name says otherwise.
"""

import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from threading import Thread

import msgspec

from marketplace import assets
from marketplace.bench.questions import Question, Taken, questions, texts, timed, timed_calls
from marketplace.search.analysis import Analysis
from marketplace.search.documents import SearchDocument, Texts, analyzed
from marketplace.search.embedded import EmbeddedEngine
from marketplace.search.query import Query
from marketplace.search.synonyms import Thesaurus, starting_list

QUESTIONS = 200
UPDATES = 100


def main() -> None:
    """Measure and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    folder = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(tempfile.mkdtemp())
    analysis = Analysis.of_dictionaries(assets.BUILT)
    thesaurus = Thesaurus.of(starting_list())
    engine = EmbeddedEngine(folder / str(count), analysis, thesaurus, most_answers=0)
    made = list(texts(count))
    if engine.position() is None:
        _build(engine, made, analysis)
    asked = list(islice(questions(made), QUESTIONS))
    _report("search", timed(engine, asked))
    for kind in sorted({question.kind for question in asked}):
        _report(f"search: {kind}", timed(engine, [one for one in asked if one.kind == kind]))
    _tell({"one_thread_per_s": _rate(engine, asked, 1)})
    _tell({"two_threads_per_s": _rate(engine, asked, 2)})
    _report("suggest", timed_calls([_suggesting(engine, one.query) for one in asked]))
    _report("save one", _saving(engine, [analyzed(text, analysis) for text in made[:UPDATES]]))
    _report("search after saving", timed(engine, asked))
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


def _suggesting(engine: EmbeddedEngine, query: Query) -> Callable[[], object]:
    return lambda: engine.suggest(query.text[:5])


def _rate(engine: EmbeddedEngine, asked: Sequence[Question], threads: int) -> int:
    done = [0] * threads
    until = time.perf_counter() + 2

    def work(number: int) -> None:
        at = number * 17
        while time.perf_counter() < until:
            engine.search(asked[at % len(asked)].query)
            at += 1
            done[number] += 1

    running = [Thread(target=work, args=(number,)) for number in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return sum(done) // 2


def _saving(engine: EmbeddedEngine, documents: Sequence[SearchDocument]) -> list[Taken]:
    calls: list[Callable[[], object]] = [
        (lambda at=at: (engine.apply([documents[at]], [], at + 2), engine.count()))
        for at in range(UPDATES)
    ]
    return timed_calls(calls)


def _report(name: str, taken: Sequence[Taken]) -> None:
    said: dict[str, object] = {"measured": name}
    for label, values in (("", [one.wall for one in taken]), ("cpu_", [one.cpu for one in taken])):
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
