"""One organization as moderators have it: verifications, mail domains, merger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect

from catalog import mergers, organization_requests, organizations, verifications
from catalog.database import Session
from catalog.errors import Invalid, NotFound, Problem
from catalog.mergers import Preview
from catalog.organizations import Organization
from marketplace import forms
from marketplace.accounts import api_keys
from marketplace.accounts.logins import Login
from marketplace.forms import NO_ERRORS, Errors
from marketplace.pages.account.posted import id_in
from marketplace.pages.account_access import confirmed
from marketplace.pages.editor.access import sign_in_first
from marketplace.pages.frame import PageFrame, PageNotice
from marketplace.pages.management.area import shown_again, status_of
from marketplace.pages.management.overview import VerificationRow, verification_row
from marketplace.pages.reader import Reader, frame
from marketplace.pages.rendering import render
from marketplace.routing import get, paths, post


@dataclass(frozen=True)
class ModeratedOrganizationPage:
    """What moderators do to an organization."""

    page: PageFrame
    title: str
    public_href: str
    verifications: Sequence[tuple[VerificationRow, str]]
    """Each with the address that takes it back; empty where it is taken back."""
    verify_action: str
    domains_action: str
    merge_action: str
    values: Mapping[str, str]
    errors: Errors


@dataclass(frozen=True)
class MergePage:
    """What a merger would move, before it is confirmed."""

    page: PageFrame
    title: str
    ending: str
    heir: str
    facts: Sequence[tuple[str, str]]
    action: str
    back_href: str
    heir_slug: str
    on: str
    errors: Errors


@get(paths("moderation_organization"))
def show(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    done: FromQuery[str] = "",
) -> Response[Any]:
    """The organization, for moderators."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader)
    return _page(session, reader, _opened(session, reader, id), done=done)


@post(paths("moderation_organization"))
def set_domains(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    data: URLEncodedBody[dict[str, str]],
) -> Redirect:
    """Enter the mail domains, one a line."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader)
    organization = _opened(session, reader, id)
    text = forms.text(data, "mail_domains")
    values = {"mail_domains": text}
    with shown_again(
        reader, lambda errors: _page(session, reader, organization, values=values, errors=errors)
    ):
        organizations.set_mail_domains(session, reader.actor, organization, text.split())
    return _back(reader, organization, "domains")


@post(paths("moderation_verify"))
def verify(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    data: URLEncodedBody[dict[str, str]],
) -> Redirect:
    """Verify by hand, and say what was looked at."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader, reader.address("moderation_organization", id=id))
    organization = _opened(session, reader, id)
    note = forms.text(data, "note")
    values = {"note": note}
    with shown_again(
        reader, lambda errors: _page(session, reader, organization, values=values, errors=errors)
    ):
        verifications.verify_by_hand(session, reader.actor, organization, note=note)
    return _back(reader, organization, "verified")


@post(paths("moderation_unverify"))
def unverify(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    verification: FromPath[str],
    data: URLEncodedBody[dict[str, str]],
) -> Redirect:
    """Take a verification back, with the reason."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader, reader.address("moderation_organization", id=id))
    organization = _opened(session, reader, id)
    found = verifications.by_id(session, id_in(verification))
    if found.organization_id != organization.id:
        raise NotFound("There is no such verification.")
    suffix = f"-{found.id}"
    reason = forms.text(data, f"reason{suffix}")
    values = {f"reason{suffix}": reason}
    with shown_again(
        reader,
        lambda errors: _page(session, reader, organization, values=values, errors=errors),
        suffix=suffix,
    ):
        verifications.withdraw(session, reader.actor, found, reason=reason)
    return _back(reader, organization, "unverified")


@get(paths("moderation_merge"))
def preview(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    heir: FromQuery[str] = "",
    on: FromQuery[str] = "",
) -> Response[Any]:
    """What the merger would move."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader)
    ending = _opened(session, reader, id)
    values = {"heir": heir[:90], "on": on[:20]}
    with shown_again(
        reader, lambda errors: _page(session, reader, ending, values=values, errors=errors)
    ):
        taking, day = _merger(session, values)
        found = mergers.preview(session, reader.actor, ending, taking)
    return _merge_page(reader, ending, taking, day, found)


