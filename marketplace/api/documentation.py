"""Pages about the API: how to begin, and every operation and type. No script, nothing from afar.

The reference is made of the OpenAPI document, so it says what the API does. It is in English, as
the API is; the frame around it is in the reader's language.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from litestar import Response
from litestar.di import NamedDependency

from marketplace.api import openapi
from marketplace.pages.frame import PageFrame
from marketplace.pages.reader import Reader, frame
from marketplace.pages.rendering import render
from marketplace.routing import get, paths

CURL_READ = """\
curl --silent "{base}/api/v1/search?q=post&size=3"
"""

CURL_WALK = """\
url="{base}/api/v1/adoptions?stage=live&limit=200"
while [ -n "$url" ]; do
  curl --silent --dump-header headers.txt "$url"
  url=$(sed -n 's/^[Ll]ink: <\\(.*\\)>; rel="next".*/\\1/p' headers.txt)
done
"""

CURL_WRITE = """\
curl --silent --include --request POST "{base}/api/v1/adoptions/$ADOPTION/confirm" \\
  --cookie "login=$LOGIN" --header "Origin: {base}" --header "If-Match: $ETAG"
"""

PYTHON = """\
import json
from urllib.request import urlopen

uses = []
url = "{base}/api/v1/adoptions?stage=live&limit=200"
while url:
    with urlopen(url) as answer:
        page = json.load(answer)
    uses += page["items"]
    url = page["next"]

cities = {{use["organization"]["name"] for use in uses}}
print(len(uses), "uses by", len(cities), "organizations")
"""

R = """\
library(jsonlite)

