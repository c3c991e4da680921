"""What the house promises about itself: rules that a machine can keep."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from marketplace.cli import COMMANDS
from marketplace.pages.rendering import environment
from marketplace.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("catalog", "impact", "marketplace")
BANNED_NAMES = {"utils", "helpers", "common", "misc", "base", "core", "manager", "services"}
MAY_COMMIT = {"marketplace/transactions.py"}
TOP_LEVEL = {
    "pyproject.toml", "marketplace", "catalog", "impact", "templates", "migrations", "tests",
    "README.md", "LICENSE", "publiccode.yml", "Makefile", "requirements.lock",
    "requirements-dev.lock", "package.json", "package-lock.json", "Dockerfile", "compose.yaml",
}  # fmt: skip
BUILT = {"node_modules", "var", "build", "dist", "__pycache__"}


def modules() -> Iterator[Path]:
    for package in PACKAGES:
        yield from sorted((ROOT / package).rglob("*.py"))


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def test_the_top_level_is_the_fixed_one() -> None:
    present = {
        entry.name
        for entry in ROOT.iterdir()
        if not entry.name.startswith(".") and not entry.name.endswith(".egg-info")
    }
    assert present - BUILT <= TOP_LEVEL


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [path for path in modules() if path.stem in BANNED_NAMES] == []


def test_nothing_but_the_transaction_commits() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute)
        and node.attr == "commit"
        and isinstance(node.value, ast.Name)
        and node.value.id == "session"
        and str(path.relative_to(ROOT)) not in MAY_COMMIT
    ]
    assert found == []


def test_nothing_catches_every_exception() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or (isinstance(node.type, ast.Name) and node.type.id == "Exception"))
    ]
    assert found == []


def test_every_relationship_must_be_loaded_by_name() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "relationship"
        and not any(
            word.arg == "lazy"
            and isinstance(word.value, ast.Constant)
            and word.value.value == "raise"
            for word in node.keywords
        )
    ]
    assert found == []


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_template_compiles(language: str) -> None:
    env = environment(language)
    for name in env.list_templates(extensions=["html"]):
        env.get_template(name)


def test_templates_carry_no_style_and_no_script_of_their_own() -> None:
    pattern = re.compile(r"\sstyle=|<style|<script(?! src=)|\son\w+=", re.IGNORECASE)
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in sorted((ROOT / "templates").rglob("*.html"))
        for match in pattern.finditer(path.read_text("utf-8"))
    ]
    assert found == []


def test_templates_name_no_foreign_host() -> None:
    pattern = re.compile(r"""(?:src|href)=["']https?://[^"'{]+""")
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in sorted((ROOT / "templates").rglob("*.html"))
        for match in pattern.finditer(path.read_text("utf-8"))
    ]
    assert found == []


def test_every_setting_stands_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    missing = [
        name for name in Settings.model_fields if f"`MARKETPLACE_{name.upper()}`" not in readme
    ]
    assert missing == []


def test_every_command_stands_in_the_readme() -> None:
    from_pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert from_pyproject["project"]["scripts"] == {"marketplace": "marketplace.cli:main"}

    readme = (ROOT / "README.md").read_text("utf-8")

    assert [name for name in COMMANDS if f"`marketplace {name}" not in readme] == []
