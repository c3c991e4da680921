"""References: where they lead, and which are not followed because they lead outside."""

import ipaddress
import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from marketplace.interfaces.places import Pointer, Unread, shortened
from marketplace.interfaces.reading import Bundle, SpecFile
from marketplace.interfaces.spec_problems import SpecProblem
from marketplace.interfaces.survey import Survey, survey

MAX_HOPS = 32
_NOTHING = object()
_RESERVED = ("example", "invalid", "test", "example.org", "example.com", "example.net")
"""Names that never answer (RFC 2606, 2 and 3)."""
_INSIDE = ("localhost", "local", "internal", "lan", "home.arpa")
"""Names that mean one machine or network only (RFC 6761, 6.3; RFC 6762, 3; RFC 8375)."""


@dataclass(frozen=True)
class Outside:
    """A reference that is not followed, with the rule that says why."""

    rule: str


@dataclass
class References:
    """The references of a bundle, resolved in memory only."""

    bundle: Bundle
    surveys: dict[str, Survey] = field(default_factory=dict)

    def of_root(self) -> Survey:
        """What the walk over the root file found."""
        return self._survey(self.bundle.root)

    def follow(self, value: Any, place: Pointer) -> tuple[Any, Pointer, str]:
        """``value``, or what it refers to at last; its place; the name it goes by there.

        None stands for what is not in the bundle. A place in another file begins with its name.
        """
        file, name = self._file_at(place), ""
        for _ in range(MAX_HOPS):
            if not (isinstance(value, dict) and isinstance(value.get("$ref"), str)):
                return value, place, name
            reference = value["$ref"]
            try:
                found = self._step(reference, file)
            except Unread:
                return None, place, reference
            if isinstance(found, Outside):
                return None, place, reference
            file, value = found
            place = self._place(file, reference)
            name = str(place[-1]) if place else file.name
        return None, place, name

    def resolved(self, value: Any) -> Any:
        """``value``, or what it refers to; None where that is not in the bundle."""
        return self.follow(value, ())[0]

    def _file_at(self, place: Pointer) -> SpecFile:
        begin = str(place[0]) if place else ""
        if begin.endswith("#"):
            return self.bundle.file(begin[:-1]) or self.bundle.root
        return self.bundle.root

    def _place(self, file: SpecFile, reference: str) -> Pointer:
        parts = [_unescaped(part) for part in reference.partition("#")[2].split("/")[1:]]
        return tuple(parts) if file is self.bundle.root else (f"{file.name}#", *parts)

    def problems(self) -> Iterator[SpecProblem]:
        """What is wrong with the references of the root and of every file that it leads to."""
        waiting, seen = [self.bundle.root], {self.bundle.root.name}
        while waiting:
            file = waiting.pop()
            for place, reference in self._survey(file).references:
                problem, reached = self._look(place, reference, file)
                if problem is not None:
                    yield _in_file(problem, file, self.bundle.root)
                if reached is not None and reached.name not in seen:
                    seen.add(reached.name)
                    waiting.append(reached)

    def _survey(self, file: SpecFile) -> Survey:
        if file.name not in self.surveys:
            self.surveys[file.name] = survey(file.value)
        return self.surveys[file.name]

    def _look(
        self, place: Pointer, reference: object, file: SpecFile
    ) -> tuple[SpecProblem | None, SpecFile | None]:
        if not isinstance(reference, str):
            return None, None  # the official schema names it
        try:
            found = self._step(reference, file)
        except Unread as unread:
            return SpecProblem.of(unread), None
        params = {"reference": shortened(reference)}
        if isinstance(found, Outside):
            return SpecProblem(_rule(found, place, reference), place, params), None
        if self._is_loop(reference, file):
            return SpecProblem("reference_loop", place, params), found[0]
        return None, found[0]

    def _is_loop(self, reference: str, file: SpecFile) -> bool:
        seen: set[tuple[str, str]] = set()
        while (file.name, reference) not in seen and len(seen) <= MAX_HOPS:
            seen.add((file.name, reference))
            found = self._step(reference, file)
            if isinstance(found, Outside):
                return False
            file, value = found
            if not (isinstance(value, dict) and isinstance(value.get("$ref"), str)):
                return False
            reference = value["$ref"]
        return True

    def _step(self, reference: str, file: SpecFile) -> tuple[SpecFile, Any] | Outside:
        """One step: the file and value that a reference names."""
        path, _, fragment = reference.partition("#")
        if path:
            place = self._file_of(path, file)
            if isinstance(place, Outside):
                return place
            file = place
        value = self._inside(file, fragment)
        return Outside("broken_reference") if value is _NOTHING else (file, value)

    def _file_of(self, path: str, file: SpecFile) -> SpecFile | Outside:
        if path in self._survey(file).anchors:
            return file
        outside = _elsewhere(path, _base(file))
        if outside is not None:
            return outside
        here = posixpath.dirname(file.name)
        found = self.bundle.file(posixpath.normpath(posixpath.join(here, unquote(path))))
        return found or Outside("missing_file")

    def _inside(self, file: SpecFile, fragment: str) -> Any:
        if not fragment:
            return file.value
        if not fragment.startswith("/"):
            return file.value if unquote(fragment) in self._survey(file).anchors else _NOTHING
        value = file.value
        for part in fragment[1:].split("/"):
            value = _child(value, part)
            if value is _NOTHING:
                break
        return value


