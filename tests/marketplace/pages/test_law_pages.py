"""The law as pages: every rule can be read, and the questionnaire leads to a reasoned result."""

import html
import re
from collections.abc import Callable
from urllib.parse import quote, urlencode

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy.orm import Session

from catalog.register import law
from tests.factories import a_city, an_entry

Client = TestClient[Litestar]
REGISTER = "/de/ki-transparenzregister"
ASK = f"{REGISTER}/einstufung"
RULES = law.rule_set()

FIELD = re.compile(r'<input type="hidden" name="(\w+)" value="(\w+)">')
BENEFITS = {"annex_iii": "5a", "decisions_on_persons": "yes", "legal_or_similar_effect": "yes"}


def _answered(client: Client, known: dict[str, str]) -> list[tuple[str, str]]:
    """Answer page by page, as a person would; what is not in ``known`` has its default."""
    pairs: list[tuple[str, str]] = []
    for _page in range(20):
        page = client.get(f"{ASK}?{urlencode(pairs)}").text
        fields = FIELD.findall(page)
        asked = [value for name, value in fields if name == "asked"]
        if not asked:
            return pairs
        assert [pair for pair in fields if pair[0] != "asked"] == pairs
        pairs += [(name, known.get(name, _default(name))) for name in asked]
    raise AssertionError("The questionnaire does not end.")


def _default(name: str) -> str:
    default = RULES.facts[name].default
    if isinstance(default, bool):
        return "yes" if default else "no"
    return default if isinstance(default, str) else "none"


def test_every_rule_has_a_page_in_both_languages(client: Client) -> None:
    listed = client.get(f"{REGISTER}/regeln").text
    english = client.get("/en/transparency-register/rules").text

    for rule in RULES.rules.values():
        assert html.escape(rule.citation) in listed
        assert html.escape(rule.citation) in english
        page = client.get(f"{REGISTER}/regeln/{quote(rule.id)}")
        assert page.status_code == 200
        assert html.escape(rule.when) in page.text
    assert all(html.escape(point["de"]) in listed for point in RULES.open_points.values())
    assert client.get(f"{REGISTER}/regeln/none").status_code == 404


def test_every_question_is_explained(client: Client) -> None:
    page = client.get(f"{REGISTER}/fragen").text

    assert all(html.escape(fact.question["de"]) in page for fact in RULES.facts.values())
    assert all(f'id="{name}"' in page for name in RULES.facts)


def test_only_what_can_still_change_the_result_is_asked(client: Client) -> None:
    no_ai = _answered(client, {"is_ai_system": "no"})
    benefits = dict(_answered(client, BENEFITS))

    assert "annex_iii" not in dict(no_ai)
    assert "public_authority" in benefits
    assert len(benefits) < len(RULES.facts) - 10
    assert "workplace_use" not in dict(_answered(client, {}))


def test_the_result_names_rules_citations_dates_and_answers(client: Client) -> None:
    pairs = _answered(client, BENEFITS)
    page = client.get(f"{ASK}/ergebnis?{urlencode(pairs)}").text
    said = client.get(f"{ASK}/ergebnis.json?{urlencode(pairs)}").json()

    assert said["risk_class"] == "high_risk_annex_iii"
    for step in said["trace"]:
        if step["value"]:
            assert html.escape(step["citation"]) in page
    assert "Keine Rechtsberatung" in page
    assert "2. Dezember 2027; nach anderer Lesart 2. August 2026" in page
    assert all(html.escape(point["de"]) in page for point in RULES.open_points.values())
    asked_of_api = {
        name: [value] if name == "annex_iii" else RULES.facts[name].default for name, value in pairs
    }
    asked_of_api |= {"decisions_on_persons": True, "legal_or_similar_effect": True}
    same = client.post(
        "/api/v1/register/assess",
        json={"facts": asked_of_api, "use_defaults": False, "as_of": said["as_of"]},
    )
    assert same.json()["duties"] == said["duties"]


def test_what_is_not_known_stays_open_and_is_not_asked_again(client: Client) -> None:
    pairs = _answered(client, {**BENEFITS, "annex_iii": "unknown"})
    page = client.get(f"{ASK}/ergebnis?{urlencode(pairs)}").text

    assert "Noch offen" in page
    assert html.escape(RULES.facts["annex_iii"].question["de"]) in page


def test_an_answer_can_be_changed_and_a_missing_one_is_named(client: Client) -> None:
    pairs = [("is_ai_system", "yes"), ("scope_exclusion", "none")]
    page = client.get(f"{ASK}?{urlencode(pairs)}&asked=p_social_scoring").text

    assert 'id="error-p_social_scoring"' in page
    assert 'href="#field-p_social_scoring"' in page
    assert f'href="{ASK}?scope_exclusion=none"' in page


@pytest.mark.parametrize(
    "query", ["annex_iii=<script>", "is_ai_system=maybe", "annex_i=x&annex_iii=", "a" * 3000]
)
def test_what_nobody_understands_is_asked_again(client: Client, query: str) -> None:
    page = client.get(f"{ASK}?{query}")

    assert page.status_code == 200
    assert "<script>" not in page.text.replace("<script src", "")
    assert "Ist es überhaupt KI?" in page.text


def test_a_rule_shows_the_entries_that_it_decides(
    client: Client, enter: Callable[[], Session]
) -> None:
    with enter() as session:
        an_entry(session, a_city(session, "Stadt Auenrode"), "PostLotse")
        session.commit()

    page = client.get(f"{REGISTER}/regeln/D4").text
    assert "Diese Regel trifft auf 1 öffentlichen Eintrag zu." in page
    assert "PostLotse" in page
    assert "bisher auf keinen" in client.get(f"{REGISTER}/regeln/H-6").text
    listed = client.get(f"{REGISTER}?rule=D4").text
    assert "Regel D4" in listed
    assert "PostLotse" in listed
    assert "PostLotse" not in client.get(f"{REGISTER}?rule=H-6").text
