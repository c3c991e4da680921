"""The German interface is complete, says what the English says, and keeps the rules of writing."""

import re
from collections import Counter

import pytest
from ruamel.yaml import YAML

from tests.interface_texts import PLACEHOLDER, ROOT, TAG, german, wanted

CODE_LISTS = sorted((ROOT / "catalog" / "codes").glob("*.yaml"))

SYMBOL_IN_WORD = re.compile(r"[a-zäöüß][*:_][a-zäöü]|[a-zäöüß]/-?(?:in|innen)\b|[a-zäöüß]Inn")
"""Gender symbols, also the slash and the capital inside; the interface writes without them."""

WRONG_QUOTES = re.compile(r'"|“(?=\w)|\W\'\w')
"""German opens with „ and closes with “."""

LOOSE_NUMBER = re.compile(r"\d[ \u00a0]?%|\d[ \u00a0]\d{3}\b")
"""Percent signs and thousands are set off by a narrow space that does not break."""


def _german_texts() -> dict[str, str]:
    return {
        f"{singular} [{number}]": form
        for (_context, singular), text in german().items()
        for number, form in enumerate(text.forms)
    }


def _labels() -> list[tuple[str, dict[str, str]]]:
    labels = []
    for path in CODE_LISTS:
        content = YAML(typ="safe").load(path.read_text())
        labels.append((path.stem, content["title"]))
        labels += [(f"{path.stem}: {entry['code']}", entry) for entry in content["codes"]]
    return labels


def test_extraction_reaches_templates_pages_refusals_and_mappings() -> None:
    files = {file for text in wanted().values() for file in text.files}
    assert {"templates/home/show.html", "marketplace/pages/home.py", "catalog/solutions.py"} < files
    assert "marketplace/formats/mappings/eu-cases.yaml" in files


def test_every_text_has_german() -> None:
    missing = [
        (text.files[0], text.singular)
        for key, text in wanted().items()
        if key not in german() or not all(german()[key].forms)
    ]
    assert missing == []


def test_no_german_text_is_left_over() -> None:
    assert [key for key in german() if key not in wanted()] == []


def test_no_german_text_is_a_guess() -> None:
    assert [key for key, text in german().items() if text.is_fuzzy] == []


def test_what_depends_on_a_number_has_two_forms() -> None:
    wrong = [
        text.singular
        for key, text in wanted().items()
        if key in german() and len(german()[key].forms) != (2 if text.plural else 1)
    ]
    assert wrong == []


@pytest.mark.parametrize("pattern", [PLACEHOLDER, TAG], ids=["placeholders", "tags"])
def test_german_holds_what_the_english_holds(pattern: re.Pattern[str]) -> None:
    wrong = []
    for key, text in wanted().items():
        for english, form in zip(
            (text.singular, text.plural),
            german()[key].forms if key in german() else (),
            strict=False,
        ):
            if Counter(pattern.findall(english)) != Counter(pattern.findall(form)):
                wrong.append((english, form))
    assert wrong == []


@pytest.mark.parametrize(
    "pattern",
    [SYMBOL_IN_WORD, WRONG_QUOTES, LOOSE_NUMBER, re.compile("!")],
    ids=["gender symbols", "quotation marks", "loose numbers", "exclamation marks"],
)
def test_german_is_written_by_the_rules(pattern: re.Pattern[str]) -> None:
    wrong = {
        key: form
        for key, form in _german_texts().items()
        if pattern.search(PLACEHOLDER.sub("", TAG.sub("", form)))
    }
    assert wrong == {}


def test_every_code_has_a_german_and_an_english_label() -> None:
    assert CODE_LISTS
    missing = [
        name for name, label in _labels() if not all(label.get(each) for each in ("de", "en"))
    ]
    assert missing == []


@pytest.mark.parametrize("pattern", [SYMBOL_IN_WORD, LOOSE_NUMBER], ids=["gender", "numbers"])
def test_labels_of_codes_are_written_by_the_rules(pattern: re.Pattern[str]) -> None:
    wrong = [(name, label["de"]) for name, label in _labels() if pattern.search(label["de"])]
    assert wrong == []
