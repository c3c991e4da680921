"""How long a large description of an interface takes to be checked and to become a page.

The description is generated and as large as the largest that Dutch municipalities publish for
their cases (0.56 MB).
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import yaml
from sqlalchemy import select

from catalog import interfaces
from catalog.database import Session, open_engine, session_factory
from catalog.interfaces import InterfaceSpec, Statement
from catalog.permissions import Actor
from catalog.solutions import Solution, State
from marketplace import interface_checks
from marketplace.bench.serving import Server
from marketplace.interfaces import checking
from marketplace.routing import address
from marketplace.settings import Settings

RESOURCES = 96
FIELDS = 24
OPERATIONS = 4 * RESOURCES
FILE = "large.yaml"

CHECK_TARGET = 2.0
PAGE_TARGET = 1.5
"""Seconds that a check and a page may take at most."""


class NoPage(Exception):
    """The server did not answer with the page of the interface: a fault of this program."""


@dataclass(frozen=True)
class InterfaceTimes:
    """Seconds of each round for one large description."""

    kilobytes: int
    operations: int
    checks: list[float]
    first: list[float]
    """The page, made anew."""
    kept: list[float]
    """The page, asked for again."""


def description() -> bytes:
    """An OpenAPI document with ``OPERATIONS`` operations, without errors."""
    schemas = {f"Resource{number}": _schema(number) for number in range(RESOURCES)}
    paths: dict[str, object] = {}
    for number in range(RESOURCES):
        paths[f"/resources{number}"] = {
            "get": _operation(number, "list"),
            "post": _operation(number, "create") | {"requestBody": _content(number)},
        }
        paths[f"/resources{number}/{{key}}"] = {
            "parameters": [
                {"name": "key", "in": "path", "required": True, "schema": {"type": "string"}}
            ],
            "get": _operation(number, "read"),
            "put": _operation(number, "replace") | {"requestBody": _content(number)},
        }
    whole = {
        "openapi": "3.0.3",
        "info": {"title": "Large", "version": "1.0.0"},
        "paths": paths,
        "components": {"schemas": schemas},
    }
    text: str = yaml.safe_dump(whole, sort_keys=False)
    return text.encode()


def _schema(number: int) -> dict[str, object]:
    words = "What the office that answers for it has written down, in plain words."
    return {
        "type": "object",
        "required": ["field0"],
        "properties": {
            f"field{each}": {"type": "string", "maxLength": 100, "description": words}
            for each in range(FIELDS)
        }
        | {"next": {"$ref": f"#/components/schemas/Resource{(number + 1) % RESOURCES}"}},
    }


def _content(number: int) -> dict[str, object]:
    schema = {"$ref": f"#/components/schemas/Resource{number}"}
    return {"content": {"application/json": {"schema": schema}}}


def _operation(number: int, verb: str) -> dict[str, object]:
    return {
        "operationId": f"{verb}{number}",
        "summary": f"Resource {number}: {verb}",
        "tags": [f"Group {number // 8}"],
        "responses": {
            "200": {"description": "Found."} | _content(number),
            "404": {"description": "There is no such resource."},
        },
    }


def publish(session: Session) -> None:
    """Publish the description as an interface of a solution."""
    query = select(Solution).where(Solution.state == State.PUBLISHED).order_by(Solution.id)
    solution = session.scalars(query.limit(1)).one()
    actor, described = Actor.operator("bench"), interface_checks.described(description(), FILE)
    spec = interfaces.describe(session, actor, solution, Statement("Large"), described)
    interfaces.publish(session, actor, solution, spec)


def measure(folder: Path, server: Server, rounds: int) -> InterfaceTimes:
    """Check the description here, and ask the server on ``folder`` for its page, one by one.

    Raises ``NoPage``.
    """
    content, page = description(), _page(folder)
    return InterfaceTimes(
        len(content) // 1000,
        OPERATIONS,
        [_seconds(lambda: checking.check(content, FILE)) for _ in range(rounds)],
        # An address that was never asked for has no kept answer.
        [_seconds(_get(server, f"{page}?round={number}")) for number in range(rounds)],
        [_seconds(_get(server, f"{page}?round={number}")) for number in range(rounds)],
    )


def _page(folder: Path) -> str:
    engine = open_engine(Settings(data_dir=folder, database_url="").database)
    query = select(InterfaceSpec.id, Solution.slug).join(
        Solution, Solution.id == InterfaceSpec.solution_id
    )
    try:
        with session_factory(engine, writes=False)() as session:
            key, slug = session.execute(query).one()
    finally:
        engine.dispose()
    return address("interface", "de", slug=slug, id=str(key))


def _get(server: Server, path: str) -> Callable[[], None]:
    def ask() -> None:
        status, body = server.get(path)
        if status != 200 or b"operation" not in body:
            raise NoPage(f"{path}: {status}")

    return ask


def _seconds(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun
