"""The check of a description: what it is, whether it holds, what to mend and where."""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from marketplace.interfaces import municipal_rules, official, openapi_rules, reading
from marketplace.interfaces.places import Unread, shortened
from marketplace.interfaces.reading import Bundle, SpecFile
from marketplace.interfaces.recognizing import NAMES, Recognized, recognize
from marketplace.interfaces.references import References
from marketplace.interfaces.spec_problems import ERROR, REFUSAL, WARNING, SpecProblem
from marketplace.interfaces.xml_document import XmlRoot

TOOL = "Lichtermeer interface check 1"
"""Name and version of the rule set; the number grows when a verdict could change."""

MAX_PROBLEMS = 200
_ORDER = {REFUSAL: 0, ERROR: 1, WARNING: 2}


class Verdict(StrEnum):
    """How a check ends. Refused: not processed further, for safety."""

    VALID = "valid"
    WITH_WARNINGS = "valid_with_warnings"
    INVALID = "invalid"
    REFUSED = "refused"


@dataclass(frozen=True)
class Checked:
    """A check's result, and the description where it could be read."""

    format: str
    version: str
    title: str
    verdict: Verdict
    problems: list[SpecProblem]
    bundle: Bundle | None = None

    @property
    def is_valid(self) -> bool:
        """Whether the description may be published."""
        return self.verdict in (Verdict.VALID, Verdict.WITH_WARNINGS)


def check(content: bytes, name: str = "") -> Checked:
    """Check a file: JSON, YAML or XML, alone, compressed or in an archive. Never raises."""
    try:
        bundle = reading.read(content, name)
    except Unread as unread:
        partial = unread.partial
        return _result(recognize(partial), title_of(partial), [SpecProblem.of(unread)])
    recognized = recognize(bundle.root.value)
    found = _limited(_problems(bundle, recognized), bundle.root)
    return replace(_result(recognized, title_of(bundle.root.value), found), bundle=bundle)


def title_of(value: Any) -> str:
    """What a description calls itself."""
    info = openapi_rules.mapping(openapi_rules.mapping(value).get("info"))
    title = info.get("title") or openapi_rules.mapping(value).get("title") or ""
    return shortened(title, 200) if isinstance(title, str | int | float) else ""


def _result(recognized: Recognized, title: str, problems: list[SpecProblem]) -> Checked:
    severities = {problem.severity for problem in problems}
    verdict = (
        Verdict.REFUSED
        if REFUSAL in severities
        else Verdict.INVALID
        if ERROR in severities
        else Verdict.WITH_WARNINGS
        if WARNING in severities
        else Verdict.VALID
    )
    return Checked(recognized.format, recognized.version, title, verdict, problems)


def _problems(bundle: Bundle, recognized: Recognized) -> Iterator[SpecProblem]:
    value = bundle.root.value
    for place, line in bundle.root.doubled:
        yield SpecProblem("duplicate_key", place, {"name": shortened(place[-1])}, line)
    if not recognized.format:
        is_page = isinstance(value, XmlRoot) and value.name == "html"
        known = ", ".join(NAMES.values())
        yield SpecProblem("web_page" if is_page else "unknown_format", params={"known": known})
        return
    if isinstance(value, XmlRoot):
        return
    yield from official.problems(recognized, value)
    references = References(bundle)
    yield from references.problems()
    yield from municipal_rules.text_problems(references.of_root())
    if recognized.format in ("openapi", "swagger"):
        yield from openapi_rules.problems(value, references)
        yield from municipal_rules.openapi_problems(value)
    elif recognized.format == "asyncapi":
        yield from municipal_rules.asyncapi_problems(value)


def _limited(problems: Iterable[SpecProblem], root: SpecFile) -> list[SpecProblem]:
    """The gravest problems with their lines, and how many more there are."""
    found = sorted(
        dict.fromkeys(map(_Hashed, itertools.islice(problems, 5_000))),
        key=lambda each: _ORDER[each.problem.severity],
    )
    kept = [each.problem for each in found[:MAX_PROBLEMS]]
    lines = root.lines([each.place for each in kept if not each.line])
    kept = [each if each.line else replace(each, line=lines[each.place]) for each in kept]
    left = len(found) - len(kept)
    return [*kept, SpecProblem("more", params={"count": left})] if left else kept


@dataclass(frozen=True)
class _Hashed:
    """A problem by what it says, so that the same one is told once."""

    problem: SpecProblem

    def __hash__(self) -> int:
        return hash((self.problem.rule, self.problem.place))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Hashed) and self.problem == other.problem
