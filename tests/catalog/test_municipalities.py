from datetime import date

import pytest
from sqlalchemy.orm import Session

from catalog import municipalities
from catalog.errors import Invalid, NotFound
from catalog.municipalities import Place, size_class

TODAY = date(2026, 1, 1)
AUENRODE = Place("059980001001", "Auenrode", population=62_400, postcode="00100")
NEUENKIRCHEN = [
    Place(f"0599800010{n:02}", "Neuenkirchen", population=n * 1000) for n in (11, 12, 13)
]


def load(session: Session, *places: Place) -> municipalities.Loaded:
    return municipalities.load(session, places, as_of=TODAY, source="test", is_sample=True)


@pytest.mark.parametrize(
    ("population", "code"),
    [(None, None), (0, "1"), (4_999, "1"), (5_000, "2"), (49_999, "3"), (500_000, "6")],
)
def test_the_size_class_follows_the_population(population: int | None, code: str | None) -> None:
    assert size_class(population) == code


def test_a_place_is_found_by_its_long_and_its_short_key(session: Session) -> None:
    load(session, AUENRODE)

    assert municipalities.by_ars(session, "059980001001").name == "Auenrode"
    assert municipalities.by_ars(session, "05998001").name == "Auenrode"


def test_a_former_key_leads_to_the_place_that_took_over(session: Session) -> None:
    load(session, Place("059980001009", "Altrode", population=900))
    load(
        session,
        Place(AUENRODE.ars, "Auenrode", former=[("059980001009", "Altrode", date(2025, 1, 1))]),
    )

    assert municipalities.by_ars(session, "059980001009").name == "Auenrode"
    assert [place.name for place in municipalities.matching(session, "altrode")] == []


def test_a_second_load_changes_nothing(session: Session) -> None:
    load(session, AUENRODE, *NEUENKIRCHEN)

    assert load(session, AUENRODE, *NEUENKIRCHEN).unchanged == 4


def test_a_changed_population_is_an_update(session: Session) -> None:
    load(session, AUENRODE)
    done = load(session, Place(AUENRODE.ars, "Auenrode", population=63_000, postcode="00100"))

    assert (done.created, done.updated) == (0, 1)
    assert municipalities.by_ars(session, AUENRODE.ars).population == 63_000


def test_equal_names_are_offered_with_the_largest_first(session: Session) -> None:
    load(session, *NEUENKIRCHEN)

    found = municipalities.matching(session, "neuenk")
    assert [place.population for place in found] == [13_000, 12_000, 11_000]


@pytest.mark.parametrize(
    "typed", ["Lüdenscheid", "Luedenscheid", "ludenscheid", "00777", "Stadt Lüd"]
)
def test_a_place_is_found_as_people_type_it(session: Session, typed: str) -> None:
    load(session, Place("059980002002", "Lüdenscheid", population=70_000, postcode="00777"))

    assert [place.name for place in municipalities.matching(session, typed)] == ["Lüdenscheid"]


@pytest.mark.parametrize("key", ["123", "05998000100", "ABCDE", ""])
def test_a_key_of_the_wrong_length_is_refused(session: Session, key: str) -> None:
    with pytest.raises(Invalid, match="12 digits"):
        load(session, Place(key, "Irgendwo"))


def test_a_key_that_stands_twice_is_refused(session: Session) -> None:
    with pytest.raises(Invalid, match="twice"):
        load(session, AUENRODE, AUENRODE)


def test_an_unknown_key_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound):
        municipalities.by_ars(session, "999990000000")


def test_a_percent_sign_is_a_letter_like_any_other(session: Session) -> None:
    load(session, AUENRODE)

    assert municipalities.matching(session, "%") == []
