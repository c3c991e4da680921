"""Every list as JSON, CSV and Atom: the page's address with a suffix, the same parameters.

A list ends after ``LARGEST_LIST`` rows; the header ``Link`` names the full data. CSV and JSON have
the columns of ``marketplace.export.columns``.
"""

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from functools import partial
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Request, Response
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Stream
from markupsafe import Markup

from catalog import adoptions, municipalities, organizations, releases, solutions, taxonomy
from catalog.adoptions import Adoption
from catalog.database import Session
from catalog.municipalities import Municipality
from catalog.releases import Release
from catalog.slugs import slug_of
from catalog.solutions import Solution
from marketplace.charts.adoption_curve import as_table
from marketplace.export import columns, listing
from marketplace.export.columns import ListedLight, Sheet, Voice
from marketplace.export.listing import LARGEST_LIST, Position
from marketplace.formats import atom, csv_out
from marketplace.formats.atom import Entry, Feed, Link, Tombstone
from marketplace.pages import use
from marketplace.pages.downloads import FORMATS
from marketplace.pages.reader import Reader
from marketplace.pages.rendering import paragraphs
from marketplace.pages.search import Asked
from marketplace.pages.wording import named, said, withdrawn_why
from marketplace.rate_limits import COST, FILE
from marketplace.routing import get, paths
from marketplace.search.query import LARGEST_PAGE
from marketplace.search.service import SearchService

listed = partial(get, opt={COST: FILE})

CSV, JSON = csv_out.MEDIA_TYPE, "application/json"

Answer = Response[Any] | Redirect


@dataclass(frozen=True)
class Listing:
    """A list as it leaves: its name, where people read it, its rows, at most ``LARGEST_LIST``."""

    title: str
    page_href: str
    sheet: Sheet[Any]
    rows: Iterable[Any]
    total: int | None = None
    """How many there are, if more are known than are listed."""


def suffixed(name: str, suffix: str) -> list[str]:
    """Both addresses of a page with the suffix of a format."""
    return [f"{path}.{suffix}" for path in paths(name)]


def voice_of(reader: Reader) -> Voice:
    """Who speaks to this reader."""
    return Voice(reader.base_url, reader.language)


def answer(request: Request[Any, Any, Any], reader: Reader, found: Listing) -> Response[Any]:
    """The list in the format that the address ends with."""
    if request.url.path.endswith(".csv"):
        rows = (found.sheet.values(row, voice_of(reader)) for row in found.rows)
        pieces = list(csv_out.written(found.sheet.header, rows))
        return _sent(reader, found, pieces, CSV, "csv")
    return _sent(reader, found, [_json(reader, found)], JSON, "json")


def _json(reader: Reader, found: Listing) -> bytes:
    items = [found.sheet.document(row, voice_of(reader)) for row in found.rows]
    total = max(found.total or 0, len(items))
    return msgspec.json.encode(
        {
            "title": found.title,
            "page": reader.base_url + found.page_href,
            "columns": columns.VERSION,
            "codebook": f"{reader.base_url}{reader.address('data_codebook')}.json",
            "full_data": reader.base_url + reader.address("data"),
            "total": total,
            "is_cut": total > len(items),
            "items": items,
        }
    )


def _sent(
    reader: Reader, found: Listing, pieces: Sequence[bytes], media_type: str, suffix: str
) -> Response[Any]:
    # Sent in pieces, so that compressing a long list does not keep other readers waiting.
    async def each() -> AsyncIterator[bytes]:
        for piece in pieces:
            yield piece

    disposition = "attachment" if suffix == "csv" else "inline"
    return Stream(
        each(), media_type=media_type, headers=_headers(reader, found, suffix, disposition)
    )


