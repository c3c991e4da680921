"""Every verb of the domain, tried as every role: ``tests/rights.txt`` says what is allowed."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from catalog import (
    adoptions,
    announcements,
    audit,
    code_lists,
    deletions,
    deputies,
    drafts,
    error_reports,
    interfaces,
    invitations,
    join_requests,
    memberships,
    mergers,
    merges,
    nodes,
    organization_requests,
    organizations,
    people,
    releases,
    solutions,
    submissions,
    taxonomy,
    verifications,
    watching,
)
from catalog.adoptions import Stage, Use
from catalog.database import new_id, now
from catalog.errors import NotAllowed, NotFound
from catalog.interfaces import InterfaceSpec
from catalog.memberships import Membership
from catalog.moderation import cases, decisions, text_blocks, threads
from catalog.moderation.cases import Case, Wanted
from catalog.moderation.decisions import Verb as Ruled
from catalog.organizations import Kind, Organization
from catalog.permissions import Actor, Role, Scope
from catalog.records import Contact, Licenses
from catalog.register import assessments, coverage, entries, feedback
from catalog.register.feedback import Given
from catalog.watching import Watchable
from impact import measurements, reporting
from impact.evaluations import Evaluation
from impact.grading import Design
from impact.measurements import Measurement, Numbers, Phase, Reading, Reason
from impact.metrics import metric_of
from impact.reporting import Plan, Remarks
from marketplace.accounts import api_keys
from marketplace.notifications import notices, preferences
from marketplace.notifications.events import Event, Rhythm, Wish
from marketplace.notifications.notices import News
from marketplace.search import saved_searches, synonyms
from marketplace.search.synonyms import Group
from tests.factories import (
    OPERATOR,
    a_city,
    a_record,
    a_solution,
    actor_for,
    an_entry,
    an_entry_draft,
    an_entry_record,
    an_organization,
)
from tests.rights import VERB, rights

TODAY = date(2026, 11, 23)
USE = Use(Stage.LIVE, date(2026, 3, 1))
Verb = Callable[[Session, Actor, Organization], object]


def _adoption(session: Session, city: Organization) -> adoptions.Adoption:
    return adoptions.declare(session, OPERATOR, a_solution(session), city, USE, today=TODAY)


READINGS = (
    Reading(date(2025, 1, 1), date(2025, 6, 30), Numbers(n=200, events=100), Phase.BASELINE),
    Reading(date(2026, 4, 1), date(2026, 9, 30), Numbers(n=200, events=130), Phase.AFTER),
)


def _report(session: Session, actor: Actor, adoption: adoptions.Adoption) -> Evaluation:
    return reporting.report(
        session, actor, adoption, metric_of("on_time"), READINGS,
        fields=["before", "after"], remarks=Remarks(), today=TODAY,
    )  # fmt: skip


def _synonyms(session: Session) -> synonyms.SynonymGroup:
    return synonyms.add(session, OPERATOR, Group("de", ["Amt", "Behörde"]))


def _lodge(session: Session, actor: Actor, adoption: adoptions.Adoption) -> Evaluation:
    plan = Plan(
        metric_of("on_time"), Design.MATCHED, date(2026, 3, 1), comparison="Amt B", plan="Fristen"
    )
    return reporting.lodge(session, actor, adoption, plan, today=TODAY)


def _measured(session: Session, city: Organization) -> tuple[Measurement, Evaluation]:
    evaluation = _report(session, OPERATOR, _adoption(session, city))
    return measurements.current(session, evaluation.id)[0], evaluation


def _ready(session: Session, city: Organization) -> solutions.Solution:
    record = a_record(
        summary={"de": "Ordnet Post zu."},
        phase="pilot",
        licenses=Licenses(code="EUPL-1.2"),
        contact=Contact(office="Amt"),
    )
    return solutions.draft(session, OPERATOR, city, record)


def _draft(session: Session, city: Organization) -> solutions.Solution:
    return solutions.draft(session, OPERATOR, city, a_record())


def _listed(session: Session, actor: Actor, solution: solutions.Solution) -> None:
    """A list refuses nobody; it leaves out what one may not see."""
    if solution not in drafts.of_organizations(session, actor):
        raise NotAllowed("It is not in the list.")


def _watch(session: Session, actor: Actor, city: Organization) -> UUID:
    """A watch of the actor's own; one of nobody's for who can have none."""
    if actor.person_id is None:
        return new_id()
    return watching.watch(session, actor, Watchable.ORGANIZATION, city.id).id


def _search(session: Session, actor: Actor) -> UUID:
    if actor.person_id is None:
        return new_id()
    return saved_searches.save(session, actor, query="q=a", name="A").id


def _submitted(session: Session, city: Organization) -> Case:
    """A submission that lies at the desk of the city's own editors."""
    city.publishes_at_once = False
    for _ in range(2):
        colleague = actor_for(session, city)
    return submissions.submit(session, colleague, _ready(session, city), revision=1)


