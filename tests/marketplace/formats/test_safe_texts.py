"""Texts from strangers: JSON, YAML, encodings, control characters."""

import time

import pytest

from marketplace.formats import characters, encoding, html_text, json_text, yaml_text
from marketplace.formats.json_text import BrokenText
from marketplace.formats.records import Unreadable


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "[1,]",
        "{'a': 1}",
        "[NaN]",
        "[Infinity]",
        "[1e999]",
        '["\\ud800"]',
        '{"\\udc00": 1}',
        '["\t"]',
        "[" * 100_000,
        "[1] 2",
        "[" + "9" * 5_000 + "]",
    ],
)
def test_json_that_breaks_a_rule_is_refused(text: str) -> None:
    with pytest.raises(BrokenText):
        json_text.parse(text)


def test_json_fault_is_named_by_line_and_column() -> None:
    with pytest.raises(BrokenText) as caught:
        json_text.parse('{\n  "a": 1,\n  "b": oops\n}')
    assert (caught.value.line, caught.value.column) == (3, 8)


def test_json_depth_counts_brackets_outside_of_texts_only() -> None:
    value, _ = json_text.parse('["' + "[" * 500 + '"]')
    assert value == ["[" * 500]
    with pytest.raises(BrokenText, match="deeper than 64"):
        json_text.parse("[" * 65 + "]" * 65)


def test_json_key_that_stands_twice_is_named_and_the_last_one_counts() -> None:
    assert json_text.parse('{"a": 1, "a": 2, "b": 3}') == ({"a": 2, "b": 3}, ["a"])


def test_json_whole_pairs_pass() -> None:
    assert json_text.parse('["\\ud83d\\ude00"]') == (["😀"], [])


def test_yaml_scalars_stay_what_was_written() -> None:
    value, _ = yaml_text.parse("a: 1.10\nb: no\nc: 2026-02-30\nd: ~\ne: '~'\nf: 0123\n")
    assert value == {"a": "1.10", "b": "no", "c": "2026-02-30", "d": None, "e": "~", "f": "0123"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: !!python/object/apply:os.getcwd []", "tag"),
        ("a: !own x", "tag"),
        ("a: &x [1]\nb: *x", "References"),
        ("a: &x\n  b: *x", "References"),
        ("a: 1\n---\nb: 2", "more than one document"),
        ("a:\n\tb: 1", "tab|\\\\t"),
        ("? [1, 2]\n: 3", "plain text"),
        ("[" * 40 + "]" * 40, "deeper"),
    ],
)
def test_yaml_that_could_do_harm_is_refused(text: str, reason: str) -> None:
    with pytest.raises(BrokenText, match=reason):
        yaml_text.parse(text)


def test_yaml_with_endless_values_stops_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_text, "MAX_NODES", 10)
    with pytest.raises(BrokenText, match="More than 10"):
        yaml_text.parse("\n".join(f"- {n}" for n in range(20)))


def test_control_characters_go_and_misread_dashes_come_back() -> None:
    assert characters.clean("a\x00b\x1b[31m\x96c\x81\t\n") == ("ab[31m–c\t\n", 4)


def test_everything_but_control_characters_stays_byte_for_byte() -> None:
    text = "\u202ertl \u200b zero ﷽ 👩‍👩‍👧 \u2066x\u2069 Ｆｕｌｌ e\u0301 \ufeff"
    assert characters.clean(text) == (text, 0)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("Köln".encode(), "utf-8"),
        (b"\xef\xbb\xbfK\xc3\xb6ln", "utf-8-sig"),
        ("Köln".encode("utf-16"), "utf-16"),
        ("Köln;Bonn".encode("utf-16-le"), "utf-16-le"),
        ("Köln;Bonn".encode("utf-16-be"), "utf-16-be"),
        ("Köln".encode("cp1252"), "cp1252"),
    ],
)
def test_encoding_is_detected_and_named(content: bytes, name: str) -> None:
    text, found, _ = encoding.decode(content)
    assert found == name
    assert text.startswith("Köln")


def test_a_guessed_encoding_is_a_warning_and_the_operators_word_is_not() -> None:
    _, _, guessed = encoding.decode("Łódź".encode("cp1250"))
    text, name, told = encoding.decode("Łódź".encode("cp1250"), "cp1250")
    assert [problem.field for problem in guessed] == ["encoding"]
    assert (text, name, told) == ("Łódź", "cp1250", [])


def test_an_unknown_or_wrong_encoding_is_refused() -> None:
    with pytest.raises(Unreadable, match="no encoding"):
        encoding.decode(b"x", "klingon")
    with pytest.raises(Unreadable, match="byte 1"):
        encoding.decode(b"a\xff", "ascii")


def test_html_becomes_paragraphs_and_lists_and_scripts_vanish() -> None:
    text = "<div><p>One &amp; two</p><ul><li>a</li><li>b</li></ul><script>x()</script></div>"
    assert html_text.plain(text) == "One & two\n- a\n- b"


def test_a_text_without_html_stays_as_it_is() -> None:
    assert html_text.plain("a < b  and\tc > d") == "a < b  and\tc > d"


@pytest.mark.parametrize("part", ["<a ", "<p", "<!--", '<p a="', "<p>&#", "</", "<script>"])
def test_endless_unclosed_markup_costs_no_time(part: str) -> None:
    text = "<p>" + part * (90_000 // len(part))
    began = time.process_time()
    html_text.plain(text)
    assert time.process_time() - began < 2
