"""Who may do what: the Actor and the questions it answers. The only place that knows roles.

Domain functions ask here; routes and templates never decide. The table of roles and actions is in
the Städtetag's demands D10 and D22; tests try every verb as every role.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from catalog.errors import NotAllowed


class Role(StrEnum):
    """What a member may do: a lead appoints, an editor publishes, a contributor drafts and
    declares use, a reader reads."""

    LEAD = "lead"
    EDITOR = "editor"
    CONTRIBUTOR = "contributor"
    READER = "reader"


SPEAKS = frozenset({Role.LEAD, Role.EDITOR, Role.CONTRIBUTOR})
LEADS = frozenset({Role.LEAD})
EDITS = frozenset({Role.LEAD, Role.EDITOR})
READS = frozenset(Role)

RANK = (Role.READER, Role.CONTRIBUTOR, Role.EDITOR, Role.LEAD)
"""Roles from the least to the most."""


class Scope(StrEnum):
    """What an organization's API key may do; each names one thing, none includes another."""

    READ = "read"
    DRAFT = "draft"
    PUBLISH = "publish"
    ADOPTIONS = "adoptions"


@dataclass(frozen=True)
class Actor:
    """Whoever acts: nobody in particular, a person with memberships, or the operator."""

    name: str = ""
    person_id: UUID | None = None
    roles: Mapping[UUID, str] = field(default_factory=dict)
    """The person's role by organization id."""
    is_moderator: bool = False
    is_steward: bool = False
    key_id: UUID | None = None
    """The API key that acts for its organization; a key is no person."""
    scopes: frozenset[str] = frozenset()
    """What the key may do."""

    @classmethod
    def anonymous(cls) -> "Actor":
        """A visitor."""
        return cls()

    @classmethod
    def operator(cls, name: str = "operator") -> "Actor":
        """Whoever runs the node's command line."""
        return cls(name=name, is_steward=True)

    @property
    def is_anonymous(self) -> bool:
        """Whether this is a visitor."""
        return self.person_id is None and self.key_id is None and not self.is_steward

    @property
    def is_governing(self) -> bool:
        """Whether the actor decides about organizations: moderators and stewards."""
        return self.is_moderator or self.is_steward

    def may_read_for(self, organization_id: UUID | None) -> bool:
        """Whether the actor may see what only members see."""
        return self._has(organization_id, READS, Scope.READ)

    def may_speak_for(self, organization_id: UUID | None) -> bool:
        """Whether the actor may declare the organization's use of a solution."""
        return self._has(organization_id, SPEAKS, Scope.ADOPTIONS)

    def may_edit_for(self, organization_id: UUID | None) -> bool:
        """Whether the actor may publish in the organization's name."""
        return self._has(organization_id, EDITS, Scope.PUBLISH)

    def may_edit_in_person_for(self, organization_id: UUID | None) -> bool:
        """Whether the actor is an editor who is signed in; what cannot be taken back later, and
        what decides about others' work, no key does."""
        return self.key_id is None and self.may_edit_for(organization_id)

    def may_draft_for(self, organization_id: UUID | None) -> bool:
        """Whether the actor may prepare records that an editor publishes."""
        return self._has(organization_id, SPEAKS, Scope.DRAFT)

    def may_appoint_for(self, organization_id: UUID | None) -> bool:
        """Whether the actor may give and take roles in the organization."""
        return self.key_id is None and self._has(organization_id, LEADS)

    @property
    def may_moderate(self) -> bool:
        """Whether the actor decides what the node's moderators decide."""
        return self.is_moderator or self.is_steward

    def may_decide_at(self, desk: str, organization_id: UUID | None) -> bool:
        """Whether cases at this desk are the actor's to decide: ``moderators``, or the editors
        of the ``organization`` itself."""
        return self.may_moderate if desk == "moderators" else self.may_edit_for(organization_id)

    def _has(self, organization_id: UUID | None, roles: frozenset[Role], scope: str = "") -> bool:
        if self.is_steward:
            return True
        if self.key_id is not None and scope not in self.scopes:
            return False
        return organization_id is not None and self.roles.get(organization_id) in roles


def require(allowed: bool, sentence: str, **params: object) -> None:
    """Go on if ``allowed``, else refuse with ``sentence``."""
    if not allowed:
        raise NotAllowed(sentence, **params)


def person_of(actor: Actor) -> UUID:
    """The id of the person who acts; visitors and the command line's operator are refused."""
    if actor.person_id is None:
        raise NotAllowed("Sign in first.")
    return actor.person_id


def higher(one: str, other: str) -> Role:
    """The role of the two that may do more."""
    return max(Role(one), Role(other), key=RANK.index)
