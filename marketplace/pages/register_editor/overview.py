"""The draft of an entry at a glance: what is told, what is missing, and the steps to the public."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Response
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect

from catalog.database import Session
from catalog.errors import Conflict, Invalid
from catalog.register import entries, fields
from catalog.register.entries import RegisterEntry
from marketplace.forms import NO_ERRORS, Errors, Rejected
from marketplace.pages.editor.access import errors_of, sign_in_first
from marketplace.pages.frame import PageFrame, PageNotice
from marketplace.pages.reader import Reader, frame
from marketplace.pages.register import views
from marketplace.pages.register_editor import access, posted
from marketplace.pages.rendering import render
from marketplace.routing import get, paths, post

Task = tuple[str, str, str, str, str]


@dataclass(frozen=True)
class OverviewPage:
    """Where the entry stands and what can be done with it."""

    page: PageFrame
    title: str
    kicker: str
    tasks: Sequence[Task]
    stated: int
    due: int
    errors: Errors
    open_links: Sequence[tuple[str, str]]
    action: str
    revision: int
    has_draft: bool
    is_public: bool
    is_submitted: bool
    needs_second: bool
    may_publish: bool
    is_own_submission: bool
    returned_note: str
    risk_class: str
    is_heavy: bool
    confirmed: str
    review_due: str
    is_current: bool
    public_href: str


@get(paths("entry_draft"))
def show(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    done: FromQuery[str] = "",
) -> Response[Any]:
    """Sections with what is missing, class, and the next step."""
    if reader.actor.is_anonymous:
        return sign_in_first(reader)
    return _page(reader, access.opened(session, reader, id), done=done)


@post(paths("entry_draft"))
def step(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    id: FromPath[str],  # noqa: A002 - the name in the address
    data: URLEncodedBody[dict[str, str]],
) -> Redirect:
    """Take the step that the form names: submit, publish, give back, confirm, withdraw …"""
    if reader.actor.is_anonymous:
        return sign_in_first(reader)
    entry = access.opened(session, reader, id)
    name = data.get("step", "")
    try:
        stays = _take(session, reader, entry, data)
    except (Invalid, Conflict) as refusal:
        raise Rejected(_page(reader, entry, errors=errors_of(reader, refusal))) from refusal
    if name == "discard" and stays is False:
        return Redirect(reader.address("my_entries", {"done": "discarded"}), status_code=303)
    href = reader.address("entry_draft", {"done": name}, id=str(entry.id))
    return Redirect(href, status_code=303)


HANDLERS = [show, step]


def _take(
    session: Session, reader: Reader, entry: RegisterEntry, data: Mapping[str, str]
) -> object:
    seen = int(data["revision"]) if data.get("revision", "").isdecimal() else 0
    text = data.get("text", "")
    actor, today = reader.actor, reader.today
    steps: dict[str, Callable[[], object]] = {
        "submit": lambda: entries.submit(session, actor, entry, revision=seen),
        "publish": lambda: entries.publish(session, actor, entry, revision=seen, today=today),
        "take_back": lambda: entries.take_back(session, actor, entry),
        "give_back": lambda: entries.give_back(session, actor, entry, note=text),
        "revise": lambda: entries.revise(session, actor, entry),
        "confirm": lambda: entries.confirm(session, actor, entry, today=today),
        "withdraw": lambda: entries.withdraw(session, actor, entry, reason=text),
        "discard": lambda: entries.discard(session, actor, entry, revision=seen),
    }
    name = data.get("step", "")
    if name not in steps:
        raise Invalid("Choose what to do.", field="step")
    return steps[name]()


def _page(
    reader: Reader, entry: RegisterEntry, *, errors: Errors = NO_ERRORS, done: str = ""
) -> Response[str]:
    record = access.working_record(entry)
    known = record.assessment.risk_class if record.assessment else ""
    stated, due = fields.completeness(record, known)
    title = access.name_of(reader, entry) or reader._("Register entry")
    context = OverviewPage(
        page=frame(
            reader,
            title,
            section="my_entries",
            crumbs=access.crumbs(reader),
            notices=_done(reader, done),
            is_indexed=False,
        ),
        title=title,
        kicker=f"{access.state_words(reader, entry)} · {entry.organization.name}",
        tasks=_tasks(reader, entry),
        stated=stated,
        due=due,
        errors=errors,
        open_links=_links(reader, entry, errors),
        action=reader.address("entry_draft", id=str(entry.id)),
        revision=entry.draft_revision,
        has_draft=entry.draft is not None,
        is_public=entry.is_published,
        is_submitted=entry.submitted_at is not None,
        needs_second=entries.needs_second(entry, record),
        may_publish=reader.actor.may_edit_for(entry.organization_id),
        is_own_submission=reader.actor.person_id is not None
        and entry.submitted_by_id == reader.actor.person_id,
        returned_note=entry.returned_note,
        risk_class=views.class_label(known, reader),
        is_heavy=known in fields.HEAVY,
        confirmed=reader.day(entry.confirmed_on),
        review_due=reader.day(entry.review_due),
        is_current=entry.is_current(reader.today),
        public_href=reader.address("register_entry", slug=entry.slug) if entry.is_published else "",
    )
    status = 200 if errors is NO_ERRORS else 409 if errors.general else 422
    return render("register_editor/overview.html", context, status_code=status)


def _tasks(reader: Reader, entry: RegisterEntry) -> Sequence[Task]:
    _ = reader._
    record, key = access.working_record(entry), str(entry.id)
    known = record.assessment.risk_class if record.assessment else ""
    tasks = []
    for section in fields.sections():
        lacking = [
            field
            for field in section.fields
            if field.is_due(known) and not posted.is_filled(record, field)
        ]
        names = ", ".join(views.in_language(field.label, reader) for field in lacking)
        words = _("%(count)s open") % {"count": len(lacking)} if lacking else _("complete")
        href = reader.address("entry_section", id=key, section=section.id)
        label = views.in_language(section.label, reader)
        tasks.append((label, href, "open" if lacking else "ok", words, names))
    words = views.class_label(known, reader)
    href = reader.address("entry_classify", id=key)
    tasks.append((_("Class under the AI Act"), href, "ok" if known else "open", words, ""))
    return tasks


def _links(reader: Reader, entry: RegisterEntry, errors: Errors) -> Sequence[tuple[str, str]]:
    """The sections where what is missing can be told."""
    key, found = str(entry.id), []
    for name, message in errors.list:
        field = fields.by_id().get(name)
        if field is not None:
            href = reader.address("entry_section", id=key, section=field.section)
            label = views.in_language(field.label, reader)
            found.append((f"{label}: {message}", f"{href}#field-{name}"))
        elif name == "law":
            found.append((message, reader.address("entry_classify", id=key)))
        else:
            found.append((message, "#steps"))
    return found


def _done(reader: Reader, done: str) -> tuple[PageNotice, ...]:
    _ = reader._
    texts = {
        "saved": _("Your draft has been saved."),
        "submit": _("Submitted. A second person of your body can publish it now."),
        "publish": _("Published. Readers see it at once."),
        "take_back": _("Taken back. You can go on writing."),
        "give_back": _("Given back with your reason."),
        "revise": _("A draft is begun. Readers see the old version until you publish."),
        "confirm": _("Thank you. The entry is confirmed as of today."),
        "withdraw": _("The entry is withdrawn. Its address shows the reason."),
        "discard": _("The draft is discarded."),
        "classified": _("The class is kept with the draft."),
    }
    return (PageNotice(texts[done], "ok", live="status"),) if done in texts else ()
