"""The check of a description of an interface as JSON: command line and API answer the same."""

from typing import Literal

from msgspec import Struct

from marketplace.formats.check_problem import CheckProblem
from marketplace.interfaces.checking import Checked


class InterfaceCheckAnswer(Struct, frozen=True):
    """What a check found."""

    format: str
    version: str
    verdict: Literal["valid", "valid_with_warnings", "invalid", "refused"]
    problems: list[CheckProblem]


def report(found: Checked, language: str) -> InterfaceCheckAnswer:
    """The answer of a check in a language; interfaces know lines, not columns."""
    return InterfaceCheckAnswer(
        found.format,
        found.version,
        found.verdict.value,
        [
            CheckProblem(
                each.severity, each.rule, each.pointer, each.line, 0, each.sentence(language)
            )
            for each in found.problems
        ],
    )
