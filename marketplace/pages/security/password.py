"""Another password, another address."""

from dataclasses import dataclass
from typing import Any

from litestar import Request, Response
from litestar.di import NamedDependency
from litestar.params import URLEncodedBody
from litestar.response import Redirect

from catalog.database import Session
from catalog.errors import Invalid
from marketplace import forms
from marketplace.accounts import attempts, logins, registration
from marketplace.accounts.attempts import TooSoon
from marketplace.accounts.logins import Login
from marketplace.forms import NO_ERRORS, Errors, Rejected
from marketplace.pages import account_access as access
from marketplace.pages.editor.access import errors_of
from marketplace.pages.frame import PageFrame
from marketplace.pages.reader import Reader, frame
from marketplace.pages.registration import ChoosePasswordPage
from marketplace.pages.rendering import render
from marketplace.routing import get, paths, post


@dataclass(frozen=True)
class ChangeAddressPage:
    """The address that an account has, and the one that it shall have."""

    page: PageFrame
    title: str
    present: str
    email: str
    errors: Errors
    action: str


@get(paths("change_password"))
def show_password(
    request: Request[Any, Any, Any],
    reader: NamedDependency[Reader],
    login: NamedDependency[Login | None],
) -> Response[Any]:
    """Ask for a new password, once it is sure who asks."""
    access.require_way(request, "password")
    found = access.confirmed(reader, login)
    return found if isinstance(found, Redirect) else _password_page(reader, found)


@post(paths("change_password"))
def change_password(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    login: NamedDependency[Login | None],
    data: URLEncodedBody[dict[str, str]],
) -> Response[Any]:
    """Change the password; all other sign-ins end."""
    access.require_way(request, "password")
    found = access.confirmed(reader, login)
    if isinstance(found, Redirect):
        return found
    letters = access.letters_of(request, session)
    try:
        registration.change_password(session, letters, found.person, data.get("password", ""))
    except Invalid as refusal:
        raise Rejected(_password_page(reader, found, errors_of(reader, refusal))) from refusal
    logins.end_all(session, found.person_id, but=found.id)
    return access.renewed(request, session, found, reader.address("security", {"done": "password"}))


@get(paths("change_address"))
def show_address(
    reader: NamedDependency[Reader], login: NamedDependency[Login | None]
) -> Response[Any]:
    """Ask for a new address, once it is sure who asks."""
    found = access.confirmed(reader, login)
    return found if isinstance(found, Redirect) else _address_page(reader, found)


@post(paths("change_address"))
def change_address(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    login: NamedDependency[Login | None],
    data: URLEncodedBody[dict[str, str]],
) -> Response[Any]:
    """Send a link to the new mailbox; the answer is the same for every address."""
    found = access.confirmed(reader, login)
    if isinstance(found, Redirect):
        return found
    email = forms.text(data, "email")[:320]
    try:
        attempts.count(session, "mail", email.lower(), attempts.MAILS)
        attempts.count(session, "address", str(found.person_id), attempts.ACCOUNT)
        letters = access.letters_of(request, session)
        registration.ask_address(session, letters, found.person, email)
    except TooSoon as wait:
        return _address_page(reader, found, email, access.too_soon(reader, wait), status=429)
    except Invalid as refusal:
        errors = errors_of(reader, refusal)
        raise Rejected(_address_page(reader, found, email, errors, status=422)) from refusal
    return Redirect(reader.address("security", {"done": "asked"}), status_code=303)


def _password_page(reader: Reader, login: Login, errors: Errors = NO_ERRORS) -> Response[str]:
    title = reader._("Choose a new password")
    context = ChoosePasswordPage(
        page=frame(reader, title, crumbs=crumbs(reader), is_indexed=False),
        title=title,
        lead=reader._("All your other sign-ins end when you save."),
        email=login.person.email,
        errors=errors,
        action=reader.address("change_password"),
        button_text=reader._("Save password"),
    )
    status = 422 if errors.by_field else 200
    return render(
        "accounts/choose_password.html", context, status_code=status, headers=access.PRIVATE
    )


def _address_page(
    reader: Reader, login: Login, email: str = "", errors: Errors = NO_ERRORS, *, status: int = 200
) -> Response[str]:
    title = reader._("Change the e-mail address")
    context = ChangeAddressPage(
        page=frame(reader, title, crumbs=crumbs(reader), is_indexed=False),
        title=title,
        present=login.person.email,
        email=email,
        errors=errors,
        action=reader.address("change_address"),
    )
    return render(
        "accounts/change_address.html", context, status_code=status, headers=access.PRIVATE
    )


def crumbs(reader: Reader) -> list[tuple[str, str]]:
    """Label and address of what lies above a page of security."""
    return [
        (reader._("My account"), reader.address("account")),
        (reader._("Sign-in and security"), reader.address("security")),
    ]


HANDLERS = [show_password, change_password, show_address, change_address]
