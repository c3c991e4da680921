"""Every form a card can be filled into, by its name in addresses and on the command line."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from catalog.errors import NotFound, Problem
from catalog.register import listing
from catalog.register.entries import RegisterEntry
from catalog.register.listing import Wanted
from marketplace.export.columns import Voice
from marketplace.export.listing import AT_ONCE
from marketplace.formats.registers import ai_act, atrs, ats, dutch, maki
from marketplace.formats.registers.sheets import Card, Filled, Form, fill
from marketplace.translations import sentence

FORMS: Mapping[str, Form] = {
    form.id: form
    for form in (
        ai_act.ANNEX_A,
        ai_act.ANNEX_B,
        ai_act.ANNEX_C,
        ai_act.FRIA,
        maki.FORM,
        dutch.API,
        dutch.SCHEMA,
        dutch.SHORT,
        ats.FORM,
        atrs.FORM,
    )
}


def form(name: str) -> Form:
    """The form with this name; ``NotFound`` names those that there are."""
    if name not in FORMS:
        raise NotFound("There is no such form. Choose one of: %(names)s.", names=", ".join(FORMS))
    return FORMS[name]


def filled(entry: RegisterEntry, name: str, voice: Voice) -> Filled:
    """A public entry in a form."""
    return fill(form(name), Card.of(entry, voice))


def walk(session: Session, wanted: Wanted, *, today: date, most: int) -> Iterator[RegisterEntry]:
    """The public entries asked for, newest first, at most so many."""
    after: listing.Position | None = None
    left = most
    while left > 0:
        size = min(AT_ONCE, left)
        rows = listing.page(session, wanted, today=today, after=after, size=size)
        yield from rows
        left -= len(rows)
        if len(rows) < size or rows[-1].valid_since is None:
            return
        after = listing.Position(rows[-1].valid_since, rows[-1].id)
        session.expunge_all()


def report(found: Filled, language: str) -> dict[str, Any]:
    """The filled form for programs: the document, and what it loses, assumes and lacks."""
    return {
        "format": found.form.id,
        "version": found.form.version,
        "document": dict(found.document),
        "losses": _told(found.losses, language),
        "assumed": _told(found.assumed, language),
        "missing": _told(found.missing, language),
    }


def _told(problems: Sequence[Problem], language: str) -> list[dict[str, str]]:
    return [{"field": each.field, "message": sentence(each, language)} for each in problems]
