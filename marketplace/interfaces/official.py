"""The official schemas of the formats, compiled once, and their findings in our words.

OpenAPI's schemas come with ``openapi-spec-validator``, AsyncAPI's with the npm package
``@asyncapi/specs`` (copied by ``marketplace assets``), JSON Schema's with ``jsonschema-rs``. The
small ones in ``schemas/`` are written from the specification that each names. Validators never
fetch: they work offline and know no retriever.
"""

import json
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

import jsonschema_rs
from jsonschema_rs import ValidationError, ValidationErrorKind

from marketplace.interfaces import asyncapi_schemas
from marketplace.interfaces.places import shortened
from marketplace.interfaces.recognizing import Recognized
from marketplace.interfaces.spec_problems import SpecProblem

MAX_ERRORS = 500
"""Errors of one document that are looked at; a reader mends the first ones anyway."""

_OPENAPI = re.compile(r"3\.([012])\.\d+(?:-.+)?", re.DOTALL)
_DRAFTS = {
    "https://json-schema.org/draft/2020-12/schema",
    "https://json-schema.org/draft/2019-09/schema",
    "http://json-schema.org/draft-07/schema",
    "http://json-schema.org/draft-06/schema",
    "http://json-schema.org/draft-04/schema",
}
_FIXED = {
    "cloudevents": "cloudevents",
    "json-ld-context": "json-ld-context",
    "mcp": "mcp",
}
KNOWN = {
    "openapi": "3.0.0–3.2.0",
    "swagger": "2.0",
    "asyncapi": "2.0.0–2.6.0, 3.0.0, 3.1.0",
    "json-schema": "draft-04, draft-06, draft-07, 2019-09, 2020-12",
}
"""Versions that can be checked, by format."""


def problems(recognized: Recognized, value: Any) -> Iterator[SpecProblem]:
    """What the official schema finds; formats without one have nothing to find."""
    name = _schema_name(recognized, value)
    if not name:
        known = KNOWN.get(recognized.format)
        if known:
            version = shortened(recognized.version)
            yield SpecProblem("unknown_version", params={"version": version, "known": known})
        return
    for count, error in enumerate(_validator(name).iter_errors(value), 1):
        yield described(nearest(error))
        if count >= MAX_ERRORS:
            return


def _schema_name(recognized: Recognized, value: Any) -> str:
    """Which schema a document is held to; empty for a version that we do not know."""
    version = recognized.version
    if recognized.format == "openapi" and (found := _OPENAPI.fullmatch(version)):
        return f"openapi-3.{found[1]}"
    if recognized.format == "swagger" and version in ("2", "2.0"):
        return "openapi-2.0"
    if recognized.format == "asyncapi" and version in asyncapi_schemas.VERSIONS:
        return f"asyncapi-{version}"
    if recognized.format == "json-schema" and version.rstrip("#") in _DRAFTS:
        return version.rstrip("#")
    if recognized.format == "ogc-api":
        return "ogc-conformance" if "conformsTo" in value else "ogc-landing"
    return _FIXED.get(recognized.format, "")


@cache
def _validator(name: str) -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for(
        _schema(name), validate_formats=True, offline=True, formats=_FORMATS
    )


def _schema(name: str) -> dict[str, Any]:
    if name.startswith(("http://", "https://")):
        return {"$schema": name, "$ref": name}
    if name.startswith("asyncapi-"):
        found: dict[str, Any] = json.loads(asyncapi_schemas.read(name.removeprefix("asyncapi-")))
        return found
    if name.startswith("openapi-"):
        return _openapi_schema(name.removeprefix("openapi-"))
    path = resources.files("marketplace.interfaces") / "schemas" / f"{name}.json"
    own: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return own


def _openapi_schema(version: str) -> dict[str, Any]:
    folder = resources.files("openapi_spec_validator") / "resources" / "schemas" / f"v{version}"
    schema: dict[str, Any] = json.loads((folder / "schema.json").read_text("utf-8"))
    if version in ("3.1", "3.2"):
        # The official schema leaves Schema Objects to their dialect, which is JSON Schema 2020-12
        # unless the document says otherwise (OpenAPI 3.1.1, 4.8.24).
        schema["$defs"]["schema"]["$ref"] = "https://json-schema.org/draft/2020-12/schema"
    return schema


