"""Settings: what the organization says about itself, who answers, and four eyes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect

from catalog import organizations
from catalog.database import Session
from catalog.organizations import Organization, Profile
from marketplace import forms
from marketplace.forms import NO_ERRORS, Errors
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
from marketplace.routing import get, paths, post

FIELDS = ("about_de", "about_en", "website", "email", "answering_unit")


@dataclass(frozen=True)
class SettingsPage:
    """The form of the profile."""

    page: PageFrame
    area: Area
    title: str
    action: str
    values: Mapping[str, str]
    mail_domains: str
    errors: Errors


@get(paths("organization_settings"))
def show(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    done: FromQuery[str] = "",
) -> Response[Any]:
    """The settings, for leads."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader)
    organization = opened_by_lead(session, reader, id)
    return _page(reader, organization, _values(organization), done=done)


@post(paths("organization_settings"))
def save(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    data: URLEncodedBody[dict[str, str]],
) -> Redirect:
    """Save the settings, unless somebody changed them meanwhile."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader)
    organization = opened_by_lead(session, reader, id)
    given = data.get("revision", "")
    values = {
        **{field: forms.text(data, field) for field in FIELDS},
        "four_eyes": data.get("four_eyes", ""),
        "revision": str(organization.revision),
    }
    profile = Profile(
        about={"de": values["about_de"], "en": values["about_en"]},
        website=values["website"],
        email=values["email"],
        answering_unit=values["answering_unit"],
        publishes_at_once=values["four_eyes"] != "1",
    )
    with shown_again(reader, lambda errors: _page(reader, organization, values, errors=errors)):
        revision = int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0
        organizations.describe(session, reader.actor, organization, profile, revision=revision)
    return back(reader, "organization_settings", organization, "saved")


HANDLERS = [show, save]


def _values(organization: Organization) -> Mapping[str, str]:
    return {
        "about_de": organization.about.get("de", ""),
        "about_en": organization.about.get("en", ""),
        "website": organization.website,
        "email": organization.email,
        "answering_unit": organization.answering_unit,
        "four_eyes": "" if organization.publishes_at_once else "1",
        "revision": str(organization.revision),
    }


def _page(
    reader: Reader,
    organization: Organization,
    values: Mapping[str, str],
    *,
    errors: Errors = NO_ERRORS,
    done: str = "",
) -> Response[str]:
    _ = reader._
    said = _("The settings are saved.") if done == "saved" else ""
    context = SettingsPage(
        page=area_frame(reader, organization, "organization_settings", errors=errors, done=said),
        area=area(reader, organization, "organization_settings"),
        title=_("Settings"),
        action=reader.address("organization_settings", id=str(organization.id)),
        values=values,
        mail_domains=", ".join(organization.mail_domains),
        errors=errors,
    )
    return render("management/settings.html", context, status_code=status_of(errors))
