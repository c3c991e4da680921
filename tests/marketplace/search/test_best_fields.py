"""What the words of a question are worth in a record's texts."""

import pytest

from marketplace.search.asking import TIE
from marketplace.search.best_fields import Spoken, rarity, score
from marketplace.search.schema import RANKED

USUAL = dict.fromkeys(RANKED, 4.0)
FILLING = "a b c"


def texts(**given: str) -> dict[str, str]:
    return dict.fromkeys(RANKED, "") | given


def worth_of(*words: Spoken, **given: str) -> float:
    return score(words, texts(**given), USUAL)


def word(stem: str, *, unit: int = 0, is_beginning: bool = False) -> Spoken:
    return Spoken(unit, stem, is_beginning, records=1, worth=1.0)


def test_a_word_in_a_text_of_usual_length_counts_what_its_field_counts():
    for field, boost in RANKED.items():
        assert worth_of(word("baum"), **{field: f"baum {FILLING}"}) == pytest.approx(boost)


def test_a_second_field_adds_a_little_to_the_best_one():
    both = worth_of(word("baum"), title=f"baum {FILLING}", body=f"baum {FILLING}")

    assert both == pytest.approx(RANKED["title"] + TIE * RANKED["body"])


def test_the_words_of_a_question_add_up_and_other_readings_of_one_do_not():
    given = {"summary": "baum ast b c"}

    assert worth_of(word("baum"), word("ast", unit=1), **given) == pytest.approx(1.54)
    assert worth_of(word("baum"), word("ast"), **given) == pytest.approx(0.77 * (1 + TIE))


def test_what_is_said_twice_counts_more_but_not_double():
    once = worth_of(word("baum"), body=f"baum {FILLING}")
    twice = worth_of(word("baum"), body="baum baum b c")

    assert once < twice < 2 * once


def test_a_word_counts_less_in_a_long_text():
    short = worth_of(word("baum"), body=f"baum {FILLING}")
    long = worth_of(word("baum"), body=f"baum {FILLING * 9}")

    assert long < short


def test_a_beginning_counts_where_it_is_telling():
    beginning = word("bau", is_beginning=True)

    assert worth_of(beginning, title="baumblick") == RANKED["title"]
    assert worth_of(beginning, body="baumblick") == 0


def test_a_rare_word_counts_more_and_none_below_zero():
    assert rarity(1, 1000) > rarity(10, 1000) > rarity(1000, 1000) > 0
    assert rarity(7, 3) >= 0
