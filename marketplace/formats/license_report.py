"""The check of a licence expression as JSON: command line and API answer the same."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from msgspec import Meta, Struct, structs

from catalog.licenses import answers as license_answers
from catalog.licenses import compatibility
from catalog.licenses.checking import LicenseCheck, LicenseProblem, Verdict, check
from catalog.licenses.compatibility import Compatibility
from catalog.licenses.known import License, Sentence
from catalog.records import Dependency, SolutionRecord
from marketplace.formats.check_problem import CheckProblem
from marketplace.translations import sentence, translations

PARTS = ("code", "model", "data", "documentation")

NO_LEGAL_ADVICE = {"de": "Keine Rechtsberatung.", "en": "No legal advice."}


class ReasonAnswer(Struct, frozen=True):
    """Which licence decides, and why, by language."""

    license: str
    text: dict[str, str]


class QuestionAnswer(Struct, frozen=True):
    """The answer to one question: yes, conditions, no or unknown."""

    answer: str
    reasons: list[ReasonAnswer]


OF_WEIGHTS = "publish_weights"
"""The question that is about the model."""

NOT_KNOWN = QuestionAnswer("unknown", [])


class LicensePart(Struct, frozen=True):
    """One licence of the expression."""

    id: str
    name: str
    class_: Annotated[str, Meta(description="A code of the list license_class.")]
    basis: Annotated[str, Meta(description="text: its text was read; group: judged by its group.")]
    sentences: dict[str, str]
    rights: list[dict[str, str]]
    duties: list[dict[str, str]]
    questions: dict[str, QuestionAnswer]
    source: str
    where: Annotated[str, Meta(description="The sections of the text that this rests on.")]


class ConflictAnswer(Struct, frozen=True):
    """What stands between two parts, or between a dependency and the expression."""

    severity: str
    rule: str
    part: str
    other: str
    text: dict[str, str]
    source: str


class LicenseCheckAnswer(Struct, frozen=True):
    """What an expression says, permits and demands. No legal advice."""

    given: str
    expression: Annotated[str, Meta(description="The normal form; empty if there is none.")]
    verdict: Annotated[str, Meta(description="valid, valid_with_warnings, invalid or refused.")]
    proposal: Annotated[str, Meta(description="What to write instead; empty if it is right.")]
    problems: list[CheckProblem]
    parts: list[LicensePart]
    questions: Annotated[
        dict[str, QuestionAnswer],
        Meta(
            description="use, change, link_proprietary, offer_as_service, pass_on, publish_weights."
        ),
    ]
    conflicts: list[ConflictAnswer]
    notice: dict[str, str]


class RecordLicenses(Struct, frozen=True):
    """The licences of a record, each checked, and what stands between them. No legal advice."""

    parts: Annotated[
        dict[str, LicenseCheckAnswer],
        Meta(description="code, model, data, documentation; a part without a licence is left out."),
    ]
    conflicts: Annotated[
        list[ConflictAnswer],
        Meta(description="Between the parts, and with the licences of what the record builds on."),
    ]
    notice: dict[str, str]


def verdict_labels(language: str) -> Mapping[str, str]:
    """What the verdicts are called."""
    _ = translations(language).gettext
    return {
        "valid": _("valid"),
        "valid_with_warnings": _("valid, with warnings"),
        "invalid": _("not valid"),
        "refused": _("refused"),
    }


def question_labels(language: str) -> Mapping[str, str]:
    """The six questions in words."""
    _ = translations(language).gettext
    return {
        "use": _("Use it"),
        "change": _("Change it"),
        "link_proprietary": _("Link it with software that is not free"),
        "offer_as_service": _("Offer it as a service"),
        "pass_on": _("Pass it on"),
        "publish_weights": _("Publish fine-tuned weights"),
    }


def answer_labels(language: str) -> Mapping[str, str]:
    """The answers in words."""
    _ = translations(language).gettext
    return {
        "yes": _("Yes"),
        "conditions": _("With conditions"),
        "no": _("No"),
        "unknown": _("Not known"),
    }


def report(
    expression: str,
    *,
    language: str,
    dependencies: Sequence[str] = (),
    parts: Mapping[str, str] | None = None,
) -> LicenseCheckAnswer:
    """Check an expression; ``dependencies`` go into the work, ``parts`` stand beside it.

    ``parts`` are the expressions of ``model``, ``data`` and ``documentation``; the checked one is
    that of the code. The verdict is the worst of all of them, and whether fine-tuned weights may be
    published is asked of the model's licence where one is given.
    """
    found = check(expression)
    beside = {part: check(text) for part, text in (parts or {}).items() if text.strip()}
    questions = _questions(found)
    if "model" in beside and questions:
        questions[OF_WEIGHTS] = _questions(beside["model"]).get(OF_WEIGHTS, NOT_KNOWN)
    inside = [compatibility.of_dependency(each, expression) for each in dependencies]
    conflicts = _between({"code": expression, **(parts or {})})
    conflicts += [
        ConflictAnswer(
            "error" if each.result == "conflict" else "warning",
            each.rule,
            each.dependency,
            each.work,
            _texts(each.sentence),
            each.source,
        )
        for each in inside
        if each.result != "allowed"
    ]
    return LicenseCheckAnswer(
        given=expression,
        expression=found.expression,
        verdict=max(
            (found.verdict, *(each.verdict for each in beside.values())), key=list(Verdict).index
        ).value,
        proposal=found.proposal,
        problems=[
            *(problem(each, language) for each in found.problems),
            *(
                problem(each, language, pointer=f"/{part}")
                for part, read in beside.items()
                for each in read.problems
            ),
        ],
        parts=[_part(each) for each in found.licenses],
        questions=questions,
        conflicts=conflicts,
        notice=NO_LEGAL_ADVICE,
    )


def of_record(record: SolutionRecord, language: str) -> LicenseCheckAnswer:
    """Check the licences of a record: its parts beside each other, and what it builds on.

    The expression is that of the code; where none is stated, that of the first part that has one.
    """
    stated = {part: getattr(record.licenses, part) for part in PARTS}
    found = report(next(filter(None, stated.values()), ""), language=language)
    inside = [
        _of_dependency(each, compatible)
        for each in record.dependencies
        if (compatible := compatibility.of_entry(each, record.licenses))
        and compatible.result != "allowed"
    ]
    return structs.replace(found, conflicts=[*_between(stated), *inside])


def by_part(record: SolutionRecord, language: str) -> RecordLicenses:
    """Check each stated licence of a record by itself, and all of them beside each other."""
    stated = {part: text for part in PARTS if (text := getattr(record.licenses, part).strip())}
    return RecordLicenses(
        {part: report(text, language=language) for part, text in stated.items()},
        of_record(record, language).conflicts,
        NO_LEGAL_ADVICE,
    )


def _between(expressions: Mapping[str, str]) -> list[ConflictAnswer]:
    return [
        ConflictAnswer(
            each.severity, each.rule, each.part, each.other, _texts(each.sentence), each.source
        )
        for each in compatibility.of_parts(expressions)
    ]


def _of_dependency(entry: Dependency, found: Compatibility) -> ConflictAnswer:
    return ConflictAnswer(
        "error" if found.result == "conflict" else "warning",
        found.rule,
        f"{entry.name} ({entry.license})",
        found.work,
        _texts(found.sentence),
        found.source,
    )


def problem(found: LicenseProblem, language: str, *, pointer: str = "") -> CheckProblem:
    """A remark on an expression, which is one line; ``pointer`` names the part that it is of."""
    return CheckProblem(
        found.severity,
        found.rule,
        pointer,
        1,
        found.column,
        sentence(found.text, language),
        list(found.proposals),
    )


def _part(entry: License) -> LicensePart:
    return LicensePart(
        entry.id,
        entry.name,
        entry.terms.class_,
        entry.basis.value,
        _texts(entry.terms.sentence),
        [_texts(each) for each in entry.terms.rights],
        [_texts(each) for each in entry.terms.duties],
        {
            question: QuestionAnswer(
                answer.answer, [ReasonAnswer(entry.id, _texts(answer.sentence))]
            )
            for question, answer in entry.terms.answers.items()
        },
        entry.source,
        entry.where,
    )


def _questions(found: LicenseCheck) -> dict[str, QuestionAnswer]:
    return {
        question: QuestionAnswer(
            each.answer, [ReasonAnswer(why.license, _texts(why.sentence)) for why in each.reasons]
        )
        for question, each in license_answers.answers(found).items()
    }


def _texts(text: Sentence) -> dict[str, str]:
    return {"de": text.de, "en": text.en}
