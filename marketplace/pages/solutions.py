"""The page of a solution and its one-page sheet for the file."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from markupsafe import Markup

from catalog import adoptions, changes, interfaces, releases, solutions, taxonomy
from catalog.adoptions import Adoption
from catalog.database import Session
from catalog.interfaces import InterfaceSpec
from catalog.licenses import license_class
from catalog.records import SolutionRecord, is_web_address
from catalog.solutions import Solution
from catalog.watching import Watchable
from impact import evidence
from marketplace.charts.drawing import Words
from marketplace.charts.qr import qr_code
from marketplace.pages import (
    downloads,
    impact,
    license_section,
    metadata_files,
    permanent_links,
    software_releases,
    use,
)
from marketplace.pages.adoptions import done_notice
from marketplace.pages.cards import Likeness, likeness
from marketplace.pages.frame import PageFrame, PageNotice
from marketplace.pages.impact import FindingView
from marketplace.pages.interfaces import showing, views
from marketplace.pages.interfaces.views import SpecView
from marketplace.pages.license_section import LicenseSection
from marketplace.pages.reader import Reader, frame
from marketplace.pages.rendering import render
from marketplace.pages.software_releases import ReleaseRow, SinceForm
from marketplace.pages.solution_changes import words_of_changes
from marketplace.pages.solution_facts import Facts, FactView, LicenseRow, Missing
from marketplace.pages.use import Body, UseView
from marketplace.pages.watch_button import WatchButton, watch_button
from marketplace.pages.wording import Said, inexact_day, named, said, shortened
from marketplace.routing import address, get, paths

STALE_DAYS = 365
"""After a year without confirmation a reader is warned."""

CHANGES_SHOWN = 10


@dataclass(frozen=True)
class Stamp:
    """What was checked on which object; ``done`` is false for what is still open."""

    title: str
    detail: str
    href: str = ""
    link_text: str = ""
    done: bool = True


@dataclass(frozen=True)
class ChangeRow:
    """Something that happened to the record."""

    on: str
    what: str


@dataclass(frozen=True)
class RelationRow:
    """How the solution stands to another; without an address where that one is not public here."""

    kind: str
    name: Said
    href: str
    note: str


@dataclass(frozen=True)
class SourceView:
    """Where a record was taken from."""

    name: str
    key: str
    href: str
    license: str
    attribution: str


@dataclass(frozen=True)
class SolutionPage:
    """Everything a reader can know of a solution."""

    page: PageFrame
    name: Said
    lead: FactView
    publisher: Body | None
    in_use_since: str
    stamps: Sequence[Stamp]
    declare_href: str
    sheet_href: str
    report_href: str
    edit_href: str
    watch: WatchButton | None
    sorting_href: str
    sections: Sequence[tuple[str, str]]
    glance: Sequence[FactView]
    story: Sequence[FactView]
    use: UseView
    evidence_bars: int
    evidence_label: str
    benefits: FactView
    impact: Sequence[FindingView]
    impact_href: str
    data: Sequence[FactView]
    license_sentence: str
    licenses: Sequence[LicenseRow]
    license_section: LicenseSection
    metadata_hrefs: Sequence[tuple[str, str]]
    standards: Sequence[FactView]
    interfaces: Sequence[SpecView]
    fit_href: str
    documents: Sequence[FactView]
    sovereignty: Sequence[FactView]
    law: Sequence[FactView]
    cost: Sequence[FactView]
    releases: Sequence[ReleaseRow]
    since: str
    since_form: SinceForm | None
    changes: Sequence[ChangeRow]
    relations: Sequence[RelationRow]
    alternative_to: Sequence[str]
    source: SourceView | None
    home: str
    missing: Sequence[Missing]
    missing_text: str
    version: int
    permanent_href: str
    use_downloads: Sequence[tuple[str, str]]
    curve_downloads: Sequence[tuple[str, str]]
    release_downloads: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class SheetPage:
    """One A4 page for the file; texts are cut so that they fit, whatever a record holds."""

    page: PageFrame
    name: Said
    lead: FactView
    today: str
    version: int
    confirmed_on: str
    limits: FactView
    evidence_bars: int
    evidence_label: str
    benefits: FactView
    use: UseView
    facts: Sequence[FactView]
    contact: FactView
    permanent_href: str
    solution_href: str
    qr: Markup
    attribution: str


@get(paths("solution"))
def show(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    slug: FromPath[str],
    *,
    like_land: FromQuery[str] = "",
    like_size: FromQuery[str] = "",
    since: FromQuery[str] = "",
    done: FromQuery[str] = "",
) -> Response[str] | Redirect:
    """The page of a solution; an old slug leads on to the present one."""
    solution = solutions.by_slug(session, slug)
    if solution.slug != slug:
        return _moved(reader, "solution", solution.slug)
    view = page_of(
        session,
        reader,
        solution,
        solution.public_record,
        mine=likeness(like_land, like_size),
        notices=done_notice(reader, done),
        since=since,
    )
    return render("solutions/show.html", view)


def page_of(
    session: Session,
    reader: Reader,
    solution: Solution,
    record: SolutionRecord,
    *,
    mine: Likeness,
    notices: Sequence[PageNotice],
    since: str = "",
) -> SolutionPage:
    """The page that ``record`` makes of a solution: the public one, or a draft in the preview."""
    name, slug = named(record.name, reader), solution.slug
    facts = Facts(record, reader, name.text)
    uses = adoptions.of_solution(session, solution.id)
    described = interfaces.of_solution(session, solution.id)
    specs = _interfaces(reader, solution, described)
    known = releases.of_solution(session, solution)
    return SolutionPage(
        page=_frame(reader, solution, name.text, facts, notices),
        name=name,
        lead=_lead(facts),
        publisher=use.body_of(solution.publisher, reader) if solution.publisher else None,
        in_use_since=inexact_day(record.in_use_since, reader.language),
        stamps=_stamps(solution, facts, reader, specs),
        declare_href=reader.address("declare", slug=slug),
        sheet_href=reader.address("solution_sheet", _query(mine), slug=slug),
        report_href=reader.address("error_report", slug=slug),
        edit_href=_edit_href(solution, reader),
        watch=_watch_button(session, reader, solution),
        sorting_href=reader.address("sorting"),
        sections=_sections(reader, has_source=record.source is not None),
        glance=_glance(facts, reader),
        story=_story(facts, reader),
        use=_use(session, uses, name.text, mine, reader),
        evidence_bars=facts.evidence_bars,
        evidence_label=facts.evidence_label,
        benefits=facts.text(reader._("Reported benefits"), "benefits"),
        impact=impact.views_of(session, reader, solution, uses),
        impact_href=reader.address("solution_impact", slug=slug),
        data=_data(facts, reader),
        license_sentence=facts.license_sentence,
        licenses=facts.licenses,
        license_section=license_section.section(record, reader),
        metadata_hrefs=metadata_files.hrefs(solution.id),
        standards=_standards(record, facts, reader),
        interfaces=specs,
        fit_href=reader.address("solution_fit", slug=slug) if specs else "",
        documents=_documents(facts, reader),
        sovereignty=_sovereignty(facts, reader),
        law=_law(facts, reader),
        cost=_cost(facts, reader),
        releases=software_releases.rows(known, described, since, solution, reader),
        since=since,
        since_form=software_releases.since_form(known, uses, since, reader),
        changes=_changes(session, solution, reader),
        relations=_relations(session, solution, record, reader),
        alternative_to=record.alternative_to,
        source=_source(record),
        home=solution.home,
        missing=facts.missing,
        missing_text=_missing_text(solution, facts, reader),
        version=solution.version,
        permanent_href=permanent_links.iri(reader, "solution", solution.id),
        use_downloads=downloads.hrefs(reader.address("solution_uses", slug=slug)),
        curve_downloads=downloads.hrefs(
            reader.address("solution_curve", slug=slug), ("json", "csv")
        ),
        release_downloads=downloads.hrefs(reader.address("solution_releases", slug=slug)),
    )


@get(paths("solution_sheet"))
def sheet(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    slug: FromPath[str],
    like_land: FromQuery[str] = "",
    like_size: FromQuery[str] = "",
) -> Response[str] | Redirect:
    """The sheet of a solution for the file: one A4 page with date, version and permanent link."""
    solution = solutions.by_slug(session, slug)
    if solution.slug != slug:
        return _moved(reader, "solution_sheet", solution.slug)
    record = solution.public_record
    name = named(record.name, reader)
    facts = Facts(record, reader, name.text)
    uses = adoptions.of_solution(session, solution.id)
    mine = likeness(like_land, like_size)
    iri = permanent_links.iri(reader, "solution", solution.id)
    title = reader._("Sheet: %(name)s") % {"name": name.text}
    words = Words(reader._("QR code of the permanent link"), iri)
    return render(
        "solutions/sheet.html",
        SheetPage(
            page=frame(reader, title, is_indexed=False),
            name=Said(shortened(name.text, 90), name.lang),
            lead=_short(_lead(facts), 180),
            today=reader.day(reader.today),
            version=solution.version,
            confirmed_on=reader.day(record.confirmed_on),
            limits=_short(facts.text("", "limits"), 220),
            evidence_bars=facts.evidence_bars,
            evidence_label=facts.evidence_label,
            benefits=_short(facts.text("", "benefits"), 300),
            use=use.view(uses, {}, name.text, mine, reader),
            facts=[_short(fact, 80) for fact in _sheet_facts(solution, facts, reader)],
            contact=_short(facts.line(reader._("Contact"), "contact.office", "contact.email"), 120),
            permanent_href=iri,
            solution_href=reader.address("solution", _query(mine), slug=slug),
            qr=qr_code(iri, chart_id="sheet-code", words=words, module=2.6),
            attribution=shortened(record.source.attribution, 120) if record.source else "",
        ),
    )


HANDLERS = [show, sheet, *permanent_links.HANDLERS, *metadata_files.HANDLERS]


def _edit_href(solution: Solution, reader: Reader) -> str:
    """Where those who may prepare the record go on; empty for everybody else."""
    if solution.is_foreign or not reader.actor.may_draft_for(solution.publisher_id):
        return ""
    return reader.address("draft", id=str(solution.id))


def _watch_button(session: Session, reader: Reader, solution: Solution) -> WatchButton | None:
    """The button of what readers see; a preview has none."""
    if not solution.is_published:
        return None
    owner = solution.publisher_id
    return watch_button(session, reader, Watchable.SOLUTION, solution.id, owner_id=owner)


def _query(mine: Likeness) -> Sequence[tuple[str, str]]:
    """The reader's likeness as parameters of the next page."""
    pairs = (("like_land", mine.land), ("like_size", mine.size_class))
    return [(key, value) for key, value in pairs if value]


