"""The commands that fill a node, as an operator types them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from marketplace.cli import main


@pytest.fixture
def runner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """Runs commands on a node of the test's own."""
    monkeypatch.setenv("MARKETPLACE_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("MARKETPLACE_DATABASE_URL", raising=False)
    return CliRunner()


def test_loading_says_what_was_written_and_the_second_time_that_it_is_there(
    runner: CliRunner,
) -> None:
    first = runner.invoke(main, ["sample", "load", "--json"])
    second = runner.invoke(main, ["sample", "load"])

    assert json.loads(first.stdout)["loaded"]["solutions"] >= 40
    assert second.stdout == "The sample data are there already.\n"


def test_generating_twice_adds_nothing(runner: CliRunner) -> None:
    first = runner.invoke(main, ["sample", "generate", "30", "--json"])
    second = runner.invoke(main, ["sample", "generate", "30"])

    assert json.loads(first.stdout) == {"count": 30, "new": 30}
    assert second.stdout == "0 new solutions; 30 were there already.\n"
