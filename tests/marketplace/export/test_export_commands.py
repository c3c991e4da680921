"""The commands as an operator meets them."""

import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from catalog.database import open_engine
from marketplace.cli import main
from marketplace.transactions import Database
from tests.marketplace.export.conftest import MARKER, fill

Command = Callable[..., Result]


@pytest.fixture
def command(migrated_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Runs a command on the node in ``node/``, which is filled, or in another folder."""
    folder = tmp_path / "node"
    folder.mkdir()
    shutil.copy(migrated_file, folder / "marketplace.db")
    engine = open_engine(f"sqlite:///{folder / 'marketplace.db'}")
    with Database.on(engine).writing.begin() as session:
        fill(session)
    engine.dispose()

    def run(*arguments: object, node: str = "node") -> Result:
        monkeypatch.setenv("MARKETPLACE_DATA_DIR", str(tmp_path / node))
        return CliRunner().invoke(main, [str(each) for each in arguments])

    return run


def test_out_of_one_node_and_into_another(command: Command, tmp_path: Path) -> None:
    out = command("export", "dump", tmp_path / "dump", "--json")
    back = command("load-dump", tmp_path / "dump", "--json", node="second")
    again = command("load-dump", tmp_path / "dump", node="second")

    assert out.exit_code == 0
    assert back.exit_code == 0
    assert (
        json.loads(back.stdout)["solutions"] == json.loads(out.stdout)["counts"]["solutions"] == 3
    )
    assert again.exit_code == 2
    assert "empty node" in again.stderr


def test_nightly_keeps_its_dump_in_the_data_folder(command: Command, tmp_path: Path) -> None:
    result = command("export", "nightly", "--quiet")

    assert (result.exit_code, result.stdout) == (0, "")
    (made,) = (tmp_path / "node" / "dumps").glob("2*")
    assert (made / "manifest.json").is_file()


def test_an_organization_takes_all_along_drafts_and_members_included(
    command: Command, tmp_path: Path
) -> None:
    result = command("export", "organization", "stadt-auenrode", tmp_path / "all.zip", "--json")

    counts = json.loads(result.stdout)
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        told = {name: archive.read(f"{name}.jsonl").decode().splitlines() for name in counts}
    solutions = {row["slug"]: row for row in map(json.loads, told["solutions"])}
    assert {name: len(rows) for name, rows in told.items()} == counts
    assert solutions["postlotse"]["draft"]["limits"] == {"de": MARKER}
    assert [each["number"] for each in solutions["postlotse"]["versions"]] == [1, 2]
    assert solutions["vorgaenger"]["state"] == "withdrawn"
    assert json.loads(told["members"][0])["role"] == "editor"
    assert [step["stage"] for step in json.loads(told["adoptions"][0])["steps"]] == [
        "pilot",
        "live",
    ]
    assert (tmp_path / "all.zip").stat().st_mode & 0o077 == 0


def test_an_export_overwrites_nothing_and_knows_what_it_does_not_know(
    command: Command, tmp_path: Path
) -> None:
    (tmp_path / "mine.zip").write_text("mine")

    taken = command("export", "organization", "stadt-auenrode", tmp_path / "mine.zip")
    unknown = command("export", "organization", "nowhere", tmp_path / "new.zip")

    assert (taken.exit_code, unknown.exit_code) == (2, 2)
    assert (tmp_path / "mine.zip").read_text() == "mine"
    assert sorted(path.name for path in tmp_path.glob("*.zip")) == ["mine.zip"]
    assert list(tmp_path.glob(".*.part")) == []
