"""Rules, conditions, answers and days of the law in the reader's words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from catalog.register.conditions import Answer, Condition, Joined, Not, Test
from catalog.register.law import Rule, RuleSet
from catalog.register.questionnaire import Questionnaire, questionnaire
from marketplace.pages.reader import Reader


@dataclass(frozen=True)
class InWords:
    """A condition: one point with its answer, or several joined by ``all`` or ``any``."""

    text: str = ""
    answer: str = ""
    joined: str = ""
    parts: Sequence["InWords"] = ()


@dataclass(frozen=True)
class OpenPoint:
    """A question of law that is not settled."""

    number: int
    text: str


@dataclass(frozen=True)
class Words:
    """A rule set as the reader reads it."""

    rules: RuleSet
    reader: Reader

    @property
    def _asked(self) -> Questionnaire:
        return questionnaire(self.rules.id)

    def of(self, text: Mapping[str, str]) -> str:
        """A text of the rule set in the reader's language."""
        return text[self.reader.language]

    def question(self, fact: str) -> str:
        """A question as it is asked."""
        return self.of(self.rules.facts[fact].question)

    def explanation(self, fact: str) -> str:
        """What a question means, in a sentence."""
        return self.of(self._asked.explanations[fact])

    def choice(self, fact: str, option: str) -> str:
        """What an answer to a question with a choice means."""
        return self.of(self._asked.choices[fact][option])

    def choices(self, fact: str) -> Sequence[tuple[str, str]]:
        """All answers to choose from, with their meaning."""
        return [(option, self.choice(fact, option)) for option in self.rules.facts[fact].options]

    def name(self, name: str) -> str:
        """A question, or what a rule reads besides."""
        if name in self.rules.facts:
            return self.question(name)
        return self.of(self._asked.terms[name])

    def group(self, group: str) -> str:
        """What a group of rules decides on."""
        return self.of(self._asked.groups[group])

    def answer(self, name: str, answer: Answer) -> str:
        """An answer, or what became of a condition."""
        _ = self.reader._
        if answer is None:
            return _("not known")
        if isinstance(answer, Mapping):
            return ", ".join(self.point(each) for each, held in answer.items() if held) or _("no")
        if isinstance(answer, bool):
            return _("yes") if answer else _("no")
        if isinstance(answer, str):
            return self.choice(name, answer)
        return "; ".join(self.choice(name, each) for each in answer) or _("none of these")

    def point(self, value: str) -> str:
        """A point of the Regulation: “50(1)” is written Art. 50(1)."""
        return f"Art. {value}"

    def outcome(self, then: str) -> str:
        """What a rule decides."""
        key, _sign, value = then.partition("=")
        if key == "duty":
            return self.of(self.rules.duties[value].sentence)
        if key == "class":
            return self.risk_class(value)
        if key in ("prohibited", "transparency"):
            return self.point(value)
        return self.of(self._asked.outcomes[then])

    def risk_class(self, risk_class: str) -> str:
        """The name of a class."""
        return self.of(next(each.label for each in self.rules.classes if each.id == risk_class))

    def sentence(self, rule: Rule) -> str:
        """What a rule says; one without a sentence says its duty's."""
        return self.of(rule.sentence) if rule.sentence else self.outcome(rule.then)

    def certainty(self, rule: Rule) -> str:
        """How sure the reading is."""
        _ = self.reader._
        return {
            "high": _("certainty high"),
            "medium": _("certainty medium"),
            "low": _("certainty low"),
        }[rule.certainty]

    def since(self, rule: Rule) -> str:
        """The day or days from which a rule applies, and that of another reading."""
        named = rule.applies_from
        days = [each.day for each in self.rules.dates[named]] if isinstance(named, str) else [named]
        text = self.reader._(" or ").join(
            self.reader.day(day) for day in sorted(filter(None, days))
        )
        return self.readings(text, rule.disputed_from)

    def due(self, day: date | None, disputed: date | None) -> str:
        """The day on which something begins, and that of another reading."""
        return self.readings(self.reader.day(day), disputed)

    def readings(self, text: str, disputed: date | None) -> str:
        """A day with the one that another reading gives, if the law can be read both ways."""
        if not disputed:
            return text or self.reader._("always")
        other = self.reader._("%(day)s; by another reading %(other)s")
        return other % {"day": text, "other": self.reader.day(disputed)}

    def open_points(self, numbers: Sequence[int] = ()) -> Sequence[OpenPoint]:
        """The open points with these numbers, or all of them."""
        return [
            OpenPoint(number, self.of(text))
            for number, text in self.rules.open_points.items()
            if not numbers or number in numbers
        ]

    def condition(self, condition: Condition, *, holds: bool = True) -> InWords:
        """A condition in words; with ``holds`` false the opposite of it."""
        match condition:
            case Not(inner):
                return self.condition(inner, holds=not holds)
            case Joined(sign, parts):
                joined = "all" if (sign == "&") == holds else "any"
                return InWords(
                    joined=joined, parts=[self.condition(part, holds=holds) for part in parts]
                )
            case Test():
                return InWords(self.name(condition.name), self._tested(condition, holds=holds))
        raise TypeError(condition)

    def _tested(self, test: Test, *, holds: bool) -> str:
        _ = self.reader._
        if not test.sign:
            return _("yes") if holds else _("no")
        if test.wanted == "any":
            return _("at least one point") if holds else _("no point")
        if test.wanted == "any_but_2":
            return _("at least one point other than 2")
        wanted = (
            self.choice(test.name, test.wanted)
            if test.name in self.rules.facts
            else self.point(test.wanted)
        )
        return wanted if holds else _("not: %(answer)s") % {"answer": wanted}


def above(reader: Reader, *pages: str) -> Sequence[tuple[str, str]]:
    """The crumbs above a page of the law: the register, and ``rules`` if it stands above."""
    crumbs = [(reader._("AI register"), reader.address("register_entries"))]
    if "rules" in pages:
        crumbs.append((reader._("The AI Act as rules"), reader.address("rules")))
    return crumbs
