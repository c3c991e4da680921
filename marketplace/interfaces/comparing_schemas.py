"""Two schemas compared, for what a caller sends or for what it gets.

Types, properties, values, limits, forms and alternatives are compared; what ``allOf`` puts together
counts as one object. References to other documents are compared by their text. Each pair of places
is compared once for each direction, so that rings of references end.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from marketplace.interfaces.differences import Difference
from marketplace.interfaces.model import REQUEST
from marketplace.interfaces.openapi_rules import mapping, sequence
from marketplace.interfaces.places import Pointer, shortened
from marketplace.interfaces.references import References

MAX_DEPTH = 40
_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_FORMS = ("format", "pattern", "multipleOf", "uniqueItems", "const")
_TYPES = ("array", "boolean", "integer", "null", "number", "object", "string")


@dataclass(frozen=True)
class Shape:
    """A schema with its references followed and ``allOf`` put together."""

    facts: Mapping[str, Any]
    place: Pointer
    name: str
    properties: Mapping[str, tuple[Any, Pointer]]
    required: frozenset[str]
    outside: str = ""
    """A reference that leads out of the description."""

    @property
    def types(self) -> frozenset[str]:
        """The JSON types that are allowed; all of them where none is named."""
        named = self.facts.get("type")
        found = {named} if isinstance(named, str) else set(map(str, sequence(named)))
        if not found:
            found = {"object"} if self.properties else set(_TYPES)
        if self.facts.get("nullable") is True:
            found.add("null")
        return frozenset(found)


@dataclass
class SchemaComparison:
    """Compares schemas of two descriptions; remembers their shapes, and the pairs it has seen."""

    old: References
    new: References
    _seen: set[tuple[Pointer, Pointer, str, str]] = field(default_factory=set)
    _shapes: dict[tuple[int, Pointer], Shape] = field(default_factory=dict)

    def begin(self) -> None:
        """Begin anew, so that what several operations share is named for each of them."""
        self._seen.clear()

    def compare(
        self, old: tuple[Any, Pointer], new: tuple[Any, Pointer], name: str, direction: str
    ) -> Iterator[Difference]:
        """The differences of two schemas and of all that they hold."""
        waiting = [(old, new, name, 0)]
        while waiting:
            (before_value, before_place), (after_value, after_place), name, depth = waiting.pop()
            before = self._shape(self.old, before_value, before_place)
            after = self._shape(self.new, after_value, after_place)
            pair = (before.place, after.place, direction, name if not after.name else "")
            if pair in self._seen or depth > MAX_DEPTH:
                continue
            self._seen.add(pair)
            name = after.name or name
            yield from _differences(before, after, name, direction)
            waiting += [(*each, depth + 1) for each in _inner(before, after, name)]

    def _shape(self, references: References, value: Any, place: Pointer) -> Shape:
        key = id(references), place
        if key not in self._shapes:
            self._shapes[key] = _shaped(references, value, place, 0)
        return self._shapes[key]


def _shaped(references: References, value: Any, place: Pointer, depth: int) -> Shape:
    found, at, name = references.follow(value, place)
    if found is None:
        return Shape({}, at, "", {}, frozenset(), outside=name)
    schema = mapping(found)
    facts = {key: each for key, each in schema.items() if key not in ("allOf", "properties")}
    properties = {
        key: (each, (*at, "properties", key))
        for key, each in mapping(schema.get("properties")).items()
    }
    required = {each for each in sequence(schema.get("required")) if isinstance(each, str)}
    if depth < MAX_DEPTH:
        for position, part in enumerate(sequence(schema.get("allOf"))):
            inner = _shaped(references, part, (*at, "allOf", position), depth + 1)
            facts = {**inner.facts, **facts}
            properties = {**inner.properties, **properties}
            required |= inner.required
    return Shape(facts, at, name, properties, frozenset(required))


def _inner(
    before: Shape, after: Shape, name: str
) -> Iterator[tuple[tuple[Any, Pointer], tuple[Any, Pointer], str]]:
    for key in before.properties.keys() & after.properties.keys():
        yield before.properties[key], after.properties[key], f"{name}.{key}"
    for key in ("items", "additionalProperties"):
        if isinstance(before.facts.get(key), Mapping) and isinstance(after.facts.get(key), Mapping):
            sign = "[]" if key == "items" else "{}"
            old = before.facts[key], (*before.place, key)
            yield old, (after.facts[key], (*after.place, key)), f"{name}{sign}"
    for key in ("oneOf", "anyOf"):
        old_ones, new_ones = _alternatives(before, key), _alternatives(after, key)
        for called in old_ones.keys() & new_ones.keys():
            yield old_ones[called], new_ones[called], f"{name}({called})"


def _alternatives(shape: Shape, key: str) -> dict[str, tuple[Any, Pointer]]:
    """The alternatives by what they are called: a reference, a title, or what they say."""
    found = {}
    for at, each in enumerate(sequence(shape.facts.get(key))):
        one = mapping(each)
        called = one.get("$ref") or one.get("title") or json.dumps(each, sort_keys=True)
        found[shortened(str(called).rsplit("/", 1)[-1], 60)] = (each, (*shape.place, key, at))
    return found


def _differences(before: Shape, after: Shape, name: str, direction: str) -> Iterator[Difference]:
    if before.outside or after.outside:
        if before.outside != after.outside:
            params = {"name": name, "old": before.outside or "–", "new": after.outside or "–"}
            yield Difference("reference_changed", after.place, params)
        return
    prefix = "request" if direction == REQUEST else "answer"

    def said(rule: str, place: Pointer, called: str = "", **params: Any) -> Difference:
        return Difference(f"{prefix}_{rule}", place, {"name": called or name, **params})

    yield from _types(before, after, said)
    yield from _properties(before, after, name, direction, said)
    yield from _values(before, after, said)
    yield from _limits(before, after, said)
    yield from _forms(before, after, direction, said)
    for key in ("oneOf", "anyOf"):
        old_ones, new_ones = _alternatives(before, key), _alternatives(after, key)
        if old_ones and new_ones:
            for called in old_ones.keys() - new_ones.keys():
                yield said("alternative_removed", before.place, value=called)
            for called in new_ones.keys() - old_ones.keys():
                yield said("alternative_added", after.place, value=called)


Said = Callable[..., Difference]


def _types(before: Shape, after: Shape, said: Said) -> Iterator[Difference]:
    old, new = _wide(before.types), _wide(after.types)
    if removed := old - new:
        yield said("type_narrowed", after.place, removed=_listed(removed))
    if added := new - old:
        yield said("type_widened", after.place, added=_listed(added))


def _wide(types: frozenset[str]) -> frozenset[str]:
    # Every integer is a number (JSON Schema 2020-12 validation, 6.1.1).
    return types | {"integer"} if "number" in types else types


def _properties(
    before: Shape, after: Shape, name: str, direction: str, said: Said
) -> Iterator[Difference]:
    for key in before.properties.keys() - after.properties.keys():
        if not _only(before.properties[key][0], direction):
            yield said("property_removed", before.properties[key][1], f"{name}.{key}")
    for key in after.properties.keys() - before.properties.keys():
        if _only(after.properties[key][0], direction):
            continue
        is_asked = direction == REQUEST and key in after.required
        rule = "property_added_required" if is_asked else "property_added"
        yield said(rule, after.properties[key][1], f"{name}.{key}")
    for key in before.properties.keys() & after.properties.keys():
        if _only(after.properties[key][0], direction):
            continue
        place = after.properties[key][1]
        if key in after.required - before.required:
            yield said("property_became_required", place, f"{name}.{key}")
        if _is_old(after.properties[key][0]) and not _is_old(before.properties[key][0]):
            yield Difference("property_deprecated", place, {"name": f"{name}.{key}"})
        if key in before.required - after.required:
            yield said("property_became_optional", place, f"{name}.{key}")


def _is_old(value: Any) -> bool:
    return mapping(value).get("deprecated") is True


def _only(value: Any, direction: str) -> bool:
    """Whether a property goes the other way only (OpenAPI 3.0.4, 4.7.24: readOnly, writeOnly)."""
    return mapping(value).get("readOnly" if direction == REQUEST else "writeOnly") is True


def _values(before: Shape, after: Shape, said: Said) -> Iterator[Difference]:
    old, new = _enum(before), _enum(after)
    if old is None or new is None:
        if new is not None:
            yield said("form_changed", after.place, limit="enum", old="–", new=_listed(new))
        elif old is not None:
            yield said("form_changed", after.place, limit="enum", old=_listed(old), new="–")
        return
    for value in sorted(old - new):
        yield said("value_removed", after.place, value=value)
    for value in sorted(new - old):
        yield said("value_added", after.place, value=value)


def _enum(shape: Shape) -> set[str] | None:
    values = shape.facts.get("enum")
    if not isinstance(values, list):
        return None
    return {shortened(each if isinstance(each, str) else json.dumps(each), 60) for each in values}


def _limits(before: Shape, after: Shape, said: Said) -> Iterator[Difference]:
    for names, sign in ((_LOWER, 1), (_UPPER, -1)):
        for limit in names:
            old, new = _number(before, limit), _number(after, limit)
            if old == new:
                continue
            is_tighter = old is None or (new is not None and (new - old) * sign > 0)
            rule = "limit_tightened" if is_tighter else "limit_loosened"
            shown = {"old": "–" if old is None else old, "new": "–" if new is None else new}
            yield said(rule, after.place, limit=limit, **shown)


def _number(shape: Shape, limit: str) -> int | float | None:
    value = shape.facts.get(limit)
    # A lower limit of nothing at all limits nothing.
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return None if limit in _LOWER[2:] and value == 0 else value


def _forms(before: Shape, after: Shape, direction: str, said: Said) -> Iterator[Difference]:
    for form in _FORMS:
        old, new = before.facts.get(form), after.facts.get(form)
        if old == new or (not old and not new):
            continue
        shown = {"limit": form, "old": shortened(old or "–", 60), "new": shortened(new or "–", 60)}
        rule = "form_changed"
        if direction == REQUEST and not new:
            rule = "form_dropped"
        elif direction != REQUEST and not old:
            rule = "form_added"
        yield said(rule, after.place, **shown)


def _listed(values: frozenset[str] | set[str]) -> str:
    return ", ".join(sorted(values))
