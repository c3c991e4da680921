"""Search results: the question is the address, the answer is cards and facets."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from babel import Locale
from litestar import Request, Response
from litestar.di import NamedDependency
from markupsafe import Markup, escape

from catalog import municipalities, solutions, taxonomy
from catalog.database import Session
from marketplace.pages import downloads
from marketplace.pages.cards import CardShelf, Likeness, Shown, likeness
from marketplace.pages.frame import NavLink, PageFrame
from marketplace.pages.reader import Reader, frame
from marketplace.pages.rendering import number, render
from marketplace.routing import get, paths
from marketplace.search.documents import NOT_STATED
from marketplace.search.highlighting import marker
from marketplace.search.query import Answer, Like, Query, Sort
from marketplace.search.service import SearchService

OPEN_FACETS = ("field_of_action", "evidence", "phase", "license", "hosting")
FOLDED_FACETS = (
    "technology",
    "human_oversight",
    "personal_data",
    "running_cost",
    "land",
    "size_class",
    "language",
    "country",
)
SHOWN_FACETS = (*OPEN_FACETS, *FOLDED_FACETS)

LIST_OF_FACET = {"license": "license_class", "running_cost": "cost_class"}
"""The code list of a facet whose name is another one."""

MOST_OPTIONS = 12
MOST_VALUES = 20
PAGE_SIZE = 20


@dataclass(frozen=True)
class FacetGroup:
    """One group of filters with its options (value, text, hits, ticked)."""

    key: str
    legend: str
    options: tuple[tuple[str, str, int, bool], ...]
    is_open: bool


@dataclass(frozen=True)
class LikePanel:
    """ "Kommunen wie meine": what is chosen, and the choices."""

    text: str
    land: str
    size_class: str
    lands: tuple[tuple[str, str], ...]
    sizes: tuple[tuple[str, str], ...]
    is_first: bool
    change_href: str
    is_known: bool


@dataclass(frozen=True)
class SearchPage:
    """Everything the results page shows."""

    page: PageFrame
    text: str
    action: str
    suggest_href: str
    kept: tuple[tuple[str, str], ...]
    heading: str
    corrected: str
    literal_href: str
    is_plain: bool
    is_relaxed: bool
    chips: tuple[tuple[str, str], ...]
    clear_href: str
    groups: tuple[FacetGroup, ...]
    like: LikePanel
    cards: tuple[Shown, ...]
    partial: tuple[Shown, ...]
    sorts: tuple[NavLink, ...]
    sort_text: str
    sort: str
    sorting_href: str
    costliest_text: str
    costliest_href: str
    places: tuple[NavLink, ...]
    current: int
    last: int
    page_hrefs: Mapping[int, str]
    downloads: tuple[tuple[str, str], ...]
    save_action: str
    save_query: str


@get(paths("search"))
def show(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    search: NamedDependency[SearchService],
    card_shelf: NamedDependency[CardShelf],
) -> Response[str]:
    """The solutions that answer the address."""
    asked = Asked.of(request.query_params.multi_items(), reader.language)
    found = search.search(session, asked.query)
    answer = found.answer
    partial = {UUID(hit.id): hit.partial for hit in answer.hits}
    mark = marker(answer.corrected or asked.query.text)
    made = card_shelf.cards(session, reader, list(partial), asked.like, mark=mark)
    here = reader.address("search", asked.pairs(without=("page",)))
    context = SearchPage(
        page=downloads.with_feed(
            frame(
                reader,
                reader._("Find AI solutions"),
                section="search",
                is_indexed=not reader.query_string,
            ),
            reader._("News on this search"),
            here,
        ),
        text=asked.query.text,
        action=reader.address("search"),
        suggest_href=reader.address("suggestions"),
        kept=tuple(asked.pairs(without=("q", "page", "literal"))),
        heading=_heading(reader, answer),
        corrected=answer.corrected or "",
        literal_href=reader.address("search", [*asked.pairs(without=("page",)), ("literal", "1")]),
        is_plain=found.is_plain,
        is_relaxed=answer.relaxed,
        chips=tuple(_chips(reader, asked)),
        clear_href=reader.address("search", asked.pairs(without=(*SHOWN_FACETS, "page"))),
        groups=tuple(_groups(reader, asked, answer)),
        like=_like_panel(reader, asked),
        cards=tuple(card for key, card in made.items() if not partial[key]),
        partial=tuple(card for key, card in made.items() if partial[key]),
        sorts=tuple(_sorts(reader, asked)),
        sort_text=_sort_names(reader)[asked.query.sort],
        sort=asked.query.sort.value,
        sorting_href=reader.address("sorting"),
        **_way_out(reader, asked, answer),
        places=tuple(_places(session, reader, asked, answer)),
        current=answer.page,
        last=_last(answer, asked),
        page_hrefs=_page_hrefs(reader, asked, answer),
        downloads=downloads.hrefs(here),
        save_action=reader.address("saved_searches"),
        save_query=urlencode(asked.pairs(without=("page",))),
    )
    return render("search/show.html", context)


@dataclass(frozen=True)
class Asked:
    """The question of an address; what cannot be read is dropped."""

    query: Query
    like: Likeness
    is_like_first: bool

    @classmethod
    def of(cls, items: Iterable[tuple[str, str]], language: str) -> "Asked":
        """The question in these parameters."""
        values: dict[str, list[str]] = {}
        for key, value in items:
            if value and len(values.setdefault(key, [])) < MOST_VALUES:
                values[key].append(value[:200])
        one = {key: found[0] for key, found in values.items()}
        like = likeness(one.get("like_land", ""), one.get("like_size", ""))
        first = like.is_known and one.get("like_first") == "1"
        sort = one.get("sort", "")
        query = Query(
            text=re.sub(r"\s+", " ", one.get("q", "")),
            filters={name: frozenset(values[name]) for name in SHOWN_FACETS if values.get(name)},
            sort=Sort(sort) if sort in set(Sort) else Sort.RELEVANCE,
            page=int(one["page"]) if one.get("page", "").isdecimal() else 1,
            size=PAGE_SIZE,
            language=language,
            literal=one.get("literal") == "1",
            like=Like(like.land, like.size_class) if first else None,
            facets=SHOWN_FACETS,
        )
        return cls(query, like, first)

    def pairs(self, *, without: Sequence[str] = ()) -> list[tuple[str, str]]:
        """The parameters that ask the same, in a fixed order, but for those left out."""
        query = self.query
        found = [("q", query.text)] if query.text else []
        for name in SHOWN_FACETS:
            found += [(name, value) for value in sorted(query.filters.get(name, ()))]
        found += [("sort", query.sort.value)] if query.sort is not Sort.RELEVANCE else []
        found += [("like_land", self.like.land)] if self.like.land else []
        found += [("like_size", self.like.size_class)] if self.like.size_class else []
        found += [("like_first", "1")] if self.is_like_first else []
        found += [("literal", "1")] if query.literal else []
        found += [("page", str(query.page))] if query.page > 1 else []
        return [pair for pair in found if pair[0] not in without]

    def without_value(self, facet: str, value: str) -> list[tuple[str, str]]:
        """The parameters without one value of one filter."""
        return [pair for pair in self.pairs(without=("page",)) if pair != (facet, value)]


def label(reader: Reader, facet: str, value: str) -> str:
    """The text of a facet's value."""
    if value == NOT_STATED:
        return reader._("Not stated")
    if facet == "country":
        return str(Locale(reader.language).territories.get(value, value))
    if facet == "language":
        return str(Locale(reader.language).languages.get(value, value))
    return taxonomy.label(LIST_OF_FACET.get(facet, facet), value, reader.language)


