"""The pages about the API: the examples work, and everything is told without script."""

import html
import re
import subprocess
import sys
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from marketplace.api import documentation
from marketplace.api.openapi import OPERATIONS
from tests.marketplace.test_accessible import RULES


def shown(node, path: str) -> list[str]:
    """The programs that a page shows, as a reader would copy them."""
    page = node.get(path).text
    return [html.unescape(each) for each in re.findall(r"<pre[^>]*><code>(.*?)</code>", page, re.S)]


def done(*command: str, folder: Path | None = None) -> str:
    """What a program printed that ended well."""
    ended = subprocess.run(  # noqa: S603 - the programs are those of our own pages
        command, capture_output=True, text=True, check=True, cwd=folder
    )
    return ended.stdout


def test_the_examples_for_curl_work_as_they_are_shown(sqlite_node, tmp_path):
    search, walk, _, _, _ = shown(sqlite_node, "/de/api")

    found = done("bash", "-c", search)
    walked = done("bash", "-c", walk, folder=tmp_path)

    assert '"total"' in found
    assert walked.count('"next"') >= 2
    assert walked.count('"stage":"live"') > 200


def test_the_example_for_python_works_as_it_is_shown(sqlite_node):
    program = shown(sqlite_node, "/en/api")[2]

    assert re.fullmatch(r"\d+ uses by \d+ organizations\n", done(sys.executable, "-c", program))


def test_the_example_for_writing_asks_for_a_login(sqlite_node):
    write = shown(sqlite_node, "/en/api")[-1]

    assert " 401 " in done("bash", "-c", f"ADOPTION=x LOGIN=x ETAG=x\n{write}").splitlines()[0]


@pytest.mark.parametrize("path", ["/de/api/referenz", "/en/api/reference"])
def test_the_reference_tells_every_operation_and_links_every_type(sqlite_node, path):
    page = sqlite_node.get(path).text

    for operation in OPERATIONS:
        assert f'id="{operation.name}"' in page
        assert f"<code>{operation.method} /api/v1{operation.path}</code>" in page
    targets = set(re.findall(r'id="([^"]+)"', page))
    links = set(re.findall(r'href="#([^"]+)"', page))
    assert links <= targets


@pytest.mark.parametrize("path", ["/de/api", "/de/api/referenz"])
@pytest.mark.parametrize("width", [1280, 320])
def test_everybody_can_use_the_pages_and_nothing_comes_from_elsewhere(
    browser, sqlite_node, path, width
):
    context = browser.new_context(
        base_url=sqlite_node.url, viewport={"width": width, "height": 900}, bypass_csp=True
    )
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path)

    # Colors are the same at every width, and the reference has thousands of texts to compare.
    rules = {"color-contrast": {"enabled": width == 1280}}
    found = Axe().run(page, options={**RULES, "rules": rules}).response["violations"]

    assert [(each["id"], each["nodes"][0]["html"]) for each in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert all(url.startswith(sqlite_node.url) for url in asked)
    context.close()


def test_the_example_for_r_names_fields_that_exist():
    for name in ("stage", "since", "organization.name", "solution.slug"):
        assert name in documentation.R
