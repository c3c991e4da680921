"""The bench as a whole, small: it measures a real server, says what it found and leaves nothing."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from marketplace.bench import measuring
from marketplace.bench.addresses import HELLO
from marketplace.cli import main


def test_a_small_bench_measures_every_row_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(measuring, "ROUNDS", 1)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    file = tmp_path / "bench.json"
    options = ["--records", "300", "--seconds", "0.5", "--json", str(file)]

    done = CliRunner().invoke(main, ["bench", *options])

    assert done.exit_code == 0, done.output
    measured = json.loads(file.read_bytes())["results"][0]
    assert {one["name"]: one["failures"] for one in measured["served"]} == {
        HELLO: 0,
        "record JSON": 0,
        "record page": 0,
        "repeated search": 0,
        "new search page": 0,
        "start page": 0,
        "record JSON, first time": 0,
        "record page, first time": 0,
    }
    assert "harvest of unchanged records" in done.output
    assert measured["interface"]["operations"] == 384
    assert all(measured["interface"][each][0] > 0 for each in ("checks", "first", "kept"))
    assert [path.name for path in tmp_path.iterdir()] == ["bench.json"]


@pytest.mark.parametrize("wrong", ["0", "many", "10000,", "9999999"])
def test_a_number_of_records_that_is_none_is_refused(wrong: str) -> None:
    done = CliRunner().invoke(main, ["bench", "--records", wrong])

    assert done.exit_code == 2
    assert "is not a list of numbers" in done.output


def test_an_unknown_peer_is_refused_with_the_known_ones() -> None:
    done = CliRunner().invoke(main, ["bench", "--against", "nobody"])

    assert done.exit_code == 2
    assert "datasette" in done.output
