"""The OpenAPI 3.1 document, made of the operations and the types that decode and encode them.

msgspec writes the JSON Schema (2020-12, as OpenAPI 3.1 wants it) of the very types that read the
requests, so what the document allows is what the API takes.
"""

from collections.abc import Sequence
from functools import cache
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Response
from msgspec import Struct

from marketplace import __version__
from marketplace.accounts.authentication import COOKIE
from marketplace.api.addresses import HANDLERS as OPERATIONS_HANDLERS
from marketplace.api.answers import ALWAYS_ASK, ApiRequest, etag_of, has_it, unchanged
from marketplace.api.examples import ADOPTION, ENTRY, EXAMPLES
from marketplace.api.operations import BASE, OPERATION, Operation
from marketplace.api.refusals import MEDIA_TYPE, ProblemAnswer
from marketplace.routing import get

OPERATIONS: Sequence[Operation] = [handler.opt[OPERATION] for handler in OPERATIONS_HANDLERS]

TAGS = {
    "Impact": "What was measured, pooled over municipalities, and the metrics it is measured by.",
    "Measurements": "What your organization measured at its uses, with its history and plans.",
    "Solutions": "What can be reused: the published records and all their versions.",
    "Moderation": "What waits for a decision, who asks what, and how it was decided.",
    "Drafts": "What your organization prepares. Nobody else sees it.",
    "Releases": "The dated versions of a solution's software.",
    "Adoptions": "Which organization uses which solution, how far, since when.",
    "Organizations": "The legal bodies that publish, operate and use.",
    "Memberships": "Who belongs to an organization, who is invited or asks; keys, verification.",
    "Municipalities": "The places of the official register.",
    "Search": "The same question and answer as on the results page.",
    "Taxonomy": "The code lists that coded fields take their values from.",
    "Changes": "The public feed, for who keeps a copy up to date.",
    "Register": "Uses of AI as public cards, and the law as data that classifies them.",
    "Administration": "What the node's steward sees and decides.",
    "Account": "What you have and keep here. Nobody else sees it.",
    "Interfaces": "What a solution provides and requires, checked and compared.",
    "Checks": "What a licence or a file is worth. Open to everybody; nothing is stored.",
}

IN_PATH: dict[str, tuple[str, str]] = {
    "solution": ("Id or slug of a solution.", "postlotse"),
    "organization": ("Id or slug of an organization.", "stadt-auenrode"),
    "member": ("Id of a membership.", "018e5a10-3c00-7d21-9b1e-8f0a6c2d4e74"),
    "invitation": ("Id of an invitation.", "018e5a10-3c00-7d21-9b1e-8f0a6c2d4e75"),
    "join_request": ("Id of a request to join.", "018e5a10-3c00-7d21-9b1e-8f0a6c2d4e76"),
    "deputy": ("Id of a deputy.", "018e5a10-3c00-7d21-9b1e-8f0a6c2d4e74"),
    "key": ("Id of an API key.", "018e5a10-3c00-7d21-9b1e-8f0a6c2d4e77"),
    "verification": ("Id of a verification.", "018e5a10-3c00-7d21-9b1e-8f0a6c2d4e78"),
    "group": ("Id of a group of synonyms.", "018e5a10-3c00-7d21-9b1e-8f0a6c2d4e76"),
    "text_block": ("Id of a text block.", "018e5a10-3c00-7d21-9b1e-8f0a6c2d4e76"),
    "case": ("Id of a case.", "018e5a10-3c00-7d21-9b1e-8f0a6c2d4e76"),
    "municipality": ("ARS, AGS or id of a place.", "059980000001"),
    "adoption": ("Id of a use.", str(ADOPTION)),
    "entry": ("Id of a register entry; public ones also by slug.", str(ENTRY)),
    "form": ("Name of a form.", "annex-viii-c"),
    "message": ("Id of a message about a card.", "018e5a10-3c00-7d21-9b1e-8f0a6c2d4e91"),
    "rule_set": ("Id of a state of the law.", "ai-act-2026-07-27"),
    "metric": ("Id of a metric.", "processing_time"),
    "evaluation": ("Id of an evaluation.", "018e5a10-3c00-7d21-9b1e-8f0a6c2d4e81"),
    "measurement": ("Id of a measurement.", "018e5a10-3c00-7d21-9b1e-8f0a6c2d4e82"),
    "number": ("Number of a published version.", "1"),
    "version": ("Version of a release.", "1.4"),
    "interface": ("Id of an interface.", "018e5a10-3c00-7d21-9b1e-8f0a6c2d4e74"),
    "list": ("Name of a code list.", "stage"),
    "code": ("A code of the list.", "live"),
    "watch": ("Id of one of your watches.", "018e5a10-3c00-7d21-9b1e-8f0a6c2d4e71"),
    "person": ("Id of an account.", "018e5a10-3c00-7d21-9b1e-8f0a6c2d4e70"),
    "announcement": ("Id of an announcement.", "018e5a10-3c00-7d21-9b1e-8f0a6c2d4e74"),
    "notice": ("Id of one of your notices.", "018e5a10-3c00-7d21-9b1e-8f0a6c2d4e73"),
    "browser_session": ("Id of one of your sessions.", "018e5a10-3c00-7d21-9b1e-8f0a6c2d4e71"),
    "saved_search": ("Id of a search that you keep.", "018e5a10-3c00-7d21-9b1e-8f0a6c2d4e72"),
}

