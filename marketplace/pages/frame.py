"""What every page has around its content: the one context object of ``templates/layout.html``.

Plain values only. Who builds a page decides what stands in the frame; the template decides how
it looks. Texts are already in the language of the page; addresses are already complete.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class NavLink:
    """A link of the frame; ``current`` marks the section or page the reader is on.

    ``icon`` names one of KERN's icons (service links only).
    """

    label: str
    href: str
    current: bool = False
    icon: str = ""


@dataclass(frozen=True)
class PageNotice:
    """A message on top of a page; ``kind`` is ``info``, ``ok``, ``warn`` or ``bad``.

    An answer to an action is announced: ``live`` is ``status`` or, for errors, ``alert``.
    """

    text: str
    kind: str = "info"
    href: str = ""
    link_text: str = ""
    live: str = ""


@dataclass(frozen=True)
class Language:
    """The same page in another language: ``code`` as in BCP 47, the label in that language."""

    code: str
    label: str
    href: str


@dataclass(frozen=True)
class PageFrame:
    """Everything that ``layout.html`` needs besides its blocks.

    ``title`` is the page's own name; the layout adds the node. ``theme`` is ``auto``, ``light`` or
    ``dark``. The last of ``crumbs`` is the page itself; the start page has none. ``languages`` are
    the other languages of the page. Empty strings leave their part of the frame out.
    """

    lang: str
    title: str
    node_name: str
    home_href: str
    current_path: str
    operator: str = ""
    description: str = ""
    is_sample: bool = False
    theme: str = "auto"
    theme_action: str = "/darstellung"
    nav: tuple[NavLink, ...] = ()
    crumbs: tuple[NavLink, ...] = ()
    languages: tuple[Language, ...] = ()
    canonical_href: str = ""
    service_links: tuple[NavLink, ...] = ()
    footer_links: tuple[NavLink, ...] = ()
    notices: tuple[PageNotice, ...] = ()
    feeds: tuple[NavLink, ...] = ()
    sign_in_href: str = ""
    signed_in_as: str = ""
    account_href: str = ""
    sign_out_action: str = ""
    form_token: str = ""
    source_href: str = ""
    version: str = ""
    data_as_of: str = ""
    is_indexed: bool = True
