"""From changes to notices: two readers of the change feed, each with a position of its own.

Notices and position commit together, so whoever is killed in between tells nothing twice and
misses nothing. Both begin with what happens after they first ran: history is no news. Nobody is
told what they did themselves, nor what happened before they watched, saved or joined.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog import (
    adoptions,
    announcements,
    changes,
    memberships,
    organizations,
    solutions,
    watching,
)
from catalog.adoptions import Adoption
from catalog.changes import Change, FeedPosition
from catalog.people import Person
from catalog.permissions import EDITS, SPEAKS
from catalog.watching import Watchable
from marketplace.notifications import notices, preferences, waiting
from marketplace.notifications.events import Event, Rhythm
from marketplace.notifications.notices import News, Notice
from marketplace.notifications.telling import Thing, Told, before

READER = "notices"

CHANGES_AT_ONCE = 500

WATCHED: Mapping[tuple[str, str], Event] = {
    ("solution", "published"): Event.WATCHED_CHANGED,
    ("solution", "revised"): Event.WATCHED_CHANGED,
    ("solution", "handed_over"): Event.WATCHED_CHANGED,
    ("solution", "withdrawn"): Event.WATCHED_WITHDRAWN,
    ("solution", "released"): Event.WATCHED_RELEASED,
    ("solution", "security_noticed"): Event.SECURITY_NOTICED,
    ("solution", "interface_published"): Event.WATCHED_CHANGED,
    ("solution", "interface_broken"): Event.WATCHED_CHANGED,
    ("adoption", "adopted"): Event.WATCHED_CHANGED,
    ("adoption", "changed"): Event.WATCHED_CHANGED,
    ("adoption", "ended"): Event.WATCHED_CHANGED,
    ("organization", "changed"): Event.WATCHED_CHANGED,
    ("organization", "verified"): Event.WATCHED_CHANGED,
}
"""What those who watch the thing, its body or the body's place are told."""


def begin(session: Session) -> FeedPosition:
    """Where the reader stands; the first time it stands at the end of the feed."""
    return changes.held_position(session, READER, begins_at=changes.last_serial(session))


def follow(session: Session, limit: int = CHANGES_AT_ONCE) -> Sequence[Notice] | None:
    """Turn at most ``limit`` changes into notices; those that want a mail at once, None at the end.

    The caller commits; notices and position go together.
    """
    position = begin(session)
    seen = changes.after(session, position.serial, limit)
    if not seen:
        return None
    told = Told(session)
    _tell_watchers(told, seen)
    _tell_publishers(told, [each for each in seen if (each.kind, each.verb) == ADOPTED])
    waiting.tell_of_reviews(told, seen)
    waiting.tell_of_roles(told, seen)
    waiting.tell_of_invitations(told, seen)
    waiting.tell_of_answers(told, seen)
    waiting.tell_of_requests(told, seen)
    waiting.tell_of_feedback(told, seen)
    _tell_adopters(told, [each for each in seen if (each.kind, each.verb) in TOLD_TO_ADOPTERS])
    _tell_everybody(told, [each for each in seen if (each.kind, each.verb) == ANNOUNCED])
    position.serial = seen[-1].serial
    return keep(session, told.news)


ADOPTED = ("adoption", "adopted")
TOLD_TO_ADOPTERS = {
    ("solution", "interface_broken"): Event.INTERFACE_BROKEN,
    ("solution", "security_noticed"): Event.SECURITY_NOTICED,
}
"""What those who use a solution are told."""

ANNOUNCED = (announcements.KIND, "announced")


def keep(session: Session, news: Sequence[News]) -> list[Notice]:
    """Keep what the people want to hear; the notices about which a mail goes out at once."""
    wishes = preferences.of_people(session, (each.person_id for each in news))
    at_once = []
    for each in news:
        wish = wishes[each.person_id, each.event]
        if not wish.on_site and wish.rhythm is Rhythm.NEVER:
            continue
        notice = notices.tell(session, each, on_site=wish.on_site)
        if notice is not None and each.has_letter and wish.rhythm is Rhythm.AT_ONCE:
            notice.mailed_at = each.at
        elif notice is not None and wish.rhythm is Rhythm.AT_ONCE:
            at_once.append(notice)
    return at_once


