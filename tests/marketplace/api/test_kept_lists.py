"""Synonyms, text blocks and codes over the API; for moderators."""

import pytest

from catalog.permissions import Role
from tests.factories import a_city
from tests.marketplace.api.conftest import Api


@pytest.fixture
def tokens(api: Api) -> tuple[str, str]:
    with api.enter() as session:
        city = a_city(session)
    moderator = api.sign_in(city, Role.READER, is_moderator=True)
    return moderator, api.sign_in(city, Role.LEAD)


def test_synonyms_are_kept_over_the_api(api: Api, tokens: tuple[str, str]) -> None:
    moderator, lead = tokens
    here, body = "/moderation/synonyms", {"language": "de", "words": ["Rathaus", "Stadthaus"]}
    assert api.get(here).status_code == 401
    assert api.send("POST", here, body, token=lead).status_code == 403
    assert api.send("POST", here, body | {"language": "xx"}, token=moderator).status_code == 422
    made = api.send("POST", here, body, token=moderator).json()
    one = f"{here}/{made['id']}"
    body["words"] = ["Rathaus", "Stadthaus", "Gemeindehaus"]
    assert api.send("PUT", one, body, token=moderator).json()["words"] == body["words"]
    assert api.send("DELETE", one, token=moderator).json()["is_retired"]
    found = api.send("GET", f"{here}?text=gemeindeh", token=moderator).json()
    assert (found["total"], found["items"][0]["is_retired"]) == (1, True)
    assert not api.send("POST", f"{one}/offer", token=moderator).json()["is_retired"]
    assert api.send("GET", one, token=moderator).json()["changed_by"]


def test_text_blocks_are_kept_over_the_api(api: Api, tokens: tuple[str, str]) -> None:
    moderator, lead = tokens
    here, words = "/moderation/text-blocks", {"de": "Wer?", "en": "Who?"}
    body = {"purpose": "return", "title": words, "text": words}
    assert api.send("GET", here, token=lead).status_code == 403
    made = api.send("POST", here, body, token=moderator)
    assert made.status_code == 201
    one = f"{here}/{made.json()['id']}"
    assert api.send("DELETE", one, token=moderator).json()["is_retired"]
    assert api.send("PUT", one, body, token=moderator).status_code == 409
    assert not api.send("POST", f"{one}/offer", token=moderator).json()["is_retired"]
    changed = api.send("PUT", one, body | {"purpose": "hold"}, token=moderator).json()
    assert changed["purpose"] == "hold"
    assert made.json()["id"] in api.send("GET", here, token=moderator).text
    assert api.send("GET", one, token=moderator).json()["title"] == words


def test_codes_are_kept_over_the_api(api: Api, tokens: tuple[str, str]) -> None:
    moderator, lead = tokens
    label = {"de": "Streugut planen", "en": "Plan grit"}
    body = {"label": label, "words": ["Winterdienst"]}
    assert (
        api.send("POST", "/taxonomy/task", body | {"code": "grit"}, token=lead).status_code == 403
    )
    made = api.send("POST", "/taxonomy/task", body | {"code": "grit"}, token=moderator)
    assert made.status_code == 201
    one = "/taxonomy/task/grit"
    body["words"] = ["Glatteis"]
    assert api.send("PUT", one, body, token=moderator).json()["words"] == ["Glatteis"]
    assert api.send("DELETE", one, token=moderator).json()["is_retired"]
    assert not api.send("POST", f"{one}/offer", token=moderator).json()["is_retired"]
    assert api.send("DELETE", "/taxonomy/stage/live", token=moderator).status_code == 409
    assert api.send("PUT", "/taxonomy/task/x", body, token=moderator).status_code == 404
