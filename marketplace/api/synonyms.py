"""Synonyms over the API: what moderators keep, retired groups included."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, RawBody
from msgspec import Meta, Struct

from catalog.database import Session
from catalog.permissions import Actor
from marketplace.api.account import own_id
from marketplace.api.answers import ApiRequest, personal
from marketplace.api.operations import asked, reads, sent, signed_in, writes
from marketplace.search import synonyms
from marketplace.search.synonyms import Group, Kind, SynonymGroup

TAG = "Moderation"

Word = Annotated[str, Meta(min_length=1, max_length=synonyms.LONGEST_WORD)]


class SynonymsAnswer(Struct, frozen=True):
    """A group of words that find each other."""

    id: UUID
    language: str
    kind: Annotated[Kind, Meta(description="`product`: the first word finds the others.")]
    words: list[str]
    changed_at: datetime
    changed_by: str
    is_retired: Annotated[bool, Meta(description="Whether searches no longer use it.")]

    @classmethod
    def of(cls, row: SynonymGroup) -> "SynonymsAnswer":
        """The answer of a group."""
        return cls(
            row.id,
            row.language,
            Kind(row.kind),
            list(row.words),
            row.changed_at,
            row.changed_by,
            is_retired=row.retired_at is not None,
        )


class SynonymsList(Struct, frozen=True):
    """Groups by language and first word."""

    total: int
    items: list[SynonymsAnswer]


class SynonymsBody(Struct, frozen=True, forbid_unknown_fields=True):
    """Two to twenty words of one language."""

    language: Annotated[str, Meta(max_length=10, description="Such as `de`.")]
    words: Annotated[list[Word], Meta(min_length=2, max_length=synonyms.LARGEST_GROUP)]
    kind: Kind = Kind.SYNONYM

    def group(self) -> Group:
        """The group of words."""
        return Group(self.language, self.words, self.kind)


class WhichSynonyms(Struct, frozen=True, forbid_unknown_fields=True):
    """Which groups."""

    text: Annotated[str, Meta(max_length=100, description="Part of a word.")] = ""
    limit: Annotated[int, Meta(ge=1, le=200, description="How many entries at most.")] = 50
    offset: Annotated[int, Meta(ge=0, le=10_000, description="How many to pass over.")] = 0


@reads("/moderation/synonyms", SynonymsList, tag=TAG, asks=WhichSynonyms, refusals=(403,),
       is_personal=True)  # fmt: skip
def list_synonyms(
    request: ApiRequest, session: NamedDependency[Session], actor: NamedDependency[Actor]
) -> Response[bytes]:
    """List the groups of synonyms, retired ones too; for moderators."""
    signed_in(actor)
    which = asked(request, WhichSynonyms)
    found = synonyms.kept(session, actor, which.text)
    shown = found[which.offset : which.offset + which.limit]
    return personal(SynonymsList(len(found), [SynonymsAnswer.of(each) for each in shown]))


@writes("POST", "/moderation/synonyms", SynonymsAnswer, tag=TAG, takes=SynonymsBody, status=201,
        is_conditional=False, refusals=())  # fmt: skip
def add_synonyms(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    body: RawBody,
) -> Response[bytes]:
    """Add a group of synonyms; for moderators. Searches use it within 20 seconds."""
    signed_in(actor)
    given = sent(request, body, SynonymsBody)
    return _answer(synonyms.add(session, actor, given.group()), status=201)


@reads("/moderation/synonyms/{group}", SynonymsAnswer, tag=TAG, refusals=(403, 404),
       is_personal=True)  # fmt: skip
def show_synonyms(
    session: NamedDependency[Session], actor: NamedDependency[Actor], group: FromPath[str]
) -> Response[bytes]:
    """Read a group of synonyms; for moderators."""
    return _answer(synonyms.by_id(session, signed_in(actor), _id(group)))


@writes("PUT", "/moderation/synonyms/{group}", SynonymsAnswer, tag=TAG, takes=SynonymsBody,
        is_conditional=False, refusals=(404,))  # fmt: skip
def revise_synonyms(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    group: FromPath[str],
    body: RawBody,
) -> Response[bytes]:
    """Give a group other words; for moderators."""
    signed_in(actor)
    given = sent(request, body, SynonymsBody)
    return _answer(synonyms.revise(session, actor, _id(group), given.group()))


@writes("DELETE", "/moderation/synonyms/{group}", SynonymsAnswer, tag=TAG, is_conditional=False,
        refusals=(404,))  # fmt: skip
def retire_synonyms(
    session: NamedDependency[Session], actor: NamedDependency[Actor], group: FromPath[str]
) -> Response[bytes]:
    """Retire a group: searches no longer use it, it stays in the list; for moderators."""
    return _answer(synonyms.retire(session, signed_in(actor), _id(group)))


@writes("POST", "/moderation/synonyms/{group}/offer", SynonymsAnswer, tag=TAG,
        is_conditional=False, refusals=(404,))  # fmt: skip
def offer_synonyms(
    session: NamedDependency[Session], actor: NamedDependency[Actor], group: FromPath[str]
) -> Response[bytes]:
    """Bring a retired group back; for moderators."""
    return _answer(synonyms.retire(session, signed_in(actor), _id(group), retired=False))


HANDLERS: list[Any] = [
    list_synonyms,
    add_synonyms,
    show_synonyms,
    revise_synonyms,
    retire_synonyms,
    offer_synonyms,
]


def _answer(row: SynonymGroup, *, status: int = 200) -> Response[bytes]:
    return personal(SynonymsAnswer.of(row), status=status)


def _id(text: str) -> UUID:
    return own_id(text, "There is no such group of synonyms.")
