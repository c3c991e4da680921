"""An assessment for people: every line with its rule, its citation and the answers behind it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from catalog.register.evaluation import UNDETERMINED, Due, Outcome, Step
from marketplace.formats.license_report import NO_LEGAL_ADVICE
from marketplace.pages.law.words import OpenPoint, Words

HIGH_RISK = frozenset({"high_risk_annex_i", "high_risk_annex_i_section_b", "high_risk_annex_iii"})


@dataclass(frozen=True)
class Reason:
    """A rule that held, and the answers and outcomes that led there."""

    rule: str
    href: str
    sentence: str
    citation: str
    since: str
    certainty: str
    because: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Line:
    """One thing that the law says of the use."""

    label: str
    value: str
    reasons: Sequence[Reason]


@dataclass(frozen=True)
class DutyLine:
    """Something to do: by whom, from when, and why."""

    text: str
    role: str
    is_practice: bool
    is_active: bool
    since: str
    reason: Reason


@dataclass(frozen=True)
class Result:
    """A whole assessment in words; ``kind`` is the tone of the class: bad, warn, info."""

    risk_class: str
    kind: str
    is_open: bool
    at_least: str
    missing: Sequence[str]
    since: str
    lines: Sequence[Line]
    duties: Sequence[DutyLine]
    open_points: Sequence[OpenPoint]
    all_points: Sequence[OpenPoint]
    title: str
    as_of: str
    law_state: str
    version: int
    facts_hash: str
    no_advice: str


@dataclass(frozen=True)
class _Held:
    """The rules that held, by what they decide."""

    words: Words
    by_key: Mapping[str, Sequence[Reason]]

    @classmethod
    def of(cls, words: Words, outcome: Outcome) -> "_Held":
        found: dict[str, list[Reason]] = {}
        for step in outcome.trace:
            if step.value is True:
                key = words.rules.rules[step.rule].key
                found.setdefault(key, []).append(_reason(words, step))
        return cls(words, found)

    def line(self, label: str, value: str, *keys: str) -> Line:
        return Line(label, value, [each for key in keys for each in self.by_key.get(key, ())])


def result(words: Words, outcome: Outcome) -> Result:
    """Everything that an outcome says."""
    rules = words.rules
    return Result(
        risk_class=words.risk_class(outcome.risk_class),
        kind=_kind(outcome),
        is_open=outcome.risk_class == UNDETERMINED,
        at_least=words.risk_class(outcome.at_least),
        missing=[words.question(name) for name in outcome.missing],
        since=words.reader.day(outcome.class_applies_from),
        lines=_lines(words, outcome),
        duties=_duties(words, outcome),
        open_points=words.open_points(outcome.open_points) if outcome.open_points else [],
        all_points=words.open_points(),
        title=words.of(rules.title),
        as_of=words.reader.day(outcome.as_of),
        law_state=words.reader.day(rules.law_state),
        version=rules.version,
        facts_hash=outcome.facts_hash,
        no_advice=words.of(NO_LEGAL_ADVICE),
    )


def _kind(outcome: Outcome) -> str:
    if outcome.risk_class == "prohibited":
        return "bad"
    heavy = outcome.risk_class in HIGH_RISK or outcome.risk_class == UNDETERMINED
    return "warn" if heavy else "info"


def _lines(words: Words, outcome: Outcome) -> Sequence[Line]:
    _ = words.reader._
    held = _Held.of(words, outcome)
    points = ", ".join(map(words.point, outcome.prohibited_points))
    listed = ", ".join(words.choice("annex_iii", each) for each in outcome.annex_iii_points)
    return [
        held.line(_("Scope"), words.outcome(f"in_scope={_yes(outcome.in_scope)}"), "in_scope"),
        held.line(_("Role"), _listed(words, outcome.roles, "role"), "role"),
        held.line(_("Prohibited"), points or _none(words, outcome, "prohibited"), "prohibited"),
        held.line(_("Annex III"), listed or _none(words, outcome, "listed"), "listed", "class"),
        held.line(
            _("Transparency, Art. 50"),
            ", ".join(map(words.point, outcome.transparency))
            or _none(words, outcome, "transparency"),
            "transparency",
        ),
        held.line(
            _("Fundamental rights impact assessment"), _truth(words, outcome.fria_required), "fria"
        ),
        held.line(
            _("Registration"),
            _listed(words, outcome.registration, "registration")
            or _none(words, outcome, "registration"),
            "registration",
        ),
        held.line(
            _("Data protection impact assessment"),
            _("not known") if outcome.dpia == "unknown" else words.outcome(f"dpia={outcome.dpia}"),
            "dpia",
        ),
        held.line(_("Automated decisions, Art. 22 GDPR"), _art22(words, outcome), "art22"),
    ]


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _listed(words: Words, values: Sequence[str], key: str) -> str:
    return ", ".join(words.outcome(f"{key}={value}") for value in values)


def _none(words: Words, outcome: Outcome, key: str) -> str:
    """Nothing, or not known where an answer is missing that could make it something."""
    is_open = any(
        step.value is None and words.rules.rules[step.rule].key == key for step in outcome.trace
    )
    return words.reader._("not known") if is_open else words.reader._("nothing applies")


def _truth(words: Words, value: bool | None) -> str:
    _ = words.reader._
    if value is None:
        return _("not known")
    return _("required") if value else _("not required")


def _art22(words: Words, outcome: Outcome) -> str:
    _ = words.reader._
    if outcome.gdpr_art22 == "applies":
        return words.outcome("art22=applies")
    return _("not known") if outcome.gdpr_art22 == "unknown" else _("does not apply")


def _duties(words: Words, outcome: Outcome) -> Sequence[DutyLine]:
    steps = {step.rule: step for step in outcome.trace}
    return [_duty(words, due, steps[due.rule]) for due in outcome.duties]


def _duty(words: Words, due: Due, step: Step) -> DutyLine:
    _ = words.reader._
    duty = words.rules.duties[due.duty]
    roles = {"provider": _("Provider"), "deployer": _("Deployer"), "both": _("Everybody")}
    return DutyLine(
        text=words.of(duty.sentence),
        role=roles[duty.role],
        is_practice=duty.is_practice,
        is_active=due.is_active,
        since=words.due(due.applies_from, due.disputed_from),
        reason=_reason(words, step),
    )


def _reason(words: Words, step: Step) -> Reason:
    rule = words.rules.rules[step.rule]
    return Reason(
        rule=rule.id,
        href=words.reader.address("rule", rule=rule.id),
        sentence=words.sentence(rule),
        citation=rule.citation,
        since=words.since(rule),
        certainty=words.certainty(rule),
        because=[
            (words.name(name), words.answer(name, step.because[name])) for name in step.because
        ],
    )
