"""Headers for every answer, and the check that a form was sent from our own pages."""

from urllib.parse import urlsplit

from litestar import Request
from litestar.datastructures import MutableScopeHeaders
from litestar.types import Message, Scope

from catalog.errors import NotAllowed
from marketplace.transactions import SAFE

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "font-src 'self'",
        # KERN draws its icons as masks with data: addresses.
        "img-src 'self' data:",
        "script-src 'self'",
        "connect-src 'self'",
        "media-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "object-src 'none'",
    )
)

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


async def add_headers(message: Message, _scope: Scope) -> None:
    """Put the headers on every answer, those for unknown addresses included."""
    if message["type"] == "http.response.start":
        headers = MutableScopeHeaders.from_message(message)
        for name, value in HEADERS.items():
            headers.setdefault(name, value)


def require_same_origin(request: Request[object, object, object]) -> None:  # type: ignore[type-var]
    """Refuse a writing request that another site's page caused.

    Browsers say where a request comes from in ``Sec-Fetch-Site``, older ones in ``Origin``. A
    program sends neither and carries no cookie of a reader, so there is nothing to protect.
    """
    if request.method in SAFE:
        return
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site is not None:
        allowed = site in ("same-origin", "none")
    elif origin is not None:
        allowed = urlsplit(origin).netloc == request.headers.get("host")
    else:
        allowed = "cookie" not in request.headers
    if not allowed:
        raise NotAllowed("This form was sent from another site. Open the page here and try again.")