def _decided(session: Session, city: Organization) -> Case:
    case = _submitted(session, city)
    decisions.decide(session, OPERATOR, case, Ruled.REFUSE, text="Nein", today=TODAY)
    return case


def _queued(session: Session, actor: Actor, case: Case) -> None:
    if case not in cases.queue(session, actor, Wanted(), today=TODAY):
        raise NotAllowed("It is not in the list.")


def _reported(session: Session, actor: Actor, city: Organization) -> Case:
    solution = a_solution(session, publisher=city)
    return error_reports.report(session, actor, solution, kind="wrong", text="Falsch.")


def _of_submitter(session: Session, actor: Actor, case: Case) -> None:
    if case not in cases.of_submitter(session, actor):
        raise NotAllowed("It is not in the list.")


def _entry_opened(session: Session, actor: Actor, city: Organization) -> None:
    """For strangers there is no such entry."""
    try:
        entries.opened(session, actor, an_entry_draft(session, city).id)
    except NotFound as missing:
        raise NotAllowed("There is none.") from missing


def _entry_listed(session: Session, actor: Actor, city: Organization) -> None:
    if an_entry(session, city) not in entries.of_bodies(session, actor, [city.id]):
        raise NotAllowed("It is not in the list.")


def _message(session: Session, city: Organization, actor: Actor = OPERATOR) -> feedback.Feedback:
    given = Given("question", "Wer liest das?")
    made = feedback.give(session, an_entry(session, city), given, today=TODAY)
    assert made
    try:
        return feedback.opened(session, actor, made.id)
    except NotFound as hidden:
        raise NotAllowed("hidden") from hidden


def _messages(session: Session, actor: Actor, city: Organization) -> None:
    message = _message(session, city)
    if message not in feedback.queue(session, actor, [city.id], feedback.Wanted()):
        raise NotAllowed("hidden")


def _messages_counted(session: Session, actor: Actor, city: Organization) -> None:
    _message(session, city)
    if not feedback.count(session, actor, [city.id], feedback.Wanted()):
        raise NotAllowed("hidden")


def _submitted_entry(session: Session, city: Organization) -> entries.RegisterEntry:
    return entries.submit(session, OPERATOR, an_entry_draft(session, city), revision=2)


def _zero(session: Session, city: Organization) -> Organization:
    coverage.declare_zero(session, OPERATOR, city, today=TODAY)
    return city


def _case_seen(session: Session, actor: Actor, case: Case) -> None:
    """For strangers there is no such case; visitors are asked to sign in."""
    try:
        cases.by_id(session, actor, case.id)
    except NotFound as missing:
        raise NotAllowed("There is none.") from missing


def _may(allowed: bool) -> None:
    if not allowed:
        raise NotAllowed("No.")


LABEL = {"de": "Neu", "en": "New"}
BLOCK: dict[str, Any] = {"purpose": "hold", "title": LABEL, "text": LABEL}


def _somebody(session: Session) -> people.Person:
    return people.enter(session, OPERATOR, email=f"{new_id()}@test.example", name="Neu")


def _announce(session: Session, actor: Actor) -> announcements.Announcement:
    return announcements.announce(
        session,
        actor,
        text={"de": "Wartung", "en": "Maintenance"},
        weight="info",
        shown_from=now(),
        shown_until=now() + timedelta(days=1),
    )


QUIET = Wish(on_site=True, rhythm=Rhythm.NEVER)


def _notice(session: Session, actor: Actor) -> UUID:
    if actor.person_id is None:
        return new_id()
    news = News(
        person_id=actor.person_id,
        event=Event.ADOPTED,
        kind="solution",
        thing_id=new_id(),
        cause="adoption.adopted",
        occasion="change 1",
        at=now(),
    )
    told = notices.tell(session, news, on_site=True)
    assert told is not None
    return told.id


STATEMENT = interfaces.Statement("API", system="Akte", claims=[interfaces.Claim("oparl")])


def _interface(session: Session, owner: Organization | solutions.Solution) -> InterfaceSpec:
    return interfaces.describe(session, OPERATOR, owner, STATEMENT)


DESCRIBED = interfaces.Described(
    content=b"{}", file_name="a.json", format="openapi", format_version="3.1.0", title="A",
    version="1", verdict="valid", problems=[], tool="t",
)  # fmt: skip


