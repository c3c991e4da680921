"""What a solution builds on, as the editor writes it: one entry a line, its facts by semicolons."""

from collections.abc import Sequence

import msgspec

from catalog.errors import Problem
from catalog.records import Dependency

PARTS = {"code": "code", "model": "model", "modell": "model", "data": "data", "daten": "data"}
"""The words for the part that something goes into, in both languages of the editor."""

MOST = 500
"""Entries of one record."""


def written(known: Sequence[Dependency]) -> str:
    """The entries as lines; what nobody stated at the end of one is left out."""
    return "\n".join(map(line, known))


def line(entry: Dependency) -> str:
    """One entry: "PostgreSQL; 16; PostgreSQL"."""
    part = "" if entry.part == "code" else entry.part
    facts = [entry.name.replace(";", ","), entry.version, entry.license, part]
    while not facts[-1]:
        facts.pop()
    return "; ".join(facts)


def read(text: str, field: str) -> list[Dependency] | Problem:
    """The entries of lines, or what is wrong with the first that cannot be read."""
    found: dict[Dependency, None] = {}
    for number, written_line in enumerate(text.split("\n"), 1):
        facts = [" ".join(each.split()) for each in written_line.split(";")]
        if not any(facts):
            continue
        entry = _entry(facts)
        if entry is None:
            return Problem(
                field,
                "Line %(number)d: write name; version; licence; part. The part is code, model or"
                " data.",
                {"number": number},
            )
        found[entry] = None
    if len(found) > MOST:
        return Problem(field, "At most %(most)s lines can be saved.", {"most": MOST})
    return list(found)


def _entry(facts: Sequence[str]) -> Dependency | None:
    name, version, license_, part, *more = (*facts, *[""] * (4 - len(facts)))
    if more or (part and part.casefold() not in PARTS):
        return None
    given = {"name": name, "version": version, "license": license_}
    if part:
        given["part"] = PARTS[part.casefold()]
    try:
        return msgspec.convert(given, Dependency)
    except msgspec.ValidationError:
        return None
