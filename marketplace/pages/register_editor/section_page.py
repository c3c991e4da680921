"""One section of an entry's draft: its questions, hints on how hard a text is, and saving."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect

from catalog import taxonomy
from catalog.database import Session
from catalog.errors import Conflict, Invalid, NotFound
from catalog.register import entries, fields
from catalog.register.entries import RegisterEntry
from catalog.register.fields import Field, Section
from catalog.register.record import CODED, NEVER_WITHHELD, EntryRecord
from marketplace.forms import NO_ERRORS, Errors, Rejected
from marketplace.pages.editor import hints
from marketplace.pages.editor.access import errors_of, reasons, sign_in_first
from marketplace.pages.frame import PageFrame, PageNotice
from marketplace.pages.reader import Reader, frame
from marketplace.pages.register import views
from marketplace.pages.register_editor import access, posted
from marketplace.pages.register_editor.posted import Office
from marketplace.pages.rendering import render
from marketplace.routing import get, paths, post

Options = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Question:
    """A field with what is asked, what can be chosen and how hard its text is to read."""

    id: str
    kind: str
    label: str
    ask: str
    is_due: bool
    may_withhold: bool
    options: Options
    columns: Sequence[tuple[str, str, Options]]
    rows: Sequence[int]
    hints: Sequence[str]


@dataclass(frozen=True)
class SectionPage:
    """The form of a section."""

    page: PageFrame
    title: str
    kicker: str
    action: str
    revision: int
    questions: Sequence[Question]
    values: Mapping[str, str]
    errors: Errors
    reasons: Options
    titles: Sequence[tuple[str, str, bool]]
    overview_href: str


@get(paths("entry_section"))
def show(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    section: FromPath[str],
    done: FromQuery[str] = "",
) -> Response[Any]:
    """The section as the draft has it."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader)
    entry = access.opened(session, reader, id)
    asked = _section(section)
    values = posted.shown(access.working_record(entry), asked, reader.language)
    return _page(reader, entry, asked, values, done=done)


@post(paths("entry_section"))
def save(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    section: FromPath[str],
    data: URLEncodedBody[dict[str, str]],
) -> Redirect:
    """Keep the section; the form comes back filled if something is wrong."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader)
    entry = access.opened(session, reader, id)
    asked = _section(section)
    seen = int(data["revision"]) if data.get("revision", "").isdecimal() else 0
    record = access.working_record(entry)
    try:
        content = posted.read(record, asked, data, Office(reader.language, reader.today))
        entries.save(session, reader.actor, entry, content, revision=seen)
    except (Invalid, Conflict) as refusal:
        page = _page(reader, entry, asked, data, errors=errors_of(reader, refusal))
        raise Rejected(page) from refusal
    following = _after(asked) if data.get("then") == "next" else asked.id
    if following is None:
        href = reader.address("entry_draft", {"done": "saved"}, id=str(entry.id))
    else:
        href = reader.address(
            "entry_section", {"done": "saved"}, id=str(entry.id), section=following
        )
    return Redirect(href, status_code=303)


HANDLERS = [show, save]


def _section(name: str) -> Section:
    for each in fields.sections():
        if each.id == name:
            return each
    raise NotFound("There is no such thing.")


def _after(section: Section) -> str | None:
    ids = [each.id for each in fields.sections()]
    place = ids.index(section.id) + 1
    return ids[place] if place < len(ids) else None


def _page(
    reader: Reader,
    entry: RegisterEntry,
    section: Section,
    values: Mapping[str, str],
    *,
    errors: Errors = NO_ERRORS,
    done: str = "",
) -> Response[str]:
    record = access.working_record(entry)
    title = views.in_language(section.label, reader)
    key = str(entry.id)
    saved = PageNotice(reader._("Your draft has been saved."), "ok", live="status")
    context = SectionPage(
        page=frame(
            reader,
            f"{title} · {access.name_of(reader, entry)}",
            section="my_entries",
            crumbs=access.crumbs(reader, entry),
            notices=(saved,) if done == "saved" else (),
            is_indexed=False,
        ),
        title=title,
        kicker=f"{access.state_words(reader, entry)} · {entry.organization.name}",
        action=reader.address("entry_section", id=key, section=section.id),
        revision=entry.draft_revision,
        questions=[_question(reader, record, field, values) for field in section.fields],
        values=values,
        errors=errors,
        reasons=reasons(reader),
        titles=[
            (
                views.in_language(each.label, reader),
                reader.address("entry_section", id=key, section=each.id),
                each.id == section.id,
            )
            for each in fields.sections()
        ],
        overview_href=reader.address("entry_draft", id=key),
    )
    status = 200 if errors is NO_ERRORS else 409 if errors.general else 422
    return render("register_editor/section.html", context, status_code=status)


def _question(
    reader: Reader, record: EntryRecord, field: Field, values: Mapping[str, str]
) -> Question:
    known = record.assessment
    value = getattr(record, field.id)
    return Question(
        id=field.id,
        kind=field.kind,
        label=views.in_language(field.label, reader),
        ask=views.in_language(field.ask, reader),
        is_due=field.is_due(known.risk_class if known else ""),
        may_withhold=field.id not in NEVER_WITHHELD,
        options=_options(field.id, reader),
        columns=[
            (column.id, views.in_language(column.label, reader), _options(path, reader))
            for column in field.columns
            for path in [f"{field.id}.{column.id}"]
        ],
        rows=range(posted.row_count(values, field)) if field.kind == "rows" else (),
        hints=hints.of_reading(value, reader) if field.kind == "text" and value else (),
    )


def _options(path: str, reader: Reader) -> Options:
    if path not in CODED:
        return ()
    name = CODED[path]
    return [(code, taxonomy.label(name, code, reader.language)) for code in taxonomy.codes(name)]
