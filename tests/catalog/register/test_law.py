"""The law as data: what it says of known uses, and that it never guesses."""

import dataclasses
import itertools
import json
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from catalog.errors import Invalid, NotFound
from catalog.register import law
from catalog.register.comparison import compare
from catalog.register.conditions import Malformed, parse
from catalog.register.evaluation import Outcome, answers, evaluate, open_questions
from marketplace.formats.assessment_report import report

RULES = law.rule_set()
ALL_APPLIES = date(2030, 12, 31)
CASES = YAML(typ="safe").load(Path(__file__).with_name("cases.yaml").read_text("utf-8"))
ALONE = YAML(typ="safe").load(Path(__file__).with_name("alone.yaml").read_text("utf-8"))
REFERENCE = Path(__file__).resolve().parents[4] / "shared" / "reference" / "ai_act_cases.json"


def _reference() -> dict[str, Any]:
    empty: dict[str, Any] = {"cases": [], "date_cases": [], "fact_defaults": {}}
    return json.loads(REFERENCE.read_text("utf-8")) if REFERENCE.is_file() else empty


def _assess(facts: dict[str, Any], day: date = ALL_APPLIES) -> Outcome:
    return evaluate(RULES, answers(RULES, facts), day)


def _said(facts: dict[str, Any], day: date = ALL_APPLIES) -> dict[str, Any]:
    said: dict[str, Any] = msgspec.to_builtins(report(RULES, _assess(facts, day)))
    return said


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["use"])
def test_a_known_use_is_assessed_as_a_lawyer_would(case: dict[str, Any]) -> None:
    said = _said(case["facts"])

    assert {key: said[key] for key in case["expected"]} == case["expected"]


@pytest.mark.parametrize("case", _reference()["cases"], ids=lambda case: case["id"])
def test_a_reference_deployment_is_assessed_as_expected(case: dict[str, Any]) -> None:
    said = _said(case["facts"])

    assert {key: said[key] for key in case["expected"]} == case["expected"]


@pytest.mark.parametrize(
    "case", _reference()["date_cases"], ids=lambda case: f"{case['case']} {case['as_of']}"
)
def test_duties_begin_on_their_day(case: dict[str, Any]) -> None:
    facts = next(each["facts"] for each in _reference()["cases"] if each["id"] == case["case"])
    said = _said(facts, date.fromisoformat(case["as_of"]))
    for key in ("prohibited", "warning"):
        assert case["expected"].get(key, said[key]) == said[key]
    for key in ("active", "not_yet"):
        assert set(case["expected"].get(key, ())) <= set(said[key])


def test_a_ban_that_is_to_come_is_a_warning() -> None:
    before, after = (
        _said({"p_intimate_or_csam": True}, day) for day in (date(2026, 12, 1), date(2026, 12, 2))
    )

    assert (before["prohibited"], before["warning"]) == (False, "prohibited from 2026-12-02")
    assert (after["prohibited"], after["warning"]) == (True, None)


def test_high_risk_duties_of_an_old_system_wait_until_2030() -> None:
    said = _said({"annex_iii": ["5a"], "legacy_before_cutoff": True}, date(2028, 1, 1))

    assert said["active"] == ["A4"]
    assert "A27_FRIA" in said["not_yet"]


def test_the_rule_files_hold_all_questions_and_rules_with_citations() -> None:
    assert (len(RULES.facts), len(RULES.rules)) == (57, 71)
    assert all(rule.citation and rule.certainty for rule in RULES.rules.values())
    assert all(fact.question["de"] and fact.basis for fact in RULES.facts.values())
    assert len(RULES.open_points) == 10
    duties = {rule.value for rule in RULES.rules.values() if rule.key == "duty"}
    assert duties == set(RULES.duties)
    assert all(rule.sentence or rule.key == "duty" for rule in RULES.rules.values())
    known = {**RULES.facts, **RULES.outcomes, **RULES.derived, "in_scope": None}
    named = itertools.chain.from_iterable(r.condition.names() for r in RULES.rules.values())
    assert set(named) <= set(known)


