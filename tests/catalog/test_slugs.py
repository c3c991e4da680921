from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from catalog import slugs


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("PostLotse", "postlotse"),
        ("Straßen & Plätze: Übersicht", "strassen-plaetze-uebersicht"),
        ("  Énergie  ", "energie"),
        ("東京", "x"),
        ("", "x"),
    ],
)
def test_a_slug_is_readable(name: str, slug: str) -> None:
    assert slugs.slug_of(name) == slug


@given(st.text(max_size=300))
def test_any_name_makes_a_slug_that_fits_an_address(name: str) -> None:
    slug = slugs.slug_of(name)
    assert 0 < len(slug) <= slugs.MAX_LENGTH
    assert set(slug) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert slug.strip("-") == slug


def test_equal_names_get_numbers_and_none_is_given_twice(session: Session) -> None:
    first = slugs.claim_many(session, "test", [("Chatbot", uuid4()), ("Chatbot", uuid4())])
    second = slugs.claim_many(session, "test", [("Chatbot", uuid4()), ("Chatbot-2", uuid4())])

    assert first == ["chatbot", "chatbot-2"]
    assert len({*first, *second}) == 4


def test_a_slug_names_its_thing_for_ever(session: Session) -> None:
    thing = uuid4()
    old = slugs.claim(session, "test", "Alter Name", thing)
    new = slugs.claim(session, "test", "Neuer Name", thing)

    assert slugs.thing_called(session, "test", old) == thing
    assert slugs.thing_called(session, "test", new) == thing
    assert slugs.thing_called(session, "other", old) is None
