"""Fields of an entry as a reader meets them: stated, not stated, or withheld with the reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from msgspec import Struct

from catalog import taxonomy
from catalog.database import Text
from catalog.facts import State, Withheld
from catalog.records import is_web_address
from catalog.register import fields, law
from catalog.register.fields import Field
from catalog.register.record import CODED, EntryRecord
from marketplace.pages.reader import Reader
from marketplace.pages.wording import Said, said


@dataclass(frozen=True)
class Value:
    """One value: words, and an address if it leads somewhere."""

    text: str
    href: str = ""


@dataclass(frozen=True)
class FieldView:
    """A field with its label and what stands in it; only one of the last four is filled."""

    id: str
    label: str
    shown: str
    """A state of ``catalog.facts.State``."""
    reason: str = ""
    text: Said | None = None
    values: Sequence[Value] = ()
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[Value]] = ()


@dataclass(frozen=True)
class SectionView:
    """A section of fields."""

    id: str
    label: str
    fields: Sequence[FieldView]


def in_language(text: Text, reader: Reader) -> str:
    """A text of our own data files."""
    return text.get(reader.language) or text["en"]


def class_label(risk_class: str, reader: Reader) -> str:
    """The name of a class of the law; of none, that nobody has classified the use."""
    classes = {each.id: each.label for each in law.rule_set().classes}
    if risk_class in classes:
        return in_language(classes[risk_class], reader)
    return risk_class or reader._("Not classified yet")


def section_views(record: EntryRecord, reader: Reader) -> Sequence[SectionView]:
    """Every field of the card, section by section."""
    return [
        SectionView(
            section.id,
            in_language(section.label, reader),
            [field_view(record, field, reader) for field in section.fields],
        )
        for section in fields.sections()
    ]


def field_view(record: EntryRecord, field: Field, reader: Reader) -> FieldView:
    """One field of a record."""
    fact = record.fact(field.id)
    label = in_language(field.label, reader)
    if fact.state is State.WITHHELD and fact.withheld:
        return FieldView(field.id, label, fact.state, reason=reason_of(fact.withheld, reader))
    if fact.state is State.NOT_STATED:
        return FieldView(field.id, label, fact.state)
    if field.kind == "text":
        return FieldView(field.id, label, fact.state, text=said(fact.value, reader))
    if field.kind == "rows":
        return FieldView(
            field.id,
            label,
            fact.state,
            columns=[in_language(column.label, reader) for column in field.columns],
            rows=[_row(field, row, reader) for row in fact.value],
        )
    return FieldView(field.id, label, fact.state, values=_values(field, fact.value, reader))


def reason_of(withheld: Withheld, reader: Reader) -> str:
    """Why a field is not published: the ground, more on it, the day and the office."""
    parts = [taxonomy.label("withholding", withheld.reason, reader.language)]
    if note := said(withheld.note, reader):
        parts.append(note.text.rstrip("."))
    if withheld.decided_on:
        parts.append(reader._("checked on %(day)s") % {"day": reader.day(withheld.decided_on)})
    if withheld.decided_by:
        parts.append(withheld.decided_by)
    return ", ".join(parts)


def redress_links(record: EntryRecord, reader: Reader) -> Sequence[Value]:
    """Where an objection can be sent on the web, if there is such a page."""
    if not record.redress_url:
        return ()
    return (Value(reader._("To the page for objections"), record.redress_url),)


def _values(field: Field, value: Any, reader: Reader) -> Sequence[Value]:
    if field.kind in ("contact", "parts"):
        return _parts(value, reader)
    if field.kind == "yes_no":
        return [Value(reader._("Yes") if value else reader._("No"))]
    found = value if isinstance(value, list) else [value]
    return [_value(field.id, each, reader) for each in found]


def _value(path: str, value: Any, reader: Reader) -> Value:
    if isinstance(value, date):
        return Value(reader.day(value))
    text = str(value)
    if path in CODED:
        return Value(taxonomy.label(CODED[path], text, reader.language))
    return Value(text, text if is_web_address(text) else "")


def _parts(value: Struct, reader: Reader) -> Sequence[Value]:
    found = [str(getattr(value, name)) for name in value.__struct_fields__]
    return [_contact(text, reader) for text in found if text]


def _contact(text: str, reader: Reader) -> Value:
    if "@" in text and "/" not in text and " " not in text:
        return Value(text, f"mailto:{text}")
    return _value("", text, reader)


def _row(field: Field, row: Struct, reader: Reader) -> Sequence[Value]:
    return [
        _value(f"{field.id}.{column.id}", getattr(row, column.id), reader)
        for column in field.columns
    ]
