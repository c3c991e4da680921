"""The page of all components: free of faults that axe finds, never wider than the screen."""

import mimetypes
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route

from marketplace import assets
from marketplace.pages.frame import Language, NavLink, PageFrame, PageNotice
from marketplace.pages.rendering import environment
from tests.marketplace.test_accessible import LOOKS

ROOT = Path(__file__).resolve().parents[2]
ORIGIN = "http://lichtermeer.example/"
POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
    "script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'"
)
SECTIONS = ("Lösungen", "Angebote", "Register", "Wirkung", "Arbeitsgemeinschaften", "Kommunen")


def frame(**changes: object) -> PageFrame:
    facts: dict[str, object] = {
        "lang": "de",
        "title": "Bausteine",
        "node_name": "Beispielknoten Auenland",
        "operator": "Zweckverband Auenland",
        "home_href": "/de/",
        "current_path": "/de/bausteine",
        "is_sample": True,
        "nav": tuple(NavLink(name, f"/de/{name}", name == "Register") for name in SECTIONS),
        "crumbs": (NavLink("Start", "/de/"), NavLink("Bausteine", "/de/bausteine")),
        "languages": (Language("en", "English", "/en/building-blocks"),),
        "service_links": (
            NavLink("Leichte Sprache", "/de/leichte-sprache", icon="easy-language"),
            NavLink("Gebärdensprache", "/de/gebaerdensprache", icon="sign-language"),
        ),
        "footer_links": (NavLink("Impressum", "/de/impressum"),),
        "notices": (PageNotice("Gespeichert", "ok", live="status"),),
        "sign_in_href": "/de/anmelden",
        "canonical_href": "http://lichtermeer.example/de/bausteine",
        "source_href": "https://example.org/quelltext",
        "version": "0.1.0",
        "data_as_of": "22. November 2026",
    }
    return PageFrame(**{**facts, **changes})  # type: ignore[arg-type]


def rendered(**changes: object) -> str:
    page = frame(**changes)
    template = environment(page.lang).get_template("building_blocks.html")
    return template.render(page=page)


@pytest.fixture(scope="module", autouse=True)
def built_assets() -> None:
    assets.build(ROOT)
    assets.Manifest.load.cache_clear()
    environment.cache_clear()


def answer(route: Route) -> None:
    path = route.request.url.removeprefix(ORIGIN)
    if path.startswith("static/"):
        file = assets.BUILT / path.removeprefix("static/")
        kind = mimetypes.guess_type(file.name)[0] or "font/woff2"
        route.fulfill(status=200, body=file.read_bytes(), content_type=kind)
    else:
        headers = {"Content-Security-Policy": POLICY}
        route.fulfill(
            status=200, body=rendered(), content_type="text/html; charset=utf-8", headers=headers
        )


def opened_page(browser: Browser, width: int, **options: str) -> tuple[Page, list[str]]:
    page = browser.new_page(viewport={"width": width, "height": 900}, **options)  # type: ignore[arg-type]
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.route("**/*", answer)
    page.goto(ORIGIN)
    page.evaluate("document.fonts.ready")
    return page, complaints


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
def test_every_component_is_accessible_and_fits(browser: Browser, width: int, scheme: str) -> None:
    page, complaints = opened_page(browser, width, color_scheme=scheme)
    found = Axe().run(page).response["violations"]
    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert complaints == []
    page.close()


def test_icons_follow_the_text_color_in_forced_colors(browser: Browser) -> None:
    page, _ = opened_page(browser, 1280, forced_colors="active", color_scheme="light")
    icon = page.locator("#notices .kern-icon").first
    color = icon.evaluate("icon => getComputedStyle(icon).backgroundColor")
    assert color == "rgb(0, 0, 0)"
    page.close()


def test_print_leaves_out_strip_menu_and_horizon(browser: Browser) -> None:
    page, _ = opened_page(browser, 1280)
    page.emulate_media(media="print")
    for part in (".lm-strip", ".lm-head", ".lm-horizon", "#fields .kern-btn"):
        assert not page.locator(part).first.is_visible(), part
    assert page.locator(".lm-print-head").is_visible()
    page.close()


def test_the_page_holds_no_style_attribute_and_no_inline_script() -> None:
    html = rendered()
    assert "style=" not in html
    assert "<style" not in html
    assert re.findall(r"<script(?![^>]*\bsrc=)", html) == []


def test_sample_data_is_marked_only_where_it_is() -> None:
    assert "Beispieldaten" in rendered()
    assert "Beispieldaten" not in rendered(is_sample=False)


def test_the_theme_a_reader_chose_stands_on_the_root() -> None:
    assert '<html lang="de" data-kern-theme="dark">' in rendered(theme="dark")
    assert '<html lang="de">' in rendered(theme="auto")


def test_signed_in_people_see_their_name_and_a_way_out() -> None:
    html = rendered(
        signed_in_as="Mara Winter", account_href="/de/konto", sign_out_action="/de/abmelden"
    )
    assert "Mara Winter" in html
    assert 'action="/de/abmelden" method="post"' in html
    assert "/de/anmelden" not in html


def test_texts_of_a_frame_are_escaped() -> None:
    assert "<b>node</b>" not in rendered(node_name="<b>node</b>")


def test_english_is_served_too() -> None:
    assert "Building blocks" in rendered(lang="en")
    assert "Bausteine</h1>" in rendered(lang="de")
