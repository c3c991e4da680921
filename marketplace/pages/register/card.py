"""The card of an entry in two tiers: eight plain questions first, every field behind them."""

from collections.abc import Sequence
from dataclasses import dataclass

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from catalog.database import Session
from catalog.register import entries, fields
from catalog.register.entries import RegisterEntry
from catalog.register.record import EntryRecord
from marketplace.pages import permanent_links, use
from marketplace.pages.frame import PageFrame
from marketplace.pages.reader import Reader, frame
from marketplace.pages.register import entry_list, feedback_page, sheet_page, views
from marketplace.pages.register.feedback_page import FeedbackSection
from marketplace.pages.register.views import FieldView, SectionView, Value
from marketplace.pages.rendering import render
from marketplace.pages.use import Body
from marketplace.pages.wording import Said, named, said
from marketplace.routing import get, paths


@dataclass(frozen=True)
class Answer:
    """One of the eight questions: sentences of our own first, then what the body says."""

    id: str
    question: str
    sentences: Sequence[str]
    facts: Sequence[FieldView] = ()
    links: Sequence[Value] = ()


@dataclass(frozen=True)
class CardPage:
    """What a citizen can know of one use."""

    page: PageFrame
    name: Said
    body: Body
    badges: Sequence[tuple[str, str]]
    lead: Said | None
    easy_language: Said | None
    sign_language_href: str
    answers: Sequence[Answer]
    sections: Sequence[SectionView]
    stated: int
    due: int
    risk_class: str
    rules_text: str
    solution: Value | None
    version: int
    valid_since: str
    versions_href: str
    json_href: str
    permanent_href: str
    list_href: str
    form_hrefs: Sequence[tuple[str, str]]
    is_sample: bool
    source: str
    edit_href: str
    feedback: FeedbackSection


@get(paths("register_entry"))
def show(
    session: NamedDependency[Session], reader: NamedDependency[Reader], slug: FromPath[str]
) -> Response[str] | Redirect:
    """The card; another slug leads on to the present address."""
    entry = entries.by_slug(session, slug)
    if entry.slug != slug:
        return Redirect(reader.address("register_entry", slug=entry.slug), status_code=301)
    return render("register/show.html", page_of(session, entry, reader))


HANDLERS = [show]


def page_of(session: Session, entry: RegisterEntry, reader: Reader) -> CardPage:
    """The card of a public entry."""
    record = entry.public_record
    name = named(record.name, reader)
    stated, due = fields.completeness(record, entry.risk_class)
    home = reader.address("register_entries")
    return CardPage(
        page=frame(
            reader,
            f"{name.text} · {entry.organization.name}",
            section="register_entries",
            crumbs=[(reader._("AI transparency register"), home)],
        ),
        name=name,
        body=use.body_of(entry.organization, reader),
        badges=entry_list.badges(entry, reader),
        lead=said(record.summary, reader),
        easy_language=said(record.easy_language, reader),
        sign_language_href=record.sign_language_url,
        answers=answers(entry, record, reader),
        sections=views.section_views(record, reader),
        stated=stated,
        due=due,
        risk_class=views.class_label(entry.risk_class, reader),
        rules_text=_rules(record, reader),
        solution=_solution(entry, reader),
        version=entry.version,
        valid_since=reader.day(entry.valid_since),
        versions_href=reader.address("register_versions", slug=entry.slug),
        json_href=f"/api/v1/register/entries/{entry.id}",
        permanent_href=permanent_links.iri(reader, entries.KIND, entry.id),
        list_href=home,
        form_hrefs=sheet_page.hrefs(entry.slug, reader),
        is_sample=entry.is_sample,
        source=record.source.name if record.source else "",
        edit_href=reader.address("entry_draft", id=str(entry.id))
        if reader.actor.may_draft_for(entry.organization_id)
        else "",
        feedback=feedback_page.section_of(session, entry, reader),
    )


