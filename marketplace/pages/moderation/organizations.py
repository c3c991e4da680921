"""Requests for organizations, for moderators: the list, one request, accepted or refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Request, Response
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect

from catalog import organization_requests, organizations, taxonomy
from catalog.database import Session
from catalog.errors import Invalid
from catalog.organization_requests import OrganizationRequest
from marketplace import forms
from marketplace.accounts import joining
from marketplace.forms import NO_ERRORS, Errors
from marketplace.pages.account.posted import id_in
from marketplace.pages.account_access import letters_of
from marketplace.pages.editor.access import sign_in_first
from marketplace.pages.frame import PageFrame, PageNotice
from marketplace.pages.management.area import shown_again, status_of
from marketplace.pages.reader import Reader, frame
from marketplace.pages.rendering import render
from marketplace.routing import get, paths, post


@dataclass(frozen=True)
class RequestRow:
    """A request that waits."""

    name: str
    href: str
    what: str
    person: str
    on: str


@dataclass(frozen=True)
class OrganizationsPage:
    """The open requests, and organizations by name."""

    page: PageFrame
    title: str
    rows: Sequence[RequestRow]
    action: str
    q: str
    found: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class RequestPage:
    """One request with everything that helps to decide."""

    page: PageFrame
    title: str
    facts: Sequence[tuple[str, str]]
    message: str
    is_from_domain: bool
    similar: Sequence[tuple[str, str]]
    """Organizations of a like name: the request may mean one of them."""
    action: str
    reason: str
    errors: Errors
    is_open: bool


@get(paths("moderation_organizations"))
def index(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    q: FromQuery[str] = "",
    done: FromQuery[str] = "",
) -> Response[Any]:
    """What waits, oldest first; ``q`` looks an organization up."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader)
    _ = reader._
    waiting = organization_requests.to_decide(session, reader.actor)
    texts = {
        "accepted": _("The organization is here, and the person leads it."),
        "refused": _("The request is refused. The person hears the reason by e-mail."),
        "merged": _("The organizations are merged. All keys of the one that ended are void."),
    }
    title = _("Organizations")
    notices = (PageNotice(texts[done], "ok", live="status"),) if done in texts else ()
    context = OrganizationsPage(
        page=frame(
            reader,
            title,
            section="moderation",
            crumbs=[(_("Moderation"), reader.address("moderation"))],
            notices=notices,
            is_indexed=False,
        ),
        title=title,
        rows=[_row(reader, each) for each in waiting],
        action=reader.address("moderation_organizations"),
        q=q[:200],
        found=[
            (each.name, reader.address("moderation_organization", id=str(each.id)))
            for each in organizations.named_like(session, q[:200], limit=30)
        ]
        if q.strip()
        else (),
    )
    return render("moderation/organizations.html", context)


@get(paths("moderation_request"))
def show(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
) -> Response[Any]:
    """One request."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader)
    return _page(session, reader, _opened(session, reader, id))


@post(paths("moderation_request"))
def decide(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    data: URLEncodedBody[dict[str, str]],
) -> Redirect:
    """Accept or refuse; the person is told by e-mail."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader)
    found = _opened(session, reader, id)
    letters, reason = letters_of(request, session), forms.text(data, "reason")
    with shown_again(
        reader, lambda errors: _page(session, reader, found, reason=reason, errors=errors)
    ):
        match data.get("action", ""):
            case "accept":
                joining.enter(session, letters, reader.actor, found)
                done = "accepted"
            case "refuse":
                joining.turn_down(session, letters, reader.actor, found, reason=reason)
                done = "refused"
            case _:
                raise Invalid("Choose a decision.", field="reason")
    href = reader.address("moderation_organizations", {"done": done})
    return Redirect(href, status_code=303)


HANDLERS = [index, show, decide]


def _opened(session: Session, reader: Reader, key: str) -> OrganizationRequest:
    # Who asked may read the request on the account page, not here.
    organization_requests.require_governing(reader.actor)
    return organization_requests.by_id(session, reader.actor, id_in(key))


def _row(reader: Reader, request: OrganizationRequest) -> RequestRow:
    return RequestRow(
        name=request.name,
        href=reader.address("moderation_request", id=str(request.id)),
        what=reader._("Claim") if request.is_claim else reader._("Enter"),
        person=request.person.name,
        on=reader.day(request.created_at.date()),
    )


def _page(
    session: Session,
    reader: Reader,
    request: OrganizationRequest,
    *,
    reason: str = "",
    errors: Errors = NO_ERRORS,
) -> Response[str]:
    _ = reader._
    wrong = bool(errors.by_field or errors.general)
    place = request.municipality
    title = request.name
    facts: Mapping[str, str] = {
        _("Asked for"): _("Claim") if request.is_claim else _("Enter"),
        _("Kind"): taxonomy.label("organization_kind", request.kind, reader.language),
        _("Place"): place.full_name if place else "",
        _("Website"): request.website,
        _("Mail domain of the organization"): request.mail_domain,
        _("Person"): f"{request.person.name}, {request.person.email}",
        _("Asked on"): reader.day(request.created_at.date()),
    }
    similar = organizations.named_like(session, request.name, limit=5)
    context = RequestPage(
        page=frame(
            reader,
            f"{_('Error:')} {title}" if wrong else title,
            section="moderation",
            crumbs=[
                (_("Moderation"), reader.address("moderation")),
                (_("Organizations"), reader.address("moderation_organizations")),
            ],
            is_indexed=False,
        ),
        title=title,
        facts=list(facts.items()),
        message=request.message,
        is_from_domain=request.is_from_domain,
        similar=[(each.name, reader.address("organization", slug=each.slug)) for each in similar],
        action=reader.address("moderation_request", id=str(request.id)),
        reason=reason,
        errors=errors,
        is_open=request.state == organization_requests.State.REQUESTED,
    )
    return render("moderation/organization_request.html", context, status_code=status_of(errors))
