"""The code app and the recovery codes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Request, Response
from litestar.di import NamedDependency
from litestar.params import URLEncodedBody
from litestar.response import Redirect
from markupsafe import Markup

from catalog.database import Session
from catalog.errors import Conflict
from marketplace.accounts import (
    attempts,
    authentication,
    code_apps,
    logins,
    recovery_codes,
    registration,
    second_factors,
)
from marketplace.accounts.attempts import TooSoon
from marketplace.accounts.code_apps import CodeApp
from marketplace.accounts.logins import Login
from marketplace.charts.drawing import Words
from marketplace.charts.qr import qr_code
from marketplace.forms import NO_ERRORS, Errors
from marketplace.pages import account_access as access
from marketplace.pages.frame import PageFrame
from marketplace.pages.reader import Reader, frame
from marketplace.pages.rendering import render
from marketplace.pages.security.password import crumbs
from marketplace.routing import get, paths, post
from marketplace.transactions import WRITES


@dataclass(frozen=True)
class CodeAppPage:
    """The secret as a picture and in letters, and the first code."""

    page: PageFrame
    title: str
    picture: Markup
    secret: str
    errors: Errors
    action: str
    back_href: str


@dataclass(frozen=True)
class RecoveryCodesPage:
    """New recovery codes; they are shown once."""

    page: PageFrame
    title: str
    codes: Sequence[str]
    back_href: str


@get(paths("code_app"), opt={WRITES: True})
def show(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    login: NamedDependency[Login | None],
) -> Response[Any]:
    """Show the secret, once it is sure who asks."""
    found = access.confirmed(reader, login)
    if isinstance(found, Redirect):
        return found
    app = code_apps.begin(session, found.person)
    if app.confirmed_at is not None:
        return Redirect(reader.address("security"), status_code=303)
    return _page(reader, found, app)


@post(paths("code_app"))
def add(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    login: NamedDependency[Login | None],
    data: URLEncodedBody[dict[str, str]],
) -> Response[Any]:
    """Confirm the app with its first code; recovery codes come with it."""
    found = access.confirmed(reader, login)
    if isinstance(found, Redirect):
        return found
    app = code_apps.begin(session, found.person)
    if app.confirmed_at is not None:
        raise Conflict("Your code app is set up already.")
    try:
        attempts.count(session, "code", str(found.person_id), attempts.ACCOUNT)
    except TooSoon as wait:
        return _page(reader, found, app, access.too_soon(reader, wait), status=429)
    if not code_apps.is_right(session, app, data.get("code", "")[:20]):
        errors = Errors(
            {"code": reader._("This code is wrong. Take the one that the app shows now.")}
        )
        return _page(reader, found, app, errors, status=422)
    attempts.forgive(session, "code", str(found.person_id))
    registration.tell(session, access.letters_of(request, session), found.person, "code_app_added")
    return with_codes(request, session, reader, found)


@post(paths("code_app_remove"))
def remove(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    login: NamedDependency[Login | None],
) -> Response[Any]:
    """Remove the app; without any second factor the recovery codes go too."""
    found = access.confirmed(reader, login)
    if isinstance(found, Redirect):
        return found
    code_apps.remove(session, found.person_id)
    if not second_factors.of_person(session, found.person_id).any:
        recovery_codes.forget(session, found.person_id)
    registration.tell(
        session, access.letters_of(request, session), found.person, "code_app_removed"
    )
    to = reader.address("security", {"done": "code_app_removed"})
    return access.renewed(request, session, found, to)


@post(paths("recovery_codes"))
def renew_codes(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    login: NamedDependency[Login | None],
) -> Response[Any]:
    """Make new recovery codes; earlier ones are void."""
    found = access.confirmed(reader, login)
    if isinstance(found, Redirect):
        return found
    if not second_factors.of_person(session, found.person_id).any:
        raise Conflict("Set up a passkey or a code app first.")
    registration.tell(
        session, access.letters_of(request, session), found.person, "recovery_codes_renewed"
    )
    return with_codes(request, session, reader, found)


def with_codes(
    request: Request[Any, Any, Any], session: Session, reader: Reader, login: Login
) -> Response[Any]:
    """Show new recovery codes; the login counts as one with two factors from now on."""
    codes = recovery_codes.renew(session, login.person_id)
    token = logins.renew(session, login, is_strong=True)
    title = reader._("Your recovery codes")
    context = RecoveryCodesPage(
        page=frame(reader, title, crumbs=crumbs(reader), is_indexed=False),
        title=title,
        codes=codes,
        back_href=reader.address("security", {"done": "code_app"}),
    )
    answer = render("accounts/recovery_codes.html", context, headers=access.PRIVATE)
    answer.set_cookie(authentication.cookie(token, access.settings_of(request)))
    return answer


def _page(
    reader: Reader, login: Login, app: CodeApp, errors: Errors = NO_ERRORS, *, status: int = 200
) -> Response[str]:
    _ = reader._
    title = _("Set up a code app")
    link = code_apps.address(app, email=login.person.email, node_name=reader.node_name)
    words = Words(
        _("QR code for the code app"), _("It holds the secret that stands below in letters.")
    )
    context = CodeAppPage(
        page=frame(reader, title, crumbs=crumbs(reader), is_indexed=False),
        title=title,
        picture=qr_code(link, chart_id="code-app", words=words),
        secret=" ".join(app.secret[i : i + 4] for i in range(0, len(app.secret), 4)),
        errors=errors,
        action=reader.address("code_app"),
        back_href=reader.address("security"),
    )
    return render("accounts/code_app.html", context, status_code=status, headers=access.PRIVATE)


HANDLERS = [show, add, remove, renew_codes]
