"""Licences: every spelling ends at an SPDX id or a proposal, every rule stands on a source."""

import json
import re
from pathlib import Path

import pytest

from catalog.licenses import license_class
from catalog.licenses.answers import answers
from catalog.licenses.checking import LONGEST, Verdict, check
from catalog.licenses.compatibility import of_dependency, of_parts
from catalog.licenses.known import QUESTIONS, data, licenses, of, terms
from catalog.licenses.spelling import Kind, recognize

FSF = "gnu.org/licenses/license-list.html"
EUPL = "EUPL-1.2, article 5 and appendix"
EUPL_LINK = "Directive 2009/24/EC"
GPL2 = "GPL-2.0, sections 2 b"
GPL3 = "GPL-3.0, sections 5 c"
AGPL = "AGPL-3.0, section 13"
MPL = "MPL-2.0, sections 1.12"
LGPL = "LGPL-2.1, sections"
LGPL3 = "LGPL-3.0, sections 2"
URHG = "UrhG"
CC = "creativecommons.org/share-your-work"

COMBINATIONS = [
    ("MIT", "Apache-2.0", "allowed", FSF),
    ("MIT", "GPL-2.0-only", "allowed", FSF),
    ("MIT", "EUPL-1.2", "allowed", FSF),
    ("MIT", "LicenseRef-proprietary", "allowed", FSF),
    ("BSD-3-Clause", "AGPL-3.0-only", "allowed", FSF),
    ("BSD-4-Clause", "GPL-3.0-only", "conflict", FSF),
    ("BSD-4-Clause", "MIT", "allowed", FSF),
    ("OpenSSL", "GPL-2.0-or-later", "conflict", FSF),
    ("Apache-2.0", "GPL-3.0-only", "allowed", FSF),
    ("Apache-2.0", "GPL-2.0-only", "conflict", FSF),
    ("Apache-2.0", "GPL-2.0-or-later", "allowed", FSF),
    ("Apache-2.0", "EUPL-1.2", "allowed", FSF),
    ("Apache-2.0", "MIT", "allowed", FSF),
    ("CC0-1.0", "GPL-3.0-only", "allowed", FSF),
    ("CC-BY-4.0", "GPL-3.0-only", "allowed", FSF),
    ("CC-BY-SA-4.0", "GPL-3.0-only", "conditions", CC),
    ("CC-BY-SA-4.0", "GPL-2.0-only", "conflict", GPL3),
    ("LGPL-2.1-only", "LicenseRef-proprietary", "conditions", LGPL3),
    ("LGPL-3.0-only", "GPL-2.0-only", "conflict", FSF),
    ("LGPL-2.1-or-later", "GPL-3.0-only", "conditions", LGPL),
    ("LGPL-2.1-only", "EUPL-1.2", "conditions", LGPL3),
    ("MPL-2.0", "GPL-2.0-only", "conditions", MPL),
    ("MPL-2.0", "LicenseRef-proprietary", "conditions", LGPL3),
    ("MPL-2.0-no-copyleft-exception", "GPL-3.0-only", "conflict", FSF),
    ("MPL-1.1", "GPL-2.0-or-later", "conflict", FSF),
    ("EPL-1.0", "GPL-3.0-only", "conflict", FSF),
    ("EPL-2.0", "Apache-2.0", "conditions", LGPL3),
    ("CDDL-1.0", "GPL-2.0-only", "conflict", FSF),
    ("GPL-2.0-only", "GPL-3.0-only", "conflict", GPL2),
    ("GPL-2.0-or-later", "GPL-3.0-only", "allowed", "gpl-3.0"),
    ("GPL-3.0-only", "GPL-2.0-only", "conflict", GPL2),
    ("GPL-3.0-only", "GPL-2.0-or-later", "allowed", "gpl-3.0"),
    ("GPL-3.0-only", "AGPL-3.0-only", "conditions", AGPL),
    ("AGPL-3.0-only", "GPL-3.0-only", "conditions", AGPL),
    ("AGPL-3.0-only", "GPL-2.0-only", "conflict", GPL2),
    ("GPL-3.0-only", "MIT", "conditions", GPL3),
    ("GPL-3.0-only", "LicenseRef-proprietary", "conflict", GPL3),
    ("AGPL-3.0-only", "LicenseRef-commercial", "conflict", GPL3),
    ("GPL-2.0-only", "Apache-2.0", "conflict", GPL2),
    ("GPL-2.0-only", "EUPL-1.2", "conditions", EUPL),
    ("GPL-3.0-only", "EUPL-1.2", "conditions", EUPL),
    ("AGPL-3.0-only", "EUPL-1.2", "conditions", EUPL),
    ("OSL-3.0", "EUPL-1.2", "conditions", EUPL),
    ("CECILL-2.1", "EUPL-1.2", "conditions", EUPL),
    ("LiLiQ-Rplus-1.1", "EUPL-1.2", "conditions", EUPL),
    ("EUPL-1.2", "GPL-3.0-only", "conditions", EUPL),
    ("EUPL-1.2", "AGPL-3.0-only", "conditions", EUPL),
    ("EUPL-1.2", "MPL-2.0", "conditions", EUPL),
    ("EUPL-1.1", "EUPL-1.2", "conditions", EUPL),
    ("EUPL-1.1", "GPL-2.0-only", "conditions", EUPL),
    ("EUPL-1.2", "MIT", "conditions", EUPL_LINK),
    ("EUPL-1.2", "LicenseRef-proprietary", "conditions", EUPL_LINK),
    ("OSL-3.0", "GPL-3.0-only", "conflict", GPL3),
    ("LicenseRef-proprietary", "EUPL-1.2", "conflict", GPL3),
    ("LicenseRef-proprietary", "MIT", "conditions", URHG),
    ("CC-BY-NC-4.0", "GPL-3.0-only", "conflict", GPL3),
    ("CC-BY-NC-4.0", "Apache-2.0", "conditions", URHG),
    ("BUSL-1.1", "AGPL-3.0-only", "conflict", GPL3),
    ("SSPL-1.0", "MIT", "conditions", GPL3),
    ("MIT OR GPL-3.0-only", "LicenseRef-proprietary", "allowed", FSF),
    ("MIT AND GPL-3.0-only", "LicenseRef-proprietary", "conflict", GPL3),
    ("GPL-2.0-only WITH Classpath-exception-2.0", "LicenseRef-proprietary", "conditions", LGPL3),
    ("LicenseRef-Hausmarke", "EUPL-1.2", "conditions", URHG),
]
"""Dependency, work, expected result, and where the rule is written."""

