"""What an intruder puts into every form and every body, on a world where all of it exists."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import lxml.html
import msgspec
import pytest
from msgspec import Struct

from marketplace.api.examples import EXAMPLES
from marketplace.api.openapi import OPERATIONS
from marketplace.mail.outbox import OutboxMail
from tests.marketplace import test_rights as rights
from tests.marketplace.test_rights import World

SCRIPT = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
LETTER = "Zeile\r\nBcc: mallory@evil.example\r\n\r\nLiebe Gr\u00fc\u00dfe"

TYPED = ("text", "search", "", None)
"""Kinds of fields in which people write."""

ENDING = re.compile("loesch|verlassen|zurueck|ende|zusammen|sperr|entfern|abmeld|abbestell|nichts")
"""Addresses that end what the next form needs."""

MORE = {
    "is_steward": "1", "is_moderator": "1", "role": "lead", "roles": "lead", "verified_on": "1",
    "verified_by": "x", "publishes_at_once": "1", "mail_domains": "evil.example",
    "suspended_at": "", "scopes": "publish", "state": "published",
}  # fmt: skip
"""Fields with which somebody would raise itself."""

HELD = (
    "SELECT id, is_moderator, is_steward, suspended_at FROM people",
    "SELECT person_id, organization_id, role FROM memberships",
    "SELECT id, verified_on, publishes_at_once, mail_domains FROM organizations",
    "SELECT id, scopes FROM api_keys",
)


@pytest.fixture
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    yield from rights.opened_world(tmp_path_factory.mktemp("intruders"))


def pages(world: World) -> list[str]:
    """The German pages and feeds, and what the API reads, with ids of what exists."""
    return [
        rights._filled(path, world.names) + rights.QUERIES.get(path, "")
        for method, _, path in (each.partition(" ") for each in rights._routes(world.http.app))
        if method == "GET" and not path.startswith(("/static/", "/de/daten/"))
    ]


def get(world: World, path: str, who: str) -> tuple[str, str]:
    world.http.cookies.clear()
    answer = world.http.get(path, headers=world.headers[who])
    kind = answer.headers.get("content-type", "").partition(";")[0]
    is_read = answer.status_code == 200 and ("html" in kind or "xml" in kind)
    return kind, answer.text if is_read else ""


def sent_forms(world: World, who: str, words: str) -> int:
    """Write ``words`` into every field of every form on every page; how many forms went out."""
    sent = set()
    for path in pages(world):
        kind, text = get(world, path, who)
        if kind != "text/html" or not text:
            continue
        for form in lxml.html.fromstring(text).forms:
            action = form.action or path
            if form.method != "POST" or ENDING.search(action) or action in sent:
                continue
            sent.add(action)
            for field in form.inputs:
                if field.tag == "textarea" or (field.tag == "input" and field.type in TYPED):
                    field.value = words
            headers = {"Sec-Fetch-Site": "same-origin", **world.headers[who]}
            values = list(form.form_values())
            if form.get("enctype", "").startswith("multipart"):
                body = {"files": [(name, (None, value)) for name, value in values]}
            else:
                body = {"data": dict(values)}
            world.http.cookies.clear()
            answer = world.http.post(action, headers=headers, **body)  # type: ignore[arg-type]
            assert answer.status_code < 500, (action, answer.text)
    return len(sent)


def test_a_script_in_every_field_is_text_on_every_page(world: World) -> None:
    forms = sum(sent_forms(world, who, SCRIPT) for who in ("lead", "steward"))
    runs, shown = [], 0
    for path in pages(world):
        for who in ("visitor", "lead", "steward"):
            _kind, text = get(world, path, who)
            shown += "&lt;script&gt;alert(1)" in text
            if "<script>alert(1)" in text or "<img src=x" in text:
                runs.append((path, who))

    assert not runs
    assert forms > 40
    assert shown > 10


def test_no_field_reaches_the_head_of_a_mail(world: World) -> None:
    for who in ("lead", "steward"):
        sent_forms(world, who, LETTER)
    with closing(sqlite3.connect(world.file)) as database:
        table = OutboxMail.__tablename__
        found = database.execute(f"SELECT recipient, subject FROM {table}").fetchall()  # noqa: S608

    assert found
    for recipient, subject in found:
        assert not re.search(r"[\r\n]", f"{recipient}{subject}")
        assert "mallory" not in recipient


def test_no_form_raises_who_sends_it(world: World) -> None:
    def held() -> set[tuple[object, ...]]:
        with closing(sqlite3.connect(world.file)) as database:
            return {row for query in HELD for row in database.execute(query)}

    before, raised = held(), {}
    for route in rights._routes(world.http.app):
        method, _, path = route.partition(" ")
        if method != "POST" or path.startswith("/api/"):
            continue
        known = {
            field: world.names.get(name, name) for field, name in rights.FORMS.get(path, {}).items()
        }
        world.http.cookies.clear()
        world.http.post(
            rights._filled(path, world.names),
            data={**MORE, **known},
            headers={"Sec-Fetch-Site": "same-origin", **world.headers["contributor"]},
        )
        more = held() - before
        if more:
            raised[path] = more

    assert not raised


@pytest.mark.parametrize(
    "kind",
    sorted({each.takes for each in OPERATIONS if each.takes}, key=lambda each: each.__name__),
    ids=lambda kind: kind.__name__,
)
def test_a_field_that_a_body_does_not_know_is_refused(kind: type[Struct]) -> None:
    body = msgspec.json.decode(msgspec.json.encode(EXAMPLES[kind]))

    for name in ("is_steward", "organization_id", "verified_on"):
        if name in kind.__struct_fields__:
            continue
        with pytest.raises(msgspec.ValidationError, match=name):
            msgspec.json.decode(msgspec.json.encode({**body, name: "x"}), type=kind)
