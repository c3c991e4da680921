"""The law as data, to be read: a rule set, a rule, the questions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath

from catalog.database import Session
from catalog.errors import NotFound
from catalog.register import law, listing
from catalog.register.law import Rule, RuleSet
from catalog.register.listing import Wanted
from catalog.register.questionnaire import questionnaire
from marketplace.pages.frame import PageFrame
from marketplace.pages.law.words import InWords, OpenPoint, Words, above
from marketplace.pages.reader import Reader, frame
from marketplace.pages.register.entry_list import EntryCard, card
from marketplace.pages.rendering import render
from marketplace.routing import get, paths

MOST_ENTRIES = 5
"""Entries that stand on the page of the rule that decides them; the list has all."""


@dataclass(frozen=True)
class RuleLine:
    """A rule in a list."""

    id: str
    href: str
    sentence: str
    citation: str
    since: str
    certainty: str


@dataclass(frozen=True)
class RuleGroup:
    """The rules that decide on one thing."""

    id: str
    label: str
    rules: Sequence[RuleLine]


@dataclass(frozen=True)
class RulesPage:
    """A state of the law."""

    page: PageFrame
    title: str
    law: str
    law_state: str
    version: int
    reviewed_by: str
    sources: Sequence[str]
    counts: tuple[int, int]
    groups: Sequence[RuleGroup]
    open_points: Sequence[OpenPoint]
    assess_href: str
    questions_href: str
    json_href: str


@dataclass(frozen=True)
class QuestionRef:
    """A question that a rule reads, and where it is explained."""

    text: str
    href: str


@dataclass(frozen=True)
class RulePage:
    """One rule with everything it rests on."""

    page: PageFrame
    rule: RuleLine
    group: str
    outcome: str
    condition: InWords
    written: str
    questions: Sequence[QuestionRef]
    open_points: Sequence[OpenPoint]
    law_state: str
    until: str
    json_href: str
    entries: Sequence[EntryCard]
    total: int
    entries_href: str


@dataclass(frozen=True)
class RuleRef:
    """A rule by its name."""

    id: str
    href: str


@dataclass(frozen=True)
class QuestionLine:
    """A question with its meaning, its answers and the rules that read it."""

    id: str
    text: str
    explanation: str
    basis: str
    choices: Sequence[str]
    rules: Sequence[RuleRef]


@dataclass(frozen=True)
class QuestionGroup:
    """Questions that are asked together."""

    id: str
    label: str
    questions: Sequence[QuestionLine]


@dataclass(frozen=True)
class QuestionsPage:
    """Every question of a state of the law."""

    page: PageFrame
    law_state: str
    sections: Sequence[QuestionGroup]
    assess_href: str
    json_href: str


@get(paths("rules"))
def show_rules(reader: NamedDependency[Reader]) -> Response[str]:
    """List every rule by what it decides."""
    rules = law.rule_set()
    words = Words(rules, reader)
    _ = reader._
    context = RulesPage(
        page=frame(
            reader,
            _("The AI Act as rules"),
            section="register_entries",
            crumbs=above(reader),
        ),
        title=words.of(rules.title),
        law=words.of(rules.law),
        law_state=reader.day(rules.law_state),
        version=rules.version,
        reviewed_by=rules.reviewed_by,
        sources=rules.sources,
        counts=(len(rules.facts), len(rules.rules)),
        groups=[
            RuleGroup(
                group,
                words.group(group),
                [_line(words, rule) for rule in rules.rules.values() if rule.group == group],
            )
            for group in rules.groups
        ],
        open_points=words.open_points(),
        assess_href=reader.address("assess"),
        questions_href=reader.address("law_questions"),
        json_href=_json(rules),
    )
    return render("law/rules.html", context)


@get(paths("rule"))
def show_rule(
    session: NamedDependency[Session], reader: NamedDependency[Reader], rule: FromPath[str]
) -> Response[str]:
    """Show one rule; raises ``NotFound`` for a name that no rule has."""
    rules = law.rule_set()
    found = rules.rules.get(rule)
    if found is None:
        raise NotFound("There is no rule “%(id)s”.", id=rule)
    words = Words(rules, reader)
    decides = Wanted(rule=rule)
    context = RulePage(
        page=frame(
            reader,
            reader._("Rule %(id)s") % {"id": rule},
            section="register_entries",
            crumbs=above(reader, "rules"),
        ),
        rule=_line(words, found),
        group=words.group(found.group),
        outcome=words.outcome(found.then),
        condition=words.condition(found.condition),
        written=f"{found.when} → {found.then}",
        questions=[
            QuestionRef(words.question(name), f"{reader.address('law_questions')}#{name}")
            for name in rules.read_by(found)
        ],
        open_points=words.open_points(found.open_points) if found.open_points else [],
        law_state=reader.day(rules.law_state),
        until=reader.day(found.applies_to),
        json_href=_json(rules),
        entries=[
            card(entry, reader)
            for entry in listing.page(session, decides, today=reader.today, size=MOST_ENTRIES)
        ],
        total=listing.counts(session, decides, today=reader.today).total,
        entries_href=reader.address("register_entries", {"rule": rule}),
    )
    return render("law/rule.html", context)


@get(paths("law_questions"))
def show_questions(reader: NamedDependency[Reader]) -> Response[str]:
    """List every question with its meaning and the rules that read it."""
    rules = law.rule_set()
    words = Words(rules, reader)
    readers = _readers(rules)
    context = QuestionsPage(
        page=frame(
            reader,
            reader._("The questions of the AI Act"),
            section="register_entries",
            crumbs=above(reader, "rules"),
        ),
        law_state=reader.day(rules.law_state),
        sections=[
            QuestionGroup(
                section.id,
                words.of(section.label),
                [_question(words, name, readers.get(name, ())) for name in section.facts],
            )
            for section in questionnaire(rules.id).sections
        ],
        assess_href=reader.address("assess"),
        json_href=_json(rules),
    )
    return render("law/questions.html", context)


HANDLERS = [show_rules, show_rule, show_questions]


def _json(rules: RuleSet) -> str:
    return f"/api/v1/register/rules/{rules.id}"


def _line(words: Words, rule: Rule) -> RuleLine:
    return RuleLine(
        id=rule.id,
        href=words.reader.address("rule", rule=rule.id),
        sentence=words.sentence(rule),
        citation=rule.citation,
        since=words.since(rule),
        certainty=words.certainty(rule),
    )


def _question(words: Words, name: str, readers: Sequence[str]) -> QuestionLine:
    return QuestionLine(
        id=name,
        text=words.question(name),
        explanation=words.explanation(name),
        basis=words.rules.facts[name].basis,
        choices=[label for _option, label in words.choices(name)],
        rules=[RuleRef(rule, words.reader.address("rule", rule=rule)) for rule in readers],
    )


def _readers(rules: RuleSet) -> Mapping[str, Sequence[str]]:
    """The rules that name a question themselves."""
    found: dict[str, list[str]] = {}
    for rule in rules.rules.values():
        for name in sorted(rule.condition.names()):
            found.setdefault(name, []).append(rule.id)
    return found
