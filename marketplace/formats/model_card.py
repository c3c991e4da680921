"""Model cards of Hugging Face to our record: README.md with metadata in YAML at its head.

Metadata: the model card specification of the Hub, https://hf.co/docs/hub/model-cards. Sections: the
annotated template, https://hf.co/docs/hub/model-card-annotated. Sections are found by their
headings; what stands under other headings is named and left. Results are what the authors report.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from catalog.errors import Problem
from catalog.licenses.checking import Verdict, check
from catalog.licenses.spelling import Kind, recognize
from marketplace.formats import yaml_text
from marketplace.formats.drafts import Draft, key_of, presentable
from marketplace.formats.jsonl import language_of
from marketplace.formats.records import Refused, Taken, excerpt
from marketplace.formats.single_files import MAX_FILE, SingleFiles, mapping_of

SOURCE = "model-card"

MOST_HEAD = 128 * 1024
"""Bytes of the metadata."""

SECTIONS: Mapping[str, str] = {
    "model description": "description",
    "model summary": "description",
    "model details": "description",
    "overview": "description",
    "description": "description",
    "introduction": "description",
    "uses": "description",
    "intended uses": "description",
    "intended use": "description",
    "intended uses & limitations": "description",
    "direct use": "description",
    "downstream use": "description",
    "out-of-scope use": "limits",
    "limitations": "limits",
    "limitations and bias": "limits",
    "bias, risks, and limitations": "risks",
    "ethical considerations": "risks",
    "recommendations": "risks",
    "training data": "data.training",
    "training details": "data.training",
    "training dataset": "data.training",
    "evaluation": "benefits",
    "evaluation results": "benefits",
    "results": "benefits",
    "hardware": "hardware",
    "hardware requirements": "hardware",
    "software": "prerequisites",
    "requirements": "prerequisites",
}
"""Which of our fields the text below a heading goes to."""

_GENERATES = frozenset(
    {
        "text-generation", "text2text-generation", "image-text-to-text", "text-to-image",
        "text-to-speech", "text-to-audio", "text-to-video", "image-to-image", "image-to-text",
        "summarization", "translation", "any-to-any", "audio-text-to-text",
    }
)  # fmt: skip
"""Tasks of the Hub whose answer is a new text, picture or sound."""

_READ = frozenset(
    {
        "license", "license_name", "license_link", "language", "tags", "pipeline_tag",
        "library_name", "datasets", "base_model", "model_name", "model-index", "metrics",
    }
)  # fmt: skip
_HEAD = re.compile(r"\A---[ \t]*\n(.*?)^---[ \t]*$", re.DOTALL | re.MULTILINE)
_HEADING = re.compile(r"^(#{1,6})[ \t]+(.+?)[ \t#]*$")
_LINK = re.compile(r"!?\[([^\]\n]{0,500})\]\([^)\n]{0,2000}\)")
_PLACEHOLDER = "[More Information Needed]"


def one(row: int, file_name: str, content: bytes) -> Taken | Refused:
    """The record of one file."""
    parts = _parts(content)
    if parts is None:
        problem = Problem("", "The card has no metadata: it must begin with a line of three dashes,"
                          " keys with values, and three dashes again.")  # fmt: skip
        return Refused(row, problem, excerpt=excerpt(file_name))
    found = mapping_of(row, file_name, parts[0], yaml_text.parse)
    if isinstance(found, Refused):
        return found
    whole, doubled = found
    value, warnings, too_big = presentable(row, {**whole, "text": parts[1]})
    if too_big:
        return too_big
    sections = _sections(value["text"])
    name = _name(value, sections)
    if not name:
        problem = Problem("model_name", "Give the card a heading that names the model.")
        return Refused(row, problem, excerpt=excerpt(file_name))
    draft = Draft(row, "en")
    draft.warnings += warnings
    draft.warnings += [
        Problem(key[:80], "“%(name)s” stands twice; the last one counts.", {"name": key[:80]})
        for key in dict.fromkeys(doubled)
    ]
    draft.put("name", name)
    _put_facts(draft, value)
    _put_license(draft, value)
    _put_dependencies(draft, value)
    _put_results(draft, value)
    _put_sections(draft, sections, name)
    draft.leave(sorted(set(whole) - _READ))
    draft.put("source.name", "README.md")
    key = key_of(name)
    return draft.finish(SOURCE, key, value)


FILES = SingleFiles("model-card", "README.md, *.model-card.md", MAX_FILE, one)


def _parts(content: bytes) -> tuple[bytes, str] | None:
    """The metadata and the text below; None if there are no metadata."""
    text = content.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace").replace("\r\n", "\n")
    found = _HEAD.match(text)
    if found is None or len(found[1]) > MOST_HEAD:
        return None
    return found[1].encode(), _without_comments(text[found.end() :])


def _without_comments(text: str) -> str:
    """Text without HTML comments; one that is never closed ends the text."""
    first, *rest = text.split("<!--")
    return first + "".join(each.partition("-->")[2] for each in rest)


def _sections(text: str) -> Sequence[tuple[int, str, str]]:
    """Level, heading and text of each section; what stands above the first has level 0."""
    found: list[tuple[int, str, list[str]]] = [(0, "", [])]
    is_code = False
    for line in text.split("\n"):
        if line.lstrip().startswith(("```", "~~~")):
            is_code = not is_code
        heading = None if is_code else _HEADING.match(line[:500])
        if heading:
            found.append((len(heading[1]), _plain(heading[2]), []))
        else:
            found[-1][2].append(line)
    return [(level, title, _plain("\n".join(lines))) for level, title, lines in found]


def _plain(text: str) -> str:
    """Text without the marks of links, pictures and emphasis, and without placeholders."""
    text = _LINK.sub(r"\1", text.replace(_PLACEHOLDER, "")).replace("**", "").replace("`", "")
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _name(value: Mapping[str, Any], sections: Sequence[tuple[int, str, str]]) -> str:
    index = [each.get("name") for each in _maps(value.get("model-index"))]
    title = next((title for level, title, _text in sections if level == 1), "")
    given = [_text(value.get("model_name")), *index, title.removeprefix("Model Card for ")]
    first = next((each for each in given if isinstance(each, str) and each.strip()), "")
    return " ".join(first.split())


def _put_facts(draft: Draft, value: Mapping[str, Any]) -> None:
    for tag in _texts(value.get("language")):
        if tag in ("multilingual", "code"):
            draft.keep("languages", tag)
        else:
            draft.put("languages", language_of(tag))
    task = _text(value.get("pipeline_tag"))
    draft.put("technology", "generative" if task in _GENERATES else "machine_learning")
    for word in (task, *_texts(value.get("tags"))):
        draft.put("keywords", word)
    datasets = _texts(value.get("datasets"))
    draft.put("data.training", "\n".join(f"- {each}" for each in datasets))
    draft.put("sovereignty.model", "\n".join(_texts(value.get("base_model"))))


def _put_license(draft: Draft, value: Mapping[str, Any]) -> None:
    """The Hub's ids are SPDX ids in lower case, names of its own, or ``other`` with a name."""
    given = _texts(value.get("license"))
    if given == ["other"]:
        given = [_text(value.get("license_name")) or "other"]
        draft.keep("license_link", _text(value.get("license_link")))
    found = [license_in(each) for each in given]
    for written, read_as in zip(given, found, strict=True):
        if recognize(written).kind is Kind.NAME and read_as != written:
            draft.warn("licenses.model", "“%(words)s” is read as %(license)s.",
                       words=written[:80], license=read_as)  # fmt: skip
    draft.put_license(" AND ".join(found), "licenses.model")


