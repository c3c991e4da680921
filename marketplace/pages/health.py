"""For machines that watch the node: is it alive, can it answer."""

from typing import Any

from litestar import MediaType, Request, Response
from litestar import get as asynchronous_get
from litestar.di import NamedDependency

from catalog import changes
from catalog.database import Session
from marketplace.routing import get
from marketplace.search.service import SearchService


@asynchronous_get("/health/live", include_in_schema=False)
async def live() -> Response[dict[str, str]]:
    """The process runs; asks nothing of anybody."""
    return Response({"status": "ok"}, media_type=MediaType.JSON)


@get("/health/ready", include_in_schema=False)
def ready(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    search: NamedDependency[SearchService],
) -> Response[dict[str, object]]:
    """The database answers; says how far the search index is behind the change feed."""
    serial = changes.last_serial(session)
    position = search.position()
    body: dict[str, object] = {
        "status": "ok",
        "database": request.app.state.database.engine.dialect.name,
        "serial": serial,
        "search_position": position,
        "search_behind": serial - position if position is not None else None,
    }
    return Response(body, media_type=MediaType.JSON)


HANDLERS = [live, ready]