def legend(reader: Reader, facet: str) -> str:
    """The title of a facet."""
    _ = reader._
    own = {
        "land": _("Used in the state"),
        "size_class": _("Used in municipalities of size"),
        "hosting": _("Hosting and sovereignty"),
        "country": _("Country"),
        "running_cost": _("Running cost a year"),
    }
    if facet in own:
        return own[facet]
    title = taxonomy.lists()[LIST_OF_FACET.get(facet, facet)].title
    return title.get(reader.language, title["en"])


def described(reader: Reader, asked: Asked) -> str:
    """What a question asks for in words: its text and its filters."""
    parts = [f"„{asked.query.text}“" if reader.language == "de" else f"“{asked.query.text}”"]
    parts = parts if asked.query.text else []
    parts += [text for text, _ in _chips(reader, asked)]
    return ", ".join(parts) or reader._("All solutions")


def _heading(reader: Reader, answer: Answer) -> str:
    count = number(answer.total, reader.language)
    return reader.texts.ngettext("%(count)s solution", "%(count)s solutions", answer.total) % {
        "count": count
    }


def _chips(reader: Reader, asked: Asked) -> Iterable[tuple[str, str]]:
    for facet, values in asked.query.filters.items():
        for value in sorted(values):
            text = label(reader, facet, value)
            if facet not in ("field_of_action", "technology", "land"):
                text = f"{legend(reader, facet)}: {text}"
            yield text, reader.address("search", asked.without_value(facet, value))


