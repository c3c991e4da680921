"""OpenAPI 2.0, 3.0, 3.1 and 3.2 in the common shape.

Whatever has the wrong type is left out: the check has named it, and a reader still sees the rest.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from marketplace.interfaces import openapi_rules
from marketplace.interfaces.model import (
    Answer,
    Body,
    Content,
    Interface,
    Operation,
    Parameter,
    Scheme,
    Server,
)
from marketplace.interfaces.openapi_rules import mapping, sequence
from marketplace.interfaces.places import Pointer
from marketplace.interfaces.references import References

_FLOWS = ("authorizationUrl", "tokenUrl", "openIdConnectUrl", "bearerFormat", "scheme", "in")


def model(references: References) -> Interface:
    """The model of the root document of a bundle."""
    document = mapping(references.bundle.root.value)
    info = mapping(document.get("info"))
    return Interface(
        title=text(info.get("title")),
        version=text(info.get("version")),
        references=references,
        summary=text(info.get("summary")),
        description=text(info.get("description")),
        contact=contact_of(info),
        license=license_of(info),
        servers=_servers(document),
        schemes=[scheme(name, each) for name, each in openapi_rules.schemes(document).items()],
        tags=tags_of(document),
        operations=list(_operations(document, references)),
        schemas=_schemas(document),
    )


def text(value: Any) -> str:
    """A text or number as a text; anything else is nothing."""
    is_plain = isinstance(value, str | int | float) and not isinstance(value, bool)
    return str(value) if is_plain else ""


def contact_of(info: Mapping[str, Any]) -> str:
    """Name, address and mail of the contact on one line."""
    contact = mapping(info.get("contact"))
    parts = (text(contact.get(name)) for name in ("name", "url", "email"))
    return ", ".join(part for part in parts if part)


def license_of(info: Mapping[str, Any]) -> str:
    """Name and address of the licence on one line."""
    found = mapping(info.get("license"))
    parts = (text(found.get(name)) for name in ("name", "identifier", "url"))
    return ", ".join(part for part in parts if part)


def tags_of(holder: Mapping[str, Any]) -> dict[str, str]:
    """Descriptions of tags by name."""
    tags = [mapping(each) for each in sequence(holder.get("tags"))]
    return {text(tag.get("name")): text(tag.get("description")) for tag in tags if "name" in tag}


def scheme(name: str, value: Any) -> Scheme:
    """A security scheme; details are the facts that a caller needs to use it."""
    found = mapping(value)
    details = [text(found.get(key)) for key in ("name", *_FLOWS)]
    for flow, facts in mapping(found.get("flows")).items():
        addresses = [text(mapping(facts).get(key)) for key in _FLOWS[:2]]
        details.append(f"{flow}: {' '.join(each for each in addresses if each)}")
    detail = ", ".join(each for each in details if each)
    return Scheme(name, text(found.get("type")), detail, text(found.get("description")))


def _servers(document: Mapping[str, Any]) -> list[Server]:
    if "swagger" in document:
        host, base = text(document.get("host")), text(document.get("basePath"))
        schemes = [text(each) for each in sequence(document.get("schemes"))] or ["https"]
        return [Server(f"{each}://{host}{base}") for each in schemes if host] or (
            [Server(base)] if base else []
        )
    servers = [mapping(each) for each in sequence(document.get("servers"))]
    return [Server(text(each.get("url")), text(each.get("description"))) for each in servers]


def _schemas(document: Mapping[str, Any]) -> list[tuple[str, Content]]:
    if "swagger" in document:
        place: Pointer = ("definitions",)
        found = mapping(document.get("definitions"))
    else:
        place = ("components", "schemas")
        found = mapping(mapping(document.get("components")).get("schemas"))
    return [(name, Content("", each, (*place, name))) for name, each in found.items()]


def _operations(document: Mapping[str, Any], references: References) -> Iterator[Operation]:
    old = "swagger" in document
    for found in openapi_rules.operations(document):
        value = found.value
        parameters = list(_parameters(found, references))
        if old:
            body = _old_body(parameters, value, document)
        else:
            body = _body(value.get("requestBody"), (*found.place, "requestBody"), references)
        security = value.get("security", document.get("security"))
        yield Operation(
            method=found.method,
            path=found.path,
            place=found.place,
            name=text(value.get("operationId")),
            summary=text(value.get("summary")),
            description=text(value.get("description")),
            tags=[text(tag) for tag in sequence(value.get("tags"))],
            is_deprecated=value.get("deprecated") is True,
            parameters=[
                _parameter(each, place) for each, place in parameters if not _is_body(each)
            ],
            body=body,
            answers=list(_answers(found, references, document)),
            security=_security(security),
        )


def _security(value: Any) -> Sequence[Mapping[str, Sequence[str]]] | None:
    if not isinstance(value, list):
        return None
    return [
        {
            name: [text(scope) for scope in sequence(scopes)]
            for name, scopes in mapping(each).items()
        }
        for each in value
    ]


def _parameters(
    found: openapi_rules.Operation, references: References
) -> Iterator[tuple[Mapping[str, Any], Pointer]]:
    """The parameters of an operation and those of its path that it does not replace."""
    seen: set[tuple[str, str]] = set()
    for parameters, base in (
        (found.value.get("parameters"), found.place),
        (found.shared, found.place[:2]),
    ):
        for at, each in enumerate(sequence(parameters)):
            value, place, _ = references.follow(each, (*base, "parameters", at))
            key = text(mapping(value).get("in")), text(mapping(value).get("name"))
            if all(key) and key not in seen:
                seen.add(key)
                yield mapping(value), place


def _is_body(parameter: Mapping[str, Any]) -> bool:
    return parameter.get("in") in ("body", "formData")


def _parameter(value: Mapping[str, Any], place: Pointer) -> Parameter:
    schema, schema_place = value, place
    if "schema" in value:
        schema, schema_place = value["schema"], (*place, "schema")
    elif content := mapping(value.get("content")):
        media = next(iter(content))
        schema = mapping(content[media]).get("schema", {})
        schema_place = (*place, "content", media, "schema")
    return Parameter(
        name=text(value.get("name")),
        kind=text(value.get("in")),
        is_required=value.get("required") is True,
        description=text(value.get("description")),
        schema=schema,
        place=schema_place,
        is_deprecated=value.get("deprecated") is True,
    )


def _body(value: Any, place: Pointer, references: References) -> Body | None:
    found, place, _ = references.follow(value, place)
    if not isinstance(found, Mapping):
        return None
    contents = list(_contents(found.get("content"), (*place, "content")))
    return Body(found.get("required") is True, text(found.get("description")), contents)


def _contents(value: Any, place: Pointer) -> Iterator[Content]:
    for media, each in mapping(value).items():
        found = mapping(each)
        examples = [found["example"]] if "example" in found else []
        examples += [mapping(x).get("value") for x in mapping(found.get("examples")).values()]
        yield Content(media, found.get("schema", {}), (*place, media, "schema"), examples)


def _old_body(
    parameters: list[tuple[Mapping[str, Any], Pointer]],
    value: Mapping[str, Any],
    document: Mapping[str, Any],
) -> Body | None:
    """The body of a Swagger 2.0 operation: one ``body`` parameter or some ``formData``."""
    media = sequence(value.get("consumes", document.get("consumes")))
    for each, place in parameters:
        if each.get("in") == "body":
            types = [text(one) for one in media] or ["application/json"]
            contents = [Content(one, each.get("schema", {}), (*place, "schema")) for one in types]
            is_required = each.get("required") is True
            return Body(is_required, text(each.get("description")), contents)
    fields = [(each, place) for each, place in parameters if each.get("in") == "formData"]
    if not fields:
        return None
    schema = {
        "type": "object",
        "properties": {text(each.get("name")): each for each, _ in fields},
        "required": [text(each.get("name")) for each, _ in fields if each.get("required") is True],
    }
    types = [text(one) for one in media] or ["application/x-www-form-urlencoded"]
    contents = [Content(one, schema, fields[0][1][:-1]) for one in types]
    return Body(bool(schema["required"]), "", contents)


def _answers(
    found: openapi_rules.Operation, references: References, document: Mapping[str, Any]
) -> Iterator[Answer]:
    for status, each in mapping(found.value.get("responses")).items():
        if status.startswith("x-"):
            continue
        value, place, _ = references.follow(each, (*found.place, "responses", status))
        answer = mapping(value)
        contents = list(_contents(answer.get("content"), (*place, "content")))
        if "swagger" in document and "schema" in answer:
            media = sequence(found.value.get("produces", document.get("produces")))
            types = [text(one) for one in media] or ["application/json"]
            contents = [Content(one, answer["schema"], (*place, "schema")) for one in types]
        yield Answer(status, text(answer.get("description")), contents)