PARTS = [
    ({"code": "EUPL-1.2", "model": "Apache-2.0", "data": "CC-BY-4.0"}, []),
    ({"code": "MIT", "model": "LicenseRef-proprietary"}, [("parts.model-closed", "error")]),
    (
        {"code": "AGPL-3.0-only", "model": "LicenseRef-llama"},
        [("parts.model-purposes-copyleft", "error")],
    ),
    ({"code": "MIT", "model": "LicenseRef-openrail"}, [("parts.model-purposes", "warning")]),
    ({"code": "EUPL-1.2", "model": "CC-BY-NC-4.0"}, [("parts.model-noncommercial", "error")]),
    ({"model": "MIT", "data": "CC-BY-ND-4.0"}, [("parts.data-no-derivatives", "error")]),
    ({"model": "Apache-2.0", "data": "ODbL-1.0"}, [("parts.data-share-alike", "warning")]),
    ({"code": "CC-BY-4.0"}, [("parts.content-for-code", "warning")]),
    ({"code": "CC0-1.0"}, []),
    ({"code": "MIT OR CC-BY-4.0"}, []),
    (
        {"code": "EUPL-1.2", "documentation": "CC-BY-ND-4.0"},
        [("parts.documentation-limits", "warning")],
    ),
]

SPELLINGS = {
    "GPL-3.0": ("GPL-3.0-only", "GPL-3.0-or-later"),
    "AGPL-3.0": ("AGPL-3.0-only", "AGPL-3.0-or-later"),
    "GPL-2.0+": ("GPL-2.0-or-later",),
    "GPL-2.0-with-classpath-exception": ("GPL-2.0-only WITH Classpath-exception-2.0",),
    "Apache 2": ("Apache-2.0",),
    "Apache License, Version 2.0": ("Apache-2.0",),
    "EUPL 1.2": ("EUPL-1.2",),
    "EUPL.": ("EUPL-1.2",),
    "MIT License": ("MIT",),
    "CC BY 4.0": ("CC-BY-4.0",),
    "CC-BY 4.0 license": ("CC-BY-4.0",),
    "dl-de/by-2-0": ("DL-DE-BY-2.0",),
    "https://www.govdata.de/dl-de/zero-2-0": ("DL-DE-ZERO-2.0",),
    "https://opensource.org/licenses/EUPL-1.2": ("EUPL-1.2",),
    "https://spdx.org/licenses/GPL-3.0.html": ("GPL-3.0-only", "GPL-3.0-or-later"),
    "proprietary": ("LicenseRef-proprietary",),
    "MPL-2.0+": ("MPL-2.0",),
    "mit": ("MIT",),
    "MIT/Apache-2.0": ("MIT OR Apache-2.0", "MIT AND Apache-2.0"),
    "GPL v2 or later": ("GPL-2.0-or-later",),
    "llama3.1": ("LicenseRef-llama",),
    "Hausmarke 7": ("LicenseRef-Hausmarke-7",),
}


