"""Studies to be pooled: an effect, its sampling variance and, if wanted, covariates of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import ArrayLike, NDArray

from catalog.errors import Invalid, Problem

Array = NDArray[np.float64]

MOST_STUDIES = 20_000
"""More rows than that are no list of studies; the cautious interval would not end in time."""


@dataclass(frozen=True)
class Studies:
    """Effects ``y`` (k,) with sampling variances ``v`` (k,) and a design matrix ``x`` (k, p).

    ``x`` begins with a column of ones; without covariates that is all of it. Effects of ratios are
    natural logarithms.
    """

    y: Array
    v: Array
    x: Array

    @property
    def k(self) -> int:
        """How many studies there are."""
        return len(self.y)

    @property
    def p(self) -> int:
        """How many coefficients the model has, the mean included."""
        return int(self.x.shape[1])

    @property
    def df(self) -> int:
        """Degrees of freedom that are left: k - p."""
        return self.k - self.p

    def without(self, index: int) -> "Studies":
        """All studies but one."""
        return self.where(np.arange(self.k) != index)

    def where(self, kept: NDArray[np.bool_]) -> "Studies":
        """The studies for which ``kept`` is true."""
        return Studies(self.y[kept], self.v[kept], self.x[kept])


def studies(
    yi: ArrayLike, vi: ArrayLike, covariates: Sequence[ArrayLike] | ArrayLike = ()
) -> Studies:
    """Studies from columns of the same length; each covariate is a column.

    Raises ``Invalid`` for no study at all, missing or infinite numbers, variances that are not
    above zero, columns of different lengths, and covariates that say the same thing twice.
    """
    y = _column("yi", yi)
    v = _column("vi", vi)
    columns = [_column(f"covariate {n}", column) for n, column in enumerate(covariates, 1)]  # type: ignore[arg-type]
    if not len(y):
        raise Invalid("There is no study to pool.", field="yi")
    if len(y) > MOST_STUDIES:
        raise Invalid("Give at most %(most)d studies.", field="yi", most=MOST_STUDIES)
    if any(len(column) != len(y) for column in chain([v], columns)):
        raise Invalid("Every study needs an effect, a variance and every covariate.", field="vi")
    _require_usable(y, v, columns)
    x = np.column_stack([np.ones(len(y)), *columns])
    if np.linalg.matrix_rank(x) < x.shape[1]:
        raise Invalid(
            "The covariates say the same thing twice, or there are more of them than studies.",
            field="covariates",
        )
    return Studies(y, v, x)


def _column(name: str, values: ArrayLike) -> Array:
    try:
        column = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise Invalid("“%(name)s” holds something that is no number.", field=name, name=name) from (
            error
        )
    if column.ndim != 1:
        raise Invalid("“%(name)s” is one number for each study.", field=name, name=name)
    return column


def _require_usable(y: Array, v: Array, columns: Sequence[Array]) -> None:
    problems = [
        Problem(
            f"{name}[{row}]",
            "Study %(row)d has no finite number in “%(name)s”.",
            {"row": row + 1, "name": name},
        )
        for name, column in (
            ("yi", y),
            ("vi", v),
            *((f"covariate {n}", c) for n, c in enumerate(columns, 1)),
        )
        for row in np.flatnonzero(~np.isfinite(column))
    ]
    problems += [
        Problem(
            f"vi[{row}]",
            "Study %(row)d has no variance above zero. An effect without spread is not pooled.",
            {"row": row + 1},
        )
        for row in np.flatnonzero(np.isfinite(v) & (v <= 0))
    ]
    if problems:
        raise invalid_columns(problems)


def invalid_columns(problems: Sequence[Problem]) -> Invalid:
    """The refusal that names every wrong row; its sentence is that of the first."""
    first = problems[0]
    refusal = Invalid(first.message, problems=problems)
    refusal.params = first.params
    return refusal
