"""What the law says of a use: rules applied to answers, with a trace that explains every line.

Unknown answers never lower a class: where a missing answer could lead to a heavier one, the class
is undetermined, with what it is at least and the answers that are missing. No legal advice.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import msgspec

from catalog.errors import Invalid, Problem
from catalog.register.conditions import Answer, Answers, Truth, any_of
from catalog.register.law import Fact, Rule, RuleSet

UNDETERMINED = "undetermined"
DPIA = ("required", "likely", "screen", "not_applicable")
"""From the strongest demand to the weakest."""


@dataclass(frozen=True)
class Step:
    """What one rule came to, and the answers and outcomes that led there."""

    rule: str
    value: Truth
    because: Mapping[str, Answer]


@dataclass(frozen=True)
class Due:
    """A duty with the rule that demands it and the day from which it applies.

    ``disputed_from`` is the day of another reading; ``is_active`` holds for the day of assessment.
    """

    duty: str
    rule: str
    applies_from: date | None
    disputed_from: date | None
    is_active: bool


@dataclass(frozen=True)
class Outcome:
    """The assessment of one use by one rule set for one day.

    ``risk_class`` is the one of the law when all of it applies; ``is_prohibited`` and
    ``Due.is_active`` are as of the day. ``missing`` are the questions that could still make the
    class heavier. Values that answers leave open are None or "unknown".
    """

    rule_set: str
    version: int
    as_of: date
    facts_hash: str
    in_scope: bool
    risk_class: str
    at_least: str
    class_applies_from: date | None
    missing: Sequence[str]
    prohibited_points: Sequence[str]
    is_prohibited: bool
    annex_iii_points: Sequence[str]
    roles: Sequence[str]
    transparency: Sequence[str]
    registration: Sequence[str]
    fria_required: Truth
    dpia: str
    gdpr_art22: str
    duties: Sequence[Due]
    open_points: Sequence[int]
    trace: Sequence[Step]


def answers(rules: RuleSet, given: Mapping[str, object], *, use_defaults: bool = True) -> Answers:
    """Answers as the evaluator wants them; null is unknown.

    What is not given takes the default of its question, or is unknown without ``use_defaults``.
    Raises ``Invalid`` for a question that does not exist and for an answer of the wrong kind.
    """
    problems = [
        Problem(name, "There is no question “%(name)s”.", {"name": name})
        for name in given
        if name not in rules.facts
    ]
    found: dict[str, Answer] = {}
    for name, fact in rules.facts.items():
        if name not in given:
            found[name] = fact.default if use_defaults else None
            continue
        answer = given[name]
        if answer is not None and not _fits(fact, answer):
            problems.append(_misfit(fact))
            continue
        found[name] = tuple(answer) if isinstance(answer, list) else answer  # type: ignore[assignment]
    if problems:
        raise Invalid("Some answers cannot be used.", problems=problems)
    return found


def carried(rules: RuleSet, known: Answers) -> Answers:
    """Answers to another rule set, as far as ``rules`` take them; all else is unknown."""
    return {
        name: known[name] if name in known and _fits(fact, known[name]) else None
        for name, fact in rules.facts.items()
    }


def evaluate(rules: RuleSet, given: Answers, as_of: date) -> Outcome:
    """Apply every rule to the answers."""
    world = World(rules, given)
    reached, open_above = _reached(rules, world)
    fired = [rule for rule in rules.rules.values() if world.of(rule) is True]
    points = [rule.value for rule in fired if rule.key == "prohibited"]
    return Outcome(
        rule_set=rules.id,
        version=rules.version,
        as_of=as_of,
        facts_hash=_hash(given),
        in_scope=world.in_scope,
        risk_class=UNDETERMINED if open_above else reached,
        at_least=reached,
        class_applies_from=None if open_above else _class_date(rules, world, reached),
        missing=tuple(missing(rules, world, open_above)),
        prohibited_points=points,
        is_prohibited=any(
            _is_active(world.applies_from(rule), as_of)
            for rule in fired
            if rule.key == "prohibited"
        ),
        annex_iii_points=_listed_points(rules, world),
        roles=_values(fired, "role"),
        transparency=_values(fired, "transparency"),
        registration=_values(fired, "registration"),
        fria_required=world.outcome("fria=required"),
        dpia=_dpia(world),
        gdpr_art22={True: "applies", False: "no", None: "unknown"}[world.outcome("art22=applies")],
        duties=_duties(world, fired, as_of),
        open_points=tuple(sorted({point for rule in fired for point in rule.open_points})),
        trace=tuple(world.trace()),
    )


def open_questions(rules: RuleSet, given: Answers) -> Sequence[str]:
    """The unanswered questions that can still change something, in the order of asking."""
    world = World(rules, given)
    undecided = [rule for rule in rules.rules.values() if world.of(rule) is None]
    wanted = set().union(*(world.unknown_facts(rule) for rule in undecided))
    return [name for name in rules.facts if name in wanted]


class World(Mapping[str, Answer]):
    """Answers, and what rules make of them: found when it is asked for, in whatever order."""

    def __init__(self, rules: RuleSet, given: Answers) -> None:
        self._rules = rules
        self._given = given
        self._values: dict[str, Truth] = {}
        self._names: dict[str, Answer] = {"in_scope": True}
        self.in_scope = self["excluded"] is not True
        self._names["in_scope"] = self.in_scope

    def __getitem__(self, name: str) -> Answer:
        """An answer, an outcome of rules or a derived name; raises ``KeyError`` for others."""
        if name not in self._names:
            self._names[name] = self._found(name)
        return self._names[name]

    def __iter__(self) -> Iterator[str]:
        """The names of answers, outcomes and derived conditions."""
        return iter({**self._given, **self._rules.outcomes, **self._rules.derived})

    def __len__(self) -> int:
        """How many names there are."""
        return len(list(iter(self)))

    def of(self, rule: Rule) -> Truth:
        """What a rule comes to; False where it is not asked."""
        if rule.id not in self._values:
            asked = self._is_asked(rule)
            self._values[rule.id] = rule.condition.value(self) if asked else False
        return self._values[rule.id]

    def outcome(self, then: str) -> Truth:
        """Whether one of the rules with this outcome holds."""
        return any_of(self.of(rule) for rule in self._rules.by_outcome.get(then, ()))

    def applies_from(self, rule: Rule) -> date | None:
        """The day from which a rule applies in this case."""
        if not isinstance(rule.applies_from, str):
            return rule.applies_from
        for case in self._rules.dates[rule.applies_from]:
            if case.condition is None or case.condition.value(self) is True:
                return case.day
        return None

    def unknown_facts(self, rule: Rule) -> set[str]:
        """The unanswered questions on which a rule rests, however far down."""
        return set(self._unanswered(rule.condition.names(), set()))

    def trace(self) -> Iterator[Step]:
        """Every rule that was asked, with what it rests on."""
        for rule in self._rules.rules.values():
            if self._is_asked(rule):
                because = {name: self[name] for name in sorted(rule.condition.names())}
                yield Step(rule.id, self.of(rule), because)

    def _found(self, name: str) -> Answer:
        if name in self._given:
            return self._given[name]
        if name in self._rules.derived:
            return self._rules.derived[name].value(self)
        then = self._rules.outcomes[name]
        if name == "transparency":
            return {rule.value: self.of(rule) for rule in self._rules.by_outcome[then]}
        return self.outcome(then)

    def _is_asked(self, rule: Rule) -> bool:
        if not self.in_scope_so_far:
            gate = self._rules.if_out_of_scope
        elif rule.group not in ("scope", "role", "prohibited") and self["prohibited"] is True:
            gate = self._rules.if_prohibited
        else:
            return True
        return rule.group in gate.groups or rule.id in gate.rules

    @property
    def in_scope_so_far(self) -> bool:
        """Whether the law applies; yes while that is being found out."""
        return bool(self._names["in_scope"])

    def _unanswered(self, names: frozenset[str], seen: set[str]) -> Iterator[str]:
        for name in names - seen:
            seen.add(name)
            if name in self._given:
                if self._given[name] is None:
                    yield name
            elif name in self._rules.derived and self[name] is None:
                yield from self._unanswered(self._rules.derived[name].names(), seen)
            elif name in self._rules.outcomes:
                for rule in self._rules.by_outcome[self._rules.outcomes[name]]:
                    if self.of(rule) is None:
                        yield from self._unanswered(rule.condition.names(), seen)


def missing(rules: RuleSet, world: World, open_above: Sequence[str]) -> Iterator[str]:
    """The questions whose answers decide on the classes that are still open."""
    made_by = {each.id: each.made_by for each in rules.classes}
    wanted: set[str] = set()
    for risk_class in open_above:
        for rule in rules.by_outcome[made_by[risk_class]]:
            if world.of(rule) is None:
                wanted |= world.unknown_facts(rule)
    return (name for name in rules.facts if name in wanted)


def _reached(rules: RuleSet, world: World) -> tuple[str, list[str]]:
    """The heaviest class that holds for certain, and the heavier ones that are open."""
    is_open: list[str] = []
    for each in rules.classes:
        value = each.condition.value(world)
        if value is True and each.id != UNDETERMINED:
            return each.id, is_open
        if value is not False:
            is_open.append(each.id)
    raise AssertionError("A rule set's last two classes are those in and out of scope.")


def _class_date(rules: RuleSet, world: World, risk_class: str) -> date | None:
    if not world.in_scope:
        return None
    made_by = next(each.made_by for each in rules.classes if each.id == risk_class)
    days = [
        day
        for rule in rules.by_outcome[made_by]
        if world.of(rule) is True and (day := world.applies_from(rule))
    ]
    return min(days, default=None)


def _listed_points(rules: RuleSet, world: World) -> Sequence[str]:
    points = world["annex_iii"]
    if not isinstance(points, tuple):
        return ()
    by_point = rules.annex_iii_points
    return tuple(
        point
        for point in points
        if world.of(rules.rules[by_point.get(point, by_point["other"])]) is True
    )


def _values(fired: Sequence[Rule], key: str) -> Sequence[str]:
    return tuple(dict.fromkeys(rule.value for rule in fired if rule.key == key))


def _dpia(world: World) -> str:
    """The strongest demand that holds, unless a stronger one is open."""
    for demand in DPIA:
        value = world.outcome(f"dpia={demand}")
        if value is not False:
            return "unknown" if value is None else demand
    return "unknown"


def _duties(world: World, fired: Sequence[Rule], as_of: date) -> Sequence[Due]:
    return tuple(
        Due(
            duty=rule.value,
            rule=rule.id,
            applies_from=(day := world.applies_from(rule)),
            disputed_from=rule.disputed_from,
            is_active=_is_active(day, as_of),
        )
        for rule in fired
        if rule.key == "duty"
    )


def _is_active(day: date | None, as_of: date) -> bool:
    return day is None or day <= as_of


def _fits(fact: Fact, answer: object) -> bool:
    match fact.type:
        case "enum":
            return isinstance(answer, str) and answer in fact.options
        case "list":
            return isinstance(answer, list | tuple) and all(item in fact.options for item in answer)
    return isinstance(answer, bool)


def _misfit(fact: Fact) -> Problem:
    if not fact.options:
        return Problem(fact.id, "Answer “%(name)s” with true, false or null.", {"name": fact.id})
    params: dict[str, object] = {"name": fact.id, "options": ", ".join(fact.options)}
    if fact.type == "list":
        return Problem(fact.id, "Answer “%(name)s” with a list of: %(options)s.", params)
    return Problem(fact.id, "Answer “%(name)s” with one of: %(options)s.", params)


def _hash(given: Answers) -> str:
    return hashlib.sha256(msgspec.json.encode(dict(given), order="sorted")).hexdigest()
