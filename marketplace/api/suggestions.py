"""Suggestions: how the beginning of a text may go on."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from msgspec import Meta, Struct

from catalog import municipalities, solutions
from catalog.database import Session
from marketplace.api.answers import ApiRequest, public
from marketplace.api.operations import asked, reads
from marketplace.api.references import SolutionRef, iri
from marketplace.search.service import SearchService

TAG = "Search"

SHORTEST = 2


class Beginning(Struct, frozen=True, forbid_unknown_fields=True):
    """A text that goes on."""

    q: Annotated[
        str, Meta(max_length=100, description="From two characters on.", examples=["Post"])
    ] = ""
    limit: Annotated[int, Meta(ge=1, le=20, description="Of each kind at most.")] = 8


class PlaceSuggestion(Struct, frozen=True):
    """A place whose name or postcode begins so."""

    iri: str
    ars: str
    name: str


class SuggestionsAnswer(Struct, frozen=True):
    """How the text may go on."""

    solutions: list[SolutionRef]
    words: Annotated[list[str], Meta(description="Words of the records, most frequent first.")]
    municipalities: list[PlaceSuggestion]


@reads("/suggestions", SuggestionsAnswer, tag=TAG, asks=Beginning)
def suggest(
    request: ApiRequest,
    session: NamedDependency[Session],
    search: NamedDependency[SearchService],
) -> Response[bytes]:
    """Go on with the beginning of a text: solutions, words and places."""
    question = asked(request, Beginning)
    text = question.q.strip()
    if len(text) < SHORTEST:
        return public(request, SuggestionsAnswer([], [], []))
    found = search.suggest(session, text, question.limit)
    ids = [UUID(each) for each in found.solutions]
    rows = solutions.published_by_ids(session, ids)
    content = SuggestionsAnswer(
        [SolutionRef.from_solution(request, rows[key]) for key in ids if key in rows],
        list(found.words),
        [
            PlaceSuggestion(iri(request, "municipality", place.id), place.ars, place.full_name)
            for place in municipalities.matching(session, text, question.limit)
        ],
    )
    return public(request, content)


HANDLERS: list[Any] = [suggest]
