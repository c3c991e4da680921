"""What people come for, in a real browser: with and without JavaScript, by mouse and keyboard."""

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.marketplace.conftest import ServedNode

Open = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, node: ServedNode) -> Iterator[Open]:
    """Opens pages of the node; every request to another host and every CSP complaint fails."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def opened(path: str, **options: object) -> Page:
        context = browser.new_context(base_url=node.url, locale="de-DE", **options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("request", lambda request: _note_foreign(request.url, node.url, complaints))
        page.on(
            "console",
            lambda message: complaints.append(message.text) if message.type == "error" else None,
        )
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def _note_foreign(url: str, own: str, complaints: list[str]) -> None:
    if urlsplit(url).scheme in ("http", "https") and not url.startswith(own):
        complaints.append(f"request to {url}")


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_clerk_finds_a_solution_and_declares_her_citys_use(open_page: Open, script: bool) -> None:
    person, city = ("Jule Hansen", "Auenrode") if script else ("Pawel Krone", "Kleihafen")
    page = open_page("/de", java_script_enabled=script)
    page.locator("#field-q").fill("Posteingnag sortieren")
    page.get_by_role("button", name="Suchen").click()
    expect(page.get_by_text("Wir zeigen Treffer für")).to_be_visible()

    rail = page.locator("form.lm-rail")
    rail.get_by_label("Verwaltung", exact=True).check()
    if not script:
        rail.get_by_role("button", name="Filter anwenden").click()
    expect(page.get_by_role("link", name="Filter entfernen: Verwaltung")).to_be_visible()
    assert "field_of_action=VW" in page.url
    page.get_by_role("link", name="Briefkompass", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Briefkompass")

    page.get_by_role("link", name="Nachnutzen", exact=True).first.click()
    page.get_by_role("button", name=person).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nachnutzung eintragen")
    page.get_by_label("Pilot").check()
    page.get_by_label("Seit wann?").fill("2026-09-01")
    page.get_by_role("button", name="Nachnutzung eintragen").click()
    expect(page.get_by_role("status").first).to_contain_text("eingetragen")

    page.get_by_role("link", name="Briefkompass", exact=True).first.click()
    expect(page.get_by_role("main")).to_contain_text(city)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_citizen_finds_her_municipality_from_the_start_page(
    open_page: Open, script: bool
) -> None:
    page = open_page("/de", java_script_enabled=script)
    page.locator("#field-place").fill("Tannenmoor")
    page.get_by_role("button", name="Ansehen").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Tannenmoor")


def test_a_suggestion_is_taken_by_keyboard(open_page: Open) -> None:
    page = open_page("/de")
    page.locator("#field-q").press_sequentially("PostL", delay=30)
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("PostLotse")


def test_the_whole_way_goes_by_keyboard_alone(open_page: Open) -> None:
    page = open_page("/de", java_script_enabled=False)

    def tab_to(target: str) -> None:
        for _ in range(80):
            page.keyboard.press("Tab")
            focused = page.evaluate("document.activeElement.textContent.trim()")
            label = page.evaluate("document.activeElement.labels?.[0]?.textContent.trim() ?? ''")
            if target in (focused, label):
                return
        raise AssertionError(f"The key Tab does not reach {target!r}.")

    def follow() -> None:
        with page.expect_navigation():
            page.keyboard.press("Enter")

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "lm-skip"
    tab_to("Was möchten Sie lösen?")
    page.keyboard.type("Briefkompass")
    follow()
    tab_to("Briefkompass")
    follow()
    tab_to("Nachnutzen")
    follow()
    tab_to("Sevda Brandt")
    follow()
    tab_to("Betrieb")
    page.keyboard.press("Space")
    tab_to("Seit wann?")
    page.keyboard.type("03012026")
    tab_to("Nachnutzung eintragen")
    follow()

    expect(page.get_by_role("status").first).to_contain_text("eingetragen")
