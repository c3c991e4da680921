"""Places: the profile that asks "Which AI does … use?", the list of places, the sea of lights."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from markupsafe import Markup

from catalog import adoptions, municipalities, organizations, solutions, taxonomy
from catalog.adoptions import Adoption, Light, Stage
from catalog.database import Session
from catalog.municipalities import FormerKey, Municipality
from catalog.register import coverage, listing
from catalog.register.coverage import Reported
from catalog.watching import Watchable
from marketplace.charts import adopter_map, geography
from marketplace.charts.adopter_map import MapPoint
from marketplace.charts.drawing import Words
from marketplace.charts.sea_of_lights import MunicipalityLight, sea_of_lights
from marketplace.pages import downloads, permanent_links, use
from marketplace.pages.frame import PageFrame, PageNotice
from marketplace.pages.organizations import OwnUse, SolutionLine, line, own_use
from marketplace.pages.reader import Reader, frame
from marketplace.pages.register import coverage_page, entry_list
from marketplace.pages.register.entry_list import EntryCard
from marketplace.pages.rendering import render
from marketplace.pages.use import Body
from marketplace.pages.watch_button import WatchButton, watch_button
from marketplace.routing import get, paths

PAGE_SIZE = 50
FOUND_AT_MOST = 20
PUBLISHED_AT_MOST = 50


@dataclass(frozen=True)
class FormerName:
    """A key that the place took over, with its name and last day."""

    key: str
    name: str
    until: str


@dataclass(frozen=True)
class MunicipalityPage:
    """What a citizen can know: what runs, what is planned, what was ended, who to ask."""

    page: PageFrame
    name: str
    full_name: str
    bodies: Sequence[Body]
    running: Sequence[OwnUse]
    planned: Sequence[OwnUse]
    ended: Sequence[OwnUse]
    entries: Sequence[EntryCard]
    told: Sequence[str]
    register_href: str
    published: Sequence[SolutionLine]
    live: int
    land: str
    land_href: str
    designation: str
    population: int | None
    as_of: str
    register_source: str
    former: Sequence[FormerName]
    map: Markup
    today: str
    search_href: str
    plain_href: str
    permanent_href: str
    use_downloads: Sequence[tuple[str, str]]
    watch: WatchButton


@dataclass(frozen=True)
class PlaceRow:
    """A place in a list."""

    name: str
    detail: str
    href: str
    live: int


@dataclass(frozen=True)
class LandRow:
    """A Land with the number of its places where something runs."""

    name: str
    href: str
    places: int
    live: int
    current: bool


@dataclass(frozen=True)
class MunicipalitiesPage:
    """The search for a place and the places where something runs."""

    page: PageFrame
    action: str
    asked: str
    found: Sequence[PlaceRow] | None
    more_than_shown: bool
    lands: Sequence[LandRow]
    land: str
    all_href: str
    rows: Sequence[PlaceRow]
    total: int
    current: int
    last: int
    page_href: str
    lights_href: str


@dataclass(frozen=True)
class LightsPage:
    """The sea of lights and the same as a table."""

    page: PageFrame
    sea: Markup
    rows: Sequence[PlaceRow]
    total: int
    live: int
    off_map: Sequence[str]
    list_href: str
    downloads: Sequence[tuple[str, str]]


@get(paths("municipality"))
def show(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    ars: FromPath[str],
    slug: FromPath[str],
    former: FromQuery[str] = "",
) -> Response[str] | Redirect:
    """The profile of a place; a former key and another slug lead on to the present address."""
    place = municipalities.by_ars(session, ars)
    if place.ars != ars or place.slug != slug:
        # Whoever comes by the key of a place that merged is told so at the successor.
        note = {"former": ars} if ars not in (place.ars, place.ags) else ()
        return Redirect(
            reader.address("municipality", note, ars=place.ars, slug=place.slug), status_code=301
        )
    merged = municipalities.former_keys(session, place)
    bodies = organizations.of_municipality(session, place)
    ids = [body.id for body in bodies]
    uses = adoptions.of_organizations(session, ids) if ids else ()
    published = [
        line(solution, reader)
        for body in bodies
        for solution in solutions.of_publisher(session, body.id, limit=PUBLISHED_AT_MOST)
    ]
    light = any(each.stage == Stage.LIVE and each.is_confirmed for each in uses)
    return render(
        "municipalities/show.html",
        MunicipalityPage(
            page=_frame(reader, place, [row for row in merged if row.key == former]),
            name=place.name,
            full_name=place.full_name,
            bodies=[use.body_of(body, reader) for body in bodies],
            running=_of_stages(uses, (Stage.LIVE, Stage.PILOT), reader),
            planned=_of_stages(uses, (Stage.PLANNED, Stage.INTERESTED), reader),
            ended=_of_stages(uses, (Stage.ENDED,), reader),
            entries=[
                entry_list.card(each, reader)
                for each in (listing.of_organizations(session, ids) if ids else ())
            ],
            told=[
                coverage_page.told_words(each, reader)
                for each in coverage.of_bodies(session, () if uses else bodies, today=reader.today)
                if each.told is Reported.ZERO
            ],
            register_href=reader.address("register_entries"),
            published=published,
            live=sum(each.stage == Stage.LIVE for each in uses),
            land=taxonomy.label("land", place.land, reader.language),
            land_href=reader.address("municipalities", {"land": place.land}),
            designation=place.designation,
            population=place.population,
            as_of=reader.day(place.as_of),
            register_source=place.source,
            former=[FormerName(row.key, row.name, reader.day(row.until)) for row in merged],
            map=_position(place, reader, is_light=light),
            today=reader.day(reader.today),
            search_href=reader.address("search"),
            plain_href=reader.address("plain_language"),
            permanent_href=permanent_links.iri(reader, "municipality", place.id),
            use_downloads=downloads.hrefs(
                reader.address("municipality_uses", ars=place.ars, slug=place.slug)
            ),
            watch=watch_button(
                session,
                reader,
                Watchable.MUNICIPALITY,
                place.id,
                owner_id=ids[0] if ids else None,
            ),
        ),
    )


@get(paths("municipalities"))
def index(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    q: FromQuery[str] = "",
    land: FromQuery[str] = "",
    page: FromQuery[int] = 1,
) -> Response[str] | Redirect:
    """Find a place by name or postcode, or by the Länder where something runs."""
    asked = q.strip()[:100]
    matching = municipalities.matching(session, asked, FOUND_AT_MOST + 1) if asked else ()
    if len(matching) == 1:
        only = matching[0]
        return Redirect(
            reader.address("municipality", ars=only.ars, slug=only.slug), status_code=303
        )
    lights = adoptions.lights(session)
    chosen = land if taxonomy.knows("land", land) else ""
    ordered = sorted(
        (light for light in lights if chosen in ("", light.municipality.land)),
        key=lambda light: (light.municipality.land, light.municipality.folded_name),
    )
    last = max(-(-len(ordered) // PAGE_SIZE), 1)
    current = min(max(page, 1), last)
    here = reader.address("municipalities")
    return render(
        "municipalities/index.html",
        MunicipalitiesPage(
            page=frame(reader, reader._("Municipalities"), section="municipalities"),
            action=here,
            asked=asked,
            found=[_row(place, _live_of(lights, place), reader) for place in matching][
                :FOUND_AT_MOST
            ]
            if asked
            else None,
            more_than_shown=len(matching) > FOUND_AT_MOST,
            lands=_lands(lights, chosen, reader),
            land=taxonomy.label("land", chosen, reader.language) if chosen else "",
            all_href=here,
            rows=[
                _row(light.municipality, light.live, reader)
                for light in ordered[(current - 1) * PAGE_SIZE : current * PAGE_SIZE]
            ],
            total=len(ordered),
            current=current,
            last=last,
            page_href=f"{here}?land={chosen}&page=" if chosen else f"{here}?page=",
            lights_href=reader.address("lights"),
        ),
    )


@get(paths("lights"))
def lights(session: NamedDependency[Session], reader: NamedDependency[Reader]) -> Response[str]:
    """The sea of lights with its table."""
    shining = adoptions.lights(session)
    _ = reader._
    drawn = [
        MunicipalityLight(place.lon, place.lat, light.live, place.name)
        for light in shining
        if (place := light.municipality).lon is not None and place.lat is not None
    ]
    words = Words(
        _("Sea of lights: municipalities in Germany where AI solutions are live"),
        _("%(places)s municipalities, %(live)s uses. The table below holds the same numbers.")
        % {"places": len(shining), "live": sum(light.live for light in shining)},
    )
    return render(
        "municipalities/lights.html",
        LightsPage(
            page=frame(
                reader,
                _("Sea of lights"),
                section="municipalities",
                crumbs=[(_("Municipalities"), reader.address("municipalities"))],
            ),
            sea=sea_of_lights(
                drawn, outlines=geography.load(), chart_id="sea-of-lights", words=words
            ),
            rows=[_row(light.municipality, light.live, reader) for light in shining],
            total=len(shining),
            live=sum(light.live for light in shining),
            off_map=[
                light.municipality.name for light in shining if light.municipality.lon is None
            ],
            list_href=reader.address("municipalities"),
            downloads=downloads.hrefs(reader.address("lights")),
        ),
    )


HANDLERS = [show, index, lights]


def _frame(reader: Reader, place: Municipality, came_by: Sequence[FormerKey]) -> PageFrame:
    _ = reader._
    note = _("%(former)s is now part of %(name)s.")
    return frame(
        reader,
        _("Which AI does %(name)s use?") % {"name": place.full_name},
        section="municipalities",
        crumbs=[(_("Municipalities"), reader.address("municipalities"))],
        notices=[
            PageNotice(note % {"former": row.name or row.key, "name": place.full_name})
            for row in came_by
        ],
    )


def _of_stages(
    uses: Sequence[Adoption], stages: Sequence[Stage], reader: Reader
) -> Sequence[OwnUse]:
    order = [str(stage) for stage in stages]
    wanted = sorted(
        (each for each in uses if each.stage in order), key=lambda each: order.index(each.stage)
    )
    return [own_use(each, reader) for each in wanted]


def _position(place: Municipality, reader: Reader, *, is_light: bool) -> Markup:
    points = []
    if place.lon is not None and place.lat is not None:
        # A light means that something runs; any other place is a hollow circle.
        stage = Stage.LIVE if is_light else Stage.ENDED
        points = [MapPoint(place.lon, place.lat, stage, place.name)]
    words = Words(
        reader._("Map of Germany: where %(name)s lies") % {"name": place.name},
        taxonomy.label("land", place.land, reader.language),
    )
    return adopter_map.adopter_map(
        points, outlines=geography.load(), chart_id="place-map", words=words
    )


def _row(place: Municipality, live: int, reader: Reader) -> PlaceRow:
    return PlaceRow(
        name=place.full_name,
        detail=taxonomy.label("land", place.land, reader.language),
        href=reader.address("municipality", ars=place.ars, slug=place.slug),
        live=live,
    )


def _live_of(lights: Sequence[Light], place: Municipality) -> int:
    return next((light.live for light in lights if light.municipality.id == place.id), 0)


def _lands(lights: Sequence[Light], chosen: str, reader: Reader) -> Sequence[LandRow]:
    places = Counter(light.municipality.land for light in lights)
    live: Counter[str] = Counter()
    for light in lights:
        live[light.municipality.land] += light.live
    return [
        LandRow(
            name=taxonomy.label("land", code, reader.language),
            href=reader.address("municipalities", {"land": code}),
            places=places[code],
            live=live[code],
            current=code == chosen,
        )
        for code in taxonomy.codes("land")
    ]
