"""Municipalities: the places of the official register, by key and by name."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta, Struct

from catalog import municipalities
from catalog.database import Session
from catalog.municipalities import Municipality
from marketplace.api import cursors
from marketplace.api.answers import ApiRequest, etag_of, has_it, public, unchanged
from marketplace.api.cursors import After, Cursor, Limit
from marketplace.api.operations import asked, id_in, reads
from marketplace.api.references import iri

TAG = "Municipalities"


class MunicipalityAnswer(Struct, frozen=True):
    """A municipality or district of the official register (GV-ISys)."""

    id: UUID
    iri: str
    ars: Annotated[str, Meta(description="Regionalschlüssel: 12 digits, 5 for a district.")]
    ags: Annotated[str, Meta(description="Gemeindeschlüssel: 8 digits, 5 for a district.")]
    kind: Annotated[str, Meta(description="`municipality` or `district`.")]
    name: str
    designation: Annotated[str, Meta(description="What the place calls itself, e.g. Stadt.")]
    land: Annotated[str, Meta(description="A code of the list `land`.")]
    size_class: Annotated[str | None, Meta(description="A code of the list `size_class`.")]
    population: int | None
    lon: Annotated[float | None, Meta(description="Degrees east, WGS 84.")]
    lat: Annotated[float | None, Meta(description="Degrees north, WGS 84.")]
    postcode: str
    as_of: Annotated[date | None, Meta(description="The day the figures hold for.")]
    source: str
    is_sample: bool
    merged_on: date | None

    @classmethod
    def from_municipality(cls, request: ApiRequest, place: Municipality) -> "MunicipalityAnswer":
        """The answer of a place."""
        return cls(
            id=place.id,
            iri=iri(request, "municipality", place.id),
            ars=place.ars,
            ags=place.ags,
            kind=place.kind,
            name=place.name,
            designation=place.designation,
            land=place.land,
            size_class=place.size_class,
            population=place.population,
            lon=place.lon,
            lat=place.lat,
            postcode=place.postcode,
            as_of=place.as_of,
            source=place.source,
            is_sample=place.is_sample,
            merged_on=place.merged_on,
        )


class MunicipalityPage(Struct, frozen=True):
    """Some places, and the address of the next ones."""

    items: list[MunicipalityAnswer]
    next: str | None


class Search(Struct, frozen=True, forbid_unknown_fields=True):
    """All places, or those that match a text."""

    q: Annotated[
        str,
        Meta(
            max_length=100,
            description="Beginning of a name or postcode; the best matches come on one page.",
            examples=["Auen"],
        ),
    ] = ""
    after: After = ""
    limit: Limit = 50


@reads("/municipalities", MunicipalityPage, tag=TAG, asks=Search)
def walk(request: ApiRequest, session: NamedDependency[Session]) -> Response[bytes]:
    """Search the places by name or postcode, or walk through all of them.

    A walk goes in the order of the ids. A search answers one page, exact names first.
    """
    question = asked(request, Search)
    following = None
    if question.q.strip():
        rows = municipalities.matching(session, question.q, question.limit)
    else:
        last = Cursor.of(question.after).last if question.after else None
        rows = municipalities.after(session, last, question.limit + 1)
        if len(rows) > question.limit:
            rows = rows[: question.limit]
            following = Cursor(rows[-1].id, 0)

    def page(places: Any, href: str | None) -> MunicipalityPage:
        return MunicipalityPage(
            [MunicipalityAnswer.from_municipality(request, place) for place in places], href
        )

    # Places come from a register, not from the feed, so the ETag is of what the page says.
    etag = etag_of(msgspec.json.encode(page(rows, str(following))), None)
    if has_it(request, etag):
        return unchanged(etag)
    return cursors.listed(request, rows, following, page, etag)


@reads("/municipalities/{municipality}", MunicipalityAnswer, tag=TAG, refusals=(404,))
def show(
    request: ApiRequest, session: NamedDependency[Session], municipality: FromPath[str]
) -> Response[bytes]:
    """Read one place by ARS, AGS or id.

    A key that no longer exists leads to the place that took over.
    """
    known = id_in(municipality)
    found = (
        municipalities.by_id(session, known)
        if known is not None
        else municipalities.by_ars(session, municipality)
    )
    return public(request, MunicipalityAnswer.from_municipality(request, found))


HANDLERS: list[Any] = [walk, show]
