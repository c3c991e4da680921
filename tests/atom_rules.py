"""RFC 4287 and RFC 6721 as a list of breaches: strict where readers are known to stumble."""

import re
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlsplit
from xml.etree.ElementTree import XML, Element

ATOM = "{http://www.w3.org/2005/Atom}"
AT = "{http://purl.org/atompub/tombstones/1.0}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
RFC_3339 = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$")
LANGUAGE = re.compile(r"^[a-z]{2,3}(-\w+)*$")
ONCE = ("id", "title", "updated")
KNOWN_IN_FEED = {
    "author", "category", "contributor", "generator", "icon", "id", "link", "logo", "rights",
    "subtitle", "title", "updated", "entry",
}  # fmt: skip
KNOWN_IN_ENTRY = {
    "author", "category", "content", "contributor", "id", "link", "published", "rights", "source",
    "summary", "title", "updated",
}  # fmt: skip


def breaches(content: bytes) -> list[str]:
    """Every rule of the formats that the document breaks."""
    root = XML(content)
    if root.tag != f"{ATOM}feed":
        return [f"the root is {root.tag}"]
    found = [*_common(root, "feed", KNOWN_IN_FEED)]
    if not _links(root, "self"):
        found.append("the feed has no self link (4.1.1, should)")
    entries = root.findall(f"{ATOM}entry")
    if root.find(f"{ATOM}author") is None and any(
        entry.find(f"{ATOM}author") is None for entry in entries
    ):
        found.append("an entry has no author, nor has the feed (4.1.1)")
    seen = [(_text(entry, "id"), _text(entry, "updated")) for entry in entries]
    if len(set(seen)) != len(seen):
        found.append("two entries have the same id and updated (4.1.1)")
    for entry in entries:
        found += _entry(entry)
    for gone in root.findall(f"{AT}deleted-entry"):
        found += _tombstone(gone)
    return found


def _entry(entry: Element) -> Iterator[str]:
    yield from _common(entry, "entry", KNOWN_IN_ENTRY)
    content = entry.find(f"{ATOM}content")
    if content is None and not _links(entry, "alternate"):
        yield "an entry without content has no alternate link (4.1.2)"
    if content is not None:
        if content.get("type", "text") not in ("text", "html"):
            yield f"content of type {content.get('type')} is not expected here"
        if len(content):
            yield "content of type text or html has child elements (4.1.3.3)"
    published = entry.find(f"{ATOM}published")
    if published is not None and not _is_moment(published.text):
        yield f"published is no date (3.3): {published.text}"


def _common(node: Element, name: str, known: set[str]) -> Iterator[str]:
    for child in ONCE:
        if len(node.findall(f"{ATOM}{child}")) != 1:
            yield f"{name} must have exactly one {child}"
    if not _is_iri(_text(node, "id")):
        yield f"the id of {name} is no absolute IRI (4.2.6): {_text(node, 'id')}"
    if not _is_moment(_text(node, "updated")):
        yield f"updated of {name} is no date of RFC 3339 (3.3): {_text(node, 'updated')}"
    if not _text(node, "title").strip():
        yield f"the title of {name} is empty"
    if node.get(LANG) is not None and not LANGUAGE.match(node.get(LANG, "")):
        yield f"{node.get(LANG)} is no language (RFC 5646)"
    yield from _children(node, name, known)


def _children(node: Element, name: str, known: set[str]) -> Iterator[str]:
    for child in node:
        if child.tag.startswith(ATOM) and child.tag.removeprefix(ATOM) not in known:
            yield f"{child.tag} may not stand in {name}"
        elif not child.tag.startswith((ATOM, AT)):
            yield f"{child.tag} has no namespace that readers know"
    for author in node.findall(f"{ATOM}author"):
        if len(author.findall(f"{ATOM}name")) != 1 or not _text(author, "name").strip():
            yield f"an author of {name} has no name (3.2.1)"
    for category in node.findall(f"{ATOM}category"):
        if not category.get("term"):
            yield f"a category of {name} has no term (4.2.2.1)"
    yield from _hrefs(node, name)


def _hrefs(node: Element, name: str) -> Iterator[str]:
    pairs = [(link.get("type"), link.get("hreflang")) for link in _links(node, "alternate")]
    if len(set(pairs)) != len(pairs):
        yield f"{name} has two alternate links of one type and language (4.1.1, 4.1.2)"
    for link in node.findall(f"{ATOM}link"):
        if not _is_iri(link.get("href", "")):
            yield f"a link of {name} leads nowhere: {link.get('href')}"


def _tombstone(gone: Element) -> Iterator[str]:
    if not _is_iri(gone.get("ref", "")):
        yield f"a tombstone has no ref (RFC 6721, 3): {gone.get('ref')}"
    if not _is_moment(gone.get("when")):
        yield f"a tombstone has no when (RFC 6721, 3): {gone.get('when')}"


def _links(node: Element, rel: str) -> list[Element]:
    return [link for link in node.findall(f"{ATOM}link") if link.get("rel", "alternate") == rel]


def _text(node: Element, name: str) -> str:
    return node.findtext(f"{ATOM}{name}") or ""


def _is_iri(text: str) -> bool:
    parts = urlsplit(text)
    return bool(parts.scheme) and bool(parts.netloc or parts.path) and " " not in text


def _is_moment(text: str | None) -> bool:
    return (
        bool(text and RFC_3339.match(text)) and datetime.fromisoformat(str(text)).tzinfo is not None
    )
