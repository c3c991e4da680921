from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog import records, taxonomy
from catalog.facts import State, Withheld
from catalog.records import CODED, TELLING, DataBasis, SolutionRecord, best, check, is_web_address

NAME = {"de": "PostLotse"}


def problem_fields(record: SolutionRecord) -> list[str]:
    return [problem.field for problem in check(record)]


def test_a_name_is_enough_to_be_published() -> None:
    assert check(SolutionRecord(name=NAME)) == []


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": {}}, "name"),
        ({"name": {"de": "  "}}, "name"),
        ({"phase": "sometimes"}, "phase"),
        ({"technology": ["generative", "magic"]}, "technology"),
        ({"repository": "ftp://example.org"}, "repository"),
        ({"website": "javascript:alert(1)"}, "website"),
        ({"in_use_since": "March 2024"}, "in_use_since"),
        ({"withheld": {"phase": Withheld("because")}}, "phase"),
        ({"withheld": {"nonsense": Withheld("security")}}, "withheld"),
        ({"phase": "pilot", "withheld": {"phase": Withheld("security")}}, "phase"),
        ({"data": DataBasis(personal="maybe")}, "data.personal"),
    ],
)
def test_what_stands_in_the_way_is_named_by_its_field(fields: dict, field: str) -> None:
    assert problem_fields(SolutionRecord(**{"name": NAME, **fields})) == [field]


def test_a_fact_has_three_states() -> None:
    record = SolutionRecord(
        name=NAME,
        phase="pilot",
        withheld={"sovereignty.operator": Withheld("security", decided_on=date(2026, 1, 1))},
    )

    assert record.fact("phase").state is State.STATED
    assert record.fact("hosting").state is State.NOT_STATED
    withheld = record.fact("sovereignty.operator")
    assert withheld.state is State.WITHHELD
    assert withheld.withheld
    assert withheld.withheld.reason == "security"


def test_false_and_nothing_are_told_apart() -> None:
    record = SolutionRecord(name=NAME, data=DataBasis(inputs={"de": "Briefe"}))

    assert record.fact("data").state is State.STATED
    assert record.fact("costs").state is State.NOT_STATED


def test_an_unknown_key_is_refused_with_its_name() -> None:
    with pytest.raises(msgspec.ValidationError, match="colour"):
        msgspec.json.decode(b'{"name": {"de": "x"}, "colour": "blue"}', type=SolutionRecord)


def test_every_coded_field_has_its_list_and_every_telling_fact_exists() -> None:
    record = SolutionRecord(name=NAME)
    assert [name for name in CODED.values() if name not in taxonomy.lists()] == []
    for field in (*CODED, *TELLING):
        assert record.fact(field).state is State.NOT_STATED


@given(st.text(max_size=200))
def test_any_text_is_an_address_or_none_without_a_crash(text: str) -> None:
    assert is_web_address(text) in (True, False)


@given(
    st.dictionaries(st.sampled_from(["de", "en", "nl", "fr"]), st.text(max_size=5)),
    st.sampled_from(["de", "en"]),
)
def test_the_wanted_language_wins_where_it_says_something(
    text: dict[str, str], wanted: str
) -> None:
    found, language = best(text, wanted)
    if text.get(wanted):
        assert (found, language) == (text[wanted], wanted)
    elif any(text.values()):
        assert found == text[language] != ""
    else:
        assert found == ""


def test_records_of_the_same_content_have_the_same_bytes() -> None:
    one = SolutionRecord(name={"de": "A", "en": "B"}, phase="pilot")
    other = msgspec.json.decode(msgspec.json.encode(one), type=records.SolutionRecord)

    assert msgspec.json.encode(one) == msgspec.json.encode(other)
