"""The account page: profile, organizations, watch list, saved searches, and where to go on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Redirect

from catalog import (
    invitations,
    join_requests,
    memberships,
    organization_requests,
    people,
    watching,
)
from catalog.database import Session
from catalog.errors import Invalid
from catalog.invitations import Invitation
from catalog.join_requests import JoinRequest
from catalog.memberships import Membership
from catalog.moderation import cases
from catalog.moderation.cases import Wanted
from catalog.organization_requests import OrganizationRequest
from catalog.permissions import person_of
from catalog.watching import Watch
from marketplace import forms
from marketplace.forms import NO_ERRORS, Errors, Rejected
from marketplace.notifications import notices
from marketplace.pages import things
from marketplace.pages.editor.access import errors_of, sign_in_first
from marketplace.pages.frame import PageFrame, PageNotice
from marketplace.pages.reader import LANGUAGE_NAMES, Reader, frame
from marketplace.pages.rendering import render
from marketplace.pages.things import ThingLine
from marketplace.pages.wording import role_name, short_day
from marketplace.routing import get, paths, post
from marketplace.search import saved_searches
from marketplace.search.saved_searches import SavedSearch


@dataclass(frozen=True)
class BodyRow:
    """An organization of the person with its role there."""

    name: str
    href: str
    role: str
    since: str


@dataclass(frozen=True)
class InvitationRow:
    """An invitation to the person's address."""

    name: str
    role: str
    invited_by: str
    action: str


@dataclass(frozen=True)
class RequestRow:
    """A request of the person, and how it stands; ``action`` takes an open one back."""

    name: str
    what: str
    sign: str
    state: str
    reason: str
    on: str
    action: str


@dataclass(frozen=True)
class WatchRow:
    """Something that the person watches; ``line`` is None where the thing is gone."""

    line: ThingLine | None
    kind: str
    thing_id: str
    since: str


@dataclass(frozen=True)
class SearchRow:
    """A saved search: ask it again, follow its feed, rename it, delete it."""

    id: str
    name: str
    href: str
    feed_href: str
    saved_on: str
    rename_action: str
    delete_action: str


@dataclass(frozen=True)
class AccountPage:
    """What the node knows of the person who asks, and what the person can do with it."""

    page: PageFrame
    title: str
    name: str
    email: str
    language: str
    languages: Sequence[tuple[str, str]]
    profile_action: str
    errors: Errors
    bodies: Sequence[BodyRow]
    invitations: Sequence[InvitationRow]
    requests: Sequence[RequestRow]
    request_organization_href: str
    watch_action: str
    here: str
    watches: Sequence[WatchRow]
    searches: Sequence[SearchRow]
    search_href: str
    places_href: str
    my_solutions_href: str
    my_entries_href: str
    unread: int
    notices_href: str
    notice_settings_href: str
    administration_href: str
    """Empty for everybody but the node's steward."""
    review_href: str
    """Empty for those who decide about nothing."""
    waiting: int
    """Cases that wait for the person's decision."""
    security_href: str
    own_data_href: str
    delete_href: str


@get(paths("account"))
def show(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    done: FromQuery[str] = "",
) -> Response[Any]:
    """The account of the person who asks."""
    if reader.actor.person_id is None:
        return sign_in_first(reader)
    return page(session, reader, done=done)


@post(paths("account"))
def describe(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    data: URLEncodedBody[dict[str, str]],
) -> Redirect:
    """Change the name and the language of one's account."""
    name, language = forms.text(data, "name"), data.get("language", "")
    try:
        people.describe(session, reader.actor, name=name, language=language)
    except Invalid as refusal:
        filled = page(session, reader, errors=errors_of(reader, refusal), typed=(name, language))
        raise Rejected(filled) from refusal
    return Redirect(reader.address("account", {"done": "described"}), status_code=303)


