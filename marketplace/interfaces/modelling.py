"""The model of any description that can be read."""

from marketplace.interfaces import asyncapi_model, openapi_model
from marketplace.interfaces.model import Content, Interface
from marketplace.interfaces.openapi_rules import mapping
from marketplace.interfaces.reading import Bundle
from marketplace.interfaces.recognizing import recognize
from marketplace.interfaces.references import References


def model(bundle: Bundle) -> Interface:
    """What a description says; only title and schemas for formats without operations."""
    references = References(bundle)
    value = bundle.root.value
    kind = recognize(value).format
    if kind in ("openapi", "swagger"):
        return openapi_model.model(references)
    if kind == "asyncapi":
        return asyncapi_model.model(references)
    document = mapping(value)
    title = openapi_model.text(document.get("title") or document.get("name"))
    return Interface(
        title=title,
        version=openapi_model.text(document.get("$schemaVersion") or document.get("version")),
        references=references,
        description=openapi_model.text(document.get("description")),
        schemas=[(title, Content("", value, ()))] if kind == "json-schema" else [],
    )
