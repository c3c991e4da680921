"""One difference between two versions of a description, and the table of their rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from marketplace.interfaces import yaml_document
from marketplace.interfaces.places import Pointer, written

BREAKING, COMPATIBLE = "breaking", "compatible"


@dataclass(frozen=True)
class DifferenceRule:
    """One line of ``differences.yaml``: what it does to callers, why, sentence by language."""

    id: str
    effect: str
    reason: str
    sentence: Mapping[str, str]


@cache
def rules() -> Mapping[str, DifferenceRule]:
    """Every rule by its id."""
    text = (resources.files("marketplace.interfaces") / "differences.yaml").read_text("utf-8")
    return {
        row["id"]: DifferenceRule(
            row["id"], row["effect"], row.get("reason", ""), {"de": row["de"], "en": row["en"]}
        )
        for row in yaml_document.read(text).value["rules"]
    }


@dataclass(frozen=True)
class Difference:
    """One difference: its rule, where it is, which operations it touches."""

    rule: str
    place: Pointer
    """In the newer version; in the older one for what was removed."""
    params: Mapping[str, Any]
    operations: tuple[str, ...] = field(default=(), compare=False)

    @property
    def effect(self) -> str:
        """Breaking or compatible."""
        return rules()[self.rule].effect

    @property
    def pointer(self) -> str:
        """The place as a JSON Pointer (RFC 6901)."""
        return written(self.place)

    def sentence(self, language: str) -> str:
        """What differs."""
        return rules()[self.rule].sentence[language] % self.params

    @property
    def key(self) -> tuple[str, Pointer, str]:
        """What makes two differences one that touches several operations."""
        return self.rule, self.place, repr(sorted(self.params.items()))
