"""What a check says: one problem with rule, place and sentence, and the table of rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from marketplace.interfaces import yaml_document
from marketplace.interfaces.places import Pointer, Unread, written

REFUSAL, ERROR, WARNING = "refusal", "error", "warning"


@dataclass(frozen=True)
class Rule:
    """One line of ``rules.yaml``: severity, source, sentence by language."""

    id: str
    severity: str
    source: str
    sentence: Mapping[str, str]


@cache
def rules() -> Mapping[str, Rule]:
    """Every rule by its id."""
    text = (resources.files("marketplace.interfaces") / "rules.yaml").read_text("utf-8")
    rows = yaml_document.read(text).value["rules"]
    return {
        row["id"]: Rule(
            row["id"], row["severity"], row["source"], {"de": row["de"], "en": row["en"]}
        )
        for row in rows
    }


@dataclass(frozen=True)
class SpecProblem:
    """One problem: its rule, where it is, and what fills the rule's sentence."""

    rule: str
    place: Pointer = ()
    params: Mapping[str, Any] = field(default_factory=dict)
    line: int = 0
    """Counted from 1; 0 where the file has no lines."""

    @property
    def severity(self) -> str:
        """How much it weighs: refusal, error or warning."""
        return rules()[self.rule].severity

    @property
    def pointer(self) -> str:
        """The place as a JSON Pointer (RFC 6901)."""
        return written(self.place)

    def sentence(self, language: str) -> str:
        """What is wrong and what to do."""
        return rules()[self.rule].sentence[language] % self.params

    @classmethod
    def of(cls, unread: Unread) -> "SpecProblem":
        """What stopped the reading of a file, as a problem."""
        return cls(unread.rule, (), unread.params, unread.line)
