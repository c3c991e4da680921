"""Text blocks over the API: reasons and replies that moderators choose from."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, RawBody
from msgspec import Meta, Struct

from catalog.database import Session
from catalog.moderation import text_blocks
from catalog.moderation.text_blocks import TextBlock
from catalog.permissions import Actor
from marketplace.api.account import own_id
from marketplace.api.answers import ApiRequest, personal
from marketplace.api.operations import reads, sent, signed_in, writes

TAG = "Moderation"

Title = Annotated[str, Meta(min_length=1, max_length=text_blocks.LONGEST_TITLE)]
Words = Annotated[str, Meta(min_length=1, max_length=text_blocks.LONGEST_TEXT)]


class TextBlockAnswer(Struct, frozen=True):
    """A text block in German and English."""

    id: UUID
    purpose: str
    title: dict[str, str]
    text: dict[str, str]
    changed_at: datetime
    changed_by: str
    is_retired: Annotated[bool, Meta(description="Whether it is no longer offered.")]

    @classmethod
    def of(cls, block: TextBlock) -> "TextBlockAnswer":
        """The answer of a block."""
        return cls(
            block.id,
            block.purpose,
            block.title,
            block.text,
            block.changed_at,
            block.changed_by,
            is_retired=block.retired_at is not None,
        )


class TextBlockList(Struct, frozen=True):
    """All text blocks by purpose."""

    items: list[TextBlockAnswer]


class TitleTexts(Struct, frozen=True, forbid_unknown_fields=True):
    """A title in both languages."""

    de: Title
    en: Title


class BlockTexts(Struct, frozen=True, forbid_unknown_fields=True):
    """A text in both languages."""

    de: Words
    en: Words


class TextBlockBody(Struct, frozen=True, forbid_unknown_fields=True):
    """A text block: for which decision, title and text."""

    purpose: Literal["approve", "refuse", "return", "hold"]
    title: TitleTexts
    text: BlockTexts


@reads("/moderation/text-blocks", TextBlockList, tag=TAG, refusals=(403,), is_personal=True)
def list_text_blocks(
    session: NamedDependency[Session], actor: NamedDependency[Actor]
) -> Response[bytes]:
    """List the text blocks, retired ones too; for moderators."""
    found = text_blocks.kept(session, signed_in(actor))
    return personal(TextBlockList([TextBlockAnswer.of(each) for each in found]))


@writes("POST", "/moderation/text-blocks", TextBlockAnswer, tag=TAG, takes=TextBlockBody,
        status=201, is_conditional=False, refusals=())  # fmt: skip
def add_text_block(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    body: RawBody,
) -> Response[bytes]:
    """Add a text block; for moderators."""
    return _put(request, session, actor, None, body)


@reads("/moderation/text-blocks/{text_block}", TextBlockAnswer, tag=TAG, refusals=(403, 404),
       is_personal=True)  # fmt: skip
def show_text_block(
    session: NamedDependency[Session], actor: NamedDependency[Actor], text_block: FromPath[str]
) -> Response[bytes]:
    """Read a text block; for moderators."""
    found = text_blocks.kept_by_id(session, signed_in(actor), _id(text_block))
    return personal(TextBlockAnswer.of(found))


@writes("PUT", "/moderation/text-blocks/{text_block}", TextBlockAnswer, tag=TAG,
        takes=TextBlockBody, is_conditional=False, refusals=(404, 409))  # fmt: skip
def change_text_block(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    text_block: FromPath[str],
    body: RawBody,
) -> Response[bytes]:
    """Give a text block other words; for moderators. A retired one is brought back first."""
    return _put(request, session, actor, text_block, body)


@writes("DELETE", "/moderation/text-blocks/{text_block}", TextBlockAnswer, tag=TAG,
        is_conditional=False, refusals=(404,))  # fmt: skip
def retire_text_block(
    session: NamedDependency[Session], actor: NamedDependency[Actor], text_block: FromPath[str]
) -> Response[bytes]:
    """Retire a text block; decisions keep the words they were made with. For moderators."""
    found = text_blocks.retire(session, signed_in(actor), _id(text_block))
    return personal(TextBlockAnswer.of(found))


@writes("POST", "/moderation/text-blocks/{text_block}/offer", TextBlockAnswer, tag=TAG,
        is_conditional=False, refusals=(404,))  # fmt: skip
def offer_text_block(
    session: NamedDependency[Session], actor: NamedDependency[Actor], text_block: FromPath[str]
) -> Response[bytes]:
    """Bring a retired text block back; for moderators."""
    found = text_blocks.retire(session, signed_in(actor), _id(text_block), retired=False)
    return personal(TextBlockAnswer.of(found))


HANDLERS: list[Any] = [
    list_text_blocks,
    add_text_block,
    show_text_block,
    change_text_block,
    retire_text_block,
    offer_text_block,
]


def _put(
    request: ApiRequest, session: Session, actor: Actor, key: str | None, body: bytes
) -> Response[bytes]:
    signed_in(actor)
    given = sent(request, body, TextBlockBody)
    block = text_blocks.put(
        session,
        actor,
        _id(key) if key is not None else None,
        purpose=given.purpose,
        title={"de": given.title.de, "en": given.title.en},
        text={"de": given.text.de, "en": given.text.en},
    )
    return personal(TextBlockAnswer.of(block), status=200 if key is not None else 201)


def _id(text: str) -> UUID:
    return own_id(text, "There is no such text block.")
