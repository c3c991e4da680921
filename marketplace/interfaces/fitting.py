"""Does it fit: which interfaces that one side requires are met by what the other side provides.

A requirement is met by an interface of the same standard, or of the same format whose document
breaks none of the operations that the required document names. What cannot be told is said so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from marketplace.interfaces.comparing import compare
from marketplace.interfaces.differences import Difference
from marketplace.interfaces.model import Interface


class Fit(StrEnum):
    """How a requirement stands."""

    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"


class Reason(StrEnum):
    """Why it stands so."""

    SAME_STANDARD = "same_standard"
    SAME_OPERATIONS = "same_operations"
    BREAKS = "breaks"
    OTHER_FORMAT = "other_format"
    NOTHING_PROVIDED = "nothing_provided"
    NO_DOCUMENT = "no_document"


@dataclass(frozen=True)
class Side:
    """An interface of one side: what it is called, its standards, its format, what it says."""

    name: str
    standards: frozenset[str]
    format: str
    interface: Interface | None


@dataclass(frozen=True)
class Match:
    """A requirement, how it stands and why, and the nearest interface of the other side."""

    required: Side
    fit: Fit
    reason: Reason
    provided: Side | None = None
    broken: Sequence[Difference] = ()


_ORDER = {Fit.MET: 0, Fit.UNKNOWN: 1, Fit.NOT_MET: 2}
_FAMILY = {"swagger": "openapi"}


def match(required: Side, provided: Sequence[Side]) -> Match:
    """How one requirement stands against everything the other side provides."""
    if not provided:
        return Match(required, Fit.NOT_MET, Reason.NOTHING_PROVIDED)
    found = [_pair(required, each) for each in provided]
    return min(found, key=lambda each: (_ORDER[each.fit], len(each.broken)))


def _pair(required: Side, provided: Side) -> Match:
    if required.interface and provided.interface and _family(required) == _family(provided):
        broken = compare(required.interface, provided.interface).breaking
        # Where a server stands says nothing about whether two interfaces fit.
        broken = [each for each in broken if each.rule not in _BESIDE]
        if not broken:
            return Match(required, Fit.MET, Reason.SAME_OPERATIONS, provided)
        return Match(required, Fit.NOT_MET, Reason.BREAKS, provided, broken)
    if required.standards & provided.standards:
        return Match(required, Fit.MET, Reason.SAME_STANDARD, provided)
    if required.interface and _family(required) == _family(provided):
        return Match(required, Fit.UNKNOWN, Reason.NO_DOCUMENT, provided)
    if not required.standards and provided.interface is None:
        return Match(required, Fit.UNKNOWN, Reason.NO_DOCUMENT, provided)
    return Match(required, Fit.NOT_MET, Reason.OTHER_FORMAT, provided)


_BESIDE = frozenset({"server_removed", "operation_renamed"})


def _family(side: Side) -> str:
    return _FAMILY.get(side.format, side.format)
