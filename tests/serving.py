"""Applications for tests: assembled once a process, with resources of the test's own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

from litestar import Litestar

from marketplace.application import assembled, today
from marketplace.resources import Resources
from marketplace.settings import Settings

_idle: list[Litestar] = []
"""Applications that no test has at the moment."""


@contextmanager
def application(settings: Settings, *, clock: Callable[[], date] = today) -> Iterator[Litestar]:
    """The application of a node, as ``create_app`` makes it; two at a time are two."""
    resources = Resources.opened(settings, clock)
    app = _idle.pop() if _idle else assembled()
    resources.lend_to(app)
    yield app
    resources.database.engine.dispose()
    _idle.append(app)
