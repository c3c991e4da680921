"""Taxonomy: the code lists that coded fields take their values from."""

from typing import Annotated, Any

from litestar import Response
from litestar.params import FromPath
from msgspec import Meta, Struct

from catalog import taxonomy
from catalog.taxonomy import Code, CodeList
from marketplace.api.answers import ApiRequest, public
from marketplace.api.operations import reads
from marketplace.api.refusals import Refused

TAG = "Taxonomy"


class CodeAnswer(Struct, frozen=True):
    """One code with its labels by language."""

    code: str
    label: dict[str, str]
    parent: Annotated[str, Meta(description="The code above it; empty at the top.")]
    words: Annotated[list[str], Meta(description="Further words that find it.")]

    @classmethod
    def from_code(cls, code: Code) -> "CodeAnswer":
        """The answer of a code."""
        return cls(code.code, dict(code.label), code.parent, list(code.words))


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


def _list(name: str) -> CodeList:
    found = taxonomy.lists().get(name)
    if found is None:
        raise Refused(404, f"There is no code list “{name}”.")
    return found


HANDLERS: list[Any] = [index, show, code]