def _moved(reader: Reader, page: str, slug: str) -> Redirect:
    query = f"?{reader.query_string}" if reader.query_string else ""
    return Redirect(address(page, reader.language, slug=slug) + query, status_code=301)


def _frame(
    reader: Reader,
    solution: Solution,
    name: str,
    facts: Facts,
    answers: Sequence[PageNotice],
) -> PageFrame:
    _ = reader._
    summary = said(facts.record.summary, reader)
    notices = [*answers]
    if solution.is_foreign:
        text = _("This entry comes from %(home)s. It can only be changed there.")
        notices.append(PageNotice(text % {"home": solution.home}))
    confirmed = facts.record.confirmed_on
    if confirmed and (reader.today - confirmed).days > STALE_DAYS:
        text = _("Last confirmed on %(day)s, more than a year ago. The statements may be outdated.")
        notices.append(PageNotice(text % {"day": reader.day(confirmed)}, kind="warn"))
    return frame(
        reader,
        name,
        section="search",
        crumbs=[(_("Solutions"), reader.address("search"))],
        description=shortened(summary.text, 160) if summary else "",
        notices=notices,
    )


def _sections(reader: Reader, *, has_source: bool) -> Sequence[tuple[str, str]]:
    _ = reader._
    sections = [
        ("glance", _("At a glance")),
        ("story", _("Problem and solution")),
        ("use", _("Where it is used")),
        ("impact", _("Impact")),
        ("data", _("Data")),
        ("license", _("Licence")),
        ("interfaces", _("Interfaces")),
        ("sovereignty", _("Sovereignty")),
        ("law", _("Law and responsibility")),
        ("cost", _("Cost and introduction")),
        ("offerings", _("Offers and operation")),
        ("versions", _("Versions and changes")),
        ("relations", _("Related solutions")),
    ]
    if has_source:
        sections.append(("source", _("Source")))
    return [*sections, ("missing", _("Still missing"))]