@pytest.mark.parametrize(("dependency", "work", "result", "source"), COMBINATIONS)
def test_a_dependency_in_a_work(dependency: str, work: str, result: str, source: str) -> None:
    found = of_dependency(dependency, work)

    assert (found.result, source in found.source) == (result, True), found


@pytest.mark.parametrize(("parts", "expected"), PARTS)
def test_parts_beside_each_other(parts: dict[str, str], expected: list[tuple[str, str]]) -> None:
    assert [(each.rule, each.severity) for each in of_parts(parts)] == expected


def test_every_rule_is_asked_by_a_combination() -> None:
    asked = {of_dependency(one, other).rule for one, other, _, _ in COMBINATIONS}
    rules = {f"dependency.{rule['id']}" for rule in data("compatibility")["dependencies"]}

    never = {"dependency.unclear", "dependency.unknown-work", "dependency.contract"}
    assert rules - asked - never == {
        "dependency.cecill-gpl",
        "dependency.eupl-11-work-listed",
    }
    assert of_dependency("MIT", "LicenseRef-Hausmarke").rule == "dependency.unknown-work"
    assert of_dependency("BUSL-1.1", "LicenseRef-proprietary").rule == "dependency.contract"
    assert of_dependency("CECILL-2.1", "GPL-3.0-only").rule == "dependency.cecill-gpl"
    assert of_dependency("GPL-2.0-only", "EUPL-1.1").rule == "dependency.eupl-11-work-listed"


def test_a_work_under_the_eupl_is_passed_on_under_the_licence_of_its_appendix() -> None:
    assert "GPL-3.0-only" in of_dependency("GPL-3.0-only", "EUPL-1.2").sentence.de
    assert "AGPL-3.0-only" in of_dependency("EUPL-1.2", "AGPL-3.0-only").sentence.en


@pytest.mark.parametrize(("text", "proposals"), SPELLINGS.items())
def test_a_spelling_has_its_proposals(text: str, proposals: tuple[str, ...]) -> None:
    assert tuple(recognize(text).proposals) == proposals


