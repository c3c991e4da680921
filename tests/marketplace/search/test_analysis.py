import threading

import pytest

from marketplace.search.compounds import ranked_stems
from marketplace.search.tokens import fold, key, stem


@pytest.mark.parametrize("spelling", ["Müll", "Muell", "MÜLL", "Mull", "mu\u0308ll"])
def test_umlauts_and_their_ascii_spellings_are_one(spelling):
    assert fold(spelling) == "mull"


def test_a_queue_is_no_umlaut():
    assert fold("Neue Queue") != fold("Neu Qu")
    assert stem("values", "en") == stem("value", "en")


@pytest.mark.parametrize(
    "forms",
    [
        ("Bäume", "Baum", "Bäumen", "Baeume"),
        ("prüfen", "prüft", "Prüfung", "Prüfungen"),
        ("speichern", "speichert", "Speicherung"),
        ("Übersetzung", "übersetzt", "übersetzen"),
    ],
)
def test_german_forms_share_a_stem(forms):
    assert len({stem(form, "de") for form in forms}) == 1


def test_a_text_of_an_unknown_language_is_folded_only():
    assert stem("Übersetzungen", "") == "ubersetzungen"
    assert stem("fordításokat", "hu") == "forditasokat"


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("abfallentsorgungsplanung", ("abfall", "entsorgung", "planung")),
        ("strassenbeleuchtung", ("strasse", "beleuchtung")),
        ("gesundheitsamt", ("gesundheit", "amt")),
        ("sperrmull", ("sperr", "mull")),
        ("vergabeunterlagen", ("vergabe", "unterlagen")),
        ("radweg", ("rad", "weg")),
    ],
)
def test_compounds_split_into_any_number_of_parts(analysis, word, parts):
    assert analysis.compounds["de"].parts(word) == parts


@pytest.mark.parametrize(
    "word", ["verwaltung", "burgerinnen", "beitrag", "anwendung", "mitarbeiter"]
)
def test_words_that_are_no_compounds_stay_whole(analysis, word):
    assert analysis.compounds["de"].parts(word) == ()


def test_parts_follow_the_text_so_that_phrases_keep_their_order(analysis):
    assert analysis.terms("Die Hochwasserwarnung kommt", "de").split()[:3] == [
        "die",
        "hochwasserwarn",
        "komm",
    ]
    assert "warn" in analysis.terms("Die Hochwasserwarnung kommt", "de").split()


def test_a_letter_and_a_word_are_also_found_joined(analysis):
    assert "eakt" in analysis.terms("Die E-Akte", "de").split()


def test_english_texts_are_not_split(analysis):
    assert analysis.terms("Handbook of waste", "en").split() == ["handbook", "of", "wast"]


def test_names_are_equal_whatever_their_punctuation():
    assert key("Bürger-Büro: Köln") == key("buerger buero koeln")


def test_stems_are_ranked_by_the_compounds_they_build():
    nouns = [
        "stadtplan",
        "stadtbaum",
        "baumplan",
        "stadtrand",
        "plan",
        "stadt",
        "baum",
        "rand",
        "zimmer",
    ]

    assert ranked_stems(nouns, "de") == ["stadt", "baum", "plan", "rand"]


def test_threads_stem_alike():
    found: list[set[str]] = []

    def work() -> None:
        found.append({stem(f"{word}ungen", "de") for word in ("Leist", "Prüf", "Wart") * 200})

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [{"leist", "pruf", "wart"}] * 8
