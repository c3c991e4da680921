from datetime import date

import pytest

from catalog import adoptions, changes
from catalog.adoptions import Stage, Use
from catalog.errors import Conflict, Invalid, NotAllowed
from catalog.organizations import Kind
from catalog.permissions import Actor, Role
from tests.factories import OPERATOR, a_city, a_solution, actor_for, an_organization

TODAY = date(2026, 11, 23)
LIVE = Use(Stage.LIVE, date(2026, 3, 1))


def test_a_member_declares_its_bodys_use_and_so_confirms_it(session):
    city = a_city(session)
    actor = actor_for(session, city, Role.CONTRIBUTOR)

    adoption = adoptions.declare(session, actor, a_solution(session), city, LIVE, today=TODAY)

    assert adoption.confirmed_on == TODAY
    assert adoptions.lights(session)[0].municipality == city.municipality


@pytest.mark.parametrize("role", [Role.READER, None])
def test_who_only_reads_cannot_declare(session, role):
    city = a_city(session)
    actor = actor_for(session, city, role) if role else Actor.anonymous()

    with pytest.raises(NotAllowed):
        adoptions.declare(session, actor, a_solution(session), city, LIVE, today=TODAY)


def test_a_member_of_another_body_cannot_declare(session):
    city = a_city(session)
    stranger = actor_for(session, a_city(session, "Stadt Anderort"), Role.LEAD)

    with pytest.raises(NotAllowed):
        adoptions.declare(session, stranger, a_solution(session), city, LIVE, today=TODAY)


def test_a_vendor_cannot_adopt(session):
    vendor = an_organization(session, Kind.VENDOR, "Software AG")

    with pytest.raises(Invalid, match="do not adopt"):
        adoptions.declare(
            session, actor_for(session, vendor), a_solution(session), vendor, LIVE, today=TODAY
        )


def test_a_use_is_declared_once(session):
    city, solution = a_city(session), a_solution(session)
    adoptions.declare(session, OPERATOR, solution, city, LIVE, today=TODAY)

    with pytest.raises(Conflict, match="already"):
        adoptions.declare(session, OPERATOR, solution, city, LIVE, today=TODAY)


@pytest.mark.parametrize(
    ("use", "field"),
    [
        (Use(Stage.LIVE, date(2027, 1, 1)), "since"),
        (Use(Stage.ENDED, date(2026, 1, 1)), "ended_reason"),
        (Use(Stage.ENDED, date(2026, 1, 1), ended_reason="whim"), "ended_reason"),
    ],
)
def test_a_wrong_value_is_named(session, use, field):
    with pytest.raises(Invalid) as refusal:
        adoptions.declare(session, OPERATOR, a_solution(session), a_city(session), use, today=TODAY)

    assert refusal.value.problems[0].field == field


def test_every_stage_that_was_reached_stays(session):
    adoption = adoptions.declare(
        session, OPERATOR, a_solution(session), a_city(session),
        Use(Stage.PILOT, date(2024, 1, 1)), today=TODAY,
    )  # fmt: skip
    adoptions.change(session, OPERATOR, adoption, LIVE, revision=1, today=TODAY)
    ended = Use(Stage.ENDED, date(2026, 9, 1), ended_reason="cost")
    adoptions.change(session, OPERATOR, adoption, ended, revision=2, today=TODAY)

    session.flush()
    steps = adoptions.steps_of(session, [adoption.id])[adoption.id]
    assert [(step.stage, step.on) for step in steps] == [
        ("pilot", date(2024, 1, 1)),
        ("live", date(2026, 3, 1)),
        ("ended", date(2026, 9, 1)),
    ]


def test_a_stage_cannot_begin_before_the_one_before_it(session):
    adoption = adoptions.declare(
        session, OPERATOR, a_solution(session), a_city(session), LIVE, today=TODAY
    )

    with pytest.raises(Invalid, match="2026-03-01"):
        adoptions.change(
            session,
            OPERATOR,
            adoption,
            Use(Stage.ENDED, date(2025, 1, 1), ended_reason="cost"),
            revision=1,
            today=TODAY,
        )


def test_a_parallel_change_is_refused(session):
    adoption = adoptions.declare(
        session, OPERATOR, a_solution(session), a_city(session), LIVE, today=TODAY
    )
    adoptions.confirm(session, OPERATOR, adoption, today=TODAY)

    with pytest.raises(Conflict, match="while you were writing"):
        adoptions.change(session, OPERATOR, adoption, LIVE, revision=1, today=TODAY)


def test_a_retracted_declaration_is_gone_and_noted(session):
    solution, city = a_solution(session), a_city(session)
    adoption = adoptions.declare(session, OPERATOR, solution, city, LIVE, today=TODAY)
    adoptions.retract(session, OPERATOR, adoption)
    session.commit()

    assert adoptions.of_solution(session, solution.id) == []
    assert changes.of_thing(session, "adoption", adoption.id)[0].verb == "retracted"
