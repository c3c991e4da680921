"""A file over an existing entry: compared, chosen, taken over; nothing is lost on the way."""

import json
import re
from collections.abc import Callable
from html import unescape

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy.orm import Session

from catalog import drafts, versions
from catalog.facts import Withheld
from catalog.records import Dependency, SolutionRecord
from tests.factories import OPERATOR, a_record
from tests.marketplace.pages.conftest import kept

Client = TestClient[Litestar]
Enter = Callable[[], Session]
SignIn = Callable[..., None]

CODEMETA = json.dumps(
    {
        "@context": ["https://w3id.org/codemeta/3.1", {"@language": "de"}],
        "name": "PostLotse",
        "abstract": "Ordnet Briefe.",
        "keywords": ["Post"],
        "license": "MIT",
        "softwareRequirements": [{"name": "PostgreSQL", "version": "16", "license": "PostgreSQL"}],
        "issueTracker": "https://git.example/post/issues",
    }
)


def send(client: Client, draft: str, content: str, name: str = "codemeta.json") -> str:
    answer = client.post(f"{draft}/datei", files={"file": (name, content.encode())})
    assert answer.status_code == 200, answer.text
    return answer.text


def form_of(page: str) -> dict[str, str]:
    found = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page)
    return {name: unescape(value) for name, value in found}


def take(client: Client, draft: str, form: dict[str, str], *paths: str):
    fields = [(name, (None, value)) for name, value in form.items()]
    fields += [("take", (None, path)) for path in paths]
    return client.post(f"{draft}/datei/uebernehmen", files=fields)


def test_what_is_chosen_is_taken_over_and_nothing_else(
    client: Client, sign_in: SignIn, enter: Enter, draft: str
) -> None:
    sign_in()

    page = send(client, draft, CODEMETA)
    choices = re.findall(r'name="take" value="([^"]+)"( checked)?', page)
    answer = take(client, draft, form_of(page), "keywords", "dependencies", "licenses.code")

    assert dict(choices) == {
        "keywords": " checked",
        "dependencies": " checked",
        "summary.de": "",
        "licenses.code": "",
    }
    assert "Für „issueTracker“ hat unser Eintrag keinen Platz." in page
    assert answer.headers["location"] == f"{draft}?done=imported&number=3"
    record = kept(enter, draft).draft
    assert record is not None
    assert record.dependencies == [Dependency("PostgreSQL", "16", "PostgreSQL")]
    assert (list(record.keywords), record.licenses.code) == (["Post"], "MIT")
    assert record.summary == {"de": "Ordnet Post zu."}
    assert record.source is None
    told = client.get(answer.headers["location"]).text
    assert "3 Angaben sind in den Entwurf übernommen." in told


def test_a_crossed_choice_is_shown_again_with_its_ticks(
    client: Client, sign_in: SignIn, enter: Enter, draft: str
) -> None:
    sign_in()
    form = form_of(send(client, draft, CODEMETA))
    with enter() as session:
        solution = drafts.opened(session, OPERATOR, kept(enter, draft).id)
        theirs = a_record("PostLotse", keywords=["Anderes"])
        drafts.save(session, OPERATOR, solution, theirs, fields=["keywords"], revision=1)
        session.commit()

    crossed = take(client, draft, form, "keywords", "dependencies")

    assert crossed.status_code == 409
    assert 'value="keywords" checked' in crossed.text
    assert "Anderes" in crossed.text
    again = take(client, draft, form_of(crossed.text), "keywords")
    assert again.status_code == 303
    record = kept(enter, draft).draft
    assert record is not None
    assert list(record.keywords) == ["Post"]


@pytest.mark.parametrize(
    ("file", "message"),
    [
        (("notiz.txt", "hallo"), "Das ist keine Datei, die wir lesen."),
        (("a.cff", "cff-version: 1.2.0\ntitle: x\n"), "message: Das Format verlangt"),
        (("a.json", '{"name": }'), "(Zeile 1, Spalte 10)"),
        (("a.json", ""), "Wählen Sie eine Datei."),
        (("a.json", '{"name": "' + "x" * 1_100_000), "Die Datei ist größer als"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_at_its_field(
    client: Client, sign_in: SignIn, draft: str, file: tuple[str, str], message: str
) -> None:
    sign_in()

    answer = client.post(f"{draft}/datei", files={"file": (file[0], file[1].encode())})

    assert answer.status_code == 422
    assert message in unescape(answer.text)
    assert 'href="#field-file"' in answer.text


def test_a_choice_of_nothing_or_of_what_is_not_there_is_refused(
    client: Client, sign_in: SignIn, enter: Enter, draft: str
) -> None:
    sign_in()
    form = form_of(send(client, draft, CODEMETA))

    for sent, path in ((form, ()), (form, ("costs",)), (form | {"record": "{"}, ("keywords",))):
        answer = take(client, draft, sent, *path)
        assert answer.status_code == 422, path
    assert kept(enter, draft).draft_revision == 1


def test_a_value_takes_the_place_of_a_reason_for_withholding() -> None:
    hidden = a_record(withheld={"licenses.code": Withheld("security"), "phase": Withheld("law")})
    source = SolutionRecord(name={}, licenses=a_record().licenses.__class__(code="MIT"))

    taken = versions.taken_over(hidden, versions.stated(hidden, source))

    assert (taken.licenses.code, set(taken.withheld)) == ("MIT", {"phase"})
    assert versions.field_of(("costs", "running", "class")) == "costs.running.class_"


def test_the_same_goes_over_the_api(
    client: Client, sign_in: SignIn, enter: Enter, draft: str
) -> None:
    sign_in()
    base = f"/api/v1/solutions/{kept(enter, draft).id}/draft/file"
    file = {"text": CODEMETA, "name": "codemeta.json"}

    compared = client.post(f"{base}/compare", json=file).json()
    fields = [each["field"] for each in compared["statements"]]
    late = client.post(base, json={**file, "fields": fields}, headers={"If-Match": '"1-old"'})
    wrong = client.post(base, json={**file, "fields": ["x"]}, headers={"If-Match": "*"})
    answer = client.post(
        base, json={**file, "fields": fields}, headers={"If-Match": compared["etag"]}
    )

    assert compared["format"] == "codemeta"
    assert compared["statements"][0] == {
        "field": "summary.de", "kind": "changed",
        "before": "Ordnet Post zu.", "after": "Ordnet Briefe.",
    }  # fmt: skip
    assert "issueTracker" in {each["field"] for each in compared["remarks"]}
    assert (late.status_code, wrong.status_code) == (412, 422)
    assert answer.status_code == 200, answer.text
    assert answer.json()["record"]["licenses"] == {"code": "MIT"}
    unread = client.post(f"{base}/compare", json={"text": "hallo"})
    assert (unread.status_code, unread.json()["errors"][0]["field"]) == (422, "text")