def _somebody(session: Session) -> people.Person:
    return people.enter(session, OPERATOR, email=f"p{new_id()}@test.example", name="Neu")


def _member(session: Session, city: Organization, role: Role = Role.READER) -> Membership:
    memberships.join(session, OPERATOR, _somebody(session), city, Role.LEAD)
    person = _somebody(session)
    memberships.join(session, OPERATOR, person, city, role)
    found = memberships.of(session, city.id, person.id)
    assert found
    return memberships.by_id(session, OPERATOR, found.id)


def _invitation(session: Session, city: Organization) -> invitations.Invitation:
    return invitations.invite(
        session, OPERATOR, city, email=f"p{new_id()}@test.example", role=Role.READER
    )[0]


def _invitation_to(session: Session, actor: Actor) -> invitations.Invitation:
    """An invitation of another city to whoever acts."""
    city = a_city(session, "Stadt Einladung")
    email = (
        people.by_id(session, actor.person_id).email if actor.person_id else "niemand@test.example"
    )
    return invitations.invite(session, OPERATOR, city, email=email, role=Role.READER)[0]


def _led(session: Session) -> Organization:
    city = a_city(session, "Stadt Geleitet")
    memberships.join(session, OPERATOR, _somebody(session), city, Role.LEAD)
    return city


def _join_request(session: Session, city: Organization) -> join_requests.JoinRequest:
    member = _member(session, city)
    asking = Actor("Neu", member.person_id)
    memberships.leave(session, asking, city)
    return join_requests.by_id(session, OPERATOR, join_requests.ask(session, asking, city).id)


def _own_join_request(session: Session, actor: Actor) -> join_requests.JoinRequest:
    if actor.person_id is None:
        return _join_request(session, _led(session))
    return join_requests.ask(session, actor, _led(session))


def _wanted(session: Session, actor: Actor) -> organization_requests.OrganizationRequest:
    asking = actor if actor.person_id else Actor("Neu", _somebody(session).id)
    request = organization_requests.ask(
        session, asking, organization_requests.Wanted("Verein Neu", "association")
    )
    return organization_requests.by_id(session, asking, request.id)


def _deputy(session: Session, city: Organization) -> deputies.Deputy:
    lead = Actor("Neu", _member(session, city, Role.LEAD).person_id)
    return deputies.name(
        session, lead, city, _member(session, city).person_id,
        begins_on=TODAY, ends_on=TODAY, today=TODAY,
    )  # fmt: skip


def _name_deputy(session: Session, actor: Actor, city: Organization) -> object:
    return deputies.name(
        session, actor, city, _member(session, city).person_id,
        begins_on=TODAY, ends_on=TODAY, today=TODAY,
    )  # fmt: skip


def _verified(session: Session, city: Organization) -> verifications.Verification:
    return verifications.verify_by_hand(session, OPERATOR, city, note="Schreiben")


def _verify_by_domain(session: Session, actor: Actor, city: Organization) -> object:
    organizations.set_mail_domains(session, OPERATOR, city, ["test.example"])
    return verifications.verify_by_domain(session, actor, city)


def _vouch(session: Session, actor: Actor, city: Organization) -> object:
    _verified(session, city)
    return verifications.vouch(session, actor, a_city(session, "Stadt Neu"), city, note="Nachbar")


def _key(session: Session, actor: Actor, city: Organization) -> api_keys.ApiKey:
    return api_keys.create(
        session, actor, city, name="Skript", scopes=["read"],
        expires_on=date(2027, 1, 1), today=TODAY,
    )[0]  # fmt: skip


def _seen(find: Callable[[], object]) -> object:
    """What one may not see does not exist."""
    try:
        return find()
    except NotFound as missing:
        raise NotAllowed(str(missing)) from missing


