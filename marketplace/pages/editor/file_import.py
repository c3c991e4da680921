"""A file that describes the software, read over an existing entry: choose, take over, result.

Nothing of the file is stored until statements are chosen. Between the two steps the form holds what
the file said, so it needs no JavaScript and no memory of the node.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec
from litestar import Response
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath, MultipartBody
from litestar.response import Redirect

from catalog import drafts, versions
from catalog.database import Session
from catalog.drafts import Crossed
from catalog.errors import Conflict, Invalid, Problem
from catalog.records import SolutionRecord
from catalog.solutions import Solution
from marketplace.formats import software_files
from marketplace.formats.records import Refused
from marketplace.forms import NO_ERRORS, Errors, Rejected
from marketplace.pages.editor import access
from marketplace.pages.editor.history import rows_of
from marketplace.pages.editor.posted import first, posted, revision
from marketplace.pages.frame import PageFrame
from marketplace.pages.reader import Reader, frame
from marketplace.pages.rendering import render
from marketplace.routing import get, paths, post
from marketplace.translations import sentence

MOST_REMARKS = 100
"""Remarks on a file that the page shows."""


@dataclass(frozen=True)
class Choice:
    """One statement of the file beside that of the draft, and whether it is ticked."""

    path: str
    label: str
    kind: str
    before: str
    after: str
    is_chosen: bool


@dataclass(frozen=True)
class FileImportPage:
    """The form for a file and, once one was read, what may be taken over from it."""

    page: PageFrame
    kicker: str
    title: str
    action: str
    take_action: str
    back_href: str
    errors: Errors
    crossed: str
    format: str
    file_name: str
    choices: Sequence[Choice]
    remarks: Sequence[str]
    more_remarks: int
    record: str
    revision: int
    is_read: bool


@dataclass(frozen=True)
class _File:
    """What was read from a file."""

    name: str
    format: str
    record: SolutionRecord
    remarks: Sequence[str] = ()
    chosen: Sequence[versions.Path] | None = None
    """What is ticked; None for what the draft does not say yet."""


@get(paths("draft_file"))
def show(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
) -> Response[Any]:
    """Ask for the file."""
    if reader.actor.is_anonymous:
        return access.sign_in_first(reader)
    return _page(reader, access.opened(session, reader, id))


@post(paths("draft_file"))
def compare(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    data: MultipartBody[dict[str, Any]],
) -> Response[Any]:
    """Show statement by statement what the entry says and what the file says."""
    if reader.actor.is_anonymous:
        return access.sign_in_first(reader)
    solution = access.opened(session, reader, id)
    upload = data.get("file")
    content = (
        upload.file.read(software_files.LARGEST + 1) if isinstance(upload, UploadFile) else b""
    )
    if not content.strip():
        message = reader._("Choose a file.")
        raise Rejected(_page(reader, solution, errors=Errors({"file": message})))
    name = str(getattr(upload, "filename", ""))[:200]
    format_, row = software_files.read(name, content)
    if isinstance(row, Refused):
        raise Rejected(_page(reader, solution, errors=Errors({"file": _why(reader, row.problem)})))
    remarks = [sentence(each, reader.language) for each in row.warnings]
    return _page(reader, solution, file=_File(name, format_, row.record, remarks))


@post(paths("draft_file_take"))
def take(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    data: MultipartBody[dict[str, Any]],
) -> Response[Any]:
    """Take the chosen statements over into the draft."""
    if reader.actor.is_anonymous:
        return access.sign_in_first(reader)
    solution = access.opened(session, reader, id)
    sent = posted(data)
    chosen = [tuple(path.split(".")) for path in sent.get("take", ())]
    file = _sent_file(reader, solution, first(sent, "record"), first(sent, "name"), chosen)
    if not chosen:
        errors = Errors({"take": reader._("Choose at least one statement.")})
        raise Rejected(_page(reader, solution, file=file, errors=errors))
    try:
        drafts.take_over(
            session, reader.actor, solution, file.record, paths=chosen, revision=revision(sent)
        )
    except Crossed as crossed:
        text = sentence(crossed, reader.language)
        raise Rejected(_page(reader, solution, file=file, crossed=text)) from crossed
    except (Invalid, Conflict) as refusal:
        errors = Errors({"take": sentence(refusal, reader.language)})
        raise Rejected(_page(reader, solution, file=file, errors=errors)) from refusal
    done = {"done": "imported", "number": len(chosen)}
    return Redirect(reader.address("draft", done, id=id), status_code=303)


def _sent_file(
    reader: Reader, solution: Solution, text: str, name: str, chosen: Sequence[versions.Path]
) -> _File:
    try:
        record = msgspec.json.decode(text, type=SolutionRecord)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
        errors = Errors({"file": reader._("Choose the file once more.")})
        raise Rejected(_page(reader, solution, errors=errors)) from error
    return _File(name[:200], "", record, (), chosen)


def _why(reader: Reader, problem: Problem) -> str:
    text = sentence(problem, reader.language)
    return f"{problem.field}: {text}" if problem.field not in ("", "file") else text


def _page(
    reader: Reader,
    solution: Solution,
    *,
    file: _File | None = None,
    errors: Errors = NO_ERRORS,
    crossed: str = "",
) -> Response[str]:
    key = str(solution.id)
    title = reader._("Take over from a file")
    page = frame(
        reader,
        title,
        section="my_solutions",
        crumbs=access.crumbs(reader, solution),
        is_indexed=False,
    )
    wrong = bool(errors.by_field or crossed)
    remarks = file.remarks if file else ()
    context = FileImportPage(
        page=replace(page, title=f"{reader._('Error:')} {title}") if wrong else page,
        kicker=access.kicker(reader, solution),
        title=title,
        action=reader.address("draft_file", id=key),
        take_action=reader.address("draft_file_take", id=key),
        back_href=reader.address("draft", id=key),
        errors=errors,
        crossed=crossed,
        format=software_files.LABELS.get(file.format, "") if file else "",
        file_name=file.name if file else "",
        choices=_choices(reader, solution, file) if file else (),
        remarks=remarks[:MOST_REMARKS],
        more_remarks=max(0, len(remarks) - MOST_REMARKS),
        record=msgspec.json.encode(file.record).decode() if file else "",
        revision=solution.draft_revision,
        is_read=file is not None,
    )
    status = 409 if crossed else 422 if wrong else 200
    return render("editor/file_import.html", context, status_code=status)


def _choices(reader: Reader, solution: Solution, file: _File) -> Sequence[Choice]:
    found = versions.stated(access.working_record(solution), file.record)
    return [
        Choice(
            ".".join(each.path),
            row.label,
            row.kind,
            row.before,
            row.after,
            each.path in file.chosen
            if file.chosen is not None
            else each.kind is versions.Kind.ADDED,
        )
        for each, row in zip(found, rows_of(reader, found), strict=True)
    ]


HANDLERS = [show, compare, take]
