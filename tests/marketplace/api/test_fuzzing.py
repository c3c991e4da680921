"""Thousands of made-up requests: no server error, and no answer that the document does not know.

``FUZZ_REQUESTS`` says how many requests are sent in all; ``make fuzz`` sends 10,000.
"""

import copy
import os
import re
import shutil
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
import uvicorn
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from sqlalchemy.orm import Session

from catalog import adoptions, drafts, error_reports, memberships, people, watching
from catalog.database import new_id, now, open_engine, session_factory
from catalog.permissions import Actor, Role
from catalog.register import entries, feedback, law
from catalog.register.feedback import Given
from catalog.watching import Watchable
from impact import measurements, reporting
from impact.measurements import Numbers, Reading
from impact.measurements import Phase as ImpactPhase
from impact.metrics import metric_of
from impact.reporting import Remarks
from marketplace.accounts import logins
from marketplace.api import openapi
from marketplace.api.openapi import OPERATIONS
from marketplace.api.operations import BASE, Operation
from marketplace.application import create_app
from marketplace.notifications import notices
from marketplace.notifications.events import Event
from marketplace.notifications.notices import News
from marketplace.search import saved_searches
from tests.factories import OPERATOR, a_city, a_record, a_solution, an_entry_draft
from tests.marketplace.api.conftest import TODAY, settings_for
from tests.marketplace.api.test_writing import USE

REQUESTS = int(os.environ.get("FUZZ_REQUESTS", "500"))

load_all_checks()
HELD = [
    CHECKS.get_one(name)
    for name in (
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
        "negative_data_rejection",
    )
]


@dataclass
class Target:
    """A node to shoot at, what really exists on it, and what it answered."""

    url: str
    session: requests.Session
    schema: Any
    token: str
    known: dict[str, list[str]]
    answers: Counter[int] = field(default_factory=Counter)

    def headers(self, *, is_signed_in: bool) -> dict[str, str]:
        return {"Origin": self.url, "Cookie": f"login={self.token}" if is_signed_in else "a=b"}

    def etag(self, path: str) -> str:
        """The present ETag of the resource that a write is about."""
        whole = re.sub(
            r"/(publish|end|confirm|withdraw|revise|correct|verify|measurements)$", "", path
        )
        answer = self.session.get(self.url + whole, headers=self.headers(is_signed_in=True))
        return answer.headers.get("ETag", '"none"')


