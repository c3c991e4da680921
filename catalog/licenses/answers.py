"""Six questions of a municipality, answered for an expression.

Where licences apply together the strictest decides; where a reader may choose, the most open.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from catalog.licenses.checking import LicenseCheck
from catalog.licenses.known import QUESTIONS, License, Sentence

_STRICT = ("yes", "conditions", "unknown", "no")


@dataclass(frozen=True)
class Reason:
    """Why an answer is as it is: the licence that decides, and its sentence."""

    license: str
    sentence: Sentence


@dataclass(frozen=True)
class CombinedAnswer:
    """The answer to one question and the reasons of the licences that decide it."""

    answer: str
    reasons: Sequence[Reason]


def answers(check: LicenseCheck) -> Mapping[str, CombinedAnswer]:
    """The table of six questions; empty if the expression could not be read."""
    if not check.choices:
        return {}
    return {question: _answer(check.choices, question) for question in QUESTIONS}


def _answer(choices: Sequence[Sequence[License]], question: str) -> CombinedAnswer:
    together = [_together(choice, question) for choice in choices]
    return min(together, key=lambda each: _STRICT.index(each.answer))


def _together(licenses: Sequence[License], question: str) -> CombinedAnswer:
    given = [(each, each.terms.answers[question]) for each in licenses]
    strictest = max((answer.answer for _, answer in given), key=_STRICT.index)
    reasons = {
        each.id: Reason(each.id, answer.sentence)
        for each, answer in given
        if answer.answer == strictest
    }
    return CombinedAnswer(strictest, tuple(reasons.values()))