def _lead(facts: Facts) -> FactView:
    """The purpose in one sentence; without one, how the description begins, as on the card."""
    summary = facts.text("", "summary")
    begun = facts.brief("", "description")
    return begun if not summary.is_told and begun.said else summary


def _interfaces(
    reader: Reader, solution: Solution, described: Sequence[InterfaceSpec]
) -> Sequence[SpecView]:
    """The newest version of each published interface."""
    return [
        views.view(reader, each, showing.href(reader, solution, each))
        for each in interfaces.newest(described)
    ]


def _interface_stamp(reader: Reader, specs: Sequence[SpecView]) -> Stamp:
    _ = reader._
    checked = next((each for each in specs if each.verdict_kind == "ok"), None)
    if checked is None:
        return Stamp(_("Interface open"), _("not yet described"), done=False)
    return Stamp(_("Interface checked"), checked.format, "#interfaces", _("see"))


def _stamps(
    solution: Solution, facts: Facts, reader: Reader, specs: Sequence[SpecView]
) -> Sequence[Stamp]:
    return (
        _publisher_stamp(solution, reader),
        _license_stamp(facts.record, reader),
        _impact_stamp(facts, reader),
        _interface_stamp(reader, specs),
        Stamp(reader._("Accessibility open"), reader._("no test report yet"), done=False),
    )


