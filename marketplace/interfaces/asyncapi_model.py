"""AsyncAPI 2 and 3 in the common shape: a channel's messages are the contents of an operation.

Version 2 says what *others* may do: who ``subscribe``s receives what the described application
sends. Version 3 says what the application does itself. The model says the latter.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from marketplace.interfaces.model import Answer, Body, Content, Interface, Operation, Server
from marketplace.interfaces.openapi_model import contact_of, license_of, scheme, tags_of, text
from marketplace.interfaces.openapi_rules import mapping, sequence
from marketplace.interfaces.places import Pointer
from marketplace.interfaces.references import References

_OLD_ACTIONS = {"subscribe": "send", "publish": "receive"}


def model(references: References) -> Interface:
    """The model of the root document of a bundle."""
    document = mapping(references.bundle.root.value)
    info = mapping(document.get("info"))
    is_old = text(document.get("asyncapi")).startswith("2.")
    schemes = mapping(mapping(document.get("components")).get("securitySchemes"))
    operations = _old_operations if is_old else _operations
    return Interface(
        title=text(info.get("title")),
        version=text(info.get("version")),
        references=references,
        description=text(info.get("description")),
        contact=contact_of(info),
        license=license_of(info),
        servers=list(_servers(document, references)),
        schemes=[scheme(name, each) for name, each in schemes.items()],
        tags=tags_of(document) | tags_of(info),
        operations=list(operations(document, references)),
    )


def _servers(document: Mapping[str, Any], references: References) -> Iterator[Server]:
    for each in mapping(document.get("servers")).values():
        server = mapping(references.resolved(each))
        host = text(server.get("host")) or text(server.get("url"))
        protocol = text(server.get("protocol"))
        url = host if "://" in host else f"{protocol}://{host}{text(server.get('pathname'))}"
        yield Server(url, text(server.get("description")))


def _operations(document: Mapping[str, Any], references: References) -> Iterator[Operation]:
    for name, each in mapping(document.get("operations")).items():
        value, place, _ = references.follow(each, ("operations", name))
        found = mapping(value)
        channel, channel_place, key = references.follow(found.get("channel"), (*place, "channel"))
        messages = _listed(found.get("messages"), (*place, "messages"), references)
        if "messages" not in found:
            messages = _named(mapping(channel).get("messages"), (*channel_place, "messages"))
        yield _operation(
            (text(found.get("action")) or "send", text(mapping(channel).get("address")) or key),
            place,
            name,
            found,
            list(_contents(messages, references)),
        )


def _old_operations(document: Mapping[str, Any], references: References) -> Iterator[Operation]:
    for address, each in mapping(document.get("channels")).items():
        channel, place, _ = references.follow(each, ("channels", address))
        for action, meant in _OLD_ACTIONS.items():
            if isinstance(found := mapping(channel).get(action), Mapping):
                here: Pointer = (*place, action)
                message = found.get("message", {})
                alternatives = mapping(message).get("oneOf")
                messages = (
                    [
                        ("", one, (*here, "message", "oneOf", at))
                        for at, one in enumerate(alternatives)
                    ]
                    if isinstance(alternatives, list)
                    else [("", message, (*here, "message"))]
                )
                name = text(found.get("operationId"))
                contents = list(_contents(messages, references))
                yield _operation((meant, address), here, name, found, contents)


def _operation(
    key: tuple[str, str],
    place: Pointer,
    name: str,
    value: Mapping[str, Any],
    contents: list[Content],
) -> Operation:
    action, address = key
    is_sent = action == "send"
    return Operation(
        method=action,
        path=address,
        place=place,
        name=name,
        summary=text(value.get("summary")) or text(value.get("title")),
        description=text(value.get("description")),
        tags=list(tags_of(value)),
        body=None if is_sent else Body(is_required=True, description="", contents=contents),
        answers=[Answer("", "", contents)] if is_sent else [],
    )


def _named(value: Any, place: Pointer) -> list[tuple[str, Any, Pointer]]:
    return [(name, each, (*place, name)) for name, each in mapping(value).items()]


def _listed(value: Any, place: Pointer, references: References) -> list[tuple[str, Any, Pointer]]:
    found = []
    for at, each in enumerate(sequence(value)):
        message, where, name = references.follow(each, (*place, at))
        found.append((name, message, where))
    return found


def _contents(
    messages: list[tuple[str, Any, Pointer]], references: References
) -> Iterator[Content]:
    for name, each, place in messages:
        value, where, target = references.follow(each, place)
        message = mapping(value)
        payload, at = message.get("payload", {}), (*where, "payload")
        if isinstance(payload, Mapping) and "schemaFormat" in payload:
            payload, at = payload.get("schema", {}), (*at, "schema")
        called = text(message.get("name")) or name or target or text(message.get("title"))
        examples = [mapping(one).get("payload") for one in sequence(message.get("examples"))]
        yield Content(called, payload, at, [one for one in examples if one is not None])
