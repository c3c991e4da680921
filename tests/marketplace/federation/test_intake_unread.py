"""Rows that are as they were: recognized by their bytes, left unread, and accounted for."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from catalog.database import session_factory
from catalog.permissions import Actor
from marketplace.federation import intake
from marketplace.federation.intake_report import FileReport
from marketplace.formats import jsonl, rules, table
from marketplace.formats.records import Reading, Unread

TakeIn = Callable[[Path], FileReport]
FileOf = Callable[..., Path]
StateOf = Callable[[Engine], dict[str, list[Any]]]


def line(key: str, title: str = "Chatbot", **more: Any) -> str:
    return json.dumps({"id": key, "title": title, "organisation": "Stadt A"} | more)


def counts(report: FileReport) -> tuple[int, int, int, int]:
    return report.created, report.updated, report.unchanged, len(report.refused)


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of the rows that were read."""
    numbers: list[int] = []
    reading_a_row = jsonl._row

    def note(number: int, content: bytes) -> Any:
        numbers.append(number)
        return reading_a_row(number, content)

    monkeypatch.setattr(jsonl, "_row", note)
    return numbers


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    noted: list[str] = []

    def note(_c: object, _k: object, statement: str, *_rest: object) -> None:
        noted.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield noted
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_rows_as_they_were_are_not_read_and_the_report_says_the_same(
    *, take_in: TakeIn, file_of: FileOf, fresh_engine: Engine, state_of: StateOf, read: list[int]
) -> None:
    path = file_of(line("1"), "{", line("2", "Plan", ai_type="Quantum"), line("3", "Brief"))
    first = take_in(path)
    before = state_of(fresh_engine)
    read.clear()
    second = take_in(path)
    assert counts(first) == (3, 0, 0, 1)
    assert counts(second) == (0, 0, 3, 1)
    assert read == [2]
    assert second.warnings == first.warnings
    assert len(first.warnings) == 1
    assert second.refused == first.refused
    assert state_of(fresh_engine) == before


def test_new_rules_of_reading_read_every_row_once_more(
    *, take_in: TakeIn, file_of: FileOf, read: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = file_of(line("1"), line("2", "Plan"))
    take_in(path)
    monkeypatch.setattr(rules, "digest", lambda: b"other")
    read.clear()
    assert counts(take_in(path)) == (0, 0, 2, 0)
    assert read == [1, 2]
    read.clear()
    assert counts(take_in(path)) == (0, 0, 2, 0)
    assert read == []


def test_a_row_written_otherwise_with_the_same_content_is_read_once(
    *, take_in: TakeIn, file_of: FileOf, read: list[int]
) -> None:
    take_in(file_of(line("1")))
    rewritten = file_of(line("1").replace(", ", " ,  "))
    read.clear()
    assert counts(take_in(rewritten)) == (0, 0, 1, 0)
    assert counts(take_in(rewritten)) == (0, 0, 1, 0)
    assert read == [1]


def test_a_known_row_behind_another_with_its_key_is_refused_as_before(
    take_in: TakeIn, file_of: FileOf
) -> None:
    take_in(file_of(line("1", "Chatbot")))
    report = take_in(file_of(line("1", "Plan"), line("1", "Chatbot")))
    assert counts(report) == (0, 1, 0, 1)
    assert "Row 1 has the same key" in str(report.refused[0].problem)


def test_a_mapping_that_changed_reads_again(
    *, fresh_engine: Engine, file_of: FileOf, tmp_path: Path
) -> None:
    sheet = file_of("Name,Amt", "Chatbot,Stadt A", name="sheet.csv")
    mapping = tmp_path / "own.yaml"
    writing = session_factory(fresh_engine, writes=True)

    def run(to: str) -> FileReport:
        mapping.write_text(
            f"""
name: own
source: {{name: Own}}
language: de
columns: {{Name: name, Amt: {to}}}
required: [Name]
key: [Name]
"""
        )
        return intake.take_in(table.read(sheet, mapping=str(mapping)), writing, Actor.operator())

    assert counts(run("vendor")) == (1, 0, 0, 0)
    assert counts(run("vendor")) == (0, 0, 1, 0)
    assert counts(run("keywords")) == (0, 1, 0, 0)


def test_many_unchanged_rows_cost_one_statement_a_batch(
    *, take_in: TakeIn, file_of: FileOf, fresh_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "BATCH", 20)
    path = file_of(*(line(str(number), f"T{number}") for number in range(60)))
    take_in(path)
    with statements(fresh_engine) as noted:
        assert take_in(path).unchanged == 60
    assert len([one for one in noted if one.lstrip().startswith("SELECT")]) == 3
    assert not [one for one in noted if one.lstrip().startswith(("INSERT", "UPDATE"))]


def test_a_row_without_bytes_is_read_every_time(fresh_engine: Engine, file_of: FileOf) -> None:
    path = file_of(line("1"))
    writing = session_factory(fresh_engine, writes=True)

    def bare() -> Reading:
        rows = [Unread(one.row, b"", one.read) for one in jsonl.read(path).unread]
        return Reading(path, "jsonl", "utf-8", iter(rows))

    assert counts(intake.take_in(bare(), writing, Actor.operator())) == (1, 0, 0, 0)
    assert counts(intake.take_in(bare(), writing, Actor.operator())) == (0, 0, 1, 0)
