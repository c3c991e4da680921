"""Pages about the node itself: imprint, privacy, accessibility, how results are sorted."""

from dataclasses import dataclass
from typing import Any

from litestar import Request, Response
from litestar.di import NamedDependency

from catalog import nodes
from catalog.database import Session
from marketplace.pages.frame import PageFrame
from marketplace.pages.reader import Reader, frame
from marketplace.pages.rendering import render
from marketplace.pages.wording import Said, said
from marketplace.routing import get, paths
from marketplace.settings import Settings


@dataclass(frozen=True)
class ServicePage:
    """A page of text, with what the operator has stated about itself."""

    page: PageFrame
    operator: str
    operator_address: tuple[str, ...]
    contact_email: str
    search_href: str
    accessibility_href: str
    told: Said | None
    """What the operator says besides, on imprint and privacy page."""


def _show(
    request: Request[Any, Any, Any], session: Session, reader: Reader, template: str, title: str
) -> Response[str]:
    settings: Settings = request.app.state.settings
    node = nodes.own(session)
    address = node.address or settings.operator_address
    told = node.imprint if template == "imprint" else node.privacy
    context = ServicePage(
        page=frame(reader, title, section="service"),
        operator=reader.operator,
        operator_address=tuple(filter(None, address.splitlines())),
        contact_email=node.contact_email or settings.contact_email,
        search_href=reader.address("search"),
        accessibility_href=reader.address("accessibility"),
        told=said(told, reader) if template in ("imprint", "privacy") else None,
    )
    return render(f"service/{template}.html", context)


@get(paths("sorting"))
def sorting(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
) -> Response[str]:
    """How results are ordered, and that nobody can pay for a place."""
    return _show(request, session, reader, "sorting", reader._("How we sort"))


@get(paths("accessibility"))
def accessibility(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
) -> Response[str]:
    """The accessibility statement (Implementing Decision (EU) 2018/1523)."""
    return _show(request, session, reader, "accessibility", reader._("Accessibility statement"))


@get(paths("imprint"))
def imprint(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
) -> Response[str]:
    """Who runs the node (§ 5 DDG)."""
    return _show(request, session, reader, "imprint", reader._("Imprint"))


@get(paths("privacy"))
def privacy(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
) -> Response[str]:
    """What is stored of readers and members (Art. 13 GDPR)."""
    return _show(request, session, reader, "privacy", reader._("Privacy"))


@get(paths("plain_language"))
def plain_language(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
) -> Response[str]:
    """What is here and how to get around, in very simple words."""
    return _show(request, session, reader, "plain_language", reader._("Easy Language"))


@get(paths("sign_language"))
def sign_language(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
) -> Response[str]:
    """The slot for the film in German Sign Language."""
    return _show(request, session, reader, "sign_language", reader._("Sign language"))


@dataclass(frozen=True)
class BuildingBlocksPage:
    """The components of the interface."""

    page: PageFrame


@get(paths("building_blocks"))
def building_blocks(reader: NamedDependency[Reader]) -> Response[str]:
    """Every component once, for designers and testers."""
    page = frame(reader, reader._("Building blocks"), section="service", is_indexed=False)
    return render("building_blocks.html", BuildingBlocksPage(page))


HANDLERS = [
    sorting,
    accessibility,
    imprint,
    privacy,
    plain_language,
    sign_language,
    building_blocks,
]
