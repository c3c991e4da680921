"""kill -9 in the middle of an import, then a second run: the same end as one clean run."""

import json
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from catalog.database import open_engine, session_factory
from catalog.permissions import Actor
from catalog.provenance import SourceRecord
from marketplace import migrating
from marketplace.federation import intake
from marketplace.formats import jsonl

PROGRAM = Path(__file__).parent / "interrupted_import.py"
ROOT = PROGRAM.parents[3]
ROWS = 900
BATCH = 60

StateOf = Callable[[Engine], dict[str, list[Any]]]


@pytest.fixture
def register(tmp_path: Path) -> Path:
    """A register with titles and bodies that repeat, so slugs and proposals depend on the order."""
    chance = random.Random(7)  # noqa: S311 - a register, not a secret
    path = tmp_path / "register.jsonl"
    with path.open("w") as file:
        for number in range(ROWS):
            row = {
                "id": str(number),
                "title": f"Assistant {chance.randrange(200)}",
                "organisation": f"City {chance.randrange(50)}",
                "country": "DE",
                "description": "x" * chance.randrange(600),
            }
            file.write("{broken\n" if number % 97 == 5 else json.dumps(row) + "\n")
    return path


@pytest.fixture
def clean_engine(tmp_path: Path) -> Iterator[Engine]:
    """The database of the clean run."""
    engine = open_engine(f"sqlite:///{tmp_path / 'clean.db'}")
    migrating.upgrade(engine)
    yield engine
    engine.dispose()


def killed_after(batches: int, engine: Engine, register: Path) -> None:
    """Start an import and kill it after so many batches were committed."""
    url = engine.url.render_as_string(hide_password=False)
    with subprocess.Popen(  # noqa: S603 - our own program with our own paths
        [sys.executable, str(PROGRAM), url, str(register), str(BATCH)],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
    ) as process:
        assert process.stdout is not None
        for _ in range(batches):
            assert process.stdout.readline()
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL


@pytest.mark.parametrize("batches", [1, 4, 9])
def test_a_killed_import_is_finished_by_the_next_run(
    *,
    fresh_engine: Engine,
    clean_engine: Engine,
    register: Path,
    state_of: StateOf,
    monkeypatch: pytest.MonkeyPatch,
    batches: int,
) -> None:
    monkeypatch.setattr(intake, "BATCH", BATCH)
    killed_after(batches, fresh_engine, register)
    writing = session_factory(fresh_engine, writes=True)
    with writing() as session:
        there = session.scalar(select(func.count()).select_from(SourceRecord)) or 0
    assert 0 < there < ROWS

    second = intake.take_in(jsonl.read(register), writing, Actor.operator())
    clean = intake.take_in(
        jsonl.read(register), session_factory(clean_engine, writes=True), Actor.operator()
    )

    assert second.unchanged >= there
    assert second.unchanged + second.created == clean.created
    assert len(second.refused) == len(clean.refused) == 10
    after_kill, after_clean = state_of(fresh_engine), state_of(clean_engine)
    for part, rows in after_clean.items():
        assert plain(after_kill[part]) == plain(rows), part


def plain(rows: list[Any]) -> list[Any]:
    """Rows as both databases write them: ids as hexadecimal, truth as a number."""
    return [
        tuple(str(value).replace("-", "") if hasattr(value, "hex") else value for value in row)
        for row in rows
    ]
