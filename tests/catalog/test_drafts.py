"""Drafts: saved in parts, never over somebody else's work, published only when they say enough."""

import threading
from uuid import UUID

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from catalog import changes, draft_states, drafts, interfaces, slugs, solutions
from catalog.database import new_id, session_factory
from catalog.drafts import Crossed
from catalog.errors import Conflict, Invalid, NotAllowed, NotFound
from catalog.facts import Withheld
from catalog.organizations import Organization
from catalog.permissions import Actor, Role
from catalog.records import Contact, Licenses, SolutionRecord
from catalog.solutions import Solution, State
from tests.factories import OPERATOR, a_city, a_record, a_solution, actor_for


def ready(name: str = "PostLotse", **fields: object) -> SolutionRecord:
    """A record that says everything a reader must be told."""
    needed: dict[str, object] = {
        "summary": {"de": "Ordnet Post zu."},
        "phase": "pilot",
        "licenses": Licenses(code="EUPL-1.2"),
        "contact": Contact(office="Amt für Digitales"),
    }
    return a_record(name, **(needed | fields))


def begun(session: Session, record: SolutionRecord | None = None) -> Solution:
    return drafts.begin(session, OPERATOR, a_city(session), record or ready(), id=new_id())


def put(
    session: Session, solution: Solution, field: str, value: object, *, revision: int
) -> drafts.Saved:
    record = drafts.with_value(solution.draft or solution.public_record, field, value)
    return drafts.save(session, OPERATOR, solution, record, fields=[field], revision=revision)


def test_a_form_sent_twice_begins_one_solution(session: Session) -> None:
    city, key = a_city(session), new_id()

    first = drafts.begin(session, OPERATOR, city, ready(), id=key)
    second = drafts.begin(session, OPERATOR, city, ready(), id=key)

    assert first is second
    assert first.slug == "postlotse"


def test_a_save_touches_only_its_fields(session: Session) -> None:
    solution = begun(session)
    mine = a_record("Anders", problem={"de": "Zu viele Briefe."})

    drafts.save(session, OPERATOR, solution, mine, fields=["problem"], revision=1)

    assert solution.draft == ready(problem={"de": "Zu viele Briefe."})
    assert solution.draft_revision == 2


def test_what_could_not_be_published_can_be_saved(session: Session) -> None:
    solution = begun(session, a_record())

    put(session, solution, "repository", "kein Link", revision=1)

    assert solution.draft is not None
    assert solution.draft.repository == "kein Link"
    assert [each.field for each in drafts.check(solution.draft)] == [
        "repository",
        *drafts.REQUIRED,
    ]


def test_what_no_record_can_hold_is_refused(session: Session) -> None:
    solution = begun(session)
    with pytest.raises(Invalid):
        put(session, solution, "vendor", "x" * 501, revision=1)
    assert solution.draft == ready()


def test_the_same_save_twice_saves_once(session: Session) -> None:
    solution = begun(session)
    first = put(session, solution, "phase", "operation", revision=1)
    second = put(session, solution, "phase", "operation", revision=1)

    assert (first.is_new, second.is_new) == (True, False)
    assert (first.revision, second.revision, solution.draft_revision) == (2, 2, 2)


def test_different_sections_do_not_cross(session: Session) -> None:
    solution = begun(session)
    put(session, solution, "phase", "operation", revision=1)

    put(session, solution, "vendor", "Werk", revision=1)

    assert solution.draft == ready(phase="operation", vendor="Werk")


def test_crossed_edits_are_answered_with_mine_theirs_and_base(session: Session) -> None:
    solution = begun(session)
    put(session, solution, "phase", "operation", revision=1)

    with pytest.raises(Crossed) as crossed:
        put(session, solution, "phase", "idea", revision=1)

    told = crossed.value
    assert told.base is not None
    assert (told.mine.phase, told.theirs.phase, told.base.phase) == ("idea", "operation", "pilot")
    assert solution.draft == ready(phase="operation")


