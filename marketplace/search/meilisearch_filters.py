"""Conditions in the server's filter language, with every value quoted."""

from collections.abc import Iterable, Mapping, Sequence

from marketplace.search.meilisearch_settings import RECORD, facet_attribute
from marketplace.search.plan import Alternative, Plan, Unit, Word

NONE = 'kind = "none"'
"""What no document meets."""

RECORDS = f'kind = "{RECORD}"'
"""What every record meets, and the note on the index' state does not."""

UNSPEAKABLE = "\\"
"""The server's language cannot say a value with this; no record of ours has one."""


def any_of(attribute: str, values: Iterable[str]) -> str:
    """That the attribute holds any of ``values``."""
    quoted = [_quoted(value) for value in values if UNSPEAKABLE not in value]
    return f"{attribute} IN [{', '.join(quoted)}]" if quoted else NONE


def begins(attribute: str, beginning: str) -> str:
    """That a value of the attribute begins so."""
    if UNSPEAKABLE in beginning:
        return NONE
    return f"{attribute} STARTS WITH {_quoted(beginning)}"


def all_of(conditions: Iterable[str]) -> str:
    """That all conditions are met; at least one must be given."""
    return " AND ".join(conditions)


def filtered(filters: Mapping[str, frozenset[str]]) -> list[str]:
    """The conditions of a question's filters."""
    return [any_of(facet_attribute(facet), sorted(values)) for facet, values in filters.items()]


def matching(plan: Plan, *, loosely: bool) -> list[str]:
    """What a record must hold: every needed word, or any of them if ``loosely``."""
    units = plan.needed
    if not units:
        return [RECORDS]
    if not loosely:
        return [RECORDS, *map(_unit, units)]
    return [RECORDS, _either([part for unit in units for part in _loose(unit)])]


def _unit(unit: Unit) -> str:
    return _either([_alternative(one) for one in unit.alternatives])


def _loose(unit: Unit) -> list[str]:
    return [
        condition
        for one in unit.alternatives
        for condition in ([_alternative(one)] if one.is_beginning else map(_word, one.words))
    ]


def _alternative(alternative: Alternative) -> str:
    if alternative.is_beginning:
        return begins("terms", alternative.words[0][0])
    words = [_word(word) for word in alternative.words]
    return words[0] if len(words) == 1 else f"({all_of(words)})"


def _word(word: Word) -> str:
    return any_of("terms", word)


def _either(conditions: Sequence[str]) -> str:
    distinct = list(dict.fromkeys(conditions))
    return distinct[0] if len(distinct) == 1 else f"({' OR '.join(distinct)})"


def _quoted(value: str) -> str:
    return '"' + value.replace('"', '\\"') + '"'
