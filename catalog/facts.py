"""The three states of a fact: stated, not stated, withheld with a reason.

A record holds the stated value in its field, and the withheld ones by name in ``withheld``. What is
in neither is not stated. Absence is shown to readers, never hidden (see the KI-Transparenzregister
of the Dutch municipalities for what happens otherwise: MinBZK/Algoritmeregister#13 and #27).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

import msgspec


class State(StrEnum):
    """Whether a fact is stated, not stated, or withheld."""

    STATED = "stated"
    NOT_STATED = "not_stated"
    WITHHELD = "withheld"


class Withheld(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Why a fact is not published: reason of the code list ``withholding``, note, date, who."""

    reason: str
    note: dict[str, str] = {}
    decided_on: date | None = None
    decided_by: str = ""


@dataclass(frozen=True)
class Fact:
    """One fact of a record as a reader meets it."""

    field: str
    state: State
    value: Any = None
    withheld: Withheld | None = None
    raw: str | None = None
    """What the source said, where it could not be read as one of our codes."""


def fact(
    record: msgspec.Struct, field: str, withheld: Mapping[str, Withheld], raw: Mapping[str, str]
) -> Fact:
    """The fact at ``field`` of ``record``; a dotted name goes into a part of the record."""
    value: Any = record
    for name in field.split("."):
        value = getattr(value, name) if value is not None else None
    if field in withheld:
        return Fact(field, State.WITHHELD, withheld=withheld[field], raw=raw.get(field))
    if is_stated(value):
        return Fact(field, State.STATED, value, raw=raw.get(field))
    return Fact(field, State.NOT_STATED, raw=raw.get(field))


def is_stated(value: object) -> bool:
    """Whether a value says anything: ``False`` and ``0`` do; None and what is empty do not."""
    if isinstance(value, msgspec.Struct):
        return any(is_stated(getattr(value, name)) for name in value.__struct_fields__)
    return value is not None and value not in ("", [], {}, ())
