"""The law as data: its rule sets, and the assessment of a use. Open to everybody."""

from datetime import date
from typing import Annotated, Any

from litestar import Response
from litestar.params import FromPath, RawBody
from msgspec import Meta, Struct

from catalog.database import now
from catalog.errors import Invalid
from catalog.register import law
from catalog.register.evaluation import answers, evaluate
from marketplace.api.answers import ApiRequest, personal, public
from marketplace.api.checks import TAG as CHECKS
from marketplace.api.operations import checks, named, reads, sent
from marketplace.api.refusals import FieldError, Refused
from marketplace.formats.assessment_report import AssessmentAnswer, report

TAG = "Register"

GivenAnswer = bool | str | list[str] | None
"""An answer as JSON writes it; null is unknown."""


class RuleSetRef(Struct, frozen=True):
    """A state of the law."""

    id: str
    law_state: date
    title: dict[str, str]
    is_current: bool


class RuleSetList(Struct, frozen=True):
    """The states of the law that this node knows, oldest first."""

    items: list[RuleSetRef]


class QuestionRow(Struct, frozen=True):
    """A question about a use."""

    id: str
    type: Annotated[str, Meta(description="bool, tri, enum or list.")]
    default: GivenAnswer
    options: list[str]
    basis: str
    question: dict[str, str]


class RuleRow(Struct, frozen=True):
    """A row of the decision table."""

    id: str
    group: str
    when: str
    then: str
    citation: str
    applies_from: Annotated[
        str | None,
        Meta(description="A day, or the name of one in `dates` that depends on the case."),
    ]
    applies_to: date | None
    certainty: str
    disputed_from: date | None
    open_points: list[int]
    text: dict[str, str]


class RuleSetAnswer(Struct, frozen=True):
    """A state of the law, whole."""

    id: str
    version: int
    law_state: date
    title: dict[str, str]
    law: dict[str, str]
    sources: list[str]
    reviewed_by: Annotated[
        str, Meta(description="Who reviewed it legally; empty while nobody did.")
    ]
    questions: list[QuestionRow]
    rules: list[RuleRow]
    open_points: dict[str, dict[str, str]]


class AssessmentBody(Struct, frozen=True, forbid_unknown_fields=True):
    """Answers to questions of a rule set; what is left out has the default of its question."""

    facts: Annotated[
        dict[str, GivenAnswer], Meta(max_length=200, examples=[{"interacts_with_persons": True}])
    ]
    as_of: Annotated[date | None, Meta(description="Day of assessment; today if left out.")] = None
    rules: Annotated[str, Meta(max_length=80, description="Id of a rule set.")] = law.CURRENT
    use_defaults: Annotated[bool, Meta(description="False makes unknown whatever is left out.")] = (
        True
    )


@reads("/register/rules", RuleSetList, tag=TAG)
def rule_sets(request: ApiRequest) -> Response[bytes]:
    """List the states of the law."""
    known = [law.rule_set(name) for name in law.rule_sets()]
    items = [
        RuleSetRef(each.id, each.law_state, dict(each.title), is_current=each.id == law.CURRENT)
        for each in known
    ]
    return public(request, RuleSetList(items))


@reads("/register/rules/{rule_set}", RuleSetAnswer, tag=TAG, refusals=(404,))
def rule_set(request: ApiRequest, rule_set: FromPath[str]) -> Response[bytes]:
    """Read a state of the law: every question and rule with its citation."""
    found = law.rule_set(rule_set)
    return public(
        request,
        RuleSetAnswer(
            id=found.id,
            version=found.version,
            law_state=found.law_state,
            title=dict(found.title),
            law=dict(found.law),
            sources=list(found.sources),
            reviewed_by=found.reviewed_by,
            questions=[_question(fact) for fact in found.facts.values()],
            rules=[_rule(rule) for rule in found.rules.values()],
            open_points={str(point): dict(text) for point, text in found.open_points.items()},
        ),
    )


@checks("/register/assess", AssessmentAnswer, tag=CHECKS, takes=AssessmentBody)
def assess(request: ApiRequest, body: RawBody) -> Response[bytes]:
    """Assess a use of AI by the AI Act.

    Answers class, duties with their dates, and for every line the rule and the answers that led
    there. Nothing is stored. No legal advice.
    """
    asked = sent(request, body, AssessmentBody)
    rules = named(lambda: law.rule_set(asked.rules), "rules")
    try:
        given = answers(rules, asked.facts, use_defaults=asked.use_defaults)
    except Invalid as refusal:
        errors = [FieldError(f"facts.{each.field}", str(each)) for each in refusal.problems]
        raise Refused(422, str(refusal), errors=errors) from refusal
    return personal(report(rules, evaluate(rules, given, asked.as_of or now().date())))


def _question(fact: law.Fact) -> QuestionRow:
    default = fact.default
    plain: GivenAnswer = list(default) if isinstance(default, tuple) else default  # type: ignore[assignment]
    return QuestionRow(
        fact.id, fact.type, plain, list(fact.options), fact.basis, dict(fact.question)
    )


def _rule(rule: law.Rule) -> RuleRow:
    return RuleRow(
        id=rule.id,
        group=rule.group,
        when=rule.when,
        then=rule.then,
        citation=rule.citation,
        applies_from=str(rule.applies_from) if rule.applies_from else None,
        applies_to=rule.applies_to,
        certainty=rule.certainty,
        disputed_from=rule.disputed_from,
        open_points=list(rule.open_points),
        text=dict(rule.sentence),
    )


HANDLERS: list[Any] = [rule_sets, rule_set, assess]