@pytest.mark.parametrize(
    ("text", "verdict", "normal", "rules"),
    [
        ("EUPL-1.2", "valid", "EUPL-1.2", []),
        ("(MIT OR Apache-2.0) AND EUPL-1.2", "valid", "(MIT OR Apache-2.0) AND EUPL-1.2", []),
        ("GPL-3.0", "valid_with_warnings", "GPL-3.0-only", [("license.deprecated", 1)]),
        ("MIT or EUPL-1.2", "valid_with_warnings", "MIT OR EUPL-1.2", [("license.operator", 5)]),
        ("MIT OR Apache 2", "invalid", "MIT OR Apache-2.0", [("license.name", 8)]),
        ("Hausmarke", "invalid", "LicenseRef-Hausmarke", [("license.unknown", 1)]),
        (
            "LicenseRef-Hausmarke",
            "valid_with_warnings",
            "LicenseRef-Hausmarke",
            [("license.reference", 1)],
        ),
        ("MIT AND", "invalid", "", [("license.syntax", 1)]),
        ("MIT WITH Nichts", "invalid", "MIT WITH Nichts", [("license.unknown-exception", 10)]),
        ("", "invalid", "", [("license.empty", 1)]),
        ("M" * (LONGEST + 1), "refused", "", [("license.too-long", LONGEST + 1)]),
        ("(" * 30 + "MIT" + ")" * 30, "refused", "", [("license.too-large", 1)]),
        ("MIT OR " * 60 + "MIT", "refused", "", [("license.too-large", 1)]),
        ("MIT\x00", "refused", "", [("license.control-character", 4)]),
    ],
)
def test_an_expression_is_read_with_its_faults(text, verdict, normal, rules) -> None:
    found = check(text)

    assert (found.verdict, found.expression) == (verdict, normal)
    assert [(each.rule, each.column) for each in found.problems] == rules


def test_a_choice_takes_the_most_open_and_a_sum_the_strictest() -> None:
    one, both = answers(check("MIT OR GPL-3.0-only")), answers(check("MIT AND GPL-3.0-only"))

    assert one["link_proprietary"].answer == "yes"
    assert both["link_proprietary"].answer == "no"
    assert [why.license for why in both["link_proprietary"].reasons] == ["GPL-3.0-only"]


def test_the_six_questions_of_the_usual_licences() -> None:
    def row(expression: str) -> list[str]:
        return [answers(check(expression))[question].answer for question in QUESTIONS]

    assert row("MIT") == ["yes", "yes", "yes", "yes", "conditions", "conditions"]
    assert row("EUPL-1.2") == ["yes", *["conditions"] * 5]
    assert row("GPL-3.0-only") == ["yes", "yes", "no", "yes", "conditions", "conditions"]
    assert row("AGPL-3.0-only") == ["yes", "conditions", "no", *["conditions"] * 3]
    assert row("CC-BY-ND-4.0")[-1] == "no"
    assert row("LicenseRef-proprietary") == ["conditions", "no", "conditions", "no", "no", "no"]
    assert row("LicenseRef-Hausmarke") == ["unknown"] * 6


def test_the_class_of_reuse() -> None:
    assert license_class("MIT OR LicenseRef-proprietary") == "free"
    assert license_class("MIT AND LicenseRef-proprietary") == "commercial"
    assert license_class("CC-BY-NC-3.0") == "restricted"
    assert license_class("GPL-3.0") == "free"
    assert license_class("Hausmarke") == license_class("") == "not_stated"


def test_what_was_read_names_its_source_and_section() -> None:
    assert all(each.source.startswith("https://") and each.where for each in licenses().values())
    assert {each.terms.name for each in licenses().values()} <= set(terms())
    assert of("JSON").basis == "group"


def test_every_licence_of_real_files_is_recognized_or_has_a_proposal(shared_data: Path) -> None:
    named = re.compile(
        r"""(?i)["']?\b(?:licen[cs]e|spdx_?id)["']?\s*[:=]\s*["']?([^"'\n\[\{,\\#]{2,80})"""
    )
    found = set()
    for path in shared_data.rglob("*"):
        if path.suffix in (".yml", ".yaml", ".json", ".jsonl", ".cff", ".csv", ".md", ".ttl"):
            text = path.read_text("utf-8", errors="replace")
            found |= {match.strip() for match in named.findall(text)}
    assert len(found) > 40

    for text in found:
        read = check(text)
        if read.verdict is Verdict.VALID or read.verdict is Verdict.REFUSED:
            continue
        assert read.problems
        assert read.proposal or read.expression == text or not read.expression
    ids = {text for text in found if re.fullmatch(r"[A-Z0-9]+(-[A-Za-z0-9.]+)+\+?", text)}
    assert {"EUPL-1.2", "GPL-3.0", "OSL-1.0"} <= ids
    unknown = {text for text in ids if recognize(text).kind is Kind.UNKNOWN}
    assert unknown == set(), json.dumps(sorted(unknown))
