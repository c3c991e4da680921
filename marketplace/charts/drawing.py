"""The pen of all charts: escaped SVG elements, accessible pictures, the width of text.

Every chart is built from `element`, so what comes from a record can never become markup, and no
chart can carry a style attribute (the content security policy forbids them). Colors come from
classes alone; each chart module lists the classes it uses in `CLASSES`.

Classes used here: lm-chart (every picture), lm-sign (a picture in a legend), lm-wide and
lm-narrow (wrappers; CSS shows one), lm-broad (around both, where the column decides which).
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup, escape

CLASSES = frozenset({"lm-chart", "lm-sign", "lm-wide", "lm-narrow", "lm-broad"})

NARROW_WIDTH = 343
"""Units of the narrow drawings: a 375 px phone less twice 16 px of padding (STYLE 4)."""

WIDE_TEXT = 14
"""Font size in the wide drawings, in units that are CSS pixels because they are drawn 1:1."""

NARROW_TEXT = 16
"""Font size in the narrow drawings: on a 320 px screen they shrink to 0.84, so to 13.4 px."""

_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

# Advance widths of Fira Sans 600 in thousandths of an em, measured and rounded up to 50.
_WIDTHS = {
    250: " !',.:;\u00a0\u2009\u202f",
    300: "Iijl",
    350: "()J[]`{}",
    400: "frt|",
    450: '"*-',
    500: "17?Fcsz",
    550: "#$+/235<=>ELTZ\\_agkvxy~–−",
    600: "04689ACPSVXY^bdehnopqu",
    650: "BDGKRß",
    700: "HNOQU",
    750: "w",
    800: "&M",
    850: "Wm",
    900: "%",
}
_WIDTH_OF = {letter: width for width, letters in _WIDTHS.items() for letter in letters}
_WIDEST = 1300


@dataclass(frozen=True)
class Words:
    """What a picture says to people who do not see it, in the language of the page.

    The title names the picture, the description states what it shows; both are plain text.
    """

    title: str
    description: str


def element(name: str, *children: Markup, **attributes: str | float | None) -> Markup:
    """Return one SVG element with escaped attributes.

    Attribute names are written as Python allows (`class_`, `stroke_width`); an attribute that is
    None is left out. Raises ValueError for `style`, which the content security policy forbids.
    """
    if "style" in attributes:
        raise ValueError("Charts are styled by classes; a style attribute is not allowed.")
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_value(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    if not children:
        return Markup(f"<{name}{written}/>")  # noqa: S704 - name is ours, values are escaped
    inside = Markup("").join(children)
    return Markup(f"<{name}{written}>{inside}</{name}>")  # noqa: S704 - children are Markup


def plain(text: str) -> Markup:
    """Return text from outside, escaped and without the characters that XML cannot hold."""
    return escape(_NOT_IN_XML.sub("\ufffd", text))


def text(content: str, *, x: float, y: float, **attributes: str | float | None) -> Markup:
    """Return a text element whose baseline starts, centers or ends at a point."""
    return element("text", plain(content), x=x, y=y, **attributes)


def picture(
    chart_id: str,
    words: Words,
    size: tuple[float, float],
    *children: Markup,
    class_: str = "",
) -> Markup:
    """Return an accessible SVG drawn 1:1, that is, one unit is one CSS pixel.

    `chart_id` must be unique on the page; the ids of title and description derive from it.
    Raises ValueError when it is no plain identifier.
    """
    if not _IDENTIFIER.fullmatch(chart_id):
        raise ValueError(f"A chart needs a plain identifier, not {chart_id!r}.")
    width, height = size
    return element(
        "svg",
        element("title", plain(words.title), id=f"{chart_id}-title"),
        element("desc", plain(words.description), id=f"{chart_id}-desc"),
        *children,
        xmlns="http://www.w3.org/2000/svg",
        class_=f"lm-chart {class_}".strip(),
        role="img",
        aria_labelledby=f"{chart_id}-title",
        aria_describedby=f"{chart_id}-desc",
        viewBox=f"0 0 {number(width)} {number(height)}",
        width=width,
        height=height,
        focusable="false",
    )


def sign(size: tuple[float, float], *children: Markup) -> Markup:
    """Return a small decorative SVG for a legend, silent because words stand beside it."""
    width, height = size
    return element(
        "svg",
        *children,
        xmlns="http://www.w3.org/2000/svg",
        class_="lm-chart lm-sign",
        aria_hidden="true",
        viewBox=f"0 0 {number(width)} {number(height)}",
        width=width,
        height=height,
        focusable="false",
    )


def wide_and_narrow(wide: Markup, narrow: Markup) -> Markup:
    """Return both drawings of one chart, wrapped so that CSS shows the one that fits."""
    return element("div", wide, class_="lm-wide") + element("div", narrow, class_="lm-narrow")


def broad(wide: Markup, narrow: Markup) -> Markup:
    """Return both drawings of a broad chart: the narrow one stands in wherever the column is
    too narrow for the wide one, not only on phones.
    """
    return element("div", wide_and_narrow(wide, narrow), class_="lm-broad")


def number(value: float) -> str:
    """Return a coordinate with at most two decimals and no idle zeros."""
    rounded = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if rounded == "-0" else rounded


def polyline(points: Iterable[tuple[float, float]]) -> str:
    """Return path data through the points."""
    return "M" + "L".join(f"{number(x)} {number(y)}" for x, y in points)


def text_width(content: str, size: float) -> float:
    """Return the width of a line in Fira Sans 600 at a font size, never too small.

    Overlaps are judged on the server where no font is at hand, so widths are rounded up; letters
    outside the table count as the widest.
    """
    letters = unicodedata.normalize("NFD", content)
    thousandths = sum(
        _WIDTH_OF.get(letter, _WIDEST) for letter in letters if not unicodedata.combining(letter)
    )
    return thousandths * size / 1000


def wrapped(content: str, *, size: float, room: float, most: int = 3) -> tuple[str, ...]:
    """Return the lines of a text that fit in `room` units, at most `most` of them.

    A word wider than a line is broken; what does not fit ends in an ellipsis.
    """
    lines: list[str] = []
    line = ""
    for word in content.split(" "):
        for piece in _pieces(word, size, room):
            longer = f"{line} {piece}".lstrip()
            if line and text_width(longer, size) > room:
                lines.append(line)
                line = piece
            else:
                line = longer
    lines.append(line)
    if len(lines) <= most:
        return tuple(lines)
    last = lines[most - 1]
    while last and text_width(f"{last}…", size) > room:
        last = last[:-1]
    return (*lines[: most - 1], f"{last.rstrip()}…")


def _pieces(word: str, size: float, room: float) -> Iterable[str]:
    piece = ""
    for letter in word:
        if piece and text_width(piece + letter, size) > room:
            yield piece
            piece = ""
        piece += letter
    yield piece


def _value(value: str | float) -> str:
    if isinstance(value, str):
        return plain(value)
    return number(value)
