"""The words of other registers and the codes they stand for: the tables of ``words.yaml``."""

from collections.abc import Mapping
from functools import cache
from importlib import resources

from ruamel.yaml import YAML

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
