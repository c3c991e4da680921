"""Refusals under ``/api`` as problem+json (RFC 9457), in English for every reader.

::

    {"type": "about:blank", "title": "Precondition Failed", "status": 412,
     "detail": "…what happened…", "remedy": "…what to do…", "errors": [{"field": …, "message": …}]}
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response
from msgspec import Struct

from catalog.errors import Gone, Invalid, Refusal

MEDIA_TYPE = "application/problem+json"

REMEDIES = {
    400: "Correct the request. The documentation of this address says what it takes.",
    401: "Sign in, and send the cookie “login” together with the header Origin.",
    403: "Use an account that has the right, or ask the lead of the organization.",
    404: "Check the address.",
    405: "The header Allow names the methods that this address takes.",
    406: "Ask for application/json.",
    409: "Read the resource again, compare, and send your change anew.",
    410: "The successor, if there is one, is named in the field “successor”.",
    412: "Read the resource again, compare, and send your change with the new ETag.",
    413: "Send less at once.",
    415: "Send JSON with the header Content-Type: application/json.",
    422: "Correct the fields that are named and send the request again.",
    428: "Send the ETag of the state that you saw in the header If-Match.",
    429: "Wait as many seconds as the header Retry-After says. With an API key you have more.",
    500: "The fault is ours and written down. Try again later.",
    503: "Try again in a few minutes. Nothing was lost.",
}


DETAILS = {
    404: "There is nothing at this address.",
    405: "This address takes no such method.",
    409: "Somebody else made the same at the same moment.",
    413: "The body is too large.",
    500: "Something went wrong here.",
    503: "The database does not answer.",
}
"""What is said where neither the domain nor a handler said anything."""


class FieldError(Struct, frozen=True):
    """One wrong value: where it stands and what would be right."""

    field: str
    message: str


class ProblemAnswer(Struct, frozen=True, omit_defaults=True):
    """A refusal (RFC 9457): what happened and what to do about it."""

    title: str
    status: int
    detail: str
    remedy: str
    type: str = "about:blank"
    errors: list[FieldError] = []
    """The wrong values, each by name."""
    etag: str = ""
    """The ETag of the present state, where the one sent was stale."""
    successor: str = ""
    """Address of what took the place of a withdrawn thing."""
    reference: str = ""
    """Under which a fault of ours is written down."""


class Refused(Exception):
    """A request that the API itself refuses before or instead of the domain."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        errors: Sequence[FieldError] = (),
        etag: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = list(errors)
        self.etag = etag
        self.headers = dict(headers or {})


class Moved(Exception):
    """The solution in the address was merged into another one."""

    def __init__(self, survivor: UUID) -> None:
        super().__init__(str(survivor))
        self.survivor = survivor


def answer_moved(request: Request[Any, Any, Any], moved: Moved) -> Response[bytes]:
    """Lead to the same part of the solution that survived (RFC 9110, 15.4.9).

    A merger can be undone for a day, so nobody keeps the answer unasked.
    """
    parts = request.url.path.split("/")
    parts[parts.index("solutions") + 1] = str(moved.survivor)
    query = f"?{request.url.query}" if request.url.query else ""
    headers = {"Location": "/".join(parts) + query, "Cache-Control": "no-cache"}
    return Response(b"", status_code=308, headers=headers)


def answer_refused(_request: object, refused: Refused) -> Response[bytes]:
    """The answer to what the API refuses."""
    return problem(
        refused.status,
        refused.detail,
        errors=refused.errors,
        etag=refused.etag,
        headers=refused.headers,
    )


def of_refusal(status: int, refusal: Refusal) -> Response[bytes]:
    """The answer to what the domain refuses."""
    detail, errors, successor = str(refusal), [], ""
    if isinstance(refusal, Invalid):
        errors = [FieldError(each.field, str(each)) for each in refusal.problems]
    if isinstance(refusal, Gone) and refusal.successor:
        successor = f"/api/v1/solutions/{refusal.successor}"
    return problem(status, detail, errors=errors, successor=successor)


def problem(
    status: int,
    detail: str = "",
    *,
    errors: Sequence[FieldError] = (),
    etag: str = "",
    successor: str = "",
    reference: str = "",
    headers: Mapping[str, str] | None = None,
) -> Response[bytes]:
    """A problem document; personal or passing, so nobody keeps it."""
    phrase = HTTPStatus(status).phrase
    content = ProblemAnswer(
        title=phrase,
        status=status,
        detail=detail or DETAILS.get(status, f"{phrase}."),
        remedy=REMEDIES.get(status, REMEDIES[400] if status < 500 else REMEDIES[500]),
        errors=list(errors),
        etag=etag,
        successor=successor,
        reference=reference,
    )
    kept: dict[str, Any] = {"Cache-Control": "no-store", **(headers or {})}
    kept = {name: value for name, value in kept.items() if name.lower() != "content-type"}
    return Response(
        msgspec.json.encode(content), status_code=status, media_type=MEDIA_TYPE, headers=kept
    )
