"""Asking: join an organization, claim one that has no members, or ask for one that is missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Request, Response
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect

from catalog import (
    join_requests,
    memberships,
    municipalities,
    organization_requests,
    organizations,
    taxonomy,
)
from catalog.database import Session
from catalog.errors import Invalid
from catalog.municipalities import Municipality
from catalog.organization_requests import Wanted
from catalog.organizations import Organization
from marketplace import forms
from marketplace.accounts import joining
from marketplace.forms import NO_ERRORS, Errors
from marketplace.pages.account.posted import id_in
from marketplace.pages.account_access import letters_of
from marketplace.pages.editor.access import sign_in_first
from marketplace.pages.frame import PageFrame
from marketplace.pages.management.area import shown_again, status_of
from marketplace.pages.reader import Reader, frame
from marketplace.pages.rendering import render
from marketplace.routing import get, paths, post

FIELDS = ("name", "kind", "municipality", "website", "mail_domain", "message")


@dataclass(frozen=True)
class AskingPage:
    """One of the three forms; ``asks_for`` is ``join``, ``claim`` or ``new``."""

    page: PageFrame
    title: str
    asks_for: str
    organization: str
    organization_href: str
    action: str
    other_href: str
    """Where to go if this is the wrong form; empty if nowhere."""
    kinds: Sequence[tuple[str, str]]
    values: Mapping[str, str]
    errors: Errors


@get(paths("join"))
def show_join(
    session: NamedDependency[Session], reader: NamedDependency[Reader], slug: FromPath[str]
) -> Response[Any]:
    """The form for joining; where nobody leads, the one for claiming."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader)
    organization = organizations.by_slug(session, slug)
    if not memberships.leads(session, organization.id):
        return Redirect(reader.address("claim", slug=organization.slug), status_code=303)
    return _page(reader, "join", organization)


@post(paths("join"))
def join(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    slug: FromPath[str],
    data: URLEncodedBody[dict[str, str]],
) -> Redirect:
    """Ask to join; the leads are told."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader)
    organization = organizations.by_slug(session, slug)
    values = _values(data)
    with shown_again(
        reader, lambda errors: _page(reader, "join", organization, values=values, errors=errors)
    ):
        letters = letters_of(request, session)
        joining.ask(session, letters, reader.actor, organization, message=values["message"])
    return _back(reader, "asked")


@get(paths("claim"))
def show_claim(
    session: NamedDependency[Session], reader: NamedDependency[Reader], slug: FromPath[str]
) -> Response[Any]:
    """The form for claiming; where there are members, the one for joining."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader)
    organization = organizations.by_slug(session, slug)
    if memberships.count(session, organization.id):
        return Redirect(reader.address("join", slug=organization.slug), status_code=303)
    return _page(reader, "claim", organization)


@post(paths("claim"))
def claim(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    slug: FromPath[str],
    data: URLEncodedBody[dict[str, str]],
) -> Redirect:
    """Ask to lead an organization without members."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader)
    organization = organizations.by_slug(session, slug)
    values = _values(data)
    with shown_again(
        reader, lambda errors: _page(reader, "claim", organization, values=values, errors=errors)
    ):
        organization_requests.claim(
            session,
            reader.actor,
            organization,
            mail_domain=values["mail_domain"],
            message=values["message"],
        )
    return _back(reader, "requested")


@get(paths("request_organization"))
def show_request(reader: NamedDependency[Reader]) -> Response[Any]:
    """The form for an organization that is missing."""
    return sign_in_first(reader) if reader.actor.is_anonymous else _page(reader, "new")


@post(paths("request_organization"))
def ask(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    data: URLEncodedBody[dict[str, str]],
) -> Redirect:
    """Ask for an organization that is missing."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader)
    values = _values(data)
    with shown_again(reader, lambda errors: _page(reader, "new", values=values, errors=errors)):
        wanted = Wanted(
            name=values["name"],
            kind=values["kind"],
            website=values["website"],
            mail_domain=values["mail_domain"],
            municipality=_place(session, values["municipality"]),
        )
        organization_requests.ask(session, reader.actor, wanted, message=values["message"])
    return _back(reader, "requested")


@post(paths("own_join_request"))
def withdraw_join(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
) -> Redirect:
    """Take one's own request to join back."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader, reader.address("account"))
    found = join_requests.by_id(session, reader.actor, id_in(id))
    join_requests.withdraw(session, reader.actor, found)
    return _back(reader, "withdrawn")


@post(paths("own_organization_request"))
def withdraw_request(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
) -> Redirect:
    """Take one's own request for an organization back."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader, reader.address("account"))
    found = organization_requests.by_id(session, reader.actor, id_in(id))
    organization_requests.withdraw(session, reader.actor, found)
    return _back(reader, "withdrawn")


HANDLERS = [
    show_join,
    join,
    show_claim,
    claim,
    show_request,
    ask,
    withdraw_join,
    withdraw_request,
]


def _values(data: Mapping[str, str]) -> Mapping[str, str]:
    return {field: forms.text(data, field) for field in FIELDS}


def _place(session: Session, key: str) -> Municipality | None:
    if not key:
        return None
    found = municipalities.by_keys(session, [key]).get(key)
    if found is None:
        raise Invalid(
            "Give the official key of a place (ARS or AGS), or leave it out.", field="municipality"
        )
    return found


def _page(
    reader: Reader,
    asks_for: str,
    organization: Organization | None = None,
    *,
    values: Mapping[str, str] | None = None,
    errors: Errors = NO_ERRORS,
) -> Response[str]:
    _ = reader._
    name = organization.name if organization else ""
    title = {
        "join": _("Ask to join “%(name)s”"),
        "claim": _("Claim “%(name)s”"),
        "new": _("Ask for an organization"),
    }[asks_for]
    title = title % {"name": name} if name else title
    wrong = bool(errors.by_field or errors.general)
    context = AskingPage(
        page=frame(
            reader,
            f"{_('Error:')} {title}" if wrong else title,
            section="account",
            crumbs=[(_("My account"), reader.address("account"))],
            is_indexed=False,
        ),
        title=title,
        asks_for=asks_for,
        organization=name,
        organization_href=reader.address("organization", slug=organization.slug)
        if organization
        else "",
        action=reader.path,
        other_href=reader.address("municipalities") if asks_for == "new" else "",
        kinds=[
            (code, taxonomy.label("organization_kind", code, reader.language))
            for code in taxonomy.codes("organization_kind")
        ],
        values=values or dict.fromkeys(FIELDS, ""),
        errors=errors,
    )
    return render("management/asking.html", context, status_code=status_of(errors))


def _back(reader: Reader, done: str) -> Redirect:
    href = reader.address("account", {"done": done})
    return Redirect(f"{href}#organizations", status_code=303)
