"""An assessment as programs read it: the command line and the API write the same object."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from catalog.register.conditions import Answer
from catalog.register.evaluation import Due, Outcome, Step
from catalog.register.law import RuleSet


def report(rules: RuleSet, outcome: Outcome) -> dict[str, Any]:
    """Every line of an outcome with its rule and citation; days are ISO 8601.

    ``duties`` are the codes in the order of the rules; ``active`` and ``not_yet`` part them for the
    day of assessment. ``warning`` says from when a use will be prohibited that is not yet.
    """
    return {
        "rule_set": outcome.rule_set,
        "version": outcome.version,
        "law_state": rules.law_state.isoformat(),
        "as_of": outcome.as_of.isoformat(),
        "facts_hash": outcome.facts_hash,
        "in_scope": outcome.in_scope,
        "risk_class": outcome.risk_class,
        "at_least": outcome.at_least,
        "class_applies_from": _day(outcome.class_applies_from),
        "missing": list(outcome.missing),
        "prohibited_points": list(outcome.prohibited_points),
        "prohibited": outcome.is_prohibited,
        "warning": _warning(outcome),
        "annex_iii_points": list(outcome.annex_iii_points),
        "roles": list(outcome.roles),
        "transparency": list(outcome.transparency),
        "registration": list(outcome.registration),
        "fria_required": outcome.fria_required,
        "dpia": outcome.dpia,
        "gdpr_art22": outcome.gdpr_art22,
        "duties": [due.duty for due in outcome.duties],
        "active": [due.duty for due in outcome.duties if due.is_active],
        "not_yet": [due.duty for due in outcome.duties if not due.is_active],
        "duty_details": [_due(rules, due) for due in outcome.duties],
        "open_points": [{"id": point, **rules.open_points[point]} for point in outcome.open_points],
        "trace": [_step(rules, step) for step in outcome.trace],
        "note": {"de": "Keine Rechtsberatung.", "en": "No legal advice."},
    }


def _warning(outcome: Outcome) -> str | None:
    if outcome.risk_class != "prohibited" or outcome.is_prohibited:
        return None
    return f"prohibited from {_day(outcome.class_applies_from)}"


def _due(rules: RuleSet, due: Due) -> dict[str, Any]:
    duty = rules.duties[due.duty]
    return {
        "duty": due.duty,
        "rule": due.rule,
        "citation": rules.rules[due.rule].citation,
        "certainty": rules.rules[due.rule].certainty,
        "role": duty.role,
        "is_practice": duty.is_practice,
        "applies_from": _day(due.applies_from),
        "disputed_from": _day(due.disputed_from),
        "is_active": due.is_active,
        "text": duty.sentence,
    }


def _step(rules: RuleSet, step: Step) -> dict[str, Any]:
    rule = rules.rules[step.rule]
    return {
        "rule": step.rule,
        "value": step.value,
        "then": rule.then,
        "citation": rule.citation,
        "because": {name: _plain(answer) for name, answer in step.because.items()},
    }


def _plain(answer: Answer) -> Any:
    if isinstance(answer, tuple):
        return list(answer)
    return dict(answer) if isinstance(answer, Mapping) else answer


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