def _tell_watchers(told: Told, seen: Sequence[Change]) -> None:
    relevant = [each for each in seen if each.public and (each.kind, each.verb) in WATCHED]
    about = {each.serial: _things(each) for each in relevant}
    bodies = {key for things in about.values() for kind, key in things if kind == "organization"}
    places = _places(told.session, bodies)
    for change in relevant:
        about[change.serial] += [
            (str(Watchable.MUNICIPALITY), places[key])
            for kind, key in about[change.serial]
            if kind == Watchable.ORGANIZATION and key in places
        ]
    watched = [thing for things in about.values() for thing in things]
    watchers = watching.watchers(told.session, watched)
    for change in relevant:
        event = WATCHED[change.kind, change.verb]
        done: set[UUID] = set()
        for kind, key in about[change.serial]:
            # Who watches the solution, its body and the place is told once.
            since = watchers.get(key, {})
            to = {person for person, moment in since.items() if moment < change.at} - done
            told.add(change, event, (kind, key), to)
            done |= to


def _things(change: Change) -> list[Thing]:
    """What can be watched and is touched by a change: the nearest first."""
    found: list[Thing] = []
    if change.kind in (Watchable.SOLUTION, Watchable.ORGANIZATION):
        found.append((change.kind, change.thing_id))
    of_body = change.kind == adoptions.KIND or change.verb in ("published", "withdrawn")
    if of_body and change.on_behalf_of_id is not None:
        found.append((str(Watchable.ORGANIZATION), change.on_behalf_of_id))
    return found


def _places(session: Session, bodies: set[UUID]) -> Mapping[UUID, UUID]:
    found = organizations.by_ids(session, list(bodies)) if bodies else {}
    return {key: body.municipality_id for key, body in found.items() if body.municipality_id}


def _tell_publishers(told: Told, adopted: Sequence[Change]) -> None:
    """Those who publish a solution hear that another body uses it."""
    if not adopted:
        return
    query = (
        select(Adoption.id, solutions.Solution.id, solutions.Solution.publisher_id)
        .join(solutions.Solution, solutions.Solution.id == Adoption.solution_id)
        .where(Adoption.id.in_([each.thing_id for each in adopted]))
        .where(Adoption.organization_id != solutions.Solution.publisher_id)
    )
    rows = {key: (solution, body) for key, solution, body in told.session.execute(query)}
    members = memberships.with_roles(
        told.session, {body for _, body in rows.values() if body}, EDITS
    )
    for change in adopted:
        solution_id, publisher_id = rows.get(change.thing_id, (None, None))
        if solution_id is not None and publisher_id is not None:
            to = before(members.get(publisher_id, ()), change.at)
            told.add(change, Event.ADOPTED, (solutions.KIND, solution_id), to)


def _tell_adopters(told: Told, important: Sequence[Change]) -> None:
    """Those who use a solution hear what may break or endanger what they run."""
    for change in important:
        if not change.public:
            continue
        bodies = adoptions.adopters(told.session, change.thing_id)
        members = memberships.with_roles(told.session, bodies, SPEAKS)
        to = {person for each in members.values() for person in before(each, change.at)}
        event = TOLD_TO_ADOPTERS[change.kind, change.verb]
        told.add(change, event, (solutions.KIND, change.thing_id), to)


def _tell_everybody(told: Told, announced: Sequence[Change]) -> None:
    """Everybody with an account hears of an announcement, in the own language."""
    if not announced:
        return
    rows = announcements.by_ids(told.session, [each.thing_id for each in announced])
    texts = {row.id: row.text for row in rows}
    people = select(Person.id, Person.language).where(Person.suspended_at.is_(None))
    everybody = told.session.execute(people).all()
    for change in announced:
        text = texts.get(change.thing_id, {})
        told.news += [
            News(
                person_id=person_id,
                event=Event.ANNOUNCED,
                kind=change.kind,
                thing_id=change.thing_id,
                cause="announcement.announced",
                occasion=f"change {change.serial}",
                at=change.at,
                words=text.get(language, ""),
            )
            for person_id, language in everybody
            if person_id != change.actor_id
        ]
