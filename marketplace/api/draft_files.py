"""A file that describes the software, compared with a draft and taken over statement by statement.

Read are publiccode.yml, codemeta.json, CITATION.cff and model cards. Comparing stores nothing.
"""

from typing import Annotated, Any

import msgspec
from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, RawBody
from msgspec import Meta, Struct

from catalog import drafts, versions
from catalog.database import Session
from catalog.permissions import Actor
from marketplace.api.answers import ApiRequest, etag_of, personal
from marketplace.api.drafts import DRAFTS, DraftAnswer, answered, opened, require_draft_match
from marketplace.api.operations import sent, writes
from marketplace.api.refusals import FieldError, Refused
from marketplace.formats import records, software_files

Text = Annotated[str, Meta(max_length=1_048_576, description="The file; no address is opened.")]
FileName = Annotated[str, Meta(max_length=200, description="Helps to tell the format.")]
Path = Annotated[str, Meta(max_length=200, examples=["licenses.code", "summary.en"])]


class FileBody(Struct, frozen=True, forbid_unknown_fields=True):
    """A file: publiccode.yml, codemeta.json, CITATION.cff, or README.md with metadata."""

    text: Text
    name: FileName = ""


class FileTakeBody(Struct, frozen=True, forbid_unknown_fields=True):
    """A file, and what of it the draft takes over."""

    text: Text
    name: FileName
    fields: Annotated[
        list[Path],
        Meta(min_length=1, max_length=500, description="As the comparison names them."),
    ]


class FileStatement(Struct, frozen=True):
    """One statement of the file that differs from the draft."""

    field: Path
    kind: Annotated[str, Meta(description="added or changed.")]
    before: Annotated[Any, Meta(description="What the draft says; null if nothing.")]
    after: Annotated[Any, Meta(description="What the file says.")]


class FileComparison(Struct, frozen=True):
    """What a file says otherwise than the draft, and what of it has no place."""

    format: Annotated[str, Meta(description="publiccode, codemeta, citation or model-card.")]
    etag: Annotated[str, Meta(description="Of the draft; for `If-Match` when taking over.")]
    statements: list[FileStatement]
    remarks: list[FieldError]


@writes(
    "POST",
    "/solutions/{solution}/draft/file/compare",
    FileComparison,
    tag=DRAFTS,
    takes=FileBody,
    is_conditional=False,
)
def compare(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    solution: FromPath[str],
    body: RawBody,
) -> Response[bytes]:
    """Compare a file with the draft, statement by statement; nothing is stored."""
    found = opened(session, actor, solution)
    given = sent(request, body, FileBody)
    draft = DraftAnswer.from_solution(request, found)
    format_, row = _read(given.name, given.text)
    statements = [
        FileStatement(".".join(each.path), each.kind.value, each.before, each.after)
        for each in versions.stated(draft.record, row.record)
    ]
    etag = etag_of(msgspec.json.encode(draft), draft.revision)
    remarks = [FieldError(each.field, str(each)) for each in row.warnings]
    return personal(FileComparison(format_, etag, statements, remarks))


@writes("POST", "/solutions/{solution}/draft/file", DraftAnswer, tag=DRAFTS, takes=FileTakeBody)
def take(
    request: ApiRequest,
    session: NamedDependency[Session],
    actor: NamedDependency[Actor],
    solution: FromPath[str],
    body: RawBody,
) -> Response[bytes]:
    """Take chosen statements of a file over into the draft."""
    found = opened(session, actor, solution, hold=True)
    given = sent(request, body, FileTakeBody)
    require_draft_match(request, found)
    _format, row = _read(given.name, given.text)
    drafts.take_over(
        session,
        actor,
        found,
        row.record,
        paths=[tuple(each.split(".")) for each in given.fields],
        revision=found.draft_revision,
    )
    return answered(request, found)


def _read(name: str, text: str) -> tuple[str, records.Taken]:
    format_, row = software_files.read(name, text.encode("utf-8", "replace"))
    if isinstance(row, records.Refused):
        problem = row.problem
        wrong = FieldError("text", f"{problem.field}: {problem}" if problem.field else str(problem))
        raise Refused(422, wrong.message, errors=[wrong])
    return format_, row


HANDLERS: list[Any] = [compare, take]
