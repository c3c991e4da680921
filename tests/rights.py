"""The matrix of rights, ``rights.txt``: who may do what, one line a verb or route."""

from collections.abc import Mapping
from pathlib import Path

FILE = Path(__file__).with_name("rights.txt")

WHO = (
    "visitor",
    "key",
    "reader",
    "contributor",
    "editor",
    "lead",
    "foreign",
    "vendor",
    "moderator",
    "steward",
)

VERB = "VERB"


def rights() -> dict[str, dict[str, str]]:
    """The mark of each role by line, for example ``"GET /de/konto"``; lines are unique."""
    found: dict[str, dict[str, str]] = {}
    for line in FILE.read_text("utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        method, name, *marks = line.split()
        assert f"{method} {name}" not in found, line
        found[f"{method} {name}"] = dict(zip(WHO, marks, strict=True))
    return found


def line(name: str, marks: Mapping[str, str]) -> str:
    """A line as it stands in the file."""
    method, _, what = name.partition(" ")
    return f"{method:7}{what:79}" + "".join(f"{marks[who]:6}" for who in WHO).rstrip()
