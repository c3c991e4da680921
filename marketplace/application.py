"""The application on one screen: every router, every answer to errors, what lives as long as it."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime

from anyio.to_thread import run_sync
from litestar import Litestar
from litestar.config.compression import CompressionConfig
from litestar.datastructures import State
from litestar.di import Provide
from litestar.static_files import create_static_files_router

from catalog import nodes
from catalog.database import open_engine
from marketplace import assets, migrating, problems
from marketplace.accounts import openid_providers
from marketplace.accounts.authentication import provide_actor, provide_login
from marketplace.api import addresses, documentation, openapi
from marketplace.caching import AnswerCache, Clock
from marketplace.mail.delivery import Postman
from marketplace.notifications.working import Notifier
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
from marketplace.search.service import SearchService
from marketplace.security import add_headers, require_same_origin
from marketplace.settings import Settings
from marketplace.transactions import Database, provide_session

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
    openid_providers.of(settings)  # What is wrong in them is said at the start.
    database = Database.on(open_engine(settings.database))
    if not migrating.is_current(database.engine):
        raise RuntimeError("The database is behind the program. Run: marketplace migrate")
    search_service = SearchService.on(database, settings)
    postman = Postman.on(database, settings)
    notifier = Notifier(database, settings, search_service, clock)
    card_shelf = CardShelf()
    progress = Clock(database, search_service.position, clock)
    search_service.tell_advance(progress.tick)
    with database.reading() as session:
        node = nodes.own(session)

    @asynccontextmanager
    async def follow_feed(_app: Litestar) -> AsyncIterator[None]:
        search_service.start()
        postman.start()
        notifier.start()
        progress.start()
        try:
            yield
        finally:
            await run_sync(progress.stop)
            await run_sync(notifier.stop)
            await run_sync(postman.stop)
            await run_sync(search_service.stop)
            database.engine.dispose()

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
            "login": Provide(provide_login, sync_to_thread=True),
            "actor": Provide(provide_actor, sync_to_thread=True),
            "reader": Provide(provide_reader, sync_to_thread=True),
            "search": Provide(lambda: search_service, sync_to_thread=False),
            "card_shelf": Provide(lambda: card_shelf, sync_to_thread=False),
        },
        before_request=require_same_origin,
        exception_handlers=problems.HANDLERS,
        middleware=[AnswerCache(progress), RateLimit(settings, database, clock)],
        before_send=[add_headers],
        compression_config=CompressionConfig(
            backend="gzip", gzip_compress_level=5, exclude_opt_key=data.KEEP_BYTES
        ),
        lifespan=[follow_feed],
        openapi_config=None,
        request_max_body_size=LARGEST_BODY,
        state=State(
            {
                "database": database,
                "settings": settings,
                "search": search_service,
                "node": node,
                "bulletin": progress.bulletin,
                "notifier": notifier,
                "today": clock,
            }
        ),
    )
