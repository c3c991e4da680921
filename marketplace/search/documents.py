"""What the search engines are given of one record.

``Texts`` is what can be found of a record, in the languages it is written in. ``analyzed`` makes a
``SearchDocument`` of it: the only thing an engine sees, and what is stored beside the record.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache

from msgspec import Struct

from marketplace.search.analysis import LONGEST_LABEL, Analysis
from marketplace.search.tokens import fold, joined, key, words

FACET_LISTS: Mapping[str, str] = {
    "field_of_action": "field_of_action",
    "task": "task",
    "phase": "phase",
    "evidence": "evidence",
    "technology": "technology",
    "hosting": "hosting",
    "license": "license_class",
    "land": "land",
    "size_class": "size_class",
    "language": "language",
    "human_oversight": "human_oversight",
    "personal_data": "personal_data",
    "running_cost": "cost_class",
    "standard": "standard",
    "country": "",
    "origin": "",
}
"""The facets, each with the code list that holds its labels; a country stands as ISO 3166-1, an
origin as the IRI of the node that owns the record (``OWN`` for this node)."""

FACETS = tuple(FACET_LISTS)
"""The facets a question may filter by and count."""

OWN = "own"

NOT_STATED = "not_stated"
"""Facet value of a record that says nothing there; absence is shown, not hidden."""

FORM_SEPARATOR = "\x1f"
"""Stands between the folded and the written form of a word."""

Tagged = tuple[str, str]
"""A language code (empty if unknown) and a text in that language."""

LONGEST_NAME_KEY = 200


class Texts(Struct, frozen=True, omit_defaults=True):
    """What can be found of one record, as written."""

    id: str
    title: list[Tagged]
    """Names in all languages and alternative names."""
    organization: list[Tagged] = []
    summary: list[Tagged] = []
    body: list[Tagged] = []
    facets: dict[str, list[str]] = {}
    adopters: int = 0
    """Organizations with the solution in operation."""
    confirmed: date | None = None
    """When a body last confirmed that the record is right."""
    alike: list[str] = []
    """Land and size class ("05|3") of the municipalities that run it."""


class SearchDocument(Struct, frozen=True, omit_defaults=True):
    """One record, analyzed, in the fields an engine ranks by."""

    id: str
    title: str
    organization: str = ""
    summary: str = ""
    body: str = ""
    names: list[str] = []
    """The folded names; who types one of them wants this record first."""
    name_words: str = ""
    """The folded words of the names, unstemmed, for suggestions."""
    forms: list[str] = []
    """Every word, folded and as written: vocabulary of corrections and suggestions."""
    languages: list[str] = []
    sort_name: str = ""
    facets: dict[str, list[str]] = {}
    adopters: int = 0
    confirmed: int = 0
    """Day of the last confirmation as a proleptic ordinal; 0 if never."""
    alike: list[str] = []


def analyzed(texts: Texts, analysis: Analysis) -> SearchDocument:
    """``texts`` as engines take them."""
    tagged = [*texts.title, *texts.organization, *texts.summary, *texts.body]
    names = [name for _, name in texts.title]
    return SearchDocument(
        id=texts.id,
        title=_terms(texts.title, analysis),
        organization=_terms(texts.organization, analysis),
        summary=_terms(texts.summary, analysis),
        body=_terms(texts.body, analysis),
        names=list(dict.fromkeys(key(name)[:LONGEST_NAME_KEY] for name in names)),
        name_words=" ".join(dict.fromkeys(fold(word) for name in names for word in words(name))),
        forms=_forms(tagged),
        languages=sorted({language for language, text in tagged if language and text}),
        sort_name=key(names[0])[:LONGEST_NAME_KEY] if names else "",
        facets=texts.facets,
        adopters=texts.adopters,
        confirmed=texts.confirmed.toordinal() if texts.confirmed else 0,
        alike=texts.alike,
    )


def _terms(tagged: Sequence[Tagged], analysis: Analysis) -> str:
    return " ".join(filter(None, (analysis.terms(text, language) for language, text in tagged)))


def _forms(tagged: Iterable[Tagged]) -> list[str]:
    """Every word of the texts once, a capitalized form only where there is no plain one."""
    plain: dict[str, str] = {}
    capitalized: dict[str, str] = {}
    for _, text in tagged:
        forms = _forms_of_label(text) if len(text) <= LONGEST_LABEL else _forms_of(text)
        plain.update(forms[0])
        capitalized.update(forms[1])
    return list({**capitalized, **plain}.values())


def _forms_of(text: str) -> tuple[dict[str, str], dict[str, str]]:
    plain: dict[str, str] = {}
    capitalized: dict[str, str] = {}
    for word in (*words(text), *joined(text)):
        low, form = _form_of(word)
        if form:
            kept = plain if low == word else capitalized
            kept[low] = form
    return plain, capitalized


_forms_of_label = lru_cache(maxsize=16_384)(_forms_of)


@lru_cache(maxsize=131_072)
def _form_of(word: str) -> tuple[str, str]:
    """A word in lower case and its form; a number has none."""
    low = word.lower()
    return low, "" if word[0].isdecimal() else f"{fold(low)}{FORM_SEPARATOR}{word}"
