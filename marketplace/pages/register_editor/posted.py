"""Posted fields of a section to the values of a record, and back into the form."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec
from msgspec import Struct

from catalog import taxonomy
from catalog.errors import Invalid, Problem
from catalog.facts import Withheld, is_stated
from catalog.register.fields import Field, Section
from catalog.register.record import CODED, NEVER_WITHHELD, EntryRecord
from marketplace import forms

Data = Mapping[str, str]

SPARE_ROWS = 2
MOST_ROWS = 50


@dataclass(frozen=True)
class Office:
    """Who decides today, for reasons why something is withheld."""

    language: str
    today: date


def read(record: EntryRecord, section: Section, data: Data, office: Office) -> EntryRecord:
    """``record`` with what was posted for a section.

    A withheld field loses its value, so that it can stand nowhere. Raises ``Invalid`` with every
    value that cannot be read.
    """
    values: dict[str, Any] = {}
    withheld = dict(record.withheld)
    problems = []
    for field in section.fields:
        withheld.pop(field.id, None)
        reason = data.get(f"{field.id}-withhold", "")
        if reason and field.id not in NEVER_WITHHELD:
            withheld[field.id] = _withheld(record, field, reason, data, office)
            values[field.id] = empty(field.id)
            continue
        found = _value(record, field, data, office)
        if isinstance(found, Problem):
            problems.append(found)
        else:
            values[field.id] = found
    if problems:
        raise Invalid("Some entries cannot be used.", problems=problems)
    kept = msgspec.to_builtins(msgspec.structs.replace(record, **values, withheld=withheld))
    try:
        return msgspec.convert(kept, EntryRecord)
    except msgspec.ValidationError as error:
        raise Invalid("Shorten the texts of this section.", field=section.fields[0].id) from error


def empty(name: str) -> Any:
    """What a field holds before anybody says anything."""
    each = next(each for each in msgspec.structs.fields(EntryRecord) if each.name == name)
    if each.default is not msgspec.NODEFAULT:
        return each.default
    return each.default_factory() if each.default_factory is not msgspec.NODEFAULT else {}


def shown(record: EntryRecord, section: Section, language: str) -> dict[str, str]:
    """What the form holds for a record."""
    found: dict[str, str] = {}
    for field in section.fields:
        _show(found, field, getattr(record, field.id), language)
        if reason := record.withheld.get(field.id):
            found[f"{field.id}-withhold"] = reason.reason
            found[f"{field.id}-note"] = reason.note.get(language, "")
            found[f"{field.id}-office"] = reason.decided_by
    return found


def row_count(data: Data, field: Field) -> int:
    """How many rows the form shows: those filled and some to spare."""
    filled = [
        number
        for number in range(MOST_ROWS)
        if any(data.get(f"{field.id}-{number}-{column.id}") for column in field.columns)
    ]
    return min(max(filled, default=-1) + 1 + SPARE_ROWS, MOST_ROWS)


def _show(found: dict[str, str], field: Field, value: Any, language: str) -> None:
    match field.kind:
        case "text":
            found[field.id] = value.get(language, "")
        case "lines":
            found[field.id] = "\n".join(value)
        case "codes":
            found.update({f"{field.id}-{code}": "1" for code in value})
        case "rows":
            for number, row in enumerate(value):
                for column in field.columns:
                    found[f"{field.id}-{number}-{column.id}"] = str(getattr(row, column.id))
        case "contact" | "parts":
            found.update({f"{field.id}-{name}": v for name, v in _struct(value).items()})
        case "yes_no":
            found[field.id] = {True: "yes", False: "no"}.get(value, "")
        case "day":
            found[field.id] = value.isoformat() if value else ""
        case _:
            found[field.id] = "" if value is None else str(value)


def _struct(value: Struct) -> dict[str, str]:
    return {name: str(getattr(value, name)) for name in value.__struct_fields__}


def _withheld(
    record: EntryRecord, field: Field, reason: str, data: Data, office: Office
) -> Withheld:
    note = forms.text(data, f"{field.id}-note")
    told = Withheld(
        reason,
        {office.language: note} if note else {},
        office.today,
        forms.text(data, f"{field.id}-office")[:200],
    )
    known = record.withheld.get(field.id)
    if known and msgspec.structs.replace(told, decided_on=known.decided_on) == known:
        return known
    return told


def _value(record: EntryRecord, field: Field, data: Data, office: Office) -> Any:
    kinds: dict[str, Callable[[], Any]] = {
        "text": lambda: _text(getattr(record, field.id), field, data, office.language),
        "lines": lambda: _lines(forms.text(data, field.id)),
        "codes": lambda: _codes(field, data),
        "rows": lambda: _rows(field, data),
        "contact": lambda: _parts(record, field, data),
        "parts": lambda: _parts(record, field, data),
        "yes_no": lambda: {"yes": True, "no": False}.get(data.get(field.id, "")),
        "day": lambda: forms.day(data, field.id) if data.get(field.id, "").strip() else None,
        "number": lambda: _number(forms.text(data, field.id), field),
    }
    read = kinds.get(field.kind)
    return read() if read else forms.text(data, field.id)


def _text(before: Mapping[str, str], field: Field, data: Data, language: str) -> dict[str, str]:
    text = forms.text(data, field.id)
    others = {code: words for code, words in before.items() if code != language}
    return {**others, language: text} if text else others


def _lines(text: str) -> list[str]:
    return [line.strip()[:500] for line in text.split("\n") if line.strip()][:100]


def _parts(record: EntryRecord, field: Field, data: Data) -> dict[str, str]:
    names = _struct(getattr(record, field.id))
    given = {name: forms.text(data, f"{field.id}-{name}") for name in names}
    return {name: value for name, value in given.items() if value}


def _number(text: str, field: Field) -> int | Problem | None:
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 4):
        return Problem(field.id, "Give a whole number.")
    return int(text)


def _codes(field: Field, data: Data) -> list[str]:
    known = taxonomy.codes(CODED[field.id])
    return [code for code in known if data.get(f"{field.id}-{code}")]


def _rows(field: Field, data: Data) -> Any:
    rows = []
    first = field.columns[0].id
    for number in range(row_count(data, field)):
        row = {
            column.id: text
            for column in field.columns
            if (text := forms.text(data, f"{field.id}-{number}-{column.id}"))
        }
        if row and first not in row:
            return Problem(field.id, "Fill in the first field of each row.")
        if row:
            rows.append(row)
    return rows


def is_filled(record: EntryRecord, field: Field) -> bool:
    """Whether the field is stated or withheld."""
    return field.id in record.withheld or is_stated(getattr(record, field.id))
