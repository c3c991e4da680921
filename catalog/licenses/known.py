"""Licences and their terms, read from the package's data.

A licence whose text was read has an entry of its own. Every other id of the SPDX list is judged by
its group in the index that ``license-expression`` brings (categories of ScanCode LicenseDB), and
says so. What no list knows has the terms ``unknown``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any

from license_expression import get_license_index
from ruamel.yaml import YAML

QUESTIONS = (
    "use",
    "change",
    "link_proprietary",
    "offer_as_service",
    "pass_on",
    "publish_weights",
)
"""What a municipality wants to do, in the order of the table."""


class Basis(StrEnum):
    """What an assessment rests on: the licence's text, its group, or nothing."""

    TEXT = "text"
    GROUP = "group"
    NONE = "none"


@dataclass(frozen=True)
class Sentence:
    """A text in German and English."""

    de: str
    en: str

    def in_language(self, language: str) -> str:
        """The text in ``language``; English for every other than German."""
        return self.de if language == "de" else self.en


@dataclass(frozen=True)
class Answer:
    """``yes``, ``conditions``, ``no`` or ``unknown``, and why."""

    answer: str
    sentence: Sentence


@dataclass(frozen=True)
class Terms:
    """What licences have in common: class, reach of their copyleft, answers, rights, duties."""

    name: str
    class_: str
    copyleft: str
    limits: Sequence[str]
    sentence: Sentence
    answers: Mapping[str, Answer]
    rights: Sequence[Sentence]
    duties: Sequence[Sentence]


@dataclass(frozen=True)
class License:
    """One licence, its terms, and where these are written."""

    id: str
    name: str
    terms: Terms
    basis: Basis
    kind: str = "code"
    source: str = ""
    where: str = ""


_GROUPS = {
    "Permissive": "permissive",
    "Public Domain": "public_domain",
    "Copyleft Limited": "file_copyleft",
    "Copyleft": "group_copyleft",
    "Commercial": "proprietary",
    "Source-available": "group_restricted",
    "Free Restricted": "group_restricted",
    "Proprietary Free": "group_restricted",
}


def data(name: str) -> Any:
    """A data file of this package."""
    text = (resources.files("catalog.licenses") / f"{name}.yaml").read_text("utf-8")
    return YAML(typ="safe").load(text)


@cache
def terms() -> Mapping[str, Terms]:
    """All terms by name."""
    sentences = {code: Sentence(row["de"], row["en"]) for code, row in data("sentences").items()}
    return {name: _terms(name, row, sentences) for name, row in data("terms").items()}


def _terms(name: str, row: Mapping[str, Any], sentences: Mapping[str, Sentence]) -> Terms:
    return Terms(
        name,
        row["class"],
        row["copyleft"],
        tuple(row.get("limits", ())),
        Sentence(row["de"], row["en"]),
        {each: Answer(row[each][0], sentences[row[each][1]]) for each in QUESTIONS},
        tuple(sentences[code] for code in row["rights"]),
        tuple(sentences[code] for code in row["duties"]),
    )


@cache
def licenses() -> Mapping[str, License]:
    """The licences whose text was read, by id."""
    return {
        row["id"]: License(
            row["id"],
            row["name"],
            terms()[row["terms"]],
            Basis.TEXT,
            row["kind"],
            row["source"],
            row["where"],
        )
        for row in data("licenses")
    }


@cache
def spdx_ids() -> Mapping[str, str]:
    """Every current id of the SPDX list, and every LicenseRef of ScanCode, with its category."""
    return {
        row["spdx_license_key"]: row.get("category") or ""
        for row in get_license_index()
        if row.get("spdx_license_key") and not row["is_exception"] and not row["is_deprecated"]
    }


@cache
def spdx_exceptions() -> frozenset[str]:
    """Every exception that may follow WITH."""
    return frozenset(
        row["spdx_license_key"]
        for row in get_license_index()
        if row.get("spdx_license_key") and row["is_exception"] and not row["is_deprecated"]
    )


@cache
def of(license_id: str) -> License:
    """The licence of an id. A LicenseRef that begins with a known one and a dash is one of it."""
    own = licenses().get(license_id)
    if own is not None:
        return own
    if license_id in spdx_ids():
        group = _GROUPS.get(spdx_ids()[license_id], "unknown")
        return License(
            license_id,
            license_id,
            terms()[group],
            Basis.GROUP if group != "unknown" else Basis.NONE,
            source=f"https://spdx.org/licenses/{license_id}.html",
        )
    for known, entry in licenses().items():
        if known.startswith("LicenseRef-") and license_id.startswith(f"{known}-"):
            return replace(entry, id=license_id, name=license_id)
    return License(license_id, license_id, terms()["unknown"], Basis.NONE)


@cache
def with_exception(license_id: str, exception: str) -> License:
    """The licence with an exception; some exceptions change its terms."""
    base = of(license_id)
    changed = data("spellings")["exceptions"].get(exception)
    return replace(
        base,
        id=f"{license_id} WITH {exception}",
        name=f"{base.name} ({exception})",
        terms=terms()[changed] if changed else base.terms,
    )
