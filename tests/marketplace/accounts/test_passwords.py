"""Passwords: long, not one's own words, one verification whoever is asked for."""

import pytest
from sqlalchemy.orm import Session

from catalog import people
from catalog.errors import Invalid
from marketplace.accounts import passwords
from tests.factories import OPERATOR

GOOD = "regen tisch wolke pferd"
WORDS = passwords.words_of(
    "Anna Mustermann", "anna.mustermann@stadt-auenrode.example", "Knoten Nord"
)


@pytest.mark.parametrize(
    "password",
    [GOOD, "Übermäßig viele Möwen 7", "k3!vX9$qL0&zT5@w", "日本語のパスワードです長い雪月花"],
)
def test_a_long_password_of_ones_own_is_taken(password: str) -> None:
    passwords.check(password, words=WORDS)


@pytest.mark.parametrize(
    "password",
    [
        "", "kurz", "regen tisch wo", "x" * 300, "aaaaaaaaaaaaaaaaaaaa", "abababababababababab",
        "1234567890123456", "abcdefghijklmnopqrst", "passwortpasswort1", "Anna.Mustermann.2026",
        "annamustermannauenrode", "lichtermeer-auenrode", "qwertzuiopasdfghjkl",
        "nnamretsum anna 12",
    ],
)  # fmt: skip
def test_what_is_short_or_easy_to_guess_is_refused(password: str) -> None:
    with pytest.raises(Invalid) as refused:
        passwords.check(password, words=WORDS)
    assert refused.value.problems[0].field == "password"


def test_a_password_is_stored_as_argon2id_and_found_right(session: Session) -> None:
    person = people.enter(session, OPERATOR, email="anna@test.example", name="Anna")
    passwords.store(session, person, "Ma\u0308rchen tisch wolke pferd")

    kept = passwords.of_person(session, person.id)
    assert kept is not None
    assert kept.hash.startswith("$argon2id$")
    assert passwords.is_right(session, person, "Märchen tisch wolke pferd"), "composed otherwise"
    assert not passwords.is_right(session, person, "Märchen tisch wolke Pferd")


def test_nobody_and_somebody_cost_the_same_work(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = people.enter(session, OPERATOR, email="anna@test.example", name="Anna")
    bert = people.enter(session, OPERATOR, email="bert@test.example", name="Bert")
    passwords.store(session, anna, GOOD)
    passwords.is_right(session, None, "warm up")
    calls: list[str] = []
    verify = passwords._verifies

    def counting(kept: str, password: str) -> bool:
        calls.append(kept)
        return verify(kept, password)

    monkeypatch.setattr(passwords, "_verifies", counting)
    numbers = []
    for person in (anna, bert, None):
        assert not passwords.is_right(session, person, "wrong")
        numbers.append(len(calls))

    assert numbers == [1, 2, 3], "the account, one without password, no account: one hash each"
    assert len({kept.rsplit("$", 2)[0] for kept in calls}) == 1, "with the same parameters"