def test_reasons_for_withholding_cross_too(session: Session) -> None:
    solution = begun(session)
    reasons = [{"risks": Withheld(reason="security")}, {"risks": Withheld(reason="procurement")}]
    drafts.save(session, OPERATOR, solution, ready(withheld=reasons[0]), fields=["risks"],
                revision=1)  # fmt: skip

    with pytest.raises(Crossed):
        drafts.save(session, OPERATOR, solution, ready(withheld=reasons[1]), fields=["risks"],
                    revision=1)  # fmt: skip


def test_who_changed_nothing_meets_no_crossing_and_overwrites_nothing(session: Session) -> None:
    solution = begun(session)
    put(session, solution, "phase", "operation", revision=1)

    saved = put(session, solution, "phase", "pilot", revision=1)

    assert (saved.revision, saved.is_new) == (1, False)
    assert solution.draft == ready(phase="operation")


def test_an_old_form_crosses_even_if_its_state_is_no_longer_kept(session: Session) -> None:
    solution = begun(session)
    for number in range(draft_states.STATES_KEPT + 1):
        put(session, solution, "vendor", f"Werk {number}", revision=solution.draft_revision)

    with pytest.raises(Crossed) as crossed:
        put(session, solution, "vendor", "Anders", revision=1)

    assert crossed.value.base is None


def test_a_form_from_before_publishing_begins_the_next_draft(session: Session) -> None:
    solution = begun(session)
    drafts.publish(session, OPERATOR, solution, revision=1)

    put(session, solution, "phase", "operation", revision=1)

    assert solution.public_record.phase == "pilot"
    assert solution.draft is not None
    assert solution.draft.phase == "operation"


@pytest.mark.parametrize("field", drafts.REQUIRED)
def test_a_draft_without_a_required_answer_is_not_published(session: Session, field: str) -> None:
    empty: object = {} if field == "summary" else ""
    solution = begun(session, drafts.with_value(ready(), field, empty))

    with pytest.raises(Invalid) as refusal:
        drafts.publish(session, OPERATOR, solution, revision=1)

    assert [each.field for each in refusal.value.problems] == [field]
    assert solution.state == State.DRAFT


def test_a_reason_answers_a_required_question(session: Session) -> None:
    reasons = {
        "licenses.code": Withheld(reason="procurement"),
        "contact": Withheld(reason="security"),
    }
    solution = begun(session, ready(licenses=Licenses(), contact=Contact(), withheld=reasons))

    drafts.publish(session, OPERATOR, solution, revision=1)

    assert solution.is_published


def test_nobody_publishes_what_somebody_else_just_wrote(session: Session) -> None:
    solution = begun(session)
    put(session, solution, "phase", "operation", revision=1)

    with pytest.raises(Conflict):
        drafts.publish(session, OPERATOR, solution, revision=1)


def test_the_address_follows_the_name_of_the_first_publication(session: Session) -> None:
    solution = begun(session, ready("Arbeitstitel"))
    put(session, solution, "name", {"de": "PostLotse"}, revision=1)

    drafts.publish(session, OPERATOR, solution, revision=2)

    assert solution.slug == "postlotse"
    assert slugs.thing_called(session, solutions.KIND, "arbeitstitel") == solution.id


def test_a_discarded_draft_of_a_published_solution_leaves_what_is_public(
    session: Session,
) -> None:
    solution = a_solution(session)
    drafts.revise(session, OPERATOR, solution)
    put(session, solution, "vendor", "Werk", revision=solution.draft_revision)

    drafts.discard(session, OPERATOR, solution)

    assert solution.draft is None
    assert solution.public_record.vendor == ""


def test_a_discarded_draft_that_was_never_published_is_gone_with_its_address(
    session: Session,
) -> None:
    solution = begun(session)
    key = solution.id

    drafts.discard(session, OPERATOR, solution)

    with pytest.raises(NotFound):
        drafts.opened(session, OPERATOR, key)
    assert slugs.thing_called(session, solutions.KIND, "postlotse") is None


