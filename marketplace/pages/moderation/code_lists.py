"""Code lists: labels, words to search by, and codes of the node's own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect

from catalog import code_lists, merges, taxonomy
from catalog.code_lists import FIXED, LABEL_LANGUAGES
from catalog.database import Session
from catalog.errors import Conflict, Invalid, NotFound
from catalog.taxonomy import Code, CodeList
from marketplace import forms
from marketplace.forms import NO_ERRORS, Errors, Rejected
from marketplace.pages.editor.access import sign_in_first
from marketplace.pages.frame import NavLink, PageFrame
from marketplace.pages.management.area import status_of
from marketplace.pages.moderation import desk
from marketplace.pages.reader import Reader
from marketplace.pages.rendering import render
from marketplace.routing import get, paths, post


@dataclass(frozen=True)
class ListRow:
    """A list: how many codes it has, how many are the node's own, whether it takes more."""

    title: str
    href: str
    size: int
    own: int
    retired: int
    is_fixed: bool


@dataclass(frozen=True)
class CodeListsPage:
    """All code lists."""

    page: PageFrame
    title: str
    links: Sequence[NavLink]
    rows: Sequence[ListRow]


@dataclass(frozen=True)
class CodeRow:
    """A code: its label, the words that find it, how it stands."""

    code: str
    label: str
    href: str
    parent: str
    words: str
    is_own: bool
    is_retired: bool


@dataclass(frozen=True)
class CodeListPage:
    """One list with its codes, and the form for another code."""

    page: PageFrame
    title: str
    source: str
    rows: Sequence[CodeRow]
    action: str
    """Empty where the list takes no further codes."""
    parents: Sequence[tuple[str, str]]
    values: Mapping[str, str]
    errors: Errors


@dataclass(frozen=True)
class CodePage:
    """One code, to be described, retired or brought back."""

    page: PageFrame
    title: str
    code: str
    action: str
    retire_action: str
    """Empty where the program itself knows the codes of the list."""
    is_retired: bool
    delivered: Sequence[tuple[str, str]]
    """The labels it was delivered with, where the node has others."""
    values: Mapping[str, str]
    errors: Errors


@get(paths("code_lists"))
def index(session: NamedDependency[Session], reader: NamedDependency[Reader]) -> Response[Any]:
    """All code lists by title."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader)
    merges.require_moderator(reader.actor)
    title = reader._("Code lists")
    rows = [_list_row(reader, each) for each in code_lists.present(session).values()]
    context = CodeListsPage(
        page=desk.desk_frame(reader, title),
        title=title,
        links=desk.links(reader, "code_lists"),
        rows=sorted(rows, key=lambda row: row.title.casefold()),
    )
    return render("moderation/code_lists.html", context)


@get(paths("code_list"))
def show_list(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    list: FromPath[str],  # noqa: A002 - the name in the address
    done: FromQuery[str] = "",
) -> Response[Any]:
    """One list."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader)
    merges.require_moderator(reader.actor)
    return _list_page(reader, code_lists.one(session, list), done=done)


@post(paths("code_list"))
def append(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    list: FromPath[str],  # noqa: A002 - the name in the address
    data: URLEncodedBody[dict[str, str]],
) -> Redirect:
    """Add a code of the node's own."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader)
    code, parent = forms.text(data, "code"), data.get("parent", "")
    try:
        code_lists.append(session, reader.actor, list, code, parent=parent, **_posted(data))
    except (Invalid, Conflict) as refusal:
        errors = desk.errors_at_fields(reader, refusal)
        page = _list_page(reader, code_lists.one(session, list), values=data, errors=errors)
        raise Rejected(page) from refusal
    return desk.back(reader, "code_list", "saved", list=list)


@get(paths("code"))
def show(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    list: FromPath[str],  # noqa: A002 - the name in the address
    code: FromPath[str],
    done: FromQuery[str] = "",
) -> Response[Any]:
    """One code."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader)
    merges.require_moderator(reader.actor)
    return _code_page(reader, code_lists.one(session, list), code, done=done)


