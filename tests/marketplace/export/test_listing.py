"""Feeds in pages on both databases: nothing twice, nothing left out, what is withdrawn told."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy.orm import Session

from catalog import solutions
from catalog.errors import Invalid
from marketplace.export.listing import Position, solution_news
from tests.factories import OPERATOR, a_city, a_record, a_solution

KEY = UUID("01890000-0000-7000-8000-000000000001")
START = datetime(2026, 1, 1, tzinfo=UTC)


def test_pages_of_news_hold_each_solution_once_whatever_shares_a_moment(session: Session) -> None:
    city = a_city(session)
    made = [a_solution(session, f"Nr {number}", publisher=city) for number in range(25)]
    for number, solution in enumerate(made):
        solution.updated_at = START + timedelta(seconds=number // 4)
    withdrawn = made[7]
    solutions.withdraw(session, OPERATOR, withdrawn, reason="Ersetzt")
    withdrawn.updated_at = START
    solutions.draft(session, OPERATOR, city, a_record("Entwurf"))
    session.flush()

    for ids in (None, [each.id for each in made]):
        seen, after = [], None
        while True:
            news = solution_news(session, ids=ids, publisher_id=None, after=after, size=4)
            seen += [each.id for each in news.items]
            after = news.following
            if after is None:
                break
        assert sorted(seen) == sorted(each.id for each in made)
        by_id = {each.id: each.updated_at for each in made}
        moments = [by_id[key] for key in seen]
        assert moments == sorted(moments, reverse=True)


def test_news_of_a_body_are_its_own(session: Session) -> None:
    own, other = a_city(session, "Stadt Auenrode"), a_city(session, "Stadt Birken")
    mine = a_solution(session, "Meine", publisher=own)
    a_solution(session, "Andere", publisher=other)

    found = solution_news(session, publisher_id=own.id)

    assert [each.id for each in found.items] == [mine.id]
    assert found.following is None


def test_a_position_is_read_as_it_was_written() -> None:
    position = Position(START + timedelta(microseconds=1), KEY)

    assert Position.read(str(position)) == position
    for broken in ("", "1", "x-y", "1-2", f"{10**30}-{KEY.hex}"):
        with pytest.raises(Invalid):
            Position.read(broken)
