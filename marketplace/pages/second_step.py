"""The second step of signing in: a code, a recovery code or a passkey; and passkeys alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from litestar import MediaType, Request, Response
from litestar.di import NamedDependency
from litestar.params import URLEncodedBody
from litestar.response import Redirect

from catalog import people
from catalog.database import Session
from catalog.errors import Invalid
from marketplace.accounts import (
    authentication,
    challenges,
    second_factors,
    signing_in,
    traces,
)
from marketplace.accounts.attempts import TooSoon
from marketplace.accounts.authentication import STEP_COOKIE
from marketplace.accounts.challenges import Challenge, Kind
from marketplace.accounts.logins import Way
from marketplace.accounts.signing_in import Progress
from marketplace.forms import NO_ERRORS, Errors
from marketplace.pages import account_access as access
from marketplace.pages import sign_in
from marketplace.pages.frame import PageFrame
from marketplace.pages.reader import Reader, frame
from marketplace.pages.rendering import render
from marketplace.routing import get, paths, post
from marketplace.translations import sentence


@dataclass(frozen=True)
class SecondStepPage:
    """What the person can show besides what it has shown."""

    page: PageFrame
    title: str
    has_code_app: bool
    has_passkey: bool
    has_recovery_codes: bool
    errors: Errors
    action: str
    passkey_question: str
    passkey_action: str
    start_href: str


@get(paths("second_step"))
def show(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
) -> Response[Any]:
    """Ask for the second factor."""
    challenge = _awaited(request, session)
    return _page(session, reader, challenge) if challenge else _from_the_start(reader)


@post(paths("second_step"))
def answer(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    data: URLEncodedBody[dict[str, str]],
) -> Response[Any]:
    """Sign in with a code of the app or a recovery code."""
    challenge = _awaited(request, session)
    if challenge is None:
        return _from_the_start(reader)
    back = challenge.facts.get("back", "")
    try:
        token = signing_in.with_code(
            session, challenge, data.get("code", "")[:100], trace=traces.of_request(request)
        )
    except TooSoon as wait:
        return _page(session, reader, challenge, access.too_soon(reader, wait), status=429)
    if token:
        return access.with_progress(request, session, reader, Progress(login_token=token), back)
    if _awaited(request, session) is None:
        return _from_the_start(reader)
    errors = Errors({"code": reader._("This code is wrong or was used already. Take a new one.")})
    return _page(session, reader, challenge, errors, status=422)


@post(paths("passkey_question"))
def ask_passkey(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
) -> Response[str]:
    """What the browser has any passkey of this site sign; the answer is bound to this browser."""
    access.require_way(request, "passkey")
    site, before = access.site_of(request, reader), request.cookies.get(STEP_COOKIE, "")
    question, step = signing_in.ask_passkey(session, site, before)
    found = Response(question, media_type=MediaType.JSON, headers=access.PRIVATE)
    if step != before:
        found.set_cookie(authentication.step_cookie(step, access.settings_of(request)))
    return found


@post(paths("passkey_sign_in"))
def with_passkey(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    data: URLEncodedBody[dict[str, str]],
) -> Response[Any]:
    """Sign in with a passkey: alone, or as the second step."""
    access.require_way(request, "passkey")
    back = data.get("back", "")
    step = request.cookies.get(STEP_COOKIE, "")
    try:
        person = signing_in.with_passkey(
            session, access.site_of(request, reader), step_token=step,
            answer=data.get("passkey", ""), source=traces.source_of(request),
        )  # fmt: skip
    except TooSoon as wait:
        errors = access.too_soon(reader, wait)
        return sign_in.page(request, session, reader, back=back, errors=errors, status=429)
    except Invalid as refusal:
        errors = Errors({}, sentence(refusal, reader.language))
        return sign_in.page(request, session, reader, back=back, errors=errors, status=422)
    if person is None:
        return _from_the_start(reader)
    progress = signing_in.go_on(
        session, person, way=Way.PASSKEY, is_strong=True, trace=traces.of_request(request)
    )
    return access.with_progress(request, session, reader, progress, back)


def _awaited(request: Request[Any, Any, Any], session: Session) -> Challenge | None:
    return challenges.found(session, Kind.SECOND_FACTOR, request.cookies.get(STEP_COOKIE, ""))


def _from_the_start(reader: Reader) -> Redirect:
    return Redirect(reader.address("sign_in", {"done": "step"}), status_code=303)


def _page(
    session: Session,
    reader: Reader,
    challenge: Challenge,
    errors: Errors = NO_ERRORS,
    *,
    status: int = 200,
) -> Response[str]:
    assert challenge.person_id is not None  # noqa: S101 - a second factor is somebody's
    person = people.by_id(session, challenge.person_id)
    factors = second_factors.of_person(session, person.id)
    title = reader._("Second step")
    context = SecondStepPage(
        page=frame(reader, title, section="sign_in", is_indexed=False),
        title=title,
        has_code_app=factors.has_code_app,
        has_passkey=factors.passkeys > 0,
        has_recovery_codes=factors.recovery_codes > 0,
        errors=errors,
        action=reader.address("second_step"),
        passkey_question=reader.address("passkey_question"),
        passkey_action=reader.address("passkey_sign_in"),
        start_href=reader.address("sign_in"),
    )
    return render("accounts/second_step.html", context, status_code=status, headers=access.PRIVATE)


HANDLERS: Sequence[Any] = [show, answer, ask_passkey, with_passkey]
