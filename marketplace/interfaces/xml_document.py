"""XML without document type, entities and network: the name of the root and its attributes.

Standards of the XÖV family and older services are XML Schemas and WSDL files; they are recognized
and kept, and what they contain is the claim of who uploads them.
"""

import codecs
import re
from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from marketplace.interfaces.places import Unread, shortened

_DOCTYPE = re.compile(rb"(?:\s|<\?.*?\?>|<!--.*?-->)*<!DOCTYPE", re.DOTALL)
"""A document type before the root; found before any parser sees the entities it declares."""


@dataclass(frozen=True)
class XmlRoot:
    """The root element: namespace, local name, attributes."""

    namespace: str
    name: str
    attributes: Mapping[str, str]


def read(content: bytes) -> XmlRoot:
    """The root of a well-formed document. Raises ``Unread``."""
    if _DOCTYPE.match(content.lstrip(codecs.BOM_UTF8)):
        raise Unread("entities", 1)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise Unread("syntax", error.lineno or 0, reason=shortened(error.msg)) from error
    except ValueError as error:
        raise Unread("syntax", 0, reason=shortened(error)) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise Unread("entities", 1)
    name = etree.QName(root)
    attributes = {str(key): str(value) for key, value in root.attrib.items()}
    return XmlRoot(name.namespace or "", name.localname, attributes)
