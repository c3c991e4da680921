"""Run the node: migrate, serve, follow the feed."""

import signal
import threading
from importlib import import_module

import click
import uvicorn

from catalog import municipalities
from marketplace import assets, logs
from marketplace.application import create_app, today
from marketplace.cli.node import open_node
from marketplace.mail.delivery import Postman
from marketplace.notifications.working import Notifier
from marketplace.search import synonyms
from marketplace.search.service import SearchService
from marketplace.settings import ROOT, Settings
from marketplace.transactions import Database


@click.command()
def migrate() -> None:
    """Bring the database to the newest shape."""
    with open_node(migrate=True) as (_settings, database):
        with database.writing.begin() as session:
            synonyms.plant(session)
        click.echo(f"The database is up to date: {database.engine.url!r}")


@click.command("assets")
def build_assets() -> None:
    """Build style sheet, script, fonts and outlines from the installed packages."""
    manifest = assets.build(ROOT)
    click.echo(f"{len(manifest.files)} files in {assets.BUILT}")


@click.command()
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on.")
def serve(host: str | None, port: int | None) -> None:
    """Answer requests. The database must be up to date and the assets built."""
    settings = _settings_for(host, port)
    logs.configure(settings)
    _serve(settings)


@click.command()
@click.option("--sample", is_flag=True, help="Fill an empty node with invented data first.")
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on.")
def run(sample: bool, host: str | None, port: int | None) -> None:
    """Prepare whatever is missing, then answer requests: the one command of a small node."""
    settings = _settings_for(host, port)
    logs.configure(settings)
    assets.build(ROOT)
    with open_node(migrate=True) as (_settings, database):
        _fill(database, sample=sample)
    click.echo(f"\n  Lichtermeer answers at {settings.base_url}\n", err=True)
    if sample:
        click.echo(
            "  Invented data. To sign in, open /de/anmelden and choose a person,\n"
            "  for example Jule Hansen of Stadt Auenrode. End with Ctrl+C.\n",
            err=True,
        )
    _serve(settings)


@click.command()
def worker() -> None:
    """Follow the change feed, tell people and deliver mails, for nodes with many web processes."""
    settings = Settings()
    logs.configure(settings)
    done = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: done.set())
    with open_node() as (_settings, database):
        service = SearchService.on(database, settings)
        postman = Postman.on(database, settings)
        notifier = Notifier(database, settings, service, today)
        for each in (service, postman, notifier):
            each.start()
        done.wait()
        for each in (notifier, postman, service):
            each.stop()


def _fill(database: Database, *, sample: bool) -> None:
    # What is needed once in the life of a node is imported then: spreadsheets and geometry would
    # cost every later start a second.
    with database.writing.begin() as session:
        synonyms.plant(session)
    with database.reading() as session:
        is_new = not municipalities.knows_real_places(session)
    if is_new:
        import_module("marketplace.cli.places").load_package_if_missing(database)
    if sample:
        import_module("marketplace.sample.loading").load_if_empty(database)


def _settings_for(host: str | None, port: int | None) -> Settings:
    given = {key: value for key, value in (("host", host), ("port", port)) if value is not None}
    settings = Settings(**given)  # type: ignore[arg-type]
    if "base_url" not in settings.model_fields_set:
        settings = settings.model_copy(
            update={"base_url": f"http://{settings.host}:{settings.port}"}
        )
    return settings


def _serve(settings: Settings) -> None:
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_graceful_shutdown=10,
    )
