"""Overview: how the organization stands, how it is verified, and where to go on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from catalog import invitations, join_requests, memberships, taxonomy, verifications
from catalog.database import Session
from catalog.organizations import Organization
from catalog.verifications import Verification
from marketplace.forms import NO_ERRORS, Errors
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
from marketplace.pages.wording import role_name, verified_how
from marketplace.routing import get, paths, post


@dataclass(frozen=True)
class VerificationRow:
    """A verification: how, when, and why it was taken back if it was."""

    how: str
    on: str
    holds: bool
    withdrawn: str
    id: str


@dataclass(frozen=True)
class OverviewPage:
    """The organization as its members see it."""

    page: PageFrame
    area: Area
    title: str
    facts: Sequence[tuple[str, str]]
    waiting: Sequence[tuple[str, str]]
    """What waits for a lead: words and address."""
    verifications: Sequence[VerificationRow]
    verify_action: str
    """Empty if the reader's address proves nothing."""
    leave_action: str
    errors: Errors


@get(paths("management"))
def show(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    done: FromQuery[str] = "",
) -> Response[Any]:
    """The overview, for members."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader)
    return page(session, reader, opened(session, reader, id), done=done)


@post(paths("verify"))
def verify(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
) -> Redirect:
    """Verify the organization by the lead's own address."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader, reader.address("management", id=id))
    organization = opened(session, reader, id)
    with shown_again(reader, lambda errors: page(session, reader, organization, errors=errors)):
        verifications.verify_by_domain(session, reader.actor, organization)
    return back(reader, "management", organization, "verified")


@post(paths("leave"))
def leave(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
) -> Redirect:
    """End one's own membership."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader, reader.address("management", id=id))
    organization = opened(session, reader, id)
    with shown_again(reader, lambda errors: page(session, reader, organization, errors=errors)):
        memberships.leave(session, reader.actor, organization)
    return Redirect(reader.address("account", {"done": "left"}), status_code=303)


def page(
    session: Session,
    reader: Reader,
    organization: Organization,
    *,
    errors: Errors = NO_ERRORS,
    done: str = "",
) -> Response[str]:
    """The overview, after an error with what is wrong."""
    _ = reader._
    key = str(organization.id)
    role = reader.actor.roles.get(organization.id, "")
    is_lead = reader.actor.may_appoint_for(organization.id)
    texts = {"verified": _("The organization is verified by your mail domain.")}
    known = verifications.of_organization(session, organization)
    context = OverviewPage(
        page=area_frame(
            reader, organization, "management", errors=errors, done=texts.get(done, "")
        ),
        area=area(reader, organization, "management"),
        title=_("Overview"),
        facts=[
            (_("Kind"), taxonomy.label("organization_kind", organization.kind, reader.language)),
            (_("Your role"), role_name(reader, role) if role else _("not stated")),
            (_("Members"), str(memberships.count(session, organization.id))),
            (
                _("Publishing"),
                _("One editor publishes alone")
                if organization.publishes_at_once
                else _("A second person must agree (four eyes)"),
            ),
            (_("Mail domains"), ", ".join(organization.mail_domains) or _("not stated")),
        ],
        waiting=_waiting(session, reader, organization) if is_lead else (),
        verifications=[verification_row(reader, each) for each in known],
        verify_action=reader.address("verify", id=key)
        if is_lead and organization.mail_domains
        else "",
        leave_action=reader.address("leave", id=key) if role else "",
        errors=errors,
    )
    return render("management/overview.html", context, status_code=status_of(errors))


HANDLERS = [show, verify, leave]


def verification_row(reader: Reader, verification: Verification) -> VerificationRow:
    """A verification as a row, those taken back with the reason."""
    withdrawn = verification.withdrawn_at
    return VerificationRow(
        how=verified_how(reader, verification),
        on=reader.day(verification.at.date()),
        holds=verification.holds,
        withdrawn=reader._("Taken back on %(day)s: %(reason)s")
        % {"day": reader.day(withdrawn.date()), "reason": verification.withdrawn_reason}
        if withdrawn
        else "",
        id=str(verification.id),
    )


def _waiting(
    session: Session, reader: Reader, organization: Organization
) -> Sequence[tuple[str, str]]:
    key = str(organization.id)
    asked = len(join_requests.of_organization(session, reader.actor, organization))
    sent = len(invitations.of_organization(session, reader.actor, organization))
    rows = []
    if asked:
        text = reader.texts.ngettext(
            "%(num)s person asks to join", "%(num)s people ask to join", asked
        )
        rows.append((text % {"num": asked}, reader.address("join_requests", id=key)))
    if sent:
        text = reader.texts.ngettext(
            "%(num)s invitation is not answered", "%(num)s invitations are not answered", sent
        )
        rows.append((text % {"num": sent}, reader.address("invitations", id=key)))
    return rows
