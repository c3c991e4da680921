"""Answers to the questionnaire as they stand in an address, so that everybody can pause and go on.

``name=yes``, ``name=no``, ``name=unknown``; a choice by its name; a list by one or more names, or
``none``. What nobody understands is left out and asked again.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from catalog.register.law import Fact, RuleSet

UNKNOWN = "unknown"
NONE = "none"
YES_NO = {"yes": True, "no": False}

Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Answered:
    """What somebody answered so far, in the order of answering; null is "I do not know"."""

    given: Mapping[str, object]
    rules: RuleSet

    @classmethod
    def of(cls, pairs: Pairs, rules: RuleSet) -> "Answered":
        """Read the fields of an address."""
        values: dict[str, list[str]] = {}
        for name, value in pairs:
            if name in rules.facts and value:
                values.setdefault(name, []).append(value)
        return cls(dict(_understood(rules, values)), rules)

    def pairs(self, *, without: str = "") -> Pairs:
        """The fields of an address again; ``without`` leaves out one question."""
        return [
            (name, value)
            for name, answer in self.given.items()
            if name != without
            for value in _written(answer)
        ]


def _understood(
    rules: RuleSet, values: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, object]]:
    for name, chosen in values.items():
        fact = rules.facts[name]
        if UNKNOWN in chosen:
            yield name, None
        elif fact.type == "list":
            yield from _points(fact, chosen)
        elif fact.type == "enum":
            if chosen[0] in fact.options:
                yield name, chosen[0]
        elif chosen[0] in YES_NO:
            yield name, YES_NO[chosen[0]]


def _points(fact: Fact, chosen: Sequence[str]) -> Iterator[tuple[str, object]]:
    points = [option for option in fact.options if option in chosen]
    if points or NONE in chosen:
        yield fact.id, points


def _written(answer: object) -> Sequence[str]:
    if answer is None:
        return [UNKNOWN]
    if isinstance(answer, bool):
        return ["yes" if answer else "no"]
    if isinstance(answer, str):
        return [answer]
    return list(answer) or [NONE] if isinstance(answer, list) else []