uses <- list()
url <- "{base}/api/v1/adoptions?stage=live&limit=200"
while (!is.null(url)) {{
  page <- fromJSON(url, flatten = TRUE)
  uses <- c(uses, list(page$items[c("stage", "since", "organization.name", "solution.slug")]))
  url <- page[["next"]]
}}
print(head(rbind_pages(uses)))
"""


@dataclass(frozen=True)
class QuickStartPage:
    """How to begin."""

    page: PageFrame
    reference_href: str
    document_href: str
    curl_read: str
    curl_walk: str
    curl_write: str
    python: str
    r: str


@dataclass(frozen=True)
class Line:
    """A parameter or a field: name, type, whether it must be given, what it means."""

    name: str
    kind: str
    anchor: str
    """Of the type on the same page; empty for plain ones."""
    is_required: bool
    text: str
    where: str = ""


@dataclass(frozen=True)
class OperationView:
    """One method of one address."""

    anchor: str
    method: str
    path: str
    summary: str
    text: str
    needs_login: bool
    parameters: tuple[Line, ...]
    body: str
    body_example: str
    answer: str
    answer_example: str
    statuses: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class TypeView:
    """One type of answers and bodies with its fields."""

    anchor: str
    name: str
    text: str
    fields: tuple[Line, ...]
    values: tuple[str, ...]


@dataclass(frozen=True)
class ReferencePage:
    """Every operation by tag, and every type."""

    page: PageFrame
    tags: tuple[tuple[str, str, tuple[OperationView, ...]], ...]
    types: tuple[TypeView, ...]
    document_href: str


@get(paths("api"))
def quick_start(reader: NamedDependency[Reader]) -> Response[str]:
    """How to read and write with curl, Python and R."""
    filled = {"base": reader.base_url}
    context = QuickStartPage(
        page=frame(reader, reader._("API for programs"), section="service"),
        reference_href=reader.address("api_reference"),
        document_href=DOCUMENT,
        curl_read=CURL_READ.format(**filled),
        curl_walk=CURL_WALK.format(**filled),
        curl_write=CURL_WRITE.format(**filled),
        python=PYTHON.format(**filled),
        r=R.format(**filled),
    )
    return render("api/quick_start.html", context)


@get(paths("api_reference"))
def reference(reader: NamedDependency[Reader]) -> Response[str]:
    """Every operation with parameters, examples and refusals, and every type."""
    document = openapi.document(reader.base_url)
    operations = [
        _operation(path, method, described, document)
        for path, methods in document["paths"].items()
        for method, described in methods.items()
    ]
    by_tag = {
        tag["name"]: (tag["name"], tag["description"], tuple(_of(tag["name"], operations)))
        for tag in document["tags"]
    }
    schemas = document["components"]["schemas"]
    context = ReferencePage(
        page=frame(
            reader,
            reader._("API reference"),
            section="service",
            crumbs=[(reader._("API for programs"), reader.address("api"))],
        ),
        tags=tuple(by_tag.values()),
        types=tuple(_type(name, schema) for name, schema in schemas.items()),
        document_href=DOCUMENT,
    )
    return render("api/reference.html", context)


HANDLERS: list[Any] = [quick_start, reference]

DOCUMENT = "/api/v1/openapi.json"


def _of(tag: str, operations: Sequence[tuple[str, OperationView]]) -> list[OperationView]:
    return [view for found, view in operations if found == tag]


def _operation(
    path: str, method: str, described: Mapping[str, Any], document: Mapping[str, Any]
) -> tuple[str, OperationView]:
    body = described.get("requestBody", {}).get("content", {}).get("application/json")
    success = next(status for status in described["responses"] if status.startswith("2"))
    answer = described["responses"][success].get("content", {}).get("application/json")
    return described["tags"][0], OperationView(
        anchor=described["operationId"],
        method=method.upper(),
        path=path,
        summary=described["summary"],
        text=described["description"],
        needs_login="security" in described,
        parameters=tuple(_parameter(each) for each in described["parameters"]),
        body=_kind(body["schema"]) if body else "",
        body_example=_pretty(body["example"]) if body else "",
        answer=_kind(answer["schema"]) if answer else "",
        answer_example=_pretty(answer["example"]) if answer else "",
        statuses=tuple(_status(status, each, document) for status, each in
                       described["responses"].items()),
    )  # fmt: skip


def _status(
    status: str, response: Mapping[str, Any], document: Mapping[str, Any]
) -> tuple[str, str]:
    if "$ref" in response:
        response = document["components"]["responses"][response["$ref"].rsplit("/", 1)[-1]]
    return status, response["description"]


def _parameter(parameter: Mapping[str, Any]) -> Line:
    return Line(
        name=parameter["name"],
        kind=_kind(parameter["schema"]),
        anchor=_anchor(parameter["schema"]),
        is_required=parameter["required"],
        text=parameter["description"],
        where=parameter["in"],
    )


def _type(name: str, schema: Mapping[str, Any]) -> TypeView:
    required = schema.get("required", ())
    return TypeView(
        anchor=f"type-{name}",
        name=name,
        text=schema.get("description", ""),
        fields=tuple(
            Line(field, _kind(each), _anchor(each), field in required, each.get("description", ""))
            for field, each in schema.get("properties", {}).items()
        ),
        values=tuple(str(value) for value in schema.get("enum", ())),
    )


def _kind(schema: Mapping[str, Any]) -> str:
    """A JSON Schema in a few words: "array of string", "object by language"."""
    if "$ref" in schema:
        name: str = schema["$ref"].rsplit("/", 1)[-1]
        return name
    if "anyOf" in schema:
        return " or ".join(_kind(each) for each in schema["anyOf"])
    kind = str(schema.get("type", "any"))
    if kind == "array":
        return f"array of {_kind(schema.get('items', {}))}"
    if kind == "object" and "additionalProperties" in schema:
        return f"object of {_kind(schema['additionalProperties'])}"
    limits = [
        f"{word} {schema[key]}"
        for key, word in (
            ("minimum", "from"), ("maximum", "to"), ("maxLength", "at most"),
        )
        if key in schema
    ]  # fmt: skip
    detail = ", ".join([*([schema["format"]] if "format" in schema else []), *limits])
    return f"{kind} ({detail})" if detail else kind


def _anchor(schema: Mapping[str, Any]) -> str:
    for each in (schema, schema.get("items", {}), *schema.get("anyOf", ())):
        if isinstance(each, Mapping) and "$ref" in each:
            return f"type-{each['$ref'].rsplit('/', 1)[-1]}"
    return ""


def _pretty(example: object) -> str:
    return msgspec.json.format(msgspec.json.encode(example), indent=2).decode()
