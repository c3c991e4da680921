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


@pytest.mark.parametrize(
    ("options", "verdict", "pointer", "weights", "code"),
    [
        (["--model", "GPL-3.0-only"], "valid", None, "GPL-3.0-only", 0),
        (["--model", "GPL-3.0"], "valid_with_warnings", "/model", "GPL-3.0-only", 0),
        (["--data", "Nonsense 9"], "invalid", "/data", "MIT", 1),
        (["--documentation", "Nonsense 9"], "invalid", "/documentation", "MIT", 1),
        (["--model", ""], "valid", None, "MIT", 0),
    ],
)
def test_the_licences_of_all_parts_are_read(
    options: list[str], verdict: str, pointer: str | None, weights: str, code: int
) -> None:
    answer = CliRunner().invoke(main, ["license", "check", "MIT", *options, "--json"])

    found = json.loads(answer.output)
    assert (found["verdict"], answer.exit_code) == (verdict, code)
    assert {each["pointer"] for each in found["problems"]} == ({pointer} if pointer else set())
    assert {each["license"] for each in found["questions"]["publish_weights"]["reasons"]} == {
        weights
    }
    assert found["questions"]["use"]["reasons"][0]["license"] == "MIT"


def test_licences_that_exclude_each_other_fail_a_pipeline() -> None:
    arguments = ["license", "check", "GPL-2.0-only", "--dependency", "Apache-2.0", "--json"]
    answer = CliRunner().invoke(main, arguments)

    assert [each["severity"] for each in json.loads(answer.output)["conflicts"]] == ["error"]
    assert answer.exit_code == 1


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
    assert (answer.exit_code, both.exit_code) == (1, 2)


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
