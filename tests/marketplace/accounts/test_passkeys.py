"""Passkeys in a real browser, with Chromium's virtual authenticator: made, used, removed."""

import re
import shutil
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect

from catalog import people
from catalog.database import open_engine
from marketplace.accounts import passwords
from marketplace.settings import Settings
from marketplace.transactions import Database
from tests import serving
from tests.factories import OPERATOR

PASSWORD = "regen tisch wolke pferd"


@pytest.fixture
def address(migrated_file: Path, tmp_path: Path) -> Iterator[str]:
    """A node at localhost, where browsers allow passkeys without encryption."""
    shutil.copy(migrated_file, tmp_path / "marketplace.db")
    engine = open_engine(f"sqlite:///{tmp_path / 'marketplace.db'}")
    with Database.on(engine).writing.begin() as session:
        person = people.enter(session, OPERATOR, email="anna@stadt.example", name="Anna Muster")
        passwords.store(session, person, PASSWORD)
    engine.dispose()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = Settings(
        data_dir=tmp_path, base_url=f"http://localhost:{port}", worker=False,
        embedded_search=False, secure_cookies=False,
    )  # fmt: skip
    with serving.application(settings) as app:
        server = uvicorn.Server(
            uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", access_log=False)
        )
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        yield settings.base_url
        server.should_exit = True
        thread.join(20)


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A browser whose device has an authenticator that confirms its owner by itself."""
    context = browser.new_context(base_url=address, locale="de-DE")
    opened = context.new_page()
    devices = context.new_cdp_session(opened)
    devices.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    complaints: list[str] = []
    opened.on(
        "console",
        lambda message: complaints.append(message.text) if message.type == "error" else None,
    )
    yield opened
    context.close()
    # Of a refusal the browser complains itself; it is what the last step is about.
    assert [text for text in complaints if "status of 422" not in text] == []


def sign_in(page: Page) -> None:
    page.goto("/de/anmelden")
    page.get_by_label("E-Mail-Adresse").fill("anna@stadt.example")
    page.get_by_label("Passwort", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Anmelden", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Abmelden").first.click()
    expect(page.get_by_role("link", name="Anmelden").first).to_be_visible()


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def test_a_passkey_is_made_signs_in_alone_confirms_and_is_removed(page: Page) -> None:
    sign_in(page)
    page.goto("/de/konto/sicherheit")
    page.get_by_label("Name des neuen Passkeys").fill("Laptop im Büro")
    page.get_by_role("button", name="Passkey hinzufügen").click()
    heading(page, "Ihre Ersatzcodes")
    assert page.locator("ol.lm-codes li").count() == 10
    page.get_by_role("link", name="Ich habe sie aufbewahrt").click()
    expect(page.get_by_role("main")).to_contain_text("Laptop im Büro")
    sign_out(page)

    page.goto("/de/anmelden?back=/de/konto")
    page.get_by_role("button", name="Mit Passkey anmelden").click()
    heading(page, "Mein Konto")
    sign_out(page)

    sign_in(page)
    heading(page, "Zweiter Schritt")
    page.get_by_role("button", name="Passkey verwenden").click()
    expect(page.get_by_text("Anna Muster").first).to_be_visible()

    page.goto("/de/konto/sicherheit")
    page.get_by_role("button", name=re.compile("^Entfernen.*Laptop im Büro")).click()
    expect(page.get_by_role("status").first).to_contain_text("Der Passkey ist entfernt")
    sign_out(page)
    page.goto("/de/anmelden")
    page.get_by_role("button", name="Mit Passkey anmelden").click()
    expect(page.get_by_role("alert")).to_contain_text("Diesen Passkey kennen wir nicht")


def test_without_javascript_the_other_ways_are_there(browser: Browser, address: str) -> None:
    context = browser.new_context(base_url=address, locale="de-DE", java_script_enabled=False)
    page = context.new_page()
    page.goto("/de/anmelden")

    expect(page.get_by_text("Das braucht JavaScript")).to_be_visible()
    expect(page.get_by_role("button", name="Mit Passkey anmelden")).to_be_hidden()
    sign_in(page)
    expect(page.get_by_text("Anna Muster").first).to_be_visible()
    context.close()
