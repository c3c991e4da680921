"""The law as data: rule sets with their questions, rules, duties and dates.

A rule set is a folder in ``catalog/register/rules``, named after its law and its law state. It is
never edited once entries rest on it; a new law state is a new folder. ``schema.json`` beside the
folders describes the files.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from importlib import resources
from typing import Any

import yaml

from catalog.database import Text
from catalog.errors import NotFound
from catalog.register.conditions import Answer, Condition, parse

CURRENT = "ai-act-2026-07-27"
"""The rule set that new assessments use."""

FOLDER = resources.files("catalog.register") / "rules"
"""One folder a rule set."""


@dataclass(frozen=True)
class Fact:
    """A question: its kind (bool, tri, enum, list), default, options, legal basis and wording."""

    id: str
    type: str
    default: Answer
    options: tuple[str, ...]
    basis: str
    question: Text


@dataclass(frozen=True)
class Rule:
    """One row of the decision table.

    ``then`` is an outcome, ``key=value``. ``applies_from`` is a day, the name of a date that
    depends on the case, or None for rules without a date of their own. ``disputed_from`` is the day
    that another reading gives.
    """

    id: str
    group: str
    condition: Condition
    when: str
    then: str
    citation: str
    applies_from: date | str | None
    applies_to: date | None
    certainty: str
    disputed_from: date | None
    open_points: tuple[int, ...]
    sentence: Text

    @property
    def key(self) -> str:
        """What the rule decides on."""
        return self.then.partition("=")[0]

    @property
    def value(self) -> str:
        """What it decides."""
        return self.then.partition("=")[2]


@dataclass(frozen=True)
class RiskClass:
    """A class, the condition that makes it, and the outcome whose rules date it."""

    id: str
    condition: Condition
    made_by: str
    label: Text


@dataclass(frozen=True)
class Duty:
    """What is to be done, in which role, and which field of the register shows it.

    ``is_practice`` marks good practice that the law does not demand of this role.
    """

    id: str
    role: str
    proof: str
    is_practice: bool
    sentence: Text


@dataclass(frozen=True)
class DatedCase:
    """A day that holds where a condition does; without one it holds everywhere else."""

    condition: Condition | None
    day: date


@dataclass(frozen=True)
class Gate:
    """The groups that go on being evaluated, and single rules besides."""

    groups: frozenset[str]
    rules: frozenset[str]


@dataclass(frozen=True)
class RuleSet:
    """A state of the law, ready to be asked."""

    id: str
    version: int
    law_state: date
    title: Text
    law: Text
    sources: tuple[str, ...]
    reviewed_by: str
    groups: tuple[str, ...]
    if_prohibited: Gate
    if_out_of_scope: Gate
    classes: tuple[RiskClass, ...]
    outcomes: Mapping[str, str]
    derived: Mapping[str, Condition]
    annex_iii_points: Mapping[str, str]
    dates: Mapping[str, tuple[DatedCase, ...]]
    open_points: Mapping[int, Text]
    facts: Mapping[str, Fact]
    rules: Mapping[str, Rule]
    duties: Mapping[str, Duty]

    @cached_property
    def by_outcome(self) -> Mapping[str, Sequence[Rule]]:
        """The rules by what they decide, both by key and by key and value."""
        found: dict[str, list[Rule]] = {}
        for rule in self.rules.values():
            found.setdefault(rule.then, []).append(rule)
            found.setdefault(rule.key, []).append(rule)
        return found

    def read_by(self, rule: Rule) -> Sequence[str]:
        """The questions on which a rule rests, however far down, in the order of the file."""
        found = self._below(rule.condition.names(), frozenset())
        return [name for name in self.facts if name in found]

    def _below(self, names: frozenset[str], seen: frozenset[str]) -> frozenset[str]:
        found = seen
        for name in names - seen:
            found |= {name}
            conditions = [self.derived[name]] if name in self.derived else []
            if name in self.outcomes:
                conditions = [rule.condition for rule in self.by_outcome[self.outcomes[name]]]
            for condition in conditions:
                found |= self._below(condition.names(), found)
        return found

    def severity(self, risk_class: str) -> int:
        """How heavy a class is: 0 for the lightest."""
        return len(self.classes) - 1 - [each.id for each in self.classes].index(risk_class)


@cache
def rule_sets() -> Sequence[str]:
    """The ids of all rule sets, oldest law state first."""
    return tuple(sorted(entry.name for entry in FOLDER.iterdir() if entry.is_dir()))


@cache
def rule_set(id: str = CURRENT) -> RuleSet:  # noqa: A002 - the set's name for it
    """A rule set; raises ``NotFound`` for an id that names none."""
    if id not in rule_sets():
        raise NotFound("There is no rule set “%(id)s”.", id=id)
    head = read(id, "set.yaml")
    return RuleSet(
        id=head["id"],
        version=head["version"],
        law_state=date.fromisoformat(head["law_state"]),
        title=head["title"],
        law=head["law"],
        sources=tuple(head["sources"]),
        reviewed_by=head["reviewed_by"],
        groups=tuple(head["groups"]),
        if_prohibited=_gate(head["if_prohibited"]),
        if_out_of_scope=_gate(head["if_out_of_scope"]),
        classes=tuple(
            RiskClass(row["id"], parse(row["when"]), row["made_by"], _text(row))
            for row in head["classes"]
        ),
        outcomes=head["outcomes"],
        derived={name: parse(when) for name, when in head["derived"].items()},
        annex_iii_points=head["annex_iii_points"],
        dates={name: tuple(map(_dated, cases)) for name, cases in head["dates"].items()},
        open_points={row["id"]: _text(row) for row in head["open_points"]},
        facts={row["id"]: _fact(row) for row in read(id, "facts.yaml")["facts"]},
        rules={row["id"]: _rule(row) for row in read(id, "rules.yaml")["rules"]},
        duties={row["id"]: _duty(row) for row in read(id, "duties.yaml")["duties"]},
    )


def read(id: str, file: str) -> Any:  # noqa: A002 - the set's name for it
    """The content of one file of a rule set, as it is written."""
    text = (FOLDER / id / file).read_text("utf-8")
    return yaml.load(text, yaml.CSafeLoader)


def _gate(row: Mapping[str, Any]) -> Gate:
    return Gate(frozenset(row["groups"]), frozenset(row["rules"]))


def _dated(row: Mapping[str, Any]) -> DatedCase:
    return DatedCase(parse(row["when"]) if "when" in row else None, row["from"])


def _fact(row: Mapping[str, Any]) -> Fact:
    default = row["default"]
    return Fact(
        id=row["id"],
        type=row["type"],
        default=tuple(default) if isinstance(default, list) else default,
        options=tuple(row.get("options", ())),
        basis=row["basis"],
        question=_text(row),
    )


def _rule(row: Mapping[str, Any]) -> Rule:
    return Rule(
        id=row["id"],
        group=row["group"],
        condition=parse(row["when"]),
        when=row["when"],
        then=row["then"],
        citation=row["citation"],
        applies_from=row["from"],
        applies_to=row["to"],
        certainty=row["certainty"],
        disputed_from=row.get("disputed_from"),
        open_points=tuple(row.get("open_points", ())),
        sentence=_text(row) if "de" in row else {},
    )


def _duty(row: Mapping[str, Any]) -> Duty:
    return Duty(row["id"], row["role"], row["proof"], row.get("is_practice", False), _text(row))


def _text(row: Mapping[str, Any]) -> Text:
    return {"de": row["de"], "en": row["en"]}
