"""Notices where one person waits for another: reviews and their answers, members and roles.

Requests to join, their answers and invitations have letters of their own, written in the
transaction of the act; their notices are for the site and send no second mail.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from catalog import (
    deputies,
    invitations,
    join_requests,
    memberships,
    organization_requests,
    records,
    solutions,
)
from catalog.changes import Change
from catalog.database import rows_by_id
from catalog.deputies import Deputy
from catalog.invitations import Invitation
from catalog.join_requests import JoinRequest
from catalog.moderation import cases
from catalog.moderation.cases import Case, CaseKind, Desk
from catalog.organization_requests import OrganizationRequest
from catalog.people import Person
from catalog.permissions import EDITS, LEADS
from catalog.register import entries, feedback
from catalog.register.feedback import Feedback
from catalog.watching import Watchable
from marketplace.notifications.events import Event
from marketplace.notifications.telling import Told, before

TO_DECIDE = frozenset({"opened", "resubmitted", "answered", "seconded"})
"""What happened to a case so that its deciders have something to do."""

ANSWERED = frozenset({"returned", "approved", "refused", "undone"})
"""What happened to a case that its submitter wants to know."""

OF_DRAFTS = frozenset({CaseKind.FIRST_PUBLICATION, CaseKind.REVISION})

ROLE_VERBS = frozenset({"joined", "changed_role", "removed"})


def tell_of_reviews(told: Told, seen: Sequence[Change]) -> None:
    """Deciders hear what waits for them, submitters how it was decided."""
    of_cases = [each for each in seen if each.kind == cases.KIND]
    found = rows_by_id(told.session, Case, [each.thing_id for each in of_cases])
    resubmitted = {each.thing_id for each in of_cases if each.verb == "resubmitted"}
    for change in of_cases:
        case = found.get(change.thing_id)
        if case is None:
            continue
        if change.verb in ANSWERED and case.opened_by_id is not None:
            thing = (
                (solutions.KIND, case.thing_id) if case.kind in OF_DRAFTS else (cases.KIND, case.id)
            )
            told.add(
                change, Event.DECIDED, thing, [case.opened_by_id], words=case.title, adds_up=False
            )
        elif change.verb in TO_DECIDE and _asks_somebody(change, case, resubmitted):
            told.add(
                change,
                Event.REVIEW_WAITING,
                (cases.KIND, case.id),
                _deciders(told, change, case),
                words=case.title,
                adds_up=False,
            )


def tell_of_roles(told: Told, seen: Sequence[Change]) -> None:
    """Who got, changed or lost a role hears of it, and who acts as a deputy."""
    for change in seen:
        body = change.on_behalf_of_id
        if change.kind == "person" and change.verb in ROLE_VERBS and body is not None:
            thing = (str(Watchable.ORGANIZATION), body)
            told.add(change, Event.MEMBERSHIP_CHANGED, thing, [change.thing_id])
    named = [each for each in seen if (each.kind, each.verb) == (deputies.KIND, "named")]
    found = rows_by_id(told.session, Deputy, [each.thing_id for each in named])
    for change in named:
        if change.thing_id in found:
            deputy = found[change.thing_id]
            thing = (str(Watchable.ORGANIZATION), deputy.organization_id)
            told.add(change, Event.MEMBERSHIP_CHANGED, thing, [deputy.person_id])


def tell_of_invitations(told: Told, seen: Sequence[Change]) -> None:
    """Who is invited and has an account sees it there too."""
    sent = [each for each in seen if (each.kind, each.verb) == (invitations.KIND, "invited")]
    found = rows_by_id(told.session, Invitation, [each.thing_id for each in sent])
    addresses = {each.email for each in found.values()}
    query = select(Person.email, Person.id).where(Person.email.in_(addresses))
    people = dict(iter(told.session.execute(query))) if addresses else {}
    for change in sent:
        invitation = found.get(change.thing_id)
        if invitation is not None and invitation.email in people:
            thing = (str(Watchable.ORGANIZATION), invitation.organization_id)
            to = [people[invitation.email]]
            told.add(change, Event.MEMBERSHIP_CHANGED, thing, to, has_letter=True, adds_up=False)


def tell_of_answers(told: Told, seen: Sequence[Change]) -> None:
    """Leads hear who accepted or declined an invitation."""
    verbs = (invitations.State.ACCEPTED, invitations.State.DECLINED)
    given = [each for each in seen if each.kind == invitations.KIND and each.verb in verbs]
    found = rows_by_id(told.session, Invitation, [each.thing_id for each in given])
    bodies = {each.organization_id for each in found.values()}
    leads = memberships.with_roles(told.session, bodies, LEADS)
    for change in given:
        invitation = found.get(change.thing_id)
        if invitation is None:
            continue
        to = before(leads.get(invitation.organization_id, ()), change.at)
        thing = (str(Watchable.ORGANIZATION), invitation.organization_id)
        told.add(change, Event.JOIN_REQUESTED, thing, to, words=invitation.email, adds_up=False)


def tell_of_requests(told: Told, seen: Sequence[Change]) -> None:
    """Leads hear who wants to join, moderators who wants an organization; who asked the answer."""
    _tell_of_joining(told, [each for each in seen if each.kind == join_requests.KIND])
    _tell_of_entering(told, [each for each in seen if each.kind == organization_requests.KIND])


def tell_of_feedback(told: Told, seen: Sequence[Change]) -> None:
    """Editors hear that somebody asked about a card: once a day for each, however many ask."""
    asked = [each for each in seen if (each.kind, each.verb) == (feedback.KIND, "asked")]
    found = rows_by_id(
        told.session, Feedback, [each.thing_id for each in asked], joinedload(Feedback.entry)
    )
    bodies = {each.entry.organization_id for each in found.values()}
    members = memberships.with_roles(told.session, bodies, EDITS)
    for change in asked:
        if change.thing_id not in found:
            continue
        entry = found[change.thing_id].entry
        told.add(
            change,
            Event.FEEDBACK_GIVEN,
            (entries.KIND, entry.id),
            before(members.get(entry.organization_id, ()), change.at),
            words=records.best(entry.public_record.name, "de")[0],
            adds_up=False,
            occasion=f"feedback {change.at.date()}",
        )


def _tell_of_joining(told: Told, seen: Sequence[Change]) -> None:
    found = rows_by_id(told.session, JoinRequest, [each.thing_id for each in seen])
    bodies = {each.organization_id for each in found.values()}
    leads = memberships.with_roles(told.session, bodies, LEADS)
    for change in seen:
        request = found.get(change.thing_id)
        if request is None:
            continue
        thing = (str(Watchable.ORGANIZATION), request.organization_id)
        if change.verb == "asked":
            to = before(leads.get(request.organization_id, ()), change.at)
            told.add(change, Event.JOIN_REQUESTED, thing, to, has_letter=True, adds_up=False)
        elif change.verb in ("approved", "refused"):
            to = {request.person_id}
            told.add(change, Event.MEMBERSHIP_CHANGED, thing, to, has_letter=True, adds_up=False)


def _tell_of_entering(told: Told, seen: Sequence[Change]) -> None:
    found = rows_by_id(told.session, OrganizationRequest, [each.thing_id for each in seen])
    for change in seen:
        request = found.get(change.thing_id)
        if request is None:
            continue
        thing, words = (organization_requests.KIND, request.id), request.name
        if change.verb in ("requested", "claimed"):
            to = _moderators(told)
            told.add(change, Event.REVIEW_WAITING, thing, to, words=words, adds_up=False)
        elif change.verb in ("active", "refused"):
            event, to = Event.MEMBERSHIP_CHANGED, {request.person_id}
            told.add(change, event, thing, to, words=words, has_letter=True, adds_up=False)


def _asks_somebody(change: Change, case: Case, resubmitted: set[UUID]) -> bool:
    if change.verb == "answered":
        # An answer that comes with the draft is told as the draft; a first one as the new case.
        return case.state == cases.CaseState.OPEN and case.id not in resubmitted
    # What the node itself finds in an import may be thousands: the queue shows it.
    return case.kind != CaseKind.DUPLICATE or case.opened_by_id is not None


def _deciders(told: Told, change: Change, case: Case) -> set[UUID]:
    if case.desk == Desk.MODERATORS:
        to = _moderators(told)
    elif case.organization_id is not None:
        members = memberships.with_roles(told.session, [case.organization_id], EDITS)
        to = before(members.get(case.organization_id, ()), change.at)
    else:
        to = set()
    return to - {case.opened_by_id} if case.opened_by_id else to


def _moderators(told: Told) -> set[UUID]:
    query = select(Person.id).where(
        or_(Person.is_moderator.is_(True), Person.is_steward.is_(True)),
        Person.suspended_at.is_(None),
    )
    return set(told.session.scalars(query))
