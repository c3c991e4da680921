"""An interface in a real browser without JavaScript: mended, published, and what breaks is told."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, FilePayload, Page, expect

from tests.marketplace.conftest import ServedNode

NAME = "Ablage-Abfrage"
"""No interface of the sample; the node is shared with other tests."""

GOOD = """openapi: 3.0.3
info: {title: Ablage-Abfrage, version: 1.0.0}
paths:
  /akten:
    get:
      summary: Akten lesen
      responses:
        '200':
          description: Akten
          content:
            application/json:
              schema:
                type: object
                properties:
                  zeichen: {type: string}
                  frist: {type: string, format: date}
"""
BROKEN = GOOD.replace("          description: Akten\n", "")
NEXT = GOOD.replace("1.0.0", "2.0.0").replace(
    "                  frist: {type: string, format: date}\n", ""
)

Open = Callable[[str, str], Page]


@pytest.fixture
def signed_in(browser: Browser, sqlite_node: ServedNode) -> Iterator[Open]:
    """Opens a page as somebody, without JavaScript."""
    contexts: list[BrowserContext] = []

    def opened(person: str, path: str) -> Page:
        context = browser.new_context(
            base_url=sqlite_node.url, locale="de-DE", java_script_enabled=False
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(8_000)
        page.goto(f"/de/anmelden?back={path}")
        page.get_by_role("button", name=person).click()
        return page

    yield opened
    for context in contexts:
        context.close()


def a_file(text: str) -> FilePayload:
    return {"name": "ablage.yaml", "mimeType": "application/yaml", "buffer": text.encode()}


def describe(page: Page, text: str) -> None:
    """Enter a version of the interface; its draft is shown."""
    page.get_by_label("Name der Schnittstelle").fill(NAME)
    page.locator("#field-document").set_input_files(a_file(text))
    page.get_by_role("button", name="Prüfen und als Entwurf behalten").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(NAME)


def told(page: Page) -> None:
    """Read the notices until the node has told what breaks."""
    told_of = page.get_by_role("listitem").filter(has_text="nicht mit der alten verträglich")
    for _ in range(50):
        page.goto("/de/konto/mitteilungen")
        if told_of.count():
            break
        page.wait_for_timeout(200)
    expect(told_of.get_by_role("link", name="PostLotse")).to_be_visible()


def test_a_break_is_found_mended_published_and_told_to_a_city_that_uses_it(
    signed_in: Open,
) -> None:
    page = signed_in("Jule Hansen", "/de/meine-loesungen")
    page.get_by_role("link", name="PostLotse", exact=True).first.click()
    page.get_by_role("link", name="Schnittstellen", exact=True).first.click()
    workbench = page.url

    describe(page, BROKEN)
    problem = page.get_by_role("row").filter(has_text="/paths/~1akten/get/responses/200")
    line = 1 + BROKEN[: BROKEN.index("'200'")].count("\n")
    expect(problem.get_by_role("cell").nth(0)).to_have_text(str(line))
    expect(page.get_by_role("button", name="Veröffentlichen")).to_have_count(0)

    page.locator("#field-document").set_input_files(a_file(GOOD))
    page.get_by_role("button", name="Korrigierte Datei prüfen").click()
    expect(page.get_by_text("lässt sich noch nicht veröffentlichen")).to_have_count(0)
    page.get_by_role("button", name="Veröffentlichen", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("Die Schnittstelle ist veröffentlicht")

    page.goto(workbench)
    describe(page, NEXT)
    expect(page.get_by_role("region", name="Kann Anwendungen brechen")).to_contain_text("frist")
    page.get_by_role("button", name="Veröffentlichen", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("auf die Brüche hingewiesen")

    city = signed_in("Sevda Brandt", "/de/konto/mitteilungen")
    told(city)
    city.get_by_role("link", name="PostLotse", exact=True).first.click()
    city.get_by_role("link", name=f"{NAME} 2.0.0").click()
    city.get_by_role("link", name="Änderungen ansehen").click()
    expect(city.get_by_role("region", name="Kann Anwendungen brechen")).to_contain_text("frist")
