"""German pages can be read: short sentences and few long words, measured as LIX.

LIX (Björnsson 1968) is the mean length of a sentence in words plus the share of words of more than
six letters in percent. Below 40 is easy, 40 to 50 middling. Counted are sentences, not labels.
"""

import re
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pytest

from tests.interface_texts import PLACEHOLDER, TAG, german, wanted

SENTENCE_END = re.compile(r"(?<=[.?])[“)]?\s+")
WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
LONG = 7
"""A word of this many letters or more is long."""

FOR_EVERYBODY = ("errors", "home", "municipalities", "organizations", "search", "service")
FOR_STAFF = ("adoptions", "api", "editor", "sign_in", "solutions")

ELSEWHERE = {"problems": "errors"}
"""Modules whose texts a folder of another name shows."""


@dataclass(frozen=True)
class Level:
    """How hard a group of texts is to read."""

    sentences: int
    words: int
    long_words: int
    longest: str

    @property
    def mean_sentence(self) -> float:
        """Words a sentence."""
        return self.words / self.sentences

    @property
    def lix(self) -> float:
        """Björnsson's index."""
        return self.mean_sentence + 100 * self.long_words / self.words


def _words(sentence: str) -> Sequence[str]:
    return WORD.findall(sentence)


def level(texts: Sequence[str]) -> Level:
    """The level of all sentences in ``texts``; a placeholder counts as one short word."""
    plain = [PLACEHOLDER.sub("Wort", TAG.sub("", text)) for text in texts]
    sentences = [each for text in plain for each in SENTENCE_END.split(text) if _words(each)]
    words = [word for each in sentences for word in _words(each)]
    return Level(
        len(sentences),
        len(words),
        sum(len(word) >= LONG for word in words),
        max(sentences, key=lambda each: len(_words(each))),
    )


def _group(file: str) -> str:
    top, *rest = file.split("/")
    if top == "templates":
        return rest[0]
    if rest[0] == "pages":
        name = rest[1].removesuffix(".py")
        return {"solution_facts": "solutions", "use": "solutions"}.get(name, name)
    return ELSEWHERE.get(rest[-1].removesuffix(".py"), "other")


def _levels() -> Mapping[str, Level]:
    groups: dict[str, list[str]] = {}
    for key, text in wanted().items():
        forms = german()[key].forms if key in german() else ()
        sentences = [form for form in forms if form.endswith((".", "?"))]
        for group in {_group(file) for file in text.files}:
            groups.setdefault(group, []).extend(sentences)
    return {group: level(texts) for group, texts in sorted(groups.items()) if texts}


@pytest.fixture(scope="module")
def levels() -> Mapping[str, Level]:
    """The level of each group; printed as a table."""
    measured = _levels()
    for group, each in measured.items():
        sys.stdout.write(
            f"{group:<22} {each.sentences:>4} sentences  {each.mean_sentence:>5.1f} words each  "
            f"LIX {each.lix:>4.1f}  longest {len(_words(each.longest))}\n"
        )
    return measured


def test_the_measure_is_that_of_its_author() -> None:
    measured = level(["Die Stadt prüft jeden Vorschlag. Ein Mensch entscheidet."])
    assert (measured.sentences, measured.words, measured.long_words) == (2, 8, 2)
    assert measured.lix == 4 + 25


@pytest.mark.parametrize("group", FOR_EVERYBODY)
def test_pages_for_everybody_are_easy(levels: Mapping[str, Level], group: str) -> None:
    assert levels[group].lix <= 45
    assert levels[group].mean_sentence <= 15


@pytest.mark.parametrize("group", FOR_STAFF)
def test_pages_for_staff_are_not_hard(levels: Mapping[str, Level], group: str) -> None:
    assert levels[group].lix <= 50
    assert levels[group].mean_sentence <= 15


@pytest.mark.parametrize("group", FOR_EVERYBODY + FOR_STAFF)
def test_no_sentence_is_longer_than_twenty_words(levels: Mapping[str, Level], group: str) -> None:
    assert len(_words(levels[group].longest)) <= 20, levels[group].longest


def test_easy_language_has_only_very_short_sentences() -> None:
    texts = [
        form
        for key, text in wanted().items()
        if text.files == ("templates/service/plain_language.html",)
        for form in german()[key].forms
    ]
    measured = level(texts)
    assert len(_words(measured.longest)) <= 9, measured.longest
    assert measured.lix <= 30
