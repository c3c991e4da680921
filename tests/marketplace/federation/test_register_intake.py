"""The Dutch register's own history, day by day: only what it says anew is a change here."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, sessionmaker

from catalog.changes import Change
from catalog.database import session_factory
from catalog.permissions import Actor
from catalog.register import entries, listing
from catalog.register.listing import Wanted
from marketplace.export.columns import Voice
from marketplace.federation import register_intake
from marketplace.federation.register_intake import Account
from marketplace.formats.registers import dutch_reading, dutch_rules, forms
from marketplace.formats.registers.dutch_rules import Rule

TODAY = date(2026, 11, 24)
VOICE = Voice("https://node.example", "de")

ROW = {"id": "11", "title": "Zoeken", "organisatie": "Gemeente Voorbeeldstad", "doel": "Vindt.",
       "status": "in_gebruik", "geregistreerd": "2026-01-02",
       "url": "https://register.example/11"}  # fmt: skip

Writing = sessionmaker[Session]


@pytest.fixture
def writing(fresh_engine: Engine) -> Writing:
    return session_factory(fresh_engine, writes=True)


def _take(writing: Writing, *rows: dict[str, Any]) -> Account:
    actor = Actor.operator("import")
    read = dutch_reading.rows_of(list(rows))
    return register_intake.take_in(read, writing, actor, today=TODAY)


def _changes(writing: Writing) -> int:
    with writing() as session:
        query = select(func.count()).select_from(Change).where(Change.kind == entries.KIND)
        return session.scalar(query) or 0


def _exported(writing: Writing, name: str) -> Iterator[dict[str, Any]]:
    with writing() as session:
        for entry in listing.walk(session, Wanted(), today=TODAY, limit=2000):
            yield dict(forms.filled(entry, name, VOICE).document)


def test_a_rewrite_without_content_is_no_change(writing: Writing) -> None:
    assert _take(writing, ROW).created == 1
    moved = {**ROW, "url": "https://register.example/nl/11", "geregistreerd": "2026-06-08"}
    before = _changes(writing)
    again = _take(writing, moved)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 1)
    assert _changes(writing) == before
    (kept,) = _exported(writing, "algoritmeregister-short")
    assert (kept["url"], kept["geregistreerd"]) == (moved["url"], moved["geregistreerd"])

    edited = _take(writing, {**moved, "status": "buiten_gebruik"})
    assert edited.updated == 1
    assert _changes(writing) == before + 1
    with writing() as session:
        (entry,) = listing.walk(session, Wanted(), today=TODAY)
        assert [each.number for each in listing.versions_of(session, entry)] == [2, 1]


def test_another_body_and_a_doubled_key_are_accounted_for(writing: Writing) -> None:
    first = _take(writing, ROW, {**ROW, "title": "Zoeken 2"})
    assert (first.rows, first.created, len(first.refused)) == (2, 1, 1)
    renamed = _take(writing, {**ROW, "organisatie": "Gemeente Nieuwstad"})
    assert renamed.updated == 1
    with writing() as session:
        (entry,) = listing.walk(session, Wanted(), today=TODAY)
        assert entry.organization.name == "Gemeente Nieuwstad"
        assert entry.record
        assert entry.record.source
        assert entry.record.source.name.startswith("Algoritmeregister")


def test_the_real_register_and_its_history(writing: Writing, shared_data: Path) -> None:
    folder = shared_data / "ai-register-nl"
    state = {row["id"]: row for row in _rows(folder / "base-2026-05-13.json")}
    assert _take(writing, *state.values()).created == len(state)
    lines = (folder / "changes.jsonl").read_text("utf-8").splitlines()
    told: Counter[str] = Counter()
    for day, changes in groupby(map(json.loads, lines), lambda change: change["ts"][:10]):
        touched = [_apply(state, change) for change in changes]
        before = _changes(writing)
        account = _take(writing, *(state[key] for key in dict.fromkeys(touched)))
        assert not account.refused
        assert _changes(writing) - before == account.created + account.updated, day
        told[day] = account.updated

    want = {row["id"]: row for row in _rows(folder / "algoritmes.json")}
    got = {row["id"]: row for row in _exported(writing, "algoritmeregister-short")}
    empty = dict.fromkeys(next(iter(want.values())), "")
    assert {key: {**empty, **row} for key, row in got.items()} == want
    # 1459 rows were written anew on these two days; eleven of them said something else.
    assert told["2026-06-08"] + told["2026-06-09"] == 11
    rules = _rules(json.loads((folder / "schema-v1_0.json").read_text("utf-8"))["properties"])
    assert rules == dutch_rules.RULES
    for document in _exported(writing, "algoritmeregister"):
        assert dutch_rules.check(document, rules) == []
        source = want[document["source_id"]]
        assert document["name"] == source["title"]
        assert document["organization"] == source["organisatie"]
        assert document.get("goal", "") == source["doel"]
        assert document.get("lawful_basis", "") == source["juridische_basis"]


def _rows(path: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["algoritmes"]
    return rows


def _apply(state: dict[str, dict[str, Any]], change: dict[str, Any]) -> str:
    key: str = change["id"]
    if change["op"] == "create":
        state[key] = change["after"]
    for field, (_old, new) in change.get("changed", {}).items():
        state[key][field] = new
        if new is None:
            del state[key][field]
    return key


def _rules(properties: dict[str, Any]) -> dict[str, Rule]:
    """The field configuration of the register's forms as our table has it."""
    return {
        name: Rule(
            type=said.get("type", "string"),
            most=said.get("max_length"),
            required=said.get("required") is True,
            values=tuple(said.get("permitted_values", ())),
            holds_html="allowed_html_tags" in said,
            items=_rules(said.get("items", {})),
        )
        for name, said in properties.items()
    }
