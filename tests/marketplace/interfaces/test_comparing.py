"""Each rule of the table has a smallest pair that triggers it and nothing else."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.cli.interfaces import interface
from marketplace.interfaces import modelling, reading
from marketplace.interfaces.comparing import Comparison, compare
from marketplace.interfaces.differences import rules

Document = dict[str, Any]
JSON = "application/json"
TEXT: Document = {"type": "string"}


def api(
    request: Document | None = None,
    answer: Document | None = None,
    parameters: list[Document] | None = None,
    body: Document | None = None,
    **more: Any,
) -> Document:
    """One operation that takes and gives an object; ``more`` replaces parts of the operation."""
    operation: Document = {
        "operationId": "decide",
        "parameters": parameters or [],
        "requestBody": {"content": {JSON: {"schema": thing(request or TEXT)}}} | (body or {}),
        "responses": {
            "200": {"description": "", "content": {JSON: {"schema": thing(answer or TEXT)}}}
        },
    } | more
    return {
        "openapi": "3.0.3",
        "info": {"title": "Hafen", "version": "1.0.0"},
        "paths": {"/a": {"post": {key: each for key, each in operation.items() if each != "no"}}},
    }


def thing(value: Document, required: list[str] | None = None, **more: Document) -> Document:
    return {"type": "object", "properties": {"x": value, **more}, "required": required or []}


def parameter(**facts: Any) -> list[Document]:
    return [{"name": "q", "in": "query", "schema": TEXT} | facts]


def request(schema: Document, **more: Any) -> Document:
    return api(requestBody={"content": {JSON: {"schema": schema}}}, **more)


def answer(schema: Document) -> Document:
    return api(responses={"200": {"description": "", "content": {JSON: {"schema": schema}}}})


def both_ways(rule_old: str, rule_new: str, old: Document, new: Document) -> dict[str, Any]:
    """A pair, and the same pair turned round."""
    return {rule_old: (old, new), rule_new: (new, old)}


def with_answer(status: str) -> Document:
    document = api()
    document["paths"]["/a"]["post"]["responses"][status] = {"description": ""}
    return document


def with_content() -> Document:
    document = api()
    content = document["paths"]["/a"]["post"]["responses"]["200"]["content"]
    content["text/csv"] = {"schema": TEXT}
    return document


KEY = {"security": [{"key": []}]}
NAMES = [{"title": "A"} | TEXT, {"title": "B", "type": "integer"}]
PAIRS: dict[str, tuple[Document, Document]] = {
    **both_ways("server_added", "server_removed", api(), api() | {"servers": [{"url": "/b"}]}),
    **both_ways(
        "operation_added",
        "operation_removed",
        api(),
        api() | {"paths": api()["paths"] | {"/b": {"get": {"responses": {}}}}},
    ),
    **both_ways("operation_deprecated", "operation_kept", api(), api(deprecated=True)),
    "operation_renamed": (api(), api(operationId="choose")),
    **both_ways("security_tightened", "security_loosened", api(), api(**KEY)),
    **both_ways("parameter_added", "parameter_removed", api(), api(parameters=parameter())),
    "parameter_added_required": (api(), api(parameters=parameter(required=True))),
    **both_ways(
        "parameter_became_required",
        "parameter_became_optional",
        api(parameters=parameter()),
        api(parameters=parameter(required=True)),
    ),
    **both_ways("body_added", "body_removed", api(requestBody="no"), api()),
    "body_added_required": (api(requestBody="no"), api(body={"required": True})),
    **both_ways(
        "body_became_required", "body_became_optional", api(), api(body={"required": True})
    ),
    **both_ways("answer_added", "answer_removed", api(), with_answer("201")),
    "error_removed": (with_answer("404"), api()),
    **both_ways("content_added", "content_removed", api(), with_content()),
    **both_ways(
        "request_type_widened",
        "request_type_narrowed",
        api(request=TEXT),
        api(request=TEXT | {"nullable": True}),
    ),
    **both_ways(
        "request_property_added", "request_property_removed", api(), request(thing(TEXT, y=TEXT))
    ),
    "request_property_added_required": (api(), request(thing(TEXT, ["y"], y=TEXT))),
    **both_ways(
        "request_property_became_required",
        "request_property_became_optional",
        api(),
        request(thing(TEXT, ["x"])),
    ),
    **both_ways(
        "request_value_added",
        "request_value_removed",
        api(request={"type": "string", "enum": ["a"]}),
        api(request={"type": "string", "enum": ["a", "b"]}),
    ),
    **both_ways(
        "request_limit_tightened",
        "request_limit_loosened",
        api(request=TEXT | {"maxLength": 10}),
        api(request=TEXT | {"maxLength": 5}),
    ),
    **both_ways(
        "request_form_changed", "request_form_dropped", api(), api(request=TEXT | {"format": "uri"})
    ),
    **both_ways(
        "request_alternative_added",
        "request_alternative_removed",
        api(request={"oneOf": NAMES[:1]}),
        api(request={"oneOf": NAMES}),
    ),
    **both_ways(
        "answer_type_widened",
        "answer_type_narrowed",
        api(answer=TEXT),
        api(answer=TEXT | {"nullable": True}),
    ),
    **both_ways(
        "answer_property_added", "answer_property_removed", api(), answer(thing(TEXT, y=TEXT))
    ),
    **both_ways(
        "answer_property_became_required",
        "answer_property_became_optional",
        api(),
        answer(thing(TEXT, ["x"])),
    ),
    **both_ways(
        "answer_value_added",
        "answer_value_removed",
        api(answer={"type": "string", "enum": ["a"]}),
        api(answer={"type": "string", "enum": ["a", "b"]}),
    ),
    **both_ways(
        "answer_limit_loosened",
        "answer_limit_tightened",
        api(answer=TEXT | {"maxLength": 5}),
        api(answer=TEXT | {"maxLength": 10}),
    ),
    **both_ways(
        "answer_form_added", "answer_form_changed", api(), api(answer=TEXT | {"format": "uri"})
    ),
    **both_ways(
        "answer_alternative_added",
        "answer_alternative_removed",
        api(answer={"oneOf": NAMES[:1]}),
        api(answer={"oneOf": NAMES}),
    ),
    "property_deprecated": (api(), api(answer=TEXT | {"deprecated": True})),
    "reference_changed": (
        api(answer={"$ref": "https://schemas.hafen.de/1"}),
        api(answer={"$ref": "https://schemas.hafen.de/2"}),
    ),
}


def compared(old: Document, new: Document) -> Comparison:
    models = [
        modelling.model(reading.read(json.dumps(each).encode(), "a.json")) for each in (old, new)
    ]
    return compare(models[0], models[1])


@pytest.mark.parametrize("rule", PAIRS)
def test_a_rule_is_triggered_alone_by_its_smallest_pair(rule: str) -> None:
    found = compared(*PAIRS[rule])
    both = [*found.breaking, *found.compatible]
    assert [each.rule for each in both] == [rule]
    assert both[0] in (found.breaking if rules()[rule].effect == "breaking" else found.compatible)
    assert all("%(" not in both[0].sentence(language) for language in ("de", "en"))


def test_every_rule_has_a_pair() -> None:
    assert set(PAIRS) == set(rules())


schemas = st.recursive(
    st.one_of(
        st.just(TEXT),
        st.fixed_dictionaries({"type": st.sampled_from(["integer", "boolean", "number"])}),
        st.fixed_dictionaries({"enum": st.lists(st.text(max_size=3), max_size=3)}),
        st.just({"$ref": "#/components/schemas/Ring"}),
    ),
    lambda inner: st.one_of(
        st.fixed_dictionaries(
            {"type": st.just("array"), "items": inner, "minItems": st.integers(0, 3)}
        ),
        st.fixed_dictionaries({"properties": st.dictionaries(st.text(max_size=3), inner)}),
        st.fixed_dictionaries({"oneOf": st.lists(inner, max_size=3)}),
        st.fixed_dictionaries({"allOf": st.lists(inner, max_size=3)}),
    ),
    max_leaves=12,
)


@given(schemas, schemas)
@settings(max_examples=150, deadline=None)
def test_a_document_does_not_differ_from_itself(sent: Document, got: Document) -> None:
    ring = {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Ring"}}}
    document = api(sent, got) | {"components": {"schemas": {"Ring": ring}}}
    found = compared(document, copy.deepcopy(document))
    assert (found.breaking, found.compatible) == ([], [])


@given(schemas, schemas)
@settings(max_examples=100, deadline=None)
def test_what_is_added_one_way_is_removed_the_other(one: Document, other: Document) -> None:
    there, back = (
        compared(api(answer=one), api(answer=other)),
        compared(api(answer=other), api(answer=one)),
    )
    assert bool(there.breaking or there.compatible) == bool(back.breaking or back.compatible)


def test_messages_are_compared_in_the_direction_they_go() -> None:
    def events(action: str, values: list[str]) -> Document:
        schema = {"type": "object", "properties": {"x": {"type": "string", "enum": values}}}
        return {
            "asyncapi": "3.0.0",
            "info": {"title": "Hafen", "version": "1"},
            "channels": {"a": {"address": "a/b", "messages": {"m": {"payload": schema}}}},
            "operations": {"o": {"action": action, "channel": {"$ref": "#/channels/a"}}},
        }

    sent = compared(events("send", ["a"]), events("send", ["a", "b"]))
    received = compared(events("receive", ["a"]), events("receive", ["a", "b"]))
    assert [each.rule for each in sent.breaking] == ["answer_value_added"]
    assert [each.rule for each in received.compatible] == ["request_value_added"]


# Checked by hand against the two files: version 1.1.0 adds the parameter "expand" to four reads and
# lets their answers carry "_expand"; nothing else changed. Turned round, both are missed.
BRC_READS = (
    "GET /besluiten",
    "GET /besluiten/{uuid}",
    "GET /besluitinformatieobjecten",
    "GET /besluitinformatieobjecten/{uuid}",
)
BRC = [
    ("parameter_added", "/components/parameters/expand", BRC_READS),
    (
        "answer_property_added",
        "/components/schemas/BesluitExpanded/allOf/1/properties/_expand",
        BRC_READS[:2],
    ),
    (
        "answer_property_added",
        "/components/schemas/BesluitInformatieObjectExpanded/allOf/1/properties/_expand",
        BRC_READS[2:],
    ),
]


def test_two_versions_of_a_real_interface_differ_as_read_by_hand(shared_data: Path) -> None:
    folder = shared_data / "interface-specs" / "openapi-nl-zgw"
    old, new = (
        modelling.model(reading.read((folder / f"brc-{version}.yaml").read_bytes()))
        for version in ("1.0.2", "1.1.0")
    )
    there, back = compare(old, new), compare(new, old)
    assert there.breaking == []
    assert [(each.rule, each.pointer, each.operations) for each in there.compatible] == BRC
    assert [(each.rule.replace("removed", "added"), each.pointer, each.operations)
            for each in back.breaking] == BRC  # fmt: skip


def test_the_command_tells_breaking_from_compatible(tmp_path: Path) -> None:
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    old.write_text(json.dumps(api()))
    new.write_text(json.dumps(api(parameters=parameter(required=True), deprecated=True)))
    run = CliRunner().invoke(interface, ["diff", str(old), str(new), "--json"])
    answer = json.loads(run.output)
    assert run.exit_code == 1
    assert [each["rule"] for each in answer["breaking"]] == ["parameter_added_required"]
    assert [each["rule"] for each in answer["compatible"]] == ["operation_deprecated"]
    assert answer["breaking"][0]["operations"] == ["POST /a"]
    assert CliRunner().invoke(interface, ["diff", str(old), str(old)]).exit_code == 0
    new.write_text("no description")
    assert CliRunner().invoke(interface, ["diff", str(old), str(new)]).exit_code == 2
