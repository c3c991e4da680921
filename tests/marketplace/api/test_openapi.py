"""The OpenAPI document: valid, complete, and true to what the API takes and gives."""

import msgspec
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from marketplace.api import openapi
from marketplace.api.examples import EXAMPLES
from marketplace.api.openapi import OPERATIONS


def test_the_document_is_valid(api):
    served = api.get("/openapi.json")

    OpenAPIV31SpecValidator(served.json()).validate()
    assert served.json()["openapi"].startswith("3.1")
    assert served.json()["servers"] == [{"url": "https://node.example"}]


FOR_EVERYBODY = {"/api/v1/register/entries/{entry}/feedback"}
"""Where everybody may write, without signing in."""


def test_every_operation_says_what_it_does_and_how_it_is_refused():
    document = openapi.document("https://node.example")
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert operation["summary"], (path, method)
            assert operation["tags"][0] in openapi.TAGS
            assert {"429", "500"} <= set(operation["responses"])
            for parameter in operation["parameters"]:
                assert parameter["description"], (path, method, parameter["name"])
            if operation["tags"] == ["Checks"]:
                assert "security" not in operation
                assert not {"401", "403"} & set(operation["responses"])
            elif method != "get" and path in FOR_EVERYBODY:
                assert "security" not in operation
                assert "401" not in operation["responses"]
            elif method != "get":
                assert operation["security"] == [{"login": []}, {"key": []}]
                assert {"401", "403"} <= set(operation["responses"])


def test_names_of_operations_are_given_once():
    names = [operation.name for operation in OPERATIONS]

    assert len(set(names)) == len(names)


@pytest.mark.parametrize("kind", EXAMPLES, ids=lambda kind: kind.__name__)
def test_an_example_is_what_its_type_says(kind):
    example = EXAMPLES[kind]

    assert msgspec.json.decode(msgspec.json.encode(example), type=kind) == example


def test_the_document_names_no_foreign_address(api):
    text = api.get("/openapi.json").text

    assert "cdn" not in text
    assert "unpkg" not in text
