"""Every rule of the table has a smallest file that breaks it, and says where and what to do."""

import gzip
import io
import json
import zipfile

import pytest
from click.testing import CliRunner

from marketplace.cli.interfaces import interface
from marketplace.interfaces import official, reading, yaml_document
from marketplace.interfaces.checking import MAX_PROBLEMS, Verdict, check
from marketplace.interfaces.spec_problems import rules

HEAD = "openapi: 3.0.3\ninfo: {title: Hafen, version: 1.0.0}\n"
EMPTY = HEAD + "paths: {}\n"


def zipped(**files: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/").replace("_yaml", ".yaml"), content)
    return packed.getvalue()


def operation(body: str) -> str:
    return HEAD + f"paths:\n  /a:\n    get: {{responses: {{200: {{description: x}}}}, {body}}}\n"


def refers(to: str) -> str:
    return EMPTY + f"components:\n  schemas:\n    A: {{$ref: '{to}'}}\n"


CASES: dict[str, bytes | str] = {
    "empty_file": " \n",
    "too_large": b" " * (reading.MAX_BYTES + 1),
    "encoding": "openapi: Köln".encode("latin-1"),
    "syntax": '{"openapi": "3.0.3",}',
    "duplicate_key": EMPTY + "paths: {}\n",
    "nesting": EMPTY + "x: " + "[" * 70 + "]" * 70,
    "too_many_values": EMPTY
    + "".join(f"x-{i}: &a{i} [{', '.join([f'*a{i - 1}' if i else '1'] * 9)}]\n" for i in range(9)),
    "alias_cycle": EMPTY + "x-a: &a {b: *a}\n",
    "yaml_tag": EMPTY + "x-a: !!python/name:os.system ''\n",
    "compression": gzip.compress(b"[" + b" " * 4_000_000 + b"]"),
    "archive_path": zipped(**{"..__up_yaml": "a: 1", "openapi_yaml": EMPTY}),
    "archive": b"PK\x03\x04 broken",
    "entities": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    "unknown_format": "just a sentence",
    "web_page": "<!DOCTYPE html><html><body>404</body></html>",
    "unknown_version": EMPTY.replace("3.0.3", "4.0.0"),
    "required": HEAD,
    "unexpected": EMPTY + "overlays: {}\n",
    "type": HEAD + "paths: []\n",
    "enum": EMPTY + "components: {schemas: {A: {type: int}}}\n",
    "format": EMPTY.replace("title: Hafen", "title: Hafen, contact: {email: nobody}"),
    "pattern": '{"protocolVersion": "new", "serverInfo": {"name": "a", "version": "1"}}',
    "unique": EMPTY + "components: {schemas: {A: {required: [a, a]}}}\n",
    "schema": operation("parameters: []").replace("200: {description: x}", ""),
    "key_name": '{"specversion": "1.0", "id": "1", "type": "a", "source": "/b", "My-Name": "c"}',
    "broken_reference": refers("#/components/schemas/B"),
    "reference_loop": refers("#/components/schemas/A"),
    "missing_file": refers("other.yaml#/B"),
    "separate_path": HEAD + "paths: {/a: {$ref: 'paths/a.yaml'}}\n",
    "external_reference": refers("https://schemas.hafen.de/a.json"),
    "unreachable_reference": refers("https://example.org/a.json"),
    "unsafe_reference": refers("http://169.254.169.254/latest"),
    "path_parameter": operation("summary: x").replace("/a:", "'/a/{id}':"),
    "duplicate_parameter": operation(
        "parameters: [{name: a, in: query, schema: {}},"
        " {name: a, in: query, schema: {type: string}}]"
    ),
    "duplicate_operation": operation("operationId: x")
    + "  /b: {get: {responses: {200: {description: x}}, operationId: x}}\n",
    "same_path": HEAD + "paths: {'/a/{b}': {}, '/a/{c}': {}}\n",
    "unknown_security": operation("security: [{key: []}]"),
    "duplicate_tag": EMPTY + "tags: [{name: a}, {name: a, description: b}]\n",
    "address": EMPTY + "externalDocs: {url: folgt}\n",
    "active_content": EMPTY.replace("Hafen", "'<script>alert(1)</script>'"),
    "no_security": operation("summary: x"),
    "no_error_answer": operation("summary: x"),
    "version_unclear": EMPTY.replace("1.0.0", "final"),
    "no_contact": EMPTY,
    "no_license": EMPTY,
    "unencrypted_server": EMPTY + "servers: [{url: 'http://api.hafen.de'}]\n",
    "internal_address": EMPTY + "servers: [{url: 'https://localhost/'}]\n",
    "secret": EMPTY + "components: {schemas: {A: {example: AKIAIOSFODNN7EXAMPLE}}}\n",
    "more": HEAD + "paths:\n" + "".join(f"  /a{i}: {{GET: 1}}\n" for i in range(MAX_PROBLEMS + 5)),
}


@pytest.mark.parametrize("rule", CASES)
def test_a_rule_is_broken_by_its_smallest_file(rule: str) -> None:
    content = CASES[rule]
    found = check(content.encode() if isinstance(content, str) else content)
    assert rule in {problem.rule for problem in found.problems}
    for language in ("de", "en"):
        assert all("%(" not in problem.sentence(language) for problem in found.problems)


def test_every_rule_has_a_case_and_a_source() -> None:
    assert set(CASES) == set(rules())
    assert all(rule.source for rule in rules().values())


def test_the_gravest_severity_decides_the_verdict() -> None:
    def verdict(rule: str) -> Verdict:
        content = CASES[rule]
        return check(content.encode() if isinstance(content, str) else content).verdict

    assert verdict("unsafe_reference") is Verdict.REFUSED
    assert verdict("broken_reference") is Verdict.INVALID
    assert verdict("no_license") is Verdict.WITH_WARNINGS
    good = EMPTY.replace("}", ", contact: {name: Amt}, license: {name: EUPL-1.2}}", 1)
    assert check(good.encode()).verdict is Verdict.VALID


@pytest.mark.parametrize("write", ["yaml", "json"])
def test_a_problem_names_line_and_pointer(write: str) -> None:
    if write == "yaml":
        text = HEAD + "paths:\n  /a:\n    get:\n      responses:\n        200: {}\n"
        line = 7
    else:
        document = yaml_document.read(HEAD + "paths: {/a: {get: {responses: {200: {}}}}}").value
        text = json.dumps(document, indent=1)
        line = 1 + text[: text.index('"200"')].count("\n")
    problem = check(text.encode()).problems[0]
    assert (problem.rule, problem.pointer) == ("required", "/paths/~1a/get/responses/200")
    assert problem.line == line


def test_plain_scalars_follow_yaml_1_2() -> None:
    text = "a: NO\nb: on\nc: 12:30:00\nd: 010\ne: 0o10\nf: 1.50\ng: ~\nh: 'true'\ni: true\n200: x\n"
    text += "j: 2024-01-01\nk: .inf\nl: !!str 5\n"
    assert yaml_document.read(text).value == {
        "a": "NO", "b": "on", "c": "12:30:00", "d": 10, "e": 8, "f": 1.5, "g": None, "h": "true",
        "i": True, "200": "x", "j": "2024-01-01", "k": ".inf", "l": "5",
    }  # fmt: skip


def test_merge_keys_fill_what_is_not_given() -> None:
    text = "a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\nc: {<<: [*a, {z: 4}]}\n"
    value = yaml_document.read(text).value
    assert value["b"] == {"x": 1, "y": 3}
    assert value["c"] == {"x": 1, "y": 2, "z": 4}


def test_code_between_backticks_is_text() -> None:
    text = EMPTY.replace("Hafen", "'Binden Sie `<script src=x>` ein'")
    assert check(text.encode()).is_valid


def test_a_reference_in_an_example_is_data() -> None:
    example = (
        "components: {schemas: {A: {properties: {example: {type: string}}, example: {$ref: b}}}}"
    )
    assert check((EMPTY + example).encode()).is_valid


def test_packed_files_are_read() -> None:
    assert check(gzip.compress(EMPTY.encode()), "a.yaml.gz").is_valid
    bundle = zipped(
        openapi_yaml=refers("parts/b.yaml#/B"),
        parts__b_yaml="B: {$ref: '#/C'}\nC: {type: string}\n",
    )
    assert check(bundle, "a.zip").is_valid
    broken = zipped(openapi_yaml=refers("parts/b.yaml#/B"), parts__b_yaml="B: {$ref: '#/D'}\n")
    problem = check(broken, "a.zip").problems[0]
    assert problem.rule == "broken_reference"
    assert "parts/b.yaml" in problem.sentence("en")


@pytest.mark.parametrize(
    ("content", "format_", "version"),
    [
        ('{"conformsTo": ["http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core"]}',
         "ogc-api", "1.0"),
        ('{"links": [{"rel": "conformance", "href": "/c"}, {"rel": "service-desc", "href": "/a"}]}',
         "ogc-api", ""),
        ('{"tools": [{"name": "a", "inputSchema": {"type": "object"}}]}', "mcp", ""),
        ('{"@context": {"name": "https://schema.org/name"}}', "json-ld-context", ""),
        ('{"specversion": "1.0", "id": "1", "type": "de.hafen.a", "source": "/b"}',
         "cloudevents", "1.0"),
        ('<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"/>', "xml-schema", "1.0"),
        ('{"$schema": "http://json-schema.org/draft-07/schema#", "type": "object"}', "json-schema",
         "http://json-schema.org/draft-07/schema#"),
    ],
)  # fmt: skip
def test_smaller_formats_are_known(content: str, format_: str, version: str) -> None:
    found = check(content.encode())
    assert (found.format, found.version) == (format_, version)
    assert found.is_valid


def test_official_schemas_are_all_there() -> None:
    for version in ("2.0.0", "2.6.0", "3.0.0", "3.1.0"):
        text = f"asyncapi: {version}\ninfo: {{title: a, version: 1.0.0}}\nchannels: {{}}\n"
        assert check(text.encode()).is_valid
    for version in ("3.0.4", "3.1.1", "3.2.0"):
        assert check(EMPTY.replace("3.0.3", version).encode()).is_valid
    assert set(official.KNOWN) == {"openapi", "swagger", "asyncapi", "json-schema"}


def test_the_command_answers_people_and_programs(tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("specs") / "hafen.yaml"
    file.write_text(HEAD)
    run = CliRunner().invoke(interface, ["check", str(file), "--json"])
    answer = json.loads(run.output)
    assert run.exit_code == 1
    assert (answer["format"], answer["version"], answer["verdict"]) == (
        "openapi",
        "3.0.3",
        "invalid",
    )
    assert answer["problems"][0] == {
        "severity": "error",
        "rule": "required",
        "pointer": "",
        "line": 1,
        "column": 0,
        "message": "“paths” is missing.",
        "proposals": [],
    }
    file.write_text(EMPTY)
    run = CliRunner().invoke(interface, ["check", str(file), "--language", "de"])
    assert run.exit_code == 0
    assert "Kontakt" in run.output
    assert CliRunner().invoke(interface, ["check", "/nirgends"]).exit_code == 1
