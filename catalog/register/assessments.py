"""The legal classification of an entry: answers put to a rule set, kept with what they came to."""

from collections.abc import Mapping
from datetime import date

import msgspec
from sqlalchemy.orm import Session

from catalog.permissions import Actor
from catalog.register import entries, law
from catalog.register.entries import RegisterEntry
from catalog.register.evaluation import Outcome, answers, evaluate
from catalog.register.record import Assessment, EntryRecord


def assess(
    session: Session,
    actor: Actor,
    entry: RegisterEntry,
    given: Mapping[str, object],
    *,
    revision: int,
    today: date,
    rule_set: str = law.CURRENT,
    assessor: str = "",
) -> RegisterEntry:
    """Classify the use that the draft describes and keep the result with it.

    What is not given has the default of its question. Raises ``Invalid`` for answers that no
    question of the rule set takes.
    """
    draft = entry.draft or entry.record or EntryRecord(name={})
    made = assessed(given, today=today, rule_set=rule_set, assessor=assessor)
    content = msgspec.structs.replace(draft, assessment=made)
    return entries.save(session, actor, entry, content, revision=revision)


def assessed(
    given: Mapping[str, object],
    *,
    today: date,
    rule_set: str = law.CURRENT,
    assessor: str = "",
) -> Assessment:
    """What a rule set makes of some answers, as an entry keeps it."""
    rules = law.rule_set(rule_set)
    outcome = evaluate(rules, answers(rules, given), today)
    return Assessment(
        rule_set=outcome.rule_set,
        version=outcome.version,
        as_of=outcome.as_of,
        facts=dict(given),  # type: ignore[arg-type]
        facts_hash=outcome.facts_hash,
        risk_class=outcome.risk_class,
        at_least=outcome.at_least,
        missing=list(outcome.missing),
        held=[step.rule for step in outcome.trace if step.value is True],
        assessor=assessor,
    )


def outcome_of(kept: Assessment, as_of: date | None = None) -> Outcome:
    """The whole result again, with its trace: the same answers put to the same rules."""
    rules = law.rule_set(kept.rule_set)
    return evaluate(rules, answers(rules, kept.facts), as_of or kept.as_of)


def given_by(draft: EntryRecord) -> dict[str, object]:
    """Answers that other fields of the entry hold already."""
    given: dict[str, object] = {}
    if draft.personal_data:
        given["personal_data"] = draft.personal_data != "none"
    if draft.algorithm_type == "generative":
        given["generates_content"] = True
    if draft.algorithm_type == "rule_based":
        given["is_ai_system"] = False
    if draft.decision_mode == "automated":
        given["solely_automated"] = True
    return given