def _groups(reader: Reader, asked: Asked, answer: Answer) -> Iterable[FacetGroup]:
    for facet in SHOWN_FACETS:
        counts = dict(answer.facets.get(facet, {}))
        ticked = asked.query.filters.get(facet, frozenset())
        counts |= {value: counts.get(value, 0) for value in ticked}
        options = [
            (value, label(reader, facet, value), hits, value in ticked)
            for value, hits in _in_order(facet, counts)
            if hits or value in ticked
        ]
        if not options or (len(options) == 1 and options[0][0] == NOT_STATED and not ticked):
            continue
        yield FacetGroup(
            facet,
            legend(reader, facet),
            tuple(options[:MOST_OPTIONS]),
            facet in OPEN_FACETS or bool(ticked),
        )


def _in_order(facet: str, counts: Mapping[str, int]) -> list[tuple[str, int]]:
    known = taxonomy.lists().get(LIST_OF_FACET.get(facet, facet))
    order = {code: place for place, code in enumerate(known.codes)} if known else {}
    if facet in ("land", "field_of_action", "language", "country"):
        return sorted(counts.items(), key=lambda item: (item[0] == NOT_STATED, -item[1], item[0]))
    return sorted(counts.items(), key=lambda item: (order.get(item[0], 999), item[0]))


def _like_panel(reader: Reader, asked: Asked) -> LikePanel:
    like = asked.like
    named = [
        taxonomy.label("land", like.land, reader.language) if like.land else "",
        taxonomy.label("size_class", like.size_class, reader.language) if like.size_class else "",
    ]
    return LikePanel(
        text=", ".join(filter(None, named)) + "." if like.is_known else "",
        land=like.land,
        size_class=like.size_class,
        lands=_options("land", reader.language),
        sizes=_options("size_class", reader.language),
        is_first=asked.is_like_first,
        change_href=reader.address(
            "search", asked.pairs(without=("like_land", "like_size", "like_first", "page"))
        ),
        is_known=like.is_known,
    )


def _options(list_name: str, language: str) -> tuple[tuple[str, str], ...]:
    return tuple(
        (code, taxonomy.label(list_name, code, language)) for code in taxonomy.codes(list_name)
    )


def _sort_names(reader: Reader) -> dict[Sort, str]:
    _ = reader._
    return {
        Sort.RELEVANCE: _("Best match"),
        Sort.MOST_USED: _("Most used"),
        Sort.RECENTLY_CONFIRMED: _("Recently confirmed"),
        Sort.NAME: _("Name"),
    }


def _sorts(reader: Reader, asked: Asked) -> Iterable[NavLink]:
    kept = asked.pairs(without=("sort", "page"))
    for sort, text in _sort_names(reader).items():
        query = kept if sort is Sort.RELEVANCE else [*kept, ("sort", sort.value)]
        yield NavLink(text, reader.address("search", query), current=sort is asked.query.sort)


def _way_out(reader: Reader, asked: Asked, answer: Answer) -> dict[str, str]:
    costly = answer.costliest
    if answer.total or costly is None:
        return {"costliest_text": "", "costliest_href": ""}
    named = ", ".join(label(reader, costly.facet, value) for value in sorted(costly.values))
    text = reader.texts.ngettext(
        "Without the filter “%(filter)s” there is %(count)s solution.",
        "Without the filter “%(filter)s” there are %(count)s solutions.",
        costly.total,
    )
    kept = [pair for pair in asked.pairs(without=("page",)) if pair[0] != costly.facet]
    return {
        "costliest_text": text
        % {
            "filter": f"{legend(reader, costly.facet)}: {named}",
            "count": number(costly.total, reader.language),
        },
        "costliest_href": reader.address("search", kept),
    }


