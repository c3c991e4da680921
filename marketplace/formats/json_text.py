"""JSON from strangers: strict, of limited depth, with doubled keys and broken pairs named."""

import json
import math
import re
from typing import Any, NoReturn

from marketplace.formats.characters import has_half_pair

MAX_DEPTH = 64

_TOKENS = re.compile(r'"(?:[^"\\]|\\.)*"?|[\[\]{}]', re.DOTALL)


class BrokenText(Exception):
    """A text that does not follow its grammar, with the place: line and column count from 1.

    ``is_refused`` says that the grammar allows it and we do not: a tag, a reference, a limit.
    """

    def __init__(
        self, reason: str, line: int = 0, column: int = 0, *, is_refused: bool = False
    ) -> None:
        super().__init__(reason)
        self.is_refused = is_refused
        self.reason = reason
        self.line = line
        self.column = column


def parse(text: str) -> tuple[Any, list[str]]:
    """The value and the keys that stand twice in one object, of which the last one counts.

    Raises ``BrokenText``. NaN, Infinity and numbers beyond a double are refused (RFC 8259, 6).
    """
    if text.count("[") + text.count("{") > MAX_DEPTH:
        _check_depth(text)
    doubled: list[str] = []

    def one_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        result = dict(pairs)
        if len(result) != len(pairs):
            names = [name for name, _ in pairs]
            doubled.extend(sorted({name for name in names if names.count(name) > 1}))
        return result

    try:
        value = json.loads(
            text, object_pairs_hook=one_object, parse_constant=_no_number, parse_float=_finite
        )
    except json.JSONDecodeError as error:
        raise BrokenText(error.msg, error.lineno, error.colno) from error
    except (ValueError, RecursionError) as error:
        raise BrokenText(str(error)) from error
    if "\\u" in text and _holds_half_pair(value):
        raise BrokenText("A text holds half of a surrogate pair")
    return value, doubled


def _check_depth(text: str) -> None:
    depth = 0
    for token in _TOKENS.finditer(text):
        mark = token.group()
        if mark in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                line = text.count("\n", 0, token.start()) + 1
                column = token.start() - text.rfind("\n", 0, token.start())
                raise BrokenText(f"Nested deeper than {MAX_DEPTH} levels", line, column)
        elif mark in "]}":
            depth -= 1


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise ValueError("A number is too large")
    return value


def _holds_half_pair(value: Any) -> bool:
    if isinstance(value, str):
        return has_half_pair(value)
    if isinstance(value, list):
        return any(_holds_half_pair(item) for item in value)
    if isinstance(value, dict):
        return any(has_half_pair(key) or _holds_half_pair(item) for key, item in value.items())
    return False
