"""Known records of real registers, found by their titles with a slip of the keyboard."""

import json
from pathlib import Path

import pytest

from marketplace.search.analysis import Analysis
from marketplace.search.documents import Texts, analyzed
from marketplace.search.embedded import EmbeddedEngine
from marketplace.search.query import Query
from marketplace.search.synonyms import Thesaurus, starting_list
from tests.marketplace.search.judged_corpus import identity

EVERY = 25


@pytest.fixture(scope="module")
def records(shared_data: Path) -> list[Texts]:
    """Titles, bodies and descriptions of the registers, each in its language."""
    lines = (shared_data / "demo-corpus" / "solutions.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [
        Texts(
            id=identity(row["id"]),
            title=[(row["language"], row["title"])],
            organization=[(row["language"], row.get("organisation", ""))],
            body=[(row["language"], row.get("description", ""))],
        )
        for row in rows
    ]


@pytest.fixture(scope="module")
def engine(
    records: list[Texts], analysis: Analysis, tmp_path_factory: pytest.TempPathFactory
) -> EmbeddedEngine:
    """An index of all of them."""
    built = EmbeddedEngine(tmp_path_factory.mktemp("real"), analysis, Thesaurus.of(starting_list()))
    built.rebuild([analyzed(record, analysis) for record in records], 1)
    built.close()
    return built


def with_a_slip(title: str) -> str:
    """``title`` with two letters of its longest word swapped."""
    word = max(title.split(), key=len)
    at = len(word) // 2
    return title.replace(word, word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :])


def share_found(engine: EmbeddedEngine, records: list[Texts], *, slips: bool, among: int) -> float:
    """Of every 25th record with a telling title, how many are among the first hits."""
    asked = [one for one in records[::EVERY] if len(max(one.title[0][1].split(), key=len)) > 6]
    found = 0
    for record in asked:
        title = record.title[0][1]
        answer = engine.search(Query(with_a_slip(title) if slips else title))
        same = {one.id for one in records if one.title[0][1] == title}
        found += any(hit.id in same for hit in answer.hits[:among])
    return found / len(asked)


def test_the_exact_title_is_always_first(engine, records):
    assert share_found(engine, records, slips=False, among=1) == 1.0


def test_a_title_with_a_slip_is_found(engine, records):
    assert share_found(engine, records, slips=True, among=10) >= 0.93
    assert share_found(engine, records, slips=True, among=3) >= 0.85
