"""Text blocks: the reasons and replies that moderators choose from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect

from catalog.database import Session
from catalog.errors import Conflict, Invalid
from catalog.moderation import text_blocks
from catalog.moderation.text_blocks import LANGUAGES, PURPOSES, TextBlock
from marketplace import forms
from marketplace.forms import NO_ERRORS, Errors, Rejected
from marketplace.pages.account.posted import id_in
from marketplace.pages.editor.access import sign_in_first
from marketplace.pages.frame import NavLink, PageFrame
from marketplace.pages.management.area import status_of
from marketplace.pages.moderation import desk
from marketplace.pages.reader import Reader
from marketplace.pages.rendering import render
from marketplace.routing import get, paths, post


@dataclass(frozen=True)
class BlockRow:
    """A block: its title, where it is changed, for which decision it is."""

    title: str
    href: str
    purpose: str
    text: str
    is_retired: bool


@dataclass(frozen=True)
class TextBlocksPage:
    """All blocks, and the form for another one."""

    page: PageFrame
    title: str
    links: Sequence[NavLink]
    action: str
    rows: Sequence[BlockRow]
    values: Mapping[str, str]
    purposes: Sequence[tuple[str, str]]
    errors: Errors


@dataclass(frozen=True)
class TextBlockPage:
    """One block, to be changed, retired or brought back."""

    page: PageFrame
    title: str
    action: str
    retire_action: str
    is_retired: bool
    values: Mapping[str, str]
    purposes: Sequence[tuple[str, str]]
    changed: str
    errors: Errors


@get(paths("text_blocks"))
def index(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    done: FromQuery[str] = "",
) -> Response[Any]:
    """All blocks by decision."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader)
    return _list_page(session, reader, done=done)


@post(paths("text_blocks"))
def add(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    data: URLEncodedBody[dict[str, str]],
) -> Redirect:
    """Add a block."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader)
    try:
        text_blocks.put(session, reader.actor, None, **_posted(data))
    except Invalid as refusal:
        page = _list_page(
            session, reader, values=data, errors=desk.errors_at_fields(reader, refusal)
        )
        raise Rejected(page) from refusal
    return desk.back(reader, "text_blocks", "saved")


@get(paths("text_block"))
def show(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    done: FromQuery[str] = "",
) -> Response[Any]:
    """One block."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader)
    return _one_page(reader, text_blocks.kept_by_id(session, reader.actor, id_in(id)), done=done)


@post(paths("text_block"))
def change(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    data: URLEncodedBody[dict[str, str]],
) -> Redirect:
    """Give a block other words."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader)
    found = text_blocks.kept_by_id(session, reader.actor, id_in(id))
    try:
        text_blocks.put(session, reader.actor, found.id, **_posted(data))
    except (Invalid, Conflict) as refusal:
        page = _one_page(reader, found, values=data, errors=desk.errors_at_fields(reader, refusal))
        raise Rejected(page) from refusal
    return desk.back(reader, "text_block", "saved", id=str(found.id))


@post(paths("text_block_retire"))
def retire(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    data: URLEncodedBody[dict[str, str]],
) -> Redirect:
    """No longer offer a block, or offer it again."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader)
    retired = data.get("retired") == "1"
    text_blocks.retire(session, reader.actor, id_in(id), retired=retired)
    return desk.back(reader, "text_block", "retired" if retired else "offered", id=id)


HANDLERS = [index, add, show, change, retire]


def _list_page(
    session: Session,
    reader: Reader,
    *,
    done: str = "",
    values: Mapping[str, str] | None = None,
    errors: Errors = NO_ERRORS,
) -> Response[str]:
    title = reader._("Text blocks")
    context = TextBlocksPage(
        page=desk.desk_frame(reader, title, errors=errors, done=done),
        title=title,
        links=desk.links(reader, "text_blocks"),
        action=reader.address("text_blocks"),
        rows=[_row(reader, each) for each in text_blocks.kept(session, reader.actor)],
        values=values or {},
        purposes=_purposes(reader),
        errors=errors,
    )
    return render("moderation/text_blocks.html", context, status_code=status_of(errors))


def _one_page(
    reader: Reader,
    block: TextBlock,
    *,
    done: str = "",
    values: Mapping[str, str] | None = None,
    errors: Errors = NO_ERRORS,
) -> Response[str]:
    title = block.title.get(reader.language, "")
    kept = {"purpose": block.purpose}
    for code in LANGUAGES:
        kept |= {
            f"title_{code}": block.title.get(code, ""),
            f"text_{code}": block.text.get(code, ""),
        }
    context = TextBlockPage(
        page=desk.desk_frame(
            reader,
            title,
            above=[(reader._("Text blocks"), reader.address("text_blocks"))],
            errors=errors,
            done=done,
        ),
        title=title,
        action=reader.address("text_block", id=str(block.id)),
        retire_action=reader.address("text_block_retire", id=str(block.id)),
        is_retired=block.retired_at is not None,
        values=values or kept,
        purposes=_purposes(reader),
        changed=desk.changed_text(reader, block.changed_at, block.changed_by),
        errors=errors,
    )
    return render("moderation/text_block.html", context, status_code=status_of(errors))


def _row(reader: Reader, block: TextBlock) -> BlockRow:
    return BlockRow(
        title=block.title.get(reader.language, ""),
        href=reader.address("text_block", id=str(block.id)),
        purpose=dict(_purposes(reader))[block.purpose],
        text=block.text.get(reader.language, ""),
        is_retired=block.retired_at is not None,
    )


def _purposes(reader: Reader) -> Sequence[tuple[str, str]]:
    _ = reader._
    names = {
        "approve": _("Approve"),
        "refuse": _("Refuse"),
        "return": _("Give back with a question"),
        "hold": _("Set aside until a day"),
    }
    return [(each, names[each]) for each in PURPOSES]


def _posted(data: Mapping[str, str]) -> dict[str, Any]:
    return {
        "purpose": data.get("purpose", ""),
        "title": {code: forms.text(data, f"title_{code}") for code in LANGUAGES},
        "text": {code: forms.text(data, f"text_{code}") for code in LANGUAGES},
    }
