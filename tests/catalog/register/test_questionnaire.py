"""The words of the questionnaire cover the law, whole."""

from catalog.register import law
from catalog.register.questionnaire import next_step, questionnaire

RULES = law.rule_set()
WORDS = questionnaire()


def test_every_question_is_asked_once_and_explained() -> None:
    asked = [name for section in WORDS.sections for name in section.facts]

    assert sorted(asked) == sorted(RULES.facts)
    assert set(WORDS.explanations) == set(RULES.facts)
    assert {name: tuple(labels) for name, labels in WORDS.choices.items()} == {
        name: fact.options for name, fact in RULES.facts.items() if fact.options
    }


def test_every_name_group_and_outcome_has_words() -> None:
    read = {name for rule in RULES.rules.values() for name in rule.condition.names()}
    outcomes = {
        rule.then
        for rule in RULES.rules.values()
        if rule.key not in ("duty", "class", "prohibited", "transparency")
    }

    assert read - set(RULES.facts) <= set(WORDS.terms)
    assert set(WORDS.groups) == set(RULES.groups)
    assert outcomes <= set(WORDS.outcomes) | {
        rule.then for rule in RULES.rules.values() if rule.key == "duty"
    }


def test_a_question_waits_for_the_one_that_makes_it_matter() -> None:
    given = {"is_ai_system": True, "scope_exclusion": "none"}
    first = next_step(RULES, given)
    assert first is not None
    assert "p_emotion_work_edu" in first.facts
    assert "emotion_medical_safety" not in first.facts

    given |= dict.fromkeys(first.facts, False) | {"p_emotion_work_edu": True}
    second = next_step(RULES, given)
    assert second is not None
    assert list(second.facts) == ["emotion_medical_safety"]
