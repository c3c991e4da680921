"""Sessions: the browsers in which the person who asks is signed in, listed and ended."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta, Struct

from catalog.database import Session
from catalog.permissions import Actor, person_of
from marketplace.accounts import logins
from marketplace.accounts.logins import Login
from marketplace.api.account import TAG, own_id
from marketplace.api.answers import nothing, personal
from marketplace.api.operations import reads, signed_in, writes


class SessionAnswer(Struct, frozen=True):
    """A browser in which you are signed in."""

    id: UUID
    browser: Annotated[str, Meta(examples=["Firefox · Linux"])]
    network: Annotated[
        str,
        Meta(description="A part of the address; the whole is not kept.", examples=["192.0.*.*"]),
    ]
    way: Annotated[str, Meta(description="How you signed in.", examples=["passkey"])]
    has_two_factors: bool
    is_current: bool
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime

    @classmethod
    def from_login(cls, login: Login, current: Login | None) -> "SessionAnswer":
        """The answer of a login."""
        return cls(
            id=login.id,
            browser=login.browser,
            network=login.network,
            way=login.way,
            has_two_factors=login.is_strong,
            is_current=current is not None and login.id == current.id,
            created_at=login.created_at,
            last_used_at=login.last_used_at,
            expires_at=login.expires_at,
        )


class SessionList(Struct, frozen=True):
    """All your sessions, last used first."""

    items: list[SessionAnswer]


@reads("/account/sessions", SessionList, tag=TAG, is_personal=True, refusals=(403,))
def sessions(
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    login: NamedDependency[Login | None],
) -> Response[bytes]:
    """List the browsers in which you are signed in."""
    found = logins.of_person(session, person_of(signed_in(actor)))
    return personal(SessionList([SessionAnswer.from_login(each, login) for each in found]))


@writes(
    "DELETE",
    "/account/sessions/{browser_session}",
    None,
    tag=TAG,
    status=204,
    is_conditional=False,
    refusals=(404,),
)
def end_session(
    session: NamedDependency[Session], actor: NamedDependency[Actor], browser_session: FromPath[str]
) -> Response[bytes]:
    """Sign out in one browser."""
    person_id = person_of(signed_in(actor))
    logins.end_one(session, person_id, own_id(browser_session, "This sign-in has ended already."))
    return nothing()


@writes("DELETE", "/account/sessions", None, tag=TAG, status=204, is_conditional=False, refusals=())
def end_other_sessions(
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    login: NamedDependency[Login | None],
) -> Response[bytes]:
    """Sign out everywhere but here."""
    person_id = person_of(signed_in(actor))
    logins.end_all(session, person_id, but=login.id if login else None)
    return nothing()


HANDLERS: list[Any] = [sessions, end_session, end_other_sessions]
