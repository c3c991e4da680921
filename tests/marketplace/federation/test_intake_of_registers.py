"""Real registers, where they lie beside the checkout: every row accounted for, and once only."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from catalog import solutions
from catalog.database import session_factory
from catalog.permissions import Actor
from marketplace.federation import intake
from marketplace.formats import algoritmeregister, jsonl, publiccode, table

READERS = {
    "jsonl": jsonl.read,
    "algoritmeregister": algoritmeregister.read,
    "publiccode": publiccode.read,
    "table": table.read,
}

REGISTERS = {
    "demo-corpus/solutions.jsonl": ("jsonl", "", 3354, 0),
    "ai-register-nl/algoritmes.json": ("algoritmeregister", "", 765, 0),
    "ai-inventory-us/2023.csv": ("table", "us-2023", 346, 0),
    "ai-inventory-us/2024.csv": ("table", "us-2024", 1009, 6),
    "ai-inventory-us/2025.csv": ("table", "us-2025", 1674, 1),
    "ai-register-nyc/tools.csv": ("table", "nyc", 37, 0),
    "ai-register-uk/atrs_records.json": ("table", "uk-atrs", 59, 0),
    "ai-cases-eu/cases.json": ("table", "eu-cases", 419, 0),
    "publiccode/real": ("publiccode", "", 31, 0),
}
"""Format, mapping, rows, and rows that are refused: doubled keys and one row without a name."""


@pytest.mark.parametrize("name", REGISTERS)
def test_every_row_is_taken_once_or_refused(
    fresh_engine: Engine, shared_data: Path, name: str
) -> None:
    format_, mapping, rows, refused = REGISTERS[name]
    writing = session_factory(fresh_engine, writes=True)
    first, second = (
        intake.take_in(READERS[format_](shared_data / name), writing, Actor.operator())
        for _ in range(2)
    )
    assert (first.rows, len(first.refused), first.mapping) == (rows, refused, mapping)
    assert first.created + first.unchanged == rows - refused
    assert (second.created, second.updated) == (0, 0)
    assert (second.unchanged, len(second.refused)) == (rows - refused, refused)
    with writing() as session:
        assert solutions.count_published(session) == first.created
