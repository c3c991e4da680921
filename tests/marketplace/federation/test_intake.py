"""Taking registers in: each row accounted for, nothing twice, nothing lost, nothing overwritten."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from catalog import changes, provenance, solutions
from catalog.database import session_factory
from catalog.organizations import Organization
from catalog.permissions import Actor
from catalog.solutions import Solution
from marketplace.federation import intake, intake_report
from marketplace.federation.intake_report import FileReport, RowsLost

TakeIn = Callable[[Path], FileReport]
FileOf = Callable[..., Path]
StateOf = Callable[[Engine], dict[str, list[Any]]]


def line(id_: str, title: str = "Chatbot", body: str = "Stadt A", **more: Any) -> str:
    return json.dumps(
        {"id": id_, "title": title, "organisation": body, "country": "DE", "level": "local"} | more
    )


def counts(report: FileReport) -> tuple[int, int, int, int, int]:
    assert report.rows == (report.created + report.updated + report.unchanged + len(report.refused))
    refused = len(report.refused)
    return report.rows, report.created, report.updated, report.unchanged, refused


def the_solution(session: Session, key: str) -> Solution:
    return solutions.by_id(session, provenance.id_of("solution", "jsonl", key))


def test_every_row_is_accounted_for(take_in: TakeIn, file_of: FileOf) -> None:
    report = take_in(file_of(line("1"), "{", line("2", "Plan"), '{"id": "3"}', line("1")))
    assert counts(report) == (5, 2, 0, 1, 2)
    assert [entry.row for entry in report.refused] == [2, 4]


def test_a_second_run_changes_nothing(
    take_in: TakeIn, file_of: FileOf, fresh_engine: Engine, state_of: StateOf
) -> None:
    path = file_of(line("1"), line("2", "Plan"), line("3", "Chatbot", "Stadt B"))
    first = take_in(path)
    before = state_of(fresh_engine)
    second = take_in(path)
    assert counts(first) == (3, 3, 0, 0, 0)
    assert counts(second) == (3, 0, 0, 3, 0)
    assert second.duplicates_proposed == 0
    assert state_of(fresh_engine) == before


def test_a_changed_row_becomes_the_next_version(
    take_in: TakeIn, file_of: FileOf, fresh_engine: Engine
) -> None:
    take_in(file_of(line("1", "Chatbot"), line("2", "Plan")))
    report = take_in(file_of(line("1", "Chatbot Nova"), line("2", "Plan")))
    assert counts(report) == (2, 0, 1, 1, 0)
    with session_factory(fresh_engine, writes=False)() as session:
        solution = the_solution(session, "1")
        assert solution.version == 2
        assert solution.public_record.name == {"en": "Chatbot Nova"}
        assert changes.of_thing(session, "solution", solution.id)[0].verb == "revised"
        kept = provenance.raw_of(session, "jsonl", "1")
        assert kept is not None
        assert "Nova" in kept


def test_a_row_that_names_another_body_moves_to_it(
    take_in: TakeIn, file_of: FileOf, fresh_engine: Engine
) -> None:
    take_in(file_of(line("1", body="Stadt A")))
    report = take_in(file_of(line("1", body="Stadt B")))
    assert counts(report) == (1, 0, 1, 0, 0)
    with session_factory(fresh_engine, writes=False)() as session:
        solution = the_solution(session, "1")
        assert solution.publisher is not None
        assert solution.publisher.name == "Stadt B"
        assert changes.of_thing(session, "solution", solution.id)[0].verb == "handed_over"


def test_what_was_changed_here_is_not_overwritten(
    take_in: TakeIn, file_of: FileOf, fresh_engine: Engine
) -> None:
    take_in(file_of(line("1")))
    with session_factory(fresh_engine, writes=True).begin() as session:
        solution = the_solution(session, "1")
        own = solutions.SolutionRecord(name={"de": "Von Hand"})
        solutions.revise(session, Actor.operator(), solution, own)
    report = take_in(file_of(line("1", "From the source")))
    assert counts(report) == (1, 0, 0, 0, 1)
    assert "changed here" in str(report.refused[0].problem)
    with session_factory(fresh_engine, writes=False)() as session:
        assert the_solution(session, "1").public_record.name == {"de": "Von Hand"}


def test_what_was_withdrawn_here_does_not_come_back(
    take_in: TakeIn, file_of: FileOf, fresh_engine: Engine
) -> None:
    take_in(file_of(line("1")))
    with session_factory(fresh_engine, writes=True).begin() as session:
        solutions.withdraw(
            session, Actor.operator(), the_solution(session, "1"), reason="Not ours."
        )
    report = take_in(file_of(line("1", "Again")))
    assert counts(report) == (1, 0, 0, 0, 1)
    assert "withdrawn here" in str(report.refused[0].problem)


def test_the_second_row_with_a_key_is_refused_and_names_the_first(
    take_in: TakeIn, file_of: FileOf
) -> None:
    path = file_of(line("1", "Chatbot"), line("1", "Other"), line("1", "Chatbot"))
    report = take_in(path)
    assert counts(report) == (3, 1, 0, 1, 1)
    assert (report.refused[0].row, report.refused[0].key) == (2, "1")
    assert "Row 1 has the same key" in str(report.refused[0].problem)
    assert counts(take_in(path)) == (3, 0, 0, 2, 1)


def test_bodies_are_found_by_folded_name_and_country(
    take_in: TakeIn, file_of: FileOf, fresh_engine: Engine
) -> None:
    take_in(file_of(line("1", "A", "Stadt Köln"), line("2", "B", "STADT  KOLN")))
    take_in(file_of(line("3", "C", "Stadt Ko\u0308ln"), line("4", "D", "Stadt Köln", country="AT")))
    with session_factory(fresh_engine, writes=False)() as session:
        bodies = session.scalars(select(Organization).order_by(Organization.id)).all()
        assert [(body.name, body.country) for body in bodies] == [
            ("Stadt Köln", "DE"),
            ("Stadt Köln", "AT"),
        ]


def test_likely_duplicates_are_proposed_and_nothing_is_merged(
    take_in: TakeIn, file_of: FileOf, fresh_engine: Engine
) -> None:
    report = take_in(
        file_of(
            line("1", "Anonymize", "Stadt A"),
            line("2", "anonymize!", "Stadt A"),
            line("3", "Anonymize", "Stadt B"),
            line("4", "Something else", "Stadt B"),
        )
    )
    assert (report.created, report.duplicates_proposed) == (4, 2)
    with session_factory(fresh_engine, writes=False)() as session:
        assert provenance.count_open(session, "solution") == 2
        assert solutions.count_published(session) == 4


def test_rows_beyond_one_batch_are_written_in_order(
    take_in: TakeIn, file_of: FileOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake, "BATCH", 4)
    report = take_in(file_of(*(line(str(n), f"T{n}") for n in range(11))))
    assert counts(report) == (11, 11, 0, 0, 0)


def test_what_was_read_before_a_fault_of_the_file_stays(
    take_in: TakeIn, file_of: FileOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("marketplace.formats.jsonl.MAX_ROWS", 2)
    report = take_in(file_of(line("1", "A"), line("2", "B"), line("3", "C")))
    assert counts(report) == (3, 2, 0, 0, 1)
    assert report.is_unreadable


def test_a_report_that_does_not_add_up_is_a_fault_and_raises() -> None:
    report = FileReport("x", "jsonl", rows=2, created=1)
    with pytest.raises(RowsLost, match="2 rows, but 1 created"):
        report.close()


def test_the_report_for_programs_adds_up_and_speaks_german(
    take_in: TakeIn, file_of: FileOf
) -> None:
    report = take_in(file_of(line("1", ai_type="Quantum"), "{"))
    content = intake_report.as_json([report], "de")
    assert content["rows"] == content["created"] + content["updated"] + content["unchanged"] + len(
        content["refused"]
    )
    (refused,) = content["refused"]
    assert {"file", "row", "field", "reason", "key"} <= set(refused)
    assert (refused["row"], refused["file"]) == (2, "rows.jsonl")
    (warning,) = content["warnings"]
    assert warning["field"] == "technology"
    assert warning["message"].startswith("„Quantum“ steht in keiner Codeliste")


def test_warnings_beyond_the_limit_are_counted(
    take_in: TakeIn, file_of: FileOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake_report, "MAX_WARNINGS", 2)
    report = take_in(file_of(*(line(str(n), f"T{n}", ai_type="?") for n in range(5))))
    assert (len(report.warnings), report.warnings_left_out) == (2, 3)


def test_awkward_words_in_every_field_fit_both_databases(take_in: TakeIn, file_of: FileOf) -> None:
    awkward = ["\u0000NUL", "💥" * 300, "'; DROP TABLE x; --", "\x9f", "(n", "ﬁ", "ß", "x" * 499]
    fields = ["source", "country", "level", "language", "status_raw", "vendor", "url", "unit"]
    rows = [line(word + str(n), word) for n, word in enumerate(awkward)]
    rows += [
        line(f"{field}{n}", "T", **{field: word})
        for field in fields
        for n, word in enumerate(awkward)
    ]
    report = take_in(file_of(*rows))
    assert counts(report) == (72, 72, 0, 0, 0)
