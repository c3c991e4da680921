"""API keys: leads make them, see them once and end them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from litestar import Request, Response
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect

from catalog.database import Session
from catalog.errors import Invalid, NotFound
from catalog.organizations import Organization
from catalog.permissions import Scope
from marketplace import forms
from marketplace.accounts import api_keys
from marketplace.accounts.api_keys import ApiKey
from marketplace.accounts.logins import Login
from marketplace.forms import NO_ERRORS, Errors
from marketplace.pages.account.posted import id_in
from marketplace.pages.account_access import PRIVATE, confirmed
from marketplace.pages.editor.access import sign_in_first
from marketplace.pages.frame import PageFrame
from marketplace.pages.management.area import (
    Area,
    area,
    area_frame,
    back,
    opened_by_lead,
    shown_again,
    status_of,
)
from marketplace.pages.reader import Reader
from marketplace.pages.rendering import render
from marketplace.pages.wording import short_day
from marketplace.routing import get, paths, post

USUAL_LIFE = timedelta(days=180)


@dataclass(frozen=True)
class KeyRow:
    """A key without its secret."""

    name: str
    prefix: str
    scopes: Sequence[str]
    made: str
    until: str
    last_used: str
    holds: bool
    state: str
    action: str


@dataclass(frozen=True)
class KeysPage:
    """The keys of an organization; ``secret`` is the new one, shown this once."""

    page: PageFrame
    area: Area
    title: str
    rows: Sequence[KeyRow]
    scopes: Sequence[tuple[str, str]]
    chosen: Sequence[str]
    action: str
    values: Mapping[str, str]
    errors: Errors
    secret: str


@get(paths("api_keys"))
def index(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    done: FromQuery[str] = "",
) -> Response[Any]:
    """The keys, for leads; the address can carry what the form is to hold."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader)
    organization = opened_by_lead(session, reader, id)
    if done or not request.query_params:
        return _page(session, reader, organization, done=done)
    values, chosen = _asked(request.query_params)
    return _page(session, reader, organization, values=values, chosen=chosen)


@post(paths("api_keys"))
def create(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    login: NamedDependency[Login | None],
    id: FromPath[str],  # noqa: A002 - the name in the address
    data: URLEncodedBody[dict[str, str]],
) -> Response[Any]:
    """Make a key, once it is sure who asks; the answer shows all of it, no other ever does."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader)
    organization = opened_by_lead(session, reader, id)
    values, chosen = _asked(data)
    kept = {**values, **{f"scope-{scope}": "1" for scope in chosen}}
    sure = confirmed(reader, login, reader.address("api_keys", kept, id=id))
    if isinstance(sure, Redirect):
        return sure
    with shown_again(
        reader,
        lambda errors: _page(
            session, reader, organization, values=values, chosen=chosen, errors=errors
        ),
    ):
        expires_on = forms.day(data, "expires_on")
        if not isinstance(expires_on, date):
            raise Invalid("The key was not made.", problems=[expires_on])
        _key, secret = api_keys.create(
            session,
            reader.actor,
            organization,
            name=values["name"],
            scopes=chosen,
            expires_on=expires_on,
            today=reader.today,
        )
    return _page(session, reader, organization, done="created", secret=secret)


@post(paths("api_key"))
def revoke(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    key: FromPath[str],
) -> Redirect:
    """End a key at once."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader, reader.address("api_keys", id=id))
    organization = opened_by_lead(session, reader, id)
    found = api_keys.by_id(session, reader.actor, id_in(key))
    if found.organization_id != organization.id:
        raise NotFound("There is no such key.")
    with shown_again(reader, lambda errors: _page(session, reader, organization, errors=errors)):
        api_keys.revoke(session, reader.actor, found)
    return back(reader, "api_keys", organization, "revoked")


HANDLERS = [index, create, revoke]


def _asked(data: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    """What the form holds, and the scopes that are ticked."""
    values = {
        "name": forms.text(data, "name")[:200],
        "expires_on": data.get("expires_on", "")[:20],
    }
    return values, [scope.value for scope in Scope if data.get(f"scope-{scope}") == "1"]


def _page(
    session: Session,
    reader: Reader,
    organization: Organization,
    *,
    values: Mapping[str, str] | None = None,
    chosen: Sequence[str] = (Scope.READ,),
    errors: Errors = NO_ERRORS,
    done: str = "",
    secret: str = "",
) -> Response[str]:
    _ = reader._
    texts = {
        "created": _("The key is made. Copy it now: it is never shown again."),
        "revoked": _("The key is ended."),
    }
    usual = (reader.today + USUAL_LIFE).isoformat()
    found = api_keys.of_organization(session, reader.actor, organization)
    context = KeysPage(
        page=area_frame(reader, organization, "api_keys", errors=errors, done=texts.get(done, "")),
        area=area(reader, organization, "api_keys"),
        title=_("API keys"),
        rows=[_row(reader, each) for each in found],
        scopes=list(_scope_names(reader).items()),
        chosen=chosen,
        action=reader.address("api_keys", id=str(organization.id)),
        values=values or {"name": "", "expires_on": usual},
        errors=errors,
        secret=secret,
    )
    return render(
        "management/api_keys.html", context, status_code=status_of(errors), headers=PRIVATE
    )


def _scope_names(reader: Reader) -> Mapping[str, str]:
    _ = reader._
    return {
        Scope.READ: _("read what members read"),
        Scope.DRAFT: _("prepare drafts"),
        Scope.PUBLISH: _("publish"),
        Scope.ADOPTIONS: _("declare the use of solutions"),
    }


def _row(reader: Reader, key: ApiKey) -> KeyRow:
    _ = reader._
    names = _scope_names(reader)
    holds = key.holds(reader.today)
    return KeyRow(
        name=key.name,
        prefix=key.prefix,
        scopes=[names[each] for each in key.scopes],
        made=f"{short_day(key.created_at.date(), reader.language)}, {key.created_by}",
        until=short_day(key.expires_on, reader.language),
        last_used=short_day(key.last_used_at.date(), reader.language) if key.last_used_at else "",
        holds=holds,
        state=_("valid") if holds else _("ended") if key.revoked_at else _("expired"),
        action=reader.address("api_key", id=str(key.organization_id), key=str(key.id))
        if holds
        else "",
    )