VERBS: dict[str, Verb] = {
    "interfaces.describe": lambda s, a, c: interfaces.describe(s, a, c, STATEMENT),
    "interfaces.correct": lambda s, a, c: interfaces.correct(s, a, _interface(s, c), c, DESCRIBED),
    "interfaces.publish": lambda s, a, c: interfaces.publish(
        s, a, (it := a_solution(s, publisher=c)), _interface(s, it)
    ),
    "interfaces.discard": lambda s, a, c: interfaces.discard(s, a, _interface(s, c), c),
    "interfaces.drafts_of": lambda s, a, c: interfaces.drafts_of(s, a, a_solution(s, publisher=c)),
    "interfaces.of_organization": interfaces.of_organization,
    "interfaces.opened": lambda s, a, c: interfaces.opened(s, a, _interface(s, c).id, c),
    "organizations.describe": lambda s, a, c: organizations.describe(
        s, a, c, organizations.Profile({}, "", "", "", publishes_at_once=True), revision=c.revision
    ),
    "organizations.set_mail_domains": lambda s, a, c: organizations.set_mail_domains(
        s, a, c, ["stadt.example"]
    ),
    "organizations.rename": lambda s, a, c: organizations.rename(s, a, c, "Stadt Anders"),
    "memberships.change_role": lambda s, a, c: memberships.change_role(
        s, a, _member(s, c), Role.EDITOR
    ),
    "memberships.remove": lambda s, a, c: memberships.remove(s, a, _member(s, c)),
    "memberships.leave": lambda s, a, c: (
        _member(s, c, Role.LEAD),
        _seen(lambda: memberships.leave(s, a, c)),
    ),
    "memberships.of_organization": memberships.of_organization,
    "memberships.by_id": lambda s, a, c: _seen(lambda: memberships.by_id(s, a, _member(s, c).id)),
    "memberships.require_lead": lambda _s, a, c: memberships.require_lead(a, c),
    "invitations.invite": lambda s, a, c: invitations.invite(
        s, a, c, email="neu@test.example", role=Role.LEAD
    ),
    "invitations.renew": lambda s, a, c: invitations.renew(s, a, _invitation(s, c)),
    "invitations.revoke": lambda s, a, c: invitations.revoke(s, a, _invitation(s, c)),
    "invitations.accept": lambda s, a, _: invitations.accept(s, a, _invitation_to(s, a)),
    "invitations.decline": lambda s, a, _: invitations.decline(s, a, _invitation_to(s, a)),
    "invitations.by_id": lambda s, a, c: _seen(
        lambda: invitations.by_id(s, a, _invitation(s, c).id)
    ),
    "invitations.of_organization": invitations.of_organization,
    "invitations.of_person": lambda s, a, _: invitations.of_person(s, a),
    "join_requests.ask": lambda s, a, _: join_requests.ask(s, a, _led(s)),
    "join_requests.approve": lambda s, a, c: join_requests.approve(
        s, a, _join_request(s, c), Role.READER
    ),
    "join_requests.refuse": lambda s, a, c: join_requests.refuse(
        s, a, _join_request(s, c), reason="unbekannt"
    ),
    "join_requests.withdraw": lambda s, a, _: join_requests.withdraw(s, a, _own_join_request(s, a)),
    "join_requests.by_id": lambda s, a, c: _seen(
        lambda: join_requests.by_id(s, a, _join_request(s, c).id)
    ),
    "join_requests.of_organization": join_requests.of_organization,
    "join_requests.of_person": lambda s, a, _: join_requests.of_person(s, a),
    "organization_requests.ask": lambda s, a, _: organization_requests.ask(
        s, a, organization_requests.Wanted("Verein Neu", "association")
    ),
    "organization_requests.claim": lambda s, a, _: organization_requests.claim(
        s, a, a_city(s, "Stadt Leer")
    ),
    "organization_requests.accept": lambda s, a, _: organization_requests.accept(
        s, a, _wanted(s, Actor())
    ),
    "organization_requests.refuse": lambda s, a, _: organization_requests.refuse(
        s, a, _wanted(s, Actor()), reason="kein Nachweis"
    ),
    "organization_requests.withdraw": lambda s, a, _: organization_requests.withdraw(
        s, a, _wanted(s, a)
    ),
    "organization_requests.by_id": lambda s, a, _: _seen(
        lambda: organization_requests.by_id(s, a, _wanted(s, Actor()).id)
    ),
    "organization_requests.of_person": lambda s, a, _: organization_requests.of_person(s, a),
    "organization_requests.to_decide": lambda s, a, _: organization_requests.to_decide(s, a),
    "organization_requests.require_governing": lambda _s, a, _c: (
        organization_requests.require_governing(a)
    ),
    "deputies.name": _name_deputy,
    "deputies.end": lambda s, a, c: deputies.end(s, a, _deputy(s, c)),
    "deputies.of_organization": lambda s, a, c: deputies.of_organization(s, a, c, today=TODAY),
    "deputies.by_id": lambda s, a, c: _seen(lambda: deputies.by_id(s, a, _deputy(s, c).id)),
    "verifications.verify_by_domain": _verify_by_domain,
    "verifications.verify_by_hand": lambda s, a, c: verifications.verify_by_hand(
        s, a, c, note="Schreiben"
    ),
    "verifications.vouch": _vouch,
    "verifications.withdraw": lambda s, a, c: verifications.withdraw(
        s, a, _verified(s, c), reason="Irrtum"
    ),
    "mergers.preview": lambda s, a, c: mergers.preview(s, a, a_city(s, "Stadt Endet"), c),
    "mergers.merge": lambda s, a, c: mergers.merge(s, a, a_city(s, "Stadt Endet"), c, on=TODAY),
    "api_keys.create": _key,
    "api_keys.revoke": lambda s, a, c: api_keys.revoke(s, a, _key(s, OPERATOR, c)),
    "api_keys.revoke_all": api_keys.revoke_all,
    "api_keys.of_organization": api_keys.of_organization,
    "api_keys.by_id": lambda s, a, c: _seen(lambda: api_keys.by_id(s, a, _key(s, OPERATOR, c).id)),
    "solutions.draft": lambda s, a, c: solutions.draft(s, a, c, a_record()),
    "solutions.publish": lambda s, a, c: solutions.publish(s, a, _draft(s, c)),
    "solutions.revise": lambda s, a, c: solutions.revise(
        s, a, a_solution(s, publisher=c), a_record("Neu")
    ),
    "solutions.hand_over": lambda s, a, c: solutions.hand_over(
        s, a, a_solution(s, publisher=c), None
    ),
    "solutions.withdraw": lambda s, a, c: solutions.withdraw(
        s, a, a_solution(s, publisher=c), reason="ersetzt"
    ),
    "solutions.publish_many": lambda s, a, c: solutions.publish_many(
        s, a, [solutions.NewSolution(a_record(), c.id)]
    ),
    "drafts.begin": lambda s, a, c: drafts.begin(s, a, c, a_record(), id=new_id()),
    "drafts.opened": lambda s, a, c: drafts.opened(s, a, _draft(s, c).id),
    "drafts.revise": lambda s, a, c: drafts.revise(s, a, a_solution(s, publisher=c)),
    "drafts.restore": lambda s, a, c: drafts.restore(s, a, a_solution(s, publisher=c), 1),
    "drafts.save": lambda s, a, c: drafts.save(
        s, a, _draft(s, c), a_record("Neu"), fields=["name"], revision=1
    ),
    "drafts.take_over": lambda s, a, c: drafts.take_over(
        s, a, _draft(s, c), a_record("Neu", phase="pilot"), paths=[("phase",)], revision=1
    ),
    "drafts.discard": lambda s, a, c: drafts.discard(s, a, _draft(s, c)),
    "drafts.publish": lambda s, a, c: drafts.publish(s, a, _ready(s, c), revision=1),
    "drafts.of_organizations": lambda s, a, c: _listed(s, a, _draft(s, c)),
    "drafts.show": lambda s, a, c: drafts.show(s, a, _draft(s, c)),
    "solutions.put_back": lambda s, a, c: solutions.put_back(
        s, a, a_solution(s, publisher=c), a_record("Neu")
    ),
    "solutions.unpublish": lambda s, a, c: solutions.unpublish(s, a, a_solution(s, publisher=c)),
    "submissions.submit": lambda s, a, c: submissions.submit(s, a, _ready(s, c), revision=1),
    "submissions.take_back": lambda s, a, c: submissions.take_back(s, a, _ready(s, c)),
    "deletions.request": lambda s, a, c: deletions.request(
        s, a, a_solution(s, publisher=c), reason="Irrtum"
    ),
    "deletions.erase_due": lambda s, a, _: deletions.erase_due(s, a),
    "error_reports.report": _reported,
    "merges.propose": lambda s, a, c: merges.propose(
        s, a, a_solution(s, publisher=c), a_solution(s, publisher=c)
    ),
    "merges.require_moderator": lambda _s, a, _c: merges.require_moderator(a),
    "cases.by_id": lambda s, a, c: _case_seen(s, a, _submitted(s, c)),
    "cases.queue": lambda s, a, c: _queued(s, a, _submitted(s, c)),
    "cases.count": lambda s, a, c: _may(
        bool(_submitted(s, c)) and cases.count(s, a, Wanted(), today=TODAY) > 0
    ),
    "cases.oldest": lambda s, a, c: _may(
        bool(_submitted(s, c)) and cases.oldest(s, a, today=TODAY) is not None
    ),
    "cases.of_submitter": lambda s, a, c: _of_submitter(s, a, _reported(s, a, c)),
    "cases.count_of_submitter": lambda s, a, c: _may(
        bool(_reported(s, a, c)) and cases.count_of_submitter(s, a) > 0
    ),
    "cases.require_desk": lambda _s, a, _c: cases.require_desk(a),
    "cases.may_decide": lambda s, a, c: _may(cases.may_decide(a, _submitted(s, c))),
    "cases.may_read": lambda s, a, c: _may(cases.may_read(a, _submitted(s, c))),
    "cases.may_answer": lambda s, a, c: _may(cases.may_answer(a, _submitted(s, c))),
    "cases.require_decider": lambda s, a, c: cases.require_decider(a, _submitted(s, c)),
    "threads.write": lambda s, a, c: threads.write(s, a, _submitted(s, c), "Text"),
    "decisions.decide": lambda s, a, c: decisions.decide(
        s, a, _submitted(s, c), Ruled.REFUSE, text="Nein", today=TODAY
    ),
    "decisions.undo": lambda s, a, c: decisions.undo(s, a, _decided(s, c)),
    "text_blocks.put": lambda s, a, _: text_blocks.put(s, a, None, **BLOCK),
    "text_blocks.kept": lambda s, a, _: text_blocks.kept(s, a),
    "text_blocks.kept_by_id": lambda s, a, _: text_blocks.kept_by_id(
        s, a, text_blocks.present(s)[0].id
    ),
    "text_blocks.retire": lambda s, a, _: text_blocks.retire(
        s, a, text_blocks.put(s, OPERATOR, None, **BLOCK).id
    ),
    "code_lists.describe": lambda s, a, _: code_lists.describe(
        s, a, "task", taxonomy.codes("task")[0], label=LABEL, words=()
    ),
    "code_lists.append": lambda s, a, _: code_lists.append(s, a, "task", "NEU", label=LABEL),
    "code_lists.retire": lambda s, a, _: code_lists.retire(s, a, "task", taxonomy.codes("task")[0]),
    "synonyms.add": lambda s, a, _: synonyms.add(s, a, Group("de", ["Amt", "Behörde"])),
    "synonyms.kept": lambda s, a, _: synonyms.kept(s, a),
    "synonyms.by_id": lambda s, a, _: synonyms.by_id(s, a, _synonyms(s).id),
    "synonyms.revise": lambda s, a, _: synonyms.revise(
        s, a, _synonyms(s).id, Group("de", ["Amt", "Stelle"])
    ),
    "synonyms.retire": lambda s, a, _: synonyms.retire(s, a, _synonyms(s).id),
    "releases.publish": lambda s, a, c: releases.publish(
        s, a, a_solution(s, publisher=c), version="1", released_on=TODAY
    ),
    "adoptions.declare": lambda s, a, c: adoptions.declare(
        s, a, a_solution(s), c, USE, today=TODAY
    ),
    "adoptions.change": lambda s, a, c: adoptions.change(
        s, a, _adoption(s, c), USE, revision=1, today=TODAY
    ),
    "adoptions.confirm": lambda s, a, c: adoptions.confirm(s, a, _adoption(s, c), today=TODAY),
    "adoptions.retract": lambda s, a, c: adoptions.retract(s, a, _adoption(s, c)),
    "reporting.report": lambda s, a, c: _report(s, a, _adoption(s, c)),
    "reporting.lodge": lambda s, a, c: _lodge(s, a, _adoption(s, c)),
    "reporting.add": lambda s, a, c: reporting.add(
        s,
        a,
        _lodge(s, OPERATOR, _adoption(s, c)),
        metric_of("on_time"),
        [READINGS[1]],
        fields=["after"],
        is_confirmed=False,
        today=TODAY,
    ),
    "reporting.correct": lambda s, a, c: reporting.correct(
        s,
        a,
        *_measured(s, c),
        READINGS[0],
        metric=metric_of("on_time"),
        reason=Reason.ERROR,
        today=TODAY,
    ),
    "reporting.withdraw": lambda s, a, c: reporting.withdraw(
        s, a, *_measured(s, c), note="Irrtum", today=TODAY
    ),
    "reporting.verify": lambda s, a, c: reporting.verify(
        s, a, _report(s, OPERATOR, _adoption(s, c)), today=TODAY
    ),
    "reporting.require_reporter": lambda s, a, c: reporting.require_reporter(a, _adoption(s, c)),
    "reporting.require_reader": lambda s, a, c: reporting.require_reader(a, _adoption(s, c)),
    "reporting.retract_adoption": lambda s, a, c: reporting.retract_adoption(s, a, _adoption(s, c)),
    "reporting.enter_many": lambda s, a, _: reporting.enter_many(s, a, [], today=TODAY),
    "adoptions.enter_many": lambda s, a, _: adoptions.enter_many(s, a, []),
    "entries.begin": lambda s, a, c: entries.begin(s, a, adoptions.by_id(s, _adoption(s, c).id)),
    "entries.save": lambda s, a, c: entries.save(
        s, a, an_entry_draft(s, c), an_entry_record("Neu"), revision=2
    ),
    "entries.revise": lambda s, a, c: entries.revise(s, a, an_entry(s, c)),
    "entries.discard": lambda s, a, c: entries.discard(s, a, an_entry_draft(s, c), revision=2),
    "entries.submit": lambda s, a, c: entries.submit(s, a, an_entry_draft(s, c), revision=2),
    "entries.take_back": lambda s, a, c: entries.take_back(s, a, _submitted_entry(s, c)),
    "entries.give_back": lambda s, a, c: entries.give_back(
        s, a, _submitted_entry(s, c), note="Bitte kürzer."
    ),
    "entries.publish": lambda s, a, c: entries.publish(
        s, a, an_entry_draft(s, c), revision=2, today=TODAY
    ),
    "entries.confirm": lambda s, a, c: entries.confirm(s, a, an_entry(s, c), today=TODAY),
    "entries.withdraw": lambda s, a, c: entries.withdraw(s, a, an_entry(s, c), reason="Nein"),
    "entries.enter_many": lambda s, a, _: entries.enter_many(s, a, [], today=TODAY),
    "entries.renew": lambda s, a, c: entries.renew(
        s, a, an_entry(s, c), an_entry_record("Neu"), today=TODAY
    ),
    "feedback.opened": lambda s, a, c: _message(s, c, a),
    "feedback.queue": _messages,
    "feedback.count": _messages_counted,
    "feedback.answer": lambda s, a, c: feedback.answer(
        s, a, _message(s, c), question="Wer?", text="Alle.", language="de", today=TODAY
    ),
    "feedback.close": lambda s, a, c: feedback.close(s, a, _message(s, c), today=TODAY),
    "feedback.mark_spam": lambda s, a, c: feedback.mark_spam(s, a, _message(s, c), today=TODAY),
    "feedback.reopen": lambda s, a, c: feedback.reopen(
        s, a, feedback.close(s, OPERATOR, _message(s, c), today=TODAY)
    ),
    "feedback.report": lambda s, a, c: feedback.report(
        s, a, _message(s, c), kind="unlawful", today=TODAY
    ),
    "entries.opened": _entry_opened,
    "entries.of_bodies": _entry_listed,
    "assessments.assess": lambda s, a, c: assessments.assess(
        s, a, an_entry_draft(s, c), {}, revision=2, today=TODAY
    ),
    "coverage.declare_zero": lambda s, a, c: coverage.declare_zero(s, a, c, today=TODAY),
    "coverage.take_back_zero": lambda s, a, c: coverage.take_back_zero(s, a, _zero(s, c)),
    "organizations.found": lambda s, a, _: organizations.found(
        s, a, name="Stadt Neu", kind=Kind.MUNICIPALITY
    ),
    "organizations.find_or_found_many": lambda s, a, _: organizations.find_or_found_many(
        s, a, [organizations.OrganizationName("Stadt Neu")]
    ),
    "people.enter": lambda s, a, _: people.enter(s, a, email="neu@test.example", name="Neu"),
    "memberships.join": lambda s, a, c: memberships.join(
        s, a, people.enter(s, OPERATOR, email="neu@test.example", name="Neu"), c, Role.READER
    ),
    "people.describe": lambda s, a, _: people.describe(s, a, name="Neu", language="en"),
    "watching.watch": lambda s, a, c: watching.watch(s, a, Watchable.ORGANIZATION, c.id),
    "watching.unwatch": lambda s, a, c: watching.unwatch(s, a, _watch(s, a, c)),
    "watching.by_id": lambda s, a, c: watching.by_id(s, a, _watch(s, a, c)),
    "watching.of_person": lambda s, a, _: watching.of_person(s, a),
    "watching.of_thing": lambda s, a, c: watching.of_thing(s, a, Watchable.ORGANIZATION, c.id),
    "watching.count": lambda s, a, c: watching.count(
        s, a, Watchable.ORGANIZATION, c.id, owner_id=c.id
    ),
    "saved_searches.save": lambda s, a, _: saved_searches.save(s, a, query="q=a", name="A"),
    "saved_searches.rename": lambda s, a, _: saved_searches.rename(s, a, _search(s, a), "B"),
    "saved_searches.delete": lambda s, a, _: saved_searches.delete(s, a, _search(s, a)),
    "saved_searches.by_id": lambda s, a, _: saved_searches.by_id(s, a, _search(s, a)),
    "saved_searches.of_person": lambda s, a, _: saved_searches.of_person(s, a),
    "preferences.of_person": lambda s, a, _: preferences.of_person(s, a),
    "preferences.choose": lambda s, a, _: preferences.choose(s, a, {Event.ADOPTED: QUIET}),
    "notices.of_person": lambda s, a, _: notices.of_person(s, a),
    "notices.count_unread": lambda s, a, _: notices.count_unread(s, a),
    "notices.read": lambda s, a, _: notices.read(s, a, _notice(s, a)),
    "notices.read_all": lambda s, a, _: notices.read_all(s, a),
    "people.change_address": lambda s, a, _: people.change_address(s, a, "neu@test.example"),
    "people.listed": lambda s, a, _: people.listed(s, a),
    "people.administered": lambda s, a, _: people.administered(s, a, _somebody(s).id),
    "people.give_rights": lambda s, a, _: people.give_rights(
        s, a, _somebody(s), is_moderator=True, is_steward=False
    ),
    "people.suspend": lambda s, a, _: people.suspend(
        s, a, (who := _somebody(s)), typed_address=who.email
    ),
    "people.readmit": lambda s, a, _: people.readmit(s, a, _somebody(s)),
    "organizations.administered": lambda s, a, _: organizations.administered(s, a),
    "nodes.describe": lambda s, a, _: nodes.describe(
        s, a, nodes.Description("Knoten", "Amt", "", "", {}, {})
    ),
    "announcements.announce": lambda s, a, _: _announce(s, a),
    "announcements.end": lambda s, a, _: announcements.end(s, a, _announce(s, OPERATOR).id),
    "audit.entries": lambda s, a, _: audit.entries(s, a, audit.Wanted()),
    "audit.vocabulary": lambda s, a, _: audit.vocabulary(s, a),
    "announcements.listed": lambda s, a, _: announcements.listed(s, a),
    "nodes.administered": lambda s, a, _: nodes.administered(s, a),
    "nodes.name": lambda s, a, _: nodes.name(s, a, name="Knoten", operator="Amt"),
}

