"""Refusals to answers: a page that says what happened and what to do, or problem+json."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import structlog
from litestar import MediaType, Request, Response
from litestar.exceptions import HTTPException
from litestar.response import Redirect
from sqlalchemy.exc import IntegrityError, OperationalError

from catalog.errors import Conflict, Gone, Invalid, NotAllowed, NotFound, Refusal
from catalog.permissions import Actor
from marketplace.accounts.authentication import IS_VISITOR
from marketplace.api import refusals
from marketplace.forms import Rejected
from marketplace.pages.frame import PageFrame
from marketplace.pages.reader import Reader, frame, language_of
from marketplace.pages.rendering import render
from marketplace.rate_limits import TooManyRequests
from marketplace.routing import address
from marketplace.translations import message, sentence, translations

log = structlog.get_logger()

STATUS: tuple[tuple[type[Refusal], int], ...] = (
    (Gone, 410),
    (NotFound, 404),
    (NotAllowed, 403),
    (Conflict, 409),
    (Invalid, 422),
)

TITLES = {
    400: message("We could not read this request"),
    403: message("You may not do this"),
    404: message("This page does not exist"),
    405: message("This address takes no such request"),
    409: message("Something else changed in the meantime"),
    410: message("This entry was withdrawn"),
    413: message("This is too large"),
    422: message("Something is missing"),
    429: message("Too many requests at once"),
    500: message("Something went wrong here"),
    503: message("We are not available right now"),
}

REMEDIES = {
    400: message("Go back and try again. If you came by a link, it may be incomplete."),
    403: message(
        "Sign in with an account that has the right, or ask the lead of your organization."
    ),
    404: message("Check the address. Or search for what you need."),
    405: message("Go back to the page you came from."),
    409: message("Your input was not saved over it. Go back, compare, and save again."),
    410: message("The address stays, so that old links tell you what happened."),
    413: message("Send less at once."),
    422: message("Go back, complete the form and send it again."),
    429: message("Please wait a minute and try again. Who is signed in may ask more often."),
    500: message("We have written down what happened. Please try again later."),
    503: message("Please try again in a few minutes. Nothing was lost."),
}


@dataclass(frozen=True)
class ErrorPage:
    """What happened, what holds, what to do."""

    page: PageFrame
    status: int
    title: str
    detail: str
    remedy: str
    reference: str
    search_href: str
    successor_href: str = ""


def answer_refusal(request: Request[Any, Any, Any], refusal: Refusal) -> Response[Any]:
    """One of the domain's refusals, as a page or as problem+json."""
    status = next(code for kind, code in STATUS if isinstance(refusal, kind))
    if _is_api(request):
        return refusals.of_refusal(status, refusal)
    if isinstance(refusal, NotAllowed) and _may_sign_in(request):
        return _sign_in_first(request)
    language = language_of(request)
    detail = sentence(refusal, language)
    if isinstance(refusal, Invalid):
        detail = " ".join(dict.fromkeys(sentence(each, language) for each in refusal.problems))
    successor = refusal.successor if isinstance(refusal, Gone) else None
    return _answer(request, status, detail, successor=successor or "")


def answer_rejected(_request: Request[Any, Any, Any], rejected: Rejected) -> Response[Any]:
    """The form again, filled and with its messages."""
    return rejected.page


