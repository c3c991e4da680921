"""An assessment as JSON: the command line and the API answer the same."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated

from msgspec import Meta, Struct

from catalog.register.conditions import Answer
from catalog.register.evaluation import Due, Outcome, Step
from catalog.register.law import RuleSet
from marketplace.formats.license_report import NO_LEGAL_ADVICE

PlainAnswer = bool | str | list[str] | dict[str, bool | None] | None


class DutyAnswer(Struct, frozen=True):
    """A duty, who has it, since when, and which rule says so."""

    duty: str
    rule: str
    citation: str
    certainty: Annotated[str, Meta(description="high, medium or low.")]
    role: Annotated[str, Meta(description="provider, deployer or both.")]
    is_practice: Annotated[bool, Meta(description="Good practice that no law demands of you.")]
    applies_from: date | None
    disputed_from: Annotated[date | None, Meta(description="The day that another reading gives.")]
    is_active: Annotated[bool, Meta(description="Whether it applies on the day of assessment.")]
    text: dict[str, str]


class StepAnswer(Struct, frozen=True):
    """What one rule came to, and the answers and outcomes that led there."""

    rule: str
    value: Annotated[bool | None, Meta(description="null where an answer is missing.")]
    then: str
    citation: str
    because: dict[str, PlainAnswer]


class OpenPointAnswer(Struct, frozen=True):
    """A question of law that is not settled and touches this use."""

    id: int
    de: str
    en: str


class AssessmentAnswer(Struct, frozen=True):
    """What the law says of a use, line by line."""

    rule_set: str
    version: int
    law_state: date
    as_of: date
    facts_hash: Annotated[str, Meta(description="SHA-256 of the answers.")]
    in_scope: bool
    risk_class: Annotated[str, Meta(description="Of the law when all of it applies.")]
    at_least: Annotated[str, Meta(description="The class that holds whatever is answered yet.")]
    class_applies_from: date | None
    missing: Annotated[list[str], Meta(description="Questions that could make the class heavier.")]
    prohibited_points: list[str]
    prohibited: Annotated[bool, Meta(description="Whether a ban applies on the day.")]
    warning: Annotated[str | None, Meta(description="From when a ban is to come.")]
    annex_iii_points: list[str]
    roles: list[str]
    transparency: list[str]
    registration: list[str]
    fria_required: bool | None
    dpia: str
    gdpr_art22: str
    duties: list[str]
    active: list[str]
    not_yet: list[str]
    duty_details: list[DutyAnswer]
    open_points: list[OpenPointAnswer]
    trace: list[StepAnswer]
    note: dict[str, str]


def report(rules: RuleSet, outcome: Outcome) -> AssessmentAnswer:
    """Every line of an outcome with its rule and citation."""
    return AssessmentAnswer(
        rule_set=outcome.rule_set,
        version=outcome.version,
        law_state=rules.law_state,
        as_of=outcome.as_of,
        facts_hash=outcome.facts_hash,
        in_scope=outcome.in_scope,
        risk_class=outcome.risk_class,
        at_least=outcome.at_least,
        class_applies_from=outcome.class_applies_from,
        missing=list(outcome.missing),
        prohibited_points=list(outcome.prohibited_points),
        prohibited=outcome.is_prohibited,
        warning=_warning(outcome),
        annex_iii_points=list(outcome.annex_iii_points),
        roles=list(outcome.roles),
        transparency=list(outcome.transparency),
        registration=list(outcome.registration),
        fria_required=outcome.fria_required,
        dpia=outcome.dpia,
        gdpr_art22=outcome.gdpr_art22,
        duties=[due.duty for due in outcome.duties],
        active=[due.duty for due in outcome.duties if due.is_active],
        not_yet=[due.duty for due in outcome.duties if not due.is_active],
        duty_details=[_due(rules, due) for due in outcome.duties],
        open_points=[
            OpenPointAnswer(point, **rules.open_points[point]) for point in outcome.open_points
        ],
        trace=[_step(rules, step) for step in outcome.trace],
        note=dict(NO_LEGAL_ADVICE),
    )


def _warning(outcome: Outcome) -> str | None:
    if outcome.risk_class != "prohibited" or outcome.is_prohibited:
        return None
    return f"prohibited from {outcome.class_applies_from}"


def _due(rules: RuleSet, due: Due) -> DutyAnswer:
    duty, rule = rules.duties[due.duty], rules.rules[due.rule]
    return DutyAnswer(
        duty=due.duty,
        rule=due.rule,
        citation=rule.citation,
        certainty=rule.certainty,
        role=duty.role,
        is_practice=duty.is_practice,
        applies_from=due.applies_from,
        disputed_from=due.disputed_from,
        is_active=due.is_active,
        text=dict(duty.sentence),
    )


def _step(rules: RuleSet, step: Step) -> StepAnswer:
    rule = rules.rules[step.rule]
    because = {name: _plain(answer) for name, answer in step.because.items()}
    return StepAnswer(step.rule, step.value, rule.then, rule.citation, because)


def _plain(answer: Answer) -> PlainAnswer:
    if isinstance(answer, tuple):
        return list(answer)
    return dict(answer) if isinstance(answer, Mapping) else answer
