"""New hits of saved searches: each newly published solution is looked for in every search.

The reader waits until the search index holds what it asks for, so that no hit is missed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog import changes, solutions
from catalog.changes import Change
from marketplace.notifications import following
from marketplace.notifications.events import Event
from marketplace.notifications.notices import News, Notice
from marketplace.pages.search import Asked
from marketplace.search import saved_searches, stored
from marketplace.search.query import DEEPEST_HIT, LARGEST_PAGE
from marketplace.search.saved_searches import SavedSearch
from marketplace.search.service import SearchService

READER = "hits of saved searches"

CHANGES_AT_ONCE = 2_000

MOST_NAMED = 10
"""Hits of one search and step that are named one by one; more come as one number."""


def follow(session: Session, search: SearchService) -> Sequence[Notice] | None:
    """Tell of the newest hits; the notices that want a mail at once, None at the end of the feed.

    The caller commits; notices and position go together.
    """
    position = changes.held_position(session, READER, begins_at=changes.last_serial(session))
    seen = changes.after(session, position.serial, CHANGES_AT_ONCE)
    known = stored.position(session) if search.engine is None else search.position()
    seen = [each for each in seen if known is not None and each.serial <= known]
    if not seen:
        return None
    published = _newly_published(seen)
    news: list[News] = []
    if published:
        for saved in session.scalars(select(SavedSearch).order_by(SavedSearch.id)):
            news += _news(session, search, saved, published)
    position.serial = seen[-1].serial
    return following.keep(session, news)


def _newly_published(seen: Sequence[Change]) -> Mapping[UUID, Change]:
    return {
        each.thing_id: each
        for each in seen
        if each.kind == solutions.KIND and each.verb == "published" and each.version == 1
    }


def _news(
    session: Session,
    search: SearchService,
    saved: SavedSearch,
    published: Mapping[UUID, Change],
) -> list[News]:
    later = {key for key, change in published.items() if change.at > saved.created_at}
    hits = _hits(session, search, saved, later) if later else []
    common: dict[str, Any] = {
        "person_id": saved.person_id,
        "event": Event.SEARCH_HIT,
        "cause": "solution.published",
        "words": saved.name,
        "adds_up": False,
    }
    if len(hits) > MOST_NAMED:
        newest = max((published[key] for key in hits), key=lambda change: change.serial)
        occasion = f"hits {newest.serial}"
        return [
            News(
                kind=saved_searches.KIND,
                thing_id=saved.id,
                occasion=occasion,
                at=newest.at,
                times=len(hits),
                **common,
            )
        ]
    occasion = f"search {saved.id}"
    return [
        News(kind=solutions.KIND, thing_id=key, occasion=occasion, at=published[key].at, **common)
        for key in hits
    ]


def _hits(
    session: Session, search: SearchService, saved: SavedSearch, wanted: set[UUID]
) -> list[UUID]:
    """The ones among ``wanted`` that the search finds with all its words."""
    asked = Asked.of(parse_qsl(saved.query), "de")
    found: list[UUID] = []
    for number in range(1, DEEPEST_HIT // LARGEST_PAGE + 1):
        query = replace(asked.query, page=number, size=LARGEST_PAGE, facets=())
        answer = search.search(session, query).answer
        if answer.page != number:
            break
        hits = (UUID(hit.id) for hit in answer.hits if not hit.partial)
        found += [key for key in hits if key in wanted]
        if number * LARGEST_PAGE >= answer.total or len(found) == len(wanted):
            break
    return found
