"""YAML as descriptions of interfaces use it: values of JSON, with the line of every key.

Unlike ``formats.yaml_text`` this reads numbers and aliases, because OpenAPI and AsyncAPI mean them.
Plain scalars are resolved by the core schema of YAML 1.2.2 (10.3.2), so that ``NO`` and ``12:30``
stay texts. Aliases share one value in memory; what they would make written out is counted.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import yaml

from marketplace.interfaces.places import Pointer, Unread, shortened

MAX_DEPTH = 64
MAX_VALUES = 400_000
"""Values of a document with its aliases written out."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULL = re.compile(r"(?:~|null|Null|NULL)?")
_BOOL = re.compile(r"true|True|TRUE|false|False|FALSE")
_INT = re.compile(r"[-+]?[0-9]{1,40}")
_OCTAL = re.compile(r"0o[0-7]{1,40}")
_HEX = re.compile(r"0x[0-9a-fA-F]{1,40}")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]{1,40}|[0-9]{1,40}(?:\.[0-9]{0,40})?)(?:[eE][-+]?[0-9]{1,3})?")
_CORE = "tag:yaml.org,2002:"
_TAGS = frozenset(_CORE + name for name in ("str", "int", "float", "bool", "null", "map", "seq"))
_MERGE = "<<"


@dataclass
class _Open:
    """A mapping or sequence that is being read."""

    value: Any
    anchor: str
    size: int = 1
    key: str | None = None
    lines: dict[str | int, int] = field(default_factory=dict)
    merged: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class YamlDocument:
    """A value, the keys that stand twice, and the lines of all keys."""

    value: Any
    doubled: list[tuple[Pointer, int]]
    _lines: dict[int, dict[str | int, int]]

    def lines(self, places: Iterable[Pointer]) -> dict[Pointer, int]:
        """The line of each place; of its nearest surroundings where it has none of its own."""
        return {place: self._line(place) for place in places}

    def _line(self, place: Pointer) -> int:
        value, line = self.value, 1
        for part in place:
            known = self._lines.get(id(value), {})
            if isinstance(value, dict):
                part = str(part)  # noqa: PLW2901 - libraries give numeric keys as numbers
            if part not in known:
                break
            line, value = known[part], value[part]
        return line


def read(text: str) -> YamlDocument:
    """The one document of ``text``. Raises ``Unread``."""
    builder = _Builder()
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except Unread as unread:
        unread.partial = builder.partial
        raise
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = shortened(error.problem or error.context or "")
        raise Unread("syntax", mark.line + 1 if mark else 0, reason=reason) from error
    except (yaml.YAMLError, ValueError) as error:
        raise Unread("syntax", _line_in(error, text), reason=shortened(error)) from error
    return YamlDocument(builder.value, builder.doubled, builder.lines)


def _line_in(error: Exception, text: str) -> int:
    position = getattr(error, "position", None)
    return text.count("\n", 0, position) + 1 if isinstance(position, int) else 0


