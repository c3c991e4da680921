"""The start page: search before everything, the sea of lights, what was confirmed last."""

from dataclasses import dataclass
from typing import Any

from litestar import Request, Response
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Redirect
from markupsafe import Markup

from catalog import adoptions, organizations, records, solutions, taxonomy
from catalog.adoptions import Adoption
from catalog.database import Session
from impact import evidence
from marketplace.charts import geography
from marketplace.charts.drawing import Words
from marketplace.charts.sea_of_lights import MunicipalityLight, sea_of_lights
from marketplace.pages.cards import sentence
from marketplace.pages.frame import PageFrame, PageNotice
from marketplace.pages.reader import THEME_COOKIE, THEMES, Reader, frame, language_of
from marketplace.pages.rendering import number, render
from marketplace.routing import address, get, is_own, paths, post
from marketplace.search.query import Query
from marketplace.search.service import SearchService

FIELD_ICONS = {
    "VW": "administration",
    "SE": "urban_development",
    "MV": "mobility",
    "KU": "environment",
    "BK": "education",
    "SO": "social",
    "WI": "economy",
    "KS": "civil_protection",
}

FREQUENT = {
    "de": (
        "Posteingang sortieren",
        "Schäden melden",
        "Bauanträge vorprüfen",
        "Protokolle schreiben",
        "Starkregen warnen",
        "Wohngeld berechnen",
    ),
    "en": (
        "sort incoming mail",
        "report damage",
        "check building applications",
        "write minutes",
        "heavy rain warning",
        "housing benefit",
    ),
}
"""Tasks to begin with; examples, not statistics."""

A_YEAR = 365 * 86_400


@dataclass(frozen=True)
class Confirmed:
    """A reuse that its city confirmed."""

    dated: str
    href: str
    name: str
    sentence: str
    giver: str
    taker: str
    evidence_level: int


@dataclass(frozen=True)
class HomePage:
    """Everything the start page shows."""

    page: PageFrame
    search_action: str
    suggest_href: str
    suggest_places_href: str
    frequent: tuple[tuple[str, str], ...]
    places_action: str
    sea: Markup
    lights_href: str
    numbers: tuple[tuple[str, str], ...]
    confirmed: tuple[Confirmed, ...]
    fields: tuple[tuple[str, str, str, str], ...]
    all_text: str
    doors: tuple[tuple[str, str, str, str], ...]
    is_empty: bool


@get("/")
def choose_language(request: Request[Any, Any, Any]) -> Redirect:
    """Send the reader to the start page in the language the browser asks for."""
    return Redirect(
        address("start", language_of(request)), status_code=303, headers={"Vary": "Accept-Language"}
    )


@get(paths("start"))
def show(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    search: NamedDependency[SearchService],
    done: FromQuery[str] = "",
) -> Response[str]:
    """The start page."""
    _ = reader._
    published = solutions.count_published(session)
    found = search.search(
        session, Query(size=1, language=reader.language, facets=("field_of_action",))
    )
    by_field = found.answer.facets.get("field_of_action", {})
    context = HomePage(
        page=frame(
            reader,
            _("What helps one municipality can help all"),
            description=_("Cities, towns and districts share their AI solutions here."),
            notices=_done(reader, done),
        ),
        search_action=reader.address("search"),
        suggest_href=reader.address("suggestions"),
        suggest_places_href=reader.address("suggestions", {"only": "places"}),
        frequent=tuple(
            (text, reader.address("search", {"q": text})) for text in FREQUENT[reader.language]
        ),
        places_action=reader.address("municipalities"),
        sea=_sea(session, reader),
        lights_href=reader.address("lights"),
        numbers=tuple(_numbers(session, reader, published)),
        confirmed=tuple(_confirmed(reader, use) for use in adoptions.newly_confirmed(session)),
        fields=tuple(_fields(reader, by_field)),
        all_text=reader.texts.ngettext(
            "All %(count)s solutions", "All %(count)s solutions", published
        )
        % {"count": number(published, reader.language)},
        doors=tuple(_doors(reader)),
        is_empty=not published,
    )
    return render("home/show.html", context)


