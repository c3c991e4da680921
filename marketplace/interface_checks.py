"""From documents to what the catalogue keeps of them, and back to words."""

from collections.abc import Mapping, Sequence
from typing import Any

from catalog import interfaces
from catalog.database import Session
from catalog.errors import Invalid
from catalog.interfaces import BreakingChange, Described, InterfaceSpec, KeptProblem
from marketplace.formats.check_problem import CheckProblem
from marketplace.interfaces import (
    checking,
    comparing,
    differences,
    modelling,
    reading,
    spec_problems,
)
from marketplace.interfaces.checking import Checked
from marketplace.interfaces.comparing import Comparison
from marketplace.interfaces.model import Interface
from marketplace.interfaces.places import Unread, shortened

MOST_DIFFERENCES = 500
"""Differences that are kept with a version; the page of differences computes all of them."""


def problems(found: Sequence[KeptProblem], language: str) -> list[CheckProblem]:
    """Kept problems in words; interfaces know lines, not columns."""
    return [
        CheckProblem(
            each.severity, each.rule, each.pointer, each.line, 0, problem_sentence(each, language)
        )
        for each in found
    ]


def described(content: bytes, file_name: str, source_url: str = "") -> Described:
    """A document with what the check says of it."""
    found = checking.check(content, file_name)
    return Described(
        content=content,
        file_name=shortened(file_name.replace("\\", "/").rsplit("/", 1)[-1], 190),
        format=found.format,
        format_version=shortened(found.version, 190),
        title=shortened(found.title, 190),
        version=shortened(version_of(found), 190),
        verdict=found.verdict.value,
        problems=[
            KeptProblem(each.severity, each.rule, each.pointer, each.line, _plain(each.params))
            for each in found.problems
        ],
        tool=checking.TOOL,
        source_url=source_url,
    )


def version_of(found: Checked) -> str:
    """The version that a document gives itself."""
    return modelling.model(found.bundle).version if found.bundle and found.format else ""


def model_of(spec: InterfaceSpec) -> Interface | None:
    """What a kept document says; None for a claim, or for what cannot be read."""
    if spec.content is None:
        return None
    try:
        return modelling.model(reading.read(spec.content, spec.file_name))
    except Unread:
        return None


def compared(old: InterfaceSpec, new: InterfaceSpec) -> Comparison | None:
    """The differences of two kept documents; None where one cannot be read."""
    before, after = model_of(old), model_of(new)
    return comparing.compare(before, after) if before and after else None


def compared_documents(old: bytes, new: bytes) -> Comparison:
    """The differences of two documents. Raises ``Invalid`` for one that cannot be read."""
    models = []
    for field, content in (("old", old), ("new", new)):
        found = checking.check(content)
        if found.bundle is None or not found.format:
            raise Invalid("This document cannot be read; check it first.", field=field)
        models.append(modelling.model(found.bundle))
    return comparing.compare(*models)


def kept(found: Comparison | None) -> list[BreakingChange]:
    """Differences as the catalogue keeps them, the breaking ones first."""
    both = [*found.breaking, *found.compatible] if found else []
    return [
        BreakingChange(
            each.rule, each.effect, each.pointer, _plain(each.params), list(each.operations)
        )
        for each in both[:MOST_DIFFERENCES]
    ]


def differences_from_before(session: Session, spec: InterfaceSpec) -> list[BreakingChange]:
    """What a draft would change for those who use the version before it."""
    old = interfaces.before(session, spec)
    return kept(compared(old, spec)) if old is not None else []


def problem_sentence(problem: KeptProblem, language: str) -> str:
    """What a check found, in words."""
    return spec_problems.rules()[problem.rule].sentence[language] % problem.params


def difference_sentence(difference: BreakingChange, language: str) -> str:
    """What differs, in words."""
    return differences.rules()[difference.rule].sentence[language] % difference.params


def _plain(params: Mapping[str, Any]) -> dict[str, str | int | float]:
    return {
        name: value if isinstance(value, str | int | float) else shortened(value)
        for name, value in params.items()
    }


def counts(problems: Sequence[KeptProblem]) -> tuple[int, int]:
    """How many problems have to be mended, and how many are advice."""
    grave = sum(each.severity != spec_problems.WARNING for each in problems)
    return grave, len(problems) - grave
