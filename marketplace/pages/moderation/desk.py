"""What the pages of moderation have in common: the row of pages, the frame, the way back."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from litestar.response import Redirect

from catalog.errors import Conflict, Invalid
from marketplace.forms import NO_ERRORS, Errors
from marketplace.pages.editor.access import OFFICE_ZONE, errors_of
from marketplace.pages.frame import NavLink, PageFrame, PageNotice
from marketplace.pages.reader import Reader, frame


def links(reader: Reader, current: str) -> Sequence[NavLink]:
    """The pages of moderation that the reader may open."""
    _ = reader._
    pages = {"moderation": _("Cases"), "moderation_log": _("Public log")}
    if reader.actor.may_moderate:
        pages |= {
            "moderation_duplicates": _("Likely duplicates"),
            "moderation_organizations": _("Organizations"),
            "moderation_synonyms": _("Synonyms"),
            "text_blocks": _("Text blocks"),
            "code_lists": _("Code lists"),
        }
    return [NavLink(label, reader.address(name), name == current) for name, label in pages.items()]


def desk_frame(
    reader: Reader,
    title: str,
    *,
    above: Sequence[tuple[str, str]] = (),
    errors: Errors = NO_ERRORS,
    done: str = "",
) -> PageFrame:
    """The frame of a page for moderators; ``done`` names what was just done."""
    wrong = bool(errors.by_field or errors.general)
    told = _told(reader).get(done)
    return frame(
        reader,
        f"{reader._('Error:')} {title}" if wrong else title,
        section="moderation",
        crumbs=[(reader._("Moderation"), reader.address("moderation")), *above],
        notices=(PageNotice(told, "ok", live="status"),) if told else (),
        is_indexed=False,
    )


def back(reader: Reader, name: str, done: str, **parts: str) -> Redirect:
    """The way back to a page after something was done."""
    return Redirect(reader.address(name, {"done": done}, **parts), status_code=303)


def changed_text(reader: Reader, moment: datetime, who: str) -> str:
    """When something was changed last, and by whom if that is known."""
    _ = reader._
    day = reader.day(moment.astimezone(OFFICE_ZONE).date())
    if not who:
        return _("Last changed on %(day)s.") % {"day": day}
    return _("Last changed on %(day)s by %(who)s.") % {"day": day, "who": who}


def errors_at_fields(reader: Reader, refusal: Invalid | Conflict) -> Errors:
    """The messages of a refusal at the fields of a form, where "title.de" is "title_de"."""
    found = errors_of(reader, refusal)
    by_field = {field.replace(".", "_"): text for field, text in found.by_field.items()}
    return Errors(by_field, found.general)


def _told(reader: Reader) -> Mapping[str, str]:
    _ = reader._
    return {
        "saved": _("It is saved."),
        "retired": _("It is no longer offered. You can bring it back at any time."),
        "offered": _("It is offered again."),
        "words": _("It is saved. Searches use it within 20 seconds."),
    }
