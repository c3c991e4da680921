"""What a decision does to the thing that the case is about, by kind of case."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from catalog import deletions, merges, submissions
from catalog.moderation.cases import CaseKind, Ruling

Effect = Callable[[Ruling], object]


def _nothing(_ruling: Ruling) -> int:
    """Nothing but the case itself changes."""
    return 0


@dataclass(frozen=True)
class Effects:
    """What the decisions about one kind of case do."""

    approve: Callable[[Ruling], int] = _nothing
    """Answers the number of the version that it published, else 0."""
    refuse: Effect = _nothing
    give_back: Effect = _nothing
    undo_approval: Effect = _nothing
    undo_refusal: Effect = _nothing


_PUBLICATION = Effects(
    submissions.approve,
    submissions.refuse,
    submissions.give_back,
    submissions.undo_approval,
    submissions.undo_refusal,
)

EFFECTS: Mapping[str, Effects] = {
    CaseKind.FIRST_PUBLICATION: _PUBLICATION,
    CaseKind.REVISION: _PUBLICATION,
    CaseKind.DELETION: Effects(deletions.approve, undo_approval=deletions.undo),
    CaseKind.ERROR_REPORT: Effects(),
    CaseKind.ORGANIZATION_REQUEST: Effects(),
    CaseKind.DUPLICATE: Effects(
        merges.approve,
        merges.dismiss,
        undo_approval=merges.undo,
        undo_refusal=merges.undo_dismissal,
    ),
}
