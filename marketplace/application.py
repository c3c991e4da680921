"""The application on one screen: every router, every answer to errors."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from typing import Any

from anyio.to_thread import run_sync
from litestar import Litestar, Request
from litestar.config.compression import CompressionConfig
from litestar.di import Provide
from litestar.static_files import create_static_files_router

from marketplace import assets, problems
from marketplace.accounts.authentication import provide_actor, provide_login
from marketplace.api import addresses, documentation, openapi
from marketplace.caching import AnswerCache
from marketplace.pages import (
    account,
    administration,
    adoptions,
    comparison_plans,
    data,
    editor,
    error_reports,
    feeds,
    health,
    home,
    impact,
    impact_explorer,
    interfaces,
    law,
    management,
    measurement_series,
    measurements,
    metrics,
    moderation,
    municipalities,
    openid,
    organizations,
    publiccode_check,
    register,
    register_editor,
    registration,
    search,
    second_step,
    security,
    service,
    sign_in,
    solution_changes,
    solutions,
    syntheses,
)
from marketplace.pages.cards import CardShelf
from marketplace.pages.reader import provide_reader
from marketplace.rate_limits import RateLimit
from marketplace.resources import Resources
from marketplace.search.service import SearchService
from marketplace.security import add_headers, require_same_origin
from marketplace.settings import Settings
from marketplace.transactions import provide_session

PAGES = [
    *home.HANDLERS,
    *search.HANDLERS,
    *feeds.HANDLERS,
    *data.HANDLERS,
    *solutions.HANDLERS,
    *solution_changes.HANDLERS,
    *impact.HANDLERS,
    *metrics.HANDLERS,
    *measurements.HANDLERS,
    *measurement_series.HANDLERS,
    *comparison_plans.HANDLERS,
    *interfaces.HANDLERS,
    *adoptions.HANDLERS,
    *editor.HANDLERS,
    *moderation.HANDLERS,
    *organizations.HANDLERS,
    *error_reports.HANDLERS,
    *management.HANDLERS,
    *municipalities.HANDLERS,
    *register.HANDLERS,
    *register_editor.HANDLERS,
    *impact_explorer.HANDLERS,
    *syntheses.HANDLERS,
    *service.HANDLERS,
    *publiccode_check.HANDLERS,
    *law.HANDLERS,
    *sign_in.HANDLERS,
    *second_step.HANDLERS,
    *openid.HANDLERS,
    *registration.HANDLERS,
    *security.HANDLERS,
    *account.HANDLERS,
    *administration.HANDLERS,
    *health.HANDLERS,
]

LARGEST_BODY = 2_000_000


def today() -> date:
    """The day it is in the node's clock, in UTC."""
    return datetime.now(UTC).date()


def create_app(settings: Settings, *, clock: Callable[[], date] = today) -> Litestar:
    """The application with its database and search; raises if the database is behind."""
    resources = Resources.opened(settings, clock)
    app = assembled()
    resources.lend_to(app)
    return app


def provide_search(request: Request[Any, Any, Any]) -> SearchService:
    """The search of the node."""
    found: SearchService = request.app.state.search
    return found


def provide_card_shelf(request: Request[Any, Any, Any]) -> CardShelf:
    """The cards that are kept."""
    found: CardShelf = request.app.state.card_shelf
    return found


@asynccontextmanager
async def at_work(app: Litestar) -> AsyncIterator[None]:
    """Whatever works in the background does so while the application is served."""
    resources: Resources = app.state.resources
    resources.start()
    try:
        yield
    finally:
        await run_sync(resources.stop)


def assembled() -> Litestar:
    """Every route and every rule; what it works with is lent to it, see `Resources`.

    To assemble takes a second, most of it for the arguments of a thousand handlers.
    """
    return Litestar(
        route_handlers=[
            *PAGES,
            *addresses.HANDLERS,
            *openapi.HANDLERS,
            *documentation.HANDLERS,
            create_static_files_router(
                path="/static",
                directories=[assets.BUILT],
                cache_control=assets.CACHE_FOR_EVER,
                include_in_schema=False,
            ),
        ],
        dependencies={
            "session": Provide(provide_session),
            "login": Provide(provide_login),
            "actor": Provide(provide_actor),
            "reader": Provide(provide_reader, sync_to_thread=True),
            "search": Provide(provide_search, sync_to_thread=False),
            "card_shelf": Provide(provide_card_shelf, sync_to_thread=False),
        },
        before_request=require_same_origin,
        exception_handlers=problems.HANDLERS,
        middleware=[AnswerCache(), RateLimit()],
        before_send=[add_headers],
        compression_config=CompressionConfig(
            backend="gzip", gzip_compress_level=5, exclude_opt_key=data.KEEP_BYTES
        ),
        lifespan=[at_work],
        openapi_config=None,
        request_max_body_size=LARGEST_BODY,
    )
