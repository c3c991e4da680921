"""Places in a document, and what stops its reading."""

from typing import Any

Pointer = tuple[str | int, ...]
"""A place in a document: keys and positions from the root."""


class Unread(Exception):
    """A file that could not be read to its end: the rule that stopped the reading, and where."""

    def __init__(self, rule: str, line: int = 0, **params: Any) -> None:
        super().__init__(rule)
        self.rule = rule
        self.line = line
        self.params = params
        self.partial: Any = None
        """What had been read by then; good for telling the format only."""


def written(place: Pointer) -> str:
    """A place as a JSON Pointer (RFC 6901, 3)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in place)


def shortened(value: object, limit: int = 120) -> str:
    """A value on one line, cut where it would fill a page."""
    text = " ".join(str(value)[: limit * 4].split())
    return text if len(text) <= limit else text[: limit - 1] + "…"
