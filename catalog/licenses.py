"""What a licence is called and which class of reuse it permits.

Classes answer a clerk's question: *free* may be used, changed and passed on; *restricted* may be
used with limits on purpose or passing on; *commercial* must be bought. Source of the free ones:
the SPDX licence list's OSI-approved and FSF-free marks, as shipped with ``license-expression``.
"""

from functools import cache

from license_expression import ExpressionError, Licensing, get_spdx_licensing

FREE_CONTENT = frozenset(
    {
        "CC0-1.0",
        "CC-BY-4.0",
        "CC-BY-SA-4.0",
        "CC-BY-3.0",
        "ODC-By-1.0",
        "DL-DE-BY-2.0",
        "DL-DE-ZERO-2.0",
        "PDDL-1.0",
        "OGL-UK-3.0",
    }
)
RESTRICTED = (
    "CC-BY-NC",
    "CC-BY-ND",
    "BUSL-",
    "SSPL-",
    "Elastic-",
    "LicenseRef-restricted",
    "LicenseRef-LLAMA",
    "LicenseRef-gemma",
)
COMMERCIAL = (
    "LicenseRef-proprietary",
    "LicenseRef-commercial",
    "LicenseRef-scancode-commercial-license",
)


@cache
def _spdx() -> Licensing:
    return get_spdx_licensing()


@cache
def license_class(expression: str) -> str:
    """The code of the list ``license_class`` for an SPDX expression.

    The strictest part decides for AND and WITH, the most open for OR, as a reader may choose.
    An expression that cannot be read is ``not_stated``: nothing is promised on its strength.
    """
    if not expression.strip():
        return "not_stated"
    try:
        parsed = _spdx().parse(expression, validate=False)
    except ExpressionError:
        return "not_stated"
    alternatives = parsed.args if parsed.__class__.__name__ == "OR" else [parsed]
    order = ("free", "restricted", "commercial", "not_stated")
    return min((_class_of_all(part) for part in alternatives), key=order.index)


def _class_of_all(parsed: object) -> str:
    keys = _spdx().license_keys(parsed)
    order = ("free", "restricted", "commercial", "not_stated")
    return max((_class_of(key) for key in keys), key=order.index, default="not_stated")


def _class_of(key: str) -> str:
    if key.startswith(COMMERCIAL):
        return "commercial"
    if key.startswith(RESTRICTED):
        return "restricted"
    known = _spdx().known_symbols
    # "GPL-3.0" and "MPL-2.0+" are ids of older lists that many repositories still carry.
    if key in known or f"{key.rstrip('+')}-only" in known or key.rstrip("+") in known:
        return "free"
    return "free" if key in FREE_CONTENT else "not_stated"
