"""The versions of the software in the editor: what is there, and the form for the next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import msgspec
from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect

from catalog import releases
from catalog.database import Session
from catalog.errors import Conflict, Invalid, Problem
from catalog.releases import MOST_ARTIFACTS, Artifact
from catalog.solutions import Solution
from marketplace import forms
from marketplace.forms import NO_ERRORS, Errors, Rejected
from marketplace.pages.editor import access
from marketplace.pages.editor.posted import LONGEST_TEXT, Posted, first, posted
from marketplace.pages.frame import PageFrame, PageNotice
from marketplace.pages.reader import Reader, frame
from marketplace.pages.rendering import render
from marketplace.pages.software_releases import ReleaseRow, artifact_kinds, rows
from marketplace.routing import get, paths, post

LONGEST_VERSION = 80

FILES_AT_FIRST = 2
"""Empty rows for files that the form begins with."""

_TEXTS = ("notes.de", "notes.en", "security.de", "security.en")
_FIELDS = ("version", "released_on", "supported_until", "supersedes", *_TEXTS)
_PARTS = ("kind", "address", "checksum")


@dataclass(frozen=True)
class FileRow:
    """What was typed for one file."""

    number: int
    kind: str = ""
    address: str = ""
    checksum: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed; the kind alone names no file."""
        return not (self.address or self.checksum)


@dataclass(frozen=True)
class ReleasesPage:
    """The versions of the software, and the form for the next."""

    page: PageFrame
    kicker: str
    title: str
    rows: Sequence[ReleaseRow]
    versions: Sequence[tuple[str, str]]
    kinds: Sequence[tuple[str, str]]
    files: Sequence[FileRow]
    may_more: bool
    action: str
    back_href: str
    values: Mapping[str, str]
    errors: Errors
    may_add: bool


@get(paths("releases"))
def show_releases(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    done: FromQuery[str] = "",
) -> Response[Any]:
    """The versions of the software with the form for the next."""
    if reader.actor.is_anonymous:
        return access.sign_in_first(reader)
    solution = access.opened(session, reader, id)
    values = {"released_on": reader.today.isoformat()}
    files = [FileRow(number + 1) for number in range(FILES_AT_FIRST)]
    return _page(session, reader, solution, values, files, done=done)


@post(paths("releases"))
def add_release(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    data: URLEncodedBody[dict[str, Any]],
) -> Response[Any]:
    """Add a version of the software; the same form sent twice adds it once."""
    if reader.actor.is_anonymous:
        return access.sign_in_first(reader)
    solution = access.opened(session, reader, id)
    sent = posted(data)
    values = {name: first(sent, name) for name in _FIELDS}
    files = _files(sent)
    if first(sent, "then") == "more":
        more = [*files, *(FileRow(len(files) + number + 1) for number in range(FILES_AT_FIRST))]
        return _page(session, reader, solution, values, more[:MOST_ARTIFACTS])
    try:
        _add(session, reader, solution, values, files)
    except (Invalid, Conflict) as refusal:
        errors = _errors(reader, refusal)
        page = _page(session, reader, solution, values, files, errors=errors)
        raise Rejected(page) from refusal
    return Redirect(reader.address("releases", {"done": "added"}, id=id), status_code=303)


def _files(sent: Posted) -> list[FileRow]:
    """The rows for files as they were sent, empty ones included."""
    found = []
    for number in range(1, MOST_ARTIFACTS + 1):
        if f"address.{number}" not in sent:
            break
        typed = {part: first(sent, f"{part}.{number}") for part in _PARTS}
        found.append(FileRow(number, **typed))
    return found


def _add(
    session: Session,
    reader: Reader,
    solution: Solution,
    values: Mapping[str, str],
    files: Sequence[FileRow],
) -> None:
    day, until = _day(values, "released_on"), None
    problems = [day] if isinstance(day, Problem) else []
    if values["supported_until"]:
        until = _day(values, "supported_until")
        problems += [until] if isinstance(until, Problem) else []
    if len(values["version"]) > LONGEST_VERSION:
        problems.append(Problem("version", "Name the version, for example 1.4."))
    artifacts = _artifacts(files, problems)
    if problems or isinstance(day, Problem) or isinstance(until, Problem):
        raise Invalid("The form is not complete.", problems=problems)
    notes, security = _text(values, "notes"), _text(values, "security")
    facts = (values["version"], day, notes, artifacts, security, until, values["supersedes"])
    for known in releases.of_solution(session, solution):
        if facts == (
            known.version, known.released_on, known.notes, known.artifacts, known.security,
            known.supported_until, known.supersedes,
        ):  # fmt: skip
            return
    releases.publish(
        session,
        reader.actor,
        solution,
        version=values["version"],
        released_on=day,
        notes=notes,
        artifacts=artifacts,
        security=security,
        supported_until=until,
        supersedes=values["supersedes"],
    )


def _day(values: Mapping[str, str], field: str) -> date | Problem:
    return forms.day(values, field)


def _text(values: Mapping[str, str], name: str) -> dict[str, str]:
    texts = {code: values[f"{name}.{code}"][:LONGEST_TEXT] for code in ("de", "en")}
    return {code: text for code, text in texts.items() if text}


def _artifacts(files: Sequence[FileRow], problems: list[Problem]) -> list[Artifact]:
    found = []
    for number, each in enumerate((row for row in files if not row.is_empty), 1):
        typed = {"kind": each.kind, "address": each.address, "checksum": each.checksum.lower()}
        try:
            found.append(msgspec.convert(typed, Artifact))
        except msgspec.ValidationError:
            problem = Problem(
                "artifacts",
                "File %(number)d: choose the kind and give address and checksum.",
                {"number": number},
            )
            problems.append(problem)
    return found


def _errors(reader: Reader, refusal: Invalid | Conflict) -> Errors:
    errors = access.errors_of(reader, refusal)
    # A version that exists is wrong at its field.
    return Errors({"version": errors.general}) if errors.general else errors


def _page(
    session: Session,
    reader: Reader,
    solution: Solution,
    values: Mapping[str, str],
    files: Sequence[FileRow],
    *,
    errors: Errors = NO_ERRORS,
    done: str = "",
) -> Response[Any]:
    key = str(solution.id)
    title = reader._("Versions of the software")
    added = PageNotice(reader._("The version is added. Readers see it."), "ok", live="status")
    page = frame(
        reader,
        title,
        section="my_solutions",
        crumbs=access.crumbs(reader, solution),
        notices=(added,) if done == "added" else (),
        is_indexed=False,
    )
    wrong = bool(errors.by_field)
    known = releases.of_solution(session, solution)
    context = ReleasesPage(
        page=replace(page, title=f"{reader._('Error:')} {title}") if wrong else page,
        kicker=access.kicker(reader, solution),
        title=title,
        rows=rows(known, (), "", solution, reader),
        versions=[(each.version, each.version) for each in known],
        kinds=list(artifact_kinds(reader).items()),
        files=files,
        may_more=len(files) < MOST_ARTIFACTS,
        action=reader.address("releases", id=key),
        back_href=reader.address("draft", id=key),
        values=values,
        errors=errors,
        may_add=reader.actor.may_edit_for(solution.publisher_id),
    )
    return render("editor/releases.html", context, status_code=422 if wrong else 200)


HANDLERS = [show_releases, add_release]
