"""What a description says, in one shape for every format: for reading, searching and comparing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from marketplace.interfaces.places import Pointer
from marketplace.interfaces.references import References

REQUEST, ANSWER = "request", "answer"
"""Which way data goes: to the interface or from it."""


@dataclass(frozen=True)
class Content:
    """Data of one media type or message: its schema, where that stands, examples."""

    media_type: str
    schema: Any
    place: Pointer
    examples: Sequence[Any] = ()


@dataclass(frozen=True)
class Parameter:
    """A parameter of an operation: its name and where it is sent."""

    name: str
    kind: str
    """query, path, header, cookie"""
    is_required: bool
    description: str
    schema: Any
    place: Pointer
    is_deprecated: bool = False


@dataclass(frozen=True)
class Body:
    """What a caller sends."""

    is_required: bool
    description: str
    contents: Sequence[Content]


@dataclass(frozen=True)
class Answer:
    """What comes back with one status."""

    status: str
    description: str
    contents: Sequence[Content]


@dataclass(frozen=True)
class Operation:
    """One thing that can be asked for, or one kind of message that goes over a channel."""

    method: str
    """An HTTP method, or ``send`` and ``receive`` as the described application does them."""
    path: str
    """The path, or the address of the channel."""
    place: Pointer
    name: str = ""
    summary: str = ""
    description: str = ""
    tags: Sequence[str] = ()
    is_deprecated: bool = False
    parameters: Sequence[Parameter] = ()
    body: Body | None = None
    answers: Sequence[Answer] = ()
    security: Sequence[Mapping[str, Sequence[str]]] | None = None
    """Alternatives of schemes with their scopes; None where nothing is said, empty for open."""

    @property
    def key(self) -> str:
        """What callers know it by."""
        return f"{self.method.upper()} {self.path}"


@dataclass(frozen=True)
class Server:
    """Where the interface answers."""

    url: str
    description: str = ""


@dataclass(frozen=True)
class Scheme:
    """A way for callers to prove who they are."""

    name: str
    kind: str
    detail: str = ""
    description: str = ""


@dataclass(frozen=True)
class Interface:
    """A whole description."""

    title: str
    version: str
    references: References
    summary: str = ""
    description: str = ""
    contact: str = ""
    license: str = ""
    servers: Sequence[Server] = ()
    schemes: Sequence[Scheme] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    """Descriptions of tags by name."""
    operations: Sequence[Operation] = ()
    schemas: Sequence[tuple[str, Content]] = ()
    """Named schemas of a description that has no operations, such as a data model."""
