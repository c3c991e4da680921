"""Datasette as a peer: SQLite's full-text search with facets, as a page in HTML."""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, closing
from pathlib import Path
from urllib.parse import urlencode

from marketplace.bench.questions import FACETS, Question, texts
from marketplace.bench.serving import HOST, Server, serving
from marketplace.search.documents import Tagged, Texts
from marketplace.search.tokens import words

COLUMNS = ("id", "title", "organization", "summary", "body")


class Datasette:
    """One table with a full-text index; each facet is a column with an index of its own."""

    name = "datasette"
    requirements: Sequence[str] = ("datasette",)
    note = "HTML with six facets; suggestions of facets off, facets end after 200 ms (default)"
    most_records = 200_000

    def fill(self, python: Path, folder: Path, count: int) -> None:
        """Write the records into a database file."""
        with closing(sqlite3.connect(folder / "bench.db")) as database, database:
            database.execute(f"CREATE TABLE records ({', '.join((*COLUMNS, *FACETS))})")
            marks = ", ".join("?" * (len(COLUMNS) + len(FACETS)))
            database.executemany(f"INSERT INTO records VALUES ({marks})", _rows(count))  # noqa: S608 - our own names
            for facet in FACETS:
                database.execute(f"CREATE INDEX ix_{facet} ON records ({facet})")
            searched = ", ".join(COLUMNS[1:])
            database.execute(
                f"CREATE VIRTUAL TABLE records_fts USING fts5({searched}, content=records)"
            )
            database.execute("INSERT INTO records_fts (records_fts) VALUES ('rebuild')")

    def serving(self, python: Path, folder: Path) -> AbstractContextManager[Server]:
        """Serve the database file."""
        return serving(
            lambda port: [
                *(python, "-m", "datasette", "serve", folder / "bench.db"),
                *("--host", HOST, "--port", str(port), "--setting", "suggest_facets", "off"),
            ],
            is_up=lambda server: server.get("/bench/records.json?_size=1")[0] == 200,
            environment=os.environ,
            log=folder / "server.log",
        )

    def address(self, question: Question) -> str:
        """The page of a table, searched, filtered and with six facets."""
        # Its full-text search reads signs as operators; ours does not.
        typed = " ".join(words(question.query.text))
        pairs = [("_search", typed)] if typed else []
        for facet, values in sorted(question.query.filters.items()):
            pairs += [(facet, value) for value in sorted(values)]
        pairs += [("_facet", facet) for facet in FACETS]
        return f"/bench/records?{urlencode([*pairs, ('_size', '20')])}"


def _rows(count: int) -> Iterator[Sequence[str]]:
    for text in texts(count):
        yield (
            *(text.id, *(_joined(part) for part in _parts(text))),
            *((text.facets.get(facet) or [""])[0] for facet in FACETS),
        )


def _parts(text: Texts) -> Sequence[list[Tagged]]:
    return text.title, text.organization, text.summary, text.body


def _joined(tagged: list[Tagged]) -> str:
    return "\n".join(words_ for _, words_ in tagged)