def _publisher_stamp(solution: Solution, reader: Reader) -> Stamp:
    _ = reader._
    publisher = solution.publisher
    if publisher is None:
        return Stamp(_("Organization open"), _("not named by the source"), done=False)
    if publisher.verified_on is None:
        return Stamp(_("Organization open"), _("not yet verified"), done=False)
    return Stamp(_("Organization verified"), reader.day(publisher.verified_on.date()))


def _license_stamp(record: SolutionRecord, reader: Reader) -> Stamp:
    _ = reader._
    expression = record.licenses.code
    if license_class(expression) != "not_stated":
        return Stamp(_("Licence read"), shortened(expression, 40), "#license", _("duties"))
    detail = _("could not be read") if expression else _("not stated")
    return Stamp(_("Licence open"), detail, done=False)


def _impact_stamp(facts: Facts, reader: Reader) -> Stamp:
    _ = reader._
    measured = (evidence.Level.CONTROLLED, evidence.Level.BEFORE_AFTER)
    if evidence.level(facts.record) in measured:
        return Stamp(_("Impact measured"), facts.evidence_label, "#impact", _("see"))
    if evidence.level(facts.record) is evidence.Level.REPORTED:
        return Stamp(_("Impact open"), _("self-reported, not measured"), done=False)
    return Stamp(_("Impact open"), _("not yet measured"), done=False)


def _glance(facts: Facts, reader: Reader) -> Sequence[FactView]:
    _ = reader._
    return (
        facts.brief(_("Problem"), "problem"),
        facts.code(_("Who decides"), "human_oversight"),
        facts.code(_("Kind of data"), "data.personal"),
        facts.license,
        facts.none_yet(_("AI Act"), _("not classified")),
        facts.cost(_("Running costs a year"), "costs.running"),
        facts.brief(_("Effort to introduce it"), "introduction_effort"),
        facts.code(_("Stage"), "phase"),
        facts.code(_("Field of action"), "fields_of_action"),
        facts.day(_("Last confirmed"), "confirmed_on"),
    )


