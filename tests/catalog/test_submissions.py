"""From draft to public with a second pair of eyes: who decides, what is frozen, what is undone."""

from datetime import date, timedelta

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from catalog import changes, deletions, drafts, solutions, submissions
from catalog.database import new_id, now
from catalog.errors import Conflict, Gone, Invalid, NotAllowed, NotFound
from catalog.moderation import answer_times, cases, decisions, threads
from catalog.moderation.cases import Case, CaseKind, CaseState, Desk, Risk, Wanted
from catalog.moderation.decisions import Verb
from catalog.organizations import Organization
from catalog.permissions import Actor, Role
from catalog.records import DataBasis
from catalog.solutions import Solution, State
from tests.catalog.test_drafts import ready
from tests.factories import OPERATOR, a_city, a_moderator, actor_for

TODAY = date(2026, 11, 23)


def a_body(session: Session, *, verified: bool = True, at_once: bool = False) -> Organization:
    body = a_city(session)
    body.verified_on = now() if verified else None
    body.publishes_at_once = at_once
    return body


def submitted(
    session: Session, actor: Actor, body: Organization, **fields: object
) -> tuple[Solution, Case]:
    solution = drafts.begin(session, actor, body, ready(**fields), id=new_id())  # type: ignore[arg-type]
    return solution, submissions.submit(session, actor, solution, revision=1)


def decide(session: Session, actor: Actor, case: Case, verb: Verb, text: str = "") -> None:
    decisions.decide(session, actor, case, verb, text=text, today=TODAY)


def test_an_editor_of_a_verified_body_publishes_at_once(session: Session) -> None:
    body = a_body(session, at_once=True)
    editor = actor_for(session, body)
    solution = drafts.begin(session, editor, body, ready(), id=new_id())

    drafts.publish(session, editor, solution, revision=1)

    assert solution.is_published


def test_with_four_eyes_nobody_publishes_alone(session: Session) -> None:
    body = a_body(session)
    editor, colleague = actor_for(session, body), actor_for(session, body, Role.LEAD)
    solution, case = submitted(session, editor, body)
    assert (case.desk, solution.state) == (Desk.ORGANIZATION, State.SUBMITTED)

    with pytest.raises(Conflict):
        drafts.publish(session, editor, solution, revision=1)
    with pytest.raises(NotAllowed):
        decide(session, editor, case, Verb.APPROVE)
    with pytest.raises(NotAllowed):
        decide(session, a_moderator(session), case, Verb.APPROVE)
    decide(session, colleague, case, Verb.APPROVE)

    assert solution.is_published
    assert case.state == CaseState.APPROVED


def test_where_no_colleague_could_decide_moderators_do(session: Session) -> None:
    body = a_body(session)
    _, case = submitted(session, actor_for(session, body), body)
    assert case.desk == Desk.MODERATORS


def test_a_body_that_is_not_verified_goes_to_the_moderators_first(session: Session) -> None:
    body = a_body(session, verified=False, at_once=True)
    editor, colleague = actor_for(session, body), actor_for(session, body)
    solution, case = submitted(session, editor, body)

    with pytest.raises(Conflict):
        drafts.publish(session, editor, solution, revision=1)
    with pytest.raises(NotAllowed):
        decide(session, colleague, case, Verb.APPROVE)
    decide(session, a_moderator(session), case, Verb.APPROVE)

    assert solution.is_published


def test_a_question_is_answered_and_the_same_case_goes_on(session: Session) -> None:
    body = a_body(session)
    writer, lead = actor_for(session, body, Role.CONTRIBUTOR), actor_for(session, body, Role.LEAD)
    solution, case = submitted(session, writer, body)

    decide(session, lead, case, Verb.RETURN, "Wer betreibt das?")
    assert (solution.state, case.state) == (State.DRAFT, CaseState.RETURNED)
    with pytest.raises(Conflict):
        decide(session, lead, case, Verb.APPROVE)
    again = submissions.submit(session, writer, solution, revision=1, answer="Das IT-Haus.")
    decide(session, lead, case, Verb.APPROVE)

    assert again is case
    assert [each.text for each in threads.of_case(session, case)] == [
        "Wer betreibt das?",
        "Das IT-Haus.",
    ]
    assert solution.is_published


