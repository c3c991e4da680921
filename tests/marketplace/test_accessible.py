"""Every kind of page: axe finds nothing, nothing scrolls sideways, nothing comes from elsewhere."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.marketplace.conftest import ServedNode

PAGES = (
    "/de",
    "/en",
    "/de/loesungen",
    "/de/loesungen?q=Posteingnag+sortieren&like_land=05&like_size=4&like_first=1",
    "/de/loesungen?q=Wohngeld&phase=idea&license=commercial&hosting=device",
    "/en/solutions?q=heavy+rain",
    "/de/loesungen/postlotse",
    "/en/solutions/pegelblick",
    "/de/loesungen/postlotse/kurzblatt",
    "/de/organisationen/stadt-auenrode",
    "/de/kommunen",
    "/de/lichter",
    "/de/loesungen/postlotse/fehler-melden",
    "/de/loesungen/postlotse/wirkung",
    "/de/kennzahlen",
    "/de/kennzahlen/processing_time",
    "/de/wirkung",
    "/de/wirkung?metric=processing_time",
    "/de/wirkung/postlotse/processing_time",
    "/de/daten",
    "/de/ki-transparenzregister",
    "/de/ki-transparenzregister/eintraege/postlotse-stadt-auenrode",
    "/de/ki-transparenzregister/eintraege/postlotse-stadt-auenrode/fassungen",
    "/de/ki-transparenzregister/eintraege/postlotse-stadt-auenrode/formate/annex-viii-c/blatt",
    "/de/ki-transparenzregister/abdeckung",
    "/de/publiccode-pruefen",
    "/de/ki-transparenzregister/regeln",
    "/de/ki-transparenzregister/regeln/H-63",
    "/de/ki-transparenzregister/einstufung?is_ai_system=yes&asked=scope_exclusion",
    "/de/ki-transparenzregister/einstufung/ergebnis?annex_iii=5a&uses_system=yes",
    "/de/anmelden",
    "/de/registrieren",
    "/de/passwort-vergessen",
    "/de/konto/einrichten/unbekannt",
    "/de/so-sortieren-wir",
    "/de/barrierefreiheit",
    "/de/impressum",
    "/de/datenschutz",
    "/de/leichte-sprache",
    "/de/gibt-es-nicht",
)

SIGNED_IN = (
    "/de/konto/sicherheit",
    "/de/konto/sicherheit/code-app",
    "/de/konto/sicherheit/passwort",
    "/de/konto/sicherheit/adresse",
    "/de/loesungen/briefkompass/nachnutzung",
    "/de/nachnutzungen/{own}",
    "/de/nachnutzungen/{own}/messungen",
    "/de/nachnutzungen/{own}/messreihe?metric=waiting_time",
    "/de/nachnutzungen/{own}/vergleichsplan",
    "/de/nachnutzungen/{own}/beenden",
    "/de/nachnutzungen/{own}/zuruecknehmen",
    "/de/konto",
    "/de/organisation-beantragen",
    "/de/organisation/{body}",
    "/de/organisation/{body}/mitglieder",
    "/de/organisation/{body}/einladungen",
    "/de/organisation/{body}/beitrittsanfragen",
    "/de/organisation/{body}/vertretungen",
    "/de/organisation/{body}/schluessel",
    "/de/organisation/{body}/einstellungen",
    "/de/organisation/{body}/export",
    "/de/meine-loesungen/{solution}/datei",
    "/de/meine-loesungen/{solution}/loeschen",
    "/de/meine-loesungen/{solution}/schnittstellen",
    "/de/meine-loesungen/{solution}/softwareversionen",
    "/de/organisationen/stadt-auenrode/schnittstellen",
    "/de/loesungen/briefkompass/passt",
    "/de/loesungen/postlotse/schnittstellen/{interface}",
    "/de/loesungen/postlotse/schnittstellen/{interface}/unterschiede",
    "/de/meine-registereintraege",
    "/de/meine-registereintraege/{entry}",
    "/de/meine-registereintraege/{entry}/einstufen",
    "/de/meine-registereintraege/{entry}/angaben/technology",
)

AS_MODERATOR = (
    "/de/moderation",
    "{case}",
    "/de/moderation/dubletten",
    "/de/moderation/organisationen",
    "/de/moderation/protokoll",
    "/de/verwaltung",
    "/de/verwaltung/personen",
)

RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
    "resultTypes": ["violations"],  # Listing all that passed takes longer than the checks.
}

TEXT_SPACING = """* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
word-spacing: 0.16em !important; } p { margin-bottom: 2em !important; }"""
"""WCAG 2.2, success criterion 1.4.12."""


LOOKS = (("light", 1280), ("dark", 320))
"""Every theme and every width; no rule of ours holds for one width in one theme only."""


@pytest.fixture(params=LOOKS, ids=lambda look: f"{look[0]}-{look[1]}")
def look(request: pytest.FixtureRequest) -> tuple[str, int]:
    theme, width = request.param
    return theme, width


@pytest.fixture
def width(look: tuple[str, int]) -> int:
    return look[1]


@pytest.fixture
def page(browser: Browser, sqlite_node: ServedNode, look: tuple[str, int]) -> Iterator[Page]:
    theme, width = look
    context = browser.new_context(
        base_url=sqlite_node.url,
        viewport={"width": width, "height": 900},
        color_scheme=theme,  # type: ignore[arg-type]
        locale="de-DE",
        bypass_csp=True,  # The checks themselves are scripts; journeys run under the policy.
    )
    opened = context.new_page()
    yield opened
    context.close()


def faults(page: Page, path: str, width: int) -> list[str]:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(urlsplit(request.url).netloc))
    page.goto(path)
    own = urlsplit(page.url).netloc
    found = [f"{path}: request to {host}" for host in asked if host not in (own, "")]
    found += [
        f"{path}: {violation['id']} {node['html'][:160]}"
        for violation in Axe().run(page, options=RULES).response["violations"]
        for node in violation["nodes"][:3]
    ]
    if page.evaluate("document.documentElement.scrollWidth") > width:
        found.append(f"{path}: scrolls sideways")
    if page.locator("h1").count() != 1:
        found.append(f"{path}: has {page.locator('h1').count()} headings of level 1")
    return found


def sign_in(page: Page, name: str) -> None:
    page.goto("/de/anmelden")
    page.get_by_role("button", name=name).click()


def linked(page: Page, prefix: str) -> str:
    """The last part of the first address below ``prefix`` that the page links."""
    link = page.locator(f"main a[href^='{prefix}']:not([href$='/neu'])").first
    return (link.get_attribute("href") or "").rsplit("/", 1)[-1]


def test_no_page_has_a_fault_that_axe_finds(page: Page, width: int) -> None:
    assert [fault for path in PAGES for fault in faults(page, path, width)] == []


def test_no_form_has_a_fault_that_axe_finds(page: Page, width: int) -> None:
    sign_in(page, "Jule Hansen")
    page.goto("/de/loesungen/postlotse/nachnutzung")
    own = urlsplit(page.url).path.rsplit("/", 1)[-1]
    assert own != "nachnutzung", "who has declared a use is led to it"

    page.goto("/de/konto")
    body = linked(page, "/de/organisation/")

    page.goto("/de/meine-registereintraege")
    entry = linked(page, "/de/meine-registereintraege/")

    page.goto("/de/meine-loesungen")
    solution = linked(page, "/de/meine-loesungen/")

    page.goto("/de/loesungen/postlotse")
    described = page.get_by_role("link", name="Posteingangs-API 2.0.0").first
    interface = (described.get_attribute("href") or "").rsplit("/", 1)[-1]

    keys = {
        "own": own, "body": body, "entry": entry, "solution": solution, "interface": interface,
    }  # fmt: skip
    paths = [path.format(**keys) for path in SIGNED_IN]
    assert [fault for path in paths for fault in faults(page, path, width)] == []


def test_no_page_of_moderators_has_a_fault_that_axe_finds(page: Page, width: int) -> None:
    sign_in(page, "Henrike Sommerfeld")
    page.goto("/de/moderation/dubletten")
    page.locator("#field-one").fill("/de/loesungen/briefkompass")
    page.locator("#field-other").fill("/de/loesungen/postlotse")
    page.locator("main form button[type=submit]").last.click()
    case = urlsplit(page.url).path
    assert case.startswith("/de/moderation/faelle/"), page.locator("main").inner_text()

    paths = [path.format(case=case) for path in AS_MODERATOR]
    assert [fault for path in paths for fault in faults(page, path, width)] == []


def test_a_refused_form_leads_to_its_errors(page: Page) -> None:
    sign_in(page, "Jule Hansen")
    page.goto("/de/loesungen/briefkompass/nachnutzung")
    page.locator("#field-since").fill("2031-01-01")
    page.locator("main form button[type=submit]").last.click()

    assert page.locator("#error-summary").is_visible()
    assert page.title().startswith("Fehler:")
    assert page.locator("#field-since").input_value() == "2031-01-01"
    violations = Axe().run(page, options=RULES).response["violations"]
    assert [violation["id"] for violation in violations] == []


@pytest.mark.parametrize("path", ["/de", "/de/loesungen?q=Post", "/de/loesungen/postlotse"])
def test_wide_text_spacing_hides_nothing(
    browser: Browser, sqlite_node: ServedNode, path: str
) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 900}, bypass_csp=True)
    page = context.new_page()
    page.goto(sqlite_node.url + path)
    page.add_style_tag(content=TEXT_SPACING)

    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    context.close()
