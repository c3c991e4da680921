"""What a person can be told of, and how often the node writes about it."""

from dataclasses import dataclass
from enum import StrEnum


class Event(StrEnum):
    """Kinds of notices."""

    WATCHED_CHANGED = "watched_changed"
    WATCHED_WITHDRAWN = "watched_withdrawn"
    WATCHED_RELEASED = "watched_released"
    SEARCH_HIT = "search_hit"
    DECIDED = "decided"
    """A draft of one's organization was returned, approved or refused."""
    REVIEW_WAITING = "review_waiting"
    """A draft waits for the decision of a moderator or of a second editor."""
    JOIN_REQUESTED = "join_requested"
    """Somebody asks to join an organization that one leads, or answers its invitation."""
    MEMBERSHIP_CHANGED = "membership_changed"
    """One was invited, or one's role was given, changed or taken."""
    ADOPTED = "adopted"
    """Another body declared that it uses a solution of one's organization."""
    INTERFACE_BROKEN = "interface_broken"
    """A solution that one's organization uses has an interface that breaks what worked."""
    SECURITY_NOTICED = "security_noticed"
    """A version of a solution that one watches or uses has a security notice."""
    CONFIRMATION_DUE = "confirmation_due"
    FEEDBACK_GIVEN = "feedback_given"
    """Somebody asked about a register entry of one's organization."""
    ANNOUNCED = "announced"


class Rhythm(StrEnum):
    """How often the node writes an e-mail."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    WEEKLY = "weekly"
    NEVER = "never"


AWAITING = frozenset(
    {
        Event.DECIDED,
        Event.REVIEW_WAITING,
        Event.JOIN_REQUESTED,
        Event.MEMBERSHIP_CHANGED,
        Event.CONFIRMATION_DUE,
        Event.FEEDBACK_GIVEN,
    }
)
"""What waits for the person; only here may a mail come at once."""


@dataclass(frozen=True)
class Wish:
    """What a person wants of one kind of notice: on the site or not, by e-mail how often."""

    on_site: bool
    rhythm: Rhythm


def default(event: Event) -> Wish:
    """What holds for who chose nothing: at once where somebody waits, else once a week."""
    at_once = event in AWAITING and event is not Event.CONFIRMATION_DUE
    return Wish(on_site=True, rhythm=Rhythm.AT_ONCE if at_once else Rhythm.WEEKLY)


def rhythms(event: Event) -> tuple[Rhythm, ...]:
    """The rhythms that can be chosen for a kind of notice."""
    own = tuple(Rhythm)
    return own if event in AWAITING else own[1:]
