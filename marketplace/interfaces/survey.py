"""One walk over a description: its references, its texts and its data, kept apart.

A ``$ref`` inside an example is data and refers to nothing; a property called ``example`` is no
example. What a key means depends on whether it stands in an object of the format or in a map whose
keys are names that people gave.
"""

from dataclasses import dataclass, field
from typing import Any

from marketplace.interfaces.places import Pointer

_MAPS = frozenset(
    {
        "$defs", "bindings", "callbacks", "channels", "content", "correlationIds", "definitions",
        "dependentSchemas", "encoding", "examples", "headers", "links", "mapping", "messageTraits",
        "messages", "operationTraits", "operations", "parameters", "pathItems", "paths",
        "patternProperties", "properties", "replies", "replyAddresses", "requestBodies",
        "responses", "schemas", "scopes", "securityDefinitions", "securitySchemes",
        "serverVariables", "servers", "tags", "variables", "webhooks",
    }
)  # fmt: skip
"""Keys whose value, if it is an object, is a map of names."""

_DATA = frozenset({"example", "default", "enum", "const", "value"})
_ANCHORS = ("$id", "$anchor", "$dynamicAnchor", "id")


@dataclass
class Survey:
    """What a walk found."""

    references: list[tuple[Pointer, Any]] = field(default_factory=list)
    """Place of the ``$ref`` and its value."""
    texts: list[tuple[Pointer, str]] = field(default_factory=list)
    """Texts and names that people read; a name's place is that of its value."""
    data: list[tuple[Pointer, str]] = field(default_factory=list)
    """Texts inside of examples and defaults."""
    anchors: set[str] = field(default_factory=set)


def survey(value: Any) -> Survey:
    """Walk over a whole document, without recursion."""
    found = Survey()
    waiting: list[tuple[Pointer, Any, bool, bool]] = [((), value, False, False)]
    while waiting:
        place, node, is_map, is_data = waiting.pop()
        if isinstance(node, str):
            (found.data if is_data else found.texts).append((place, node))
        elif isinstance(node, list):
            waiting += [((*place, at), each, False, is_data) for at, each in enumerate(node)]
        elif isinstance(node, dict):
            _look(found, place, node, is_keywords=not (is_map or is_data))
            for key, each in node.items():
                is_example = not is_map and _holds_data(key, each, place)
                names = not is_map and key in _MAPS
                waiting.append(((*place, key), each, names, is_data or is_example))
                if not is_data:
                    found.texts.append(((*place, key), key))
    return found


def _look(found: Survey, place: Pointer, node: dict[str, Any], *, is_keywords: bool) -> None:
    if not is_keywords:
        return
    if "$ref" in node:
        found.references.append(((*place, "$ref"), node["$ref"]))
    for name in _ANCHORS:
        if isinstance(node.get(name), str):
            found.anchors.add(node[name].removeprefix("#"))


def _holds_data(key: str, value: Any, place: Pointer) -> bool:
    if key in _DATA:
        return key != "value" or "examples" in place[-2:]
    return (key == "examples" and isinstance(value, list)) or key.startswith("x-")
