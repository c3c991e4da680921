"""Passkeys of a person: made, named, removed."""

from typing import Any

from litestar import MediaType, Request, Response
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect

from catalog.database import Session
from catalog.errors import Conflict
from marketplace import forms
from marketplace.accounts import (
    authentication,
    challenges,
    logins,
    passkeys,
    recovery_codes,
    registration,
    second_factors,
)
from marketplace.accounts.authentication import STEP_COOKIE
from marketplace.accounts.challenges import Kind
from marketplace.accounts.logins import Login
from marketplace.pages import account_access as access
from marketplace.pages.account.posted import id_in
from marketplace.pages.reader import Reader
from marketplace.pages.security.code_app import with_codes
from marketplace.routing import paths, post


@post(paths("new_passkey"))
def ask(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    login: NamedDependency[Login | None],
) -> Response[str]:
    """What the browser is to make a passkey of."""
    access.require_way(request, "passkey")
    found = logins.require_confirmed(login)
    question, challenge = passkeys.ask_new(session, access.site_of(request, reader), found.person)
    step = challenges.begin(
        session, Kind.NEW_PASSKEY, person_id=found.person_id, challenge=challenge
    )
    answer = Response(question, media_type=MediaType.JSON, headers=access.PRIVATE)
    answer.set_cookie(authentication.step_cookie(step, access.settings_of(request)))
    return answer


@post(paths("passkeys"))
def add(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    login: NamedDependency[Login | None],
    data: URLEncodedBody[dict[str, str]],
) -> Response[Any]:
    """Store the passkey that the browser has made; recovery codes come with the first one."""
    access.require_way(request, "passkey")
    found = access.confirmed(reader, login)
    if isinstance(found, Redirect):
        return found
    step = challenges.take(session, Kind.NEW_PASSKEY, request.cookies.get(STEP_COOKIE, ""))
    if step is None or step.person_id != found.person_id:
        raise Conflict("That took too long. Add the passkey once more.")
    passkeys.add(
        session, access.site_of(request, reader), found.person, answer=data.get("passkey", ""),
        challenge=step.facts["challenge"], name=forms.text(data, "name"),
    )  # fmt: skip
    registration.tell(session, access.letters_of(request, session), found.person, "passkey_added")
    if recovery_codes.left(session, found.person_id) == 0:
        return with_codes(request, session, reader, found)
    to = reader.address("security", {"done": "passkey"})
    return access.renewed(request, session, found, to, is_strong=True)


@post(paths("passkey_remove"))
def remove(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    login: NamedDependency[Login | None],
    id: FromPath[str],  # noqa: A002 - the address's part
) -> Response[Any]:
    """Remove a passkey, unless nothing would be left to sign in with."""
    found = access.confirmed(reader, login)
    if isinstance(found, Redirect):
        return found
    passkeys.remove(session, found.person_id, id_in(id))
    second_factors.require_way_in(session, found.person_id)
    if not second_factors.of_person(session, found.person_id).any:
        recovery_codes.forget(session, found.person_id)
    registration.tell(session, access.letters_of(request, session), found.person, "passkey_removed")
    to = reader.address("security", {"done": "passkey_removed"})
    return access.renewed(request, session, found, to)


HANDLERS = [ask, add, remove]
