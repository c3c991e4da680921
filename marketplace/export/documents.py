"""What one line of a JSON Lines file of the dump is: every public fact of a thing, by its ids.

People are not in any of them: who published, verified or acted stays on the node. Drafts are not
either. A value that is withheld is left out; its reason is public and leaves.
"""

from datetime import date, datetime
from uuid import UUID

import msgspec

from catalog.database import Text
from catalog.interfaces import BreakingChange, Claim, KeptProblem
from catalog.records import SolutionRecord
from catalog.register.record import EntryRecord
from catalog.releases import Artifact


class Document(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line: immutable, unknown keys refused, so that a newer dump is not half understood."""


class FormerKeyDocument(Document, frozen=True):
    """A key that a place took over."""

    key: str
    name: str
    until: date | None


class MunicipalityDocument(Document, frozen=True):
    """A place of the official register."""

    id: UUID
    ars: str
    ags: str
    kind: str
    name: str
    designation: str
    land: str
    population: int | None
    lon: float | None
    lat: float | None
    postcode: str
    as_of: date | None
    source: str
    is_sample: bool
    merged_on: date | None
    former_keys: list[FormerKeyDocument]


class OrganizationDocument(Document, frozen=True):
    """A legal body; ``slugs`` are all that ever named it."""

    id: UUID
    slug: str
    slugs: list[str]
    kind: str
    name: str
    country: str
    municipality_id: UUID | None
    website: str
    email: str
    about: Text
    verified_on: datetime | None
    is_sample: bool
    created_at: datetime
    updated_at: datetime


class VersionDocument(Document, frozen=True):
    """One published state of a solution."""

    number: int
    record: SolutionRecord
    published_at: datetime


class SolutionDocument(Document, frozen=True):
    """A solution that is or was public, with every published version."""

    id: UUID
    slug: str
    slugs: list[str]
    publisher_id: UUID | None
    state: str
    record: SolutionRecord
    version: int
    home: str
    is_sample: bool
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None
    withdrawn_at: datetime | None
    withdrawn_reason: str
    successor_id: UUID | None
    merged_into_id: UUID | None
    """The solution with which it was found to be the same; its addresses lead there."""
    versions: list[VersionDocument]


class ReleaseDocument(Document, frozen=True):
    """A dated version of a solution's software."""

    id: UUID
    solution_id: UUID
    version: str
    released_on: date
    notes: Text
    artifacts: list[Artifact] = []
    security: Text = {}
    supported_until: date | None = None
    supersedes: str = ""


class InterfaceDocument(Document, frozen=True):
    """A published version of a solution's interface; its document is in Base64."""

    id: UUID
    solution_id: UUID
    release_id: UUID | None
    name: str
    system: str
    direction: str
    format: str
    format_version: str
    title: str
    version: str
    file_name: str
    source_url: str
    content: bytes | None
    sha256: str
    verdict: str
    problems: list[KeptProblem]
    checked_at: datetime
    tool: str
    claims: list[Claim]
    differences: list[BreakingChange]
    created_at: datetime
    published_at: datetime


class StepDocument(Document, frozen=True):
    """A stage that a use reached."""

    id: UUID
    stage: str
    on: date


class AdoptionDocument(Document, frozen=True):
    """One organization's use of one solution, with its history."""

    id: UUID
    solution_id: UUID
    organization_id: UUID
    stage: str
    since: date
    release: str
    reused_from_id: UUID | None
    adaptations: Text
    operator: str
    ended_reason: str
    ended_note: Text
    contact_allowed: bool
    confirmed_on: date | None
    revision: int
    is_sample: bool
    created_at: datetime
    updated_at: datetime
    steps: list[StepDocument]


class EntryVersionDocument(Document, frozen=True):
    """A published state of a register entry, without what was withheld then or is now."""

    number: int
    record: EntryRecord
    valid_since: date
    published_at: datetime


class QuestionDocument(Document, frozen=True):
    """A reader's question about a card with the body's public answer."""

    id: UUID
    opinion: str
    text: str
    language: str
    times: int
    asked_on: date
    answer: str
    answer_language: str
    handled_on: date | None


class EntryDocument(Document, frozen=True):
    """An entry of the KI-Transparenzregister that is or was public."""

    id: UUID
    slug: str
    slugs: list[str]
    adoption_id: UUID | None
    """None where the use is not public, or where the entry is from another register."""
    organization_id: UUID
    municipality_id: UUID | None
    land: str
    topic: str
    risk_class: str
    status: str
    state: str
    record: EntryRecord
    version: int
    valid_since: date | None
    confirmed_on: date | None
    review_due: date | None
    source_key: str
    is_sample: bool
    created_at: datetime
    updated_at: datetime
    withdrawn_at: datetime | None
    withdrawn_reason: str
    versions: list[EntryVersionDocument]
    opinions: dict[str, int] = {}
    """How often readers called the card understandable, unclear, or lacking something."""
    questions: list[QuestionDocument] = []


class EffectDocument(Document, frozen=True):
    """What an evaluation found, on the scale of its metric."""

    id: UUID
    scale: str
    yi: float
    vi: float | None
    baseline: float | None
    cases: float | None
    period_end: date
    method: str
    level: int
    reasons: list[str]
    rule_set: str
    input_hash: str
    computed_at: datetime


class EvaluationDocument(Document, frozen=True):
    """An evaluation of a public use with its effect; the single measurements stay on the node."""

    id: UUID
    adoption_id: UUID
    metric: str
    metric_version: str
    design: str
    starts_on: date | None
    comparison: str
    similarity: float | None
    plan_lodged_at: datetime | None
    analyst: str
    created_at: datetime
    is_sample: bool
    effect: EffectDocument


class ZeroDeclarationDocument(Document, frozen=True):
    """A body's word that it uses no AI."""

    id: UUID
    organization_id: UUID
    declared_on: date


class ChangeDocument(Document, frozen=True):
    """One public change; who acted stays on the node."""

    serial: int
    at: datetime
    verb: str
    kind: str
    thing_id: UUID
    version: int | None
    on_behalf_of_id: UUID | None


class CodeDocument(Document, frozen=True):
    """One entry of a code list."""

    code_list: str
    code: str
    label: Text
    parent: str
    words: list[str]