def test_every_rule_holds_in_one_case_and_not_in_another() -> None:
    values: dict[str, set[object]] = {}
    for case in CASES:
        trace = {step.rule: step.value for step in _assess(case["facts"]).trace}
        for rule in RULES.rules:
            values.setdefault(rule, set()).add(trace.get(rule, False))

    assert {rule for rule, found in values.items() if found != {True, False}} == set()


def test_each_rule_decides_alone_in_some_case() -> None:
    assert set(ALONE) == set(RULES.rules) - {"H-63P"}
    for name, facts in ALONE.items():
        rule = RULES.rules[name]
        held = [step.rule for step in _assess(facts).trace if step.value is True]

        assert [other for other in held if RULES.rules[other].then == rule.then] == [name]


def test_profiling_only_explains_a_class_that_listing_gives() -> None:
    """H-63P never holds without H-6: who profiles people has no exemption to begin with."""
    for points in RULES.facts["annex_iii"].options:
        outcome = _assess({"annex_iii": [points], "profiling": True, "art6_3_conditions": ["a"]})
        held = {step.rule for step in outcome.trace if step.value is True}

        assert ("H-63P" in held) <= ("H-6" in held)
    assert "H-63P" in held


@st.composite
def _facts(draw: st.DrawFn) -> dict[str, Any]:
    """Answers near a known use: its own, with some others changed at random."""
    facts = dict(draw(st.sampled_from(CASES))["facts"])
    for name in draw(st.lists(st.sampled_from(list(RULES.facts)), max_size=5, unique=True)):
        facts[name] = draw(_answer(RULES.facts[name]))
    return facts


def _answer(fact: law.Fact) -> st.SearchStrategy[Any]:
    if fact.type == "list":
        return st.lists(st.sampled_from(fact.options), unique=True, max_size=3)
    if fact.type == "enum":
        return st.sampled_from(fact.options)
    return st.booleans()


def _heaviness(outcome: Outcome) -> int:
    """An undetermined class may turn out to be any that is still open above it."""
    if outcome.risk_class == "undetermined":
        return len(RULES.classes)
    return RULES.severity(outcome.risk_class)


@given(_facts())
@settings(max_examples=40, deadline=None)
def test_an_unknown_answer_never_lowers_the_class(facts: dict[str, Any]) -> None:
    known = _assess(facts)
    for name in RULES.facts:
        unknown = _assess({**facts, name: None})

        assert _heaviness(unknown) >= _heaviness(known) or known.risk_class == "undetermined"
        if unknown.risk_class == "undetermined" != known.risk_class:
            assert name in unknown.missing


@given(_facts(), st.sampled_from(RULES.facts["annex_iii"].options))
@settings(max_examples=80, deadline=None)
def test_another_point_of_annex_iii_never_lowers_the_class(
    facts: dict[str, Any], point: str
) -> None:
    points = facts.get("annex_iii", [])
    more = _assess({**facts, "annex_iii": [*points, point] if point not in points else points})

    assert _heaviness(more) >= _heaviness(_assess(facts)) or "annex_iii_doubtful" in facts


@given(_facts())
@settings(max_examples=20, deadline=None)
def test_the_order_of_rules_and_answers_does_not_matter(facts: dict[str, Any]) -> None:
    turned = dataclasses.replace(RULES, rules=dict(reversed(RULES.rules.items())))
    given_first = answers(RULES, facts)
    given_last = dict(reversed(list(given_first.items())))
    one = evaluate(RULES, given_first, ALL_APPLIES)
    other = evaluate(turned, given_last, ALL_APPLIES)

    assert (one.risk_class, one.at_least, one.dpia) == (
        other.risk_class,
        other.at_least,
        other.dpia,
    )
    assert set(one.duties) == set(other.duties)
    assert set(one.missing) == set(other.missing)
    assert one.class_applies_from == other.class_applies_from
    assert one.facts_hash == other.facts_hash


