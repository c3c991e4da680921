"""What notices say, in the reader's language: the same words on the page and in mails."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from sqlalchemy.orm import Session

from catalog.moderation import cases
from catalog.watching import Watchable
from marketplace.notifications.events import Event, Rhythm
from marketplace.notifications.notices import Notice
from marketplace.pages import permanent_links, things
from marketplace.pages.reader import Reader
from marketplace.search import saved_searches
from marketplace.search.saved_searches import SavedSearch

Words = Callable[[str], str]


@dataclass(frozen=True)
class Told:
    """A notice in words: what it is about, what happened, where to look."""

    notice: Notice
    name: str
    lang: str
    what: str
    href: str
    """Absolute and permanent; empty where the thing is gone."""


def event_labels(_: Words) -> Mapping[Event, str]:
    """The names of the kinds of notice, in the order in which they are shown."""
    return {
        Event.DECIDED: _("A draft of mine was returned, approved or refused"),
        Event.REVIEW_WAITING: _("A draft waits for my decision"),
        Event.JOIN_REQUESTED: _("Somebody wants to join my organization or answers an invitation"),
        Event.MEMBERSHIP_CHANGED: _("My role in an organization changed"),
        Event.CONFIRMATION_DUE: _("An entry of my organization should be confirmed"),
        Event.FEEDBACK_GIVEN: _("Somebody asked about a register entry of ours"),
        Event.ADOPTED: _("Another organization uses a solution of ours"),
        Event.INTERFACE_BROKEN: _("An interface of a solution we use changed incompatibly"),
        Event.SECURITY_NOTICED: _("A solution we use or I watch has a security notice"),
        Event.WATCHED_CHANGED: _("Something I watch changed"),
        Event.WATCHED_RELEASED: _("A solution I watch has a new version"),
        Event.WATCHED_WITHDRAWN: _("A solution I watch was withdrawn"),
        Event.SEARCH_HIT: _("A saved search has new hits"),
        Event.ANNOUNCED: _("Announcements of this node"),
    }


def rhythm_labels(_: Words) -> Mapping[Rhythm, str]:
    """The names of the rhythms."""
    return {
        Rhythm.AT_ONCE: _("at once"),
        Rhythm.DAILY: _("once a day"),
        Rhythm.WEEKLY: _("once a week"),
        Rhythm.NEVER: _("never"),
    }


def told(session: Session, reader: Reader, found: Sequence[Notice]) -> list[Told]:
    """These notices in words, in their order; a fixed number of queries."""
    watchable = [(each.kind, each.thing_id) for each in found if each.kind in set(Watchable)]
    lines = things.lines(session, reader, watchable)
    texts = _causes(reader._)
    result = []
    for notice in found:
        line = lines.get((notice.kind, notice.thing_id))
        result.append(
            Told(
                notice=notice,
                name=line.name.text if line else _without_page(reader, notice),
                lang=line.name.lang if line else "",
                what=_what(reader, notice, texts),
                href=_waiting_page(reader, notice)
                or (
                    permanent_links.iri(reader, notice.kind, notice.thing_id)
                    if line
                    else _own_page(session, reader, notice)
                ),
            )
        )
    return result


def _what(reader: Reader, notice: Notice, texts: Mapping[tuple[str, str], str]) -> str:
    _ = reader._
    if notice.event == Event.SEARCH_HIT:
        if notice.kind == saved_searches.KIND:
            text = reader.texts.ngettext("%(num)s new hit", "%(num)s new hits", notice.times)
            return text % {"num": notice.times}
        return _("New hit of your search “%(name)s”") % {"name": notice.words}
    what = texts.get((notice.kind, notice.cause), texts.get(("", notice.cause), ""))
    if notice.cause in ("invitation.accepted", "invitation.declined"):
        return what % {"who": notice.words}
    if notice.times > 1:
        what = _("%(what)s, %(times)s times") % {"what": what, "times": notice.times}
    return what


def _without_page(reader: Reader, notice: Notice) -> str:
    return notice.words or reader._("An entry that is no longer here")


def _waiting_page(reader: Reader, notice: Notice) -> str:
    """Where one does what the notice asks for; empty where nothing is to be done."""
    key = str(notice.thing_id)
    pages = {
        "join_request.asked": ("join_requests", key),
        "join_request.approved": ("management", key),
        "deputy.named": ("management", key),
        "person.joined": ("management", key),
        "person.changed_role": ("management", key),
        "join_request.refused": ("account", ""),
        "invitation.invited": ("account", ""),
        "invitation.accepted": ("members", key),
        "invitation.declined": ("invitations", key),
        "entry-feedback.asked": ("entry_feedback", ""),
        "organization_request.active": ("account", ""),
        "organization_request.refused": ("account", ""),
        "organization_request.requested": ("moderation_request", key),
        "organization_request.claimed": ("moderation_request", key),
    }
    if notice.kind == cases.KIND:
        name, of = "moderation_case", key
    elif notice.event == Event.DECIDED and notice.cause != "case.approved":
        name, of = "draft", key
    else:
        name, of = pages.get(notice.cause, ("", ""))
    if not name:
        return ""
    return reader.base_url + (reader.address(name, id=of) if of else reader.address(name))


def _own_page(session: Session, reader: Reader, notice: Notice) -> str:
    if notice.kind == saved_searches.KIND:
        saved = session.get(SavedSearch, notice.thing_id)
        if saved is not None:
            return reader.base_url + reader.address("search", parse_qsl(saved.query))
    return ""


def _causes(_: Words) -> Mapping[tuple[str, str], str]:
    """What happened, by kind of the thing told about and cause; an empty kind is any other."""
    return {
        ("solution", "solution.published"): _("Published"),
        ("solution", "solution.revised"): _("Entry changed"),
        ("solution", "solution.handed_over"): _("Another organization is responsible now"),
        ("solution", "solution.withdrawn"): _("Withdrawn"),
        ("solution", "solution.released"): _("New version of the software"),
        ("solution", "solution.security_noticed"): _(
            "Security notice for a version of the software"
        ),
        ("solution", "adoption.adopted"): _("Another organization entered its use"),
        ("solution", "solution.interface_broken"): _("New version of an interface breaks callers"),
        ("solution", "solution.interface_published"): _("New version of an interface"),
        ("solution", "adoption.due"): _("Please confirm that your use is still current"),
        ("", "solution.published"): _("Published a solution"),
        ("", "solution.withdrawn"): _("Withdrew a solution"),
        ("", "adoption.adopted"): _("Entered a new use"),
        ("", "adoption.changed"): _("Changed a use"),
        ("", "adoption.ended"): _("Ended a use"),
        ("", "organization.changed"): _("Profile changed"),
        ("", "organization.verified"): _("Organization verified"),
        ("organization", "person.joined"): _("You have a role here"),
        ("", "person.changed_role"): _("You have another role here now"),
        ("", "person.removed"): _("You are no longer a member here"),
        ("", "deputy.named"): _("You act as lead here while a lead is away"),
        ("", "invitation.invited"): _("You are invited to become a member"),
        ("", "invitation.accepted"): _("%(who)s accepted your invitation"),
        ("", "invitation.declined"): _("%(who)s declined your invitation"),
        ("", "join_request.asked"): _("Somebody asks to join your organization"),
        ("", "join_request.approved"): _("Your request to join was approved"),
        ("", "join_request.refused"): _("Your request to join was refused"),
        ("", "organization_request.requested"): _("Somebody asks for a new organization"),
        ("", "organization_request.claimed"): _("Somebody asks to lead this organization"),
        ("", "organization_request.active"): _("You lead this organization now"),
        ("", "organization_request.refused"): _("Your request for an organization was refused"),
        ("", "entry-feedback.asked"): _("Somebody asked about this entry"),
        ("", "case.opened"): _("Waits for your decision"),
        ("", "case.resubmitted"): _("The question is answered; the draft waits again"),
        ("", "case.answered"): _("The submitter answered"),
        ("", "case.seconded"): _("A second person has to decide"),
        ("", "case.returned"): _("Returned to you with a question"),
        ("", "case.approved"): _("Approved"),
        ("solution", "case.approved"): _("Approved and published"),
        ("", "case.refused"): _("Refused; the reason stands there"),
        ("", "case.undone"): _("The decision was taken back; it is being checked again"),
        ("announcement", "announcement.announced"): _("Announcement"),
    }
