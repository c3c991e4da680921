"""The page of sign-in and security, and the sign-ins that can be ended there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Request, Response
from litestar.di import NamedDependency
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Redirect

from catalog.database import Session
from marketplace.accounts import (
    authentication,
    identities,
    logins,
    openid_providers,
    passkeys,
    passwords,
    second_factors,
)
from marketplace.accounts.identities import Identity
from marketplace.accounts.logins import Login, Way
from marketplace.accounts.openid_providers import Provider
from marketplace.accounts.passkeys import Passkey
from marketplace.pages import account_access as access
from marketplace.pages.account.posted import id_of
from marketplace.pages.editor.access import OFFICE_ZONE, clock
from marketplace.pages.frame import PageFrame, PageNotice
from marketplace.pages.reader import Reader, frame
from marketplace.pages.rendering import render
from marketplace.pages.wording import short_day
from marketplace.routing import get, paths, post


@dataclass(frozen=True)
class PasskeyRow:
    """A passkey of the person."""

    name: str
    kind: str
    created: str
    last_used: str
    remove_action: str


@dataclass(frozen=True)
class ServiceRow:
    """A sign-in service: linked, or offered to be."""

    label: str
    since: str
    action: str
    is_linked: bool


@dataclass(frozen=True)
class LoginRow:
    """A browser in which the person is signed in."""

    id: str
    browser: str
    network: str
    way: str
    since: str
    last_used: str
    is_this: bool


@dataclass(frozen=True)
class SecurityPage:
    """Ways of signing in, second factors, sign-ins."""

    page: PageFrame
    title: str
    email: str
    address_href: str
    has_password: bool
    password_since: str
    password_href: str
    has_code_app: bool
    code_app_href: str
    code_app_remove_action: str
    recovery_codes: int
    recovery_codes_action: str
    passkeys: Sequence[PasskeyRow]
    passkey_action: str
    passkey_question: str
    is_passkey_open: bool
    services: Sequence[ServiceRow]
    logins: Sequence[LoginRow]
    logins_action: str
    account_href: str


@get(paths("security"))
def show(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    login: NamedDependency[Login | None],
    done: FromQuery[str] = "",
) -> Response[Any]:
    """What the person can sign in with, and where it is signed in."""
    found = access.entered(reader, login)
    if isinstance(found, Redirect):
        return found
    settings, person = access.settings_of(request), found.person
    password = passwords.of_person(session, person.id)
    factors = second_factors.of_person(session, person.id)
    due = authentication.must_strengthen(request, found, logins.actor_of(session, found))
    title = reader._("Sign-in and security")
    context = SecurityPage(
        page=frame(
            reader, title, crumbs=[(reader._("My account"), reader.address("account"))],
            notices=_notices(reader, done, is_due=due), is_indexed=False,
        ),
        title=title,
        email=person.email,
        address_href=reader.address("change_address"),
        has_password=password is not None,
        password_since=short_day(password.changed_at.date(), reader.language) if password else "",
        password_href=reader.address("change_password") if "password" in settings.ways else "",
        has_code_app=factors.has_code_app,
        code_app_href=reader.address("code_app"),
        code_app_remove_action=reader.address("code_app_remove"),
        recovery_codes=factors.recovery_codes,
        recovery_codes_action=reader.address("recovery_codes") if factors.any else "",
        passkeys=[_passkey(reader, key) for key in passkeys.of_person(session, person.id)],
        passkey_action=reader.address("passkeys"),
        passkey_question=reader.address("new_passkey"),
        is_passkey_open="passkey" in settings.ways,
        services=_services(
            reader, openid_providers.of(settings), identities.of_person(session, person.id)
        ),
        logins=[_login(reader, each, found) for each in logins.of_person(session, person.id)],
        logins_action=reader.address("logins_end"),
        account_href=reader.address("account"),
    )  # fmt: skip
    return render("accounts/security.html", context, headers=access.PRIVATE)


@post(paths("logins_end"))
def end_logins(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    login: NamedDependency[Login | None],
    data: URLEncodedBody[dict[str, str]],
) -> Redirect:
    """End one sign-in, or all but this."""
    found = access.entered(reader, login)
    if isinstance(found, Redirect):
        return found
    if data.get("login") == "others":
        logins.end_all(session, found.person_id, but=found.id)
    else:
        logins.end_one(session, found.person_id, id_of(data, "login"))
    return Redirect(reader.address("security", {"done": "ended"}) + "#sign-ins", status_code=303)


HANDLERS = [show, end_logins]


def _notices(reader: Reader, done: str, *, is_due: bool) -> tuple[PageNotice, ...]:
    _ = reader._
    texts = {
        "password": _("Your new password is saved."),
        "asked": _("We have sent a mail to the new address. Open the link in it."),
        "address": _("Your new address is confirmed."),
        "code_app": _("The code app is set up."),
        "code_app_removed": _("The code app is removed."),
        "passkey": _("The passkey is stored."),
        "passkey_removed": _("The passkey is removed."),
        "linked": _("The sign-in service is linked."),
        "unlinked": _("The link to the sign-in service is removed."),
        "ended": _("The sign-in has ended."),
    }
    due = (
        PageNotice(
            _("Your role needs a second factor. Set one up; until then you can only read."),
            "warn",
        ),
    )  # fmt: skip
    told = (PageNotice(texts[done], "ok", live="status"),) if done in texts else ()
    return (*told, *(due if is_due else ()))


def _passkey(reader: Reader, key: Passkey) -> PasskeyRow:
    _ = reader._
    return PasskeyRow(
        name=key.name,
        kind=_("copied to your other devices") if key.is_backed_up else _("only on this device"),
        created=short_day(key.created_at.date(), reader.language),
        last_used=short_day(key.last_used_at.date(), reader.language) if key.last_used_at else "",
        remove_action=reader.address("passkey_remove", id=str(key.id)),
    )


def _services(
    reader: Reader, providers: Sequence[Provider], linked: Sequence[Identity]
) -> list[ServiceRow]:
    labels = {each.name: each.label for each in providers}
    known = {each.provider for each in linked}
    rows = [
        ServiceRow(
            labels.get(each.provider, each.provider),
            short_day(each.created_at.date(), reader.language),
            reader.address("identity_remove", id=str(each.id)),
            is_linked=True,
        )
        for each in linked
    ]
    rows += [
        ServiceRow(
            each.label, "", reader.address("identity_link", provider=each.name), is_linked=False
        )
        for each in providers
        if each.name not in known
    ]
    return rows


def _login(reader: Reader, each: Login, this: Login) -> LoginRow:
    _ = reader._
    way, _sign, service = each.way.partition(":")
    ways = {
        Way.SAMPLE: _("chosen on the sample node"),
        Way.PASSWORD: _("password and second factor") if each.is_strong else _("password"),
        Way.PASSKEY: _("passkey"),
        Way.LINK: _("link in a mail"),
        Way.OPENID: service,
    }
    return LoginRow(
        id=str(each.id),
        browser=each.browser or _("unknown browser"),
        network=each.network,
        way=ways.get(Way(way), way),
        since=_moment(reader, each.created_at),
        last_used=_moment(reader, each.last_used_at),
        is_this=each.id == this.id,
    )


def _moment(reader: Reader, moment: datetime) -> str:
    local = moment.astimezone(OFFICE_ZONE)
    return f"{short_day(local.date(), reader.language)}, {clock(reader, moment)}"
