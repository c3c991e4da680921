"""The register's list as JSON, CSV and Atom: the page's address with a suffix, the same filters."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.di import NamedDependency
from litestar.params import FromQuery
from markupsafe import Markup

from catalog import taxonomy
from catalog.database import Session
from catalog.register import entries, listing
from catalog.register.entries import RegisterEntry
from marketplace.export import columns
from marketplace.export.dump import write_parquet
from marketplace.export.listing import FEED_PAGE, LARGEST_LIST, Position
from marketplace.formats.atom import Entry, Tombstone
from marketplace.formats.registers import forms
from marketplace.pages import feeds
from marketplace.pages.feeds import Listing, News, suffixed
from marketplace.pages.reader import Reader
from marketplace.pages.register.asked import Asked
from marketplace.pages.rendering import paragraphs
from marketplace.pages.wording import named, said
from marketplace.routing import get


@get([*suffixed("register_entries", "json"), *suffixed("register_entries", "csv")])
def files(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
) -> Response[Any]:
    """The entries that answer the address, newest first."""
    asked = Asked.of(session, request.query_params.multi_items())
    return feeds.answer(
        request,
        reader,
        Listing(
            reader._("AI transparency register"),
            reader.address("register_entries", asked.pairs()),
            columns.REGISTER_ENTRIES,
            forms.walk(session, asked.wanted, today=reader.today, most=LARGEST_LIST),
            listing.counts(session, asked.wanted, today=reader.today).total,
        ),
    )


@get(suffixed("register_entries", "atom"))
def feed(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
    after: FromQuery[str] = "",
) -> Response[Any]:
    """What changed last among the entries that answer the address, withdrawn ones included."""
    pairs = [pair for pair in request.query_params.multi_items() if pair[0] != "after"]
    asked = Asked.of(session, pairs)
    behind = Position.read(after) if after else None
    found = listing.newest(
        session,
        asked.wanted,
        today=reader.today,
        after=(behind.at, behind.id) if behind else None,
        limit=FEED_PAGE + 1,
    )
    shown = found[:FEED_PAGE]
    last = shown[-1] if len(found) > FEED_PAGE else None
    return feeds.feed(
        request,
        reader,
        News(
            reader._("AI transparency register"),
            reader.address("register_entries", asked.pairs()),
            [_news(reader, each) for each in shown],
            Position(last.updated_at, last.id) if last else None,
        ),
    )


@get(suffixed("register_entries", "parquet"))
def parquet(
    request: Request[Any, Any, Any],
    session: NamedDependency[Session],
    reader: NamedDependency[Reader],
) -> Response[bytes]:
    """The entries that answer the address, newest first, as Parquet."""
    asked = Asked.of(session, request.query_params.multi_items())
    rows = forms.walk(session, asked.wanted, today=reader.today, most=LARGEST_LIST)
    voice = feeds.voice_of(reader)
    with TemporaryDirectory(prefix="register-") as folder:
        lines, target = Path(folder) / "rows.jsonl", Path(folder) / "rows.parquet"
        with lines.open("wb") as file:
            for row in rows:
                file.write(msgspec.json.encode(columns.REGISTER_ENTRIES.document(row, voice)))
                file.write(b"\n")
        write_parquet(columns.REGISTER_ENTRIES, lines, target)
        content = target.read_bytes()
    name = f"lichtermeer-register-{reader.today.isoformat()}.parquet"
    return Response(
        content,
        media_type="application/vnd.apache.parquet",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


HANDLERS = [files, feed, parquet]


def _news(reader: Reader, entry: RegisterEntry) -> Entry | Tombstone:
    iri = feeds.voice_of(reader).iri(entries.KIND, entry.id)
    if not entry.is_published:
        return Tombstone(iri, entry.withdrawn_at or entry.updated_at, entry.withdrawn_reason)
    record = entry.public_record
    name, summary = named(record.name, reader), said(record.summary, reader)
    told = [said(text, reader) for text in (record.intended_purpose, record.impact_on_people)]
    return Entry(
        id=iri,
        title=f"{name.text} · {entry.organization.name}",
        language=name.lang,
        updated=entry.updated_at,
        href=reader.base_url + reader.address("register_entry", slug=entry.slug),
        author=entry.organization.name,
        summary=summary.text if summary else "",
        content=Markup("").join(paragraphs(text.text) for text in told if text) or None,
        categories=[
            (code, taxonomy.label("field_of_action", code, reader.language))
            for code in record.fields_of_action
        ],
    )
