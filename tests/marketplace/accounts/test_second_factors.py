"""Codes count once, clocks may be off a little, recovery codes replace a lost phone."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from sqlalchemy.orm import Session

from catalog import people
from catalog.errors import Conflict
from catalog.people import Person
from catalog.permissions import Actor, Role
from marketplace.accounts import code_apps, passwords, recovery_codes, second_factors
from tests.factories import OPERATOR, a_city

START = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def person(session: Session) -> Person:
    return people.enter(session, OPERATOR, email="anna@test.example", name="Anna")


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], datetime]:
    """Sets the clock of the node, in seconds after the start."""

    def set_to(seconds: float) -> datetime:
        moment = START + timedelta(seconds=seconds)
        monkeypatch.setattr(code_apps, "now", lambda: moment)
        return moment

    set_to(0)
    return set_to


@pytest.mark.parametrize(
    ("off", "right"), [(0, True), (-30, True), (30, True), (-61, False), (61, False)]
)
def test_the_clock_of_a_phone_may_be_off_by_one_step(
    session: Session, person: Person, at: Callable[[float], datetime], off: int, right: bool
) -> None:
    app = code_apps.begin(session, person)
    code = pyotp.TOTP(app.secret).at(at(0) + timedelta(seconds=off))

    assert code_apps.is_right(session, app, f"{code[:3]} {code[3:]}") == right


def test_a_code_counts_once_and_earlier_ones_no_more(
    session: Session, person: Person, at: Callable[[float], datetime]
) -> None:
    app = code_apps.begin(session, person)
    totp = pyotp.TOTP(app.secret)
    before, code = totp.at(START - timedelta(seconds=30)), totp.at(START)

    assert code_apps.is_right(session, app, code)
    session.refresh(app)
    assert not code_apps.is_right(session, app, code)
    assert not code_apps.is_right(session, app, before)
    at(30)
    assert code_apps.is_right(session, app, totp.at(START + timedelta(seconds=30)))


def test_an_app_that_was_never_confirmed_is_no_factor(session: Session, person: Person) -> None:
    app = code_apps.begin(session, person)

    assert not second_factors.of_person(session, person.id).any
    code = pyotp.TOTP(app.secret).now()
    assert not second_factors.check_code(session, person.id, code)


def test_each_recovery_code_counts_once_and_new_ones_void_the_old(
    session: Session, person: Person
) -> None:
    codes = recovery_codes.renew(session, person.id)
    assert len(set(codes)) == recovery_codes.HOW_MANY

    assert recovery_codes.use(session, person.id, codes[0].upper().replace("-", " "))
    assert not recovery_codes.use(session, person.id, codes[0])
    assert recovery_codes.left(session, person.id) == recovery_codes.HOW_MANY - 1
    other = people.enter(session, OPERATOR, email="bert@test.example", name="Bert")
    assert not recovery_codes.use(session, other.id, codes[1])
    recovery_codes.renew(session, person.id)
    assert not recovery_codes.use(session, person.id, codes[1])


@pytest.mark.parametrize(
    ("setting", "role", "rights", "due"),
    [
        ("optional", Role.LEAD, {"is_steward": True}, False),
        ("leads", Role.LEAD, {}, True),
        ("leads", Role.EDITOR, {}, False),
        ("leads", Role.READER, {"is_moderator": True}, True),
        ("editors", Role.EDITOR, {}, True),
        ("editors", Role.CONTRIBUTOR, {}, False),
        ("editors", Role.READER, {"is_steward": True}, True),
    ],
)
def test_for_whom_a_second_factor_is_due(
    session: Session, setting: str, role: Role, rights: dict[str, bool], due: bool
) -> None:
    actor = Actor("Anna", None, {a_city(session).id: role}, **rights)

    assert second_factors.is_due(actor, setting) == due


def test_the_only_way_in_stays(session: Session, person: Person) -> None:
    with pytest.raises(Conflict):
        second_factors.require_way_in(session, person.id)
    passwords.store(session, person, "regen tisch wolke pferd")
    second_factors.require_way_in(session, person.id)