def _story(facts: Facts, reader: Reader) -> Sequence[FactView]:
    _ = reader._
    return (
        facts.text(_("The problem"), "problem"),
        facts.text(_("The solution"), "description"),
        facts.text(_("Why AI"), "reason_for_ai"),
        facts.text(_("What it is not good for"), "limits"),
    )


def _use(
    session: Session, uses: Sequence[Adoption], name: str, mine: Likeness, reader: Reader
) -> UseView:
    steps = adoptions.steps_of(session, [each.id for each in uses])
    return use.view(uses, steps, name, mine, reader)


def _data(facts: Facts, reader: Reader) -> Sequence[FactView]:
    _ = reader._
    return (
        facts.text(_("What goes in"), "data.inputs"),
        facts.text(_("What comes out"), "data.outputs"),
        facts.code(_("Kind of data"), "data.personal"),
        facts.text(_("Which personal data"), "data.personal_kinds"),
        facts.text(_("Legal basis"), "data.legal_basis"),
        facts.text(_("Training data"), "data.training"),
        facts.text(_("How long data are kept"), "data.retention"),
        facts.text(_("Quality of the data"), "data.quality"),
        facts.text(_("Upkeep of the data"), "data.updates"),
    )


def _standards(record: SolutionRecord, facts: Facts, reader: Reader) -> Sequence[FactView]:
    label = reader._("Standards it claims to meet")
    if not record.standards:
        return (facts.line(label, "standards"),)
    return [
        FactView(
            label="",
            shown=facts.line(label, "standards").shown,
            said=(Said(taxonomy.label("standard", each.code, reader.language)),),
            href=each.evidence if is_web_address(each.evidence) else "",
        )
        for each in record.standards
    ]


def _documents(facts: Facts, reader: Reader) -> Sequence[FactView]:
    _ = reader._
    return (
        facts.link(_("Source code"), "repository"),
        facts.link(_("Documentation"), "documentation"),
        facts.link(_("Website"), "website"),
    )


def _sovereignty(facts: Facts, reader: Reader) -> Sequence[FactView]:
    _ = reader._
    return (
        facts.code(_("Where do software and model run?"), "hosting"),
        facts.text(_("Where do the data lie?"), "sovereignty.residency"),
        facts.text(_("Who operates it?"), "sovereignty.operator"),
        facts.text(_("Who works on their behalf?"), "sovereignty.sub_processors"),
        facts.code(_("Can the model be replaced?"), "sovereignty.model_replaceable"),
        facts.text(_("Which model is it?"), "sovereignty.model"),
        facts.text(_("How do you get out again?"), "sovereignty.exit"),
        facts.text(_("Which data can you take along?"), "sovereignty.export"),
        facts.text(_("What may you inspect?"), "sovereignty.auditability"),
        facts.code(_("How much of it is free software?"), "sovereignty.open_source_share"),
    )


def _law(facts: Facts, reader: Reader) -> Sequence[FactView]:
    _ = reader._
    return (
        facts.none_yet(_("AI Act"), _("not classified")),
        facts.code(_("Who decides"), "human_oversight"),
        facts.text(_("How results are explained"), "explanation"),
        facts.text(_("How it is monitored"), "monitoring"),
        facts.text(_("Risks"), "risks"),
        facts.line(_("Answers for operation"), "responsibility.operation"),
        facts.line(_("Answers for maintenance"), "responsibility.maintenance"),
        facts.line(_("Answers for development"), "responsibility.development"),
        facts.text(_("Participation of staff"), "participation"),
        facts.text(_("What changes at work"), "work_impact"),
        facts.text(_("Accessibility"), "accessibility"),
        facts.line(_("Office to ask"), "contact.office", "contact.email", "contact.url"),
    )


