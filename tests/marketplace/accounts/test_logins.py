"""Logins end without use, at the latest after half a day, and when somebody ends them."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from catalog import people
from catalog.database import now
from catalog.errors import NotFound
from catalog.people import Person
from marketplace.accounts import logins, traces
from marketplace.accounts.logins import Login
from marketplace.accounts.traces import Trace
from tests.factories import OPERATOR


@pytest.fixture
def person(session: Session) -> Person:
    return people.enter(session, OPERATOR, email="anna@test.example", name="Anna")


def begun(session: Session, person: Person) -> tuple[str, Login]:
    token = logins.begin(session, person, trace=Trace("Firefox · Linux", "192.0.*.*"))
    login = logins.found(session, token)
    assert login is not None
    return token, login


def test_only_the_hash_of_a_token_is_stored(session: Session, person: Person) -> None:
    token, login = begun(session, person)

    assert token not in (login.token_hash, str(login.id))
    assert logins.found(session, login.token_hash) is None


@pytest.mark.parametrize(
    ("field", "age"), [("last_used_at", logins.IDLE), ("expires_at", timedelta())]
)
def test_a_login_ends_by_itself(
    session: Session, person: Person, field: str, age: timedelta
) -> None:
    token, login = begun(session, person)
    setattr(login, field, now() - age)
    session.flush()

    assert logins.found(session, token) is None
    assert logins.of_person(session, person.id) == []


def test_a_renewed_login_has_another_token_and_the_old_one_is_void(
    session: Session, person: Person
) -> None:
    token, login = begun(session, person)
    fresh = logins.renew(session, login, is_strong=True)

    assert logins.found(session, token) is None
    again = logins.found(session, fresh)
    assert again is not None
    assert again.is_strong


def test_one_ends_only_ones_own(session: Session, person: Person) -> None:
    other = people.enter(session, OPERATOR, email="bert@test.example", name="Bert")
    token, login = begun(session, person)
    with pytest.raises(NotFound):
        logins.end_one(session, other.id, login.id)
    assert logins.found(session, token) is not None

    second, _ = begun(session, person)
    assert logins.end_all(session, person.id, but=login.id) == 1
    assert logins.found(session, second) is None
    logins.end_one(session, person.id, login.id)
    assert logins.found(session, token) is None


@pytest.mark.parametrize(
    ("source", "kept"),
    [("192.0.2.77", "192.0.*.*"), ("2001:db8:1:2::5", "2001:db8::/32"), ("testclient", "")],
)
def test_of_the_network_only_a_part_is_kept(source: str, kept: str) -> None:
    assert traces.network_of(source) == kept


@pytest.mark.parametrize(
    ("agent", "kept"),
    [
        ("(Windows NT 10.0) Chrome/130.0 Safari/537.36 Edg/130.0", "Edge · Windows"),
        ("(X11; Linux x86_64) Gecko/20100101 Firefox/130.0", "Firefox · Linux"),
        ("(iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1", "Safari · iPhone"),
        ("curl/8", ""),
    ],
)  # fmt: skip
def test_browsers_are_named_in_two_words(agent: str, kept: str) -> None:
    assert traces.browser_of(agent) == kept
