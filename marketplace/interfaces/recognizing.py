"""Which format a document is in, by what only that format has."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marketplace.interfaces.xml_document import XmlRoot

_CONFORMANCE = re.compile(r"^https?://www\.opengis\.net/spec/ogcapi-[\w-]+/(?P<version>[\d.]+)/")
_MCP_SCHEMA = re.compile(r"modelcontextprotocol\.io/schemas/(?P<date>\d{4}-\d\d-\d\d)/")
_XML = {
    ("http://www.w3.org/2001/XMLSchema", "schema"): ("xml-schema", "1.0"),
    ("http://schemas.xmlsoap.org/wsdl/", "definitions"): ("wsdl", "1.1"),
    ("http://www.w3.org/ns/wsdl", "description"): ("wsdl", "2.0"),
}

NAMES = {
    "openapi": "OpenAPI",
    "swagger": "OpenAPI (Swagger)",
    "asyncapi": "AsyncAPI",
    "json-schema": "JSON Schema",
    "ogc-api": "OGC API",
    "json-ld-context": "JSON-LD context (NGSI-LD)",
    "cloudevents": "CloudEvents",
    "mcp": "Model Context Protocol",
    "xml-schema": "XML Schema (XÖV)",
    "wsdl": "WSDL",
}
"""How each format is called; names of standards are the same in every language."""


@dataclass(frozen=True)
class Recognized:
    """A format and its version; both empty for what is not known."""

    format: str = ""
    version: str = ""


def recognize(value: Any) -> Recognized:
    """The format of a document that was read."""
    if isinstance(value, XmlRoot):
        return Recognized(*_XML.get((value.namespace, value.name), ("", "")))
    if not isinstance(value, Mapping):
        return Recognized()
    for name in ("openapi", "swagger", "asyncapi"):
        if isinstance(value.get(name), str | int | float):
            return Recognized(name, str(value[name]))
    return _schema(value) or _ogc(value) or _mcp(value) or _event(value) or _context(value)


def _schema(value: Mapping[str, Any]) -> Recognized | None:
    declared = value.get("$schema")
    if not isinstance(declared, str):
        return None
    if found := _MCP_SCHEMA.search(declared):
        return Recognized("mcp", found["date"])
    return Recognized("json-schema", declared) if "json-schema.org/" in declared else None


def _ogc(value: Mapping[str, Any]) -> Recognized | None:
    claimed = value.get("conformsTo")
    if isinstance(claimed, list):
        matches = (_CONFORMANCE.match(each) for each in claimed if isinstance(each, str))
        first = next((match for match in matches if match), None)
        return Recognized("ogc-api", first["version"]) if first else None
    links = value.get("links")
    if not isinstance(links, list):
        return None
    kinds = {str(each.get("rel")).rsplit("/", 1)[-1] for each in links if isinstance(each, Mapping)}
    return Recognized("ogc-api") if {"conformance", "service-desc"} <= kinds else None


def _mcp(value: Mapping[str, Any]) -> Recognized | None:
    if isinstance(value.get("protocolVersion"), str) and "serverInfo" in value:
        return Recognized("mcp", value["protocolVersion"])
    tools = value.get("tools")
    is_list = isinstance(tools, list) and bool(tools)
    if is_list and all(isinstance(each, Mapping) and "inputSchema" in each for each in tools or ()):
        return Recognized("mcp")
    return None


def _event(value: Mapping[str, Any]) -> Recognized | None:
    if isinstance(value.get("specversion"), str) and {"type", "source", "id"} <= value.keys():
        return Recognized("cloudevents", value["specversion"])
    return None


def _context(value: Mapping[str, Any]) -> Recognized:
    # With more keys than the context it is data that uses one, not a description.
    return Recognized("json-ld-context") if value.keys() == {"@context"} else Recognized()
