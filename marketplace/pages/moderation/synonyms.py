"""Synonyms: groups of words that find each other, and products that stand for a task."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect

from catalog import taxonomy
from catalog.database import Session
from catalog.errors import Invalid
from marketplace import forms
from marketplace.forms import NO_ERRORS, Errors, Rejected
from marketplace.pages.account.posted import id_in
from marketplace.pages.editor.access import errors_of, sign_in_first
from marketplace.pages.frame import NavLink, PageFrame
from marketplace.pages.management.area import status_of
from marketplace.pages.moderation import desk
from marketplace.pages.reader import Reader
from marketplace.pages.rendering import render
from marketplace.routing import get, paths, post
from marketplace.search import synonyms
from marketplace.search.synonyms import Group, Kind, SynonymGroup
from marketplace.search.tokens import SNOWBALL

PAGE_SIZE = 50


@dataclass(frozen=True)
class GroupRow:
    """A group: its words, what it is, whether searches use it."""

    words: str
    href: str
    language: str
    kind: str
    is_retired: bool


@dataclass(frozen=True)
class SynonymsPage:
    """The groups that hold a word, and the form for another one."""

    page: PageFrame
    title: str
    links: Sequence[NavLink]
    action: str
    text: str
    total: int
    rows: Sequence[GroupRow]
    previous_href: str
    next_href: str
    values: Mapping[str, str]
    languages: Sequence[tuple[str, str]]
    kinds: Sequence[tuple[str, str]]
    errors: Errors


@dataclass(frozen=True)
class SynonymPage:
    """One group, to be changed, retired or brought back."""

    page: PageFrame
    title: str
    action: str
    retire_action: str
    is_retired: bool
    values: Mapping[str, str]
    languages: Sequence[tuple[str, str]]
    kinds: Sequence[tuple[str, str]]
    changed: str
    errors: Errors


@get(paths("moderation_synonyms"))
def index(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    text: FromQuery[str] = "",
    page: FromQuery[int] = 1,
    done: FromQuery[str] = "",
) -> Response[Any]:
    """The groups by language and first word."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader)
    return _list_page(session, reader, text=text, page=page, done=done)


@post(paths("moderation_synonyms"))
def add(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    data: URLEncodedBody[dict[str, str]],
) -> Redirect:
    """Add a group."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader)
    try:
        synonyms.add(session, reader.actor, _group(data))
    except Invalid as refusal:
        page = _list_page(session, reader, values=data, errors=errors_of(reader, refusal))
        raise Rejected(page) from refusal
    return desk.back(reader, "moderation_synonyms", "words")


@get(paths("moderation_synonym"))
def show(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    done: FromQuery[str] = "",
) -> Response[Any]:
    """One group."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader)
    return _one_page(reader, synonyms.by_id(session, reader.actor, id_in(id)), done=done)


@post(paths("moderation_synonym"))
def revise(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    data: URLEncodedBody[dict[str, str]],
) -> Redirect:
    """Give a group other words."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader)
    found = synonyms.by_id(session, reader.actor, id_in(id))
    try:
        synonyms.revise(session, reader.actor, found.id, _group(data))
    except Invalid as refusal:
        page = _one_page(reader, found, values=data, errors=errors_of(reader, refusal))
        raise Rejected(page) from refusal
    return desk.back(reader, "moderation_synonym", "words", id=str(found.id))


@post(paths("moderation_synonym_retire"))
def retire(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    data: URLEncodedBody[dict[str, str]],
) -> Redirect:
    """Let a group no longer count, or let it count again."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader)
    retired = data.get("retired") == "1"
    synonyms.retire(session, reader.actor, id_in(id), retired=retired)
    return desk.back(reader, "moderation_synonym", "retired" if retired else "offered", id=id)


HANDLERS = [index, add, show, revise, retire]


def _list_page(
    session: Session,
    reader: Reader,
    *,
    text: str = "",
    page: int = 1,
    done: str = "",
    values: Mapping[str, str] | None = None,
    errors: Errors = NO_ERRORS,
) -> Response[str]:
    title = reader._("Synonyms")
    found = synonyms.kept(session, reader.actor, text[:100])
    number = min(max(page, 1), max(1, -(-len(found) // PAGE_SIZE)))
    shown = found[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]

    def page_href(at: int) -> str:
        query = {"text": text} if text else {}
        return reader.address("moderation_synonyms", query | {"page": str(at)})

    context = SynonymsPage(
        page=desk.desk_frame(reader, title, errors=errors, done=done),
        title=title,
        links=desk.links(reader, "moderation_synonyms"),
        action=reader.address("moderation_synonyms"),
        text=text,
        total=len(found),
        rows=[_row(reader, each) for each in shown],
        previous_href=page_href(number - 1) if number > 1 else "",
        next_href=page_href(number + 1) if number * PAGE_SIZE < len(found) else "",
        values=values or {"language": reader.language, "kind": Kind.SYNONYM},
        languages=_languages(reader),
        kinds=_kinds(reader),
        errors=errors,
    )
    return render("moderation/synonyms.html", context, status_code=status_of(errors))


def _one_page(
    reader: Reader,
    group: SynonymGroup,
    *,
    done: str = "",
    values: Mapping[str, str] | None = None,
    errors: Errors = NO_ERRORS,
) -> Response[str]:
    title = ", ".join(group.words[:3])
    above = [(reader._("Synonyms"), reader.address("moderation_synonyms"))]
    kept = {"language": group.language, "kind": group.kind, "words": "\n".join(group.words)}
    context = SynonymPage(
        page=desk.desk_frame(reader, title, above=above, errors=errors, done=done),
        title=title,
        action=reader.address("moderation_synonym", id=str(group.id)),
        retire_action=reader.address("moderation_synonym_retire", id=str(group.id)),
        is_retired=group.retired_at is not None,
        values=values or kept,
        languages=_languages(reader),
        kinds=_kinds(reader),
        changed=desk.changed_text(reader, group.changed_at, group.changed_by),
        errors=errors,
    )
    return render("moderation/synonym.html", context, status_code=status_of(errors))


def _row(reader: Reader, group: SynonymGroup) -> GroupRow:
    return GroupRow(
        words=" · ".join(group.words),
        href=reader.address("moderation_synonym", id=str(group.id)),
        language=taxonomy.label("language", group.language, reader.language),
        kind=dict(_kinds(reader))[group.kind],
        is_retired=group.retired_at is not None,
    )


def _languages(reader: Reader) -> Sequence[tuple[str, str]]:
    named = ((code, taxonomy.label("language", code, reader.language)) for code in SNOWBALL)
    return sorted(named, key=lambda each: each[1])


def _kinds(reader: Reader) -> Sequence[tuple[str, str]]:
    _ = reader._
    return [
        (Kind.SYNONYM.value, _("Each word finds all others")),
        (Kind.PRODUCT.value, _("The first word is a product and finds the others")),
    ]


def _group(data: Mapping[str, str]) -> Group:
    kind = data.get("kind", "")
    if kind not in set(Kind):
        raise Invalid("Choose what the words are to each other.", field="kind")
    words = forms.lines(data, "words")
    return Group(data.get("language", ""), words, Kind(kind))
