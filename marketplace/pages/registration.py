"""Opening an account, choosing a password by a link, confirming a new address."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from litestar import Request, Response
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect

from catalog.database import Session
from catalog.errors import Gone, Invalid, NotFound
from marketplace import forms
from marketplace.accounts import attempts, one_time_links, registration, signing_in, traces
from marketplace.accounts.attempts import TooSoon
from marketplace.accounts.logins import Way
from marketplace.accounts.one_time_links import OneTimeLink, Purpose
from marketplace.forms import NO_ERRORS, Errors, Rejected
from marketplace.pages import account_access as access
from marketplace.pages.editor.access import errors_of
from marketplace.pages.frame import PageFrame
from marketplace.pages.reader import Reader, frame
from marketplace.pages.rendering import render
from marketplace.routing import get, paths, post
from marketplace.translations import sentence


@dataclass(frozen=True)
class RegisterPage:
    """Who wants an account."""

    page: PageFrame
    title: str
    name: str
    email: str
    errors: Errors
    action: str
    sign_in_href: str
    privacy_href: str


@dataclass(frozen=True)
class ForgottenPage:
    """Whose password is forgotten."""

    page: PageFrame
    title: str
    email: str
    errors: Errors
    action: str


@dataclass(frozen=True)
class ChoosePasswordPage:
    """A new password for the account of an address."""

    page: PageFrame
    title: str
    lead: str
    email: str
    errors: Errors
    action: str
    button_text: str


@dataclass(frozen=True)
class ConfirmAddressPage:
    """The address that an account shall have from now on."""

    page: PageFrame
    title: str
    email: str
    action: str


@get(paths("register"))
def show_register(
    request: Request[Any, Any, Any], reader: NamedDependency[Reader]
) -> Response[str]:
    """Ask for name and address."""
    _require_open(request)
    return _register_page(reader)


@post(paths("register"))
def register(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    data: URLEncodedBody[dict[str, str]],
) -> Response[str]:
    """Send a link to the mailbox; the answer is the same for every address."""
    _require_open(request)
    name, email = forms.text(data, "name"), forms.text(data, "email")[:320]
    try:
        _count_mail(request, session, email)
        registration.ask(
            session, access.letters_of(request, session), name=name, email=email,
            language=reader.language,
        )  # fmt: skip
    except TooSoon as wait:
        errors = access.too_soon(reader, wait)
        return _register_page(reader, name=name, email=email, errors=errors, status=429)
    except Invalid as refusal:
        errors = errors_of(reader, refusal)
        filled = _register_page(reader, name=name, email=email, errors=errors, status=422)
        raise Rejected(filled) from refusal
    return _look_into_mailbox(reader, email, again="register_again")


@post(paths("register_again"))
def register_again(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    data: URLEncodedBody[dict[str, str]],
) -> Response[str]:
    """Send the link once more."""
    _require_open(request)
    return _send(request, session, reader, data, registration.ask_again, again="register_again")


@get(paths("forgotten"))
def show_forgotten(
    request: Request[Any, Any, Any],
    reader: NamedDependency[Reader],
    email: FromQuery[str] = "",
) -> Response[str]:
    """Ask for the address."""
    access.require_way(request, "password")
    return _forgotten_page(reader, email=email[:320])


@post(paths("forgotten"))
def forgotten(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    data: URLEncodedBody[dict[str, str]],
) -> Response[str]:
    """Send a link to the owner of the account, if there is one; the answer is the same."""
    access.require_way(request, "password")
    return _send(request, session, reader, data, registration.forgotten, again="forgotten")


@get(paths("set_up"))
def show_set_up(
    session: NamedDependency[Session], reader: NamedDependency[Reader], token: FromPath[str]
) -> Response[str]:
    """Ask for the first password; nothing is used up by looking."""
    return _choose_page(session, reader, Purpose.SET_UP, token)


@post(paths("set_up"))
def set_up(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    token: FromPath[str],
    data: URLEncodedBody[dict[str, str]],
) -> Response[Any]:
    """Open the account and sign in."""
    try:
        person = registration.set_up(session, token, data.get("password", ""))
    except Invalid as refusal:
        errors = errors_of(reader, refusal)
        raise Rejected(_choose_page(session, reader, Purpose.SET_UP, token, errors)) from refusal
    except NotFound as ended:
        return _link_ended(reader, Purpose.SET_UP, ended)
    progress = signing_in.go_on(
        session, person, way=Way.LINK, is_strong=False, trace=traces.of_request(request)
    )
    return access.with_progress(request, session, reader, progress, reader.address("account"))


@get(paths("reset_password"))
def show_reset(
    session: NamedDependency[Session], reader: NamedDependency[Reader], token: FromPath[str]
) -> Response[str]:
    """Ask for the new password; nothing is used up by looking."""
    return _choose_page(session, reader, Purpose.RESET, token)


@post(paths("reset_password"))
def reset(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    token: FromPath[str],
    data: URLEncodedBody[dict[str, str]],
) -> Response[Any]:
    """Change the password; all sign-ins end."""
    try:
        letters = access.letters_of(request, session)
        registration.reset(session, letters, token, data.get("password", ""))
    except Invalid as refusal:
        errors = errors_of(reader, refusal)
        raise Rejected(_choose_page(session, reader, Purpose.RESET, token, errors)) from refusal
    except NotFound as ended:
        return _link_ended(reader, Purpose.RESET, ended)
    return Redirect(reader.address("sign_in", {"done": "password"}), status_code=303)


@get(paths("confirm_address"))
def show_confirm_address(
    session: NamedDependency[Session], reader: NamedDependency[Reader], token: FromPath[str]
) -> Response[str]:
    """Ask whether the address shall count from now on."""
    try:
        link = one_time_links.look(session, Purpose.ADDRESS, token)
    except NotFound as ended:
        return _link_ended(reader, Purpose.ADDRESS, ended)
    title = reader._("Confirm your new address")
    context = ConfirmAddressPage(
        page=frame(reader, title, section="account", is_indexed=False),
        title=title,
        email=link.email,
        action=reader.path,
    )
    return render("accounts/confirm_address.html", context, headers=access.PRIVATE)


@post(paths("confirm_address"))
def confirm_address(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    token: FromPath[str],
) -> Response[Any]:
    """Change the address of the account."""
    try:
        registration.confirm_address(session, access.letters_of(request, session), token)
    except NotFound as ended:
        return _link_ended(reader, Purpose.ADDRESS, ended)
    to = "security" if reader.actor.person_id else "sign_in"
    return Redirect(reader.address(to, {"done": "address"}), status_code=303)


HANDLERS = [
    show_register,
    register,
    register_again,
    show_forgotten,
    forgotten,
    show_set_up,
    set_up,
    show_reset,
    reset,
    show_confirm_address,
    confirm_address,
]


def _require_open(request: Request[Any, Any, Any]) -> None:
    access.require_way(request, "password")
    if not access.settings_of(request).registration:
        raise NotFound("This node gives accounts by invitation only. Ask its operator.")


def _count_mail(request: Request[Any, Any, Any], session: Session, email: str) -> None:
    signing_in.count_attempt(session, traces.source_of(request))
    attempts.count(session, "mail", email.lower(), attempts.MAILS)


def _send(
    request: Request[Any, Any, Any],
    session: Session,
    reader: Reader,
    data: dict[str, str],
    send: Callable[..., None],
    *,
    again: str,
) -> Response[str]:
    email = forms.text(data, "email")[:320]
    try:
        _count_mail(request, session, email)
        send(session, access.letters_of(request, session), email)
    except TooSoon as wait:
        return _forgotten_page(
            reader, email=email, errors=access.too_soon(reader, wait), action=again, status=429
        )
    except Invalid as refusal:
        errors = errors_of(reader, refusal)
        filled = _forgotten_page(reader, email=email, errors=errors, action=again, status=422)
        raise Rejected(filled) from refusal
    return _look_into_mailbox(reader, email, again=again)


def _look_into_mailbox(reader: Reader, email: str, *, again: str) -> Response[str]:
    _ = reader._
    return access.message(
        reader,
        _("Look into your mailbox"),
        [
            _("We have sent a mail to %(email)s. Open the link in it.") % {"email": email},
            _("No mail after some minutes? Look into the folder for spam, and check the address."),
        ],
        [(reader.address("sign_in"), _("Sign in"))],
        resend=(reader.address(again), email),
    )


def _link_ended(reader: Reader, purpose: Purpose, ended: NotFound) -> Response[str]:
    _ = reader._
    ways = {
        Purpose.SET_UP: ("register", _("Open an account")),
        Purpose.RESET: ("forgotten", _("Have a new link sent")),
        Purpose.ADDRESS: ("change_address", _("Change the address again")),
    }
    page, words = ways[purpose]
    return access.message(
        reader,
        _("This link does not work"),
        [sentence(ended, reader.language)],
        [(reader.address(page), words), (reader.address("sign_in"), _("Sign in"))],
        status=410 if isinstance(ended, Gone) else 404,
    )


def _register_page(
    reader: Reader,
    *,
    name: str = "",
    email: str = "",
    errors: Errors = NO_ERRORS,
    status: int = 200,
) -> Response[str]:
    title = reader._("Open an account")
    context = RegisterPage(
        page=frame(reader, title, section="sign_in", is_indexed=False),
        title=title,
        name=name,
        email=email,
        errors=errors,
        action=reader.address("register"),
        sign_in_href=reader.address("sign_in"),
        privacy_href=reader.address("privacy"),
    )
    return render("accounts/register.html", context, status_code=status, headers=access.PRIVATE)


def _forgotten_page(
    reader: Reader,
    *,
    email: str,
    errors: Errors = NO_ERRORS,
    action: str = "forgotten",
    status: int = 200,
) -> Response[str]:
    title = reader._("Password forgotten") if action == "forgotten" else reader._("Send again")
    context = ForgottenPage(
        page=frame(reader, title, section="sign_in", is_indexed=False),
        title=title,
        email=email,
        errors=errors,
        action=reader.address(action),
    )
    return render("accounts/forgotten.html", context, status_code=status, headers=access.PRIVATE)


def _choose_page(
    session: Session, reader: Reader, purpose: Purpose, token: str, errors: Errors = NO_ERRORS
) -> Response[str]:
    try:
        link: OneTimeLink = one_time_links.look(session, purpose, token)
    except NotFound as ended:
        return _link_ended(reader, purpose, ended)
    _ = reader._
    is_new = purpose == Purpose.SET_UP
    title = _("Set up your account") if is_new else _("Choose a new password")
    lead = (
        _("Your address is confirmed. Choose a password, then you are signed in.")
        if is_new
        else _("All sign-ins end when you save. Then sign in with the new password.")
    )
    context = ChoosePasswordPage(
        page=frame(reader, title, section="sign_in", is_indexed=False),
        title=title,
        lead=lead,
        email=link.email,
        errors=errors,
        action=reader.path,
        button_text=_("Open account") if is_new else _("Save password"),
    )
    status = 422 if errors.by_field else 200
    return render(
        "accounts/choose_password.html", context, status_code=status, headers=access.PRIVATE
    )
