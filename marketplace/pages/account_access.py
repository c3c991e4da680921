"""What the pages about signing in and security have in common: who may enter, how they answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Request, Response
from litestar.response import Redirect

from catalog import nodes
from catalog.database import Session
from catalog.errors import NotFound
from marketplace.accounts import authentication, logins
from marketplace.accounts.attempts import TooSoon
from marketplace.accounts.authentication import COOKIE, STEP_COOKIE
from marketplace.accounts.letters import Letters
from marketplace.accounts.logins import Login
from marketplace.accounts.passkeys import Site
from marketplace.accounts.signing_in import Progress
from marketplace.forms import Errors
from marketplace.pages.frame import PageFrame
from marketplace.pages.reader import Reader, frame
from marketplace.pages.rendering import render
from marketplace.routing import is_own
from marketplace.settings import Settings

PRIVATE = {"Cache-Control": "no-store"}
"""These pages hold one-time links, secrets or what somebody typed; nobody keeps them."""


@dataclass(frozen=True)
class MessagePage:
    """A page that says something and where to go on."""

    page: PageFrame
    title: str
    paragraphs: Sequence[str]
    links: Sequence[tuple[str, str]]
    """Pairs of address and words."""
    resend_action: str = ""
    resend_email: str = ""


def settings_of(request: Request[Any, Any, Any]) -> Settings:
    """The settings of the node."""
    settings: Settings = request.app.state.settings
    return settings


def letters_of(request: Request[Any, Any, Any], session: Session) -> Letters:
    """The letters of this node."""
    return Letters(settings_of(request).base_url, nodes.own(session).name)


def site_of(request: Request[Any, Any, Any], reader: Reader) -> Site:
    """The site for which passkeys are made."""
    return Site.of(settings_of(request).base_url, reader.node_name)


def require_way(request: Request[Any, Any, Any], way: str) -> None:
    """Go on if this way of signing in is open."""
    if way not in settings_of(request).ways:
        raise NotFound("This way of signing in is not open on this node.")


def entered(reader: Reader, login: Login | None) -> Login | Redirect:
    """The login of whoever enters a page of the account, or the way to sign in first."""
    if login is not None:
        return login
    return Redirect(reader.address("sign_in", {"back": reader.path}), status_code=303)


def confirmed(reader: Reader, login: Login | None, back: str = "") -> Login | Redirect:
    """The same, for what must not happen at a desk that somebody has left.

    Whoever has not shown in the last minutes who it is does so first and goes on at ``back``, which
    carries what a form held, or at this page.
    """
    found = entered(reader, login)
    if isinstance(found, Login) and not found.is_confirmed:
        to = back or reader.path
        return Redirect(reader.address("confirm_person", {"back": to}), status_code=303)
    return found


def own_address(wanted: str, reader: Reader, otherwise: str = "start") -> str:
    """``wanted`` if it is an address of this node, else another page of it."""
    return wanted if is_own(wanted) else reader.address(otherwise)


def with_progress(
    request: Request[Any, Any, Any],
    session: Session,
    reader: Reader,
    progress: Progress,
    back: str,
) -> Redirect:
    """Lead on whoever has shown a way of signing in: back, to the second step, to security.

    The login that this browser had before ends; its token is never taken over.
    """
    settings = settings_of(request)
    if not progress.login_token:
        answer = Redirect(reader.address("second_step"), status_code=303)
        answer.set_cookie(authentication.step_cookie(progress.step_token, settings))
        return answer
    old = request.cookies.get(COOKIE)
    if old:
        logins.end(session, old)
    login = logins.found(session, progress.login_token)
    assert login is not None  # noqa: S101 - it has just begun
    if authentication.must_strengthen(request, login, logins.actor_of(session, login)):
        back = reader.address("security")
    answer = Redirect(own_address(back, reader), status_code=303)
    answer.set_cookie(authentication.cookie(progress.login_token, settings))
    answer.delete_cookie(STEP_COOKIE)
    return answer


def renewed(
    request: Request[Any, Any, Any],
    session: Session,
    login: Login,
    to: str,
    *,
    is_strong: bool | None = None,
) -> Redirect:
    """Lead on with a new token for the same login, whose rights have changed."""
    token = logins.renew(session, login, is_strong=is_strong)
    answer = Redirect(to, status_code=303)
    answer.set_cookie(authentication.cookie(token, settings_of(request)))
    return answer


def too_soon(reader: Reader, wait: TooSoon) -> Errors:
    """What somebody reads who tries too often."""
    text = reader.texts.ngettext(
        "Too many attempts. Please try again in %(num)s second.",
        "Too many attempts. Please try again in %(num)s seconds.",
        wait.seconds,
    )
    return Errors({}, text % {"num": wait.seconds})


def message(
    reader: Reader,
    title: str,
    paragraphs: Sequence[str],
    links: Sequence[tuple[str, str]] = (),
    *,
    status: int = 200,
    resend: tuple[str, str] = ("", ""),
) -> Response[str]:
    """A page that only says something; ``resend`` is an address of a form and a mailbox."""
    context = MessagePage(
        page=frame(reader, title, section="sign_in", is_indexed=False),
        title=title,
        paragraphs=paragraphs,
        links=links,
        resend_action=resend[0],
        resend_email=resend[1],
    )
    return render("accounts/message.html", context, status_code=status, headers=PRIVATE)
