"""The full dump: whole, true to its manifest, readable elsewhere, without what is not public."""

import csv
import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import duckdb
import pytest

from catalog.errors import Conflict
from marketplace.export import columns, dump, reading
from marketplace.export.dump import PARQUET_TYPES
from marketplace.formats.csv_out import unguarded
from marketplace.settings import Settings
from marketplace.transactions import Database
from tests.factories import a_solution
from tests.marketplace.export.conftest import MARKER


@pytest.fixture
def folder(node: Database, settings: Settings, tmp_path: Path) -> Path:
    dump.dump(node, settings, tmp_path / "dump")
    return tmp_path / "dump"


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def parquet_rows(path: Path) -> list[dict[str, str]]:
    """The rows of a Parquet file as text."""
    found = duckdb.read_parquet(str(path)).select("CAST(COLUMNS(*) AS VARCHAR)")
    return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]


def test_nothing_leaves_that_is_not_public(folder: Path) -> None:
    found = [
        path.name
        for path in folder.iterdir()
        if MARKER.encode() in path.read_bytes() or MARKER.lower().encode() in path.read_bytes()
    ]

    assert found == []
    for parquet in folder.glob("*.parquet"):
        told = str(parquet_rows(parquet))
        assert MARKER not in told
        assert MARKER.lower() not in told


def test_a_drafts_changes_and_releases_stay(folder: Path) -> None:
    known = {line["id"] for line in lines(folder / "solutions.jsonl")}
    told = {
        line["thing_id"] for line in lines(folder / "changes.jsonl") if line["kind"] == "solution"
    }

    assert told == known
    assert {line["solution_id"] for line in lines(folder / "releases.jsonl")} <= known
    assert {line["kind"] for line in lines(folder / "changes.jsonl")} == {
        "solution", "adoption", "organization", "interface",
    }  # fmt: skip


def test_the_manifest_is_true_of_every_file(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))

    named = {file["name"]: file for file in manifest["files"]}
    assert {path.name for path in folder.iterdir()} == {*named, "manifest.json"}
    for name, file in named.items():
        content = (folder / name).read_bytes()
        assert (file["bytes"], file["sha256"]) == (len(content), sha256(content).hexdigest())
    assert manifest["counts"]["solutions"] == len(lines(folder / "solutions.jsonl")) == 3
    assert manifest["serial"] == lines(folder / "changes.jsonl")[-1]["serial"]
    assert manifest["license"] == "CC-BY-4.0"
    assert manifest["columns"] == columns.VERSION


def test_published_versions_and_the_reason_of_withdrawing_leave(folder: Path) -> None:
    by_name = {line["record"]["name"]["de"]: line for line in lines(folder / "solutions.jsonl")}  # type: ignore[index]

    assert [each["number"] for each in by_name["PostLotse"]["versions"]] == [1, 2]  # type: ignore[attr-defined]
    old = by_name["Vorgänger"]
    assert (old["state"], old["withdrawn_reason"]) == ("withdrawn", "Ersetzt")
    assert old["successor_id"] == by_name["PostLotse"]["id"]
    assert [row["name"] for row in rows(folder / "solutions.csv")].count("Vorgänger") == 0


def test_csv_guards_and_parquet_keeps_the_words(
    node: Database, settings: Settings, tmp_path: Path
) -> None:
    with node.writing.begin() as session:
        a_solution(session, "=1+1 für Ämter")
    dump.dump(node, settings, tmp_path / "dump")

    in_csv = {row["name"] for row in rows(tmp_path / "dump" / "solutions.csv")}
    in_parquet = {row["name"] for row in parquet_rows(tmp_path / "dump" / "solutions.parquet")}

    assert "'=1+1 für Ämter" in in_csv
    assert {unguarded(name) for name in in_csv} == in_parquet


def test_parquet_has_the_columns_and_types_of_the_codebook(folder: Path) -> None:
    for noun in reading.NOUNS:
        for sheet in noun.sheets:
            found = duckdb.read_parquet(str(folder / f"{sheet.name}.parquet"))
            assert found.columns == sheet.header
            types = [
                str(each).replace("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ") for each in found.types
            ]
            assert types == [PARQUET_TYPES[column.kind] for column in sheet.columns]


def test_the_codebook_tells_every_column(folder: Path) -> None:
    told = {(row["table"], row["column"]) for row in rows(folder / "codebook.csv")}

    for path in folder.glob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            header = next(csv.reader(file))
        assert {(path.stem, name) for name in header} <= told
    assert all(row["meaning"] for row in rows(folder / "codebook.csv"))


def test_a_folder_that_holds_something_is_left_alone(
    node: Database, settings: Settings, tmp_path: Path
) -> None:
    taken = tmp_path / "taken"
    taken.mkdir()
    (taken / "letter.txt").write_text("mine")

    with pytest.raises(Conflict):
        dump.dump(node, settings, taken)

    assert [path.name for path in taken.iterdir()] == ["letter.txt"]


def test_a_stopped_dump_leaves_nothing(node: Database, settings: Settings, tmp_path: Path) -> None:
    place = tmp_path / "place"
    place.mkdir()

    def stop(noun: str, _done: int) -> None:
        if noun == "solutions":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        dump.dump(node, settings, place / "dump", progress=stop)

    assert list(place.iterdir()) == []


def test_progress_tells_every_thing_once(
    node: Database, settings: Settings, tmp_path: Path
) -> None:
    announced: dict[str, int] = {}
    done: dict[str, int] = {}

    def announce(totals: object) -> None:
        announced.update({total.noun: total.count for total in totals if total.count})  # type: ignore[attr-defined]

    def advance(noun: str, count: int) -> None:
        done[noun] = done.get(noun, 0) + count

    dump.dump(node, settings, tmp_path / "dump", announce=announce, progress=advance)

    assert done == announced


def test_the_dump_asks_by_hundreds(
    node: Database, settings: Settings, tmp_path: Path, counting: Callable[[Database], list[str]]
) -> None:
    with node.writing.begin() as session:
        city = a_solution(session, "Erste").publisher
        for number in range(150):
            a_solution(session, f"Nr {number}", publisher=city)
    asked = counting(node)

    dump.dump(node, settings, tmp_path / "dump")

    assert len([each for each in asked if each.startswith("SELECT")]) < 60