def answer_http(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    """What the framework refuses: unknown addresses, methods, unreadable parameters."""
    return _answer(request, error.status_code, "", headers=error.headers)


def answer_too_many(request: Request[Any, Any, Any], error: TooManyRequests) -> Response[Any]:
    """A caller has used up its minute (RFC 6585, 4)."""
    detail = str(error) if _is_api(request) else ""
    return _answer(request, 429, detail, headers={"Retry-After": str(error.seconds)})


def answer_database_away(request: Request[Any, Any, Any], error: OperationalError) -> Response[Any]:
    """The database does not answer or is busy for too long."""
    log.error("database away", error=str(error.orig), path=request.url.path)
    return _answer(request, 503, "", headers={"Retry-After": "30"})


def answer_crossing(request: Request[Any, Any, Any], error: IntegrityError) -> Response[Any]:
    """Two writers at once made what may be there once; the later one is refused."""
    log.warning("writers crossed", error=str(error.orig), path=request.url.path)
    return _answer(request, 409, "")


def answer_fault(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """A fault of ours: logged with a reference that the page shows, never with what was typed."""
    reference = uuid4().hex[:12]
    log.error("fault", reference=reference, path=request.url.path, exc_info=error)
    return _answer(request, 500, "", reference=reference)


HANDLERS: dict[Any, Any] = {
    Refusal: answer_refusal,
    Rejected: answer_rejected,
    refusals.Refused: refusals.answer_refused,
    refusals.Moved: refusals.answer_moved,
    TooManyRequests: answer_too_many,
    HTTPException: answer_http,
    OperationalError: answer_database_away,
    IntegrityError: answer_crossing,
    Exception: answer_fault,
}


def _answer(
    request: Request[Any, Any, Any],
    status: int,
    detail: str,
    *,
    successor: str = "",
    reference: str = "",
    headers: dict[str, str] | None = None,
) -> Response[Any]:
    if _is_api(request):
        return refusals.problem(status, detail, reference=reference, headers=headers)
    language = language_of(request)
    texts = translations(language)
    known = status if status in TITLES else (400 if status < 500 else 500)
    title = texts.gettext(TITLES[known])
    remedy = texts.gettext(REMEDIES[known])
    if _wants_json(request):
        body = {
            "type": "about:blank",
            "title": title,
            "status": status,
            "detail": detail or remedy,
        }
        if reference:
            body["reference"] = reference
        return Response(body, status_code=status, media_type="application/problem+json",
                        headers=headers)  # fmt: skip
    reader = _reader_without_database(request, language)
    context = ErrorPage(
        page=frame(reader, title, is_indexed=False),
        status=status,
        title=title,
        detail=detail,
        remedy=remedy,
        reference=reference,
        search_href=reader.address("search"),
        successor_href=reader.address("solution", slug=successor) if successor else "",
    )
    return render("errors/show.html", context, status_code=status, headers=headers)


def _may_sign_in(request: Request[Any, Any, Any]) -> bool:
    # A sign-in that is refused does not lead to itself.
    is_there = request.url.path == address("sign_in", language_of(request))
    return request.state.get(IS_VISITOR, False) and not is_there and not _wants_json(request)


def _sign_in_first(request: Request[Any, Any, Any]) -> Redirect:
    """The way to sign in and back: to the page asked for, or the one that held the form."""
    language = language_of(request)
    back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if request.method != "GET":
        seen = urlsplit(request.headers.get("referer", ""))
        is_here = seen.netloc == request.headers.get("host", "")
        back = seen.path + (f"?{seen.query}" if seen.query else "") if is_here else f"/{language}"
    return Redirect(address("sign_in", language, {"back": back}), status_code=303)


def _is_api(request: Request[Any, Any, Any]) -> bool:
    return request.url.path == "/api" or request.url.path.startswith("/api/")


def _wants_json(request: Request[Any, Any, Any]) -> bool:
    accepted = request.headers.get("accept", "")
    return "json" in accepted and MediaType.HTML not in accepted


def _reader_without_database(request: Request[Any, Any, Any], language: str) -> Reader:
    # An error page must come even when the database is what failed.
    node = request.app.state.node
    return Reader(
        language=language,
        theme=request.cookies.get("theme", "auto"),
        actor=Actor.anonymous(),
        path=request.url.path if request.method == "GET" else f"/{language}",
        query_string="",
        node_name=node.name,
        operator=node.operator,
        is_sample=node.is_sample,
        base_url=request.app.state.settings.base_url.rstrip("/"),
        source_url=request.app.state.settings.source_url,
        today=request.app.state.today(),
        texts=translations(language),
    )
