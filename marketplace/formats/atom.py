"""Atom feeds: RFC 4287, with pages (RFC 5005, 3) and tombstones for what was withdrawn (RFC 6721).

Pure: values in, bytes out. Every text is escaped; HTML travels as escaped text (``type="html"``),
so that no reader can take a record's words for markup of ours.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from markupsafe import Markup

from marketplace.formats import characters
from marketplace.formats.csv_out import moment

MEDIA_TYPE = "application/atom+xml; charset=utf-8"
ATOM = "http://www.w3.org/2005/Atom"
TOMBSTONES = "http://purl.org/atompub/tombstones/1.0"

_NOT_XML = re.compile(r"[\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True)
class Link:
    """An address that belongs to a feed or an entry; ``rel`` as in the IANA registry."""

    rel: str
    href: str
    type: str = ""


@dataclass(frozen=True)
class Entry:
    """One thing: its IRI for ever, what it is called, when it last changed, where it is shown."""

    id: str
    title: str
    updated: datetime
    href: str
    language: str = ""
    """Language of title, summary and content, where it is not the feed's."""
    author: str = ""
    published: datetime | None = None
    summary: str = ""
    content: Markup | None = None
    """HTML; it is escaped on its way out."""
    categories: Sequence[tuple[str, str]] = ()
    """Code and label."""


@dataclass(frozen=True)
class Tombstone:
    """An entry that is no longer public: its IRI, when it went, why."""

    ref: str
    when: datetime
    comment: str = ""


@dataclass(frozen=True)
class Feed:
    """A feed or one page of it, newest first."""

    id: str
    title: str
    language: str
    updated: datetime
    author: str
    links: Sequence[Link]
    items: Sequence[Entry | Tombstone]
    rights: str = ""


def written(feed: Feed) -> bytes:
    """The feed as XML in UTF-8."""
    root = Element("feed", {"xmlns": ATOM, "xmlns:at": TOMBSTONES, "xml:lang": feed.language})
    _text(root, "id", feed.id)
    _text(root, "title", feed.title)
    _text(root, "updated", moment(feed.updated))
    _text(SubElement(root, "author"), "name", feed.author)
    _text(root, "generator", "Lichtermeer")
    if feed.rights:
        _text(root, "rights", feed.rights)
    for link in feed.links:
        _link(root, link)
    for item in feed.items:
        if isinstance(item, Tombstone):
            _tombstone(root, item)
        else:
            _entry(root, item)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


def _entry(root: Element, entry: Entry) -> None:
    language = {"xml:lang": entry.language} if entry.language else {}
    node = SubElement(root, "entry", language)
    _text(node, "id", entry.id)
    _text(node, "title", entry.title)
    _text(node, "updated", moment(entry.updated))
    if entry.published is not None:
        _text(node, "published", moment(entry.published))
    if entry.author:
        _text(SubElement(node, "author"), "name", entry.author)
    _link(node, Link("alternate", entry.href, "text/html"))
    for code, label in entry.categories:
        SubElement(node, "category", {"term": _clean(code), "label": _clean(label)})
    if entry.summary:
        _text(node, "summary", entry.summary)
    if entry.content is not None:
        _text(node, "content", str(entry.content), {"type": "html"})


def _tombstone(root: Element, gone: Tombstone) -> None:
    node = SubElement(root, "at:deleted-entry", {"ref": gone.ref, "when": moment(gone.when)})
    if gone.comment:
        _text(node, "at:comment", gone.comment)


def _link(parent: Element, link: Link) -> None:
    kind = {"type": link.type} if link.type else {}
    SubElement(parent, "link", {"rel": link.rel, "href": link.href, **kind})


def _text(parent: Element, name: str, text: str, attributes: dict[str, str] | None = None) -> None:
    SubElement(parent, name, attributes or {}).text = _clean(text)


def _clean(text: str) -> str:
    return _NOT_XML.sub("", characters.clean(text)[0])
