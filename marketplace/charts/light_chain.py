"""The light chain: one dot per municipality that runs a solution, in rows people can count.

Classes used here: lm-live (a dot), lm-mine (a dot of a municipality like the reader's: amber with
a ring), lm-none (hollow, dashed: nobody yet), lm-chart-label (the number of those not drawn).
"""

from dataclasses import dataclass

from markupsafe import Markup

from marketplace.charts import drawing
from marketplace.charts.axis import write_number
from marketplace.charts.drawing import Words, element

CLASSES = frozenset({"lm-light-chain", "lm-live", "lm-mine", "lm-none", "lm-chart-label"})

PER_ROW = 10
LONGEST = 40
"""Above this many, two full rows stand for the first twenty and a number for the others."""

_DOT = 12.0
_PITCH = 17.0
_RING = 1.5
_TEXT = 15


@dataclass(frozen=True)
class Chain:
    """Municipalities that run a solution, and how many of them are like the reader's own.

    Raises ValueError unless 0 ≤ mine ≤ live.
    """

    live: int
    mine: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.mine <= self.live:
            raise ValueError(f"{self.mine} of {self.live} municipalities cannot be like yours.")

    @property
    def drawn(self) -> int:
        """How many dots are drawn."""
        return self.live if self.live <= LONGEST else 2 * PER_ROW

    @property
    def beyond(self) -> int:
        """How many the number after the dots stands for."""
        return self.live - self.drawn


def light_chain(chain: Chain, *, chart_id: str, words: Words, locale: str) -> Markup:
    """Draw the chain, first those like the reader's, then the others.

    Nobody yet gives one hollow dashed dot: light always means live and confirmed.
    """
    dots = [_dot(index, is_mine=index < chain.mine) for index in range(chain.drawn)]
    rows = max(1, -(-chain.drawn // PER_ROW))
    width = min(max(chain.drawn, 1), PER_ROW) * _PITCH - (_PITCH - _DOT)
    if not dots:
        dots = [element("circle", class_="lm-none", cx=_DOT / 2, cy=_DOT / 2, r=_DOT / 2 - 0.75)]
    if chain.beyond:
        more = f"+ {write_number(chain.beyond, locale)}"
        dots.append(
            drawing.text(
                more,
                x=width + 8,
                y=_PITCH + _DOT - 1,
                class_="lm-chart-label",
                font_size=_TEXT,
                font_weight=600,
            )
        )
        width += 8 + drawing.text_width(more, _TEXT)
    height = rows * _PITCH - (_PITCH - _DOT)
    return drawing.picture(chart_id, words, (width, height), *dots, class_="lm-light-chain")


def _dot(index: int, *, is_mine: bool) -> Markup:
    row, column = divmod(index, PER_ROW)
    return element(
        "circle",
        class_="lm-mine" if is_mine else "lm-live",
        cx=column * _PITCH + _DOT / 2,
        cy=row * _PITCH + _DOT / 2,
        # The ring lies inside the twelve pixels, so both kinds count as the same size.
        r=(_DOT - _RING) / 2 if is_mine else _DOT / 2,
        stroke_width=_RING if is_mine else None,
    )
