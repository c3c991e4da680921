"""Who asks: a cookie's token or an API key becomes an Actor; no or an unknown cookie a visitor."""

from dataclasses import replace
from typing import Any

from anyio.to_thread import run_sync
from litestar import Request
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from sqlalchemy.orm import Session

from catalog.database import now
from catalog.permissions import Actor
from marketplace.accounts import api_keys, challenges, logins, second_factors
from marketplace.accounts.logins import Login, Way
from marketplace.api.refusals import Refused
from marketplace.settings import Settings
from marketplace.transactions import Database, writes

COOKIE = "login"
STEP_COOKIE = "sign-in-step"
"""Carries what is being answered: a second factor, a passkey, a sign-in service."""

LONGEST_SECRET = 200
"""Characters of a key; ours are far below."""

IS_VISITOR = "is_visitor"
"""In the state of a request: nobody is signed in, so a refusal can end at the sign-in."""

API = "/api/"


async def provide_login(
    request: Request[Any, Any, Any], session: NamedDependency[Session]
) -> Login | None:
    """The login of this browser; readers without a cookie cost no query and no thread."""
    token = request.cookies.get(COOKIE)
    return await run_sync(_login, request, session, token) if token else None


def _login(request: Request[Any, Any, Any], session: Session, token: str) -> Login | None:
    login = logins.found(session, token)
    if login is not None and now() - login.last_used_at > logins.NOTED_EVERY:
        _note_use(request, login)
    return login


async def provide_actor(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    login: NamedDependency[Login | None],
) -> Actor:
    """The actor of a request.

    Whose role needs a second factor and who has not shown one acts with no role until then.
    A key opens the API alone, and whoever sends one acts as the key, whatever cookie comes along.
    """
    if request.url.path.startswith(API) and "authorization" in request.headers:
        return await run_sync(_actor_of_key, request, session)
    if login is None:
        request.state[IS_VISITOR] = True
        return Actor.anonymous()
    return await run_sync(_actor_of_login, request, session, login)


def _actor_of_login(request: Request[Any, Any, Any], session: Session, login: Login) -> Actor:
    actor = logins.actor_of(session, login)
    return without_rights(actor) if must_strengthen(request, login, actor) else actor


def must_strengthen(request: Request[Any, Any, Any], login: Login, actor: Actor) -> bool:
    """Whether a second factor is due that this login has not shown."""
    settings: Settings = request.app.state.settings
    is_weak = not login.is_strong and login.way != Way.SAMPLE
    return is_weak and second_factors.is_due(actor, settings.second_factor)


def without_rights(actor: Actor) -> Actor:
    """The same person with no role, as long as a second factor is due."""
    return replace(actor, roles={}, is_moderator=False, is_steward=False)


def _actor_of_key(request: Request[Any, Any, Any], session: Session) -> Actor:
    scheme, _, secret = request.headers["authorization"].partition(" ")
    key = None
    if scheme.lower() == "bearer" and len(secret) <= LONGEST_SECRET:
        key = api_keys.found(session, secret.strip(), today=request.app.state.today())
    if key is None:
        raise Refused(
            401,
            "This key opens nothing: it is unknown, has ended or was revoked.",
            headers={"WWW-Authenticate": 'Bearer realm="Lichtermeer", error="invalid_token"'},
        )
    if not api_keys.is_noted(key):
        if not writes(request):
            # The request reads; a writer of its own waits for nobody who reads.
            database: Database = request.app.state.database
            with database.writing.begin() as own:
                api_keys.note_use(own, key.id)
        else:
            api_keys.note_use(session, key.id)
    return api_keys.actor_of(key)


def cookie(token: str, settings: Settings) -> Cookie:
    """The cookie that carries a login: not readable by scripts, sent to this site only."""
    return _cookie(COOKIE, token, settings, int(logins.LIFETIME.total_seconds()))


def step_cookie(token: str, settings: Settings) -> Cookie:
    """The cookie that carries a challenge.

    Lax, not strict: the answer of a sign-in service arrives by a link from there.
    """
    return _cookie(STEP_COOKIE, token, settings, int(challenges.LIFETIME.total_seconds()))


def _cookie(name: str, value: str, settings: Settings, seconds: int) -> Cookie:
    return Cookie(
        key=name,
        value=value,
        path="/",
        httponly=True,
        samesite="lax",
        secure=settings.secure_cookies and settings.base_url.startswith("https://"),
        max_age=seconds,
    )


def _note_use(request: Request[Any, Any, Any], login: Login) -> None:
    """Note that a login is in use; a request that only reads does so beside its own session."""
    moment = now()
    if writes(request):
        login.last_used_at = moment
        return
    database: Database = request.app.state.database
    with database.writing.begin() as own:
        logins.note_use(own, login.id, moment)
