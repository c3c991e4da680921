"""``license check`` and ``publiccode check`` answer pipelines in JSON and by their exit code."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from marketplace.cli import main


@pytest.mark.parametrize(
    ("expression", "verdict", "code"),
    [("EUPL-1.2", "valid", 0), ("GPL-3.0", "valid_with_warnings", 0), ("Apache 2", "invalid", 1)],
)
def test_a_licence_is_checked(expression: str, verdict: str, code: int) -> None:
    answer = CliRunner().invoke(main, ["license", "check", expression, "--json"])

    found = json.loads(answer.output)
    assert (found["verdict"], answer.exit_code) == (verdict, code)
    assert set(found["questions"]) >= {"use", "change", "link_proprietary", "offer_as_service"}
    assert all({"severity", "rule", "line", "message"} <= set(p) for p in found["problems"])


def test_a_conflict_with_a_dependency_is_told_in_german() -> None:
    answer = CliRunner().invoke(
        main,
        ["license", "check", "MIT", "--dependency", "GPL-3.0-only", "--language", "de"],
    )

    assert "Wer das Ganze weitergibt" in answer.output
    assert "Keine Rechtsberatung." in answer.output


def test_the_dependencies_that_a_file_declares_are_checked(tmp_path: Path) -> None:
    path = tmp_path / "codemeta.json"
    old = {"name": "Altlast", "license": "GPL-2.0-only"}
    path.write_text(
        json.dumps({"name": "X", "license": "GPL-3.0-only", "softwareRequirements": [old]})
    )

    answer = CliRunner().invoke(main, ["license", "check", "--file", str(path), "--json"])
    both = CliRunner().invoke(main, ["license", "check", "MIT", "--file", str(path)])

    found = json.loads(answer.output)
    assert (found["expression"], found["conflicts"][0]["severity"]) == ("GPL-3.0-only", "error")
    assert found["conflicts"][0]["part"] == "Altlast (GPL-2.0-only)"
    assert both.exit_code == 2


def test_a_publiccode_file_is_checked_and_brought_to_0_7(tmp_path: Path) -> None:
    path = tmp_path / "publiccode.yml"
    path.write_text("publiccodeYmlVersion: '0.2'\nname: X\nurl: https://git.example/x\n")

    checked = CliRunner().invoke(main, ["publiccode", "check", str(path), "--json"])
    upgraded = CliRunner().invoke(main, ["publiccode", "check", str(path), "--upgrade"])

    found = json.loads(checked.output)
    assert (found["verdict"], found["version"], checked.exit_code) == ("invalid", "0.2", 1)
    first = found["problems"][0]
    assert {"severity", "rule", "pointer", "line", "column", "message"} <= set(first)
    assert "publiccodeYmlVersion: '0.7'" in upgraded.output
