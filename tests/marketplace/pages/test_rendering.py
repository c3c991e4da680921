"""Pieces of pages that are remembered are the ones that would be drawn anew."""

from markupsafe import Markup

from marketplace.pages.rendering import environment


def drawn(body: object) -> str:
    env = environment("de")
    template = env.from_string(
        "{% macro p(body) %}<p>{{ body }}</p>{% endmacro %}{{ remembered(p, body) }}"
    )
    return template.render(body=body)


def test_text_and_markup_that_read_alike_are_never_taken_for_each_other() -> None:
    env = environment("de")
    template = env.from_string(
        "{% macro p(body) %}<p>{{ body }}</p>{% endmacro %}"
        "{% for body in bodies %}{{ remembered(p, body) }}{% endfor %}"
    )

    html = template.render(bodies=[Markup("<b>"), "<b>", Markup("<b>")])

    assert html == "<p><b></p><p>&lt;b&gt;</p><p><b></p>"


def test_remembered_piece_is_no_text_to_be_escaped() -> None:
    assert drawn("Müll & Abfall") == "<p>Müll &amp; Abfall</p>"


def test_same_piece_is_drawn_once() -> None:
    env = environment("de")
    count: list[int] = []
    env.globals["noted"] = lambda: count.append(1) or ""
    template = env.from_string(
        "{% macro p(body) %}{{ noted() }}{{ body }}{% endmacro %}"
        "{% for body in 'aab' %}{{ remembered(p, body) }}{% endfor %}"
    )

    try:
        assert template.render() == "aab"
        assert len(count) == 2
    finally:
        del env.globals["noted"]