@post(paths("moderation_merge"))
def merge(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    login: NamedDependency[Login | None],
    id: FromPath[str],  # noqa: A002 - the name in the address
    data: URLEncodedBody[dict[str, str]],
) -> Redirect:
    """Merge, once it is sure who asks; all keys of the organization that ends are void."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader, reader.address("moderation_organization", id=id))
    ending = _opened(session, reader, id)
    values = {"heir": data.get("heir", "")[:90], "on": data.get("on", "")[:20]}
    sure = confirmed(reader, login, reader.address("moderation_merge", values, id=id))
    if isinstance(sure, Redirect):
        return sure
    with shown_again(
        reader, lambda errors: _page(session, reader, ending, values=values, errors=errors)
    ):
        heir, day = _merger(session, values)
        api_keys.revoke_all(session, reader.actor, ending)
        mergers.merge(session, reader.actor, ending, heir, on=day)
    href = reader.address("moderation_organizations", {"done": "merged"})
    return Redirect(href, status_code=303)


HANDLERS = [show, set_domains, verify, unverify, preview, merge]


def _opened(session: Session, reader: Reader, key: str) -> Organization:
    organization_requests.require_governing(reader.actor)
    return organizations.by_id(session, id_in(key))


def _merger(session: Session, values: Mapping[str, str]) -> tuple[Organization, date]:
    problems: list[Problem] = []
    heir = None
    try:
        heir = organizations.by_slug(session, values["heir"].strip())
    except NotFound:
        problems.append(
            Problem("heir", "Give the last part of the address of an organization's profile.")
        )
    day = forms.day(values, "on")
    if not isinstance(day, date):
        problems.append(day)
    if heir is None or not isinstance(day, date):
        raise Invalid("The merger is not complete.", problems=problems)
    return heir, day


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
    key = str(organization.id)
    texts = {
        "domains": _("The mail domains are saved."),
        "verified": _("The organization is verified."),
        "unverified": _("The verification is taken back."),
    }
    known = verifications.of_organization(session, organization)
    kept = {"mail_domains": "\n".join(organization.mail_domains)}
    context = ModeratedOrganizationPage(
        page=_frame(reader, organization.name, errors, texts.get(done, "")),
        title=organization.name,
        public_href=reader.address("organization", slug=organization.slug),
        verifications=[
            (
                verification_row(reader, each),
                reader.address("moderation_unverify", id=key, verification=str(each.id))
                if each.holds
                else "",
            )
            for each in known
        ],
        verify_action=reader.address("moderation_verify", id=key),
        domains_action=reader.address("moderation_organization", id=key),
        merge_action=reader.address("moderation_merge", id=key),
        values={**kept, **(values or {})},
        errors=errors,
    )
    return render("moderation/organization.html", context, status_code=status_of(errors))


def _merge_page(
    reader: Reader, ending: Organization, heir: Organization, on: date, found: Preview
) -> Response[str]:
    _ = reader._
    key = str(ending.id)
    facts = [
        (_("People who come over"), found.members),
        (_("People who are in both; they keep the higher role"), found.common_members),
        (_("Solutions"), found.solutions),
        (_("Uses that come over"), found.adoptions),
        (_("Uses of a solution that both use; the one further on stays"),
         len(found.common_adoptions)),
        (_("Open invitations, which end"), found.invitations),
        (_("Open requests to join, which end"), found.join_requests),
    ]  # fmt: skip
    keys = _("yes") if found.keys_move else _("no")
    title = _("Merge “%(name)s”") % {"name": ending.name}
    context = MergePage(
        page=_frame(reader, title, NO_ERRORS, ""),
        title=title,
        ending=ending.name,
        heir=heir.name,
        facts=[
            *((label, str(count)) for label, count in facts),
            (_("Day of the merger"), reader.day(on)),
            (_("Official keys lead to the place of the heir"), keys),
        ],
        action=reader.address("moderation_merge", id=key),
        back_href=reader.address("moderation_organization", id=key),
        heir_slug=heir.slug,
        on=on.isoformat(),
        errors=NO_ERRORS,
    )
    return render("moderation/merge.html", context)


def _frame(reader: Reader, title: str, errors: Errors, done: str) -> PageFrame:
    _ = reader._
    wrong = bool(errors.by_field or errors.general)
    return frame(
        reader,
        f"{_('Error:')} {title}" if wrong else title,
        section="moderation",
        crumbs=[
            (_("Moderation"), reader.address("moderation")),
            (_("Organizations"), reader.address("moderation_organizations")),
        ],
        notices=(PageNotice(done, "ok", live="status"),) if done else (),
        is_indexed=False,
    )


def _back(reader: Reader, organization: Organization, done: str) -> Redirect:
    href = reader.address("moderation_organization", {"done": done}, id=str(organization.id))
    return Redirect(href, status_code=303)
