"""Search from the command line, and build the index anew."""

import json
from uuid import UUID

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from catalog import records, solutions
from marketplace.cli.node import open_node
from marketplace.search import meilisearch_keys
from marketplace.search.documents import FACETS
from marketplace.search.meilisearch_client import Client
from marketplace.search.query import Answer, EngineAway, Query, Sort
from marketplace.search.service import SearchService
from marketplace.settings import Settings


@click.command()
@click.argument("text", required=False, default="")
@click.option("--filter", "filters", multiple=True, metavar="FIELD=VALUE", help="Repeat at will.")
@click.option("--sort", type=click.Choice([sort.value for sort in Sort]), default="relevance")
@click.option("--page", type=click.IntRange(1), default=1)
@click.option("--size", type=click.IntRange(1, 200), default=20)
@click.option("--language", type=click.Choice(["de", "en"]), default="de")
@click.option("--literal", is_flag=True, help="Correct no words.")
@click.option("--json", "as_json", is_flag=True, help="Answer for programs.")
def search(
    text: str,
    filters: tuple[str, ...],
    sort: str,
    page: int,
    size: int,
    language: str,
    literal: bool,
    as_json: bool,
) -> None:
    """Find solutions for TEXT; without one, all."""
    query = Query(
        text=text,
        filters=_filters(filters),
        sort=Sort(sort),
        page=page,
        size=size,
        language=language,
        literal=literal,
    )
    with open_node() as (settings, database):
        service = SearchService.on(database, settings)
        service.catch_up()
        with database.reading() as session:
            found = service.search(session, query)
            rows = solutions.published_by_ids(session, [UUID(hit.id) for hit in found.answer.hits])
        service.stop()
    hits = [
        _hit(rows[UUID(hit.id)], language, is_partial=hit.partial)
        for hit in found.answer.hits
        if UUID(hit.id) in rows
    ]
    if as_json:
        click.echo(json.dumps(_as_json(found.answer, hits), ensure_ascii=False))
    else:
        _tell(found.answer, hits)


@click.command()
def reindex() -> None:
    """Build the search index anew from the database."""
    with open_node() as (settings, database):
        service = SearchService.on(database, settings)
        if service.follower is None:
            raise click.ClickException(
                "This node has no search index (MARKETPLACE_EMBEDDED_SEARCH)."
            )
        columns = (SpinnerColumn(), TextColumn("{task.completed} records"), TimeElapsedColumn())
        with Progress(*columns, console=Console(stderr=True)) as bar:
            task = bar.add_task("index", total=None)
            service.follower.store_documents(lambda done: bar.update(task, completed=done))
            service.follower.rebuild(lambda done: bar.update(task, completed=done))
        click.echo(f"{service.follower.engine.count()} records are searchable.")
        service.stop()


@click.command("search-keys")
@click.option("--master-key", prompt=True, hide_input=True, help="Asked for if not given.")
def search_keys(master_key: str) -> None:
    """Make this node's keys for its Meilisearch server, with the least rights."""
    settings = Settings()
    if not settings.meilisearch_url:
        raise click.ClickException("This node has no search server (MARKETPLACE_MEILISEARCH_URL).")
    client = Client(settings.meilisearch_url, master_key)
    try:
        keys = meilisearch_keys.make(client, settings.meilisearch_prefix)
    except EngineAway as reason:
        raise click.ClickException(str(reason)) from reason
    finally:
        client.close()
    click.echo(f"worker: {keys.following}")
    click.echo(f"reader: {keys.reading}")


def _filters(given: tuple[str, ...]) -> dict[str, frozenset[str]]:
    wanted: dict[str, set[str]] = {}
    for each in given:
        field, equals, value = each.partition("=")
        if not equals or field not in FACETS:
            raise click.BadParameter(
                f"“{each}” is no filter. Write FIELD=VALUE; fields: {', '.join(FACETS)}.",
                param_hint="--filter",
            )
        wanted.setdefault(field, set()).add(value)
    return {field: frozenset(values) for field, values in wanted.items()}


def _hit(solution: solutions.Solution, language: str, *, is_partial: bool) -> dict[str, str | bool]:
    return {
        "id": str(solution.id),
        "slug": solution.slug,
        "title": records.best(solution.public_record.name, language)[0],
        "organization": solution.publisher.name if solution.publisher else "",
        # Hits with only some of the words fill up a short list; they are not in the total.
        "partial": is_partial,
    }


def _as_json(answer: Answer, hits: list[dict[str, str | bool]]) -> dict[str, object]:
    return {
        "total": answer.total,
        "hits": hits,
        "facets": {name: dict(counts) for name, counts in answer.facets.items()},
        "corrected": answer.corrected,
        "relaxed": answer.relaxed,
        "page": answer.page,
    }


def _tell(answer: Answer, hits: list[dict[str, str | bool]]) -> None:
    if answer.corrected:
        click.echo(f"Showing results for: {answer.corrected}")
    click.echo(f"{answer.total} solutions")
    for hit in hits:
        click.echo(f"  {hit['title']}  ·  {hit['organization'] or '–'}  ·  {hit['slug']}")
