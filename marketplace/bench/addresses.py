"""What is asked of the server: one row of the table each, with its target."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from catalog.database import open_engine, session_factory
from catalog.solutions import Solution, State
from marketplace.bench.questions import Question, questions, texts
from marketplace.routing import address
from marketplace.settings import Settings

HELLO = "hello JSON (H)"
NEW_SEARCH = "new search page"

KEPT = 200
"""Different addresses of a row whose answers are kept: every round asks them again and again."""

SAMPLED = 2_000
"""Records of whose words questions are made."""

PAGES = (1, 1, 1, 1, 2, 3)
"""Most readers look at the first page."""


@dataclass(frozen=True)
class Row:
    """One kind of address."""

    name: str
    paths: list[str]
    target: float | None
    """Least ratio to H; None where no target is set."""
    once: bool = False
    """Whether each address may be asked once only, because nothing may be remembered."""


def rows(folder: Path, count: int, rounds: int, seconds: float) -> list[Row]:
    """Everything that is measured on a node with ``count`` records."""
    own = _published(folder)
    kept = own[:: max(len(own) // KEPT, 1)][:KEPT]
    fresh = [one for one in own if one not in set(kept)]
    asked = list(_new(int(rounds * seconds * 2_500), count))
    return [
        Row(HELLO, ["/health/live"], None),
        Row("record JSON", [_record(key) for key, _ in kept], 0.60),
        Row("record page", [address("solution", "de", slug=slug) for _, slug in kept], 0.35),
        Row("repeated search", asked[:KEPT], 0.40),
        Row(NEW_SEARCH, asked[KEPT:], _target_of_new_search(count), once=True),
        Row("start page", ["/de"], None),
        Row("record JSON, first time", [_record(key) for key, _ in fresh], None, once=True),
        Row(
            "record page, first time",
            [address("solution", "de", slug=slug) for _, slug in fresh],
            None,
            once=True,
        ),
    ]


def search_address(question: Question, page: int) -> str:
    """The address of the results of a question."""
    pairs = [("q", question.query.text)] if question.query.text else []
    for facet, values in sorted(question.query.filters.items()):
        pairs += [(facet, value) for value in sorted(values)]
    pairs += [("page", str(page))] if page > 1 else []
    return address("search", "de", pairs)


def _new(most: int, count: int) -> Iterator[str]:
    """Different searches, at most ``most`` of them."""
    seen: set[str] = set()
    asked = questions(list(texts(count, SAMPLED)))
    for number in range(most * 4):
        path = search_address(next(asked), PAGES[number % len(PAGES)])
        if path not in seen:
            seen.add(path)
            yield path
        if len(seen) >= most:
            return


def _target_of_new_search(count: int) -> float | None:
    if count <= 10_000:
        return 0.06
    return 0.045 if count <= 100_000 else None


def _record(key: UUID) -> str:
    return f"/api/v1/solutions/{key}"


def _published(folder: Path) -> list[tuple[UUID, str]]:
    engine = open_engine(Settings(data_dir=folder, database_url="").database)
    query = select(Solution.id, Solution.slug).where(Solution.state == State.PUBLISHED)
    try:
        with session_factory(engine, writes=False)() as session:
            return [(key, slug) for key, slug in session.execute(query)]
    finally:
        engine.dispose()
