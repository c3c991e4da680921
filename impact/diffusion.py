"""How a solution spreads: the model of Bass 1969 (doi 10.1287/mnsc.15.5.215).

``p`` is the pull from outside, ``q`` that of those who already use it, both by year; ``m`` is the
number of municipalities that could, taken from the register and never estimated.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from catalog.errors import Invalid
from impact.studies import Array


@dataclass(frozen=True)
class Bass:
    """A curve of adoption. Raises ``Invalid`` unless p and m are above 0 and q at least 0."""

    p: float
    q: float
    m: float

    def __post_init__(self) -> None:
        if not (self.p > 0 and self.q >= 0 and self.m > 0):
            raise Invalid("p and m are above zero, q is at least zero.", field="p")

    def share(self, t: ArrayLike) -> Array:
        """F(t): the share of the m that has adopted t years after the first could."""
        years = np.asarray(t, dtype=np.float64)
        decay = np.exp(-(self.p + self.q) * years)
        shares: Array = (1 - decay) / (1 + (self.q / self.p) * decay)
        return shares

    def adopters(self, t: ArrayLike) -> Array:
        """N(t) = m F(t)."""
        return self.m * self.share(t)

    @property
    def peak(self) -> float:
        """The year in which most adopt; 0 where it only slows down from the start."""
        return max(0.0, float(np.log(self.q / self.p)) / (self.p + self.q)) if self.q else 0.0

    @property
    def peak_rate(self) -> float:
        """How many adopt in a year at the peak."""
        if self.q <= self.p:
            return self.m * self.p
        return self.m * (self.p + self.q) ** 2 / (4 * self.q)
