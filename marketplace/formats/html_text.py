"""Plain text out of the HTML that registers keep in their text fields.

By hand and not with ``html.parser``: that takes minutes for 100,000 characters of unclosed tags
(each one makes it look to the end of the text). Here a tag ends before the next ``<``, so the time
grows with the length of the text alone.
"""

import html
import re

_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*|!|\?)[^<>]*>")
_BLOCKS = frozenset(
    ["p", "div", "br", "ul", "ol", "tr", "table", "h1", "h2", "h3", "h4", "h5", "h6"]
)
_HIDDEN = frozenset(["script", "style", "template"])
_INLINE = frozenset(["li", "b", "i", "em", "strong", "u", "a", "span", "td", "th"])
_KNOWN = _BLOCKS | _HIDDEN | _INLINE


def plain(text: str) -> str:
    """``text`` without markup, paragraphs kept as lines; a text without HTML stays as it is."""
    if "<" not in text or not any(tag.group(2).lower() in _KNOWN for tag in _TAG.finditer(text)):
        return text
    lines = (" ".join(line.split()) for line in _without_tags(text).split("\n"))
    return "\n".join(line for line in lines if line and line != "-")


def _without_tags(text: str) -> str:
    parts: list[str] = []
    at, hidden = 0, ""
    for tag in _TAG.finditer(text):
        name = tag.group(2).lower()
        if not hidden:
            parts.append(html.unescape(text[at : tag.start()]))
        at = tag.end()
        if hidden:
            hidden = "" if tag.group(1) and name == hidden else hidden
        elif name in _HIDDEN and not tag.group(1):
            hidden = name
        elif name in _BLOCKS:
            parts.append("\n")
        elif name == "li" and not tag.group(1):
            parts.append("\n- ")
    if not hidden:
        parts.append(html.unescape(text[at:]))
    return "".join(parts)
