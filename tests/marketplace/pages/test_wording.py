"""Texts are cut so that they stay readable, days are as exact as they are known."""

from datetime import date

import pytest

from marketplace.pages.wording import first_sentence, inexact_day, short_day, shortened


@pytest.mark.parametrize(
    ("value", "german", "english"),
    [
        ("2024", "2024", "2024"),
        ("2024-03", "März 2024", "March 2024"),
        ("2024-03-11", "11. März 2024", "March 11, 2024"),
        ("2024-13", "2024-13", "2024-13"),
        ("", "", ""),
    ],
)
def test_day_is_as_exact_as_known(value: str, german: str, english: str) -> None:
    assert inexact_day(value, "de") == german
    assert inexact_day(value, "en") == english


def test_short_day_of_nothing_is_empty() -> None:
    assert short_day(date(2026, 11, 3), "de") == "03.11.2026"
    assert short_day(None, "de") == ""


def test_text_is_cut_at_a_word() -> None:
    assert shortened("eins zwei drei", 14) == "eins zwei drei"
    assert shortened("eins zwei drei", 12) == "eins zwei…"


def test_endless_word_is_cut_all_the_same() -> None:
    assert shortened("Stadt " + "a" * 90, 40) == "Stadt " + "a" * 33 + "…"


def test_first_sentence_ends_at_its_stop() -> None:
    text = "Die Post landet beim falschen Amt. Das kostet Zeit.\n\nUnd Geduld."

    assert first_sentence(text) == "Die Post landet beim falschen Amt."
    assert first_sentence("z. B. Briefe an das Amt") == "z. B. Briefe an das Amt"