MATRIX = {
    name.removeprefix(f"{VERB} "): marks
    for name, marks in rights().items()
    if name.startswith(VERB)
}

ROWS = [(verb, who, mark == "x") for verb, marks in MATRIX.items() for who, mark in marks.items()]


def an_actor(session: Session, who: str, city: Organization) -> Actor:
    if who == "visitor":
        return Actor.anonymous()
    if who == "foreign":
        return actor_for(session, a_city(session, "Stadt Anderort"), Role.LEAD)
    if who == "vendor":
        return actor_for(session, an_organization(session, Kind.VENDOR, "Anbieter"), Role.EDITOR)
    if who == "key":
        return api_keys.actor_of(
            api_keys.create(
                session, OPERATOR, city, name="Skript", scopes=list(Scope),
                expires_on=date(2027, 1, 1), today=TODAY,
            )[0]
        )  # fmt: skip
    if who in ("moderator", "steward"):
        return Actor(who, is_moderator=True, is_steward=who == "steward")
    return actor_for(session, city, Role(who))


@pytest.mark.parametrize(("verb", "who", "allowed"), ROWS)
def test_the_table_of_permissions_holds(
    session: Session, verb: str, who: str, allowed: bool
) -> None:
    city = a_city(session)
    actor = an_actor(session, who, city)
    if allowed:
        VERBS[verb](session, actor, city)
    else:
        with pytest.raises(NotAllowed):
            VERBS[verb](session, actor, city)


STEPS = {"cases.Ruling", "cases.enter", "cases.note", "submissions.desk_for"}
"""Parts of verbs that need the actor's name; who calls them has asked what the actor may."""


def test_every_writing_verb_has_a_row() -> None:
    modules = (
        adoptions,
        api_keys,
        assessments,
        coverage,
        entries,
        feedback,
        deputies,
        cases,
        code_lists,
        decisions,
        deletions,
        error_reports,
        merges,
        submissions,
        synonyms,
        text_blocks,
        threads,
        announcements,
        audit,
        drafts,
        interfaces,
        invitations,
        join_requests,
        mergers,
        organization_requests,
        verifications,
        nodes,
        memberships,
        notices,
        organizations,
        people,
        preferences,
        releases,
        reporting,
        saved_searches,
        solutions,
        watching,
    )
    written = {
        f"{module.__name__.rsplit('.', 1)[-1]}.{name}"
        for module in modules
        for name, thing in vars(module).items()
        if callable(thing)
        and not name.startswith("_")
        and getattr(thing, "__module__", "") == module.__name__
        and "actor" in getattr(thing, "__annotations__", {})
    }
    written -= STEPS
    assert written == set(MATRIX) == set(VERBS)
