"""``marketplace import`` as an operator meets it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from marketplace.cli.importing import import_files

FileOf = Callable[..., Path]
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command on a node of the test's own."""
    monkeypatch.setenv("MARKETPLACE_DATA_DIR", str(tmp_path / "node"))
    monkeypatch.delenv("MARKETPLACE_DATABASE_URL", raising=False)

    def invoke(*arguments: object) -> Result:
        return CliRunner().invoke(import_files, [str(each) for each in arguments])

    return invoke


def test_rows_accounted_for_end_with_0_even_with_refusals(
    run: Run, file_of: FileOf, tmp_path: Path
) -> None:
    report = tmp_path / "report.json"
    result = run("jsonl", file_of('{"id": "1", "title": "A"}', "{"), "--report", report)
    assert result.exit_code == 0
    content: dict[str, Any] = json.loads(report.read_text())
    assert (content["rows"], content["created"], content["unchanged"]) == (2, 1, 0)
    assert [entry["row"] for entry in content["refused"]] == [2]
    assert "✗ rows.jsonl:2" in result.output


def test_a_file_that_cannot_be_read_ends_with_2_and_the_others_are_taken(
    run: Run, file_of: FileOf, tmp_path: Path
) -> None:
    good = file_of('{"id": "1", "title": "A"}')
    result = run("jsonl", tmp_path / "none.jsonl", good, "--json")
    assert result.exit_code == 2
    content = json.loads(result.output)
    assert (content["rows"], content["created"], len(content["refused"])) == (2, 1, 1)
    assert "No such file" in content["refused"][0]["reason"]


def test_an_unknown_mapping_ends_with_2_and_names_the_shipped_ones(
    run: Run, file_of: FileOf
) -> None:
    result = run("table", file_of("a,b", "1,2", name="t.csv"), "--mapping", "none")
    assert result.exit_code == 2
    assert "us-2024" in result.output


def test_the_summary_speaks_german_if_asked(run: Run, file_of: FileOf) -> None:
    result = run("table", file_of("Name,Kommune", "a,b,c", name="t.csv"), "--language", "de")
    assert "1 abgelehnt" in result.output
    assert "Die Zeile hat 3 Zellen" in result.output


def test_mapping_belongs_to_tables_only(run: Run, file_of: FileOf) -> None:
    result = run("jsonl", file_of("{}"), "--mapping", "nyc")
    assert result.exit_code == 2
    assert "table" in result.output


def test_the_shipped_mappings_can_be_listed(run: Run) -> None:
    result = run("--mappings")
    assert result.exit_code == 0
    assert "us-2024" in result.output
