"""Conditions of rules: a small language, and its logic of yes, no and unknown.

``name`` is true; ``name=value`` compares; ``name~item`` asks whether a list holds an item, with
``any`` for any item and ``any_but_2`` for any but "2"; ``!``, ``&``, ``|`` and parentheses combine.
Unknown answers follow Kleene's strong logic (Kleene 1952, §64): "unknown or yes" is yes, "unknown
and no" is no, everything else with an unknown is unknown, written as None.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Protocol

Truth = bool | None
Answer = bool | str | tuple[str, ...] | Mapping[str, bool | None] | None
"""Yes or no, a choice, a list, for each item of a list whether it is in, or nothing known."""
Answers = Mapping[str, Answer]

_TOKEN = re.compile(
    r"\s*(?:(?P<sign>[!&|()])|(?P<test>\w+(?:[=~][\w]+(?:\(\w+\)\w*)*(?:/\(\w+\))?)?))"
)


def any_of(values: Iterable[Truth]) -> Truth:
    """True if one is, else None if one is unknown, else False."""
    found = list(values)
    if True in found:
        return True
    return None if None in found else False


class Condition(Protocol):
    """Something that answers can make true, false or leave open."""

    def value(self, answers: Answers) -> Truth:
        """True, False, or None where an answer is missing that would decide."""

    def names(self) -> frozenset[str]:
        """What the condition asks for."""


class Malformed(ValueError):
    """A condition that does not follow the grammar; says where."""


@dataclass(frozen=True)
class Test:
    """One name and what is asked of it."""

    name: str
    sign: str
    wanted: str

    def value(self, answers: Answers) -> Truth:
        """What the answer says; None without one."""
        answer = answers.get(self.name)
        if answer is None:
            return None
        if self.sign == "=":
            return answer == self.wanted
        if self.sign == "~":
            return self._holds(answer)
        return bool(answer)

    def _holds(self, answer: bool | str | tuple[str, ...] | Mapping[str, Truth]) -> Truth:
        if isinstance(answer, Mapping):
            return (
                any_of(answer.values()) if self.wanted == "any" else answer.get(self.wanted, False)
            )
        items = answer if isinstance(answer, tuple) else ()
        match self.wanted:
            case "any":
                return bool(items)
            case "any_but_2":
                return any(item != "2" for item in items)
        return self.wanted in items

    def names(self) -> frozenset[str]:
        """The one name."""
        return frozenset({self.name})


@dataclass(frozen=True)
class Not:
    """The opposite."""

    inner: Condition

    def value(self, answers: Answers) -> Truth:
        """The opposite; unknown stays unknown."""
        found = self.inner.value(answers)
        return None if found is None else not found

    def names(self) -> frozenset[str]:
        """Those inside."""
        return self.inner.names()


@dataclass(frozen=True)
class Joined:
    """Several conditions, of which all (``&``) or one (``|``) must hold."""

    sign: str
    parts: tuple[Condition, ...]

    def value(self, answers: Answers) -> Truth:
        """Decided by one part that decides; else unknown if a part is."""
        found = [part.value(answers) for part in self.parts]
        if self.sign == "|":
            return any_of(found)
        opposite = any_of(None if each is None else not each for each in found)
        return None if opposite is None else not opposite

    def names(self) -> frozenset[str]:
        """Those of all parts."""
        return frozenset().union(*(part.names() for part in self.parts))


@cache
def parse(text: str) -> Condition:
    """The condition that ``text`` writes; raises ``Malformed``."""
    tokens = _Tokens(text)
    found = _either(tokens)
    if tokens.ahead:
        raise Malformed(f"“{tokens.ahead}” is too much in “{text}”.")
    return found


class _Tokens:
    """What is left to read, one token ahead."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._rest = self._read()
        self.ahead = next(self._rest, "")

    def take(self) -> str:
        taken, self.ahead = self.ahead, next(self._rest, "")
        return taken

    def _read(self) -> Iterator[str]:
        position = 0
        while position < len(self._text.rstrip()):
            match = _TOKEN.match(self._text, position)
            if match is None:
                raise Malformed(f"Nobody can read “{self._text[position:]}”.")
            yield match["sign"] or match["test"]
            position = match.end()


def _either(tokens: _Tokens) -> Condition:
    return _joined(tokens, "|", lambda: _joined(tokens, "&", lambda: _one(tokens)))


def _joined(tokens: _Tokens, sign: str, read: "Reader") -> Condition:
    parts = [read()]
    while tokens.ahead == sign:
        tokens.take()
        parts.append(read())
    return parts[0] if len(parts) == 1 else Joined(sign, tuple(parts))


class Reader(Protocol):
    """Reads the next condition."""

    def __call__(self) -> Condition:
        """The condition."""


def _one(tokens: _Tokens) -> Condition:
    taken = tokens.take()
    if taken == "!":
        return Not(_one(tokens))
    if taken == "(":
        inner = _either(tokens)
        if tokens.take() != ")":
            raise Malformed("A parenthesis is not closed.")
        return inner
    if not taken or taken in "&|)":
        raise Malformed(f"A condition is missing before “{taken}”." if taken else "It ends early.")
    name, sign, wanted = (
        re.split(r"([=~])", taken, maxsplit=1) if re.search("[=~]", taken) else (taken, "", "")
    )
    return Test(name, sign, wanted)
