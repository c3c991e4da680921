"""Two versions of a description compared: what breaks callers, what does not."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from marketplace.interfaces.comparing_schemas import SchemaComparison
from marketplace.interfaces.differences import BREAKING, Difference
from marketplace.interfaces.model import (
    ANSWER,
    REQUEST,
    Body,
    Content,
    Interface,
    Operation,
    Parameter,
)


@dataclass(frozen=True)
class Comparison:
    """What differs, the breaking part first."""

    breaking: Sequence[Difference]
    compatible: Sequence[Difference]


def compare(old: Interface, new: Interface) -> Comparison:
    """What a caller of ``old`` meets when ``new`` takes its place."""
    merged: dict[tuple[object, ...], Difference] = {}
    for difference in _differences(old, new):
        known = merged.get(difference.key)
        operations = {*difference.operations, *(known.operations if known else ())}
        merged[difference.key] = replace(difference, operations=tuple(sorted(operations)))
    found = sorted(merged.values(), key=lambda each: (each.pointer, each.rule, str(each.params)))
    return Comparison(
        [each for each in found if each.effect == BREAKING],
        [each for each in found if each.effect != BREAKING],
    )


def _differences(old: Interface, new: Interface) -> Iterator[Difference]:
    yield from _servers(old, new)
    before = {each.key: each for each in old.operations}
    after = {each.key: each for each in new.operations}
    for key in before.keys() - after.keys():
        yield Difference("operation_removed", before[key].place, {"name": key}, (key,))
    for key in after.keys() - before.keys():
        yield Difference("operation_added", after[key].place, {"name": key}, (key,))
    comparisons = _Operations(SchemaComparison(old.references, new.references))
    for key in sorted(before.keys() & after.keys()):
        for each in comparisons.compare(before[key], after[key]):
            yield replace(each, operations=(key,))
    if not (old.operations or new.operations):
        named = dict(new.schemas)
        for name, content in old.schemas:
            if name in named:
                yield from comparisons.content(content, named[name], name, REQUEST)


def _servers(old: Interface, new: Interface) -> Iterator[Difference]:
    before, after = {each.url for each in old.servers}, {each.url for each in new.servers}
    for url in before - after:
        yield Difference("server_removed", ("servers",), {"name": url})
    for url in after - before:
        yield Difference("server_added", ("servers",), {"name": url})


@dataclass(frozen=True)
class _Operations:
    """Compares operations; the shapes of shared schemas are made once."""

    schemas: SchemaComparison

    def compare(self, old: Operation, new: Operation) -> Iterator[Difference]:
        self.schemas.begin()
        yield from _facts(old, new)
        yield from _security(old, new)
        yield from self._parameters(old, new)
        yield from self._bodies(old, new)
        yield from self._answers(old, new)

    def content(
        self, old: Content, new: Content, name: str, direction: str
    ) -> Iterator[Difference]:
        before, after = (old.schema, old.place), (new.schema, new.place)
        return self.schemas.compare(before, after, name, direction)

    def _parameters(self, old: Operation, new: Operation) -> Iterator[Difference]:
        before, after = _named(old.parameters), _named(new.parameters)
        for key in before.keys() - after.keys():
            yield _said("parameter_removed", before[key])
        for key in after.keys() - before.keys():
            is_required = after[key].is_required
            rule = "parameter_added_required" if is_required else "parameter_added"
            yield _said(rule, after[key])
        for key in before.keys() & after.keys():
            one, other = before[key], after[key]
            if other.is_required != one.is_required:
                rule = "required" if other.is_required else "optional"
                yield _said(f"parameter_became_{rule}", other)
            places = (one.schema, one.place), (other.schema, other.place)
            yield from self.schemas.compare(*places, other.name, REQUEST)

    def _bodies(self, old: Operation, new: Operation) -> Iterator[Difference]:
        params = {"name": new.key}
        if old.body and not new.body:
            yield Difference("body_removed", old.place, params)
        elif new.body and not old.body:
            rule = "body_added_required" if new.body.is_required else "body_added"
            yield Difference(rule, new.place, params)
        elif old.body and new.body:
            yield from self._both_bodies(old.body, new.body, new)

    def _both_bodies(self, old: Body, new: Body, operation: Operation) -> Iterator[Difference]:
        if old.is_required != new.is_required:
            rule = "required" if new.is_required else "optional"
            yield Difference(f"body_became_{rule}", (*operation.place, "requestBody"), {})
        yield from self._contents(old.contents, new.contents, operation, REQUEST)

    def _answers(self, old: Operation, new: Operation) -> Iterator[Difference]:
        before = {each.status: each for each in old.answers}
        after = {each.status: each for each in new.answers}
        for status in before.keys() - after.keys():
            is_error = status[:1] in ("4", "5") or status == "default"
            rule = "error_removed" if is_error else "answer_removed"
            yield Difference(rule, (*old.place, "responses", status), {"name": status})
        for status in after.keys() - before.keys():
            yield Difference("answer_added", (*new.place, "responses", status), {"name": status})
        for status in before.keys() & after.keys():
            contents = before[status].contents, after[status].contents
            yield from self._contents(*contents, new, ANSWER)

    def _contents(
        self,
        old: Iterable[Content],
        new: Iterable[Content],
        operation: Operation,
        direction: str,
    ) -> Iterator[Difference]:
        before = {each.media_type: each for each in old}
        after = {each.media_type: each for each in new}
        for name in before.keys() - after.keys():
            place = before[name].place[:-1]
            yield Difference("content_removed", place, {"name": name or operation.key})
        for name in after.keys() - before.keys():
            yield Difference("content_added", after[name].place[:-1], {"name": name})
        for name in before.keys() & after.keys():
            yield from self.content(before[name], after[name], operation.key, direction)


def _facts(old: Operation, new: Operation) -> Iterator[Difference]:
    if old.is_deprecated != new.is_deprecated:
        rule = "operation_deprecated" if new.is_deprecated else "operation_kept"
        yield Difference(rule, new.place, {"name": new.key})
    if old.name and old.name != new.name:
        params = {"old": old.name, "new": new.name or "–"}
        yield Difference("operation_renamed", new.place, params)


def _security(old: Operation, new: Operation) -> Iterator[Difference]:
    """A caller signs in by one of the alternatives; an empty one asks for nothing."""
    before, after = _ways(old.security), _ways(new.security)
    if before == after:
        return
    for way in sorted(before - after, key=sorted):
        # A way still works where a new one asks for a part of it.
        if not any(other <= way for other in after):
            yield Difference("security_tightened", new.place, {"name": _written(way)})
    for way in sorted(after - before, key=sorted):
        if not any(other <= way for other in before):
            yield Difference("security_loosened", new.place, {"name": _written(way)})


def _ways(security: Sequence[Mapping[str, Sequence[str]]] | None) -> set[frozenset[str]]:
    if not security:
        return {frozenset()}
    return {
        frozenset(f"{name}:{scope}" for name, scopes in way.items() for scope in scopes or ("",))
        for way in security
    }


def _written(way: frozenset[str]) -> str:
    return ", ".join(sorted(each.removesuffix(":") for each in way)) or "–"


def _named(parameters: Iterable[Parameter]) -> dict[tuple[str, str], Parameter]:
    return {(each.kind, each.name): each for each in parameters}


def _said(rule: str, parameter: Parameter) -> Difference:
    place = parameter.place[:-1] if parameter.place[-1] == "schema" else parameter.place
    return Difference(rule, place, {"name": parameter.name, "kind": parameter.kind})
