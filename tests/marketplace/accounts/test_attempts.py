"""Who tries often waits longer; nobody is locked out; all processes count together."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from catalog.database import session_factory
from marketplace.accounts import attempts
from marketplace.accounts.attempts import ACCOUNT, SOURCE, TooSoon

START = datetime(2026, 11, 24, 12, tzinfo=UTC)
Pass = Callable[[float], None]


@pytest.fixture
def wait(monkeypatch: pytest.MonkeyPatch) -> Pass:
    """Lets seconds pass."""
    moment = [START]
    monkeypatch.setattr(attempts, "now", lambda: moment[0])

    def on(seconds: float) -> None:
        moment[0] += timedelta(seconds=seconds)

    return on


def pauses(session: Session, wait: Pass, number: int) -> list[int]:
    """The pauses that somebody meets who tries at once, each time."""
    met = []
    while len(met) < number:
        try:
            attempts.count(session, "account", "anna@test.example", ACCOUNT)
        except TooSoon as too_soon:
            met.append(too_soon.seconds)
            wait(too_soon.seconds)
    return met


def test_pauses_grow_up_to_a_minute_and_never_lock_out(session: Session, wait: Pass) -> None:
    assert pauses(session, wait, 9) == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_impatience_is_not_counted(session: Session, wait: Pass) -> None:
    pauses(session, wait, 3)
    attempts.count(session, "account", "anna@test.example", ACCOUNT)
    for _ in range(10):
        with pytest.raises(TooSoon) as refused:
            attempts.count(session, "account", "anna@test.example", ACCOUNT)
        assert refused.value.seconds == 8


def test_success_and_quiet_forget(session: Session, wait: Pass) -> None:
    pauses(session, wait, 4)
    attempts.forgive(session, "account", "anna@test.example")
    for _ in range(ACCOUNT.free):
        attempts.count(session, "account", "anna@test.example", ACCOUNT)
    wait(attempts.FORGOTTEN_AFTER.total_seconds() + 1)
    for _ in range(ACCOUNT.free):
        attempts.count(session, "account", "anna@test.example", ACCOUNT)


@pytest.mark.usefixtures("wait")
def test_spraying_one_password_over_many_accounts_is_slowed_down_by_source(
    session: Session,
) -> None:
    def spray(number: int) -> None:
        attempts.count(session, "source", attempts.network(f"2001:db8::{number:x}"), SOURCE)
        attempts.count(session, "account", f"person{number}@test.example", ACCOUNT)

    for number in range(SOURCE.free):
        spray(number)
    with pytest.raises(TooSoon):
        spray(SOURCE.free)
    attempts.count(session, "source", attempts.network("2001:db8:0:1::"), SOURCE)


def test_two_processes_count_together(fresh_engine: Engine) -> None:
    def attempt() -> None:
        with session_factory(fresh_engine, writes=True).begin() as session:
            attempts.count(session, "account", "anna@test.example", ACCOUNT)

    for _ in range(ACCOUNT.free):
        attempt()
    with pytest.raises(TooSoon):
        attempt()