def _cost(facts: Facts, reader: Reader) -> Sequence[FactView]:
    _ = reader._
    return (
        facts.cost(_("One-off costs"), "costs.one_off"),
        facts.cost(_("Running costs a year"), "costs.running"),
        facts.cost(_("Upkeep of data a year"), "costs.data_upkeep"),
        facts.text(_("Effort to introduce it"), "introduction_effort"),
        facts.text(_("What it needs"), "prerequisites"),
        facts.text(_("Hardware"), "hardware"),
        facts.text(_("Training of staff"), "training_needed"),
        facts.code(_("Technology"), "technology"),
        facts.line(_("For whom"), "target_groups"),
        facts.codes_of(_("Languages"), "languages", "language"),
        facts.line(_("Project and funding"), "project.name", "project.programme", "project.funder"),
        facts.day(_("Funding ends"), "project.funding_end"),
    )


def _sheet_facts(solution: Solution, facts: Facts, reader: Reader) -> Sequence[FactView]:
    _ = reader._
    publisher = solution.publisher
    responsible = facts.line(_("Responsible"), "responsibility.operation")
    if publisher is not None:
        shown = facts.line("", "name").shown
        responsible = FactView(_("Responsible"), shown, (Said(publisher.name),))
    return (
        responsible,
        facts.license,
        facts.none_yet(_("AI Act"), _("not classified")),
        facts.code(_("Who decides"), "human_oversight"),
        facts.code(_("Kind of data"), "data.personal"),
        facts.cost(_("Running costs"), "costs.running"),
        facts.brief(_("Effort to introduce it"), "introduction_effort"),
        facts.code(_("Operation"), "hosting"),
    )


def _short(fact: FactView, most: int) -> FactView:
    # Nobody can follow a link on paper, so the sheet asks nothing.
    fact = replace(fact, ask_href="", of_source=shortened(fact.of_source, most))
    text = ", ".join(each.text for each in fact.said)
    if not text:
        return replace(fact, reason=shortened(fact.reason, most))
    first = fact.said[0]
    return replace(fact, said=(Said(shortened(text, most), first.lang, first.note),))


def _changes(session: Session, solution: Solution, reader: Reader) -> Sequence[ChangeRow]:
    texts = words_of_changes(reader)
    found = [
        ChangeRow(reader.day(row.at.date()), texts[row.verb] % {"version": row.version})
        for row in changes.of_thing(session, solutions.KIND, solution.id)
        if row.public and row.verb in texts
    ]
    return list(dict.fromkeys(found))[:CHANGES_SHOWN]


def _relations(
    session: Session, solution: Solution, record: SolutionRecord, reader: Reader
) -> Sequence[RelationRow]:
    others = [each for each in record.relations if not each.to.endswith(str(solution.id))]
    known = solutions.related(session, [each.to for each in others]) if others else {}
    rows = []
    for each in others:
        kind = taxonomy.label("relation", each.kind, reader.language)
        other = known.get(each.to)
        if other is not None:
            name = named(other.public_record.name, reader)
            href = reader.address("solution", slug=other.slug)
        else:
            name = Said(each.to)
            href = each.to if is_web_address(each.to) else ""
        rows.append(RelationRow(kind, name, href, each.note))
    return rows


def _source(record: SolutionRecord) -> SourceView | None:
    source = record.source
    if source is None:
        return None
    return SourceView(
        name=source.name,
        key=source.key,
        href=source.url if is_web_address(source.url) else "",
        license=source.license,
        attribution=source.attribution,
    )


def _missing_text(solution: Solution, facts: Facts, reader: Reader) -> str:
    _ = reader._
    if not facts.missing:
        return _("Nothing: every fact that readers ask for is stated.")
    if facts.ask_href("") and solution.publisher is not None:
        text = _("Nobody has stated these facts yet. Your question goes straight to: %(name)s.")
        return text % {"name": solution.publisher.name}
    return _("Nobody has stated these facts yet.")
