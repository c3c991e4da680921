"""Enter people, give them roles, help them to sign in."""

import click

from catalog import changes, memberships, nodes, organizations, people
from catalog.permissions import Actor, Role
from marketplace.accounts import registration, second_factors
from marketplace.accounts.letters import Letters
from marketplace.cli.node import open_node
from marketplace.mail import outbox


@click.group()
def person() -> None:
    """Enter people, give them roles, help them to sign in."""


@person.command()
@click.argument("email")
@click.argument("name")
@click.option("--moderator", is_flag=True, help="May decide what is published.")
@click.option("--steward", is_flag=True, help="May do everything on this node.")
def enter(email: str, name: str, moderator: bool, steward: bool) -> None:
    """Enter the person NAME with the address EMAIL."""
    with open_node() as (_settings, database), database.writing.begin() as session:
        entered = people.enter(
            session,
            Actor.operator(),
            email=email,
            name=name,
            is_moderator=moderator,
            is_steward=steward,
        )
        click.echo(f"Entered {entered.name} <{entered.email}>.")


@person.command()
@click.argument("email")
@click.argument("organization")
@click.argument("role", type=click.Choice([role.value for role in Role]))
def join(email: str, organization: str, role: str) -> None:
    """Give the person with EMAIL a ROLE in the ORGANIZATION (its slug)."""
    with open_node() as (_settings, database), database.writing.begin() as session:
        body = organizations.by_slug(session, organization)
        who = people.by_email(session, email)
        memberships.join(session, Actor.operator(), who, body, Role(role))
        click.echo(f"{who.name} is {role} of {body.name}.")


@person.command("list")
@click.argument("email")
def list_roles(email: str) -> None:
    """Show the roles of the person with EMAIL."""
    with open_node() as (_settings, database), database.reading() as session:
        who = people.by_email(session, email)
        click.echo(f"{who.name} <{who.email}>")
        for membership in memberships.of_person(session, who.id):
            click.echo(f"  {membership.role:<12} {membership.organization.name}")


@person.command()
@click.argument("email")
@click.option("--mail", is_flag=True, help="Send the link by mail as well.")
def invite(email: str, *, mail: bool) -> None:
    """Print a one-time link with which the person with EMAIL chooses a password."""
    with open_node() as (settings, database), database.writing.begin() as session:
        who = people.by_email(session, email)
        letters = Letters(settings.base_url, nodes.own(session).name)
        token = registration.invite(session, who)
        if mail:
            letter = letters.invitation(token, name=who.name, language=who.language)
            outbox.queue(session, to=who.email, letter=letter)
        click.echo("This link holds for seven days and works once:")
        click.echo(letters.href("set_up", who.language, token=token))


@person.command("reset-factors")
@click.argument("email")
@click.confirmation_option(prompt="Are you sure that it is the person who asks for this?")
def reset_factors(email: str) -> None:
    """Take all second factors from the person with EMAIL, who has lost them; all sign-ins end."""
    with open_node() as (_settings, database), database.writing.begin() as session:
        who = people.by_email(session, email)
        second_factors.remove_all(session, who.id)
        operator = Actor.operator()
        changes.record(session, operator, "factors_removed", "person", who.id, public=False)
        click.echo(f"{who.name} signs in with the password alone until a new factor is set up.")
