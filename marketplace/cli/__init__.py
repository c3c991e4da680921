"""The command line: ``marketplace …``, thin; it opens a transaction and calls the domain.

A command's module is imported when the command is called, so that starting the server does not
wait for what reads spreadsheets.
"""

import sys
from importlib import import_module

import click

from catalog.errors import Refusal
from marketplace import __version__

COMMANDS = {
    "run": "server:run",
    "serve": "server:serve",
    "worker": "server:worker",
    "migrate": "server:migrate",
    "assets": "server:build_assets",
    "import": "importing:import_files",
    "export": "exporting:export",
    "backup": "backing_up:backup",
    "restore": "backing_up:restore",
    "load-dump": "exporting:load_dump",
    "interface": "interfaces:interface",
    "license": "checking:license",
    "publiccode": "checking:publiccode",
    "search": "searching:search",
    "reindex": "searching:reindex",
    "search-keys": "searching:search_keys",
    "places": "places:places",
    "person": "people:person",
    "mail": "mail:mail",
    "sample": "sample:sample",
    "register": "register:register",
    "impact": "impact:impact",
    "bench": "benching:bench",
}
"""Name of a command → module in this package and name there."""


WITHOUT_NODE = ("interface", "license", "publiccode")
"""They read a file and nothing else, so they start without settings and log."""


class Commands(click.Group):
    """Finds a command's module; a refusal of the domain ends with its sentence, not a trace."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order in which a node's life needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, imported now."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(f"marketplace.cli.{module}"), name)
        return command

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; exit with 2 if the domain refuses."""
        try:
            return super().invoke(ctx)
        except Refusal as refusal:
            click.echo(f"marketplace: {refusal}", err=True)
            sys.exit(2)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="marketplace")
@click.pass_context
def main(context: click.Context) -> None:
    """Run and fill a node of Lichtermeer, the marketplace for municipal AI solutions."""
    if context.invoked_subcommand not in WITHOUT_NODE:
        _begin_log()


def _begin_log() -> None:
    from marketplace import logs  # noqa: PLC0415 - not for checks of files
    from marketplace.settings import Settings  # noqa: PLC0415

    # Lines of the log go to standard error, so that what --json prints stays readable.
    logs.configure(Settings())
