"""What the tests of the intake share: an intake on a database of its own, and its whole state."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from catalog.database import session_factory
from catalog.permissions import Actor
from marketplace.federation import intake
from marketplace.federation.intake_report import FileReport
from marketplace.formats import jsonl

TakeIn = Callable[[Path], FileReport]


@pytest.fixture
def take_in(fresh_engine: Engine) -> TakeIn:
    """Take a file of JSON Lines into a database of the test's own."""
    writing = session_factory(fresh_engine, writes=True)

    def run(path: Path) -> FileReport:
        return intake.take_in(jsonl.read(path), writing, Actor.operator())

    return run


@pytest.fixture
def file_of(tmp_path: Path) -> Callable[..., Path]:
    """A file with these lines."""

    def build(*lines: str, name: str = "rows.jsonl") -> Path:
        path = tmp_path / name
        path.write_text("\n".join(lines), "utf-8")
        return path

    return build


STATE = {
    "solutions": """
        SELECT s.id, s.slug, s.state, s.version, s.content_hash, s.record, o.slug
        FROM solutions s LEFT JOIN organizations o ON o.id = s.publisher_id ORDER BY s.slug""",
    "versions": "SELECT solution_id, number, record FROM solution_versions ORDER BY 1, 2",
    "organizations": """
        SELECT slug, kind, name, folded_name, country FROM organizations ORDER BY slug""",
    "sources": """
        SELECT source, key, kind, thing_id, content_hash, record_hash, raw, row
        FROM source_records ORDER BY source, key""",
    "proposals": """
        SELECT kind, thing_id, other_id, reason, score, state
        FROM duplicate_proposals ORDER BY thing_id, other_id""",
    "likenesses": "SELECT kind, thing_id FROM likenesses ORDER BY thing_id, kind",
    "slugs": "SELECT kind, slug FROM slugs ORDER BY kind, slug",
    "changes": "SELECT verb, kind, version, public FROM changes ORDER BY serial",
}
"""All that an import writes, but moments and the random ids of organizations."""


@pytest.fixture
def state_of() -> Callable[[Engine], dict[str, list[Any]]]:
    """Everything an import writes, comparable between databases."""

    def read(engine: Engine) -> dict[str, list[Any]]:
        with engine.connect() as connection:
            return {
                name: [tuple(row) for row in connection.execute(text(query))]
                for name, query in STATE.items()
            }

    return read
