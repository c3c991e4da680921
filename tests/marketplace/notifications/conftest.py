"""The application over HTTP, as for the pages."""

from tests.marketplace.pages.conftest import (  # noqa: F401 - fixtures
    app,
    client,
    enter,
    settings,
)
