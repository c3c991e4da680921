"""Who asks: the cookie's token becomes an Actor; no cookie or an unknown one is a visitor."""

from typing import Any

from litestar import Request
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from sqlalchemy.orm import Session

from catalog.permissions import Actor
from marketplace.accounts import logins
from marketplace.settings import Settings

COOKIE = "login"


def provide_actor(request: Request[Any, Any, Any], session: NamedDependency[Session]) -> Actor:
    """The actor of a request; readers without a cookie cost no query."""
    token = request.cookies.get(COOKIE)
    return logins.actor_of(session, token) if token else Actor.anonymous()


def cookie(token: str, settings: Settings) -> Cookie:
    """The cookie that carries a login: not readable by scripts, sent to this site only."""
    return Cookie(
        key=COOKIE,
        value=token,
        path="/",
        httponly=True,
        samesite="lax",
        secure=settings.secure_cookies and settings.base_url.startswith("https://"),
        max_age=int(logins.LIFETIME.total_seconds()),
    )
