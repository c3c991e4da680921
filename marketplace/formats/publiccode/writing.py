"""Version 0.7 of publiccode.yml as YAML 1.2."""

from collections.abc import Mapping, Sequence
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import LiteralScalarString

from marketplace.formats.characters import clean


def write(document: Mapping[str, Any], *, remarks: Sequence[str] = ()) -> str:
    """The document, with remarks as comments above it; texts of several lines stay readable."""
    yaml = YAML()
    yaml.width = 4_096
    yaml.indent(mapping=2, sequence=4, offset=2)
    out = StringIO()
    for remark in remarks:
        out.write(f"# {' '.join(remark.split())}\n")
    yaml.dump(_presented(document), out)
    return out.getvalue()


def _presented(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(name): _presented(below) for name, below in value.items()}
    if isinstance(value, list):
        return [_presented(each) for each in value]
    if isinstance(value, str):
        text, _ = clean(value)
        return LiteralScalarString(text) if "\n" in text.strip("\n") else text
    return value