def _done(reader: Reader, done: str) -> tuple[PageNotice, ...]:
    text = reader._("Your account is deleted. Thank you for taking part.")
    return (PageNotice(text, "ok", live="status"),) if done == "account-deleted" else ()


def _sea(session: Session, reader: Reader) -> Markup:
    places = adoptions.lights(session)
    shown = [
        MunicipalityLight(p.municipality.lon, p.municipality.lat, p.live, p.municipality.full_name)
        for p in places
        if p.municipality.lon is not None and p.municipality.lat is not None
    ]
    count = reader.texts.ngettext(
        "%(count)s municipality has AI solutions in use.",
        "%(count)s municipalities have AI solutions in use.",
        len(shown),
    ) % {"count": number(len(shown), reader.language)}
    words = Words(reader._("Map of Germany with one light for each municipality"), count)
    return sea_of_lights(shown, outlines=geography.load(), chart_id="sea", words=words)


def _numbers(session: Session, reader: Reader, published: int) -> list[tuple[str, str]]:
    _ = reader._
    totals = adoptions.totals(session)
    counts = (
        (totals.municipalities_live, _("municipalities with AI in use")),
        (published, _("solutions to reuse")),
        (totals.live, _("uses confirmed as live")),
        (organizations.count(session), _("organizations")),
    )
    return [(number(count, reader.language), text) for count, text in counts]


def _confirmed(reader: Reader, use: Adoption) -> Confirmed:
    record = use.solution.public_record
    giver = use.reused_from or use.solution.publisher
    return Confirmed(
        dated=reader._("Confirmed on %(day)s") % {"day": reader.day(use.confirmed_on)},
        href=reader.address("solution", slug=use.solution.slug),
        name=records.best(record.name, reader.language)[0],
        sentence=sentence(record, reader.language)[0],
        giver=_short(giver.name) if giver else "",
        taker=_short(use.organization.name),
        evidence_level=evidence.BARS[evidence.level(record)],
    )


def _short(name: str) -> str:
    for prefix in ("Stadt ", "Gemeinde ", "Markt "):
        name = name.removeprefix(prefix)
    return name


def _fields(reader: Reader, counts: Any) -> list[tuple[str, str, str, str]]:
    return [
        (
            icon,
            reader.address("search", {"field_of_action": code}),
            taxonomy.label("field_of_action", code, reader.language),
            reader.texts.ngettext("%(count)s solution", "%(count)s solutions", counts.get(code, 0))
            % {"count": number(counts.get(code, 0), reader.language)},
        )
        for code, icon in FIELD_ICONS.items()
    ]


def _doors(reader: Reader) -> list[tuple[str, str, str, str]]:
    _ = reader._
    return [
        (
            _("You work in a municipality"),
            _("Find solutions that exist already, and people who know them."),
            reader.address("search"),
            _("Find a solution"),
        ),
        (
            _("You live in a municipality"),
            _("Read in plain words where AI is used and who decides."),
            reader.address("municipalities"),
            _("Find your municipality"),
        ),
        (
            _("You use one of these solutions"),
            _("Say so. Others see it and can ask you."),
            reader.address("search"),
            _("Choose the solution"),
        ),
    ]


@post("/darstellung")
def choose_theme(data: URLEncodedBody[dict[str, str]]) -> Redirect:
    """Keep the reader's choice of light or dark in a cookie that holds nothing else."""
    theme = data.get("theme", "auto")
    back = data.get("back", "/")
    answer = Redirect(back if is_own(back) else "/", status_code=303)
    if theme in THEMES and theme != "auto":
        answer.set_cookie(
            Cookie(THEME_COOKIE, value=theme, max_age=A_YEAR, samesite="lax", httponly=True)
        )
    else:
        answer.delete_cookie(THEME_COOKIE)
    return answer


HANDLERS = [choose_language, show, choose_theme]
