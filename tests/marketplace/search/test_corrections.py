import pytest

from marketplace.search.corrections import correction, is_within


class Forms:
    """A vocabulary in memory."""

    def __init__(self, **counts: int) -> None:
        self.counts = counts

    def documents_with_form(self, folded: str) -> int:
        return self.counts.get(folded, 0)

    def forms_beginning(self, beginning: str) -> list[tuple[str, int]]:
        return [found for found in self.counts.items() if found[0].startswith(beginning)]


@pytest.mark.parametrize("typed", ["Postenigang", "Posteinang", "Posteingangg", "Posteinbang"])
def test_one_slip_is_corrected(typed):
    assert correction(typed, Forms(posteingang=3)) == "posteingang"


def test_two_slips_are_corrected_in_long_words_only():
    assert correction("Muellabfhur", Forms(mullabfuhr=1)) == "mullabfuhr"
    assert correction("Hochwaserwarnug", Forms(hochwasserwarnung=1)) == "hochwasserwarnung"
    assert correction("Bamu", Forms(baum=1)) == "baum"
    assert correction("Bmua", Forms(baum=1)) is None


def test_the_most_frequent_of_equally_near_words_is_meant():
    assert correction("Kanel", Forms(kanal=9, kamel=1)) == "kanal"


def test_numbers_and_short_words_are_left_alone():
    assert correction("OZG", Forms(ozf=5)) is None
    assert correction("91607", Forms(**{"91608": 5})) is None


def test_slips_are_counted_with_swaps():
    assert is_within("abcd", "abdc", 1)
    assert not is_within("abcd", "badc", 1)
    assert is_within("abcd", "badc", 2)
