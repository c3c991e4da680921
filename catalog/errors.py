"""The four ways in which the domain refuses, and nothing else.

::

    Refusal
    ├── NotFound     there is no such thing, or the actor may not know that there is
    ├── NotAllowed   the actor may not do this
    ├── Conflict     the thing is in another state than the request assumes
    └── Invalid      a value is missing or wrong; names the field and the remedy

A message is an English sentence with ``%(name)s`` places; the interface translates the sentence
and then fills it, so the parameters travel apart.
"""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass


class Refusal(Exception):
    """A sentence for people, with its parameters apart."""

    def __init__(self, message: str, **params: object) -> None:
        super().__init__(message)
        self.message = message
        self.params = params

    def __str__(self) -> str:
        return self.message % self.params if self.params else self.message


class NotFound(Refusal):
    """There is no such thing."""


class Gone(NotFound):
    """The thing was here and was withdrawn; ``successor`` is the slug that follows it, if any."""

    def __init__(self, message: str, *, successor: str | None = None, **params: object) -> None:
        super().__init__(message, **params)
        self.successor = successor


class NotAllowed(Refusal):
    """The actor may not do this."""


class Conflict(Refusal):
    """The thing is in another state than the request assumes."""


@dataclass(frozen=True)
class Problem:
    """One wrong value: the field's name, a sentence with the remedy, its parameters."""

    field: str
    message: str
    params: dict[str, object] = dataclasses.field(default_factory=dict)

    def __str__(self) -> str:
        return self.message % self.params if self.params else self.message


class Invalid(Refusal):
    """One or more values are missing or wrong; every one is named in ``problems``."""

    def __init__(
        self, message: str, *, field: str = "", problems: Sequence[Problem] = (), **params: object
    ) -> None:
        super().__init__(message, **params)
        self.problems = tuple(problems) or (Problem(field, message, params),)
