"""How the law asks: sections of questions, what each means, and what is worth asking next.

The wording stands beside the rules, in ``questionnaire.yaml`` of a rule set. Answers that somebody
gave are kept by the name of their question; null means "I do not know", and is not asked again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from catalog.database import Text
from catalog.register import law
from catalog.register.evaluation import answers, open_questions

Given = Mapping[str, object]
Labels = Mapping[str, Text]


@dataclass(frozen=True)
class Section:
    """Questions that are asked on one page."""

    id: str
    label: Text
    facts: Sequence[str]


@dataclass(frozen=True)
class Questionnaire:
    """The words of a rule set: its sections, and labels by question, choice, name and outcome."""

    sections: Sequence[Section]
    explanations: Labels
    choices: Mapping[str, Labels]
    terms: Labels
    groups: Labels
    outcomes: Labels


@dataclass(frozen=True)
class Step:
    """What to ask now, and how many questions can still matter, these among them."""

    section: Section
    facts: Sequence[str]
    left: int


@cache
def questionnaire(rule_set: str = law.CURRENT) -> Questionnaire:
    """The words of a rule set; raises ``NotFound`` for an id that names none."""
    law.rule_set(rule_set)
    head: dict[str, Any] = law.read(rule_set, "questionnaire.yaml")
    return Questionnaire(
        sections=tuple(
            Section(row["id"], {"de": row["de"], "en": row["en"]}, tuple(row["facts"]))
            for row in head["sections"]
        ),
        explanations=head["explanations"],
        choices=head["choices"],
        terms=head["terms"],
        groups=head["groups"],
        outcomes=head["outcomes"],
    )


def next_step(rules: law.RuleSet, given: Given) -> Step | None:
    """The next questions that can still change something; None if there are none.

    A question that matters only for certain answers to another one of its section waits for them.
    """
    wanted = _open(rules, given)
    for section in questionnaire(rules.id).sections:
        if names := [name for name in section.facts if name in wanted]:
            return Step(section, _independent(rules, given, names), len(wanted))
    return None


def _independent(rules: law.RuleSet, given: Given, names: Sequence[str]) -> Sequence[str]:
    assumed = dict(given)
    found = []
    for name in names:
        if name in _open(rules, assumed):
            found.append(name)
            assumed[name] = rules.facts[name].default
    return found or names[:1]


def _open(rules: law.RuleSet, given: Given) -> set[str]:
    known = answers(rules, given, use_defaults=False)
    return {name for name in open_questions(rules, known) if name not in given}
