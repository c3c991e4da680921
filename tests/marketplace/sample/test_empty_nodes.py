"""Sample data enter an empty node once, and a real node never."""

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from catalog import organizations, people
from catalog.errors import Conflict
from catalog.organizations import Kind
from catalog.permissions import Actor
from marketplace.sample import loading
from marketplace.transactions import Database


def test_a_second_load_finds_the_sample_and_writes_nothing(fresh_engine: Engine) -> None:
    database = Database.on(fresh_engine)

    first = loading.load_if_empty(database)
    second = loading.load_if_empty(database)

    assert first is not None
    assert second is None


def test_a_node_with_real_content_is_refused(session: Session) -> None:
    organizations.found(session, Actor.operator(), name="Stadt Echt", kind=Kind.MUNICIPALITY)

    with pytest.raises(Conflict):
        loading.is_there(session)


def test_a_node_with_real_people_is_refused(session: Session) -> None:
    people.enter(session, Actor.operator(), email="echt@node.example", name="Toni Test")

    with pytest.raises(Conflict):
        loading.is_there(session)


def test_an_empty_node_is_neither_sample_nor_refused(session: Session) -> None:
    assert loading.is_there(session) is False
