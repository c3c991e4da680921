"""The reader of a page: language, theme, who it is, and the frame around what is shown."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from gettext import NullTranslations
from typing import Any

from litestar import Request
from litestar.di import NamedDependency

from catalog import nodes
from catalog.database import Session, now
from catalog.permissions import Actor
from marketplace import __version__
from marketplace.pages.frame import Language, NavLink, PageFrame, PageNotice
from marketplace.pages.rendering import day
from marketplace.routing import LANGUAGES, address, other_language
from marketplace.settings import Settings
from marketplace.translations import translations

THEMES = ("auto", "light", "dark")
THEME_COOKIE = "theme"

LANGUAGE_NAMES = {"de": "Deutsch", "en": "English"}


@dataclass(frozen=True)
class Reader:
    """Everything about a request that a page depends on, as plain values."""

    language: str
    theme: str
    actor: Actor
    path: str
    query_string: str
    node_name: str
    operator: str
    is_sample: bool
    base_url: str
    source_url: str
    today: date
    notices: tuple[PageNotice, ...] = ()
    texts: NullTranslations = field(repr=False, default_factory=NullTranslations)

    def _(self, message: str) -> str:
        """A text of the interface in the reader's language."""
        return self.texts.gettext(message)

    def address(self, name: str, query: object = (), **parts: str) -> str:
        """The address of a page in the reader's language."""
        return address(name, self.language, query, **parts)

    def day(self, value: date | None) -> str:
        """A day as the reader writes it: 3. November 2026."""
        return day(value, self.language) if value else ""


def provide_reader(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
) -> Reader:
    """The reader of this request."""
    settings: Settings = request.app.state.settings
    language = language_of(request)
    theme = request.cookies.get(THEME_COOKIE, "auto")
    node = nodes.own(session)
    return Reader(
        language=language,
        theme=theme if theme in THEMES else "auto",
        actor=actor,
        path=request.url.path,
        query_string=request.url.query,
        node_name=node.name,
        operator=node.operator,
        is_sample=node.is_sample,
        base_url=settings.base_url.rstrip("/"),
        source_url=settings.source_url,
        today=request.app.state.today(),
        notices=_announced(request, language),
        texts=translations(language),
    )


def _announced(request: Request[Any, Any, Any], language: str) -> tuple[PageNotice, ...]:
    shown = request.app.state.bulletin.shown(now())
    return tuple(PageNotice(each.in_language(language), each.weight) for each in shown)


def language_of(request: Request[Any, Any, Any]) -> str:
    """The language in the address, else the one the browser asks for, else the node's."""
    first = request.url.path.strip("/").split("/", 1)[0]
    if first in LANGUAGES:
        return first
    settings: Settings = request.app.state.settings
    for wanted in request.headers.get("accept-language", "").split(","):
        code = wanted.split(";", 1)[0].strip().lower()[:2]
        if code in LANGUAGES:
            return code
    return settings.language


def frame(
    reader: Reader,
    title: str,
    *,
    section: str = "",
    crumbs: Sequence[tuple[str, str]] = (),
    description: str = "",
    notices: Sequence[PageNotice] = (),
    is_indexed: bool = True,
) -> PageFrame:
    """The frame of a page; ``crumbs`` are label and address of what lies above it."""
    _ = reader._
    query = f"?{reader.query_string}" if reader.query_string else ""
    trail: tuple[NavLink, ...] = ()
    if crumbs or section:
        trail = (
            NavLink(_("Start"), reader.address("start")),
            *(NavLink(label, href) for label, href in crumbs),
            NavLink(title, reader.path, current=True),
        )
    fixed = _fixed(reader.language, section)
    others = [code for code in LANGUAGES if code != reader.language]
    return PageFrame(
        lang=reader.language,
        title=title,
        node_name=reader.node_name,
        home_href=reader.address("start"),
        current_path=reader.path + query,
        operator=reader.operator,
        description=description,
        is_sample=reader.is_sample,
        theme=reader.theme,
        nav=fixed.nav,
        crumbs=trail,
        languages=tuple(
            Language(code, LANGUAGE_NAMES[code], other_language(reader.path) + query)
            for code in others
        ),
        canonical_href=reader.base_url + reader.path,
        service_links=fixed.service_links,
        footer_links=fixed.footer_links,
        notices=(*reader.notices, *notices),
        sign_in_href=reader.address("sign_in", {"back": reader.path + query}),
        signed_in_as=reader.actor.name if reader.actor.person_id else "",
        account_href=reader.address("account"),
        sign_out_action=reader.address("sign_out"),
        source_href=reader.source_url,
        version=__version__,
        data_as_of=reader.day(reader.today),
        is_indexed=is_indexed,
    )


@dataclass(frozen=True)
class _Fixed:
    """What the frame of every page of a section has in a language."""

    nav: tuple[NavLink, ...]
    service_links: tuple[NavLink, ...]
    footer_links: tuple[NavLink, ...]


@cache
def _fixed(language: str, section: str) -> _Fixed:
    _ = translations(language).gettext
    return _Fixed(
        nav=tuple(
            NavLink(label, address(name, language), current=section == name)
            for name, label in (
                ("search", _("Solutions")),
                ("municipalities", _("Municipalities")),
                ("register_entries", _("AI register")),
                ("impact", _("Impact")),
            )
        ),
        service_links=(
            NavLink(_("Easy Language"), address("plain_language", language), icon="easy-language"),
            NavLink(_("Sign language"), address("sign_language", language), icon="sign-language"),
        ),
        footer_links=tuple(
            NavLink(label, address(name, language))
            for name, label in (
                ("assess", _("Classify a use of AI")),
                ("rules", _("The AI Act as rules")),
                ("data", _("Data to take along")),
                ("metrics", _("Metrics")),
                ("accessibility", _("Accessibility statement")),
                ("sorting", _("How we sort")),
                ("building_blocks", _("Building blocks")),
                ("api", _("API for programs")),
                ("publiccode_check", _("Check publiccode.yml")),
                ("imprint", _("Imprint")),
                ("privacy", _("Privacy")),
            )
        ),
    )
