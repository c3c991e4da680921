"""Our script only adds comfort: suggestions, filters that refresh in place, the contents list."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, expect

SCRIPT = Path(__file__).resolve().parents[2] / "marketplace" / "static" / "lichtermeer.js"
ORIGIN = "http://lichtermeer.example/"
SUGGESTIONS = "".join(
    f'<div role="option" data-href="/hit/{number}">Vorschlag {number}</div>' for number in range(10)
)


def search_page(address: str) -> str:
    """A page like that of the search, made anew for each address."""
    chosen = parse_qs(urlsplit(address).query).get("field", [])
    found = "3 Lösungen" if chosen else "14 Lösungen"
    return f"""<!doctype html><html lang="de"><title>Suche</title>
<form action="/suche"><label for="field-q">Suche</label>
<input id="field-q" name="q" data-suggest="/vorschlaege" data-suggest-count="# Vorschläge"
 data-suggest-none="Keine Vorschläge"></form>
<p role="status" id="result-status">{found}</p>
<form action="/suche" data-auto="#results"><div><input type="checkbox" id="filter-1" name="field"
 value="administration"{" checked" if chosen else ""}><label for="filter-1">Verwaltung</label>
<span class="lm-facet-count">{len(chosen)}</span></div></form>
<div id="results"><h2>{found}</h2></div>
<nav data-contents><a href="#one">Eins</a><a href="#two">Zwei</a></nav>
<section id="one"><svg width="10" height="2000"></svg></section>
<section id="two"><svg width="10" height="2000"></svg></section>
<script src="/lichtermeer.js"></script></html>"""


@pytest.fixture
def asked() -> list[str]:
    return []


@pytest.fixture
def page(browser: Browser, asked: list[str]) -> Iterator[Page]:
    def answer(route: Route) -> None:
        address = route.request.url
        asked.append(address.removeprefix(ORIGIN))
        if address.endswith("lichtermeer.js"):
            script = SCRIPT.read_text("utf-8")
            route.fulfill(status=200, body=script, content_type="text/javascript")
        elif "vorschlaege" in address:
            body = "" if "nichts" in address else SUGGESTIONS
            route.fulfill(status=200, body=body, content_type="text/html; charset=utf-8")
        elif "field=" in address and "kaputt" in address:
            route.fulfill(status=500, body="kaputt", content_type="text/html; charset=utf-8")
        else:
            body = search_page(address)
            route.fulfill(status=200, body=body, content_type="text/html; charset=utf-8")

    opened = browser.new_page()
    opened.route("**/*", answer)
    opened.goto(f"{ORIGIN}suche")
    yield opened
    opened.close()


def suggestions_asked(asked: list[str]) -> list[str]:
    return [address for address in asked if address.startswith("vorschlaege")]


def test_one_letter_asks_for_nothing(page: Page, asked: list[str]) -> None:
    page.locator("#field-q").press_sequentially("P")
    page.wait_for_timeout(300)
    assert suggestions_asked(asked) == []


def test_fast_typing_asks_once_and_shows_eight_at_most(page: Page, asked: list[str]) -> None:
    field = page.get_by_role("combobox")
    field.press_sequentially("Post", delay=20)
    expect(page.get_by_role("option")).to_have_count(8)
    expect(field).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_text("8 Vorschläge")).to_be_attached()
    assert suggestions_asked(asked) == ["vorschlaege?q=Post"]


def test_arrows_choose_and_enter_follows(page: Page) -> None:
    field = page.get_by_role("combobox")
    field.press_sequentially("Post")
    expect(page.get_by_role("option")).to_have_count(8)
    field.press("ArrowUp")
    last = page.get_by_role("option").last
    expect(last).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", last.get_attribute("id") or "-")
    field.press("ArrowDown")
    expect(page.get_by_role("option").first).to_have_attribute("aria-selected", "true")
    field.press("Enter")
    expect(page).to_have_url(f"{ORIGIN}hit/0")


def test_enter_without_a_choice_searches(page: Page) -> None:
    field = page.get_by_role("combobox")
    field.press_sequentially("Post")
    expect(page.get_by_role("option")).to_have_count(8)
    field.press("Enter")
    expect(page).to_have_url(f"{ORIGIN}suche?q=Post")


def test_escape_closes_and_keeps_what_was_typed(page: Page) -> None:
    field = page.get_by_role("combobox")
    field.press_sequentially("Post")
    expect(page.get_by_role("option")).to_have_count(8)
    field.press("Escape")
    expect(page.get_by_role("option")).to_have_count(0)
    expect(field).to_have_attribute("aria-expanded", "false")
    expect(field).to_have_value("Post")


def test_no_suggestion_is_said(page: Page) -> None:
    page.get_by_role("combobox").press_sequentially("nichts")
    expect(page.get_by_text("Keine Vorschläge")).to_be_attached()


def test_a_ticked_filter_refreshes_results_count_and_address_and_keeps_focus(page: Page) -> None:
    box = page.get_by_label("Verwaltung")
    box.check()
    expect(page.get_by_role("heading")).to_have_text("3 Lösungen")
    expect(page.locator("#result-status")).to_have_text("3 Lösungen")
    expect(page.locator(".lm-facet-count")).to_have_text("1")
    expect(page).to_have_url(f"{ORIGIN}suche?field=administration")
    expect(box).to_be_focused()


def test_a_failed_refresh_shows_the_answer_of_the_server(page: Page) -> None:
    page.locator("#filter-1").evaluate("box => { box.value = 'kaputt' }")
    page.get_by_label("Verwaltung").click(no_wait_after=True)
    expect(page.get_by_text("kaputt")).to_be_visible()


def test_the_contents_list_marks_the_section_being_read(page: Page) -> None:
    expect(page.get_by_role("link", name="Eins")).to_have_attribute("aria-current", "true")
    page.evaluate("scrollTo(0, document.getElementById('two').offsetTop)")
    expect(page.get_by_role("link", name="Zwei")).to_have_attribute("aria-current", "true")
    expect(page.locator("[aria-current]")).to_have_count(1)
