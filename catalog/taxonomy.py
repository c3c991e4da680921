"""Code lists: what may stand in a coded field, with German and English labels.

A list is a file in ``catalog/codes``; a code never changes its meaning and never goes away. Labels
of every language are searched, so "Mobility" finds what is filed under "Mobilität und Verkehr".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib import resources

from ruamel.yaml import YAML


@dataclass(frozen=True)
class Code:
    """One entry of a list: its code, labels by language, parent code, further words to search."""

    code: str
    label: Mapping[str, str]
    parent: str = ""
    words: Sequence[str] = field(default=())
    is_retired: bool = False
    """Whether it is no longer offered; records that use it keep it."""


@dataclass(frozen=True)
class OwnCode:
    """What a node says about a code of a list: a new one, or other words for a delivered one."""

    list_name: str
    code: str
    label: Mapping[str, str]
    parent: str = ""
    words: Sequence[str] = ()
    is_retired: bool = False


@dataclass(frozen=True)
class CodeList:
    """A list: its name, title by language, source, and its codes in the order of display."""

    name: str
    title: Mapping[str, str]
    source: str
    codes: Mapping[str, Code]


@dataclass
class _Own:
    """What this process knows of the node's own codes; replaced whole, never changed in part."""

    lists: Mapping[str, CodeList] | None = None
    mark: tuple[object, ...] = (0, None)


_own = _Own()


def lists() -> Mapping[str, CodeList]:
    """Every code list by name, with what this node added."""
    return _own.lists or delivered()


def use_own(codes: Sequence[OwnCode], mark: tuple[object, ...]) -> None:
    """Know these codes of the node's own from now on; ``mark`` tells them from others."""
    _own.lists, _own.mark = with_own(codes), mark


def with_own(codes: Sequence[OwnCode]) -> Mapping[str, CodeList]:
    """The delivered lists by name, with these codes of a node's own."""
    found = dict(delivered())
    for own in codes:
        if own.list_name in found:
            known = found[own.list_name]
            code = Code(own.code, own.label, own.parent, tuple(own.words), own.is_retired)
            found[own.list_name] = replace(known, codes={**known.codes, own.code: code})
    return found


def own_mark() -> tuple[object, ...]:
    """What tells the node's own codes that this process knows from others."""
    return _own.mark


@cache
def delivered() -> Mapping[str, CodeList]:
    """The lists that every node is delivered with, by name."""
    folder = resources.files("catalog") / "codes"
    files = {entry.name: entry for entry in folder.iterdir() if entry.name.endswith(".yaml")}
    return {name[:-5]: _read(name[:-5], files[name].read_text("utf-8")) for name in sorted(files)}


def _read(name: str, text: str) -> CodeList:
    content = YAML(typ="safe").load(text)
    codes = {
        str(row["code"]): Code(
            str(row["code"]),
            {"de": row["de"], "en": row["en"]},
            str(row.get("parent", "")),
            tuple(row.get("words", ())),
        )
        for row in content["codes"]
    }
    title = {"de": content["title"]["de"], "en": content["title"]["en"]}
    return CodeList(name, title, content.get("source", ""), codes)


def knows(list_name: str, code: str) -> bool:
    """Whether ``code`` is in the list."""
    return code in lists()[list_name].codes


def codes(list_name: str) -> Sequence[str]:
    """The codes of a list that are offered, in the order of display."""
    return tuple(code for code, entry in lists()[list_name].codes.items() if not entry.is_retired)


def label(list_name: str, code: str, language: str) -> str:
    """The label of a code; a code that is not in the list stands for itself."""
    entry = lists()[list_name].codes.get(code)
    if entry is None:
        return code
    return entry.label.get(language) or entry.label["en"]


def children(list_name: str, parent: str) -> Sequence[Code]:
    """The codes below ``parent``."""
    return [code for code in lists()[list_name].codes.values() if code.parent == parent]


def words(list_name: str, code: str) -> Sequence[str]:
    """Every label and further word of a code, in all languages: what a search may find it by."""
    entry = lists()[list_name].codes.get(code)
    return (*entry.label.values(), *entry.words) if entry else ()
