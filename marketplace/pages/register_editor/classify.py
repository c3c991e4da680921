"""The class of an entry: the questions of the law by section, with what usually holds filled in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, URLEncodedBody
from litestar.response import Redirect

from catalog.database import Session
from catalog.errors import Conflict, Invalid
from catalog.register import assessments, law
from catalog.register.entries import RegisterEntry
from catalog.register.law import Fact
from catalog.register.questionnaire import questionnaire
from marketplace import forms
from marketplace.forms import NO_ERRORS, Errors, Rejected
from marketplace.pages.editor.access import errors_of, sign_in_first
from marketplace.pages.frame import PageFrame
from marketplace.pages.law.words import Words
from marketplace.pages.reader import Reader, frame
from marketplace.pages.register import views
from marketplace.pages.register_editor import access
from marketplace.pages.rendering import render
from marketplace.routing import get, paths, post

UNKNOWN = "unknown"


@dataclass(frozen=True)
class Asked:
    """One question of the law, what can be answered, and what is answered so far."""

    id: str
    question: str
    explanation: str
    is_list: bool
    options: Sequence[tuple[str, str]]
    chosen: Sequence[str]


@dataclass(frozen=True)
class AskedSection:
    """Questions that belong together; ``changed`` of them are not answered as usual."""

    id: str
    label: str
    questions: Sequence[Asked]
    changed: int


@dataclass(frozen=True)
class ClassifyPage:
    """All questions, and the class that the draft has."""

    page: PageFrame
    title: str
    action: str
    revision: int
    sections: Sequence[AskedSection]
    assessor: str
    risk_class: str
    errors: Errors
    back_href: str


@get(paths("entry_classify"))
def show(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
) -> Response[Any]:
    """The questions with the answers of the draft, else with what its other facts say."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader)
    entry = access.opened(session, reader, id)
    record = access.working_record(entry)
    given: Mapping[str, object] = (
        record.assessment.facts if record.assessment else assessments.given_by(record)
    )
    assessor = record.assessment.assessor if record.assessment else ""
    return _page(reader, entry, given, assessor)


@post(paths("entry_classify"))
def classify(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    data: URLEncodedBody[dict[str, str]],
) -> Redirect:
    """Put the answers to the rules in force and keep the result with the draft."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader)
    entry = access.opened(session, reader, id)
    seen = int(data["revision"]) if data.get("revision", "").isdecimal() else 0
    given = {fact.id: _answer(fact, data) for fact in law.rule_set().facts.values()}
    assessor = forms.text(data, "assessor")[:200]
    try:
        assessments.assess(
            session,
            reader.actor,
            entry,
            given,
            revision=seen,
            today=reader.today,
            assessor=assessor,
        )
    except (Invalid, Conflict) as refusal:
        page = _page(reader, entry, given, assessor, errors=errors_of(reader, refusal))
        raise Rejected(page) from refusal
    href = reader.address("entry_draft", {"done": "classified"}, id=str(entry.id))
    return Redirect(href, status_code=303)


HANDLERS = [show, classify]


def _answer(fact: Fact, data: Mapping[str, str]) -> object:
    """What was posted for a question; what nobody touched has its default."""
    if fact.type == "list":
        return [option for option in fact.options if data.get(f"{fact.id}-{option}")]
    text = data.get(fact.id, "")
    if text == UNKNOWN:
        return None
    if fact.type == "enum":
        return text or fact.default
    return {"yes": True, "no": False}.get(text, fact.default)


def _page(
    reader: Reader,
    entry: RegisterEntry,
    given: Mapping[str, object],
    assessor: str,
    *,
    errors: Errors = NO_ERRORS,
) -> Response[str]:
    record = access.working_record(entry)
    title = reader._("Class under the AI Act")
    known = record.assessment.risk_class if record.assessment else ""
    words = Words(law.rule_set(), reader)
    context = ClassifyPage(
        page=frame(
            reader,
            f"{title} · {access.name_of(reader, entry)}",
            section="my_entries",
            crumbs=access.crumbs(reader, entry),
            is_indexed=False,
        ),
        title=title,
        action=reader.address("entry_classify", id=str(entry.id)),
        revision=entry.draft_revision,
        sections=[
            AskedSection(
                section.id,
                words.of(section.label),
                [_asked(words, words.rules.facts[name], given) for name in section.facts],
                sum(_is_changed(words.rules.facts[name], given) for name in section.facts),
            )
            for section in questionnaire().sections
        ],
        assessor=assessor,
        risk_class=views.class_label(known, reader),
        errors=errors,
        back_href=reader.address("entry_draft", id=str(entry.id)),
    )
    status = 200 if errors is NO_ERRORS else 409 if errors.general else 422
    return render("register_editor/classify.html", context, status_code=status)


def _is_changed(fact: Fact, given: Mapping[str, object]) -> bool:
    answer = given.get(fact.id, fact.default)
    return (tuple(answer) if isinstance(answer, list) else answer) != fact.default


def _asked(words: Words, fact: Fact, given: Mapping[str, object]) -> Asked:
    _ = words.reader._
    answer = given.get(fact.id, fact.default)
    is_list = fact.type == "list"
    options = list(words.choices(fact.id)) or [("yes", _("Yes")), ("no", _("No"))]
    if is_list:
        chosen = [str(each) for each in answer] if isinstance(answer, list | tuple) else []
    else:
        options.append((UNKNOWN, _("I do not know")))
        chosen = [_posted(answer)]
    return Asked(
        fact.id, words.question(fact.id), words.explanation(fact.id), is_list, options, chosen
    )


def _posted(answer: object) -> str:
    if isinstance(answer, str):
        return answer
    return UNKNOWN if answer is None else "yes" if answer else "no"
