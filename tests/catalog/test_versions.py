"""Differences between two records: complete, readable, and enough to make one of the other."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from sqlalchemy.orm import Session

from catalog import drafts, solutions, versions
from catalog.errors import NotFound
from catalog.facts import Withheld
from catalog.records import (
    Cost,
    Costs,
    DataBasis,
    Licenses,
    Relation,
    SolutionRecord,
    Source,
    Standard,
)
from catalog.versions import Difference, Kind
from tests.factories import OPERATOR, a_record, a_solution

WORDS = some.text(min_size=0, max_size=12)
TEXTS = some.dictionaries(some.sampled_from(["de", "en", "fr", "pt-BR"]), WORDS, max_size=3)
LISTS = some.lists(WORDS, max_size=3)
DAYS = some.none() | some.dates(date(2000, 1, 1), date(2040, 1, 1))

RECORDS = some.builds(
    SolutionRecord,
    name=TEXTS,
    summary=TEXTS,
    problem=TEXTS,
    keywords=LISTS,
    technology=LISTS,
    phase=WORDS,
    licenses=some.builds(Licenses, code=WORDS, model=WORDS),
    data=some.builds(DataBasis, inputs=TEXTS, personal=WORDS),
    costs=some.builds(Costs, running=some.builds(Cost, class_=WORDS, note=TEXTS)),
    standards=some.lists(some.builds(Standard, code=WORDS, evidence=WORDS, on=DAYS), max_size=2),
    relations=some.lists(some.builds(Relation, kind=WORDS, to=WORDS), max_size=2),
    confirmed_on=DAYS,
    source=some.none() | some.builds(Source, name=WORDS, key=WORDS),
    withheld=some.dictionaries(
        some.sampled_from(["summary", "data.inputs", "costs.running"]),
        some.builds(Withheld, reason=WORDS, note=TEXTS, decided_on=DAYS),
        max_size=2,
    ),
    raw=some.dictionaries(some.sampled_from(["phase", "hosting"]), WORDS, max_size=2),
)


@given(RECORDS)
def test_a_record_does_not_differ_from_itself(record: SolutionRecord) -> None:
    assert versions.differences(record, record) == []


@settings(max_examples=300)
@given(RECORDS, RECORDS)
def test_the_differences_make_the_newer_record_of_the_older(
    older: SolutionRecord, newer: SolutionRecord
) -> None:
    assert versions.applied(older, versions.differences(older, newer)) == newer


@given(RECORDS, RECORDS)
def test_looking_back_turns_every_difference_around(
    older: SolutionRecord, newer: SolutionRecord
) -> None:
    turned = {Kind.ADDED: Kind.REMOVED, Kind.REMOVED: Kind.ADDED, Kind.CHANGED: Kind.CHANGED}
    forward = {
        (each.path, turned[each.kind], repr(each.after), repr(each.before))
        for each in versions.differences(older, newer)
    }
    back = {
        (each.path, each.kind, repr(each.before), repr(each.after))
        for each in versions.differences(newer, older)
    }
    assert forward == back


def test_a_text_differs_by_language() -> None:
    older = a_record(summary={"de": "Ordnet Post.", "en": "Sorts mail."})
    newer = a_record(summary={"de": "Ordnet Briefe.", "en": "Sorts mail."})

    assert versions.differences(older, newer) == [
        Difference(("summary", "de"), Kind.CHANGED, "Ordnet Post.", "Ordnet Briefe.")
    ]


def test_what_was_added_and_removed_comes_in_the_order_of_the_record() -> None:
    older = a_record(keywords=["Post"], problem={"de": "Zu viele Briefe."})
    newer = a_record(keywords=[], phase="pilot", problem={"de": "Zu viele Briefe."})

    found = versions.differences(older, newer)

    assert [(each.path, each.kind) for each in found] == [
        (("phase",), Kind.ADDED),
        (("keywords",), Kind.REMOVED),
    ]


def test_every_publication_is_a_version(session: Session) -> None:
    solution = a_solution(session, "Eins")
    solutions.revise(session, OPERATOR, solution, a_record("Zwei"))
    session.flush()

    assert [each.number for each in versions.of_solution(session, solution)] == [2, 1]
    assert versions.record_of(session, solution, 1).name == {"de": "Eins"}


def test_a_version_that_never_was_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound):
        versions.record_of(session, a_solution(session), 7)


def test_an_old_version_becomes_a_draft_and_readers_see_no_change(session: Session) -> None:
    solution = a_solution(session, "Eins")
    solutions.revise(session, OPERATOR, solution, a_record("Zwei"))
    session.flush()

    drafts.restore(session, OPERATOR, solution, 1)

    assert solution.draft == versions.record_of(session, solution, 1)
    assert solution.public_record.name == {"de": "Zwei"}
