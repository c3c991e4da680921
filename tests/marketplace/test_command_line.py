"""The command line answers programs in JSON and people in sentences."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from marketplace.settings import ROOT

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs commands on a sample node of this module's own."""
    folder = tmp_path_factory.mktemp("command-line")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("MARKETPLACE_")}
    environment["MARKETPLACE_DATA_DIR"] = str(folder)

    def command(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-m", "marketplace", *arguments],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    assert command("sample", "load").returncode == 0
    return command


def test_a_search_for_programs_prints_json_and_nothing_else(run: Run) -> None:
    answer = json.loads(run("search", "Posteingnag sortieren", "--json").stdout)

    assert answer["corrected"] == "Posteingang sortieren"
    assert answer["total"] >= 1
    assert set(answer["hits"][0]) == {"id", "slug", "title", "organization", "partial"}
    assert answer["facets"]["field_of_action"]["VW"] >= 1


def test_a_filter_narrows_and_an_unknown_one_is_refused_with_the_known_ones(run: Run) -> None:
    everything = json.loads(run("search", "--json").stdout)
    narrowed = json.loads(run("search", "--filter", "phase=pilot", "--json").stdout)
    wrong = run("search", "--filter", "colour=blue")

    assert 0 < narrowed["total"] < everything["total"]
    assert wrong.returncode == 2
    assert "field_of_action" in wrong.stderr


def test_an_import_is_accounted_for_and_searchable(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "records.jsonl"
    rows = [
        {"id": "x:1", "title": "Laubzähler", "organisation": "Stadt Beispiel", "country": "DE",
         "language": "de", "level": "local", "status": "production"},
        {"id": "x:2", "organisation": "Stadt Beispiel", "country": "DE", "language": "de"},
    ]  # fmt: skip
    file.write_text("\n".join(json.dumps(row) for row in rows), "utf-8")
    report = json.loads(run("import", "jsonl", str(file), "--json").stdout)

    assert (report["rows"], report["created"], len(report["refused"])) == (2, 1, 1)
    assert report["refused"][0]["row"] == 2
    found = json.loads(run("search", "Laubzaehler", "--json").stdout)
    assert [hit["title"] for hit in found["hits"]] == ["Laubzähler"]


def test_a_refusal_is_a_sentence_and_exit_code_2(run: Run) -> None:
    twice = run("person", "enter", "jule.hansen@auenrode.example", "Jule Hansen")

    assert twice.returncode == 2
    assert twice.stderr.strip() == "marketplace: There is already an account for this address."
    assert "Traceback" not in twice.stderr


def test_people_are_entered_and_given_roles(run: Run) -> None:
    run("person", "enter", "neu@stadt.example", "Nele Neu")
    joined = run("person", "join", "neu@stadt.example", "stadt-auenrode", "editor")
    listed = run("person", "list", "neu@stadt.example")

    assert joined.returncode == 0
    assert "editor" in listed.stdout
    assert "Stadt Auenrode" in listed.stdout


def test_places_are_found_by_name_and_former_key_resolves(run: Run) -> None:
    assert "Auenrode" in run("places", "find", "auenr").stdout


def test_a_missing_register_file_is_refused_with_a_remedy(run: Run, tmp_path: Path) -> None:
    empty = tmp_path / "register.txt"
    empty.write_text("nothing\n", "utf-8")
    answer = run("places", "load", str(empty))

    assert answer.returncode == 2
    assert "Destatis" in answer.stderr


def test_a_report_without_a_folder_is_refused_before_anything_is_taken_in(
    run: Run, tmp_path: Path
) -> None:
    file = tmp_path / "one.jsonl"
    file.write_text('{"id": "y:1", "title": "Niemals", "organisation": "Stadt X"}', "utf-8")
    answer = run("import", "jsonl", str(file), "--report", str(tmp_path / "none" / "r.json"))

    assert answer.returncode == 2
    assert "no folder" in answer.stderr
    assert json.loads(run("search", "Niemals", "--literal", "--json").stdout)["total"] == 0