@post(paths("code"))
def describe(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    list: FromPath[str],  # noqa: A002 - the name in the address
    code: FromPath[str],
    data: URLEncodedBody[dict[str, str]],
) -> Redirect:
    """Give a code other labels and words."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader)
    try:
        code_lists.describe(session, reader.actor, list, code, **_posted(data))
    except Invalid as refusal:
        known, errors = code_lists.one(session, list), desk.errors_at_fields(reader, refusal)
        raise Rejected(_code_page(reader, known, code, values=data, errors=errors)) from refusal
    return desk.back(reader, "code", "saved", list=list, code=code)


@post(paths("code_retire"))
def retire(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    list: FromPath[str],  # noqa: A002 - the name in the address
    code: FromPath[str],
    data: URLEncodedBody[dict[str, str]],
) -> Redirect:
    """No longer offer a code, or offer it again."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader)
    retired = data.get("retired") == "1"
    code_lists.retire(session, reader.actor, list, code, retired=retired)
    return desk.back(reader, "code", "retired" if retired else "offered", list=list, code=code)


HANDLERS = [index, show_list, append, show, describe, retire]


def _list_page(
    reader: Reader,
    known: CodeList,
    *,
    done: str = "",
    values: Mapping[str, str] | None = None,
    errors: Errors = NO_ERRORS,
) -> Response[str]:
    title = known.title[reader.language]
    parents = dict.fromkeys(each.parent for each in known.codes.values() if each.parent)
    context = CodeListPage(
        page=desk.desk_frame(reader, title, above=_above(reader), errors=errors, done=done),
        title=title,
        source=known.source,
        rows=[_row(reader, known, each) for each in known.codes.values()],
        action="" if known.name in FIXED else reader.address("code_list", list=known.name),
        parents=[(each, _parent(reader, known, each)) for each in parents],
        values=values or {},
        errors=errors,
    )
    return render("moderation/code_list.html", context, status_code=status_of(errors))


def _code_page(
    reader: Reader,
    known: CodeList,
    key: str,
    *,
    done: str = "",
    values: Mapping[str, str] | None = None,
    errors: Errors = NO_ERRORS,
) -> Response[str]:
    code = known.codes.get(key)
    if code is None:
        raise NotFound("There is no code “%(code)s” in this list.", code=key)
    title, here = _label(reader, known, key), {"list": known.name, "code": key}
    above = [
        *_above(reader),
        (known.title[reader.language], reader.address("code_list", list=known.name)),
    ]
    kept = {f"label_{each}": code.label.get(each, "") for each in LABEL_LANGUAGES}
    delivered = taxonomy.delivered()[known.name].codes.get(key)
    context = CodePage(
        page=desk.desk_frame(reader, title, above=above, errors=errors, done=done),
        title=title,
        code=key,
        action=reader.address("code", **here),
        retire_action="" if known.name in FIXED else reader.address("code_retire", **here),
        is_retired=code.is_retired,
        delivered=tuple(delivered.label.items())
        if delivered and delivered.label != code.label
        else (),
        values=values or kept | {"words": "\n".join(code.words)},
        errors=errors,
    )
    return render("moderation/code.html", context, status_code=status_of(errors))


def _above(reader: Reader) -> Sequence[tuple[str, str]]:
    return [(reader._("Code lists"), reader.address("code_lists"))]


def _list_row(reader: Reader, known: CodeList) -> ListRow:
    delivered = taxonomy.delivered()[known.name].codes
    return ListRow(
        title=known.title[reader.language],
        href=reader.address("code_list", list=known.name),
        size=len(known.codes),
        own=sum(code not in delivered for code in known.codes),
        retired=sum(each.is_retired for each in known.codes.values()),
        is_fixed=known.name in FIXED,
    )


def _row(reader: Reader, known: CodeList, code: Code) -> CodeRow:
    return CodeRow(
        code=code.code,
        label=_label(reader, known, code.code),
        href=reader.address("code", list=known.name, code=code.code),
        parent=_parent(reader, known, code.parent) if code.parent else "",
        words=", ".join(code.words),
        is_own=code.code not in taxonomy.delivered()[known.name].codes,
        is_retired=code.is_retired,
    )


def _label(reader: Reader, known: CodeList, code: str) -> str:
    found = known.codes.get(code)
    return found.label.get(reader.language, code) if found else code


def _parent(reader: Reader, known: CodeList, code: str) -> str:
    """The label of a code above others: of the same list, or the field that tasks belong to."""
    if code in known.codes:
        return _label(reader, known, code)
    return taxonomy.label("field_of_action", code, reader.language)


def _posted(data: Mapping[str, str]) -> dict[str, Any]:
    return {
        "label": {code: forms.text(data, f"label_{code}") for code in LABEL_LANGUAGES},
        "words": forms.lines(data, "words"),
    }
