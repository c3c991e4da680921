"""QR codes for printed sheets: the permanent link of a record, readable by any phone.

Classes used here: lm-qr-ground (always light, also in the dark theme, or scanners fail) and
lm-qr-code (always dark).
"""

import segno
from markupsafe import Markup

from marketplace.charts import drawing
from marketplace.charts.drawing import Words, element

CLASSES = frozenset({"lm-qr", "lm-qr-ground", "lm-qr-code"})

QUIET_ZONE = 4
"""Modules of light ground around the code that ISO/IEC 18004 demands."""

_MODULE = 4.0


def qr_code(link: str, *, chart_id: str, words: Words, module: float = _MODULE) -> Markup:
    """Draw a link as a QR code with error correction M; `module` is the size of one square.

    Raises ValueError when the link is empty or longer than a QR code can hold (2,331 bytes).
    """
    if not link:
        raise ValueError("A QR code needs a link.")
    # Upper level M repairs 15 % of damage: enough for a folded or stamped sheet.
    code = segno.make(link, error="m", micro=False, boost_error=False)
    rows = [bytes(row) for row in code.matrix]
    side = len(rows) + 2 * QUIET_ZONE
    path = "".join(_runs(row, QUIET_ZONE + index) for index, row in enumerate(rows))
    scale = f"scale({drawing.number(module)})"
    return drawing.picture(
        chart_id,
        words,
        (side * module, side * module),
        element("rect", class_="lm-qr-ground", width=side * module, height=side * module),
        element(
            "path",
            class_="lm-qr-code",
            d=path,
            transform=scale,
            shape_rendering="crispEdges",
        ),
        class_="lm-qr",
    )


def _runs(row: bytes, y: int) -> str:
    """Return one rectangle for each run of dark modules in a row."""
    drawn, start = [], None
    for x, is_dark in enumerate((*row, 0)):
        if is_dark and start is None:
            start = x
        elif not is_dark and start is not None:
            drawn.append(f"M{QUIET_ZONE + start} {y}h{x - start}v1H{QUIET_ZONE + start}z")
            start = None
    return "".join(drawn)