@pytest.fixture(scope="module")
def target(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    folder = tmp_path_factory.mktemp("fuzz")
    shutil.copy(migrated_file, folder / "marketplace.db")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    own = settings_for(folder, searches=True).model_copy(update={"base_url": url})
    with session_factory(open_engine(own.database), writes=True)() as session:
        token, known = _fill(session)
    app = create_app(own, clock=lambda: TODAY)
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", access_log=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    document = copy.deepcopy(openapi.document(url))
    for method in (each for path in document["paths"].values() for each in path.values()):
        # The test signs in by itself; a cookie that is left out is no violation of a schema.
        method.pop("security", None)
    schema = schemathesis.openapi.from_dict(document)
    with requests.Session() as http:
        yield Target(url, http, schema, token, known)
    server.should_exit = True
    thread.join(20)


def _fill(session: Session) -> tuple[str, dict[str, list[str]]]:
    city = a_city(session)
    found = [a_solution(session, f"Lotse {number}", publisher=city) for number in range(6)]
    uses = [
        adoptions.declare(session, OPERATOR, each, city, USE, today=TODAY) for each in found[:4]
    ]
    begun = [
        drafts.begin(session, OPERATOR, city, a_record(f"Entwurf {number}"), id=new_id())
        for number in range(3)
    ]
    person = people.enter(
        session, OPERATOR, email="fuzz@test.example", name="Toni", is_steward=True
    )
    memberships.join(session, OPERATOR, person, city, Role.LEAD)
    token = logins.begin(session, person)
    actor = Actor(person.name, person.id)
    watch = watching.watch(session, actor, Watchable.SOLUTION, found[0].id)
    saved = saved_searches.save(session, actor, query="q=Lotse", name="Lotsen")
    notice = notices.tell(
        session,
        News(
            person_id=person.id,
            event=Event.WATCHED_CHANGED,
            kind="solution",
            thing_id=found[0].id,
            cause="solution.revised",
            occasion="change 1",
            at=now(),
        ),
        on_site=True,
    )
    assert notice is not None
    reported = error_reports.report(
        session, actor, found[1], kind="wrong", text="Die Adresse stimmt nicht."
    )
    begun_entry = an_entry_draft(session, city)
    shown = an_entry_draft(session, city)
    entries.publish(session, OPERATOR, shown, revision=shown.draft_revision, today=TODAY)
    days = (date(2025, 1, 1), date(2025, 6, 30))
    reading = Reading(*days, Numbers(value=18, n=90), ImpactPhase.BASELINE)
    measured = reporting.report(
        session, OPERATOR, uses[0], metric_of("waiting_time"), [reading],
        fields=["before"], remarks=Remarks(), today=TODAY,
    )  # fmt: skip
    impact_rows = measurements.current(session, measured.id)
    asked = feedback.give(session, shown, Given("question", "Wer liest das?"), today=TODAY)
    assert asked is not None
    session.commit()
    place = city.municipality.ars if city.municipality else ""
    return token, {
        "solution": ["lotse-0", *(str(each.id) for each in (*found, *begun))],
        "adoption": [str(each.id) for each in uses],
        "organization": [city.slug, str(city.id)],
        **{
            name: [str(new_id())]
            for name in (
                *("member", "invitation", "join_request", "key", "verification"),
                *("interface", "browser_session", "group", "text_block", "deputy"),
            )
        },
        "municipality": [place],
        "rule_set": [law.CURRENT],
        "form": ["annex-viii-c", "algoritmeregister"],
        "case": [str(reported.id), str(new_id())],
        "entry": [str(shown.id), str(begun_entry.id), shown.slug, str(new_id())],
        "metric": ["processing_time"],
        "evaluation": [str(measured.id)],
        "measurement": [str(each.id) for each in impact_rows],
        "list": ["stage", "task"],
        "code": ["live"],
        "message": [str(asked.id), str(new_id())],
        "number": ["1", "2"],
        "version": ["1.4"],
        "watch": [str(watch.id)],
        "announcement": [str(new_id())],
        "person": [str(person.id), str(new_id())],
        "notice": [str(notice.id)],
        "saved_search": [str(saved.id)],
    }


CASES = [
    (operation, mode)
    for operation in OPERATIONS
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    # Where every request is a right one, there is no wrong one to make up.
    if mode is GenerationMode.POSITIVE
    or operation.takes
    or operation.is_conditional
    or operation.asks
]
EACH = max(2, REQUESTS // len(CASES) + 1)


@pytest.mark.parametrize(
    ("operation", "mode"), CASES, ids=[f"{each.name}-{mode.value}" for each, mode in CASES]
)
def test_no_request_breaks_the_api(
    target: Target, operation: Operation, mode: GenerationMode
) -> None:
    described = target.schema[BASE + operation.path][operation.method]

    @settings(
        max_examples=EACH,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def shoot(data: st.DataObject) -> None:
        case = data.draw(described.as_strategy(generation_mode=mode))
        if mode is GenerationMode.POSITIVE and data.draw(st.booleans()):
            for name in case.path_parameters:
                case.path_parameters[name] = data.draw(st.sampled_from(target.known[name]))
            if operation.is_conditional and data.draw(st.booleans()):
                case.headers["If-Match"] = target.etag(case.formatted_path)
        is_signed_in = data.draw(st.sampled_from([True, True, True, False]))
        headers = target.headers(is_signed_in=is_signed_in)
        answer = case.call(base_url=target.url, session=target.session, headers=headers)
        target.answers[answer.status_code] += 1
        case.validate_response(answer, checks=HELD)

    shoot()


def test_everything_was_tried(target: Target) -> None:
    counts = dict(sorted(target.answers.items()))
    sys.stdout.write(f"\n{sum(counts.values())} requests, answers by status: {counts}\n")

    assert sum(target.answers.values()) >= 0.9 * REQUESTS
    assert {200, 201, 404, 412, 422} <= set(target.answers)
