"""Which class of reuse a licence permits.

Classes answer a clerk's question: *free* may be used, changed and passed on; *restricted* may be
used with limits on purpose or passing on; *commercial* must be bought.
"""

from functools import cache

from catalog.licenses.checking import Verdict, check

_ORDER = ("free", "restricted", "commercial", "not_stated")


@cache
def license_class(expression: str) -> str:
    """The code of the list ``license_class`` for an SPDX expression.

    The strictest part decides for AND and WITH, the most open for OR, as a reader may choose.
    An expression that cannot be read is ``not_stated``: nothing is promised on its strength.
    """
    if not expression.strip():
        return "not_stated"
    found = check(expression)
    if found.verdict in (Verdict.INVALID, Verdict.REFUSED) or found.tree is None:
        return "not_stated"
    return min(
        (max((each.terms.class_ for each in choice), key=_ORDER.index) for choice in found.choices),
        key=_ORDER.index,
    )
