"""Bars: how many of four conditions are met, and how complete a record is.

Classes used here: lm-block-full, lm-block-empty, lm-block-unknown (dashed outline: not stated),
lm-share-stated, lm-share-missing (dashed outline), lm-share-withheld (grey ground) and
lm-share-hatch (its diagonal lines, so that grey is told apart without color).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from marketplace.charts import drawing
from marketplace.charts.drawing import Words, element, number

CLASSES = frozenset(
    {
        "lm-condition-bar",
        "lm-share-bar",
        "lm-block-full",
        "lm-block-empty",
        "lm-block-unknown",
        "lm-share-stated",
        "lm-share-missing",
        "lm-share-withheld",
        "lm-share-hatch",
    }
)

CONDITIONS = 4

_BLOCK = 21.0
_HEIGHT = 12.0
_GAP = 2.0
_SHARE_WIDTH = 280.0
_HATCH = 6.0
_NARROWEST = 8.0


@dataclass(frozen=True)
class Completeness:
    """How many facts of a record are stated, not stated, and withheld with a reason.

    Raises ValueError when a count is negative.
    """

    stated: int
    missing: int
    withheld: int

    def __post_init__(self) -> None:
        if min(self.stated, self.missing, self.withheld) < 0:
            raise ValueError("Facts cannot be counted below zero.")

    @property
    def total(self) -> int:
        """All facts the record could state."""
        return self.stated + self.missing + self.withheld


def condition_bar(met: int | None, *, chart_id: str, words: Words) -> Markup:
    """Draw four blocks of which `met` are filled, or one dashed outline when none was stated.

    Raises ValueError outside 0 to 4.
    """
    width = CONDITIONS * (_BLOCK + _GAP) - _GAP
    if met is None:
        blocks = [_outline("lm-block-unknown", 0, width, radius=3)]
    elif 0 <= met <= CONDITIONS:
        blocks = [_block(index, is_full=index < met) for index in range(CONDITIONS)]
    else:
        raise ValueError(f"{met} of {CONDITIONS} conditions cannot be met.")
    return drawing.picture(chart_id, words, (width, _HEIGHT), *blocks, class_="lm-condition-bar")


def share_bar(completeness: Completeness, *, chart_id: str, words: Words) -> Markup:
    """Draw one bar divided into stated, not stated and withheld facts.

    A record without any fact is one dashed outline, as if nothing was stated.
    """
    parts = [
        (completeness.stated, _stated),
        (completeness.withheld, _withheld),
        (completeness.missing if completeness.total else 1, _missing),
    ]
    shown = [(count, draw) for count, draw in parts if count]
    left, pieces = 0.0, []
    for width, (_, draw) in zip(_widths([count for count, _ in shown]), shown, strict=True):
        pieces.append(draw(left, width))
        left += width + _GAP
    size = (_SHARE_WIDTH, _HEIGHT)
    return drawing.picture(chart_id, words, size, *pieces, class_="lm-share-bar")


def _widths(counts: Sequence[int]) -> list[float]:
    """Divide the bar in proportion, but let no part become too narrow to be seen."""
    room = _SHARE_WIDTH - _GAP * (len(counts) - 1)
    widths = [max(room * count / sum(counts), _NARROWEST) for count in counts]
    widths[counts.index(max(counts))] -= sum(widths) - room
    return widths


def _block(index: int, *, is_full: bool) -> Markup:
    return element(
        "rect",
        class_="lm-block-full" if is_full else "lm-block-empty",
        x=index * (_BLOCK + _GAP),
        y=0,
        width=_BLOCK,
        height=_HEIGHT,
        rx=2,
    )


def _outline(class_: str, left: float, width: float, *, radius: float) -> Markup:
    return element(
        "rect",
        class_=class_,
        x=left + 0.75,
        y=0.75,
        width=max(width - 1.5, 0.5),
        height=_HEIGHT - 1.5,
        rx=radius,
        stroke_width=1.5,
    )


def _stated(left: float, width: float) -> Markup:
    return element("rect", class_="lm-share-stated", x=left, y=0, width=width, height=_HEIGHT, rx=2)


def _missing(left: float, width: float) -> Markup:
    return _outline("lm-share-missing", left, width, radius=2)


def _withheld(left: float, width: float) -> Markup:
    ground = element(
        "rect", class_="lm-share-withheld", x=left, y=0, width=width, height=_HEIGHT, rx=2
    )
    lines = []
    # Each line rises to the right by 45 degrees and is cut where the bar ends.
    for step in range(int((width + _HEIGHT) / _HATCH) + 1):
        foot = step * _HATCH
        start, end = max(foot - _HEIGHT, 0.0), min(foot, width)
        if start < end:
            lines.append(
                f"M{number(left + start)} {number(foot - start)}"
                f"L{number(left + end)} {number(foot - end)}"
            )
    return ground + element("path", class_="lm-share-hatch", d="".join(lines))
