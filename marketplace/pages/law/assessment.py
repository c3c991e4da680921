"""The open questionnaire on the AI Act, and what it comes to.

Nothing is stored: all answers stand in the address, so a bookmark pauses and the way back is free.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from litestar import MediaType, Request, Response
from litestar.di import NamedDependency

from catalog.register import law
from catalog.register.evaluation import answers, evaluate
from catalog.register.questionnaire import Step, next_step
from marketplace.formats.assessment_report import report
from marketplace.forms import NO_ERRORS, Errors
from marketplace.pages.frame import PageFrame
from marketplace.pages.law.answers import NONE, UNKNOWN, Answered
from marketplace.pages.law.result import Result, result
from marketplace.pages.law.words import Words, above
from marketplace.pages.reader import Reader, frame
from marketplace.pages.rendering import render
from marketplace.routing import get, paths

ASKED = "asked"
"""The field that names the questions a page has asked: one left open is an error there."""

MOST_FIELDS = 400
"""Fields of an address that are looked at; every point of every question needs fewer."""

AnyRequest = Request[Any, Any, Any]


@dataclass(frozen=True)
class Question:
    """A question as it is asked: ``kind`` is ``one`` or ``many`` of its choices."""

    id: str
    text: str
    explanation: str
    kind: str
    choices: Sequence[tuple[str, str]]
    href: str


@dataclass(frozen=True)
class GivenAnswer:
    """An answer that stands, and the address at which it is asked again."""

    question: str
    answer: str
    change_href: str


@dataclass(frozen=True)
class QuestionnairePage:
    """The questions of one section, or that there are no more."""

    page: PageFrame
    action: str
    section: str
    questions: Sequence[Question]
    left: int
    hidden: Sequence[tuple[str, str]]
    asked: str
    errors: Errors
    unanswered: Sequence[tuple[str, str]]
    given: Sequence[GivenAnswer]
    so_far: str
    pause_href: str
    result_href: str
    again_href: str


@dataclass(frozen=True)
class ResultPage:
    """What the law says of the use, line by line."""

    page: PageFrame
    result: Result
    given: Sequence[GivenAnswer]
    go_on_href: str
    json_href: str
    rules_href: str
    again_href: str


@get(paths("assess"))
def ask(request: AnyRequest, reader: NamedDependency[Reader]) -> Response[str]:
    """Ask what can still change the outcome."""
    rules = law.rule_set()
    answered = _answered(request, rules)
    step = next_step(rules, answered.given)
    words = Words(rules, reader)
    pairs = answered.pairs()
    errors = _left_open(request, reader, step)
    context = QuestionnairePage(
        page=frame(
            reader,
            reader._("Classify a use of AI"),
            section="register_entries",
            crumbs=above(reader),
            is_indexed=not pairs,
        ),
        action=reader.address("assess"),
        section=words.of(step.section.label) if step else "",
        questions=_questions(words, step),
        left=step.left if step else 0,
        hidden=pairs,
        asked=ASKED,
        errors=errors,
        unanswered=[(name, words.question(name)) for name, _message in errors.list],
        given=_given(answered, words),
        so_far=_so_far(answered, words),
        pause_href=reader.address("assess", pairs),
        result_href=reader.address("assess_result", pairs),
        again_href=reader.address("assess"),
    )
    return render("law/questionnaire.html", context)


@get(paths("assess_result"))
def show_result(request: AnyRequest, reader: NamedDependency[Reader]) -> Response[str]:
    """Show class, duties and reasons; what nobody answered is unknown, never guessed."""
    rules = law.rule_set()
    answered = _answered(request, rules)
    words = Words(rules, reader)
    known = answers(rules, answered.given, use_defaults=False)
    pairs = answered.pairs()
    context = ResultPage(
        page=frame(
            reader,
            reader._("What the AI Act says"),
            section="register_entries",
            crumbs=[
                *above(reader),
                (reader._("Classify a use of AI"), reader.address("assess", pairs)),
            ],
            is_indexed=False,
        ),
        result=result(words, evaluate(rules, known, reader.today)),
        given=_given(answered, words),
        go_on_href=(reader.address("assess", pairs) if next_step(rules, answered.given) else ""),
        json_href=reader.address("assess_document", pairs),
        rules_href=reader.address("rules"),
        again_href=reader.address("assess"),
    )
    return render("law/result.html", context)


@get(paths("assess_document"))
def download_result(request: AnyRequest, reader: NamedDependency[Reader]) -> Response[bytes]:
    """The same as the API answers to ``POST /api/v1/register/assess``."""
    rules = law.rule_set()
    known = answers(rules, _answered(request, rules).given, use_defaults=False)
    found = report(rules, evaluate(rules, known, reader.today))
    return Response(msgspec.json.encode(found), media_type=MediaType.JSON)


HANDLERS = [ask, show_result, download_result]


def _answered(request: AnyRequest, rules: law.RuleSet) -> Answered:
    return Answered.of(parse_qsl(request.url.query)[:MOST_FIELDS], rules)


def _questions(words: Words, step: Step | None) -> Sequence[Question]:
    return [_question(words, name) for name in step.facts] if step else []


def _question(words: Words, name: str) -> Question:
    _ = words.reader._
    fact = words.rules.facts[name]
    choices = list(words.choices(name)) or [("yes", _("Yes")), ("no", _("No"))]
    if fact.type == "list":
        choices.append((NONE, _("None of these")))
    choices.append((UNKNOWN, _("I do not know")))
    return Question(
        id=name,
        text=words.question(name),
        explanation=words.explanation(name),
        kind="many" if fact.type == "list" else "one",
        choices=choices,
        href=f"{words.reader.address('law_questions')}#{name}",
    )


def _left_open(request: AnyRequest, reader: Reader, step: Step | None) -> Errors:
    asked = set(request.query_params.getall(ASKED, []))
    left = [name for name in step.facts if name in asked] if step else []
    message = reader._("Choose an answer. “I do not know” is one, too.")
    return Errors(dict.fromkeys(left, message)) if left else NO_ERRORS


def _given(answered: Answered, words: Words) -> Sequence[GivenAnswer]:
    return [
        GivenAnswer(
            words.question(name),
            words.answer(name, tuple(answer) if isinstance(answer, list) else answer),  # type: ignore[arg-type]
            words.reader.address("assess", answered.pairs(without=name)),
        )
        for name, answer in answered.given.items()
    ]


def _so_far(answered: Answered, words: Words) -> str:
    """The class that holds whatever is answered yet; empty before anything is."""
    if not answered.given:
        return ""
    known = answers(words.rules, answered.given, use_defaults=False)
    return words.risk_class(evaluate(words.rules, known, words.reader.today).at_least)