def _places(session: Session, reader: Reader, asked: Asked, answer: Answer) -> Iterable[NavLink]:
    if answer.total or not asked.query.text:
        return
    for place in municipalities.matching(session, asked.query.text, 3):
        yield NavLink(
            place.full_name, reader.address("municipality", ars=place.ars, slug=place.slug)
        )


def _last(answer: Answer, asked: Asked) -> int:
    reachable = min(answer.total, 10_000 - 10_000 % asked.query.size)
    return max(1, -(-reachable // asked.query.size))


def _page_hrefs(reader: Reader, asked: Asked, answer: Answer) -> dict[int, str]:
    last = _last(answer, asked)
    near = {1, last, *range(answer.page - 1, answer.page + 2)}
    kept = asked.pairs(without=("page",))
    return {
        page: reader.address("search", kept if page == 1 else [*kept, ("page", str(page))])
        for page in near
        if 1 <= page <= last
    }


@dataclass(frozen=True)
class SuggestionList:
    """Groups of suggestions for a combobox: title and pairs of text and address."""

    page: PageFrame
    groups: tuple[tuple[str, tuple[tuple[Markup, str], ...]], ...]


@get(paths("suggestions"))
def suggest(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    search: NamedDependency[SearchService],
) -> Response[str]:
    """How a text may go on: solutions, tasks and municipalities, eight in all."""
    text = request.query_params.get("q", "").strip()[:100]
    wants_places = request.query_params.get("only") == "places"
    groups: list[tuple[str, tuple[tuple[Markup, str], ...]]] = []
    if len(text) >= 2:
        if not wants_places:
            groups.append((reader._("Solutions"), _suggested(session, reader, search, text)))
            groups.append((reader._("Tasks"), _tasks(reader, text)))
        found = municipalities.matching(session, text, 6 if wants_places else 2)
        groups.append(
            (
                reader._("Municipalities"),
                tuple(
                    (
                        _bold(place.full_name, text),
                        reader.address("municipality", ars=place.ars, slug=place.slug),
                    )
                    for place in found
                ),
            )
        )
    context = SuggestionList(
        frame(reader, reader._("Suggestions"), is_indexed=False),
        tuple(group for group in groups if group[1]),
    )
    return render("search/suggestions.html", context)


def _suggested(
    session: Session, reader: Reader, search: SearchService, text: str
) -> tuple[tuple[Markup, str], ...]:
    ids = [UUID(each) for each in search.suggest(session, text, 4).solutions]
    rows = solutions.published_by_ids(session, ids)
    found = []
    for key in ids:
        if key in rows:
            names = rows[key].public_record.name
            name = names.get(reader.language) or next(iter(names.values()))
            href = reader.address("solution", slug=rows[key].slug)
            found.append((_bold(name, text), href))
    return tuple(found[:4])


def _tasks(reader: Reader, text: str) -> tuple[tuple[Markup, str], ...]:
    wanted = municipalities.fold(text)
    found = []
    for code in taxonomy.lists()["task"].codes.values():
        words = (*code.label.values(), *code.words)
        if any(part.startswith(wanted) for word in words for part in _parts(word)):
            name = code.label.get(reader.language) or code.label["en"]
            found.append((_bold(name, text), reader.address("search", {"q": name})))
    return tuple(found[:2])


def _parts(words: str) -> list[str]:
    folded = municipalities.fold(words)
    pieces = folded.split("-")
    return ["-".join(pieces[start:]) for start in range(len(pieces))]


def _bold(text: str, typed: str) -> Markup:
    place = text.lower().find(typed.lower())
    if place < 0:
        return escape(text)
    end = place + len(typed)
    return Markup("{}<b>{}</b>{}").format(text[:place], text[place:end], text[end:])


HANDLERS = [show, suggest]
