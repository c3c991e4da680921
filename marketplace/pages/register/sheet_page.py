"""An entry, or the list, in the forms of other registers: a sheet to print, JSON and CSV."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Request, Response
from litestar.di import NamedDependency
from litestar.params import FromPath

from catalog.database import Session
from catalog.errors import Problem
from catalog.register import entries, fields
from marketplace.export.listing import LARGEST_LIST
from marketplace.formats import csv_out
from marketplace.formats.registers import forms
from marketplace.formats.registers.sheets import Filled
from marketplace.pages import feeds
from marketplace.pages.feeds import suffixed
from marketplace.pages.frame import PageFrame
from marketplace.pages.reader import Reader, frame
from marketplace.pages.register import views
from marketplace.pages.register.asked import Asked
from marketplace.pages.rendering import render
from marketplace.pages.wording import named
from marketplace.routing import get, paths
from marketplace.translations import sentence


@dataclass(frozen=True)
class SheetRow:
    """A field of the form: its name there, what it means, what stands in it."""

    ref: str
    label: str
    lines: Sequence[str]


@dataclass(frozen=True)
class Remarks:
    """Remarks of one kind, each with the fields that it is about."""

    title: str
    intro: str
    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class SheetPage:
    """A filled form."""

    page: PageFrame
    title: str
    about: str
    version: str
    name: str
    body: str
    entry_href: str
    rows: Sequence[SheetRow]
    remarks: Sequence[Remarks]
    downloads: Sequence[tuple[str, str]]
    is_sample: bool


def hrefs(slug: str, reader: Reader) -> Sequence[tuple[str, str]]:
    """The sheets of an entry: title and address."""
    return [
        (
            views.in_language(form.title, reader),
            reader.address("register_sheet", slug=slug, form=form.id),
        )
        for form in forms.FORMS.values()
    ]


def list_hrefs(pairs: Sequence[tuple[str, str]], reader: Reader) -> Sequence[tuple[str, str, str]]:
    """The list in every form: title, JSON and CSV, with the same filters."""
    query = f"?{urlencode(pairs)}" if pairs else ""
    found = []
    for form in forms.FORMS.values():
        href = reader.address("register_in_form", form=form.id)
        title = views.in_language(form.title, reader)
        found.append((title, f"{href}.json{query}", f"{href}.csv{query}"))
    return found


@get(paths("register_sheet"))
def show(
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    slug: FromPath[str],
    form: FromPath[str],
) -> Response[str]:
    """The filled sheet, to read and to print."""
    entry = entries.by_slug(session, slug)
    filled = forms.filled(entry, form, feeds.voice_of(reader))
    name = named(entry.public_record.name, reader).text
    href = reader.address("register_entry", slug=entry.slug)
    title = views.in_language(filled.form.title, reader)
    here = reader.address("register_sheet", slug=entry.slug, form=form)
    crumbs = [
        (reader._("AI transparency register"), reader.address("register_entries")),
        (name, href),
    ]
    return render(
        "register/sheet.html",
        SheetPage(
            page=frame(reader, f"{title}: {name}", section="register_entries", crumbs=crumbs),
            title=title,
            about=views.in_language(filled.form.about, reader),
            version=filled.form.version,
            name=name,
            body=entry.organization.name,
            entry_href=href,
            rows=_rows(filled, reader),
            remarks=_remarks(filled, reader),
            downloads=[("JSON", f"{here}.json"), ("CSV", f"{here}.csv")],
            is_sample=entry.is_sample,
        ),
    )


@get([*suffixed("register_sheet", "json"), *suffixed("register_sheet", "csv")])
def sheet_file(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    slug: FromPath[str],
    form: FromPath[str],
) -> Response[bytes]:
    """The filled sheet as JSON, with what it loses, or as CSV, a row a field."""
    entry = entries.by_slug(session, slug)
    filled = forms.filled(entry, form, feeds.voice_of(reader))
    name = f"{entry.slug}-{form}"
    if request.url.path.endswith(".json"):
        return _sent(msgspec.json.encode(forms.report(filled, reader.language)), name, "json")
    rows = [[row.ref, row.label, "\n".join(row.lines)] for row in _rows(filled, reader)]
    return _sent(b"".join(csv_out.written(["field", "meaning", "value"], rows)), name, "csv")


@get([*suffixed("register_in_form", "json"), *suffixed("register_in_form", "csv")])
def list_file(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    form: FromPath[str],
) -> Response[bytes]:
    """The entries that answer the address in a form, newest first."""
    wanted = Asked.of(session, request.query_params.multi_items()).wanted
    known, voice = forms.form(form), feeds.voice_of(reader)
    found = forms.walk(session, wanted, today=reader.today, most=LARGEST_LIST)
    filled = [(str(entry.id), forms.filled(entry, form, voice)) for entry in found]
    if request.url.path.endswith(".json"):
        content = {
            "format": form,
            "version": known.version,
            "entries": [{"id": key, **forms.report(each, reader.language)} for key, each in filled],
        }
        return _sent(msgspec.json.encode(content), form, "json")
    refs = [target.ref for target in known.targets]
    rows = [
        [key, *("\n".join(_lines(each.document.get(ref))) for ref in refs)] for key, each in filled
    ]
    return _sent(b"".join(csv_out.written(["entry_id", *refs], rows)), form, "csv")


HANDLERS = [show, sheet_file, list_file]


def _sent(content: bytes, name: str, suffix: str) -> Response[bytes]:
    media_type = "application/json" if suffix == "json" else csv_out.MEDIA_TYPE
    disposition = "inline" if suffix == "json" else "attachment"
    headers = {"Content-Disposition": f'{disposition}; filename="{name}.{suffix}"'}
    return Response(content, media_type=media_type, headers=headers)


def _rows(filled: Filled, reader: Reader) -> Sequence[SheetRow]:
    return [
        SheetRow(
            target.ref,
            views.in_language(target.label, reader) if target.label else "",
            _lines(filled.document.get(target.ref)),
        )
        for target in filled.form.targets
    ]


def _lines(value: Any) -> Sequence[str]:
    if value is None:
        return ()
    if isinstance(value, list):
        return [
            " – ".join(map(str, each.values())) if isinstance(each, dict) else str(each)
            for each in value
        ]
    return str(value).split("\n")


def _remarks(filled: Filled, reader: Reader) -> Sequence[Remarks]:
    _ = reader._
    kinds = (
        (_("What is missing"), _("The form wants this besides."), filled.missing),
        (_("What is assumed"), _("The entry does not say this itself."), filled.assumed),
        (_("What is lost"), _("The entry says this; the form does not carry it."), filled.losses),
    )
    return [
        Remarks(title, intro, _grouped(found, reader)) for title, intro, found in kinds if found
    ]


def _grouped(problems: Sequence[Problem], reader: Reader) -> Sequence[tuple[str, str]]:
    """Each remark once, with the fields that it is about."""
    found: dict[str, list[str]] = {}
    for each in problems:
        found.setdefault(sentence(each, reader.language), []).append(_label(each.field, reader))
    return [(text, ", ".join(labels)) for text, labels in found.items()]


def _label(field: str, reader: Reader) -> str:
    if field == "assessment":
        return reader._("Class under the AI Act")
    known = fields.by_id().get(field)
    return views.in_language(known.label, reader) if known else field
