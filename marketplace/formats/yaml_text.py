"""YAML from strangers, read without resolving anything.

Every scalar stays the text that was written, so ``1.10`` is not 1.1, ``no`` is a country and an
impossible date is still visible. Tags build nothing: they are refused, and so are references
(``&`` and ``*``), whose expansion is how a small file fills a machine.
"""

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


def parse(text: str) -> tuple[Any, list[str]]:
    """The one document of ``text`` as dicts, lists, texts and None, and the keys that stand twice.

    Raises ``BrokenText`` for a fault of syntax, a tag, a reference, a second document or a limit.
    """
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
    return builder.value, builder.doubled


class _Builder:
    """Builds the value from events; holds the way from the root to where it stands."""

    def __init__(self) -> None:
        self.value: Any = None
        self.doubled: list[str] = []
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
        self._put(container, event)
        self._open.append(container)
        self._keys.append(None)

    def _put(self, value: Any, event: Event) -> None:
        if not self._open:
            self.value = value
            return
        holder = self._open[-1]
        if isinstance(holder, list):
            holder.append(value)
        elif self._keys[-1] is None:
            if isinstance(value, dict | list):
                raise _broken("A key must be a plain text", event)
            self._keys[-1] = str(value)
        else:
            key, self._keys[-1] = self._keys[-1], None
            if key in holder:
                self.doubled.append(key)
            holder[key] = value


def _broken(reason: str, event: Event) -> BrokenText:
    mark = event.start_mark
    return BrokenText(reason, mark.line + 1, mark.column + 1)
