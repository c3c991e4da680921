"""From bytes to a value with lines: JSON, YAML or XML, alone, compressed or in an archive."""

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from marketplace.formats import json_text
from marketplace.formats.byte_order import mark_of
from marketplace.formats.json_text import BrokenText
from marketplace.interfaces import archive, json_lines, xml_document, yaml_document
from marketplace.interfaces.places import Pointer, Unread, shortened

MAX_BYTES = 5 * 1024 * 1024
"""Bytes of one description, unpacked. The largest real one seen so far has 0.6 MB."""

MAX_GROWTH = 50
"""How many times its size a compressed file may grow; text packs to about a tenth."""

_GZIP = b"\x1f\x8b"
_ZIP = b"PK\x03\x04"
_ROOT_NAMES = ("openapi", "asyncapi", "swagger")


@dataclass(frozen=True)
class SpecFile:
    """One file that was read."""

    name: str
    value: Any
    doubled: list[tuple[Pointer, int]] = field(default_factory=list)
    text: str = ""
    """The JSON text, for finding lines; empty for others."""
    yaml: yaml_document.YamlDocument | None = None

    def lines(self, places: Iterable[Pointer]) -> Mapping[Pointer, int]:
        """The line of each place, counted from 1; 0 where the file has no lines of its own."""
        if self.yaml is not None:
            return self.yaml.lines(places)
        if self.text:
            return json_lines.lines(self.text, places)
        return dict.fromkeys(places, 0)


@dataclass
class Bundle:
    """A description and the files that came with it."""

    root: SpecFile
    packed: Mapping[str, bytes] = field(default_factory=dict)
    """Files of the archive by their path in it."""
    _read: dict[str, SpecFile] = field(default_factory=dict)

    def file(self, path: str) -> SpecFile | None:
        """A file of the archive, read when first asked for; None if there is none.

        Raises ``Unread``.
        """
        if path == self.root.name:
            return self.root
        if path not in self._read and path in self.packed:
            self._read[path] = read_file(self.packed[path], path)
        return self._read.get(path)


def read(content: bytes, name: str = "") -> Bundle:
    """The description in ``content``, which may be packed. Raises ``Unread``."""
    if content.startswith(_ZIP):
        packed = archive.unpack(content, MAX_BYTES, MAX_GROWTH)
        path = _root_of(packed)
        return Bundle(read_file(packed[path], path), packed)
    if content.startswith(_GZIP):
        content, name = _gunzipped(content), name.removesuffix(".gz")
    return Bundle(read_file(content, name))


def read_file(content: bytes, name: str = "") -> SpecFile:
    """One file of JSON, YAML or XML, told apart by how it begins. Raises ``Unread``."""
    if len(content) > MAX_BYTES:
        raise Unread("too_large", limit=MAX_BYTES)
    text = _decoded(content)
    begin = text.lstrip()[:1]
    if not begin:
        raise Unread("empty_file")
    if begin == "<":
        return SpecFile(name, _xml(content, text))
    if begin in ("{", "["):
        return _json_or_yaml(text, name)
    document = yaml_document.read(text)
    return SpecFile(name, document.value, document.doubled, yaml=document)


def _json_or_yaml(text: str, name: str) -> SpecFile:
    try:
        value, doubled = json_text.parse(text)
    except BrokenText as error:
        if name.lower().endswith((".yaml", ".yml")):
            document = yaml_document.read(text)
            return SpecFile(name, document.value, document.doubled, yaml=document)
        raise _json_fault(error) from error
    return SpecFile(name, value, json_lines.doubled(text) if doubled else [], text)


def _json_fault(error: BrokenText) -> Unread:
    if error.reason.startswith("Nested deeper"):
        return Unread("nesting", error.line, limit=json_text.MAX_DEPTH)
    return Unread("syntax", error.line, reason=shortened(error.reason))


def _xml(content: bytes, text: str) -> xml_document.XmlRoot:
    if text.lstrip()[:200].lower().startswith(("<!doctype html", "<html")):
        return xml_document.XmlRoot("http://www.w3.org/1999/xhtml", "html", {})
    return xml_document.read(content)


def _decoded(content: bytes) -> str:
    encoding = mark_of(content) or "utf-8"
    try:
        return content.decode(encoding)
    except UnicodeError as error:
        start = getattr(error, "start", 0)
        line = content.count(b"\n", 0, start) + 1
        name = "UTF-8" if encoding.startswith("utf-8") else encoding.upper()
        raise Unread("encoding", line, encoding=name) from error


def _gunzipped(content: bytes) -> bytes:
    limit = min(MAX_BYTES, MAX_GROWTH * len(content))
    unpacker = zlib.decompressobj(wbits=31)
    try:
        result = unpacker.decompress(content, limit + 1)
    except zlib.error as error:
        raise Unread("archive", reason=shortened(error)) from error
    if len(result) > limit:
        raise Unread("compression", limit=MAX_GROWTH, bytes=MAX_BYTES)
    if not unpacker.eof:
        raise Unread("archive", reason="it ends too early")
    return result


def _root_of(packed: Mapping[str, bytes]) -> str:
    """The file that the others belong to: by its name, then the one nearest to the top."""

    def rank(path: str) -> tuple[bool, int, str]:
        stem = path.rsplit("/", 1)[-1].lower()
        return not stem.startswith(_ROOT_NAMES), path.count("/"), path

    readable = [path for path in packed if path.lower().endswith(archive.READ)]
    if not readable:
        raise Unread("archive", reason="it holds no JSON or YAML file")
    return min(readable, key=rank)
