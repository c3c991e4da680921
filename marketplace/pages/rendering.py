"""Templates to answers: Jinja with the texts of one language and plain values only."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date
from functools import cache, lru_cache
from gettext import NullTranslations
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal
from jinja2 import Environment, FileSystemLoader, StrictUndefined, nodes
from jinja2.visitor import NodeTransformer
from litestar import MediaType, Response
from markupsafe import Markup, escape

from marketplace.assets import Manifest
from marketplace.settings import ROOT
from marketplace.translations import translations

MOST_PIECES = 8_192
"""Pieces of pages that are remembered for each language, such as cards of solutions."""

HOLE = "\x00"
"""Marks the place of what differs in a remembered piece; no text can hold it."""


def _draw(macro: Callable[..., Markup], *values: Any, **named: Any) -> Markup:
    """What a macro makes of values; templates call it as ``remembered``.

    Only for macros that look at nothing but their arguments.
    """
    return macro(*values, **named)


class _Translated(NodeTransformer):
    """Puts in what cannot change while the program runs: texts of one language, asset addresses.

    A page asks for some hundred of them; so they are part of the template when it is drawn.
    """

    def __init__(self, texts: NullTranslations, asset: Callable[[str], str]) -> None:
        self._known = {
            "_": lambda text: Markup(texts.gettext(text)) % {},  # noqa: S704 - our own texts
            "asset": asset,
        }

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 - named after the node
        """Replace a call with nothing but one constant."""
        self.generic_visit(node)
        put_in = self._known.get(node.node.name) if isinstance(node.node, nodes.Name) else None
        match node.args:
            case [nodes.Const() as text] if put_in is not None and not node.kwargs:
                return nodes.Const(put_in(text.value), lineno=node.lineno)
        return node


class _Environment(Environment):
    """Templates of one language."""

    constants: _Translated

    def _generate(self, source: nodes.Template, *arguments: Any, **named: Any) -> str:
        return super()._generate(self.constants.visit(source), *arguments, **named)


@cache
def environment(language: str) -> Environment:
    """The templates with the interface texts of a language."""
    env = _Environment(
        loader=FileSystemLoader(ROOT / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols"],
        trim_blocks=True,
        lstrip_blocks=True,
        cache_size=400,
        auto_reload=False,
    )
    texts = translations(language)
    env.install_gettext_callables(  # type: ignore[attr-defined]
        texts.gettext, texts.ngettext, newstyle=True, pgettext=texts.pgettext,
        npgettext=texts.npgettext,
    )  # fmt: skip
    env.globals["asset"] = asset = Manifest.load().address
    env.constants = _Translated(texts, asset)
    env.globals["lang"] = language
    # Typed, for a text that is markup equals one that is not and must never be taken for it.
    env.globals["remembered"] = lru_cache(MOST_PIECES, typed=True)(_draw)
    env.filters["filled"] = filled
    env.filters["thousands"] = thousands
    env.filters["number"] = lambda value: number(value, language)
    env.filters["day"] = lambda value: day(value, language)
    env.filters["paragraphs"] = paragraphs
    return env


@lru_cache(4_096, typed=True)
def number(value: float, language: str) -> str:
    """A number as the language writes it, thousands set apart by a narrow space."""
    text: str = format_decimal(value, locale=language)
    return text.replace(".", "\u202f") if language == "de" and isinstance(value, int) else text


def filled(piece: Markup, value: object) -> Markup:
    """A remembered piece with what differs, where the piece has its mark (NUL)."""
    return piece.replace(HOLE, escape(value), 1)


@lru_cache(4_096)
def thousands(value: int) -> str:
    """A whole number, thousands set apart by a narrow space."""
    return f"{value:,}".replace(",", "\u202f")


@lru_cache(4_096)
def day(value: date, language: str) -> str:
    """A day in words: 3. November 2026."""
    text: str = format_date(value, "long", locale=language)
    return text


def paragraphs(text: str) -> Markup:
    """Plain text as paragraphs, one for each block between empty lines; nothing is interpreted."""
    blocks = [block.strip() for block in text.replace("\r\n", "\n").split("\n\n")]
    return Markup("").join(
        Markup("<p>{}</p>").format(Markup("<br>").join(escape(line) for line in block.split("\n")))
        for block in blocks
        if block
    )


@cache
def piece(language: str, template: str, name: str) -> Callable[..., Markup]:
    """The macro of that name in a template of pieces, for who keeps what it draws."""
    macro: Callable[..., Markup] = getattr(
        environment(language).get_template(template).module, name
    )
    return macro


def render(
    template: str,
    context: Any,
    *,
    status_code: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response[str]:
    """The page that ``template`` makes of the fields of ``context``, a frozen dataclass.

    The context's field ``page`` is the frame and names the language.
    """
    values = {field.name: getattr(context, field.name) for field in fields(context)}
    html = environment(context.page.lang).get_template(template).render(values)
    return Response(
        html, media_type=MediaType.HTML, status_code=status_code, headers=dict(headers or {})
    )
