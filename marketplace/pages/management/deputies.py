"""Deputies: a lead names a member who acts as lead while it is away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect

from catalog import deputies, memberships
from catalog.database import Session
from catalog.deputies import Deputy
from catalog.errors import Invalid, NotFound, Problem
from catalog.organizations import Organization
from catalog.permissions import Role
from marketplace import forms
from marketplace.forms import NO_ERRORS, Errors
from marketplace.pages.account.posted import id_in
from marketplace.pages.editor.access import sign_in_first
from marketplace.pages.frame import PageFrame
from marketplace.pages.management.area import (
    Area,
    area,
    area_frame,
    back,
    opened,
    shown_again,
    status_of,
)
from marketplace.pages.reader import Reader
from marketplace.pages.rendering import render
from marketplace.pages.wording import short_day
from marketplace.routing import get, paths, post

FIELDS = ("person", "begins_on", "ends_on")


@dataclass(frozen=True)
class DeputyRow:
    """Who acts for whom; ``action`` is empty for who may not end it."""

    name: str
    lead: str
    begins: str
    ends: str
    action: str


@dataclass(frozen=True)
class DeputiesPage:
    """The present and coming deputies, and for leads the form for a new one."""

    page: PageFrame
    area: Area
    title: str
    rows: Sequence[DeputyRow]
    people: Sequence[tuple[str, str]]
    action: str
    """Empty for everybody who is no lead by membership."""
    values: Mapping[str, str]
    errors: Errors


@get(paths("deputies"))
def index(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    done: FromQuery[str] = "",
) -> Response[Any]:
    """The deputies, for members."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader)
    return _page(session, reader, opened(session, reader, id), done=done)


@post(paths("deputies"))
def name(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    data: URLEncodedBody[dict[str, str]],
) -> Redirect:
    """Name a deputy for oneself."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader)
    organization = opened(session, reader, id)
    memberships.require_lead(reader.actor, organization)
    values = {field: data.get(field, "")[:100] for field in FIELDS}
    with shown_again(
        reader,
        lambda errors: _page(session, reader, organization, values=values, errors=errors),
    ):
        begins, ends = forms.day(data, "begins_on"), forms.day(data, "ends_on")
        if not (isinstance(begins, date) and isinstance(ends, date)):
            wrong = [each for each in (begins, ends) if isinstance(each, Problem)]
            raise Invalid("The deputy was not named.", problems=wrong)
        deputies.name(
            session,
            reader.actor,
            organization,
            _person(values["person"]),
            begins_on=begins,
            ends_on=ends,
            today=reader.today,
        )
    return back(reader, "deputies", organization, "named")


@post(paths("deputy"))
def end(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    deputy: FromPath[str],
) -> Redirect:
    """End a deputy's time at once."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader, reader.address("deputies", id=id))
    organization = opened(session, reader, id)
    found = deputies.by_id(session, reader.actor, id_in(deputy))
    if found.organization_id != organization.id:
        raise NotFound("There is no such deputy.")
    deputies.end(session, reader.actor, found)
    return back(reader, "deputies", organization, "ended")


HANDLERS = [index, name, end]


def _page(
    session: Session,
    reader: Reader,
    organization: Organization,
    *,
    values: Mapping[str, str] | None = None,
    errors: Errors = NO_ERRORS,
    done: str = "",
) -> Response[str]:
    _ = reader._
    actor = reader.actor
    texts = {"named": _("The deputy is named."), "ended": _("The deputy's time has ended.")}
    members = memberships.of_organization(session, actor, organization)
    leads = any(each.person_id == actor.person_id and each.role == Role.LEAD for each in members)
    found = deputies.of_organization(session, actor, organization, today=reader.today)
    context = DeputiesPage(
        page=area_frame(reader, organization, "deputies", errors=errors, done=texts.get(done, "")),
        area=area(reader, organization, "deputies"),
        title=_("Deputies"),
        rows=[_row(reader, each) for each in found],
        people=[
            (str(each.person_id), each.person.name) for each in members if each.role != Role.LEAD
        ],
        action=reader.address("deputies", id=str(organization.id)) if leads else "",
        values=values or dict.fromkeys(FIELDS, ""),
        errors=errors,
    )
    return render("management/deputies.html", context, status_code=status_of(errors))


def _row(reader: Reader, deputy: Deputy) -> DeputyRow:
    actor = reader.actor
    ends = actor.may_appoint_for(deputy.organization_id) or actor.person_id == deputy.person_id
    return DeputyRow(
        name=deputy.person.name,
        lead=deputy.lead.name,
        begins=short_day(deputy.begins_on, reader.language),
        ends=short_day(deputy.ends_on, reader.language),
        action=reader.address("deputy", id=str(deputy.organization_id), deputy=str(deputy.id))
        if ends
        else "",
    )


def _person(text: str) -> Any:
    try:
        return id_in(text)
    except NotFound:
        raise Invalid("Choose a member who is not a lead already.", field="person") from None