def page(
    session: Session,
    reader: Reader,
    *,
    done: str = "",
    errors: Errors = NO_ERRORS,
    typed: tuple[str, str] | None = None,
) -> Response[str]:
    """The account page, after an error with what was typed."""
    actor = reader.actor
    person = people.by_id(session, person_of(actor))
    watches = watching.of_person(session, actor)
    lines = things.lines(session, reader, [(each.kind, each.thing_id) for each in watches])
    title = reader._("My account")
    decides = actor.may_moderate or any(map(actor.may_edit_for, actor.roles))
    name, language = typed or (person.name, person.language)
    context = AccountPage(
        page=frame(reader, title, section="account", notices=_done(reader, done), is_indexed=False),
        title=title,
        name=name,
        email=person.email,
        language=language,
        languages=tuple(LANGUAGE_NAMES.items()),
        profile_action=reader.address("account"),
        errors=errors,
        bodies=[_body(reader, each) for each in memberships.of_person(session, person.id)],
        invitations=[_invitation(reader, each) for each in invitations.of_person(session, actor)],
        requests=_requests(session, reader),
        request_organization_href=reader.address("request_organization"),
        watch_action=reader.address("watches"),
        here=reader.address("account") + "#watches",
        watches=[_watch(reader, each, lines.get((each.kind, each.thing_id))) for each in watches],
        searches=[_search(reader, each) for each in saved_searches.of_person(session, actor)],
        search_href=reader.address("search"),
        places_href=reader.address("municipalities"),
        my_solutions_href=reader.address("my_solutions"),
        my_entries_href=reader.address("my_entries"),
        unread=notices.count_unread(session, actor),
        notices_href=reader.address("notices"),
        notice_settings_href=reader.address("notice_settings"),
        administration_href=reader.address("administration") if actor.is_steward else "",
        review_href=reader.address("moderation") if decides else "",
        waiting=cases.count(session, actor, Wanted(), today=reader.today) if decides else 0,
        security_href=reader.address("security"),
        own_data_href=reader.address("own_data"),
        delete_href=reader.address("account_delete"),
    )
    return render("account/home.html", context)


HANDLERS = [show, describe]


def _done(reader: Reader, done: str) -> tuple[PageNotice, ...]:
    _ = reader._
    texts = {
        "described": _("Your profile is saved."),
        "saved": _("The search is saved. You will hear of new hits."),
        "renamed": _("The search has its new name."),
        "deleted": _("The search is deleted."),
        "left": _("You are no longer a member of the organization."),
        "joined": _("You are a member of the organization now."),
        "declined": _("You have declined the invitation."),
        "asked": _("The leads are told. You hear of their decision by e-mail."),
        "requested": _("The moderators check your request. You hear of it by e-mail."),
        "withdrawn": _("Your request is taken back."),
    }
    return (PageNotice(texts[done], "ok", live="status"),) if done in texts else ()


def _body(reader: Reader, membership: Membership) -> BodyRow:
    body = membership.organization
    return BodyRow(
        body.name,
        reader.address("management", id=str(body.id)),
        role_name(reader, membership.role),
        short_day(membership.since.date(), reader.language),
    )


def _invitation(reader: Reader, invitation: Invitation) -> InvitationRow:
    return InvitationRow(
        invitation.organization.name,
        role_name(reader, invitation.role),
        invitation.invited_by,
        reader.address("own_invitation", id=str(invitation.id)),
    )


def _requests(session: Session, reader: Reader) -> Sequence[RequestRow]:
    _ = reader._
    asked = [
        _request(reader, each, each.organization.name, _("Join"), "own_join_request")
        for each in join_requests.of_person(session, reader.actor)
    ]
    wanted = [
        _request(
            reader,
            each,
            each.name,
            _("Claim") if each.is_claim else _("Enter"),
            "own_organization_request",
        )
        for each in organization_requests.of_person(session, reader.actor)
    ]
    return [*asked, *wanted]


def _request(
    reader: Reader, request: JoinRequest | OrganizationRequest, name: str, what: str, page: str
) -> RequestRow:
    _ = reader._
    sign, state = {
        "open": ("open", _("not decided yet")),
        "requested": ("open", _("not decided yet")),
        "approved": ("ok", _("agreed")),
        "active": ("ok", _("agreed")),
        "refused": ("bad", _("refused")),
        "withdrawn": ("stale", _("taken back")),
    }[request.state]
    return RequestRow(
        name=name,
        what=what,
        sign=sign,
        state=state,
        reason=request.reason,
        on=short_day(request.created_at.date(), reader.language),
        action=reader.address(page, id=str(request.id)) if sign == "open" else "",
    )


def _watch(reader: Reader, watch: Watch, line: ThingLine | None) -> WatchRow:
    since = short_day(watch.since.date(), reader.language)
    return WatchRow(line, watch.kind, str(watch.thing_id), since)


def _search(reader: Reader, saved: SavedSearch) -> SearchRow:
    href = reader.address("search", parse_qsl(saved.query))
    path, mark, query = href.partition("?")
    key = str(saved.id)
    return SearchRow(
        key,
        saved.name,
        href,
        f"{path}.atom{mark}{query}",
        short_day(saved.created_at.date(), reader.language),
        reader.address("saved_search", id=key),
        reader.address("saved_search_delete", id=key),
    )
