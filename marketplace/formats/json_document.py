"""A file that is one JSON document."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from catalog.errors import Problem
from marketplace.formats import json_text
from marketplace.formats.encoding import decode_json
from marketplace.formats.json_text import BrokenText
from marketplace.formats.records import Unreadable, read_bytes


@dataclass(frozen=True)
class Document:
    """The value of a document, its encoding, and what was said of it."""

    value: Any
    encoding: str
    warnings: Sequence[Problem]


def read_document(path: Path) -> Document:
    """Read and check a JSON document. Raises ``Unreadable`` with line and column."""
    text, encoding = decode_json(read_bytes(path))
    try:
        value, doubled = json_text.parse(text)
    except BrokenText as error:
        raise unreadable(error) from error
    names = dict.fromkeys(name[:80] for name in doubled)
    warnings = [
        Problem(name, "“%(name)s” stands twice; the last one counts.", {"name": name})
        for name in names
    ]
    return Document(value, encoding, warnings)


def unreadable(error: BrokenText) -> Unreadable:
    """The same fault as a fault of the whole file."""
    if not error.line:
        return Unreadable("%(reason)s.", reason=error.reason)
    return Unreadable(
        "%(reason)s (line %(line)d, column %(column)d).",
        row=error.line,
        reason=error.reason,
        line=error.line,
        column=error.column,
    )