_NO_URI = re.compile(r"[\s<>\"{}|\\^`]|%(?![0-9A-Fa-f]{2})")


def _is_reference(value: str) -> bool:
    """Whether a text is a URI reference (RFC 3986, 4.1); templates with braces are let through."""
    return not _NO_URI.search(re.sub(r"\{[^{}]*\}", "x", value))


_PROPERTY = re.compile(r"\\[pP]\{[^{}]{1,60}\}")


def _is_pattern(value: str) -> bool:
    """Whether a text is a regular expression of ECMA 262, as far as Python's can tell.

    Named groups are written otherwise there, and classes of Unicode properties are not known here.
    """
    python = _PROPERTY.sub(r"\\w", value.replace("(?<=", "(?:").replace("(?<!", "(?:"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            re.compile(python.replace("(?<", "(?P<")[:_LONGEST_PATTERN])
        except (re.error, OverflowError, RecursionError):
            return False
    return True


_FORMATS = {"uri-reference": _is_reference, "regex": _is_pattern}
_LONGEST_PATTERN = 5_000


def nearest(error: ValidationError) -> ValidationError:
    """The error inside the alternative that was most likely meant.

    A reference is meant where there is a ``$ref``; else the alternative that fits deepest, and of
    those the one with the fewest errors.
    """
    kind = error.kind
    while isinstance(kind, ValidationErrorKind.OneOfNotValid | ValidationErrorKind.AnyOf):
        branches = [branch for branch in kind.context if branch]
        if not branches:
            break
        branch = min(branches, key=lambda each: _distance(each, error.instance))
        error = min(branch, key=lambda each: -len(each.instance_path))
        kind = error.kind
    return error


def _distance(branch: Sequence[ValidationError], instance: Any) -> tuple[bool, bool, int, int]:
    wants_reference = any(
        isinstance(each.kind, ValidationErrorKind.Required) and each.kind.property == "$ref"
        for each in branch
    )
    is_type = any(isinstance(each.kind, ValidationErrorKind.Type) for each in branch)
    has_reference = isinstance(instance, Mapping) and "$ref" in instance
    deepest = max(len(each.instance_path) for each in branch)
    return wants_reference and not has_reference, is_type, -deepest, len(branch)


def described(error: ValidationError) -> SpecProblem:
    """An error of the library as a problem with a rule of ours."""
    place = tuple(error.instance_path)
    rule, params = _said(error)
    return SpecProblem(rule, place, params)


def _said(error: ValidationError) -> tuple[str, dict[str, Any]]:  # noqa: PLR0911 - one line a kind
    kind, value = error.kind, shortened(error.instance)
    match kind:
        case ValidationErrorKind.Required():
            return "required", {"name": shortened(kind.property)}
        case (
            ValidationErrorKind.AdditionalProperties() | ValidationErrorKind.UnevaluatedProperties()
        ):
            return "unexpected", {"names": shortened(", ".join(kind.unexpected))}
        case ValidationErrorKind.Type():
            return "type", {"types": ", ".join(kind.types)}
        case ValidationErrorKind.Enum():
            return "enum", {"options": shortened(", ".join(map(str, kind.options)), 200)}
        case ValidationErrorKind.Constant():
            return "enum", {"options": shortened(kind.expected_value)}
        case ValidationErrorKind.Format():
            return "format", {"value": value, "format": kind.format}
        case ValidationErrorKind.Pattern():
            return "pattern", {"value": value, "pattern": kind.pattern}
        case ValidationErrorKind.UniqueItems():
            return "unique", {}
        case ValidationErrorKind.PropertyNames():
            return "key_name", {"name": shortened(kind.error.instance)}
        case _:
            return "schema", {"reason": shortened(error.message, 200)}
