"""Whether a solution fits the systems of an organization: what each side requires of the other."""

from collections.abc import Sequence
from dataclasses import dataclass

from catalog import interfaces
from catalog.database import Session
from catalog.interfaces import Direction, InterfaceSpec
from catalog.solutions import Solution
from marketplace import interface_checks
from marketplace.interfaces.fitting import Match, Reason, Side, match
from marketplace.translations import message, translations

REASONS = {
    Reason.SAME_STANDARD: message("“%(name)s” claims the same standard."),
    Reason.SAME_OPERATIONS: message("“%(name)s” has everything that is required."),
    Reason.BREAKS: message("“%(name)s” differs from what is required:"),
    Reason.OTHER_FORMAT: message("The nearest, “%(name)s”, has another format and standard."),
    Reason.NOTHING_PROVIDED: message("The other side provides no interface."),
    Reason.NO_DOCUMENT: message("“%(name)s” has no document that could be compared."),
}


@dataclass(frozen=True)
class Requirement:
    """One required interface, whose it is, and how it stands."""

    is_ours: bool
    """Whether a system of the organization requires it; else the solution does."""
    spec: InterfaceSpec
    found: Match


def offered_by(session: Session, solution: Solution) -> list[InterfaceSpec]:
    """The newest published version of each interface of a solution, with its document."""
    newest = interfaces.newest(interfaces.of_solution(session, solution.id))
    return [interfaces.published(session, each.id) for each in newest]


def requirements(
    own: Sequence[InterfaceSpec], offered: Sequence[InterfaceSpec]
) -> list[Requirement]:
    """What our systems require of the solution, then what it requires of them."""
    found = []
    for is_ours, asking, answering in ((True, own, offered), (False, offered, own)):
        provided = [_side(each) for each in answering if each.direction == Direction.PROVIDES]
        found += [
            Requirement(is_ours, each, match(_side(each), provided))
            for each in asking
            if each.direction == Direction.REQUIRES
        ]
    return found


def reason(found: Match, language: str) -> str:
    """Why a requirement stands as it does, in words."""
    name = found.provided.name if found.provided else ""
    return translations(language).gettext(REASONS[found.reason]) % {"name": name}


def _side(spec: InterfaceSpec) -> Side:
    return Side(
        name=spec.name,
        standards=frozenset(each.standard for each in spec.claims),
        format=spec.format,
        interface=interface_checks.model_of(spec) if spec.may_be_published else None,
    )
