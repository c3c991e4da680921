"""What a mail says, written once and shown as plain text and as simple HTML.

::

    outbox.queue(session, to=person.email, letter=Letter(
        language=person.language,
        subject=_("Confirm your address"),
        name=person.name,
        paragraphs=(_("Somebody entered this address. Was it you?"),),
        action=Link(_("Confirm address"), address),
        reason=_("You get this mail because …"),
    ))

The texts are already in the person's language. There are no images and nothing that tells the
sender whether a mail was read.
"""

from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from catalog.errors import Invalid
from marketplace.settings import ROOT
from marketplace.translations import translations

LONGEST_SUBJECT = 200

LONGEST_BODY = 500_000
"""Characters of the rendered text or HTML."""


@dataclass(frozen=True)
class Link:
    """Words and the absolute address they lead to; ``note`` stands below, muted by position."""

    words: str
    href: str
    note: str = ""


@dataclass(frozen=True)
class Section:
    """A part of a longer letter, such as a digest: heading and what is listed under it."""

    heading: str
    links: tuple[Link, ...] = ()
    paragraphs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Letter:
    """A mail before it is rendered, in one language."""

    language: str
    subject: str
    """What the mail is about, in honest words; one line."""
    paragraphs: tuple[str, ...] = ()
    name: str = ""
    """Who is greeted; empty greets nobody by name."""
    action: Link | None = None
    """The one thing to do, with its permanent or one-time address."""
    sections: tuple[Section, ...] = ()
    closing: tuple[str, ...] = ()
    """What is said after the action: how long it holds, what to do if it was not you."""
    reason: str = ""
    """Why the person gets this mail; stands in the last lines."""


@dataclass(frozen=True)
class Rendered:
    """A letter as it is stored."""

    subject: str
    text: str
    html: str


def rendered(letter: Letter, *, node_name: str, unsubscribe: str = "") -> Rendered:
    """Text and HTML of a letter; ``unsubscribe`` is the address that ends such mails.

    Raises ``Invalid`` for a subject that is empty, too long or has a line break (which would begin
    a header of its own), and for a letter that is too long.
    """
    subject = letter.subject.strip()
    if not 0 < len(subject) <= LONGEST_SUBJECT or not subject.isprintable():
        raise Invalid("The subject of a mail is one line of at most 200 characters.")
    values = {"letter": letter, "node_name": node_name, "unsubscribe": unsubscribe}
    text, html = (
        _environment(letter.language).get_template(f"mail/letter.{kind}").render(values)
        for kind in ("txt", "html")
    )
    if max(len(text), len(html)) > LONGEST_BODY:
        raise Invalid("A mail has at most 500,000 characters.")
    return Rendered(subject, text.strip() + "\n", html)


@cache
def _environment(language: str) -> Environment:
    env = Environment(
        loader=FileSystemLoader(ROOT / "templates"),
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    texts = translations(language)
    env.install_gettext_callables(  # type: ignore[attr-defined]
        texts.gettext, texts.ngettext, newstyle=True, pgettext=texts.pgettext,
        npgettext=texts.npgettext,
    )  # fmt: skip
    return env