@given(_facts())
@settings(max_examples=40, deadline=None)
def test_the_trace_alone_gives_the_outcome_again(facts: dict[str, Any]) -> None:
    said = _said(facts)
    held = [step["then"].partition("=") for step in said["trace"] if step["value"] is True]

    def values(key: str) -> list[str]:
        return list(dict.fromkeys(value for name, _, value in held if name == key))

    assert values("prohibited") == said["prohibited_points"]
    assert values("role") == said["roles"]
    assert values("transparency") == said["transparency"]
    assert values("registration") == said["registration"]
    assert values("duty") == said["duties"]
    assert said["in_scope"] == ("no" not in values("in_scope"))


def test_only_questions_that_can_change_something_are_asked() -> None:
    nothing = answers(RULES, {}, use_defaults=False)
    assert open_questions(RULES, nothing)[0] == "is_ai_system"
    no_ai = open_questions(RULES, answers(RULES, {"is_ai_system": False}, use_defaults=False))
    assert "annex_iii" not in no_ai
    assert "personal_data" in no_ai
    everything = answers(RULES, {})
    assert open_questions(RULES, everything) == []
    forbidden = {"is_ai_system": True, "scope_exclusion": "none", "p_face_scraping": True}
    assert "deep_fake" not in open_questions(RULES, answers(RULES, forbidden, use_defaults=False))


def test_an_exemption_that_nobody_proved_leaves_the_class_open() -> None:
    outcome = _assess(
        {"annex_iii": ["4a"], "material_influence_or_risk": None, "art6_3_conditions": ["a"]}
    )

    assert (outcome.risk_class, outcome.at_least) == ("undetermined", "art6_3_exempt")
    assert list(outcome.missing) == ["material_influence_or_risk"]


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"is_ai": True}, "There is no question “is_ai”."),
        ({"is_ai_system": "yes"}, "Answer “is_ai_system” with true, false or null."),
        ({"annex_i": "section_c"}, "with one of: none, section_a, section_b."),
        ({"annex_iii": ["9z"]}, "Answer “annex_iii” with a list of: 1a"),
        ({"annex_iii": "1a"}, "Answer “annex_iii” with a list of"),
    ],
)
def test_answers_that_are_none_are_refused_by_name(facts: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Invalid) as refusal:
        answers(RULES, facts)

    assert sentence in str(refusal.value.problems[0])


@pytest.mark.parametrize("text", ["", "a &", "(a", "a b", "a = ", "&", "a ? b"])
def test_a_condition_that_nobody_can_read_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        parse(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes | open", True),
        ("no | open", None),
        ("no & open", False),
        ("yes & open", None),
        ("!open", None),
        ("!(no | no) & yes", True),
        ("points~any_but_2 | points~2", True),
        ("points~any_but_2", False),
        ("kind=b", False),
    ],
)
def test_unknown_follows_kleene(text: str, value: object) -> None:
    known = {"yes": True, "no": False, "open": None, "points": ("2",), "kind": "a"}

    assert parse(text).value(known) is value


def test_a_rule_set_compared_with_itself_has_no_difference() -> None:
    found = compare(law.CURRENT, law.CURRENT)

    assert all(not any(changes.values()) for changes in found.values())
    with pytest.raises(NotFound):
        compare(law.CURRENT, "ai-act-1999")


@pytest.mark.parametrize("file", ["set", "facts", "rules", "duties", "questionnaire"])
@pytest.mark.parametrize("rule_set", law.rule_sets())
def test_the_files_of_a_rule_set_follow_their_schema(rule_set: str, file: str) -> None:
    schema = json.loads((Path(law.__file__).parent / "rules" / "schema.json").read_text("utf-8"))
    content = json.loads(json.dumps(law.read(rule_set, f"{file}.yaml"), default=str))
    checked = jsonschema_rs.validator_for({**schema, "$ref": f"#/$defs/{file}"})

    assert [str(error) for error in checked.iter_errors(content)] == []