ALWAYS = (429, 500, 503)

INTRODUCTION = """\
Everything that the pages of this node show and do, as JSON.

* **Reading** needs no account. Writing needs a key of an organization in the header
  `Authorization: Bearer …`, or a login: send its cookie and the header `Origin`.
* **Texts for people** are objects by language: `{"de": "…", "en": "…"}`.
* **Coded fields** take their values from the code lists under `/api/v1/taxonomy`.
* **Lists** come in pages; go on with `next` or the header `Link` until there is none.
* **ETags** are strong. Send them in `If-None-Match` to read only what is new (304). A change must
  name in `If-Match` the state it was made from: without it the answer is 428, with a stale one 412.
* **Refusals** are `application/problem+json` (RFC 9457) and name field and remedy.
* **Limits** are counted by the minute: for each address, and ten times as much for each key and
  each person with a valid login, unless the node says otherwise. Beyond them the answer is 429
  with `Retry-After` in seconds. What the cache answers is not counted; checks count ten times.
* **Version 1** only grows: fields are added, none is renamed or removed.
"""


@cache
def document(base_url: str) -> dict[str, Any]:
    """The document of a node that answers under ``base_url``."""
    types = _types()
    schemas, components = msgspec.json.schema_components(
        types, ref_template="#/components/schemas/{name}"
    )
    questions = {each.asks for each in OPERATIONS if each.asks}
    by_type = dict(zip(types, schemas, strict=True))
    for question in questions:
        by_type[question] = components.pop(_name_of(by_type[question]))
    for kind, example in EXAMPLES.items():
        components[_name_of(by_type[kind])]["examples"] = [msgspec.to_builtins(example)]
    paths: dict[str, Any] = {}
    for operation in OPERATIONS:
        described = _described(operation, by_type)
        paths.setdefault(BASE + operation.path, {})[operation.method.lower()] = described
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Lichtermeer API",
            "version": f"1 ({__version__})",
            "summary": "AI solutions of municipalities: what exists, who uses it, what changed.",
            "description": INTRODUCTION,
            "license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
        },
        "servers": [{"url": base_url.rstrip("/")}],
        "tags": [{"name": name, "description": text} for name, text in TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(components.items())),
            "responses": {f"Refused{status}": _refusal(status, by_type) for status in _statuses()},
            "headers": HEADERS,
            "securitySchemes": {
                "login": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": COOKIE,
                    "description": "The cookie of a login. Send the header `Origin` with the "
                    "address of this node along, as browsers do.",
                },
                "key": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A key of an organization. It does what its scopes say, and "
                    "nothing that is a person's own.",
                },
            },
        },
    }


HEADERS: dict[str, Any] = {
    "ETag": {
        "description": "The state that was answered.",
        "schema": {"type": "string", "pattern": '^"[^"]+"$'},
    },
    "Link": {"description": "The next page, if there is one.", "schema": {"type": "string"}},
    "Retry-After": {
        "description": "Seconds to wait.",
        "schema": {"type": "string", "pattern": "^[0-9]+$"},
    },
    "Location": {
        "description": "Address of what was made, or where it is now.",
        "schema": {"type": "string", "format": "uri-reference"},
    },
}


@get(f"{BASE}/openapi.json")
def serve(request: ApiRequest) -> Response[bytes]:
    """The OpenAPI document of this node."""
    body = msgspec.json.encode(document(request.app.state.settings.base_url))
    etag = etag_of(body, None)
    if has_it(request, etag):
        return unchanged(etag)
    return Response(
        body,
        media_type="application/json",
        headers={"ETag": etag, "Cache-Control": ALWAYS_ASK, "Access-Control-Allow-Origin": "*"},
    )


