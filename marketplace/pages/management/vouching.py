"""Vouching: a verified organization stands up for others that are what they say they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect

from catalog import organizations, verifications
from catalog.database import Session
from catalog.errors import Invalid, NotFound
from catalog.organizations import Organization
from catalog.verifications import Verification
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
    opened_by_lead,
    shown_again,
    status_of,
)
from marketplace.pages.management.overview import VerificationRow, verification_row
from marketplace.pages.reader import Reader
from marketplace.pages.rendering import render
from marketplace.routing import get, paths, post


@dataclass(frozen=True)
class VouchRow:
    """For whom the organization vouches, and where that is taken back."""

    name: str
    href: str
    note: str
    verification: VerificationRow
    action: str
    """Empty where it is taken back already."""


@dataclass(frozen=True)
class VouchesPage:
    """For whom the organization vouches, and the form for another one."""

    page: PageFrame
    area: Area
    title: str
    rows: Sequence[VouchRow]
    action: str
    """Empty while the organization itself is not verified."""
    values: Mapping[str, str]
    errors: Errors


@get(paths("vouches"))
def index(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    done: FromQuery[str] = "",
) -> Response[Any]:
    """For whom the organization vouches; for leads."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader)
    return _page(session, reader, opened_by_lead(session, reader, id), done=done)


@post(paths("vouches"))
def vouch(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    data: URLEncodedBody[dict[str, str]],
) -> Redirect:
    """Vouch for another organization."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader)
    voucher = opened_by_lead(session, reader, id)
    values = {name: forms.text(data, name) for name in ("organization", "note")}
    with shown_again(
        reader, lambda errors: _page(session, reader, voucher, values=values, errors=errors)
    ):
        body = _body(session, values["organization"])
        verifications.vouch(session, reader.actor, body, voucher, note=values["note"])
    return back(reader, "vouches", voucher, "vouched")


@post(paths("vouch"))
def take_back(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    verification: FromPath[str],
    data: URLEncodedBody[dict[str, str]],
) -> Redirect:
    """Vouch no longer, and say why."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader, reader.address("vouches", id=id))
    voucher = opened_by_lead(session, reader, id)
    found = verifications.by_id(session, id_in(verification))
    if found.voucher_id != voucher.id:
        raise NotFound("There is no such verification.")
    suffix = f"-{found.id}"
    reason = forms.text(data, f"reason{suffix}")
    with shown_again(
        reader,
        lambda errors: _page(
            session, reader, voucher, values={f"reason{suffix}": reason}, errors=errors
        ),
        suffix=suffix,
    ):
        verifications.withdraw(session, reader.actor, found, reason=reason)
    return back(reader, "vouches", voucher, "taken_back")


HANDLERS = [index, vouch, take_back]


def _page(
    session: Session,
    reader: Reader,
    voucher: Organization,
    *,
    values: Mapping[str, str] | None = None,
    errors: Errors = NO_ERRORS,
    done: str = "",
) -> Response[str]:
    _ = reader._
    texts = {
        "vouched": _("Your organization vouches for it now. Everybody sees it on its profile."),
        "taken_back": _("Your organization no longer vouches for it."),
    }
    key = str(voucher.id)
    context = VouchesPage(
        page=area_frame(reader, voucher, "vouches", errors=errors, done=texts.get(done, "")),
        area=area(reader, voucher, "vouches"),
        title=_("Vouching"),
        rows=[_row(reader, key, each) for each in verifications.given_by(session, voucher)],
        action=reader.address("vouches", id=key) if voucher.verified_on else "",
        values=values or {},
        errors=errors,
    )
    return render("management/vouches.html", context, status_code=status_of(errors))


def _row(reader: Reader, key: str, each: Verification) -> VouchRow:
    return VouchRow(
        name=each.organization.name,
        href=reader.address("organization", slug=each.organization.slug),
        note=each.note,
        verification=verification_row(reader, each),
        action=reader.address("vouch", id=key, verification=str(each.id)) if each.holds else "",
    )


def _body(session: Session, text: str) -> Organization:
    """The organization that the address of a profile, or its last part, names."""
    slug = text.rstrip("/").rsplit("/", 1)[-1]
    try:
        return organizations.by_slug(session, slug)
    except NotFound:
        raise Invalid(
            "Give the address of the organization's profile here.", field="organization"
        ) from None