def _headers(reader: Reader, found: Listing, suffix: str, disposition: str) -> dict[str, str]:
    name = f"lichtermeer-{slug_of(found.title)}-{reader.today.isoformat()}.{suffix}"
    links = (
        (found.page_href, 'rel="alternate"; type="text/html"'),
        (
            reader.address("data"),
            f'rel="collection"; title="full data; a list ends at {LARGEST_LIST} rows"',
        ),
        (reader.address("data_codebook") + ".csv", 'rel="describedby"; type="text/csv"'),
    )
    return {
        "Content-Disposition": f'{disposition}; filename="{name}"',
        "Link": ", ".join(f"<{reader.base_url}{href}>; {rest}" for href, rest in links),
    }


@dataclass(frozen=True)
class News:
    """A feed as it leaves: what it is called, its page, its entries, where it goes on."""

    title: str
    page_href: str
    items: Sequence[Entry | Tombstone]
    following: Position | None


def feed(request: Request[Any, Any, Any], reader: Reader, news: News) -> Response[Any]:
    """A page of a feed as Atom."""
    here = request.url.path
    kept = [(k, v) for k, v in request.query_params.multi_items() if k != "after"]
    first = _with_query(reader.base_url + here, kept)
    own = _with_query(reader.base_url + here, list(request.query_params.multi_items()))
    links = [
        Link("self", own, "application/atom+xml"),
        Link("first", first, "application/atom+xml"),
        Link("alternate", reader.base_url + news.page_href, "text/html"),
    ]
    if news.following is not None:
        href = _with_query(reader.base_url + here, [*kept, ("after", str(news.following))])
        links.append(Link("next", href, "application/atom+xml"))
    moments = [item.when if isinstance(item, Tombstone) else item.updated for item in news.items]
    written = atom.written(
        Feed(
            id=first,
            title=f"{news.title} – {reader.node_name}",
            language=reader.language,
            updated=max(moments, default=datetime(2026, 1, 1, tzinfo=UTC)),
            author=reader.operator or reader.node_name,
            links=links,
            items=news.items,
        )
    )
    found = Listing(news.title, news.page_href, columns.SOLUTIONS, ())
    return Response(
        written,
        media_type=atom.MEDIA_TYPE,
        headers=_headers(reader, found, "atom", "inline"),
    )


def _with_query(href: str, pairs: Sequence[tuple[str, str]]) -> str:
    return f"{href}?{urlencode(pairs)}" if pairs else href


@listed([*suffixed("search", "json"), *suffixed("search", "csv")])
def search_list(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    search: NamedDependency[SearchService],
) -> Response[Any]:
    """The solutions that answer the address, in the order of the page."""
    asked = Asked.of(request.query_params.multi_items(), reader.language)
    ids, total = _found(session, search, asked)
    return answer(
        request,
        reader,
        Listing(
            reader._("Solutions"),
            reader.address("search", asked.pairs(without=("page",))),
            columns.SOLUTIONS,
            listing.solutions_in_order(session, ids),
            total,
        ),
    )


@listed(suffixed("search", "atom"))
def search_feed(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    search: NamedDependency[SearchService],
    after: FromQuery[str] = "",
) -> Response[Any]:
    """What changed last among the solutions that answer the address."""
    asked = Asked.of(request.query_params.multi_items(), reader.language)
    is_all = not asked.query.text and not asked.query.filters
    ids = None if is_all else _found(session, search, asked)[0]
    found = listing.solution_news(session, ids=ids, after=_position(after))
    return feed(
        request,
        reader,
        News(
            _search_title(reader, asked),
            reader.address("search", asked.pairs(without=("page",))),
            [_solution(reader, each) for each in found.items],
            found.following,
        ),
    )


def _search_title(reader: Reader, asked: Asked) -> str:
    title = reader._("Solutions")
    return f"{title}: {asked.query.text}" if asked.query.text else title