HANDLERS: list[Any] = [serve]


def _types() -> list[type[Struct]]:
    found: dict[type[Struct], None] = {ProblemAnswer: None}
    for operation in OPERATIONS:
        for kind in (operation.asks, operation.takes, operation.answers):
            if kind is not None:
                found[kind] = None
    return list(found)


def _statuses() -> list[int]:
    return sorted({status for each in OPERATIONS for status in (*each.refusals, *ALWAYS)})


def _name_of(schema: dict[str, Any]) -> str:
    name: str = schema["$ref"].rsplit("/", 1)[-1]
    return name


def _described(operation: Operation, by_type: dict[type[Struct], Any]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.name,
        "tags": [operation.tag],
        "summary": operation.summary,
        "description": operation.description,
        "parameters": [*_in_path(operation), *_in_query(operation, by_type), *_in_head(operation)],
        "responses": _responses(operation, by_type),
    }
    if operation.is_personal:
        described["security"] = [{"login": []}, {"key": []}]
    if operation.takes is not None:
        described["requestBody"] = {
            "required": True,
            "content": {"application/json": _content(operation.takes, by_type)},
        }
    return described


def _in_path(operation: Operation) -> list[dict[str, Any]]:
    names = [part[1:-1] for part in operation.path.split("/") if part.startswith("{")]
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "description": IN_PATH[name][0],
            "schema": {"type": "string"},
            "example": IN_PATH[name][1],
        }
        for name in names
    ]


def _in_query(operation: Operation, by_type: dict[type[Struct], Any]) -> list[dict[str, Any]]:
    if operation.asks is None:
        return []
    parameters = []
    for name, schema in by_type[operation.asks]["properties"].items():
        plain = dict(schema)
        text = plain.pop("description", "")
        parameters.append(
            {"name": name, "in": "query", "required": False, "description": text, "schema": plain}
        )
    return parameters


def _in_head(operation: Operation) -> list[dict[str, Any]]:
    text = {"type": "string"}
    if operation.is_conditional:
        return [
            {
                "name": "If-Match",
                "in": "header",
                "required": True,
                "description": "The ETag of the state that the change was made from.",
                "schema": text,
                "example": '"2-54893a708d1faadcd347"',
            }
        ]
    if operation.method == "GET" and not operation.is_personal:
        return [
            {
                "name": "If-None-Match",
                "in": "header",
                "required": False,
                "description": "The ETag of the state that you have.",
                "schema": text,
            }
        ]
    return []


def _responses(operation: Operation, by_type: dict[type[Struct], Any]) -> dict[str, Any]:
    phrase = HTTPStatus(operation.status).phrase
    answer: dict[str, Any] = {"description": phrase}
    if operation.answers is not None:
        headers: dict[str, Any] = {"ETag": {"$ref": "#/components/headers/ETag"}}
        if operation.status == 201:
            headers["Location"] = {"$ref": "#/components/headers/Location"}
        if operation.method == "GET" and "next" in operation.answers.__struct_fields__:
            headers["Link"] = {"$ref": "#/components/headers/Link"}
        answer["headers"] = headers
        answer["content"] = {"application/json": _content(operation.answers, by_type)}
    responses: dict[str, Any] = {str(operation.status): answer}
    if operation.method == "GET" and not operation.is_personal:
        responses["304"] = {"description": "You have the newest state."}
    if operation.path.startswith("/solutions/{solution}"):
        responses["308"] = {
            "description": "The solution was merged into another one.",
            "headers": {"Location": {"$ref": "#/components/headers/Location"}},
        }
    for status in sorted({*operation.refusals, *ALWAYS}):
        responses[str(status)] = {"$ref": f"#/components/responses/Refused{status}"}
    return responses


def _content(kind: type[Struct], by_type: dict[type[Struct], Any]) -> dict[str, Any]:
    return {"schema": by_type[kind], "example": msgspec.to_builtins(EXAMPLES[kind])}


def _refusal(status: int, by_type: dict[type[Struct], Any]) -> dict[str, Any]:
    refusal: dict[str, Any] = {
        "description": HTTPStatus(status).phrase,
        "content": {MEDIA_TYPE: {"schema": by_type[ProblemAnswer]}},
    }
    if status == 429:
        refusal["headers"] = {"Retry-After": {"$ref": "#/components/headers/Retry-After"}}
    return refusal
