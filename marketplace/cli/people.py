"""Enter people and give them roles; signing in comes with accounts."""

import click

from catalog import memberships, organizations, people
from catalog.permissions import Actor, Role
from marketplace.cli.node import open_node


@click.group()
def person() -> None:
    """Enter people and give them roles."""


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
