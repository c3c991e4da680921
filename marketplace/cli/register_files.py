"""``marketplace register import`` and ``export``: entries from and for other registers."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import click
import msgspec
from sqlalchemy.orm import Session

from catalog.database import now
from catalog.permissions import Actor
from catalog.register import entries
from catalog.register.entries import RegisterEntry
from catalog.register.listing import Wanted
from marketplace.cli.node import open_node
from marketplace.export.columns import Voice
from marketplace.federation import register_intake
from marketplace.federation.register_intake import Account
from marketplace.formats.records import MAX_ROWS, Unreadable
from marketplace.formats.registers import dutch_reading, forms
from marketplace.formats.registers.sheets import Filled
from marketplace.translations import sentence

UNREADABLE = 2
"""Exit code when the file could not be read."""

SHOWN = 10


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Answer for programs.")
def import_entries(file: Path, as_json: bool) -> None:
    """Take the Dutch Algoritmeregister in FILE into the register, with its source marked.

    FILE is JSON in the register's short fields or in those of its publication standard 1.0. A
    second run changes nothing. Exit code 2: the file could not be read.
    """
    with open_node(migrate=True) as (_settings, database):
        try:
            rows = dutch_reading.read(file)
        except Unreadable as error:
            click.echo(f"{file}: {error}", err=True)
            sys.exit(UNREADABLE)
        actor = Actor.operator("import")
        account = register_intake.take_in(rows, database.writing, actor, today=now().date())
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(_report(account)), indent=2).decode())
        return
    click.echo(
        f"{file.name}: {account.rows} rows: {account.created} created, {account.updated} updated,"
        f" {account.unchanged} unchanged, {len(account.refused)} refused."
    )
    for each in account.refused[:SHOWN]:
        click.echo(f"  ✗ {each.row} [{each.problem.field}] {sentence(each.problem, 'en')}")


def _report(account: Account) -> dict[str, Any]:
    return {
        "rows": account.rows,
        "created": account.created,
        "updated": account.updated,
        "unchanged": account.unchanged,
        "refused": [
            {"row": each.row, "key": each.key, "field": each.problem.field,
             "reason": sentence(each.problem, "en"), "excerpt": each.excerpt}
            for each in account.refused
        ],
        "warnings": [
            {"row": row, "field": each.field, "reason": sentence(each, "en")}
            for row, each in account.warnings
        ],
    }  # fmt: skip


@click.command("export")
@click.argument("format", type=click.Choice([*forms.FORMS]))
@click.argument("id", required=False, default="")
@click.option("--json", "as_json", is_flag=True, help="Answer for programs.")
@click.option("--language", type=click.Choice(["en", "de"]), default="en", help="Of the remarks.")
def export_entries(
    *,
    format: str,  # noqa: A002 - the names of the arguments in the help text
    id: str,  # noqa: A002
    as_json: bool,
    language: str,
) -> None:
    """Fill the entry ID, or every public one, into FORMAT; say what that loses and lacks.

    ID is the id of an entry or its name in the address.
    """
    with open_node() as (settings, database), database.reading() as session:
        voice = Voice(settings.base_url.rstrip("/"), language)
        if id:
            answer = _one(_named(session, id), format, voice)
        else:
            found = forms.walk(session, Wanted(), today=now().date(), most=MAX_ROWS)
            rows = [_one(entry, format, voice) for entry in found]
            answer = {"format": format, "version": forms.form(format).version, "entries": rows}
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(answer), indent=2).decode())
    else:
        _show(answer)


def _named(session: Session, key: str) -> RegisterEntry:
    try:
        known = UUID(key)
    except ValueError:
        return entries.by_slug(session, key)
    return entries.by_id(session, known)


def _one(entry: RegisterEntry, name: str, voice: Voice) -> dict[str, Any]:
    filled: Filled = forms.filled(entry, name, voice)
    return {"id": str(entry.id), **forms.report(filled, voice.language)}


def _show(answer: dict[str, Any]) -> None:
    if "entries" in answer:
        for each in answer["entries"]:
            click.echo(
                f"{each['id']}  {len(each['losses'])} lost, {len(each['assumed'])} assumed,"
                f" {len(each['missing'])} missing"
            )
        click.echo(f"{len(answer['entries'])} entries")
        return
    for name, value in answer["document"].items():
        click.echo(f"{name}: {value}")
    for kind in ("losses", "assumed", "missing"):
        _tell(kind, answer[kind])


def _tell(kind: str, remarks: Sequence[dict[str, str]]) -> None:
    if remarks:
        click.echo(f"\n{kind}:")
    for each in remarks:
        click.echo(f"  {each['field']}: {each['message']}")
