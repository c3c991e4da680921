"""What moderators keep: synonyms, text blocks, code lists."""

from collections.abc import Callable

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy.orm import Session

from catalog import code_lists, people
from catalog.moderation import text_blocks
from marketplace.accounts import logins
from marketplace.accounts.authentication import COOKIE
from marketplace.search import synonyms
from tests.factories import OPERATOR

Client = TestClient[Litestar]
Enter = Callable[[], Session]
SCRIPT = "<script>alert(1)</script>"
HERE = "/de/moderation"


@pytest.fixture
def desk(client: Client, enter: Enter) -> Client:
    """A client whose person is a moderator."""
    with enter() as session:
        person = people.enter(
            session, OPERATOR, email="m@test.example", name="Toni", is_moderator=True
        )
        client.cookies.set(COOKIE, logins.begin(session, person))
        session.commit()
    client.headers["origin"] = "https://node.example"
    return client


def test_a_group_of_synonyms_is_added_found_changed_retired_and_brought_back(
    desk: Client, enter: Enter
) -> None:
    form = {"words": f"Rathaus\r\n Stadthaus \r\n{SCRIPT}", "language": "de", "kind": "synonym"}
    wrong = desk.post(f"{HERE}/synonyme", data=form | {"words": "Rathaus"})
    assert wrong.status_code == 422
    assert "Rathaus</textarea>" in wrong.text
    assert desk.post(f"{HERE}/synonyme", data=form | {"kind": "x"}).status_code == 422

    assert desk.post(f"{HERE}/synonyme", data=form).status_code == 303
    page = desk.get(f"{HERE}/synonyme?text=stadthaus").text
    assert "1 Gruppe" in page
    assert SCRIPT not in page
    assert "Keine Gruppe enthält dieses Wort" in desk.get(f"{HERE}/synonyme?text=qqq").text
    with enter() as session:
        (group,) = synonyms.kept(session, OPERATOR, "stadthaus")
    one = f"{HERE}/synonyme/{group.id}"
    desk.post(one, data=form | {"words": "Rathaus\nStadthaus"})
    desk.post(f"{one}/stilllegen", data={"retired": "1"})
    page = desk.get(one).text
    assert "nicht mehr angeboten" in page
    assert "von Toni" in page
    with enter() as session:
        assert synonyms.thesaurus(session).alternatives(["Stadthaus"]) == []
    desk.post(f"{one}/stilllegen", data={"a": "b"})
    with enter() as session:
        assert synonyms.thesaurus(session).alternatives(["Stadthaus"]) == [("de", ("Rathaus",))]


def test_a_text_block_is_added_changed_retired_and_brought_back(desk: Client, enter: Enter) -> None:
    form = {
        "purpose": "return",
        "title_de": "Wer betreibt?",
        "title_en": "Who operates?",
        "text_de": "Bitte nennen Sie das Amt.",
        "text_en": "",
    }
    wrong = desk.post(f"{HERE}/textbausteine", data=form)
    assert wrong.status_code == 422
    assert 'href="#field-text_en"' in wrong.text
    whole = form | {"text_en": "Please name the office."}
    assert desk.post(f"{HERE}/textbausteine", data=whole).status_code == 303
    with enter() as session:
        block = next(
            each for each in text_blocks.present(session) if each.title["de"] == "Wer betreibt?"
        )
    one = f"{HERE}/textbausteine/{block.id}"
    desk.post(f"{one}/stilllegen", data={"retired": "1"})
    assert desk.post(one, data=whole).status_code == 409
    assert "nicht mehr angeboten" in desk.get(f"{HERE}/textbausteine").text
    desk.post(f"{one}/stilllegen", data={"a": "b"})
    assert desk.post(one, data=whole | {"title_de": "Amt?"}).status_code == 303
    assert "<h1>Amt?</h1>" in desk.get(one).text


def test_a_code_is_appended_described_retired_and_brought_back(desk: Client, enter: Enter) -> None:
    tasks = f"{HERE}/codelisten/task"
    assert 'href="/de/moderation/codelisten/task"' in desk.get(f"{HERE}/codelisten").text
    form = {"code": "grit", "parent": "MV", "label_de": "Streugut planen", "label_en": "Plan grit"}
    assert "Mobilität" in desk.get(tasks).text
    assert desk.post(tasks, data=form | {"code": "mail_sorting"}).status_code == 422
    assert desk.post(tasks, data=form | {"label_en": ""}).status_code == 422
    assert desk.post(tasks, data=form | {"words": "Winterdienst\nGlatteis"}).status_code == 303
    page = desk.get(f"{tasks}/grit").text
    assert "Winterdienst\nGlatteis</textarea>" in page

    desk.post(f"{tasks}/mail_sorting", data=form | {"label_de": "Post verteilen"})
    page = desk.get(f"{tasks}/mail_sorting").text
    assert "<h1>Post verteilen</h1>" in page
    assert "Posteingang sortieren" in page
    desk.post(f"{tasks}/grit/stilllegen", data={"retired": "1"})
    with enter() as session:
        assert code_lists.one(session, "task").codes["grit"].is_retired
    desk.post(f"{tasks}/grit/stilllegen", data={"a": "b"})
    with enter() as session:
        assert not code_lists.one(session, "task").codes["grit"].is_retired


def test_codes_that_the_program_knows_are_only_described(desk: Client) -> None:
    stages = f"{HERE}/codelisten/stage"
    assert "kennt das Programm selbst" in desk.get(stages).text
    form = {"code": "x", "label_de": "X", "label_en": "X"}
    assert desk.post(stages, data=form).status_code == 409
    assert desk.post(f"{stages}/live/stilllegen", data={"retired": "1"}).status_code == 409
    for path in (f"{HERE}/codelisten/x", f"{stages}/x", f"{HERE}/synonyme/x"):
        assert desk.get(path).status_code == 404
