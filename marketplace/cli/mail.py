"""Look at the outbox and let what was given up begin anew."""

import json
from dataclasses import asdict
from uuid import UUID

import click

from catalog import nodes
from catalog.permissions import Actor
from marketplace.cli.node import open_node
from marketplace.mail import outbox
from marketplace.mail.delivery import MailServer
from marketplace.mail.outbox import State


@click.group()
def mail() -> None:
    """Look at the outbox of this node."""


@mail.command()
@click.option("--json", "as_json", is_flag=True, help="Answer for programs.")
def status(*, as_json: bool) -> None:
    """Show how many mails wait, went out and were given up."""
    with open_node() as (settings, database), database.reading() as session:
        counts = outbox.counts(session)
        sends = MailServer.of(settings) is not None and not nodes.own(session).is_sample
    if as_json:
        click.echo(json.dumps({"sends": sends, **asdict(counts)}, default=str))
        return
    if not sends:
        click.echo("This node sends no mails: it is a sample, or has no mail server or sender.")
    since = f", the oldest since {counts.oldest_waiting:%Y-%m-%d %H:%M}Z" if counts.waiting else ""
    click.echo(f"{counts.waiting} waiting{since}; {counts.sent} sent; {counts.failed} given up.")
    if counts.last_error:
        click.echo(f"Last trouble: {counts.last_error}")


@mail.command("list")
@click.option("--state", type=click.Choice([state.value for state in State]))
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
def list_mails(state: str | None, limit: int) -> None:
    """Show the newest mails."""
    with open_node() as (_settings, database), database.reading() as session:
        for each in outbox.newest(session, state=State(state) if state else None, limit=limit):
            click.echo(
                f"{each.id}  {each.created_at:%Y-%m-%d %H:%M}Z  {each.state:<8} "
                f"{each.recipient}  {each.subject}"
            )


@mail.command()
@click.argument("id", type=click.UUID)
def show(id: UUID) -> None:  # noqa: A002 - the argument's name
    """Show the text of a mail that has not been sent yet."""
    with open_node() as (_settings, database), database.reading() as session:
        found = outbox.by_id(session, id)
        click.echo(f"To: {found.recipient}\nSubject: {found.subject}\n\n{found.text}")


@mail.command()
def again() -> None:
    """Let mails that were given up begin anew."""
    with open_node() as (_settings, database), database.writing.begin() as session:
        click.echo(f"{outbox.try_again(session, Actor.operator())} mails begin anew.")