def answers(entry: RegisterEntry, record: EntryRecord, reader: Reader) -> Sequence[Answer]:
    """The eight questions with their answers, in the order of the page."""
    _ = reader._

    def facts(*ids: str) -> Sequence[FieldView]:
        return [views.field_view(record, fields.by_id()[each], reader) for each in ids]

    return [
        Answer("what", _("What does the system do?"), (), facts("intended_purpose", "benefit")),
        Answer(
            "me",
            _("Does it concern me?"),
            [_personal(record, reader)],
            facts("impact_on_people", "affected_groups")[: 1 + bool(record.affected_groups)],
        ),
        Answer(
            "who",
            _("Who decides in the end?"),
            [_decides(record, reader)],
            facts("human_oversight"),
        ),
        Answer("data", _("Which data are used?"), (), facts("data_used", "retention")),
        Answer(
            "wrong",
            _("What can go wrong, and what does the body do against it?"),
            (),
            facts("risks", "monitoring"),
        ),
        Answer(
            "object",
            _("How can I object or speak to a person?"),
            [_("Objections go to the body itself, not to this platform.")],
            facts("redress", "contact"),
            views.redress_links(record, reader),
        ),
        Answer(
            "when",
            _("Since when, where, and checked by whom?"),
            _since(entry, record, reader),
            facts("impact_assessments"),
        ),
        _kept_back(record, reader),
    ]


def _personal(record: EntryRecord, reader: Reader) -> str:
    _ = reader._
    sentences = {
        "none": _("It uses no data about people."),
        "personal": _("It uses data about people."),
        "special": _("It uses data about people that the law protects with special care."),
    }
    unknown = _("The body does not say whether it uses data about people.")
    return sentences.get(record.personal_data, unknown)


def _decides(record: EntryRecord, reader: Reader) -> str:
    _ = reader._
    sentences = {
        "inform": _("People decide. The system only informs them."),
        "propose": _("A person decides. The system makes a proposal."),
        "approve": _("The system prepares the decision. A person must agree."),
        "automated": _("The system decides alone."),
    }
    return sentences.get(record.decision_mode, _("The body does not say who decides."))


def _since(entry: RegisterEntry, record: EntryRecord, reader: Reader) -> Sequence[str]:
    _ = reader._
    day = {"day": reader.day(record.start)}
    found = []
    if record.start and entry.status == "planned":
        found.append(_("Planned from %(day)s.") % day)
    elif record.start:
        found.append(_("In use since %(day)s.") % day)
    if record.end:
        found.append(_("It ended on %(day)s.") % {"day": reader.day(record.end)})
    if not found:
        found.append(_("The body does not say since when."))
    if record.area:
        found.append(_("Area: %(area)s.") % {"area": record.area})
    found.append(
        _("Class under the AI Act: %(label)s.")
        % {"label": views.class_label(entry.risk_class, reader)}
    )
    if entry.confirmed_on:
        found.append(
            _("The body confirmed this on %(day)s.") % {"day": reader.day(entry.confirmed_on)}
        )
    else:
        found.append(_("The body itself has not confirmed this."))
    return found


def _kept_back(record: EntryRecord, reader: Reader) -> Answer:
    _ = reader._
    held = [fields.by_id()[each] for each in record.withheld if each in fields.by_id()]
    return Answer(
        "withheld",
        _("What does the body not publish, and why?"),
        () if held else (_("It keeps nothing back here."),),
        [views.field_view(record, field, reader) for field in held],
    )


def _rules(record: EntryRecord, reader: Reader) -> str:
    if record.assessment is None:
        return ""
    words = {"rules": record.assessment.rule_set, "day": reader.day(record.assessment.as_of)}
    return reader._("Classified on %(day)s by the rules %(rules)s.") % words


def _solution(entry: RegisterEntry, reader: Reader) -> Value | None:
    if entry.adoption is None or not entry.adoption.solution.is_published:
        return None
    solution = entry.adoption.solution
    name = named(solution.public_record.name, reader)
    return Value(name.text, reader.address("solution", slug=solution.slug))
