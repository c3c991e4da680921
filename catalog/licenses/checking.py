"""An SPDX expression, read: its normal form, its licences, what is wrong with it.

Grammar: SPDX specification 2.3, annex D (licences joined by AND, OR and WITH, parentheses). Ids are
compared without case there, operators with it. ``license-expression`` parses what remains after
each licence was recognized.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from itertools import product
from typing import Any

from license_expression import ExpressionError, Licensing

from catalog.errors import Problem
from catalog.licenses import known, spelling
from catalog.licenses.known import License
from catalog.licenses.spelling import Kind, Spelling

LONGEST = 1_000
"""Characters of an expression."""

MOST = 40
"""Licences in an expression; also a bound on what a chain of choices may multiply to."""

DEEPEST = 20
"""Parentheses in one another."""

_TOKEN = re.compile(r"\(|\)|(?<!\S)(?:AND|OR|WITH|and|or|with|And|Or|With)(?!\S)")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


class Verdict(StrEnum):
    """How a check ends: as it should be, with remarks, wrong, or not looked at."""

    VALID = "valid"
    VALID_WITH_WARNINGS = "valid_with_warnings"
    INVALID = "invalid"
    REFUSED = "refused"


@dataclass(frozen=True)
class LicenseProblem:
    """One thing wrong with an expression: how bad, which rule, which column (from 1), the words."""

    severity: str
    rule: str
    column: int
    text: Problem
    proposals: Sequence[str] = ()


@dataclass(frozen=True)
class LicenseCheck:
    """An expression as it was read; ``expression`` is its normal form, empty if there is none."""

    given: str
    expression: str
    verdict: Verdict
    problems: Sequence[LicenseProblem] = ()
    proposal: str = ""
    tree: Any = field(default=None, compare=False)

    @property
    def licenses(self) -> Sequence[License]:
        """Every licence that occurs, once, in the order of the expression."""
        found = {each.id: each for each in _leaves(self.tree)} if self.tree is not None else {}
        return tuple(found.values())

    @property
    def choices(self) -> Sequence[Sequence[License]]:
        """What a reader may choose from: each choice is the licences that then apply together."""
        return tuple(_choices(self.tree))[:MOST] if self.tree is not None else ()


@cache
def check(text: str) -> LicenseCheck:
    """Read an expression. Never raises: what cannot be read has the verdict that says so."""
    refused = _refused(text)
    if refused is not None:
        return LicenseCheck(text, "", Verdict.REFUSED, (refused,))
    if not text.strip():
        problem = Problem("license", "Name a licence, for example EUPL-1.2.")
        return LicenseCheck(text, "", Verdict.INVALID, (_error("empty", 1, problem),))
    problems: list[LicenseProblem] = []
    whole = spelling.recognize(text)
    if whole.kind is Kind.UNKNOWN or _TOKEN.search(text.replace("or later", "")):
        written = _of_tokens(text, problems)
    else:
        written = _resolved(whole, _column(text), problems)
    return _parsed(text, written, problems)


def _refused(text: str) -> LicenseProblem | None:
    if len(text) > LONGEST:
        problem = Problem(
            "license", "The expression is longer than %(limit)d characters.", {"limit": LONGEST}
        )
        return _error("too-long", LONGEST + 1, problem)
    found = _CONTROL.search(text)
    if found:
        problem = Problem("license", "The expression holds a control character.")
        return _error("control-character", found.start() + 1, problem)
    depth = deepest = 0
    for mark in text:
        depth += (mark == "(") - (mark == ")")
        deepest = max(deepest, depth)
    if deepest > DEEPEST or sum(each.isalpha() for each in _TOKEN.findall(text)) >= MOST:
        problem = Problem("license", "The expression has more parts than are read.")
        return _error("too-large", 1, problem)
    return None


def _parsed(text: str, written: str, problems: list[LicenseProblem]) -> LicenseCheck:
    try:
        tree = _licensing().parse(written, validate=False, strict=False)
    except ExpressionError:
        problem = Problem(
            "license",
            "This is no licence expression. Join licences with AND, OR or WITH, for example"
            " “MIT OR Apache-2.0”.",
        )
        return LicenseCheck(
            text, "", Verdict.INVALID, (*problems, _error("syntax", _column(text), problem))
        )
    normal = tree.render()
    is_wrong = any(each.severity == "error" for each in problems)
    verdict = Verdict.INVALID if is_wrong else Verdict.VALID_WITH_WARNINGS
    return LicenseCheck(
        text,
        normal,
        verdict if problems else Verdict.VALID,
        tuple(problems),
        normal if normal != text.strip() else "",
        tree,
    )


@cache
def _licensing() -> Licensing:
    # An empty list of symbols: every id was recognized before, none may be taken for an alias.
    return Licensing()


def _of_tokens(text: str, problems: list[LicenseProblem]) -> str:
    written: list[str] = []
    for token, column in _tokens(text):
        if token[0] in "()":
            written.append(token)
        elif token.upper() in ("AND", "OR", "WITH"):
            written.append(token.upper())
            if token != token.upper():
                problem = Problem(
                    "license",
                    "Write the operator as “%(operator)s”.",
                    {"operator": token.upper()},
                )
                problems.append(_warning("operator", column, problem, (token.upper(),)))
        elif written and written[-1] == "WITH":
            written.append(_exception(token, column, problems))
        else:
            found = _resolved(spelling.recognize(token), column, problems)
            written.append(f"({found})" if " OR " in found or " AND " in found else found)
    return " ".join(written)


def _tokens(text: str) -> Iterator[tuple[str, int]]:
    """Licences, operators and parentheses, each with its column."""
    at = 0
    for match in _TOKEN.finditer(text):
        yield from _licence_between(text, at, match.start())
        yield match[0], match.start() + 1
        at = match.end()
    yield from _licence_between(text, at, len(text))


def _licence_between(text: str, start: int, end: int) -> Iterator[tuple[str, int]]:
    part = text[start:end]
    if part.strip():
        yield part.strip(), start + len(part) - len(part.lstrip()) + 1


def _exception(token: str, column: int, problems: list[LicenseProblem]) -> str:
    found = spelling.recognize_exception(token)
    if not found:
        problem = Problem("license", "SPDX knows no exception “%(name)s”.", {"name": token[:80]})
        problems.append(_error("unknown-exception", column, problem))
        return spelling.reference_for(token).removeprefix("LicenseRef-")
    if found != token:
        problems.append(_warning("case", column, _is_written(found), (found,)))
    return found


def _resolved(found: Spelling, column: int, problems: list[LicenseProblem]) -> str:
    """What stands for a licence in the normal form; what is to be said of it is noted."""
    said = _said(found)
    if said is not None:
        severity, text = said
        rule = f"license.{found.kind.value}"
        problems.append(LicenseProblem(severity, rule, column, text, found.proposals))
    return found.id


_WORDS = {
    Kind.DEPRECATED: (
        "warning",
        Problem("license", "SPDX has given up “%(name)s”. Write %(proposals)s."),
    ),
    Kind.PLUS: (
        "warning",
        Problem("license", "“%(name)s”: the + says nothing here. Write %(proposals)s."),
    ),
    Kind.REFERENCE: (
        "warning",
        Problem("license", "“%(name)s” is a name of your own. Say where its text can be read."),
    ),
    Kind.NAME: (
        "error",
        Problem("license", "“%(name)s” is not how SPDX writes it. Probably meant: %(proposals)s."),
    ),
    Kind.UNKNOWN: (
        "error",
        Problem(
            "license",
            "No list knows the licence “%(name)s”. It is kept as %(proposals)s; say where its text"
            " can be read.",
        ),
    ),
}


def _said(found: Spelling) -> tuple[str, Problem] | None:
    """How bad a spelling is and what to say of it; None if it is right."""
    if found.kind is Kind.CURRENT:
        return None
    if found.kind is Kind.OTHER_CASE:
        return "warning", _is_written(found.id)
    if found.kind is Kind.REFERENCE and known.of(found.id).basis is not known.Basis.NONE:
        return None
    severity, text = _WORDS[found.kind]
    params = {"name": found.text.strip()[:80], "proposals": " / ".join(found.proposals)}
    return severity, replace(text, params={**params})


def _is_written(right: str) -> Problem:
    return Problem("license", "SPDX writes this “%(name)s”.", {"name": right})


def _column(text: str) -> int:
    return len(text) - len(text.lstrip()) + 1


def _error(rule: str, column: int, text: Problem) -> LicenseProblem:
    return LicenseProblem("error", f"license.{rule}", column, text)


def _warning(rule: str, column: int, text: Problem, proposals: Sequence[str]) -> LicenseProblem:
    return LicenseProblem("warning", f"license.{rule}", column, text, proposals)


def leaf(node: Any) -> License | None:
    """The licence of a node of the tree, or None for AND and OR."""
    name = type(node).__name__
    if name == "LicenseWithExceptionSymbol":
        return known.with_exception(node.license_symbol.key, node.exception_symbol.key)
    return known.of(node.key) if name == "LicenseSymbol" or hasattr(node, "key") else None


def _leaves(node: Any) -> Iterator[License]:
    own = leaf(node)
    if own is not None:
        yield own
        return
    for each in node.args:
        yield from _leaves(each)


def _choices(node: Any) -> Iterator[Sequence[License]]:
    own = leaf(node)
    if own is not None:
        yield (own,)
    elif type(node).__name__ == "OR":
        for each in node.args:
            yield from _choices(each)
    else:
        every = [tuple(_choices(each))[:MOST] for each in node.args]
        for count, combination in enumerate(product(*every)):
            if count >= MOST:
                return
            yield tuple(each for part in combination for each in part)
