"""``marketplace register``: assess a use, list and compare states of the law."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from catalog.database import open_engine
from catalog.register import law
from marketplace import migrating
from marketplace.cli.register import register
from marketplace.transactions import Database
from tests.factories import a_city, an_entry


def _assess(folder: Path, facts: object, *options: str) -> Result:
    (folder / "facts.json").write_text(json.dumps(facts), "utf-8")
    return CliRunner().invoke(register, ["assess", str(folder / "facts.json"), *options])


def test_an_assessment_for_programs_has_every_line_with_its_reason(tmp_path: Path) -> None:
    facts = {"annex_iii": ["5a"], "profiling": True, "decisions_on_persons": True}
    said = json.loads(_assess(tmp_path, facts, "--as-of", "2027-12-02", "--json").output)

    assert said["risk_class"] == "high_risk_annex_iii"
    assert "A27_FRIA" in said["active"]
    fria = next(each for each in said["duty_details"] if each["duty"] == "A27_FRIA")
    assert (fria["citation"], fria["applies_from"]) == ("Art. 27(1)-(4)", "2027-12-02")
    assert fria["text"]["de"].startswith("Schätzen Sie")
    step = next(each for each in said["trace"] if each["rule"] == "H-6")
    assert step["because"] == {"exempt": False, "listed": True}
    assert [each["id"] for each in said["open_points"]] == [1, 3, 7]


def test_without_defaults_silence_is_unknown(tmp_path: Path) -> None:
    facts = {"facts": {"is_ai_system": True, "scope_exclusion": "none"}}
    said = json.loads(_assess(tmp_path, facts, "--unknown", "--json").output)

    assert said["risk_class"] == "undetermined"
    assert said["at_least"] == "minimal"
    assert "annex_iii" in said["missing"]


def test_an_assessment_for_people_names_class_duties_and_the_limits(tmp_path: Path) -> None:
    shown = _assess(tmp_path, {"interacts_with_persons": True}).output

    assert "Transparency duty" in shown
    assert "No legal advice." in shown


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [([1], "one JSON object"), ({"p_x": True}, "Some answers cannot be used.")],
)
def test_facts_that_are_none_are_refused(tmp_path: Path, facts: object, sentence: str) -> None:
    assert sentence in str(_assess(tmp_path, facts).exception)


def test_rule_sets_are_listed_and_compared() -> None:
    listed = json.loads(CliRunner().invoke(register, ["rules", "list", "--json"]).output)
    assert {"id": law.CURRENT, "law_state": "2026-07-27"}.items() <= listed[-1].items()
    compared = CliRunner().invoke(register, ["rules", "diff", law.CURRENT, law.CURRENT, "--json"])
    assert json.loads(compared.output)["rules"] == {"added": {}, "removed": {}, "changed": {}}


def test_a_run_of_other_rules_is_written_line_by_line_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MARKETPLACE_DATA_DIR", str(tmp_path))
    engine = open_engine(f"sqlite:///{tmp_path / 'marketplace.db'}")
    migrating.upgrade(engine)
    with Database.on(engine).writing.begin() as session:
        for name in ("Eins", "Zwei", "Drei"):
            an_entry(session, a_city(session, f"Stadt {name}"), name)
    engine.dispose()
    file = tmp_path / "run.jsonl"
    arguments = ["rules", "rerun", law.CURRENT, str(file), "--as-of", "2026-11-23", "--json"]
    same = {"public": 3, "entries": 3, "changed": 0, "classes": []}

    assert json.loads(CliRunner().invoke(register, arguments).stdout) == same
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    assert json.loads(CliRunner().invoke(register, arguments).stdout) == same
    assert file.read_bytes() == whole

    file.write_text("not a run\n", "utf-8")
    refused = CliRunner().invoke(register, arguments)
    assert "The file holds something else" in str(refused.exception)
