"""Two entries that are one: what moves, what resolves, and how it is undone."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from catalog import adoptions, error_reports, merges, provenance, releases, solutions, watching
from catalog.adoptions import Stage, Use
from catalog.database import new_id
from catalog.errors import Conflict, Invalid, NotFound
from catalog.moderation import decisions, text_blocks
from catalog.moderation.cases import Case, CaseKind
from catalog.moderation.decisions import Verb
from catalog.permissions import Actor
from catalog.provenance import Named
from catalog.solutions import Solution
from catalog.watching import Watchable
from marketplace.search import synonyms
from marketplace.search.synonyms import Group
from tests.factories import OPERATOR, a_city, a_moderator, a_record, a_solution, actor_for

TODAY = date(2026, 11, 23)
USE = Use(Stage.LIVE, date(2026, 3, 1))
PAIR = {"de": "Rückfrage", "en": "Question"}


@pytest.fixture
def pair(session: Session) -> tuple[Solution, Solution]:
    """The later entry and the one that was there first, of one body, each with a use."""
    city, user = a_city(session), a_city(session, "Stadt Anderort")
    first, later = (a_solution(session, publisher=city) for _ in range(2))
    adoptions.declare(session, OPERATOR, first, city, USE, today=TODAY)
    adoptions.declare(session, OPERATOR, later, city, USE, today=TODAY)
    adoptions.declare(session, OPERATOR, later, user, USE, today=TODAY)
    releases.publish(session, OPERATOR, later, version="1", released_on=TODAY)
    watching.watch(session, actor_for(session, user), Watchable.SOLUTION, later.id)
    return later, first


def merged(session: Session, pair: tuple[Solution, Solution]) -> tuple[Actor, Case]:
    moderator = a_moderator(session)
    case = merges.propose(session, moderator, *pair)
    decisions.decide(session, moderator, case, Verb.APPROVE, choice=pair[1].id, today=TODAY)
    return moderator, case


def test_merging_moves_what_the_survivor_has_not_and_both_addresses_resolve(
    session: Session, pair: tuple[Solution, Solution]
) -> None:
    later, first = pair
    address = later.slug
    _moderator, _case = merged(session, pair)

    assert solutions.by_slug(session, address).id == first.id
    assert solutions.is_merged_away(session, address)
    assert not solutions.is_merged_away(session, first.id)
    assert not later.is_reviewed_again
    # The city's own use of both stays once with each; the other one moved.
    assert merges.counts(session, first.id) == {
        "adoptions": 2, "releases": 1, "interface_specs": 0, "watches": 1,
    }  # fmt: skip
    assert merges.counts(session, later.id)["adoptions"] == 1


def test_a_merger_is_undone_row_by_row(session: Session, pair: tuple[Solution, Solution]) -> None:
    later, first = pair
    before = [merges.counts(session, each.id) for each in pair]
    moderator, case = merged(session, pair)
    decisions.undo(session, moderator, case)
    assert [merges.counts(session, each.id) for each in pair] == before
    assert solutions.by_slug(session, later.slug).id == later.id
    assert first.is_published


def test_a_draft_stands_in_the_way_and_a_stranger_is_no_survivor(
    session: Session, pair: tuple[Solution, Solution]
) -> None:
    moderator = a_moderator(session)
    with pytest.raises(Invalid):
        merges.propose(session, moderator, pair[0], pair[0])
    case = merges.propose(session, moderator, *pair)
    assert merges.propose(session, moderator, pair[1], pair[0]) is case
    stranger = a_solution(session, "Anders")
    with pytest.raises(Invalid):
        decisions.decide(session, moderator, case, Verb.APPROVE, choice=stranger.id, today=TODAY)
    solutions.withdraw(session, OPERATOR, pair[0], reason="Weg.")
    with pytest.raises(Conflict):
        decisions.decide(session, moderator, case, Verb.APPROVE, today=TODAY)


def test_only_the_likeliest_of_what_intake_found_alike_become_cases(
    session: Session, pair: tuple[Solution, Solution]
) -> None:
    later, first = pair
    elsewhere = a_solution(session, publisher=a_city(session, "Stadt Fern"))
    things = [Named(each.id, "PostLotse", each.publisher_id) for each in (first, later, elsewhere)]
    assert provenance.propose_duplicates(session, solutions.KIND, things) == 2
    assert merges.open_proposed(session) == 1
    assert merges.open_proposed(session) == 0
    (case,) = session.query(Case).where(Case.kind == CaseKind.DUPLICATE)
    decisions.decide(session, a_moderator(session), case, Verb.REFUSE, text="Zwei.", today=TODAY)
    assert provenance.count_open(session, solutions.KIND) == 1


def test_entries_of_the_same_name_are_found_whatever_their_spelling(session: Session) -> None:
    city = a_city(session)
    found = [a_solution(session, name, publisher=city) for name in ("PostLotse", "Post-Lotse 2")]
    a_solution(session, "PostLotse Plus", publisher=city)
    alike = solutions.called_alike(session, a_record("postlotse!"), but=city.id)
    assert [each.id for each in alike] == [found[0].id]
    assert solutions.called_alike(session, a_record("PostLotse"), but=found[0].id) == []


def test_reports_are_limited_for_each_thing_and_name_what_is_missing(session: Session) -> None:
    city = a_city(session)
    with pytest.raises(Invalid) as refusal:
        error_reports.report(session, Actor(), city, kind="unknown", text=" ")
    assert [each.field for each in refusal.value.problems] == ["kind", "text"]
    for _ in range(error_reports.MOST_AN_HOUR):
        case = error_reports.report(session, Actor(), city, kind="wrong", text="Falsch.")
    assert (case.thing_kind, case.organization_id) == ("organization", city.id)
    with pytest.raises(Conflict):
        error_reports.report(session, Actor(), city, kind="wrong", text="Falsch.")


def test_the_first_change_keeps_what_a_node_was_delivered_with(session: Session) -> None:
    moderator = a_moderator(session)
    blocks, groups = len(text_blocks.present(session)), len(synonyms.starting_list())
    text_blocks.put(session, moderator, None, purpose="return", title=PAIR, text=PAIR)
    made = text_blocks.put(
        session, moderator, None, purpose="return", title=PAIR, text={**PAIR, "xx": "x" * 9_000}
    )
    assert set(made.text) == {"de", "en"}
    assert len(text_blocks.present(session)) == blocks + 2
    text_blocks.retire(session, moderator, made.id)
    with pytest.raises(Conflict):
        text_blocks.put(session, moderator, made.id, purpose="return", title=PAIR, text=PAIR)
    assert made not in text_blocks.present(session)
    text_blocks.retire(session, moderator, made.id, retired=False)
    assert made in text_blocks.present(session)
    with pytest.raises(NotFound):
        text_blocks.retire(session, moderator, new_id())
    synonyms.add(session, moderator, Group("de", ["Amtsblatt", "Bekanntmachung"]))
    assert synonyms.revision(session)[0] == groups + 1