def test_who_changes_a_submitted_draft_takes_it_back(session: Session) -> None:
    body = a_body(session)
    writer, lead = actor_for(session, body), actor_for(session, body, Role.LEAD)
    solution, case = submitted(session, writer, body)

    record = drafts.with_value(ready(), "vendor", "Werk")
    drafts.save(session, writer, solution, record, fields=["vendor"], revision=1)

    assert (solution.state, case.state) == (State.DRAFT, CaseState.TAKEN_BACK)
    with pytest.raises(Conflict):
        decide(session, lead, case, Verb.APPROVE)


def test_what_is_not_ready_is_not_submitted_and_nothing_twice(session: Session) -> None:
    body = a_body(session)
    writer = actor_for(session, body)
    with pytest.raises(Invalid):
        submitted(session, writer, body, phase="")
    solution, _ = submitted(session, writer, body)
    with pytest.raises(Conflict):
        submissions.submit(session, writer, solution, revision=1)


def test_a_high_risk_takes_two_who_decide(session: Session) -> None:
    body = a_body(session, verified=False)
    data = DataBasis(personal="special")
    solution, case = submitted(session, actor_for(session, body), body, data=data)
    first, second = a_moderator(session), a_moderator(session)
    assert case.risk == Risk.HIGH

    decide(session, first, case, Verb.APPROVE)
    with pytest.raises(Conflict):
        decide(session, first, case, Verb.APPROVE)
    assert not solution.is_published
    decide(session, second, case, Verb.APPROVE)

    assert solution.is_published


def test_the_first_publication_can_be_undone(session: Session) -> None:
    body = a_body(session)
    writer, lead = actor_for(session, body), actor_for(session, body, Role.LEAD)
    solution, case = submitted(session, writer, body)
    decide(session, lead, case, Verb.APPROVE)

    decisions.undo(session, lead, case)

    assert case.state == CaseState.OPEN
    with pytest.raises(Gone):
        solutions.by_slug(session, solution.slug)
    decide(session, lead, case, Verb.APPROVE)
    assert (solution.is_published, solution.version) == (True, 2)


def test_an_undone_revision_gives_way_to_the_record_before(session: Session) -> None:
    body = a_body(session)
    writer, lead = actor_for(session, body), actor_for(session, body, Role.LEAD)
    solution, first = submitted(session, writer, body)
    decide(session, lead, first, Verb.APPROVE)
    drafts.revise(session, writer, solution)
    record = drafts.with_value(ready(), "vendor", "Werk")
    drafts.save(session, writer, solution, record, fields=["vendor"],
                revision=solution.draft_revision)  # fmt: skip
    case = submissions.submit(session, writer, solution, revision=solution.draft_revision)
    assert (case.kind, solution.is_published) == (CaseKind.REVISION, True)
    decide(session, lead, case, Verb.APPROVE)
    assert solution.public_record.vendor == "Werk"

    decisions.undo(session, lead, case)

    assert (solution.public_record.vendor, solution.version) == ("", 3)
    assert solution.draft is not None
    assert solution.draft.vendor == "Werk"


def test_what_was_decided_yesterday_stays(session: Session) -> None:
    body = a_body(session)
    lead = actor_for(session, body, Role.LEAD)
    _, case = submitted(session, actor_for(session, body), body)
    decide(session, lead, case, Verb.REFUSE, "Werbung.")
    session.execute(update(decisions.Decision).values(at=now() - timedelta(hours=25)))
    session.expire_all()
    with pytest.raises(Conflict):
        decisions.undo(session, lead, cases.by_id(session, lead, case.id))


def test_a_refusal_needs_a_reason_and_can_be_undone(session: Session) -> None:
    body = a_body(session)
    lead = actor_for(session, body, Role.LEAD)
    solution, case = submitted(session, actor_for(session, body), body)
    with pytest.raises(Invalid):
        decide(session, lead, case, Verb.REFUSE)
    decide(session, lead, case, Verb.REFUSE, "Gibt es schon.")
    assert (solution.state, case.state) == (State.DRAFT, CaseState.REFUSED)

    decisions.undo(session, lead, case)

    assert (solution.state, case.state) == (State.SUBMITTED, CaseState.OPEN)


