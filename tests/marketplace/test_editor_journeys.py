"""The editor in a real browser: publish, revise, withdraw, and nothing is ever lost."""

import re
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, expect

from tests.marketplace.conftest import ServedNode
from tests.marketplace.test_accessible import LOOKS, RULES

Open = Callable[..., Page]

EDITOR = "Jule Hansen"
TEXT = "Jeden Tag kommen viele Briefe an."


@pytest.fixture
def signed_in(browser: Browser, node: ServedNode) -> Iterator[Open]:
    """Opens the browser of an editor; complaints of the console other than lost lines fail."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def note(text: str) -> None:
        if "net::ERR" not in text and "status of 4" not in text:
            complaints.append(text)

    def opened(path: str = "/de/meine-loesungen", **options: object) -> Page:
        context = browser.new_context(base_url=node.url, locale="de-DE", **options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(8_000)
        page.on("console", lambda each: note(each.text) if each.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"/de/anmelden?back={path}")
        page.get_by_role("button", name=EDITOR).click()
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def begin(page: Page, name: str) -> str:
    """Begin a draft and answer its address."""
    page.goto("/de/meine-loesungen/neu")
    page.locator("#field-name").fill(name)
    page.locator("#field-purpose").fill("Ordnet Briefe dem richtigen Amt zu.")
    page.locator("form[method=get].lm-form button[type=submit]").click()
    page.locator("form[method=post] button[type=submit]").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{name} einstellen")
    return page.url.split("?")[0]


def noting(warned: list[str]) -> Callable[[Dialog], None]:
    """Accepts every question of the browser and notes what it was."""

    def note(dialog: Dialog) -> None:
        warned.append(dialog.type)
        dialog.accept()

    return note


def field(path: str) -> str:
    return f"[id='field-{path}']"


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_an_editor_publishes_revises_and_withdraws(signed_in: Open, script: bool) -> None:
    name = f"Briefwaage {'mit' if script else 'ohne'}"
    page = signed_in(java_script_enabled=script)
    address = begin(page, name)

    page.get_by_role("button", name="Veröffentlichen", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("3 Angaben verhindern die Veröffentlichung")
    page.get_by_role("alert").get_by_role("link", name="Stand").first.click()
    page.get_by_label("Pilot", exact=True).check()
    page.get_by_role("button", name="Speichern und weiter").click()
    expect(page.get_by_role("status").first).to_contain_text("gespeichert")
    expect(page.get_by_role("heading", level=1)).to_have_text("3. Problem und Lösung")
    page.goto(f"{address}/angaben/license")
    page.locator(field("licenses.code")).fill("EUPL-1.2")
    page.get_by_role("button", name="Speichern", exact=True).click()
    page.wait_for_url("**/license?done=saved")
    expect(page.locator(field("licenses.code"))).to_have_value("EUPL-1.2")
    page.goto(f"{address}/angaben/contact")
    page.locator(field("contact.office")).fill("Amt für Digitales")
    page.locator("button[value=next]").click()
    page.wait_for_url("**?done=saved")

    page.get_by_role("link", name="Vorschau ansehen").click()
    expect(page.get_by_text("So wird es veröffentlicht")).to_be_visible()
    page.goto(address)
    page.get_by_role("button", name="Veröffentlichen", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("Veröffentlicht")
    page.get_by_role("status").first.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    public = page.url

    page.get_by_role("link", name="Bearbeiten", exact=True).click()
    page.get_by_role("button", name="ändern").click()
    page.get_by_role("link", name="Problem und Lösung").click()
    page.locator(field("problem.de")).fill(TEXT)
    page.get_by_role("button", name="Speichern", exact=True).click()
    page.wait_for_url("**/story?done=saved")
    expect(page.get_by_role("status").first).to_contain_text("gespeichert")
    page.goto(public)
    expect(page.get_by_text(TEXT)).to_have_count(0)
    page.goto(address)
    page.get_by_role("button", name="Änderungen veröffentlichen").click()
    expect(page.get_by_role("status").first).to_contain_text("Veröffentlicht")
    page.goto(f"{address}/fassungen")
    expect(page.get_by_role("row", name=re.compile("Das Problem"))).to_contain_text(TEXT)

    page.goto(address)
    page.get_by_role("link", name="zurückziehen").click()
    page.get_by_role("button", name="Jetzt zurückziehen").click()
    expect(page.locator("#error-summary")).to_be_visible()
    page.locator("#field-reason").fill("Nicht mehr gepflegt.")
    page.get_by_role("button", name="Jetzt zurückziehen").click()
    expect(page.get_by_role("status").first).to_contain_text("Zurückgezogen")
    assert page.goto(public).status == 410  # type: ignore[union-attr]
    expect(page.get_by_role("main")).to_contain_text("Nicht mehr gepflegt.")


def test_a_draft_saves_itself_when_a_field_is_left(signed_in: Open) -> None:
    page = signed_in()
    address = begin(page, "Selbstspeicher")
    page.goto(f"{address}/angaben/story")
    page.locator(field("problem.de")).fill(TEXT)
    page.locator(field("limits.de")).focus()

    expect(page.locator("[data-save-state]")).to_contain_text("Entwurf gespeichert")
    expect(page.locator("[data-hints=problem] li")).to_contain_text(["Der englische Text fehlt"])
    page.reload()
    expect(page.locator(field("problem.de"))).to_have_value(TEXT)


def test_the_button_goes_on_even_if_nothing_was_typed(signed_in: Open) -> None:
    page = signed_in()
    address = begin(page, "Unverändert")
    page.goto(f"{address}/angaben/story")
    page.get_by_role("button", name="Speichern und weiter").click()
    page.wait_for_url("**/impact?done=saved")


def test_similar_solutions_are_shown_before_one_begins(signed_in: Open) -> None:
    page = signed_in("/de/meine-loesungen/neu?name=PostLotse")
    expect(page.get_by_role("link", name="PostLotse", exact=True)).to_be_visible()


def test_a_lost_connection_loses_nothing(signed_in: Open) -> None:
    page = signed_in()
    address = begin(page, "Funkloch")
    page.goto(f"{address}/angaben/story")
    page.locator(field("problem.de")).fill(TEXT)
    page.context.set_offline(True)
    page.get_by_role("button", name="Speichern und weiter").click()

    expect(page.locator("[data-save-state]")).to_contain_text("Keine Verbindung")
    expect(page.locator(field("problem.de"))).to_have_value(TEXT)
    warned: list[str] = []
    page.on("dialog", noting(warned))
    page.context.set_offline(False)
    expect(page.locator("[data-save-state]")).to_contain_text("Entwurf gespeichert")
    page.reload()
    expect(page.locator(field("problem.de"))).to_have_value(TEXT)
    assert warned == []


def test_leaving_with_unsaved_text_warns_and_only_then(signed_in: Open) -> None:
    page = signed_in()
    address = begin(page, "Warnung")
    warned: list[str] = []
    page.on("dialog", noting(warned))
    page.goto(f"{address}/angaben/story")
    page.goto(address)
    assert warned == []

    page.goto(f"{address}/angaben/story")
    page.context.set_offline(True)
    page.locator(field("problem.de")).press_sequentially("Text")
    page.context.set_offline(False)
    page.goto(address)
    assert warned == ["beforeunload"]


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_the_back_button_loses_nothing(signed_in: Open, script: bool) -> None:
    page = signed_in(java_script_enabled=script)
    address = begin(page, "Rückwärts")
    page.goto(f"{address}/angaben/story")
    page.locator(field("problem.de")).fill("Erst.")
    page.get_by_role("button", name="Speichern und weiter").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("4. Wirkung")

    page.go_back()
    expect(page.locator(field("problem.de"))).to_have_value("Erst.")
    page.locator(field("problem.de")).fill("Dann.")
    page.get_by_role("button", name="Speichern und weiter").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("4. Wirkung")

    page.goto(f"{address}/angaben/story")
    expect(page.locator(field("problem.de"))).to_have_value("Dann.")


def test_a_double_click_saves_once_and_begins_once(signed_in: Open) -> None:
    page = signed_in()
    page.goto("/de/meine-loesungen/neu?name=Doppelklick&purpose=Zweimal")
    page.locator("form[method=post] button[type=submit]").last.dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text("Doppelklick einstellen")
    address = page.url.split("?")[0]
    page.goto(f"{address}/angaben/story")
    page.locator(field("problem.de")).fill(TEXT)
    page.get_by_role("button", name="Speichern und weiter").dblclick()
    page.wait_for_url("**/impact?done=saved")

    page.goto("/de/meine-loesungen")
    expect(page.get_by_role("link", name="Doppelklick", exact=True)).to_have_count(1)


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_a_parallel_edit_loses_neither_text(signed_in: Open, script: bool) -> None:
    mine, theirs = (signed_in(java_script_enabled=script) for _ in range(2))
    address = begin(mine, "Zu zweit")
    for page in (mine, theirs):
        page.goto(f"{address}/angaben/story")
    theirs.locator(field("problem.de")).fill("Ihre Worte.")
    theirs.get_by_role("button", name="Speichern", exact=True).click()
    theirs.wait_for_url("**/story?done=saved")

    mine.locator(field("problem.de")).fill("Meine Worte.")
    mine.get_by_role("button", name="Speichern", exact=True).click()

    expect(mine.get_by_role("heading", level=1)).to_have_text(
        "Zwei Personen haben diesen Abschnitt geändert"
    )
    expect(mine.get_by_role("main")).to_contain_text("Ihre Worte.")
    expect(mine.get_by_role("main")).to_contain_text("Meine Worte.")
    mine.get_by_role("button", name="Auswahl speichern").click()
    expect(mine.locator(field("problem.de"))).to_have_value("Meine Worte.")


@pytest.fixture(scope="module")
def editor_pages(browser: Browser, sqlite_node: ServedNode) -> list[str]:
    """Addresses of every page of the editor, on a draft with errors, hints and a version."""
    context = browser.new_context(base_url=sqlite_node.url, locale="de-DE")
    page = context.new_page()
    sign_in(page)
    draft = begin(page, "Prüfling")
    page.goto(f"{draft}/angaben/story")
    page.locator(field("problem.de")).fill("Wort " * 30)
    page.get_by_role("button", name="Speichern", exact=True).click()
    page.wait_for_url("**/story?done=saved")
    page.goto(f"{draft}/angaben/interfaces")
    page.locator(field("repository")).fill("kein Link")
    page.get_by_role("button", name="Speichern", exact=True).click()
    expect(page.locator("#error-summary")).to_be_visible()
    page.goto("/de/meine-loesungen")
    page.get_by_role("link", name="PostLotse", exact=True).click()
    published = page.url.split("?")[0]
    context.close()
    tails = ("", "/vorschau", "/verwerfen", "/angaben/purpose", "/angaben/glance")
    more = ("/angaben/story", "/angaben/license", "/angaben/interfaces", "/angaben/cost")
    return [
        "/de/meine-loesungen",
        "/de/meine-loesungen/neu?name=PostLotse&purpose=Ordnet+Briefe",
        *(draft + tail for tail in (*tails, *more)),
        *(published + tail for tail in ("", "/fassungen", "/softwareversionen", "/zurueckziehen")),
    ]


def sign_in(page: Page) -> None:
    page.goto("/de/anmelden?back=/de/meine-loesungen")
    page.get_by_role("button", name=EDITOR).click()


@pytest.mark.parametrize(("theme", "width"), LOOKS)
def test_pages_of_the_editor_are_accessible_and_never_scroll_sideways(
    browser: Browser, sqlite_node: ServedNode, editor_pages: list[str], theme: str, width: int
) -> None:
    context = browser.new_context(
        base_url=sqlite_node.url,
        viewport={"width": width, "height": 900},
        color_scheme=theme,  # type: ignore[arg-type]
        locale="de-DE",
        bypass_csp=True,  # The checks themselves are scripts.
    )
    page = context.new_page()
    sign_in(page)
    found = {}
    for address in editor_pages:
        page.goto(address)
        violations = Axe().run(page, options=RULES).response["violations"]
        wide = page.evaluate("document.documentElement.scrollWidth")
        found[address] = [each["id"] for each in violations] + [f"{wide} px"] * (wide > width)
    page.goto(next(each for each in editor_pages if "/angaben/interfaces" in each))
    page.get_by_role("button", name="Speichern", exact=True).click()
    expect(page.locator("#error-summary")).to_be_focused()
    found["error"] = [each["id"] for each in Axe().run(page, options=RULES).response["violations"]]
    context.close()
    assert {address: ids for address, ids in found.items() if ids} == {}
