"""Two rule sets side by side: what a new state of the law adds, drops and changes."""

from collections.abc import Mapping
from typing import Any

from catalog.errors import NotFound
from catalog.register import law

Changes = dict[str, dict[str, Any]]

FILES = {"facts": "facts.yaml", "rules": "rules.yaml", "duties": "duties.yaml"}


def compare(old: str, new: str) -> dict[str, Changes]:
    """What differs in questions, rules and duties.

    ``added`` and ``removed`` hold rows by id, ``changed`` the old and the new value of each field.
    Raises ``NotFound`` for an id that names no rule set.
    """
    for given in (old, new):
        if given not in law.rule_sets():
            raise NotFound("There is no rule set “%(id)s”.", id=given)
    return {
        kind: _changes(_rows(old, file, kind), _rows(new, file, kind))
        for kind, file in FILES.items()
    }


def _rows(rule_set: str, file: str, kind: str) -> Mapping[str, Mapping[str, Any]]:
    return {row["id"]: row for row in law.read(rule_set, file)[kind]}


def _changes(old: Mapping[str, Mapping[str, Any]], new: Mapping[str, Mapping[str, Any]]) -> Changes:
    changed = {
        name: {
            field: (row.get(field), new[name].get(field))
            for field in {**row, **new[name]}
            if row.get(field) != new[name].get(field)
        }
        for name, row in old.items()
        if name in new
    }
    return {
        "added": {name: row for name, row in new.items() if name not in old},
        "removed": {name: row for name, row in old.items() if name not in new},
        "changed": {name: fields for name, fields in changed.items() if fields},
    }
