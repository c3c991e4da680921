"""Unsubscribe from mails without signing in: a question for people, one POST for mail programs."""

from collections.abc import Sequence
from dataclasses import dataclass

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath

from catalog.database import Session
from marketplace.notifications import unsubscribing, wording
from marketplace.pages.frame import PageFrame
from marketplace.pages.reader import Reader, frame
from marketplace.pages.rendering import render
from marketplace.routing import get, paths, post

PRIVATE = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
"""The address is a secret of the mail: nobody keeps it and no link passes it on."""


@dataclass(frozen=True)
class UnsubscribePage:
    """What ends, and whether it has ended."""

    page: PageFrame
    title: str
    events: Sequence[str]
    action: str
    is_done: bool
    settings_href: str


@get(paths("unsubscribe"))
def ask(
    session: NamedDependency[Session], reader: NamedDependency[Reader], token: FromPath[str]
) -> Response[str]:
    """Ask before anything ends: programs that look into mails follow links too."""
    return _page(session, reader, token, is_done=False)


@post(paths("unsubscribe"))
def unsubscribe(
    session: NamedDependency[Session], reader: NamedDependency[Reader], token: FromPath[str]
) -> Response[str]:
    """End the mails (RFC 8058); asked again, it changes nothing."""
    unsubscribing.unsubscribe(session, token)
    return _page(session, reader, token, is_done=True)


HANDLERS = [ask, unsubscribe]


def _page(session: Session, reader: Reader, token: str, *, is_done: bool) -> Response[str]:
    events = unsubscribing.events_of(session, token)
    labels = wording.event_labels(reader._)
    title = reader._("No more of these mails")
    context = UnsubscribePage(
        page=frame(reader, title, section="unsubscribe", is_indexed=False),
        title=title,
        events=[labels[event] for event in labels if event in events],
        action=reader.address("unsubscribe", token=token),
        is_done=is_done,
        settings_href=reader.address("notice_settings"),
    )
    return render("account/unsubscribe.html", context, headers=PRIVATE)
