"""The KI-Transparenzregister as a list for everybody: filters, cards, and the same for programs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response
from litestar.di import NamedDependency

from catalog import municipalities, taxonomy
from catalog.database import Session
from catalog.register import law, listing
from catalog.register.entries import RegisterEntry
from catalog.register.listing import Counts, Position
from marketplace.pages import downloads
from marketplace.pages.frame import PageFrame
from marketplace.pages.reader import Reader, frame
from marketplace.pages.register import sheet_page, views
from marketplace.pages.register.asked import Asked
from marketplace.pages.rendering import render
from marketplace.pages.wording import named, said, shortened
from marketplace.routing import get, paths

PAGE_SIZE = 25
LIST_OF_FACET = {"land": "land", "topic": "field_of_action", "status": "entry_status"}

Option = tuple[str, str, int, bool]


@dataclass(frozen=True)
class EntryCard:
    """An entry in a list."""

    href: str
    name: str
    lang: str
    body: str
    sentence: str
    sentence_lang: str
    badges: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Group:
    """A facet with its options."""

    key: str
    legend: str
    options: Sequence[Option]


@dataclass(frozen=True)
class RegisterPage:
    """The list: filters at the left, cards, how to go on, the same for programs."""

    page: PageFrame
    heading: str
    place: str
    action: str
    kept: Sequence[tuple[str, str]]
    groups: Sequence[Group]
    chips: Sequence[tuple[str, str]]
    clear_href: str
    cards: Sequence[EntryCard]
    total: int
    current: int
    first_href: str
    next_href: str
    downloads: Sequence[tuple[str, str]]
    form_downloads: Sequence[tuple[str, str, str]]
    """The list in the forms of other registers: name, JSON, CSV."""
    coverage_href: str
    municipalities_href: str
    is_empty_node: bool


@get(paths("register_entries"))
def show(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
) -> Response[str]:
    """The list, newest first; filters narrow it, the position in the address goes on."""
    asked = Asked.of(session, request.query_params.multi_items())
    numbers = listing.counts(session, asked.wanted, today=reader.today)
    rows = listing.page(
        session, asked.wanted, today=reader.today, after=asked.after, size=PAGE_SIZE + 1
    )
    return render("register/index.html", _page(session, reader, asked, numbers, rows))


HANDLERS = [show]


def card(entry: RegisterEntry, reader: Reader) -> EntryCard:
    """An entry as a list shows it."""
    record = entry.public_record
    name = named(record.name, reader)
    sentence = said(record.summary, reader)
    return EntryCard(
        href=reader.address("register_entry", slug=entry.slug),
        name=name.text,
        lang=name.lang,
        body=entry.organization.name,
        sentence=shortened(sentence.text, 220) if sentence else reader._("not stated"),
        sentence_lang=sentence.lang if sentence else "",
        badges=badges(entry, reader),
    )


def badges(entry: RegisterEntry, reader: Reader) -> Sequence[tuple[str, str]]:
    """Status, class and whether the body's word still holds."""
    found = [
        ("plain", taxonomy.label("entry_status", entry.status, reader.language)),
        ("plain", views.class_label(entry.risk_class, reader)),
    ]
    if entry.is_current(reader.today):
        found.append(("ok", reader._("Confirmed in time")))
    elif entry.confirmed_on:
        day = {"day": reader.day(entry.confirmed_on)}
        found.append(("warn", reader._("Not confirmed since %(day)s") % day))
    else:
        found.append(("warn", reader._("Never confirmed by the body")))
    return found


def _page(
    session: Session,
    reader: Reader,
    asked: Asked,
    numbers: Counts,
    rows: Sequence[RegisterEntry],
) -> RegisterPage:
    _ = reader._
    here = reader.address("register_entries")
    place = municipalities.by_ars(session, asked.municipality) if asked.municipality else None
    shown = rows[:PAGE_SIZE]
    more = asked.pairs()
    following = ""
    if len(rows) > PAGE_SIZE and (day := shown[-1].valid_since) is not None:
        position = Position(day, shown[-1].id)
        following = f"{here}?{urlencode([*more, ('after', str(position))])}"
    href = f"{here}?{urlencode(more)}" if more else here
    title = _("AI transparency register")
    page = frame(
        reader,
        title,
        section="register_entries",
        description=_("Which AI do municipalities use? Cards in plain words."),
    )
    return RegisterPage(
        page=downloads.with_feed(page, title, href),
        heading=title,
        place=place.full_name if place else "",
        action=here,
        kept=[pair for pair in more if pair[0] in ("municipality", "rule")],
        groups=_groups(reader, asked, numbers),
        chips=_chips(reader, asked, here),
        clear_href=here,
        cards=[card(entry, reader) for entry in shown],
        total=numbers.total,
        current=numbers.current,
        first_href=href if asked.after else "",
        next_href=following,
        downloads=downloads.hrefs(href, ("json", "csv", "parquet", "atom")),
        form_downloads=sheet_page.list_hrefs(more, reader),
        coverage_href=reader.address("register_coverage"),
        municipalities_href=reader.address("municipalities"),
        is_empty_node=not numbers.total and not more,
    )


def _groups(reader: Reader, asked: Asked, numbers: Counts) -> Sequence[Group]:
    _ = reader._
    legends = {
        "status": _("Status"),
        "topic": _("Topic"),
        "risk_class": _("Class under the AI Act"),
        "land": _("State"),
    }
    groups = []
    for name, legend in legends.items():
        found, chosen = numbers.facets[name], getattr(asked.wanted, name)
        options = [
            (value, label(reader, name, value), found.get(value, 0), value in chosen)
            for value in _order(name)
            if found.get(value) or value in chosen
        ]
        groups.append(Group(name, legend, options))
    current = (("1", _("Confirmed in time"), numbers.current, asked.wanted.is_current),)
    groups.insert(1, Group("current", _("Last confirmation"), current))
    return [group for group in groups if group.options]


def label(reader: Reader, facet: str, value: str) -> str:
    """The text of a facet's value."""
    if facet == "rule":
        return reader._("Rule %(id)s") % {"id": value}
    if facet == "risk_class":
        return views.class_label(value, reader)
    return taxonomy.label(LIST_OF_FACET[facet], value, reader.language)


def _order(facet: str) -> Sequence[str]:
    if facet == "risk_class":
        return ("", *(each.id for each in law.rule_set().classes))
    return taxonomy.codes(LIST_OF_FACET[facet])


def _chips(reader: Reader, asked: Asked, here: str) -> Sequence[tuple[str, str]]:
    words = {"current": reader._("Confirmed in time")}
    found = []
    for name, value in asked.pairs():
        if name == "municipality":
            continue
        rest = asked.pairs(without=(name, value))
        text = words.get(name) or label(reader, name, value)
        found.append((text, f"{here}?{urlencode(rest)}" if rest else here))
    return found
