"""The licence section, the files of a record and the page that checks a publiccode.yml."""

import json
from collections.abc import Callable

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from ruamel.yaml import YAML
from sqlalchemy.orm import Session

from catalog import releases
from catalog.errors import Problem
from catalog.records import Contact, Dependency, Licenses
from catalog.solutions import Solution
from marketplace.formats.publiccode.checking import check
from marketplace.pages.editor import dependencies
from tests.factories import OPERATOR, a_solution
from tests.marketplace.pages.conftest import TODAY

Client = TestClient[Litestar]
Enter = Callable[[], Session]


def publish(enter: Enter, **fields: object) -> Solution:
    with enter() as session:
        solution = a_solution(session, "PostLotse", **fields)
        session.commit()
        return solution


def test_the_section_answers_six_questions_for_each_part(enter: Enter, client: Client) -> None:
    publish(enter, licenses=Licenses(code="EUPL-1.2", model="LicenseRef-llama"))

    page = client.get("/de/loesungen/postlotse").text

    assert page.count("Nachtrainierte Gewichte veröffentlichen") == 1
    assert "Keine Rechtsberatung." in page
    assert "Liefern Sie beides getrennt aus." in page
    assert "annex, articles 1, 2, 5 and appendix" in page


def test_a_mistaken_licence_has_its_proposal(enter: Enter, client: Client) -> None:
    publish(enter, licenses=Licenses(code="GPL-3.0"))

    assert "Write GPL-3.0-only / GPL-3.0-or-later." in client.get("/en/solutions/postlotse").text


def test_a_record_leaves_as_three_files(enter: Enter, client: Client) -> None:
    solution = publish(
        enter,
        summary={"de": "Ordnet Post zu."},
        description={"de": "Ordnet Briefe dem richtigen Amt zu. " * 6},
        benefits={"de": "Spart Zeit"},
        licenses=Licenses(code="EUPL-1.2"),
        repository="https://git.example/post",
        phase="operation",
        languages=["de"],
        contact=Contact(office="Amt für Post", email="post@auenrode.example"),
    )
    with enter() as session:
        found = session.get(Solution, solution.id)
        assert found is not None
        releases.publish(session, OPERATOR, found, version="1.4", released_on=TODAY)
        session.commit()
    base = f"/api/v1/solutions/{solution.id}"

    yml, meta, cff = (
        client.get(f"{base}/{name}") for name in ("publiccode.yml", "codemeta.json", "CITATION.cff")
    )

    assert check(yml.content).verdict == "valid", yml.text
    assert "softwareVersion: '1.4'" in yml.text
    document = json.loads(meta.text)
    assert document["license"] == ["https://spdx.org/licenses/EUPL-1.2"]
    assert document["developmentStatus"] == "active"
    citation = YAML(typ="safe").load(cff.text)
    assert (citation["license"], citation["version"]) == ("EUPL-1.2", "1.4")
    assert str(citation["date-released"]) == TODAY.isoformat()
    assert (
        client.get(f"/api/v1/solutions/{solution.publisher_id}/publiccode.yml").status_code == 404
    )
    assert f"{base}/publiccode.yml" in client.get("/de/loesungen/postlotse").text


def test_what_the_standard_wants_beyond_the_record_stands_above_the_file(
    enter: Enter, client: Client
) -> None:
    solution = publish(enter)

    text = client.get(f"/api/v1/solutions/{solution.id}/publiccode.yml").text

    assert text.startswith("# Made of https://node.example/id/solution/")
    assert "# /: The key “url” is missing." in text


@pytest.mark.parametrize("is_upload", [True, False])
def test_a_file_is_checked_with_line_and_column(client: Client, *, is_upload: bool) -> None:
    content = "publiccodeYmlVersion: '0.3'\nname: X\nurl: file:///etc/passwd\n<b>: 1\n"
    files = (
        {"file": ("publiccode.yml", content.encode()), "text": (None, "")}
        if is_upload
        else {"text": (None, content)}
    )

    answer = client.post("/de/publiccode-pruefen", files=files)

    assert answer.status_code == 200
    assert "Die Datei ist nicht gültig" in answer.text
    assert "Zeile 3" in answer.text
    assert "Schreiben Sie eine vollständige Adresse" in answer.text
    assert "&lt;b&gt;" in answer.text
    assert "<b>: 1" not in answer.text


def test_nothing_sent_is_said_at_the_field(client: Client) -> None:
    answer = client.post("/en/publiccode-check", files={"text": (None, " ")})

    assert "Paste the text of a publiccode.yml or choose a file." in answer.text


def test_the_api_checks_without_a_login(client: Client) -> None:
    licence = client.post("/api/v1/licenses/check", json={"expression": "Apache 2"}).json()
    file = client.post("/api/v1/publiccode/check", json={"text": "name: X", "language": "de"})

    assert (licence["verdict"], licence["proposal"]) == ("invalid", "Apache-2.0")
    assert licence["parts"][0]["questions"]["use"]["answer"] == "yes"
    assert file.json()["verdict"] == "invalid"
    assert file.json()["problems"][0]["message"].startswith("Der Schlüssel")
    assert client.post("/api/v1/licenses/check", json={"expressio": "MIT"}).status_code == 422


def test_what_it_builds_on_is_told_with_what_does_not_fit(enter: Enter, client: Client) -> None:
    publish(
        enter,
        licenses=Licenses(code="GPL-3.0-only"),
        dependencies=[
            Dependency("Altlast", "2", "GPL-2.0-only"),
            Dependency("PostgreSQL", "16", "PostgreSQL"),
            Dependency("Ohne Angabe"),
        ],
    )

    page = client.get("/de/loesungen/postlotse").text

    assert "Worauf sie aufbaut" in page
    assert page.count("<b>Passt nicht</b>") == 1
    assert page.count("<b>Passt</b>") == 1
    assert "Altlast: " in page
    assert "Eine Lizenz ist nicht angegeben." in page


def test_the_editor_takes_dependencies_by_lines() -> None:
    entries = [Dependency("A", "1", "MIT"), Dependency("B", part="model"), Dependency("C")]

    text = dependencies.written(entries)

    assert text == "A; 1; MIT\nB; ; ; model\nC"
    assert dependencies.read(text + "\n\n ; \nC", "dependencies") == entries
    assert dependencies.read("B;;; Modell", "dependencies") == [Dependency("B", part="model")]
    for wrong in ("; 1; MIT", "A; 1; MIT; hardware", "A;1;MIT;code;more", "A" * 501):
        problem = dependencies.read(f"C\n{wrong}", "dependencies")
        assert isinstance(problem, Problem)
        assert "Line 2" in str(problem)