def test_what_is_held_comes_back_on_its_day(session: Session) -> None:
    body = a_body(session, verified=False)
    _, case = submitted(session, actor_for(session, body), body)
    moderator = a_moderator(session)
    until = TODAY + timedelta(days=3)
    with pytest.raises(Invalid):
        decisions.decide(session, moderator, case, Verb.HOLD, text="Später.", today=TODAY)
    decisions.decide(session, moderator, case, Verb.HOLD, text="Später.", until=until, today=TODAY)

    assert list(cases.queue(session, moderator, Wanted(), today=TODAY)) == []
    assert list(cases.queue(session, moderator, Wanted(state="held"), today=TODAY)) == [case]
    assert list(cases.queue(session, moderator, Wanted(), today=until)) == [case]


def test_a_case_is_nobody_elses_business(session: Session) -> None:
    body = a_body(session, verified=False)
    _, case = submitted(session, actor_for(session, body), body)
    stranger = actor_for(session, a_city(session, "Stadt Anderort"), Role.LEAD)
    with pytest.raises(NotFound):
        cases.by_id(session, stranger, case.id)
    with pytest.raises(NotAllowed):
        threads.write(session, stranger, case, "Hallo")
    assert list(cases.queue(session, stranger, Wanted(), today=TODAY)) == []
    assert cases.by_id(session, actor_for(session, body, Role.CONTRIBUTOR), case.id) is case


def test_deletion_takes_four_eyes_leaves_a_tombstone_and_erases_after_a_day(
    session: Session,
) -> None:
    body = a_body(session, at_once=True)
    editor, lead = actor_for(session, body), actor_for(session, body, Role.LEAD)
    solution = drafts.begin(session, editor, body, ready(), id=new_id())
    drafts.publish(session, editor, solution, revision=1)

    case = deletions.request(session, editor, solution, reason="Irrtum")
    with pytest.raises(NotAllowed):
        decide(session, editor, case, Verb.APPROVE)
    decide(session, lead, case, Verb.APPROVE)
    with pytest.raises(Gone, match="Irrtum"):
        solutions.by_slug(session, solution.slug)
    decisions.undo(session, lead, case)
    assert solutions.by_slug(session, solution.slug) is solution

    decide(session, lead, case, Verb.APPROVE)
    assert deletions.erase_due(session, OPERATOR) == 0
    solution.deleted_at = now() - timedelta(hours=25)
    assert deletions.erase_due(session, OPERATOR) == 1
    assert solution.public_record.summary == {}
    with pytest.raises(Gone):
        solutions.by_slug(session, solution.slug)
    with pytest.raises(Conflict):
        drafts.revise(session, editor, solution)


def test_answer_times_are_measured_and_nothing_is_promised_on_too_few(session: Session) -> None:
    body, moderator = a_body(session, verified=False), a_moderator(session)
    writer = actor_for(session, body)
    for number in range(answer_times.ENOUGH):
        _, case = submitted(session, writer, body, name=f"Lösung {number}")
        assert answer_times.expected_days(session, case) is None
        case.waiting_since = now() - timedelta(days=14)
        decide(session, moderator, case, Verb.APPROVE)

    _, case = submitted(session, writer, body, name="Noch eine")

    assert answer_times.expected_days(session, case) in (10, 11)
    line = answer_times.log(session)[0]
    assert (line.kind, line.opened, line.approved, line.waiting) == ("first_publication", 4, 3, 1)


def test_changes_say_who_decided_on_whose_behalf_and_none_is_public(session: Session) -> None:
    session.commit()
    before = changes.last_serial(session)
    body = a_body(session)
    writer, lead = actor_for(session, body), actor_for(session, body, Role.LEAD)
    _, case = submitted(session, writer, body)
    decide(session, lead, case, Verb.RETURN, "Wie?")
    session.commit()

    rows = [row for row in changes.after(session, before) if row.kind == cases.KIND]
    assert [(row.verb, row.actor_id) for row in rows] == [
        ("opened", writer.person_id),
        ("asked", lead.person_id),
        ("returned", lead.person_id),
    ]
    assert {row.on_behalf_of_id for row in rows} == {body.id}
    assert not any(row.public for row in rows)
