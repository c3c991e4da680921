"""The catalogue of an entry's fields: what each means and asks, which classes must state it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from ruamel.yaml import YAML

from catalog.database import Text
from catalog.facts import State
from catalog.register.record import EntryRecord

HEAVY = frozenset(
    {
        "prohibited",
        "high_risk_annex_i",
        "high_risk_annex_i_section_b",
        "high_risk_annex_iii",
        "undetermined",
    }
)
"""Classes that a second person must approve; an open one counts with the heaviest."""


@dataclass(frozen=True)
class Column:
    """A column of a field that holds rows."""

    id: str
    label: Text


@dataclass(frozen=True)
class Field:
    """One field: see the head of ``fields.yaml`` for the kinds and obligations."""

    id: str
    section: str
    kind: str
    obligation: str
    is_gate: bool
    label: Text
    ask: Text
    columns: Sequence[Column] = ()

    def is_due(self, risk_class: str) -> bool:
        """Whether an entry of this class must state it or say why it is withheld."""
        return self.obligation == "always" or (
            self.obligation == "high_risk" and risk_class in HEAVY
        )


@dataclass(frozen=True)
class Section:
    """Fields that belong together and are asked on one page."""

    id: str
    label: Text
    fields: Sequence[Field]


@cache
def sections() -> Sequence[Section]:
    """Every section in the order of the card."""
    text = (resources.files("catalog.register") / "fields.yaml").read_text("utf-8")
    return tuple(
        Section(row["id"], _text(row), tuple(_field(row["id"], each) for each in row["fields"]))
        for row in YAML(typ="safe").load(text)["sections"]
    )


@cache
def by_id() -> dict[str, Field]:
    """Every field by its name."""
    return {field.id: field for section in sections() for field in section.fields}


def open_fields(record: EntryRecord, risk_class: str) -> Sequence[Field]:
    """What this class must state and the record does not, in the order of the card."""
    return [
        field
        for field in by_id().values()
        if field.is_due(risk_class) and record.fact(field.id).state is State.NOT_STATED
    ]


def lacking(record: EntryRecord, risk_class: str) -> Sequence[Field]:
    """The open fields without which nothing is published; for a heavy class that is each of
    them."""
    return [
        field for field in open_fields(record, risk_class) if field.is_gate or risk_class in HEAVY
    ]


def completeness(record: EntryRecord, risk_class: str) -> tuple[int, int]:
    """How many of the fields due are stated or withheld, and how many are due."""
    due = sum(field.is_due(risk_class) for field in by_id().values())
    return due - len(open_fields(record, risk_class)), due


def _field(section: str, row: dict[str, Any]) -> Field:
    return Field(
        id=row["id"],
        section=section,
        kind=row["kind"],
        obligation=row["obligation"],
        is_gate=row.get("gate", False),
        label=_text(row),
        ask={"de": row["ask_de"], "en": row["ask_en"]},
        columns=tuple(Column(each["id"], _text(each)) for each in row.get("columns", ())),
    )


def _text(row: dict[str, Any]) -> Text:
    return {"de": row["de"], "en": row["en"]}
