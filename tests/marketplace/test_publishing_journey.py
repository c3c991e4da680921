"""From no account to a restored version, in a body where two people publish, in a real browser."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from catalog.organizations import Organization
from marketplace.mail import outbox
from tests.marketplace.conftest import ServedNode
from tests.marketplace.test_editor_journeys import begin, field

Open = Callable[[], Page]

LEAD = "Ole Petersen"
PASSWORD = "regen tisch wolke pferd"
FIRST, MINE, THEIRS = "Viele Briefe kommen an.", "Meine Worte.", "Ihre Worte."


@pytest.fixture
def slug(sqlite_node: ServedNode) -> Iterator[str]:
    """The lead's body, in which two people publish for as long as the test runs."""

    def publish_at_once(*, value: bool) -> str:
        with sqlite_node.database.writing() as session:
            body = session.scalars(
                select(Organization).where(Organization.slug.contains("nordfurth"))
            ).one()
            body.publishes_at_once = value
            session.commit()
            return body.slug

    yield publish_at_once(value=False)
    publish_at_once(value=True)


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def open_page(
    request: pytest.FixtureRequest, browser: Browser, sqlite_node: ServedNode
) -> Iterator[Open]:
    """Opens browsers that know nothing of each other; what a console complains of fails."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def note(text: str) -> None:
        if "status of 409" not in text:
            complaints.append(text)

    def opened() -> Page:
        context = browser.new_context(
            base_url=sqlite_node.url, locale="de-DE", java_script_enabled=request.param
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(8_000)
        page.on("console", lambda each: note(each.text) if each.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def test_a_newcomer_publishes_with_a_second_person(
    open_page: Open, sqlite_node: ServedNode, slug: str, request: pytest.FixtureRequest
) -> None:
    kind = "mit" if "no script" not in request.node.name else "ohne"
    name, email = f"Vierauge {kind}", f"{kind}.skript@nordfurth.example"
    writer, lead = open_page(), open_page()
    open_account(writer, sqlite_node, f"Neu {kind} Skript", email)
    lead.goto("/de/anmelden?back=/de/konto")
    lead.get_by_role("button", name=LEAD).click()
    join(writer, lead, slug, f"Neu {kind} Skript")

    address = begin(writer, name)
    fill(writer, address)
    writer.get_by_role("button", name="Einreichen", exact=True).click()
    expect(writer.get_by_role("status").first).to_contain_text("eingereicht")
    decide(lead, name, "Mit Rückfrage zurückgeben", "Wer betreibt das?")
    writer.goto(address)
    expect(writer.get_by_role("complementary")).to_contain_text("Wer betreibt das?")
    writer.locator("#field-answer").fill("Der Kreis selbst.")
    writer.get_by_role("button", name="Antworten und wieder einreichen").click()
    decide(lead, name, "Freigeben", answer="Der Kreis selbst.")
    writer.goto(address)
    writer.get_by_role("link", name="Seite ansehen").click()
    expect(writer.get_by_role("heading", level=1)).to_have_text(name)
    public = writer.url
    expect(writer.get_by_role("main")).to_contain_text(FIRST)

    change_at_once(writer, lead, address)
    writer.goto(address)
    writer.get_by_role("button", name="Einreichen", exact=True).click()
    decide(lead, name, "Freigeben")
    writer.goto(public)
    expect(writer.get_by_role("main")).to_contain_text(MINE)

    writer.goto(f"{address}/fassungen")
    writer.get_by_role("link", name="Fassung 1", exact=True).click()
    writer.locator("main form[method=post] button").click()
    writer.goto(f"{address}/angaben/story")
    expect(writer.locator(field("problem.de"))).to_have_value(FIRST)
    writer.goto(address)
    writer.get_by_role("button", name="Einreichen", exact=True).click()
    decide(lead, name, "Freigeben")
    writer.goto(public)
    expect(writer.get_by_role("main")).to_contain_text(FIRST)
    expect(writer.get_by_text(MINE)).to_have_count(0)


def open_account(page: Page, node: ServedNode, name: str, email: str) -> None:
    """Register and set a password behind the link that was mailed."""
    page.goto("/de/registrieren")
    page.locator("#field-name").fill(name)
    page.locator("#field-email").fill(email)
    page.get_by_role("button", name="Link schicken lassen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sehen Sie in Ihr Postfach")
    with node.database.reading() as session:
        text = next(mail.text for mail in outbox.newest(session) if mail.recipient == email)
    link = re.search(rf"{re.escape(node.url)}\S+", text)
    assert link
    page.goto(link[0])
    page.locator("#field-password").fill(PASSWORD)
    page.get_by_role("button", name="Konto eröffnen").click()
    page.wait_for_url("**/de/konto")


def join(writer: Page, lead: Page, slug: str, name: str) -> None:
    """Ask to join; the lead finds the request and approves it in the role of an editor."""
    writer.goto(f"/de/organisationen/{slug}/beitreten")
    writer.locator("#field-message").fill("Ich arbeite in der Poststelle.")
    writer.get_by_role("button", name="Anfrage senden").click()
    expect(writer.get_by_role("status").first).to_be_visible()
    lead.goto(f"/de/organisationen/{slug}")
    lead.locator("main a[href*='/de/organisation/']").first.click()
    lead.locator("a[href$='/beitrittsanfragen']").first.click()
    asked = lead.locator("section", has=lead.get_by_role("heading", name=name))
    expect(asked).to_contain_text("Ich arbeite in der Poststelle.")
    asked.locator("select").select_option("editor")
    asked.locator("button[value=approve]").click()
    expect(lead.get_by_role("status").first).to_be_visible()


def fill(page: Page, address: str) -> None:
    """Give what publishing needs, and the problem in words; ends on the draft."""
    for section, path, value in (
        ("story", "problem.de", FIRST),
        ("license", "licenses.code", "EUPL-1.2"),
        ("contact", "contact.office", "Amt für Digitales"),
    ):
        save(page, address, section, path, value)
    page.goto(f"{address}/angaben/glance")
    page.get_by_label("Pilot", exact=True).check()
    page.get_by_role("button", name="Speichern", exact=True).click()
    page.wait_for_url("**?done=saved")
    page.goto(address)


def save(page: Page, address: str, section: str, path: str, value: str) -> None:
    page.goto(f"{address}/angaben/{section}")
    page.locator(field(path)).fill(value)
    page.get_by_role("button", name="Speichern", exact=True).click()
    page.wait_for_url(f"**/{section}?done=saved")


def decide(page: Page, name: str, verb: str, text: str = "", *, answer: str = "") -> None:
    """The lead opens the case from the queue, reads it and decides."""
    page.goto("/de/moderation")
    page.get_by_role("link", name=re.compile(name)).first.click()
    expect(page.get_by_role("main")).to_contain_text(answer)
    page.get_by_label(verb, exact=True).check()
    page.locator("#field-text").fill(text)
    page.get_by_role("button", name="Entscheidung speichern").click()
    expect(page.get_by_role("status").first).to_be_visible()


def change_at_once(writer: Page, lead: Page, address: str) -> None:
    """Both change one answer; the second sees three versions and keeps her own."""
    writer.goto(address)
    writer.get_by_role("button", name="ändern").click()
    writer.goto(f"{address}/angaben/story")
    save(lead, address, "story", "problem.de", THEIRS)
    writer.locator(field("problem.de")).fill(MINE)
    with writer.expect_response(lambda answer: answer.request.method == "POST") as crossed:
        writer.get_by_role("button", name="Speichern", exact=True).click()
    assert crossed.value.status == 409
    for version in (MINE, THEIRS, FIRST):
        expect(writer.locator(".lm-version", has_text=version)).to_have_count(1)
    writer.get_by_role("button", name="Auswahl speichern").click()
    expect(writer.locator(field("problem.de"))).to_have_value(MINE)
