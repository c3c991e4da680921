"""Taxonomy: the code lists that coded fields take their values from."""

from typing import Annotated, Any

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, RawBody
from msgspec import Meta, Struct

from catalog import code_lists, taxonomy
from catalog.code_lists import CodeEntry
from catalog.database import Session
from catalog.permissions import Actor
from catalog.taxonomy import Code, CodeList
from marketplace.api.answers import ApiRequest, personal, public
from marketplace.api.operations import reads, sent, signed_in, writes
from marketplace.api.refusals import Refused

TAG = "Taxonomy"


class CodeAnswer(Struct, frozen=True):
    """One code with its labels by language."""

    code: str
    label: dict[str, str]
    parent: Annotated[str, Meta(description="The code above it; empty at the top.")]
    words: Annotated[list[str], Meta(description="Further words that find it.")]
    is_retired: Annotated[
        bool, Meta(description="No longer offered; records that use it keep it.")
    ] = False

    @classmethod
    def from_code(cls, code: Code) -> "CodeAnswer":
        """The answer of a code."""
        return cls(
            code.code,
            dict(code.label),
            code.parent,
            list(code.words),
            is_retired=code.is_retired,
        )

    @classmethod
    def from_entry(cls, entry: CodeEntry) -> "CodeAnswer":
        """The answer of what this node says about a code."""
        return cls(
            entry.code,
            entry.label,
            entry.parent,
            entry.words,
            is_retired=entry.retired_at is not None,
        )


class CodeListItem(Struct, frozen=True):
    """A code list without its codes."""

    name: str
    title: dict[str, str]
    source: str
    size: Annotated[int, Meta(description="How many codes it has.")]


class CodeLists(Struct, frozen=True):
    """All code lists by name."""

    items: list[CodeListItem]


class CodeListAnswer(Struct, frozen=True):
    """A code list with its codes in the order of display."""

    name: str
    title: dict[str, str]
    source: str
    codes: list[CodeAnswer]


Label = Annotated[str, Meta(min_length=1, max_length=code_lists.LONGEST_LABEL)]


class LabelTexts(Struct, frozen=True, forbid_unknown_fields=True):
    """A label in both languages."""

    de: Label
    en: Label

    def by_language(self) -> dict[str, str]:
        """The labels by language."""
        return {"de": self.de, "en": self.en}


class CodeBody(Struct, frozen=True, forbid_unknown_fields=True):
    """What a code is called, and further words that find it."""

    label: LabelTexts
    words: Annotated[list[Label], Meta(max_length=code_lists.MOST_WORDS)] = []


class NewCodeBody(CodeBody, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A code of the node's own; it can never be changed."""

    code: Annotated[str, Meta(min_length=1, max_length=40)]
    parent: Annotated[str, Meta(max_length=40, description="The code above it.")] = ""


@reads("/taxonomy", CodeLists, tag=TAG)
def index(request: ApiRequest) -> Response[bytes]:
    """List the code lists."""
    found = taxonomy.lists().values()
    return public(
        request,
        CodeLists(
            [
                CodeListItem(each.name, dict(each.title), each.source, len(each.codes))
                for each in found
            ]
        ),
    )


@reads("/taxonomy/{list}", CodeListAnswer, tag=TAG, refusals=(404,))
def show(request: ApiRequest, list: FromPath[str]) -> Response[bytes]:  # noqa: A002 - in the address
    """Read a code list with its codes and their labels."""
    found = _list(list)
    codes = [CodeAnswer.from_code(code) for code in found.codes.values()]
    return public(request, CodeListAnswer(found.name, dict(found.title), found.source, codes))


@reads("/taxonomy/{list}/{code}", CodeAnswer, tag=TAG, refusals=(404,))
def code(
    request: ApiRequest,
    list: FromPath[str],  # noqa: A002 - in the address
    code: FromPath[str],
) -> Response[bytes]:
    """Read one code of a list."""
    found = _list(list).codes.get(code)
    if found is None:
        raise Refused(404, f"There is no code “{code}” in this list.")
    return public(request, CodeAnswer.from_code(found))


@writes("POST", "/taxonomy/{list}", CodeAnswer, tag=TAG, takes=NewCodeBody, status=201,
        is_conditional=False, refusals=(404, 409))  # fmt: skip
def append(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    list: FromPath[str],  # noqa: A002 - in the address
    body: RawBody,
) -> Response[bytes]:
    """Add a code of the node's own to a list; for moderators.

    Lists whose codes the program itself knows take none.
    """
    signed_in(actor)
    given = sent(request, body, NewCodeBody)
    label = given.label.by_language()
    entry = code_lists.append(
        session, actor, list, given.code, label=label, words=given.words, parent=given.parent
    )
    return personal(CodeAnswer.from_entry(entry), status=201)


@writes("PUT", "/taxonomy/{list}/{code}", CodeAnswer, tag=TAG, takes=CodeBody,
        is_conditional=False, refusals=(404,))  # fmt: skip
def describe(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    *,
    list: FromPath[str],  # noqa: A002 - in the address
    code: FromPath[str],
    body: RawBody,
) -> Response[bytes]:
    """Give a code other labels and words; for moderators. Its meaning never changes."""
    signed_in(actor)
    given = sent(request, body, CodeBody)
    label = given.label.by_language()
    entry = code_lists.describe(session, actor, list, code, label=label, words=given.words)
    return personal(CodeAnswer.from_entry(entry))


@writes("DELETE", "/taxonomy/{list}/{code}", CodeAnswer, tag=TAG, is_conditional=False,
        refusals=(404, 409))  # fmt: skip
def retire(
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    list: FromPath[str],  # noqa: A002 - in the address
    code: FromPath[str],
) -> Response[bytes]:
    """Retire a code; for moderators. Records that use it keep it."""
    entry = code_lists.retire(session, signed_in(actor), list, code)
    return personal(CodeAnswer.from_entry(entry))


@writes("POST", "/taxonomy/{list}/{code}/offer", CodeAnswer, tag=TAG, is_conditional=False,
        refusals=(404, 409))  # fmt: skip
def offer(
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    list: FromPath[str],  # noqa: A002 - in the address
    code: FromPath[str],
) -> Response[bytes]:
    """Bring a retired code back; for moderators."""
    entry = code_lists.retire(session, signed_in(actor), list, code, retired=False)
    return personal(CodeAnswer.from_entry(entry))


def _list(name: str) -> CodeList:
    found = taxonomy.lists().get(name)
    if found is None:
        raise Refused(404, f"There is no code list “{name}”.")
    return found


HANDLERS: list[Any] = [index, show, code, append, describe, retire, offer]
