"""What OpenAPI demands and its official schemas cannot say: 2.0, 3.0, 3.1 and 3.2."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from marketplace.interfaces.places import Pointer, shortened
from marketplace.interfaces.references import References
from marketplace.interfaces.spec_problems import SpecProblem

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class Operation:
    """One method of one path, as it stands in the document."""

    place: Pointer
    path: str
    method: str
    value: Mapping[str, Any]
    shared: Any
    """The parameters of the whole path."""


def operations(document: Any) -> Iterator[Operation]:
    """The operations under ``paths`` and ``webhooks`` that are objects."""
    for group in ("paths", "webhooks"):
        for path, item in mapping(mapping(document).get(group)).items():
            for method in METHODS:
                if isinstance(found := mapping(item).get(method), Mapping):
                    shared = item.get("parameters")
                    yield Operation((group, path, method), path, method, found, shared)


def mapping(value: Any) -> Mapping[str, Any]:
    """``value`` if it is an object, else an empty one: what is wrong was named by the schema."""
    return value if isinstance(value, Mapping) else {}


def sequence(value: Any) -> list[Any]:
    """``value`` if it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def problems(document: Any, references: References) -> Iterator[SpecProblem]:
    """Parameters of paths, names that must be unique, security schemes that must exist."""
    yield from _same_paths(document)
    yield from _operation_ids(document)
    yield from _tags(document)
    yield from _security(document)
    for operation in operations(document):
        yield from _parameters(operation, references)


def _same_paths(document: Any) -> Iterator[SpecProblem]:
    seen: dict[str, str] = {}
    for path in mapping(mapping(document).get("paths")):
        shape = _PLACEHOLDER.sub("{}", path)
        if shape in seen:
            yield SpecProblem("same_path", ("paths", path), {"name": shortened(seen[shape])})
        seen.setdefault(shape, path)


def _operation_ids(document: Any) -> Iterator[SpecProblem]:
    seen: set[str] = set()
    for operation in operations(document):
        name = operation.value.get("operationId")
        if isinstance(name, str):
            if name in seen:
                place = (*operation.place, "operationId")
                yield SpecProblem("duplicate_operation", place, {"name": shortened(name)})
            seen.add(name)


def _tags(document: Any) -> Iterator[SpecProblem]:
    seen: set[str] = set()
    for at, tag in enumerate(sequence(mapping(document).get("tags"))):
        name = mapping(tag).get("name")
        if isinstance(name, str):
            if name in seen:
                yield SpecProblem("duplicate_tag", ("tags", at), {"name": shortened(name)})
            seen.add(name)


def schemes(document: Any) -> Mapping[str, Any]:
    """The security schemes by name, in 2.0 as in 3."""
    old = mapping(document).get("securityDefinitions")
    return mapping(old or mapping(mapping(document).get("components")).get("securitySchemes"))


def _security(document: Any) -> Iterator[SpecProblem]:
    known = schemes(document)
    places: list[tuple[Pointer, Any]] = [(("security",), mapping(document).get("security"))]
    places += [
        ((*each.place, "security"), each.value.get("security")) for each in operations(document)
    ]
    for place, requirements in places:
        for at, requirement in enumerate(sequence(requirements)):
            for name in mapping(requirement):
                # From 3.2 on a name may be the address of a scheme elsewhere.
                if name not in known and "/" not in name:
                    params = {"name": shortened(name)}
                    yield SpecProblem("unknown_security", (*place, at, name), params)


def _parameters(operation: Operation, references: References) -> Iterator[SpecProblem]:
    own, is_own_known = _named(sequence(operation.value.get("parameters")), references)
    shared, is_shared_known = _named(sequence(operation.shared), references)
    for place, named in (
        ((*operation.place, "parameters"), own),
        ((*operation.place[:2], "parameters"), shared),
    ):
        yield from _twice(place, named)
    described = {name for _, kind, name in own + shared if kind == "path"}
    if operation.place[0] != "paths" or not (is_own_known and is_shared_known):
        return
    for name in dict.fromkeys(_PLACEHOLDER.findall(operation.path)):
        if name not in described:
            yield SpecProblem("path_parameter", operation.place, {"name": shortened(name)})


def _named(
    parameters: list[Any], references: References
) -> tuple[list[tuple[int, str, str]], bool]:
    """Position, place and name of each parameter, and whether every one is known."""
    found: list[tuple[int, str, str]] = []
    is_known = True
    for at, each in enumerate(parameters):
        parameter = references.resolved(each)
        if not isinstance(parameter, Mapping):
            is_known = False
            continue
        kind, name = parameter.get("in"), parameter.get("name")
        if isinstance(kind, str) and isinstance(name, str):
            found.append((at, kind, name))
    return found, is_known


def _twice(place: Pointer, named: list[tuple[int, str, str]]) -> Iterator[SpecProblem]:
    seen: set[tuple[str, str]] = set()
    for at, kind, name in named:
        if (kind, name) in seen:
            params = {"name": shortened(name), "place": shortened(kind)}
            yield SpecProblem("duplicate_parameter", (*place, at), params)
        seen.add((kind, name))
