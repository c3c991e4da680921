"""Showing once more who one is, before something that must not happen at a desk left open."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Request, Response
from litestar.di import NamedDependency
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Redirect

from catalog.database import Session
from catalog.errors import Invalid
from marketplace.accounts import (
    identities,
    openid_providers,
    passwords,
    second_factors,
    signing_in,
    traces,
)
from marketplace.accounts.attempts import TooSoon
from marketplace.accounts.authentication import STEP_COOKIE
from marketplace.accounts.logins import Login
from marketplace.forms import NO_ERRORS, Errors
from marketplace.pages import account_access as access
from marketplace.pages.frame import PageFrame
from marketplace.pages.reader import Reader, frame
from marketplace.pages.rendering import render
from marketplace.routing import get, paths, post
from marketplace.translations import sentence


@dataclass(frozen=True)
class ConfirmPage:
    """The ways in which the person can show who it is."""

    page: PageFrame
    title: str
    email: str
    has_password: bool
    has_passkey: bool
    services: Sequence[tuple[str, str]]
    errors: Errors
    action: str
    passkey_question: str
    passkey_action: str
    back: str


@get(paths("confirm_person"))
def show(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    login: NamedDependency[Login | None],
    back: FromQuery[str] = "",
) -> Response[Any]:
    """Ask for the password or a passkey."""
    found = access.entered(reader, login)
    if isinstance(found, Redirect):
        return found
    if found.is_confirmed:
        return Redirect(access.own_address(back, reader, "security"), status_code=303)
    return _page(request, session, reader, found, back=back)


@post(paths("confirm_person"))
def with_password(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    login: NamedDependency[Login | None],
    data: URLEncodedBody[dict[str, str]],
) -> Response[Any]:
    """Go on if the password is right."""
    found = access.entered(reader, login)
    if isinstance(found, Redirect):
        return found
    back = data.get("back", "")
    try:
        person = signing_in.with_password(
            session, email=found.person.email, password=data.get("password", "")[:4096],
            source=traces.source_of(request),
        )  # fmt: skip
    except TooSoon as wait:
        errors = access.too_soon(reader, wait)
        return _page(request, session, reader, found, back=back, errors=errors, status=429)
    if person is None:
        errors = Errors({"password": reader._("This password is wrong.")})
        return _page(request, session, reader, found, back=back, errors=errors, status=422)
    return access.renewed(request, session, found, access.own_address(back, reader, "security"))


@post(paths("confirm_passkey"))
def with_passkey(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    login: NamedDependency[Login | None],
    data: URLEncodedBody[dict[str, str]],
) -> Response[Any]:
    """Go on if a passkey of the person has signed."""
    found = access.entered(reader, login)
    if isinstance(found, Redirect):
        return found
    back = data.get("back", "")
    try:
        person = signing_in.with_passkey(
            session, access.site_of(request, reader),
            step_token=request.cookies.get(STEP_COOKIE, ""), answer=data.get("passkey", ""),
            source=traces.source_of(request),
        )  # fmt: skip
    except TooSoon as wait:
        errors = access.too_soon(reader, wait)
        return _page(request, session, reader, found, back=back, errors=errors, status=429)
    except Invalid as refusal:
        errors = Errors({}, sentence(refusal, reader.language))
        return _page(request, session, reader, found, back=back, errors=errors, status=422)
    if person is None or person.id != found.person_id:
        errors = Errors({}, reader._("This passkey belongs to another account."))
        return _page(request, session, reader, found, back=back, errors=errors, status=422)
    to = access.own_address(back, reader, "security")
    return access.renewed(request, session, found, to, is_strong=True)


def _page(
    request: Request[Any, Any, Any],
    session: Session,
    reader: Reader,
    login: Login,
    *,
    back: str,
    errors: Errors = NO_ERRORS,
    status: int = 200,
) -> Response[str]:
    settings, person = access.settings_of(request), login.person
    linked = {each.provider for each in identities.of_person(session, person.id)}
    title = reader._("Please confirm that it is you")
    context = ConfirmPage(
        page=frame(reader, title, section="account", is_indexed=False),
        title=title,
        email=person.email,
        has_password=passwords.of_person(session, person.id) is not None,
        has_passkey=second_factors.of_person(session, person.id).passkeys > 0,
        services=[
            (reader.address("openid", {"back": back, "again": "1"}, provider=each.name), each.label)
            for each in openid_providers.of(settings)
            if each.name in linked
        ],
        errors=errors,
        action=reader.address("confirm_person"),
        passkey_question=reader.address("passkey_question"),
        passkey_action=reader.address("confirm_passkey"),
        back=back,
    )
    return render("accounts/confirm.html", context, status_code=status, headers=access.PRIVATE)


HANDLERS = [show, with_password, with_passkey]
