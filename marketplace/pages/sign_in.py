"""The development sign-in of a sample node: choose an invented person, no password.

A real node answers 404 here until accounts come; whether a node is a sample is a fact in its
database that no setting can change (see ``catalog.nodes``).
"""

from dataclasses import dataclass
from typing import Any

from litestar import Request, Response
from litestar.di import NamedDependency
from litestar.params import URLEncodedBody
from litestar.response import Redirect

from catalog import memberships, nodes, people
from catalog.database import Session
from catalog.errors import NotAllowed, NotFound
from marketplace.accounts import logins
from marketplace.accounts.authentication import COOKIE, cookie
from marketplace.pages.frame import PageFrame
from marketplace.pages.reader import Reader, frame
from marketplace.pages.rendering import render
from marketplace.pages.wording import role_name
from marketplace.routing import get, is_own, paths, post


@dataclass(frozen=True)
class SamplePerson:
    """An invented person with the roles that come with the choice."""

    email: str
    name: str
    roles: str


@dataclass(frozen=True)
class SignInPage:
    """The people to choose from."""

    page: PageFrame
    people: tuple[SamplePerson, ...]
    action: str
    back: str


@get(paths("sign_in"))
def show(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
) -> Response[str]:
    """Offer the invented people of a sample node."""
    _require_sample(session)
    context = SignInPage(
        page=frame(
            reader, reader._("Sign in to the sample node"), section="sign_in", is_indexed=False
        ),
        people=tuple(
            SamplePerson(person.email, person.name, _roles(session, reader, person))
            for person in people.samples(session)
        ),
        action=reader.address("sign_in"),
        back=own_address(request.query_params.get("back", ""), reader),
    )
    return render("sign_in/show.html", context)


@post(paths("sign_in"))
def sign_in(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    data: URLEncodedBody[dict[str, str]],
) -> Redirect:
    """Sign in as an invented person."""
    _require_sample(session)
    person = people.by_email(session, data.get("person", ""))
    if not person.is_sample:
        raise NotAllowed("Only invented people can sign in here.")
    old = request.cookies.get(COOKIE)
    if old:
        logins.end(session, old)
    token = logins.begin(session, person)
    answer = Redirect(own_address(data.get("back", ""), reader), status_code=303)
    answer.set_cookie(cookie(token, request.app.state.settings))
    return answer


@post(paths("sign_out"))
def sign_out(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
) -> Redirect:
    """End the login of this browser."""
    token = request.cookies.get(COOKIE)
    if token:
        logins.end(session, token)
    answer = Redirect(reader.address("start"), status_code=303)
    answer.delete_cookie(COOKIE)
    return answer


def own_address(wanted: str, reader: Reader) -> str:
    """``wanted`` if it is an address of this node, else the start page."""
    return wanted if is_own(wanted) else reader.address("start")


def _require_sample(session: Session) -> None:
    if not nodes.own(session).is_sample:
        raise NotFound("Signing in is not set up on this node yet.")


def _roles(session: Session, reader: Reader, person: people.Person) -> str:
    roles = [
        f"{role_name(reader, membership.role)}, {membership.organization.name}"
        for membership in memberships.of_person(session, person.id)
    ]
    roles += [reader._("Moderation")] if person.is_moderator else []
    roles += [reader._("Steward of this node")] if person.is_steward else []
    return " · ".join(roles)


HANDLERS = [show, sign_in, sign_out]
