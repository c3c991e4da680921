"""The command line: ``marketplace …``, thin; it opens a transaction and calls the domain."""

import sys

import click

from catalog.errors import Refusal
from marketplace import __version__
from marketplace.cli.importing import import_files
from marketplace.cli.people import person
from marketplace.cli.places import places
from marketplace.cli.sample import sample
from marketplace.cli.searching import reindex, search
from marketplace.cli.server import build_assets, migrate, run, serve, worker


class Commands(click.Group):
    """Refusals of the domain end a command with their sentence, not with a trace."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; exit with 2 if the domain refuses."""
        try:
            return super().invoke(ctx)
        except Refusal as refusal:
            click.echo(f"marketplace: {refusal}", err=True)
            sys.exit(2)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="marketplace")
def main() -> None:
    """Run and fill a node of Lichtermeer, the marketplace for municipal AI solutions."""


for command in (
    run,
    serve,
    worker,
    migrate,
    build_assets,
    import_files,
    search,
    reindex,
    places,
    person,
    sample,
):
    main.add_command(command)