def _child(value: Any, part: str) -> Any:
    # Some writers encode a space as "+", which RFC 3986 does not know.
    for encoded in (part, part.replace("+", " ")):
        name = _unescaped(encoded)
        if isinstance(value, dict) and name in value:
            return value[name]
        if isinstance(value, list) and name.isascii() and name.isdigit() and len(name) < 9:
            return value[int(name)] if int(name) < len(value) else _NOTHING
    return _NOTHING


def _unescaped(part: str) -> str:
    return unquote(part).replace("~1", "/").replace("~0", "~")


def _base(file: SpecFile) -> str:
    """The web address that a JSON Schema gives itself, against which its references are read."""
    value = file.value
    own = (value.get("$id") or value.get("id")) if isinstance(value, dict) else None
    return own if isinstance(own, str) and own.startswith(("https://", "http://")) else ""


def _elsewhere(path: str, base: str) -> Outside | None:
    """Why a reference to another document is not followed; None for a file of the bundle."""
    try:
        parts = urlsplit(path)
        host = (parts.hostname or "").rstrip(".").lower()
    except ValueError:
        return Outside("unsafe_reference")
    if parts.scheme == "urn":
        return Outside("external_reference")
    if parts.scheme in ("http", "https") or path.startswith("//"):
        return Outside(_rule_of_host(host))
    if parts.scheme or path.startswith(("/", "\\")):
        return Outside("unsafe_reference")
    return Outside("external_reference") if base else None


def _rule_of_host(host: str) -> str:
    if _ends(host, _RESERVED):
        return "unreachable_reference"
    return "unsafe_reference" if is_internal(host) else "external_reference"


def is_internal(host: str) -> bool:
    """Whether a host is one machine's or network's own: a bare name, a private name, an address."""
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return "." not in host or _ends(host, _INSIDE) or host.replace(".", "").isdigit()
    return True


def _ends(host: str, names: tuple[str, ...]) -> bool:
    return any(host == name or host.endswith("." + name) for name in names)


def _rule(found: Outside, place: Pointer, reference: str) -> str:
    is_path = len(place) == 3 and place[0] in ("paths", "webhooks")
    if not (is_path and found.rule == "missing_file"):
        return found.rule
    # A path begins with a slash (~1), so a name in "paths" without one is no path.
    fragment = reference.partition("#")[2]
    is_wrong = fragment.startswith("/paths/") and not fragment.startswith("/paths/~1")
    return "missing_file" if is_wrong else "separate_path"


def _in_file(problem: SpecProblem, file: SpecFile, root: SpecFile) -> SpecProblem:
    if file is root:
        return problem
    # Lines are counted in the root file; the sentence of another file names that file.
    params = {key: f"{file.name}: {value}" for key, value in problem.params.items()}
    return SpecProblem(problem.rule, (), params)
