"""The words of other registers and the codes they stand for: the tables of ``words.yaml``."""

from collections.abc import Mapping
from functools import cache
from importlib import resources

from ruamel.yaml import YAML

from catalog import taxonomy
from marketplace.formats.drafts import folded


@cache
def tables() -> Mapping[str, Mapping[str, str]]:
    """For each field, the code of every known word; words as ``drafts.folded`` writes them."""
    text = (resources.files("marketplace.formats") / "words.yaml").read_text("utf-8")
    content = YAML(typ="safe", pure=True).load(text)
    return {field: by_word(codes) for field, codes in content.items()}


def by_word(codes: Mapping[str, list[str]]) -> dict[str, str]:
    """Code by word out of words by code."""
    return {folded(str(word)): str(code) for code, words in codes.items() for word in words}


def country_of(text: str) -> str:
    """An ISO 3166-1 alpha-2 code in capitals, or empty for anything else."""
    code = text.strip().upper()
    return code if len(code) == 2 and code.isascii() and code.isalpha() else ""


def kind_of(word: str) -> str:
    """The kind of organization that a word stands for; ``association`` says least where none does.

    A level of government is read as the body of that level: local is a municipality, regional a
    state, national a federal body. Of other countries, too: the code list has no finer kinds.
    """
    if taxonomy.knows("organization_kind", word):
        return word
    return tables()["organization_kind"].get(folded(word), "association")
