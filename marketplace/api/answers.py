"""Values to answers: JSON with a strong ETag, 304 for who has it already, 412 for who is late."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import msgspec
from litestar import Request, Response
from msgspec import Struct

from catalog import changes
from catalog.database import Session
from marketplace import __version__
from marketplace.api.refusals import Refused

ApiRequest = Request[Any, Any, Any]

JSON = "application/json"
ALWAYS_ASK = "no-cache"
NEVER_KEEP = "no-store"


def digest(content: bytes) -> str:
    """The first 80 bits of the SHA-256 of some bytes, in hexadecimal."""
    return sha256(content).hexdigest()[:20]


def public(
    request: ApiRequest,
    content: Struct,
    *,
    version: int | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response[bytes]:
    """What everybody may read; kept by caches that ask again each time."""
    body = msgspec.json.encode(content)
    etag = etag_of(body, version)
    fixed = {"ETag": etag, "Cache-Control": ALWAYS_ASK, **(headers or {})}
    if has_it(request, etag):
        return Response(b"", status_code=304, media_type=JSON, headers=fixed)
    return Response(body, media_type=JSON, headers=fixed)


def personal(
    content: Struct,
    *,
    version: int | None = None,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response[bytes]:
    """What only the asker may read, or the answer to a write; nobody keeps it."""
    body = msgspec.json.encode(content)
    fixed = {"ETag": etag_of(body, version), "Cache-Control": NEVER_KEEP, **(headers or {})}
    return Response(body, status_code=status, media_type=JSON, headers=fixed)


def nothing() -> Response[bytes]:
    """The answer to a deletion."""
    return Response(b"", status_code=204, headers={"Cache-Control": NEVER_KEEP})


def etag_of(body: bytes, version: int | None) -> str:
    """The strong ETag of a representation: its version, if it has one, and what it says."""
    return f'"{digest(body)}"' if version is None else f'"{version}-{digest(body)}"'


def serial_etag(request: ApiRequest, session: Session) -> tuple[str, int]:
    """The ETag of a list, which is as old as the feed, and the feed's serial."""
    serial = changes.last_serial(session)
    asked = f"{__version__}{request.url.path}?{request.url.query}"
    return f'"s{serial}-{digest(asked.encode())[:8]}"', serial


def unchanged(etag: str) -> Response[bytes]:
    """The answer to who has this already."""
    return Response(
        b"",
        status_code=304,
        media_type=JSON,
        headers={"ETag": etag, "Cache-Control": ALWAYS_ASK},
    )


def has_it(request: ApiRequest, etag: str) -> bool:
    """Whether ``If-None-Match`` names this ETag (RFC 9110, 13.1.2: compared weakly)."""
    given = request.headers.get("if-none-match", "")
    return given.strip() == "*" or etag in {each.removeprefix("W/") for each in _listed(given)}


def require_match(request: ApiRequest, content: Struct, *, version: int | None = None) -> None:
    """Go on if ``If-Match`` names the present state (RFC 9110, 13.1.1: compared strongly)."""
    given = request.headers.get("if-match", "")
    if not given.strip():
        raise Refused(428, "A change needs to say which state it was made from.")
    etag = etag_of(msgspec.json.encode(content), version)
    if given.strip() != "*" and etag not in _listed(given):
        raise Refused(
            412,
            "Somebody changed this in the meantime. Your change was not saved over it.",
            etag=etag,
            headers={"ETag": etag},
        )


def _listed(header: str) -> list[str]:
    return [each.strip() for each in header.split(",")]
