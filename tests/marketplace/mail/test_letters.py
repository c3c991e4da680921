"""A letter says the same as plain text and as HTML, in one language."""

import re

import pytest

from catalog.errors import Invalid
from marketplace.mail.letters import Letter, Link, Section, rendered

LETTER = Letter(
    language="de",
    subject="Ihre Woche",
    name="Anna <b>Muster</b>",
    paragraphs=("Es gibt Neues.",),
    action=Link("Ansehen", "https://node.example/de?a=1&b=2"),
    sections=(Section("Lösungen", (Link("PostLotse", "https://node.example/p", "neu"),)),),
    closing=("Der Link gilt einen Tag.",),
    reason="Sie beobachten eine Lösung.",
)


def test_text_and_html_say_the_same() -> None:
    content = rendered(LETTER, node_name="Knoten", unsubscribe="https://node.example/u/1")
    plain = re.sub(r"<title>.*?</title>|<[^>]+>", " ", content.html)
    for said in ("Guten Tag", "Es gibt Neues.", "Ansehen", "Lösungen", "PostLotse", "neu",
                 "Der Link gilt einen Tag.", "Sie beobachten eine Lösung.", "Knoten",
                 "Keine E-Mails dieser Art mehr"):  # fmt: skip
        assert said in content.text
        assert said in plain
    assert "https://node.example/de?a=1&b=2" in content.text.split("\n")
    assert 'href="https://node.example/de?a=1&amp;b=2"' in content.html


def test_what_people_typed_is_no_markup() -> None:
    content = rendered(LETTER, node_name="<i>Knoten</i>")

    assert "<b>" not in content.html
    assert "<i>" not in content.html
    assert "Anna <b>Muster</b>" in content.text


def test_html_loads_nothing_and_counts_nobody() -> None:
    html = rendered(LETTER, node_name="Knoten").html

    assert not re.search(r"<(img|script|link|style|iframe)|style=|src=", html)


@pytest.mark.parametrize(
    "subject", ["", "Neues\nBcc: alle@stadt.de", "Neues\rBcc: alle@stadt.de", "x" * 201]
)
def test_a_subject_is_one_line(subject: str) -> None:
    with pytest.raises(Invalid):
        rendered(Letter("de", subject), node_name="Knoten")
