"""What the pages about interfaces say of a kept one: its check, its claims, its differences."""

from collections.abc import Sequence
from dataclasses import dataclass

from catalog import taxonomy
from catalog.interfaces import BreakingChange, Claim, InterfaceSpec, KeptProblem
from marketplace import interface_checks
from marketplace.interfaces.recognizing import NAMES
from marketplace.interfaces.spec_problems import ERROR, REFUSAL
from marketplace.pages.reader import Reader


@dataclass(frozen=True)
class ProblemView:
    """One problem: how grave, where, what to do."""

    kind: str
    word: str
    line: int
    pointer: str
    text: str
    rule: str


@dataclass(frozen=True)
class DifferenceView:
    """One difference from the version before."""

    text: str
    pointer: str
    operations: str


@dataclass(frozen=True)
class ClaimView:
    """A standard that is claimed, with evidence and day."""

    standard: str
    evidence_href: str
    on: str


@dataclass(frozen=True)
class SpecView:
    """A kept interface in words."""

    name: str
    system: str
    direction: str
    format: str
    version: str
    verdict: str
    verdict_kind: str
    checked: str
    published: str
    claims: Sequence[ClaimView]
    href: str
    breaking: int
    problem_count: int


def view(reader: Reader, spec: InterfaceSpec, href: str) -> SpecView:
    """A kept interface in words."""
    _ = reader._
    words, kind = verdict(reader, spec)
    checked = _("checked on %(day)s with %(tool)s") % {
        "day": reader.day(spec.checked_at.date()),
        "tool": spec.tool,
    }
    directions = {"provides": _("provided"), "requires": _("needed")}
    return SpecView(
        name=spec.name,
        system=spec.system,
        direction=directions.get(spec.direction, spec.direction),
        format=" ".join(part for part in (NAMES.get(spec.format, ""), spec.format_version) if part)
        or _("without a document"),
        version=spec.version,
        verdict=words,
        verdict_kind=kind,
        checked=checked if spec.sha256 else "",
        published=reader.day(spec.published_at.date()) if spec.published_at else "",
        claims=[claim(reader, each) for each in spec.claims],
        href=href,
        breaking=len(spec.breaking),
        problem_count=len(spec.problems),
    )


def verdict(reader: Reader, spec: InterfaceSpec) -> tuple[str, str]:
    """How the check ended, in words, and the kind of its sign."""
    _ = reader._
    words = {
        "valid": (_("valid"), "ok"),
        "valid_with_warnings": (_("valid, with advice"), "ok"),
        "invalid": (_("has errors"), "bad"),
        "refused": (_("refused for safety"), "bad"),
    }
    return words.get(spec.verdict, (_("claimed, not checked"), "open"))


def claim(reader: Reader, each: Claim) -> ClaimView:
    """A claim in words."""
    label = taxonomy.label("standard", each.standard, reader.language)
    return ClaimView(label, each.evidence_url, reader.day(each.claimed_on))


def problems(reader: Reader, found: Sequence[KeptProblem]) -> list[ProblemView]:
    """The problems of a check in words."""
    _ = reader._
    words = {REFUSAL: _("Refused"), ERROR: _("Error")}
    return [
        ProblemView(
            kind="bad" if each.severity in words else "warn",
            word=words.get(each.severity, _("Advice")),
            line=each.line,
            pointer=each.pointer,
            text=interface_checks.problem_sentence(each, reader.language),
            rule=each.rule,
        )
        for each in found
    ]


def differences(
    reader: Reader, found: Sequence[BreakingChange], effect: str
) -> list[DifferenceView]:
    """The differences of one effect in words."""
    return [
        DifferenceView(
            interface_checks.difference_sentence(each, reader.language),
            each.pointer,
            ", ".join(each.operations[:6]) + (" …" if len(each.operations) > 6 else ""),
        )
        for each in found
        if each.effect == effect
    ]
