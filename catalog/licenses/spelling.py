"""From what people write to an SPDX id: current, deprecated, mistaken or unknown."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from license_expression import get_license_index

from catalog.licenses.known import data, licenses, spdx_exceptions, spdx_ids

_WORDS = re.compile(r"(?i)\b(licen[cs]es?|lizenz(?:en)?|version|the|international|unported)\b")
_MARK = re.compile(r"[^a-z0-9+]+")
_VERSION = re.compile(r"(?<=[a-z])v(?=\d)|(?<![\d.])v(?=\d)")
_REFERENCE = re.compile(r"^(DocumentRef-[A-Za-z0-9.-]+:)?LicenseRef-[A-Za-z0-9.-]+$")
_ENDING = re.compile(r"(?i)\.(html?|txt|json|php|jsonld)$")
_SEPARATOR = re.compile(r"\s*[/,;|&]\s*|\s+(?:and|or|und|oder|sowie)\s+")


class Kind(StrEnum):
    """How a spelling stands to the SPDX list."""

    CURRENT = "current"
    REFERENCE = "reference"
    OTHER_CASE = "case"
    DEPRECATED = "deprecated"
    PLUS = "plus"
    NAME = "name"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Spelling:
    """A licence as it was written: how it stands to the list, and what it should be called.

    The first proposal is the one to go on with; an unknown licence is kept as a LicenseRef.
    """

    text: str
    kind: Kind
    proposals: Sequence[str]

    @property
    def id(self) -> str:
        """The id to go on with."""
        return self.proposals[0]


@cache
def recognize(text: str) -> Spelling:
    """What ``text``, one licence without operators, stands for."""
    written = " ".join(text.split()).strip("\"'")
    listed = _listed(written)
    if listed is not None:
        return Spelling(text, *listed)
    has_plus = written.endswith("+") and written[:-1] in spdx_ids()
    proposals = () if has_plus else _by_address(written) or _by_name(written)
    if proposals:
        return Spelling(text, Kind.NAME, proposals)
    if _REFERENCE.match(written):
        return Spelling(text, Kind.REFERENCE, (written,))
    if has_plus:
        return Spelling(text, Kind.PLUS, (written[:-1],))
    several = _several(written)
    kind = Kind.NAME if several else Kind.UNKNOWN
    return Spelling(text, kind, several or (reference_for(written),))


def _listed(written: str) -> tuple[Kind, Sequence[str]] | None:
    """How an id of the SPDX list, current or given up, in any case, is to be written."""
    if written in spdx_ids() or written in licenses():
        return Kind.CURRENT, (written,)
    known = _ids_in_lower_case().get(written.lower())
    if known is None:
        return None
    # GPL-3.0 and gpl-3.0 are the same give-up; the remedy is the current id, not the case.
    kind = Kind.DEPRECATED if known in deprecated() else Kind.OTHER_CASE
    return kind, _or_later(deprecated().get(known, known))


def recognize_exception(text: str) -> str:
    """The SPDX exception of a spelling; empty if there is none."""
    return _exceptions_in_lower_case().get(text.strip().lower(), "")


def reference_for(text: str) -> str:
    """The LicenseRef that keeps a licence no list knows: letters, digits, dots, dashes."""
    slug = re.sub(r"[^A-Za-z0-9.]+", "-", text.removeprefix("LicenseRef-")).strip("-.")[:80]
    return f"LicenseRef-{slug or 'unnamed'}"


@cache
def deprecated() -> Mapping[str, str]:
    """Ids that SPDX has given up, and what stands in their place."""
    found = {
        other: row["spdx_license_key"]
        for row in get_license_index()
        for other in row.get("other_spdx_license_keys") or ()
        if row.get("spdx_license_key") in spdx_ids()
        and not other.startswith("LicenseRef-")
        and not row["spdx_license_key"].startswith("LicenseRef-")
        and " " not in other
        and other not in ("GPL", "BSD-2")
    }
    replaced: Mapping[str, str] = data("spellings")["deprecated"]
    return {**found, **replaced}


def _or_later(current: str) -> Sequence[str]:
    """An id that left it open whether later versions count proposes both."""
    if current.endswith("-only"):
        return (current, f"{current.removesuffix('-only')}-or-later")
    return (current,)


@cache
def _ids_in_lower_case() -> Mapping[str, str]:
    return {each.lower(): each for each in (*deprecated(), *spdx_ids(), *licenses())}


@cache
def _exceptions_in_lower_case() -> Mapping[str, str]:
    return {each.lower(): each for each in spdx_exceptions()}


@cache
def _names() -> Mapping[str, Sequence[str]]:
    found: dict[str, Sequence[str]] = {}
    for license_id in spdx_ids():
        if not license_id.startswith("LicenseRef-"):
            found.setdefault(_plain(license_id), (license_id,))
    for entry in licenses().values():
        found[_plain(entry.name)] = (entry.id,)
    for row in data("spellings")["names"]:
        for spelling in row["spellings"]:
            found[_plain(spelling)] = tuple(row["proposals"])
    return found


def _plain(text: str) -> str:
    lowered = _WORDS.sub(" ", text).lower()
    joined = _MARK.sub("", _VERSION.sub("", lowered))
    return re.sub(r"(?<=\d)0$", "", joined) if re.search(r"\d0$", joined) else joined


def _by_name(text: str) -> Sequence[str]:
    return _names().get(_plain(text), ()) if _plain(text) else ()


def _by_address(text: str) -> Sequence[str]:
    without_scheme = re.sub(r"(?i)^https?://(www\.)?", "", text.strip("<>"))
    if without_scheme == text:
        return ()
    spellings = data("spellings")
    for begin in spellings["spdx_addresses"]:
        if without_scheme.lower().startswith(begin):
            rest = _ENDING.sub("", without_scheme[len(begin) :].strip("/"))
            current = _ids_in_lower_case().get(rest.lower(), "")
            return _or_later(deprecated().get(current, current)) if current else ()
    beginnings = [b for b in spellings["addresses"] if without_scheme.lower().startswith(b)]
    return tuple(spellings["addresses"][max(beginnings, key=len)]) if beginnings else ()


def _several(text: str) -> Sequence[str]:
    """Licences beside each other without an operator: most often a choice, so OR comes first."""
    parts = [part for part in _SEPARATOR.split(text) if part]
    if not 1 < len(parts) <= 5:
        return ()
    found = [recognize(part) for part in parts]
    if any(each.kind is Kind.UNKNOWN for each in found):
        return ()
    ids = [each.id for each in found]
    return (" OR ".join(ids), " AND ".join(ids))