class _Builder:
    """Builds the value from events, without recursion."""

    def __init__(self) -> None:
        self.value: Any = None
        self.doubled: list[tuple[Pointer, int]] = []
        self.lines: dict[int, dict[str | int, int]] = {}
        self._open: list[_Open] = []
        self._anchors: dict[str, tuple[Any, int]] = {}
        self._total = 0
        self._documents = 0
        self._takers: dict[type, Callable[[Any], None]] = {
            yaml.DocumentStartEvent: self._begin,
            yaml.ScalarEvent: self._scalar,
            yaml.AliasEvent: self._alias,
            yaml.MappingStartEvent: lambda event: self._enter({}, event),
            yaml.SequenceStartEvent: lambda event: self._enter([], event),
            yaml.MappingEndEvent: self._leave,
            yaml.SequenceEndEvent: self._leave,
        }

    def take(self, event: Any) -> None:
        taker = self._takers.get(type(event))
        if taker is not None:
            taker(event)

    @property
    def partial(self) -> Any:
        """The root as far as it was read."""
        return self._open[0].value if self._open else self.value

    def _begin(self, event: Any) -> None:
        self._documents += 1
        if self._documents > 1:
            raise Unread("syntax", _line(event), reason="the file holds more than one document")

    def _scalar(self, event: Any) -> None:
        self._count(1, event)
        value = _resolved(event)
        if event.anchor:
            self._anchors[event.anchor] = (value, 1)
        self._put(value, event, is_merge=event.implicit[0] and event.value == _MERGE)

    def _alias(self, event: Any) -> None:
        if any(each.anchor == event.anchor for each in self._open):
            raise Unread("alias_cycle", _line(event), name=shortened(event.anchor))
        if event.anchor not in self._anchors:
            reason = f"the anchor {shortened(event.anchor)} is not defined before its use"
            raise Unread("syntax", _line(event), reason=reason)
        value, size = self._anchors[event.anchor]
        self._count(size, event)
        self._put(value, event)

    def _enter(self, container: Any, event: Any) -> None:
        if event.tag and event.tag not in _TAGS:
            raise Unread("yaml_tag", _line(event), name=shortened(event.tag))
        if len(self._open) >= MAX_DEPTH:
            raise Unread("nesting", _line(event), limit=MAX_DEPTH)
        self._count(1, event)
        # An anchor given anew means the new value only from its end on; until then it is open.
        self._open.append(_Open(container, event.anchor or ""))

    def _leave(self, event: Any) -> None:
        done = self._open.pop()
        for merged in done.merged:
            for key, value in merged.items():
                done.value.setdefault(key, value)
        self.lines[id(done.value)] = done.lines
        if done.anchor:
            self._anchors[done.anchor] = (done.value, done.size)
        self._put(done.value, event)

    def _count(self, size: int, event: Any) -> None:
        self._total += size
        if self._total > MAX_VALUES:
            raise Unread("too_many_values", _line(event), limit=MAX_VALUES)
        for each in self._open:
            if each.anchor:
                each.size += size

    def _put(self, value: Any, event: Any, *, is_merge: bool = False) -> None:
        if not self._open:
            self.value = value
            return
        holder = self._open[-1]
        if isinstance(holder.value, list):
            holder.lines[len(holder.value)] = _line(event)
            holder.value.append(value)
        elif holder.key is None:
            self._put_key(holder, value, event, is_merge=is_merge)
        else:
            self._put_value(holder, value)

    def _put_key(self, holder: _Open, value: Any, event: Any, *, is_merge: bool) -> None:
        if isinstance(value, dict | list):
            raise Unread("syntax", _line(event), reason="a key must be a plain text")
        written = getattr(event, "value", None)
        key = "" if is_merge else written if isinstance(written, str) else str(value)
        if not is_merge and key in holder.value:
            self.doubled.append((self._here(key), _line(event)))
        # An empty plain key would be taken for a merge; "\0" cannot occur in a key.
        holder.key = "\0" if is_merge else key
        holder.lines[key] = _line(event)

    def _put_value(self, holder: _Open, value: Any) -> None:
        key, holder.key = holder.key, None
        if key != "\0":
            holder.value[key] = value
        elif isinstance(value, dict):
            holder.merged.append(value)
        elif isinstance(value, list):
            holder.merged.extend(each for each in value if isinstance(each, dict))

    def _here(self, key: str) -> Pointer:
        parts = [len(each.value) if each.key is None else each.key for each in self._open[:-1]]
        return (*parts, key)


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _resolved(event: Any) -> Any:
    """A scalar by the core schema of YAML 1.2.2, 10.3.2; a quoted one is always a text."""
    tag = event.tag or ""
    if tag and tag != "!" and tag not in _TAGS:
        raise Unread("yaml_tag", _line(event), name=shortened(tag))
    text = event.value
    if not (event.implicit[0] or tag in _TAGS) or tag == _CORE + "str":
        return text
    return _plain(text)


def _plain(text: str) -> Any:  # noqa: PLR0911 - one line for each kind of the core schema
    if _NULL.fullmatch(text):
        return None
    if _BOOL.fullmatch(text):
        return text.lower() == "true"
    if _INT.fullmatch(text):
        return int(text)
    if _OCTAL.fullmatch(text):
        return int(text[2:], 8)
    if _HEX.fullmatch(text):
        return int(text, 16)
    if _FLOAT.fullmatch(text):
        return _float(text)
    return text


def _float(text: str) -> float | str:
    value = float(text)
    # A number beyond a double has no JSON form; the text is kept.
    return value if abs(value) != float("inf") else text
