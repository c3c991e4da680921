"""Posted fields to values, and the messages beside the fields when they are wrong.

Whoever posts a form gets it back filled: a handler *raises* ``Rejected`` with the page to show,
because raising rolls the transaction back and returning would commit it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from litestar import Response

from catalog.errors import Problem

LONGEST_FIELD = 20_000


class Rejected(Exception):
    """The form to show again, with what was typed and what is wrong."""

    def __init__(self, page: Response[Any]) -> None:
        super().__init__("The form has errors.")
        self.page = page


@dataclass(frozen=True)
class Errors:
    """What is wrong with a form, by field, already in the reader's language."""

    by_field: Mapping[str, str]
    general: str = ""

    @property
    def list(self) -> Sequence[tuple[str, str]]:
        """Pairs of field and message, for the summary."""
        return tuple(self.by_field.items())

    def of(self, field: str) -> str:
        """The message at a field; empty if it is right."""
        return self.by_field.get(field, "")


NO_ERRORS = Errors({})


def day(data: Mapping[str, str], field: str) -> date | Problem:
    """The day in a field: 2026-03-01 as browsers send it, or 1.3.2026 as people type it."""
    text = data.get(field, "").strip()
    parts = text.split(".")
    if len(parts) == 3 and all(part.isdigit() for part in parts):
        text = f"{parts[2]:0>4}-{parts[1]:0>2}-{parts[0]:0>2}"
    try:
        return date.fromisoformat(text)
    except ValueError:
        return Problem(field, "Give a day, for example 1.3.2026.")


def text(data: Mapping[str, str], field: str) -> str:
    """The text in a field without spaces around it; control characters are dropped."""
    value = data.get(field, "")[:LONGEST_FIELD].replace("\r\n", "\n").strip()
    return "".join(c for c in value if c in "\n\t" or c.isprintable())


def lines(data: Mapping[str, str], field: str) -> Sequence[str]:
    """The lines in a field that say something, without spaces around them."""
    found = (line.strip() for line in text(data, field).split("\n"))
    return [line for line in found if line]