def _found(session: Session, search: SearchService, asked: Asked) -> tuple[list[UUID], int]:
    ids: dict[UUID, None] = {}
    total = 0
    for number in range(1, LARGEST_LIST // LARGEST_PAGE + 1):
        query = replace(asked.query, page=number, size=LARGEST_PAGE, facets=())
        given = search.search(session, query).answer
        if given.page != number:
            break
        total = given.total
        ids.update((UUID(hit.id), None) for hit in given.hits if not hit.partial)
        if number * LARGEST_PAGE >= total:
            break
    return list(ids), total


def _position(after: str) -> Position | None:
    return Position.read(after) if after else None


def _solution(reader: Reader, solution: Solution) -> Entry | Tombstone:
    iri = voice_of(reader).iri("solution", solution.id)
    if not solution.is_published:
        moment = solution.withdrawn_at or solution.updated_at
        return Tombstone(iri, moment, withdrawn_why(reader, solution))
    record = columns.without_withheld(solution.public_record)
    name = named(record.name, reader)
    summary = said(record.summary, reader)
    told = [said(text, reader) for text in (record.problem, record.description, record.limits)]
    return Entry(
        id=iri,
        title=name.text,
        language=name.lang,
        updated=solution.updated_at,
        published=solution.published_at,
        href=reader.base_url + reader.address("solution", slug=solution.slug),
        author=solution.publisher.name if solution.publisher else "",
        summary=summary.text if summary else "",
        content=Markup("").join(paragraphs(text.text) for text in told if text) or None,
        categories=[
            (code, taxonomy.label("field_of_action", code, reader.language))
            for code in record.fields_of_action
        ],
    )


@listed([*suffixed("organization_solutions", "json"), *suffixed("organization_solutions", "csv")])
def organization_solutions(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    slug: FromPath[str],
) -> Answer:
    """What a body publishes, newest first."""
    body = organizations.by_slug(session, slug)
    if body.slug != slug:
        return _moved(request, slug, body.slug)
    return answer(
        request,
        reader,
        Listing(
            reader._("Solutions of %(name)s") % {"name": body.name},
            reader.address("organization", slug=slug),
            columns.SOLUTIONS,
            listing.solutions_of(session, body.id),
            solutions.count_published(session, publisher_id=body.id),
        ),
    )


@listed(suffixed("organization_solutions", "atom"))
def organization_solutions_feed(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    slug: FromPath[str],
    *,
    after: FromQuery[str] = "",
) -> Answer:
    """What changed last among the solutions of a body."""
    body = organizations.by_slug(session, slug)
    if body.slug != slug:
        return _moved(request, slug, body.slug)
    found = listing.solution_news(session, publisher_id=body.id, after=_position(after))
    return feed(
        request,
        reader,
        News(
            reader._("Solutions of %(name)s") % {"name": body.name},
            reader.address("organization", slug=slug),
            [_solution(reader, each) for each in found.items],
            found.following,
        ),
    )


@listed([path for kind in FORMATS for path in suffixed("organization_uses", kind)])
def organization_uses(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    slug: FromPath[str],
    *,
    after: FromQuery[str] = "",
) -> Answer:
    """What a body uses."""
    body = organizations.by_slug(session, slug)
    if body.slug != slug:
        return _moved(request, slug, body.slug)
    title = reader._("Uses of %(name)s") % {"name": body.name}
    found = adoptions.of_organizations(session, [body.id])
    return _uses(
        request, reader, title, reader.address("organization", slug=slug), found, after=after
    )


@listed([path for kind in FORMATS for path in suffixed("municipality_uses", kind)])
def municipality_uses(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    ars: FromPath[str],
    slug: FromPath[str],
    *,
    after: FromQuery[str] = "",
) -> Answer:
    """What the bodies of a place use."""
    place = municipalities.by_ars(session, ars)
    if place.ars != ars or place.slug != slug:
        own = reader.address("municipality_uses", ars=place.ars, slug=place.slug)
        return Redirect(f"{own}.{request.url.path.rsplit('.', 1)[-1]}", status_code=301)
    bodies = organizations.of_municipality(session, place)
    found = adoptions.of_organizations(session, [body.id for body in bodies]) if bodies else ()
    title = reader._("Uses of %(name)s") % {"name": place.full_name}
    page = reader.address("municipality", ars=place.ars, slug=place.slug)
    return _uses(request, reader, title, page, found, after=after)


@listed([path for kind in FORMATS for path in suffixed("solution_uses", kind)])
def solution_uses(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    slug: FromPath[str],
    *,
    after: FromQuery[str] = "",
) -> Answer:
    """Who uses a solution."""
    solution = solutions.by_slug(session, slug)
    if solution.slug != slug:
        return _moved(request, slug, solution.slug)
    name = named(solution.public_record.name, reader).text
    title = reader._("Uses of %(name)s") % {"name": name}
    found = adoptions.of_solution(session, solution.id)
    return _uses(request, reader, title, reader.address("solution", slug=slug), found, after=after)


def _uses(
    request: Request[Any, Any, Any],
    reader: Reader,
    title: str,
    page_href: str,
    found: Sequence[Adoption],
    *,
    after: str,
) -> Response[Any]:
    page_href = f"{page_href}#uses"
    if not request.url.path.endswith(".atom"):
        rows = found[:LARGEST_LIST]
        return answer(
            request, reader, Listing(title, page_href, columns.ADOPTIONS, rows, len(found))
        )
    by_position = {Position(each.updated_at, each.id): each for each in found}
    shown, following = listing.page_after(by_position, _position(after))
    items = [_use(reader, by_position[each]) for each in shown]
    return feed(request, reader, News(title, page_href, items, following))


def _use(reader: Reader, adoption: Adoption) -> Entry:
    name = named(adoption.solution.public_record.name, reader)
    stage = taxonomy.label("stage", adoption.stage, reader.language)
    iri = voice_of(reader).iri("adoption", adoption.id)
    return Entry(
        id=iri,
        title=f"{adoption.organization.name}: {name.text} ({stage})",
        updated=adoption.updated_at,
        published=adoption.created_at,
        href=iri,
        author=adoption.organization.name,
        summary=reader._("%(stage)s since %(date)s")
        % {"stage": stage, "date": reader.day(adoption.since)},
        categories=[(adoption.stage, stage)],
    )


@listed(suffixed("solution_releases", "atom"))
def solution_releases(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    slug: FromPath[str],
    *,
    after: FromQuery[str] = "",
) -> Answer:
    """The versions of a solution's software, newest first."""
    solution = solutions.by_slug(session, slug)
    if solution.slug != slug:
        return _moved(request, slug, solution.slug)
    name = named(solution.public_record.name, reader).text
    page = reader.address("solution", slug=slug) + "#versions"
    by_position = {
        Position(_midnight(each.released_on), each.id): each
        for each in releases.of_solution(session, solution)
    }
    shown, following = listing.page_after(by_position, _position(after))
    items = []
    for position in shown:
        release = by_position[position]
        items.append(
            Entry(
                id=release.id.urn,
                title=f"{name} {release.version}",
                updated=position.at,
                href=reader.base_url + page,
                author=solution.publisher.name if solution.publisher else "",
                summary="\n\n".join(_parts(release, reader)),
            )
        )
    title = reader._("Versions of %(name)s") % {"name": name}
    return feed(request, reader, News(title, page, items, following))


def _parts(release: Release, reader: Reader) -> Iterator[str]:
    """The security notice of a version first, then its notes."""
    security, notes = said(release.security, reader), said(release.notes, reader)
    if security:
        yield f"{reader._('Security:')} {security.text}"
    if notes:
        yield notes.text


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


@listed([*suffixed("solution_releases", "json"), *suffixed("solution_releases", "csv")])
def solution_release_list(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    slug: FromPath[str],
) -> Answer:
    """The versions of a solution's software as a table."""
    solution = solutions.by_slug(session, slug)
    if solution.slug != slug:
        return _moved(request, slug, solution.slug)
    name = named(solution.public_record.name, reader).text
    rows = [
        columns.ListedRelease(each, slug)
        for each in releases.of_solution(session, solution)[:LARGEST_LIST]
    ]
    title = reader._("Versions of %(name)s") % {"name": name}
    page = reader.address("solution", slug=slug) + "#versions"
    return answer(request, reader, Listing(title, page, columns.RELEASES, rows))


@listed([*suffixed("solution_curve", "json"), *suffixed("solution_curve", "csv")])
def solution_curve(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    slug: FromPath[str],
) -> Answer:
    """The adoption curve of a solution: live and ended by quarter."""
    solution = solutions.by_slug(session, slug)
    if solution.slug != slug:
        return _moved(request, slug, solution.slug)
    uses = adoptions.of_solution(session, solution.id)
    steps = adoptions.steps_of(session, [each.id for each in uses])
    rows = as_table(use.curve_steps(uses, steps), reader.today)
    name = named(solution.public_record.name, reader).text
    title = reader._("Use over time of %(name)s") % {"name": name}
    page = reader.address("solution", slug=slug) + "#use"
    return answer(request, reader, Listing(title, page, columns.CURVE, rows))


@listed(
    [
        path
        for name in ("lights", "municipalities")
        for kind in FORMATS
        for path in suffixed(name, kind)
    ]
)
def lights(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    q: FromQuery[str] = "",
    land: FromQuery[str] = "",
    *,
    after: FromQuery[str] = "",
) -> Response[Any]:
    """Municipalities where something runs; ``q`` is the beginning of a name or a postcode."""
    rows = [
        light
        for light in listing.lights(session)
        if land in ("", light.municipality.land) and _begins(light.municipality, q.strip()[:100])
    ]
    title = reader._("Municipalities where something runs")
    asked = [(key, value) for key, value in (("q", q), ("land", land)) if value]
    page = reader.address("municipalities" if asked else "lights", asked)
    if not request.url.path.endswith(".atom"):
        return answer(request, reader, Listing(title, page, columns.LIGHTS, rows))
    by_position = {Position(each.updated_at, each.municipality.id): each for each in rows}
    shown, following = listing.page_after(by_position, _position(after))
    items = [_light(reader, by_position[each]) for each in shown]
    return feed(request, reader, News(title, page, items, following))


def _begins(place: Municipality, text: str) -> bool:
    if text.isdigit():
        return place.postcode.startswith(text)
    return not text or place.folded_name.startswith(municipalities.fold(text))


def _light(reader: Reader, light: ListedLight) -> Entry:
    place = light.municipality
    text = reader.texts.ngettext("%(num)s solution in use", "%(num)s solutions in use", light.live)
    return Entry(
        id=voice_of(reader).iri("municipality", place.id),
        title=place.full_name,
        updated=light.updated_at,
        href=reader.base_url + reader.address("municipality", ars=place.ars, slug=place.slug),
        summary=text % {"num": light.live},
    )


@listed([*suffixed("data_codebook", "json"), *suffixed("data_codebook", "csv")])
def codebook(request: Request[Any, Any, Any], reader: NamedDependency[Reader]) -> Response[Any]:
    """Every column of every table with its meaning."""
    return answer(
        request,
        reader,
        Listing(reader._("Codebook"), reader.address("data"), columns.CODEBOOK, columns.codebook()),
    )


def _moved(request: Request[Any, Any, Any], old: str, new: str) -> Redirect:
    query = f"?{request.url.query}" if request.url.query else ""
    path = request.url.path.replace(f"/{old}/", f"/{new}/", 1)
    return Redirect(path + query, status_code=301)


HANDLERS: list[HTTPRouteHandler] = [
    search_list,
    search_feed,
    organization_solutions,
    organization_solutions_feed,
    organization_uses,
    municipality_uses,
    solution_uses,
    solution_releases,
    solution_release_list,
    solution_curve,
    lights,
    codebook,
]