def license_in(written: str) -> str:
    """The SPDX expression for an id of the Hub; what is not known stays as it is."""
    found = recognize(written)
    if found.kind is Kind.NAME and len(found.proposals) == 1:
        return found.id
    checked = check(written)
    readable = (Verdict.VALID, Verdict.VALID_WITH_WARNINGS)
    return checked.expression if checked.verdict in readable else written


def _put_dependencies(draft: Draft, value: Mapping[str, Any]) -> None:
    for model in _texts(value.get("base_model")):
        draft.put_dependency(model, part="model")
    draft.put_dependency(_text(value.get("library_name")))


def _put_results(draft: Draft, value: Mapping[str, Any]) -> None:
    lines = []
    for model in _maps(value.get("model-index")):
        for result in _maps(model.get("results")):
            where = _text((_maps(result.get("dataset")) or [{}])[0].get("name"))
            for metric in _maps(result.get("metrics")):
                name = _text(metric.get("name")) or _text(metric.get("type"))
                lines.append(f"- {name}: {_text(metric.get('value'))}{f' ({where})' * bool(where)}")
    draft.put("benefits", "\n".join(lines))
    if not lines:
        draft.keep("metrics", "; ".join(_texts(value.get("metrics"))))


def _put_sections(draft: Draft, sections: Sequence[tuple[int, str, str]], name: str) -> None:
    left: dict[str, None] = {}
    field, depth = "description", 0
    for level, title, text in sections:
        known = SECTIONS.get(title.casefold())
        if known is not None or level <= depth:
            field, depth = known or "", level
        if level <= 1:
            field = "description"
        if not text:
            continue
        if field:
            draft.put(field, text)
        else:
            left[title] = None
    for title in left:
        draft.warn("text", "What stands below “%(words)s” is not taken.", words=title[:80])
    whole = draft.values.get("description", {}).get(draft.language, "")
    sentence = re.split(r"(?<=[.!?])\s|\n", whole, maxsplit=1)[0].strip()
    if sentence != name and len(sentence) <= 300:
        draft.put("summary", sentence)


def _maps(value: Any) -> list[Mapping[str, Any]]:
    found = value if isinstance(value, list) else [value]
    return [each for each in found if isinstance(each, dict)]


def _text(value: Any) -> str:
    return value.strip() if isinstance(value, str) else ""


def _texts(value: Any) -> list[str]:
    found = value if isinstance(value, list) else [value]
    return [each.strip() for each in found if isinstance(each, str) and each.strip()]
