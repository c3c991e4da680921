"""Signing in through a sign-in service: there, back, and linking it to an account.

Both ways are links, not forms: a policy that lets forms go to our own pages only would stop them at
the service's door. What is asked of the service waits in a challenge that the browser's cookie
names, so nobody can be signed in to somebody else's account by a link.
"""

from typing import Any

import structlog
from litestar import Request, Response
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from catalog.database import Session
from catalog.errors import Refusal
from marketplace.accounts import (
    authentication,
    challenges,
    identities,
    logins,
    openid,
    openid_accounts,
    openid_providers,
    registration,
    signing_in,
    traces,
)
from marketplace.accounts.authentication import COOKIE, STEP_COOKIE
from marketplace.accounts.challenges import Challenge, Kind
from marketplace.accounts.logins import Login, Way
from marketplace.accounts.openid import AnswerWrongError, Told
from marketplace.accounts.openid_providers import Provider
from marketplace.accounts.service_client import ServiceAwayError
from marketplace.pages import account_access as access
from marketplace.pages.reader import Reader
from marketplace.routing import address, get, paths
from marketplace.transactions import Database
from marketplace.translations import sentence

log = structlog.get_logger(__name__)


@get(paths("openid"))
def start(
    request: Request[Any, Any, Any],
    reader: NamedDependency[Reader],
    login: NamedDependency[Login | None],
    provider: FromPath[str],
) -> Response[Any]:
    """Lead to the service, to sign in or, with ``again``, to confirm who one is."""
    back = request.query_params.get("back", "")
    if "again" in request.query_params:
        found = access.entered(reader, login)
        if isinstance(found, Redirect):
            return found
        return _led(request, reader, provider, "confirm", back, person=found)
    return _led(request, reader, provider, "sign_in", back)


@get(paths("identity_link"))
def link(
    request: Request[Any, Any, Any],
    reader: NamedDependency[Reader],
    login: NamedDependency[Login | None],
    provider: FromPath[str],
) -> Response[Any]:
    """Lead to the service, to link it to the account."""
    found = access.confirmed(reader, login)
    if isinstance(found, Redirect):
        return found
    return _led(request, reader, provider, "link", "", person=found)


@get("/openid/{provider:str}")
def come_back(
    request: Request[Any, Any, Any], reader: NamedDependency[Reader], provider: FromPath[str]
) -> Response[Any]:
    """Take what the service says of the person, and go on."""
    service = openid_providers.named(access.settings_of(request), provider)
    database: Database = request.app.state.database
    with database.writing.begin() as session:
        step = challenges.take(session, Kind.OPENID, request.cookies.get(STEP_COOKIE, ""))
    if step is None or step.facts["provider"] != service.name:
        return Redirect(reader.address("sign_in", {"done": "step"}), status_code=303)
    try:
        # No transaction waits for the service.
        told = openid.answer(
            service, _return_address(request, service), step.facts, dict(request.query_params)
        )
        with database.writing.begin() as session:
            return _taken(request, session, reader, service, step=step, told=told)
    except (ServiceAwayError, AnswerWrongError) as trouble:
        return _failed(reader, service, trouble)
    except Refusal as refusal:
        return access.message(
            reader,
            reader._("That did not work"),
            [sentence(refusal, reader.language)],
            [(reader.address("sign_in"), reader._("Sign in"))],
            status=403,
        )


@get(paths("signed_out"))
def signed_out(
    request: Request[Any, Any, Any], reader: NamedDependency[Reader], service: FromQuery[str] = ""
) -> Response[str]:
    """Say that the sign-in has ended here, and offer to end it at the service too."""
    _ = reader._
    provider = openid_providers.named(access.settings_of(request), service)
    links = [(reader.address("start"), _("Start"))]
    try:
        there = openid.sign_out_address(provider, reader.base_url + reader.address("start"))
    except ServiceAwayError as trouble:
        log.info("sign-in service is away", service=service, trouble=str(trouble))
        there = ""
    if there:
        links.insert(0, (there, _("Sign out of %(service)s too") % {"service": provider.label}))
    return access.message(
        reader,
        _("You are signed out here"),
        [
            _("At %(service)s you may still be signed in. On a shared computer, end that too.")
            % {"service": provider.label}
        ],
        links,
    )


HANDLERS = [start, link, come_back, signed_out]


def _led(
    request: Request[Any, Any, Any],
    reader: Reader,
    name: str,
    purpose: str,
    back: str,
    *,
    person: Login | None = None,
) -> Response[Any]:
    service = openid_providers.named(access.settings_of(request), name)
    database: Database = request.app.state.database
    try:
        to, facts = openid.question(
            service, _return_address(request, service), is_again=purpose == "confirm"
        )
    except ServiceAwayError as trouble:
        return _failed(reader, service, trouble)
    facts |= {
        "provider": service.name, "purpose": purpose, "language": reader.language,
        "back": access.own_address(back, reader, "start" if purpose == "sign_in" else "security"),
    }  # fmt: skip
    with database.writing.begin() as session:
        person_id = person.person_id if person else None
        step = challenges.begin(session, Kind.OPENID, person_id=person_id, **facts)
    answer = Redirect(to, status_code=303)
    answer.set_cookie(authentication.step_cookie(step, access.settings_of(request)))
    answer.headers.update(access.PRIVATE)
    return answer


def _taken(
    request: Request[Any, Any, Any],
    session: Session,
    reader: Reader,
    service: Provider,
    *,
    step: Challenge,
    told: Told,
) -> Redirect:
    purpose, language, back = step.facts["purpose"], step.facts["language"], step.facts["back"]
    if purpose == "sign_in":
        person = openid_accounts.person_of(session, service, told, language=language)
        openid_accounts.grant_roles(session, service, person, told)
        progress = signing_in.go_on(
            session, person, way=f"{Way.OPENID}:{service.name}", is_strong=service.is_strong,
            trace=traces.of_request(request), back=back,
        )  # fmt: skip
        return access.with_progress(request, session, reader, progress, back)
    login = logins.found(session, request.cookies.get(COOKIE, ""))
    if login is None or login.person_id != step.person_id:
        return Redirect(address("sign_in", language, {"done": "step"}), status_code=303)
    if purpose == "confirm":
        known = identities.find(session, told.issuer, told.subject)
        if known is None or known.person_id != login.person_id:
            raise AnswerWrongError("Somebody else has signed in at the service.")
        return access.renewed(request, session, login, back)
    identities.link(
        session, login.person, issuer=told.issuer, subject=told.subject, provider=service.name
    )
    registration.tell(session, access.letters_of(request, session), login.person, "identity_linked")
    return access.renewed(
        request, session, login, address("security", language, {"done": "linked"})
    )


def _return_address(request: Request[Any, Any, Any], service: Provider) -> str:
    return f"{access.settings_of(request).base_url.rstrip('/')}/openid/{service.name}"


def _failed(reader: Reader, service: Provider, trouble: Exception) -> Response[str]:
    log.warning("signing in through a service failed", service=service.name, trouble=str(trouble))
    _ = reader._
    is_away = isinstance(trouble, ServiceAwayError)
    text = (
        _("The sign-in service “%(service)s” does not answer. Try again later.")
        if is_away
        else _("What “%(service)s” answered does not hold. Please start again.")
    )
    return access.message(
        reader,
        _("That did not work"),
        [text % {"service": service.label}],
        [(reader.address("sign_in"), _("Sign in"))],
        status=503 if is_away else 403,
    )
