"""Signing in with address and password; signing out.

A sample node lets one choose an invented person besides, without a password. Whether a node is a
sample is a fact in its database that no setting can change (see ``catalog.nodes``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Request, Response
from litestar.di import NamedDependency
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Redirect

from catalog import memberships, nodes, people
from catalog.database import Session
from catalog.errors import NotAllowed, NotFound
from marketplace.accounts import logins, openid_providers, signing_in, traces
from marketplace.accounts.attempts import TooSoon
from marketplace.accounts.authentication import COOKIE
from marketplace.accounts.logins import Login, Way
from marketplace.accounts.signing_in import Progress
from marketplace.forms import NO_ERRORS, Errors
from marketplace.pages import account_access as access
from marketplace.pages.frame import PageFrame, PageNotice
from marketplace.pages.reader import Reader, frame
from marketplace.pages.rendering import render
from marketplace.pages.wording import role_name
from marketplace.routing import get, paths, post


@dataclass(frozen=True)
class SamplePerson:
    """An invented person with the roles that come with the choice."""

    email: str
    name: str
    roles: str


@dataclass(frozen=True)
class SignInPage:
    """The ways of signing in that are open here."""

    page: PageFrame
    title: str
    people: Sequence[SamplePerson]
    services: Sequence[tuple[str, str]]
    """Pairs of address and label of the sign-in services."""
    has_password: bool
    has_passkey: bool
    email: str
    errors: Errors
    action: str
    passkey_question: str
    passkey_action: str
    back: str
    forgotten_href: str
    register_href: str


@get(paths("sign_in"))
def show(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    back: FromQuery[str] = "",
    done: FromQuery[str] = "",
) -> Response[str]:
    """Offer the ways of signing in."""
    return page(request, session, reader, back=back, done=done)


@post(paths("sign_in"))
def sign_in(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    data: URLEncodedBody[dict[str, str]],
) -> Response[Any]:
    """Sign in with address and password, or as an invented person of a sample node."""
    if "person" in data:
        return _as_sample(request, session, reader, data)
    access.require_way(request, "password")
    email, back = data.get("email", "")[:320], data.get("back", "")
    source = traces.source_of(request)
    try:
        person = signing_in.with_password(
            session, email=email, password=data.get("password", "")[:4096], source=source
        )
    except TooSoon as wait:
        errors = access.too_soon(reader, wait)
        headers = {"Retry-After": str(wait.seconds)}
        return page(
            request, session, reader, back=back, email=email, errors=errors, status=429,
            headers=headers,
        )  # fmt: skip
    if person is None:
        errors = Errors({}, reader._("Address or password is wrong. Check both and try again."))
        # Returned, not raised: that somebody tried stays counted.
        return page(request, session, reader, back=back, email=email, errors=errors, status=422)
    progress = signing_in.go_on(
        session, person, way=Way.PASSWORD, is_strong=False, back=back,
        trace=traces.of_request(request),
    )  # fmt: skip
    return access.with_progress(request, session, reader, progress, back)


@post(paths("sign_out"))
def sign_out(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    login: NamedDependency[Login | None],
) -> Redirect:
    """End the login of this browser."""
    token = request.cookies.get(COOKIE)
    if token:
        logins.end(session, token)
    service = login.way.partition(":")[2] if login else ""
    to = reader.address("signed_out", {"service": service}) if service else reader.address("start")
    answer = Redirect(to, status_code=303)
    answer.delete_cookie(COOKIE)
    return answer


def page(
    request: Request[Any, Any, Any],
    session: Session,
    reader: Reader,
    *,
    back: str = "",
    done: str = "",
    email: str = "",
    errors: Errors = NO_ERRORS,
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> Response[str]:
    """The page with all open ways of signing in, after an error with the address that was typed."""
    _, settings = reader._, access.settings_of(request)
    back = back if access.own_address(back, reader) == back else ""
    title = _("Sign in to the sample node") if reader.is_sample else _("Sign in")
    services = openid_providers.of(settings) if "openid" in settings.ways else ()
    context = SignInPage(
        page=frame(reader, title, section="sign_in", notices=_done(reader, done), is_indexed=False),
        title=title,
        people=[
            SamplePerson(person.email, person.name, _roles(session, reader, person))
            for person in (people.samples(session) if reader.is_sample else ())
        ],
        services=[
            (
                reader.address("openid", {"back": back} if back else (), provider=each.name),
                each.label,
            )
            for each in services
        ],
        has_password="password" in settings.ways,
        has_passkey="passkey" in settings.ways,
        email=email,
        errors=errors,
        action=reader.address("sign_in"),
        passkey_question=reader.address("passkey_question"),
        passkey_action=reader.address("passkey_sign_in"),
        back=back,
        forgotten_href=reader.address("forgotten"),
        register_href=reader.address("register") if settings.registration else "",
    )
    return render(
        "accounts/sign_in.html",
        context,
        status_code=status,
        headers={**access.PRIVATE, **(headers or {})},
    )


def _as_sample(
    request: Request[Any, Any, Any], session: Session, reader: Reader, data: dict[str, str]
) -> Redirect:
    if not nodes.own(session).is_sample:
        raise NotFound("Invented people exist on sample nodes only.")
    person = people.by_email(session, data["person"])
    if not person.is_sample:
        raise NotAllowed("Only invented people can sign in here.")
    token = logins.begin(session, person, trace=traces.of_request(request))
    return access.with_progress(
        request, session, reader, Progress(login_token=token), data.get("back", "")
    )


def _done(reader: Reader, done: str) -> tuple[PageNotice, ...]:
    _ = reader._
    texts = {
        "password": _("Your new password is saved. Sign in with it."),
        "address": _("Your new address is confirmed. Sign in with it from now on."),
        "step": _("That took too long. Please sign in again."),
    }
    return (PageNotice(texts[done], "ok", live="status"),) if done in texts else ()


def _roles(session: Session, reader: Reader, person: people.Person) -> str:
    roles = [
        f"{role_name(reader, membership.role)}, {membership.organization.name}"
        for membership in memberships.of_person(session, person.id)
    ]
    roles += [reader._("Moderation")] if person.is_moderator else []
    roles += [reader._("Steward of this node")] if person.is_steward else []
    return " · ".join(roles)


HANDLERS = [show, sign_in, sign_out]
