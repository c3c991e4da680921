"""YAML from strangers, read without resolving anything.

Every scalar stays the text that was written, so ``1.10`` is not 1.1, ``no`` is a country and an
impossible date is still visible. Tags build nothing: they are refused, and so are references
(``&`` and ``*``), whose expansion is how a small file fills a machine.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from marketplace.formats.json_text import BrokenText

MAX_DEPTH = 32
MAX_NODES = 200_000

_PLAIN_TAGS = (None, "!")
_NOTHING = ("", "~", "null", "Null", "NULL")


_NUMBER = re.compile(
    r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|0o[0-7]+|0x[0-9a-fA-F]+"
    r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)
_BOOLEAN = ("true", "True", "TRUE", "false", "False", "FALSE")


@dataclass(frozen=True)
class Place:
    """Where a value or its key begins (both from 1), and whether it was written without quotes."""

    line: int
    column: int
    is_plain: bool = False


@dataclass(frozen=True)
class Placed:
    """A document with the place of each value by its JSON Pointer, and keys that stand twice."""

    value: Any
    places: Mapping[str, Place]
    doubled: Mapping[str, Place]


def kind_of(written: str, place: Place) -> str:
    """What a scalar is by the core schema of YAML 1.2 (10.3.2): text, bool or number."""
    if place.is_plain and written in _BOOLEAN:
        return "bool"
    return "number" if place.is_plain and _NUMBER.fullmatch(written) else "text"


def pointer(way: str, key: object) -> str:
    """The JSON Pointer of a key or item below another (RFC 6901)."""
    return f"{way}/{str(key).replace('~', '~0').replace('/', '~1')}"


def parse(text: str) -> tuple[Any, list[str]]:
    """The one document of ``text`` as dicts, lists, texts and None, and the keys that stand twice.

    Raises ``BrokenText`` for a fault of syntax, a tag, a reference, a second document or a limit.
    """
    placed = parse_placed(text)
    return placed.value, [way.rsplit("/", 1)[-1] for way in placed.doubled]


def parse_placed(text: str) -> Placed:
    """As ``parse``, with the place of every value. Raises ``BrokenText``."""
    builder = _Builder()
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            builder.take(event)
    except MarkedYAMLError as error:
        mark = error.problem_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
        raise BrokenText(str(error.problem or error), line, column) from error
    except (YAMLError, ValueError, RecursionError) as error:
        raise BrokenText(str(error).splitlines()[0]) from error
    return Placed(builder.value, builder.places, builder.doubled)


class _Builder:
    """Builds the value from events; holds the way from the root to where it stands."""

    def __init__(self) -> None:
        self.value: Any = None
        self.doubled: dict[str, Place] = {}
        self.places: dict[str, Place] = {}
        self._ways: list[str] = []
        self._key_place = Place(1, 1)
        self._open: list[Any] = []
        self._keys: list[Any] = []
        self._nodes = 0
        self._documents = 0

    def take(self, event: Event) -> None:
        if isinstance(event, DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise _broken("The file holds more than one document", event)
        elif isinstance(event, AliasEvent) or getattr(event, "anchor", None):
            raise _broken("References (& and *) are not read", event)
        elif isinstance(event, ScalarEvent):
            self._check(event)
            is_nothing = event.implicit[0] and event.value in _NOTHING
            self._put(None if is_nothing else event.value, event)
        elif isinstance(event, MappingStartEvent):
            self._enter({}, event)
        elif isinstance(event, SequenceStartEvent):
            self._enter([], event)
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            self._open.pop()
            self._keys.pop()
            self._ways.pop()

    def _check(self, event: Event) -> None:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise _broken(f"More than {MAX_NODES} values", event)
        tag = getattr(event, "tag", None)
        if tag is not None and str(tag) not in _PLAIN_TAGS:
            raise _broken(f"The tag {tag} is not read", event)

    def _enter(self, container: Any, event: Event) -> None:
        self._check(event)
        if len(self._open) >= MAX_DEPTH:
            raise _broken(f"Nested deeper than {MAX_DEPTH} levels", event)
        way = self._put(container, event)
        self._open.append(container)
        self._keys.append(None)
        self._ways.append(way)

    def _put(self, value: Any, event: Event) -> str:
        """Put a value where it belongs; answers its JSON Pointer."""
        place = _place(event)
        if not self._open:
            self.value = value
            self.places[""] = place
            return ""
        holder, way = self._open[-1], self._ways[-1]
        if isinstance(holder, list):
            here = pointer(way, len(holder))
            holder.append(value)
        elif self._keys[-1] is None:
            if isinstance(value, dict | list):
                raise _broken("A key must be a plain text", event)
            self._keys[-1] = str(value)
            self._key_place = place
            return way
        else:
            key, self._keys[-1] = self._keys[-1], None
            here = pointer(way, key)
            if key in holder:
                self.doubled[here] = self._key_place
            place = Place(self._key_place.line, self._key_place.column, place.is_plain)
            holder[key] = value
        self.places[here] = place
        return here


def _place(event: Event) -> Place:
    mark = event.start_mark
    is_plain = isinstance(event, ScalarEvent) and bool(event.implicit[0])
    return Place(mark.line + 1, mark.column + 1, is_plain)


def _broken(reason: str, event: Event) -> BrokenText:
    mark = event.start_mark
    return BrokenText(reason, mark.line + 1, mark.column + 1, is_refused=True)
