"""The KI-Transparenzregister from the command line: uses assessed, laws compared, entries moved."""

import json
import os
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import click
import msgspec
from rich.console import Console
from rich.progress import track
from rich.table import Table

from catalog.database import now
from catalog.errors import Invalid
from catalog.permissions import Actor
from catalog.register import law
from catalog.register import rerun as rerunning
from catalog.register.comparison import compare
from catalog.register.evaluation import Outcome, answers, evaluate
from catalog.register.rerun import Reassessed
from marketplace.cli.node import open_node
from marketplace.cli.register_files import export_entries, import_entries
from marketplace.formats.assessment_report import report
from marketplace.formats.json_document import read_document
from marketplace.formats.records import Unreadable


@click.group()
def register() -> None:
    """Assess uses of AI by the law, as data; take entries in and give them out."""


register.add_command(import_entries)
register.add_command(export_entries)


@register.command()
@click.argument("facts", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Day of assessment; today.")
@click.option("--rules", "rule_set", default=law.CURRENT, show_default=True)
@click.option("--unknown", is_flag=True, help="What FACTS does not answer is unknown.")
@click.option("--json", "as_json", is_flag=True, help="Answer for programs.")
def assess(
    facts: Path, as_of: datetime | None, rule_set: str, unknown: bool, as_json: bool
) -> None:
    """Classify the use that FACTS describes: a JSON object of answers, null for unknown ones.

    A question that FACTS leaves out has the default of the rule set. No legal advice.
    """
    rules = law.rule_set(rule_set)
    given = answers(rules, _facts(facts), use_defaults=not unknown)
    outcome = evaluate(rules, given, as_of.date() if as_of else now().date())
    if as_json:
        said = msgspec.json.encode(report(rules, outcome))
        click.echo(msgspec.json.format(said, indent=2).decode())
        return
    _show(rules, outcome)


@register.group()
def rules() -> None:
    """The states of the law that this node knows."""


@rules.command("list")
@click.option("--json", "as_json", is_flag=True, help="Answer for programs.")
def list_rules(as_json: bool) -> None:
    """Name every rule set."""
    known = [law.rule_set(name) for name in law.rule_sets()]
    rows = [
        {"id": each.id, "law_state": each.law_state.isoformat(), "facts": len(each.facts),
         "rules": len(each.rules), "is_current": each.id == law.CURRENT}
        for each in known
    ]  # fmt: skip
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return
    for row in rows:
        click.echo(f"{row['id']}  {row['rules']} rules, {row['facts']} questions")


@rules.command()
@click.argument("a")
@click.argument("b")
@click.option("--json", "as_json", is_flag=True, help="Answer for programs.")
def diff(a: str, b: str, as_json: bool) -> None:
    """Say what rule set B has that A has not, what it lost, and what it changed."""
    found = compare(a, b)
    if as_json:
        click.echo(json.dumps(found, indent=2, ensure_ascii=False, default=str))
        return
    for kind, changes in found.items():
        for change, names in changes.items():
            for name, what in names.items():
                click.echo(f"{kind} {change}: {name}" + _changed(what))


@rules.command()
@click.argument("rule_set")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="Day of assessment; today.")
@click.option("--json", "as_json", is_flag=True, help="Answer for programs.")
def rerun(rule_set: str, file: Path, as_of: datetime | None, as_json: bool) -> None:
    """Put every public entry to RULE_SET and write what would change to FILE, a line an entry.

    Nothing is changed on the node. A run that was stopped goes on behind the last whole line of
    FILE.
    """
    law.rule_set(rule_set)
    day = as_of.date() if as_of else now().date()
    with open_node() as (_settings, database), database.reading() as session:
        done = _resume(file)
        public = rerunning.count(session)
        total = rerunning.count(session, after=done)
        found = rerunning.reassess(session, Actor.operator(), rule_set, as_of=day, after=done)
        with file.open("ab") as lines:
            for each in track(
                found, "Entries", total=total, console=Console(stderr=True), disable=as_json
            ):
                if each is not None:
                    lines.write(msgspec.json.encode(each) + b"\n")
    _summary(file, public, as_json=as_json)


def _resume(file: Path) -> UUID | None:
    """The entry of the last whole line; what a stopped run left behind it is cut off."""
    if not file.exists():
        return None
    content = file.read_bytes()
    whole = content[: content.rfind(b"\n") + 1]
    try:
        last = msgspec.json.decode(whole.splitlines()[-1], type=Reassessed).entry if whole else None
    except msgspec.MsgspecError as error:
        raise Invalid(
            "The file holds something else than such a run: %(why)s", field="FILE", why=str(error)
        ) from error
    if whole != content:
        os.truncate(file, len(whole))
    return last


def _summary(file: Path, public: int, *, as_json: bool) -> None:
    entries, moves = 0, Counter[tuple[str, str]]()
    changed = 0
    with file.open("rb") as lines:
        for line in lines:
            each = msgspec.json.decode(line, type=Reassessed)
            entries += 1
            changed += each.is_changed
            if each.before != each.after:
                moves[each.before, each.after] += 1
    rows = [{"before": a, "after": b, "entries": n} for (a, b), n in sorted(moves.items())]
    if as_json:
        said = {"public": public, "entries": entries, "changed": changed, "classes": rows}
        click.echo(json.dumps(said, indent=2))
        return
    click.echo(
        f"{entries} of {public} public entries are classified by rules known here,"
        f" {changed} of them come out with another class or other duties."
    )
    for row in rows:
        click.echo(f"  {row['before']} → {row['after']}: {row['entries']}")


def _changed(what: Any) -> str:
    if not isinstance(what, dict):
        return ""
    return "".join(f"\n    {field}: {old} → {new}" for field, (old, new) in what.items())


def _facts(path: Path) -> Mapping[str, object]:
    try:
        content = read_document(path).value
    except Unreadable as error:
        raise Invalid("The file cannot be read: %(why)s", field="FACTS", why=str(error)) from error
    if isinstance(content, dict) and isinstance(content.get("facts"), dict):
        content = content["facts"]
    if not isinstance(content, dict):
        raise Invalid("Give the answers as one JSON object.", field="FACTS")
    return content


def _show(rules: law.RuleSet, outcome: Outcome) -> None:
    labels = {each.id: each.label["en"] for each in rules.classes}
    console = Console()
    console.print(f"[bold]{labels[outcome.risk_class]}[/bold], {rules.title['en']}")
    if outcome.missing:
        console.print(
            f"At least: {labels[outcome.at_least]}. Missing: {', '.join(outcome.missing)}"
        )
    table = Table("from", "duty", "rule", "citation")
    for due in outcome.duties:
        rule = rules.rules[due.rule]
        day = due.applies_from.isoformat() if due.applies_from else "now"
        table.add_row(day, rules.duties[due.duty].sentence["en"], due.rule, rule.citation)
    console.print(table)
    console.print("No legal advice.")
