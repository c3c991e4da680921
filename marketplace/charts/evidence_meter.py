"""The evidence meter: four rising bars, as many filled as the evidence is strong.

Never shown without the words beside it, so the words are also its title.

Classes used here: lm-bar-full, lm-bar-empty (an outline; filled and hollow differ without color).
"""

from markupsafe import Markup

from marketplace.charts import drawing
from marketplace.charts.drawing import Words, element

CLASSES = frozenset({"lm-evidence-meter", "lm-bar-full", "lm-bar-empty"})

STRONGEST = 4
"""Measured with a comparison group; 3 before and after, 2 self-reported, 1 estimated, 0 none."""

_WIDTH = 5.5
_GAP = 3.0
_HEIGHTS = (6.0, 10.5, 15.0, 19.5)
_LINE = 1.0


def evidence_meter(strength: int, *, chart_id: str, words: Words) -> Markup:
    """Draw four bars of which `strength` are filled; raises ValueError outside 0 to 4."""
    if not 0 <= strength <= STRONGEST:
        raise ValueError(f"Evidence has the strengths 0 to {STRONGEST}, not {strength}.")
    bars = [_bar(index, is_full=index < strength) for index in range(STRONGEST)]
    size = (STRONGEST * (_WIDTH + _GAP) - _GAP, _HEIGHTS[-1])
    return drawing.picture(chart_id, words, size, *bars, class_="lm-evidence-meter")


def _bar(index: int, *, is_full: bool) -> Markup:
    # The outline of a hollow bar lies inside its box, or hollow bars would look larger.
    inset = 0.0 if is_full else _LINE / 2
    height = _HEIGHTS[index]
    return element(
        "rect",
        class_="lm-bar-full" if is_full else "lm-bar-empty",
        x=index * (_WIDTH + _GAP) + inset,
        y=_HEIGHTS[-1] - height + inset,
        width=_WIDTH - 2 * inset,
        height=height - 2 * inset,
        rx=1,
        stroke_width=None if is_full else _LINE,
    )
