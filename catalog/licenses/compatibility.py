"""What licences mean together: parts of one solution, and a dependency inside a work.

The rules are the data of ``compatibility.yaml``; this module only asks them in order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Any

from catalog.licenses import known
from catalog.licenses.checking import LicenseCheck, check
from catalog.licenses.known import License, Sentence
from catalog.records import Dependency, Licenses

_RANK = ("allowed", "conditions", "conflict")

_LATER = {
    "GPL-1.0-or-later": ("GPL-1.0-only", "GPL-2.0-only", "GPL-3.0-only"),
    "GPL-2.0-or-later": ("GPL-2.0-only", "GPL-3.0-only"),
    "GPL-3.0-or-later": ("GPL-3.0-only",),
    "AGPL-3.0-or-later": ("AGPL-3.0-only",),
    "LGPL-2.0-or-later": ("LGPL-2.0-only", "LGPL-2.1-only", "LGPL-3.0-only"),
    "LGPL-2.1-or-later": ("LGPL-2.1-only", "LGPL-3.0-only"),
    "LGPL-3.0-or-later": ("LGPL-3.0-only",),
}
"""Which versions "or later" leaves to choose, by the list of the Free Software Foundation."""


@dataclass(frozen=True)
class Compatibility:
    """Whether a dependency may go into a work: ``allowed``, ``conditions`` or ``conflict``."""

    result: str
    rule: str
    dependency: str
    work: str
    sentence: Sentence
    source: str


@dataclass(frozen=True)
class PartConflict:
    """What two parts of a solution mean together: how bad, which rule, why."""

    severity: str
    rule: str
    part: str
    other: str
    sentence: Sentence
    source: str


def of_dependency(dependency: str, work: str) -> Compatibility:
    """Whether code under ``dependency`` may go into a work under ``work``, both expressions.

    Every choice of either side counts for the reader; licences that apply together must all fit.
    """
    inside, outside = check(dependency), check(work)
    if not inside.choices or not outside.choices:
        return _pair(known.of(dependency), known.of(work))
    candidates = [
        _worst([_pair(one, other) for one in chosen for other in around])
        for chosen, around in product(_with_later(inside), _with_later(outside))
    ]
    return min(candidates, key=lambda each: _RANK.index(each.result))


def of_entry(entry: Dependency, licenses: Licenses) -> Compatibility | None:
    """The same for a declared dependency and the part it goes into; None if a licence is open."""
    work = getattr(licenses, entry.part)
    if not entry.license.strip() or not work.strip():
        return None
    return of_dependency(entry.license, work)


def of_parts(expressions: Mapping[str, str]) -> Sequence[PartConflict]:
    """What stands between the licences of code, model, data and documentation of a solution."""
    checks = {part: check(text) for part, text in expressions.items() if text.strip()}
    found: dict[tuple[str, str], PartConflict] = {}
    for rule in _rules()["parts"]:
        conflict = _of_part_rule(rule, checks)
        # The first rule for two parts is the gravest; a milder one would only repeat it.
        if conflict is not None:
            found.setdefault((conflict.part, conflict.other), conflict)
    return tuple(found.values())


def _of_part_rule(
    rule: Mapping[str, Any], checks: Mapping[str, LicenseCheck]
) -> PartConflict | None:
    own = checks.get(rule["of"])
    if own is None:
        return None
    fitting = _fits_every_choice(own, rule["fits"], rule.get("except", ()))
    if fitting is None:
        return None
    other = ""
    for part, sides in rule.get("with", {}).items():
        beside = checks.get(part)
        if beside is None or _fits_every_choice(beside, sides, ()) is None:
            return None
        other = part
    values = {"license": fitting.id}
    sentence = Sentence(rule["de"] % values, rule["en"] % values)
    source = _rules()["sources"][rule["source"]]
    return PartConflict(
        rule["severity"], f"parts.{rule['id']}", rule["of"], other, sentence, source
    )


def _fits_every_choice(
    found: LicenseCheck, sides: Sequence[str], but: Sequence[str]
) -> License | None:
    """A licence that fits in every choice of an expression: then no choice avoids it."""
    fitting: License | None = None
    for choice in found.choices:
        fitting = next((e for e in choice if e.id not in but and _is_one_of(e, sides)), None)
        if fitting is None:
            return None
    return fitting


def _with_later(found: LicenseCheck) -> Sequence[Sequence[License]]:
    spread: list[Sequence[License]] = []
    for choice in found.choices:
        versions = [[known.of(v) for v in _LATER.get(e.id, ())] or [e] for e in choice]
        spread.extend(product(*versions))
    return spread[:200]


def _worst(pairs: Sequence[Compatibility]) -> Compatibility:
    return max(pairs, key=lambda each: _RANK.index(each.result))


def _pair(dependency: License, work: License) -> Compatibility:
    rules = _rules()
    if dependency.id == work.id and "unknown" not in dependency.terms.limits:
        sentence = Sentence(**rules["texts"]["same"])
        return Compatibility("allowed", "same", dependency.id, work.id, sentence, work.source)
    rule = next(
        each
        for each in rules["dependencies"]
        if _is_one_of(dependency, each["dependency"]) and _is_one_of(work, each["work"])
    )
    kept = dependency.id if rule.get("to") == "dependency" else work.id
    values = {"dependency": dependency.id, "work": work.id, "result": kept}
    text = rules["texts"][rule["text"]]
    sentence = Sentence(text["de"] % values, text["en"] % values)
    source = rules["sources"][rule["source"]]
    return Compatibility(
        rule["result"], f"dependency.{rule['id']}", dependency.id, work.id, sentence, source
    )


def _is_one_of(entry: License, sides: Sequence[str]) -> bool:
    return any(_is(entry, side) for side in sides)


def _is(entry: License, side: str) -> bool:
    kind, _, value = side.partition(":")
    terms = entry.terms
    facts: Mapping[str, object] = {
        "any": True,
        "terms": terms.name == value,
        "copyleft": terms.copyleft == value,
        "class": terms.class_ == value,
        "free": terms.class_ == "free" and terms.copyleft == value,
        "limits": value in terms.limits,
        "kind": entry.kind == value,
        "group": entry.id in _rules()["groups"].get(value, ()),
    }
    return bool(facts.get(kind, entry.id == side))


@cache
def _rules() -> Mapping[str, Any]:
    rules: Mapping[str, Any] = known.data("compatibility")
    return rules
