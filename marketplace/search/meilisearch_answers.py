"""What a Meilisearch server answers, as far as we read it."""

from datetime import UTC, datetime

from msgspec import Struct, field

from marketplace.search.meilisearch_settings import SEARCHABLE


class Trouble(Struct, frozen=True):
    """Why the server refuses."""

    message: str = ""
    code: str = "unknown"


class Task(Struct, frozen=True):
    """What has become of a task."""

    status: str
    error: Trouble | None = None


class Enqueued(Struct, frozen=True, rename="camel"):
    """The receipt of a task."""

    task_uid: int


class Weighing(Struct, frozen=True, rename="camel"):
    """What a federated search says of a hit."""

    weighted_ranking_score: float


class FoundHit(Struct, frozen=True):
    """A record found."""

    id: str
    weighing: Weighing | None = field(default=None, name="_federation")
    ranking_score: float = field(default=0.0, name="_rankingScore")

    @property
    def score(self) -> float:
        """What its place comes from; 0 in an order that was asked for."""
        return self.weighing.weighted_ranking_score if self.weighing else self.ranking_score


class Found(Struct, frozen=True, rename="camel"):
    """What one search found."""

    hits: list[FoundHit]
    estimated_total_hits: int = 0
    """Exact, because the settings let the server count as far as it likes."""
    facet_distribution: dict[str, dict[str, int]] = {}


class ManyFound(Struct, frozen=True):
    """What each of several searches found."""

    results: list[Found]


class Candidate(Struct, frozen=True):
    """A record with its analyzed texts."""

    id: str
    title: str = field(name="t_title")
    summary: str = field(name="t_summary")
    organization: str = field(name="t_organization")
    body: str = field(name="t_body")
    alike: list[str] = []

    @property
    def texts(self) -> dict[str, str]:
        """The texts by the field of the document."""
        return {name: getattr(self, name) for name in SEARCHABLE.values()}


class Candidates(Struct, frozen=True):
    """Records that a search found, with their texts."""

    hits: list[Candidate]


class Value(Struct, frozen=True):
    """A value of a facet and its number of documents."""

    value: str
    count: int


class Values(Struct, frozen=True, rename="camel"):
    """The values of a facet that begin as asked."""

    facet_hits: list[Value]


class Index(Struct, frozen=True, rename="camel"):
    """An index, as it is listed."""

    uid: str
    updated_at: datetime

    @property
    def age(self) -> float:
        """Seconds since anything was written to it."""
        return (datetime.now(UTC) - self.updated_at).total_seconds()


class Indexes(Struct, frozen=True):
    """The indexes that a key may see."""

    results: list[Index]


class Key(Struct, frozen=True):
    """A key, as it was made."""

    key: str