def test_a_discarded_draft_takes_the_drafts_of_its_interfaces_along(session: Session) -> None:
    solution = begun(session)
    claimed = interfaces.Statement("API", system="Akte", claims=[interfaces.Claim("oparl")])
    spec = interfaces.describe(session, OPERATOR, solution, claimed)

    drafts.discard(session, OPERATOR, solution)

    with pytest.raises(NotFound):
        drafts.opened(session, OPERATOR, solution.id)
    assert session.get(interfaces.InterfaceSpec, spec.id) is None


def test_revising_keeps_a_draft_that_exists(session: Session) -> None:
    solution = a_solution(session)
    drafts.revise(session, OPERATOR, solution)
    put(session, solution, "vendor", "Werk", revision=solution.draft_revision)

    drafts.revise(session, OPERATOR, solution)

    assert solution.draft is not None
    assert solution.draft.vendor == "Werk"


def test_an_old_version_does_not_replace_a_draft(session: Session) -> None:
    solution = a_solution(session)
    drafts.revise(session, OPERATOR, solution)
    put(session, solution, "vendor", "Werk", revision=solution.draft_revision)

    with pytest.raises(Conflict):
        drafts.restore(session, OPERATOR, solution, 1)


def test_a_contributor_prepares_and_an_editor_publishes(session: Session) -> None:
    city = a_city(session)
    contributor = actor_for(session, city, Role.CONTRIBUTOR)
    solution = drafts.begin(session, contributor, city, ready(), id=new_id())

    with pytest.raises(NotAllowed):
        drafts.publish(session, contributor, solution, revision=1)
    drafts.publish(session, actor_for(session, city, Role.EDITOR), solution, revision=1)

    assert solution.is_published


def test_strangers_open_no_draft_and_foreign_records_stay_theirs(session: Session) -> None:
    solution = begun(session)
    stranger = actor_for(session, a_city(session, "Stadt Anderort"))
    with pytest.raises(NotAllowed):
        drafts.opened(session, stranger, solution.id)

    solution.home = "https://partner.example"
    with pytest.raises(NotAllowed):
        drafts.opened(session, OPERATOR, solution.id)


def test_one_sees_the_solutions_of_ones_own_organizations_only(session: Session) -> None:
    city = a_city(session)
    mine = drafts.begin(session, OPERATOR, city, ready(), id=new_id())
    begun(session, ready("Fremd"))

    found = drafts.of_organizations(session, actor_for(session, city))

    assert [each.id for each in found] == [mine.id]
    assert drafts.of_organizations(session, Actor.anonymous()) == []


def test_no_change_of_a_draft_is_public(session: Session) -> None:
    session.commit()
    before = changes.last_serial(session)
    solution = begun(session)
    put(session, solution, "phase", "operation", revision=1)
    drafts.discard(session, OPERATOR, solution)
    session.commit()

    rows = [row for row in changes.after(session, before) if row.thing_id == solution.id]
    assert [row.verb for row in rows] == ["drafted", "draft-saved", "draft-discarded"]
    assert not any(row.public for row in rows)


def test_of_two_writers_at_the_same_moment_one_meets_the_other(fresh_engine: Engine) -> None:
    sessions = session_factory(fresh_engine, writes=True)
    with sessions() as session:
        key = begun(session).id
        session.commit()
    barrier, told = threading.Barrier(2), []

    def write(phase: str) -> None:
        barrier.wait(10)
        with sessions() as session:
            try:
                _put_phase(session, key, phase)
                session.commit()
                told.append("saved")
            except Crossed:
                told.append("crossed")

    writers = [threading.Thread(target=write, args=(phase,)) for phase in ("idea", "operation")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(30)

    assert sorted(told) == ["crossed", "saved"]


def _put_phase(session: Session, key: UUID, phase: str) -> None:
    solution = drafts.opened(session, OPERATOR, key)
    put(session, solution, "phase", phase, revision=1)


def test_drafts_belong_to_one_body(session: Session) -> None:
    city: Organization = a_city(session)
    with pytest.raises(NotAllowed):
        drafts.begin(session, Actor.anonymous(), city, ready(), id=new_id())
