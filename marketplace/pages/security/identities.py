"""Links to sign-in services, removed again."""

from typing import Any

from litestar import Request, Response
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from catalog.database import Session
from marketplace.accounts import identities, registration, second_factors
from marketplace.accounts.logins import Login
from marketplace.pages import account_access as access
from marketplace.pages.account.posted import id_in
from marketplace.pages.reader import Reader
from marketplace.routing import paths, post


@post(paths("identity_remove"))
def remove(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    login: NamedDependency[Login | None],
    id: FromPath[str],  # noqa: A002 - the address's part
) -> Response[Any]:
    """Unlink a sign-in service, unless nothing would be left to sign in with."""
    found = access.confirmed(reader, login)
    if isinstance(found, Redirect):
        return found
    identities.remove(session, found.person_id, id_in(id))
    second_factors.require_way_in(session, found.person_id)
    letters = access.letters_of(request, session)
    registration.tell(session, letters, found.person, "identity_unlinked")
    to = reader.address("security", {"done": "unlinked"})
    return access.renewed(request, session, found, to)


HANDLERS = [remove]
