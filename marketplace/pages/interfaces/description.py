"""A described interface laid out for readers: operations by tag, and each schema once.

A named schema is drawn once and linked from wherever it is used, so rings of references end and
the page grows with the description, not with its paths.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from marketplace.interfaces.model import Content, Interface, Operation, Parameter
from marketplace.interfaces.openapi_model import text
from marketplace.interfaces.openapi_rules import mapping, sequence
from marketplace.interfaces.places import Pointer, shortened
from marketplace.pages.reader import Reader

MAX_DEPTH = 12
LONGEST_EXAMPLE = 2_000
_LIMITS = (
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength",
    "minItems", "maxItems", "pattern", "multipleOf", "default", "const",
)  # fmt: skip


@dataclass(frozen=True)
class SchemaView:
    """A schema: its type in words, what limits it, and what it holds or where that is drawn."""

    kind: str = ""
    description: str = ""
    facts: Sequence[tuple[str, str]] = ()
    rows: Sequence["PropertyView"] = ()
    parts: Sequence[tuple[str, "SchemaView"]] = ()
    """Alternatives, and what lists hold, each with a word for it."""
    link: str = ""
    """The anchor of a named schema that is drawn elsewhere on the page."""


@dataclass(frozen=True)
class PropertyView:
    """One property of an object, or one parameter."""

    name: str
    schema: SchemaView
    is_required: bool = False
    note: str = ""
    description: str = ""


@dataclass(frozen=True)
class ContentView:
    """Data of one media type or message, with examples as text."""

    media_type: str
    schema: SchemaView
    examples: Sequence[str] = ()


@dataclass(frozen=True)
class AnswerView:
    """An answer with its status."""

    status: str
    description: str
    contents: Sequence[ContentView]


@dataclass(frozen=True)
class OperationView:
    """One operation, complete."""

    anchor: str
    method: str
    path: str
    summary: str
    description: str
    note: str
    security: str
    parameters: Sequence[PropertyView]
    body: Sequence[ContentView]
    body_note: str
    answers: Sequence[AnswerView]


@dataclass(frozen=True)
class TagView:
    """The operations of one tag."""

    name: str
    anchor: str
    description: str
    operations: Sequence[OperationView]


@dataclass(frozen=True)
class NamedSchemaView:
    """A schema with a name."""

    name: str
    anchor: str
    schema: SchemaView


@dataclass(frozen=True)
class DescriptionView:
    """A whole interface, or the part of it that a search found."""

    title: str
    version: str
    description: str
    contact: str
    license: str
    servers: Sequence[tuple[str, str]]
    schemes: Sequence[tuple[str, str, str]]
    tags: Sequence[TagView]
    schemas: Sequence[NamedSchemaView]
    count: int
    """Operations shown."""
    total: int


@dataclass
class Drawing:
    """Draws the parts of one interface."""

    interface: Interface
    reader: Reader
    _anchors: dict[Pointer, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for number, (_, content) in enumerate(self.interface.schemas, 1):
            self._anchors[content.place] = f"schema-{number}"

    def whole(self, query: str = "") -> DescriptionView:
        """Everything, or what holds every word of ``query``."""
        words = query.casefold().split()
        found = [each for each in self.interface.operations if _holds(_words_of(each), words)]
        schemas = [
            each
            for each in self.interface.schemas
            if _holds((each[0], *mapping(mapping(each[1].schema).get("properties"))), words)
        ]
        if found and words:
            used = self._used(found)
            schemas += [each for each in self.interface.schemas
                        if each[1].place in used and each not in schemas]  # fmt: skip
        return DescriptionView(
            title=self.interface.title,
            version=self.interface.version,
            description=self.interface.description or self.interface.summary,
            contact=self.interface.contact,
            license=self.interface.license,
            servers=[(each.url, each.description) for each in self.interface.servers],
            schemes=[
                (each.name, each.kind, each.detail or each.description)
                for each in self.interface.schemes
            ],
            tags=self._tags(found),
            schemas=[self._named(*each) for each in schemas],
            count=len(found),
            total=len(self.interface.operations),
        )

    def _used(self, operations: Iterable[Operation]) -> set[Pointer]:
        """Places of the named schemas that operations refer to directly."""
        found: set[Pointer] = set()
        for operation in operations:
            contents = [*(operation.body.contents if operation.body else ())]
            contents += [each for answer in operation.answers for each in answer.contents]
            for content in contents:
                for value in (content.schema, mapping(content.schema).get("items")):
                    found.add(self.interface.references.follow(value, content.place)[1])
        return found

    def _tags(self, operations: Iterable[Operation]) -> list[TagView]:
        by_tag: dict[str, list[Operation]] = {}
        for each in operations:
            by_tag.setdefault(each.tags[0] if each.tags else "", []).append(each)
        order = [*self.interface.tags, *by_tag]
        return [
            TagView(
                name=tag or self.reader._("Operations"),
                anchor=f"tag-{order.index(tag)}",
                description=self.interface.tags.get(tag, ""),
                operations=[self._operation(each) for each in by_tag[tag]],
            )
            for tag in dict.fromkeys(order)
            if tag in by_tag
        ]

    def _operation(self, each: Operation) -> OperationView:
        _ = self.reader._
        number = self.interface.operations.index(each)
        is_needed = each.body is not None and each.body.is_required
        return OperationView(
            anchor=f"operation-{number}",
            method=each.method.upper(),
            path=each.path,
            summary=each.summary or each.name,
            description=each.description,
            note=_("is announced to go") if each.is_deprecated else "",
            security=self._security(each),
            parameters=[self._parameter(one) for one in each.parameters],
            body=[self._content(one) for one in each.body.contents] if each.body else [],
            body_note=_("required") if is_needed else "",
            answers=[
                AnswerView(one.status, one.description, [self._content(c) for c in one.contents])
                for one in each.answers
            ],
        )

    def _security(self, each: Operation) -> str:
        _ = self.reader._
        if each.security is None:
            return ""
        if not each.security:
            return _("open to everybody")
        either = _(" or ")
        return either.join(" + ".join(way) or _("open to everybody") for way in each.security)

    def _parameter(self, each: Parameter) -> PropertyView:
        gone = self.reader._("is announced to go") if each.is_deprecated else ""
        return PropertyView(
            name=each.name,
            schema=self.schema(each.schema, each.place),
            is_required=each.is_required,
            note=", ".join(part for part in (each.kind, gone) if part),
            description=each.description,
        )

    def _content(self, each: Content) -> ContentView:
        examples = [_written(one) for one in each.examples]
        return ContentView(each.media_type, self.schema(each.schema, each.place), examples)

    def _named(self, name: str, content: Content) -> NamedSchemaView:
        value = content.schema
        view = self._drawn(value, content.place, 0) if isinstance(value, Mapping) else SchemaView()
        return NamedSchemaView(name or self.interface.title, self._anchors[content.place], view)

    def schema(self, value: Any, place: Pointer, depth: int = 0) -> SchemaView:
        """A schema; a link where it has a name."""
        if isinstance(value, Mapping) and "$ref" in value:
            found, at, name = self.interface.references.follow(value, place)
            if found is None:
                return SchemaView(kind=self.reader._("described elsewhere: %(address)s")
                                  % {"address": shortened(name)})  # fmt: skip
            if at in self._anchors:
                return SchemaView(kind=name, link=self._anchors[at])
            value, place = found, at
        if not isinstance(value, Mapping) or depth > MAX_DEPTH:
            return SchemaView(kind="…" if depth > MAX_DEPTH else "")
        return self._drawn(value, place, depth)

    def _drawn(self, value: Mapping[str, Any], place: Pointer, depth: int) -> SchemaView:
        if "$ref" in value:
            return self.schema(value, place, depth)
        required = {each for each in sequence(value.get("required")) if isinstance(each, str)}
        rows = [
            PropertyView(
                name=name,
                schema=self.schema(each, (*place, "properties", name), depth + 1),
                is_required=name in required,
                note=self._note(mapping(each)),
            )
            for name, each in mapping(value.get("properties")).items()
        ]
        return SchemaView(
            kind=_kind(value),
            description=text(value.get("description")),
            facts=_facts(value),
            rows=rows,
            parts=list(self._parts(value, place, depth)),
        )

    def _parts(
        self, value: Mapping[str, Any], place: Pointer, depth: int
    ) -> Iterable[tuple[str, SchemaView]]:
        _ = self.reader._
        words = {"allOf": _("all of"), "oneOf": _("one of"), "anyOf": _("any of")}
        for key, word in words.items():
            for at, each in enumerate(sequence(value.get(key))):
                yield word, self.schema(each, (*place, key, at), depth + 1)
        for key, word in (("items", _("each entry")), ("additionalProperties", _("each value"))):
            if isinstance(value.get(key), Mapping) and value[key]:
                yield word, self.schema(value[key], (*place, key), depth + 1)

    def _note(self, value: Mapping[str, Any]) -> str:
        _ = self.reader._
        signs = {
            "readOnly": _("comes back only"),
            "writeOnly": _("is sent only"),
            "deprecated": _("is announced to go"),
        }
        return ", ".join(word for key, word in signs.items() if value.get(key) is True)


def _words_of(each: Operation) -> Iterable[str]:
    parameters = (part for one in each.parameters for part in (one.name, one.description))
    return (each.key, each.name, each.summary, each.description, *each.tags, *parameters)


def _holds(texts: Iterable[str], words: Sequence[str]) -> bool:
    if not words:
        return True
    whole = "\n".join(texts).casefold()
    return all(word in whole for word in words)


def _kind(value: Mapping[str, Any]) -> str:
    kind = value.get("type")
    words = [str(each) for each in kind] if isinstance(kind, list) else [text(kind)]
    if value.get("nullable") is True:
        words.append("null")
    plain = " | ".join(word for word in words if word)
    form = text(value.get("format"))
    return f"{plain} ({form})" if plain and form else plain or form


def _facts(value: Mapping[str, Any]) -> list[tuple[str, str]]:
    facts = [(key, shortened(value[key])) for key in _LIMITS if key in value]
    if isinstance(value.get("enum"), list):
        facts.append(("enum", shortened(", ".join(map(text, value["enum"])), 600)))
    if "example" in value:
        facts.append(("example", shortened(_written(value["example"]))))
    return facts


def _written(value: Any) -> str:
    if isinstance(value, str):
        return value[:LONGEST_EXAMPLE]
    return json.dumps(value, ensure_ascii=False, indent=1)[:LONGEST_EXAMPLE]
