"""Which entries an address of the register asks for."""

from collections.abc import Iterable
from dataclasses import dataclass

from catalog import municipalities
from catalog.database import Session
from catalog.register import law
from catalog.register.listing import FACETS, Position, Wanted

MOST_VALUES = 40


@dataclass(frozen=True)
class Asked:
    """The question of an address; what cannot be read is dropped."""

    wanted: Wanted
    municipality: str
    after: Position | None

    @classmethod
    def of(cls, session: Session, items: Iterable[tuple[str, str]]) -> "Asked":
        """The question in these parameters."""
        values: dict[str, list[str]] = {}
        for key, value in items:
            if value and len(values.setdefault(key, [])) < MOST_VALUES:
                values[key].append(value[:60])
        chosen = {name: tuple(sorted(set(values.get(name, ())))) for name in FACETS}
        key = values.get("municipality", [""])[0]
        return cls(
            Wanted(
                land=chosen["land"],
                topic=chosen["topic"],
                risk_class=chosen["risk_class"],
                status=chosen["status"],
                is_current=values.get("current") == ["1"],
                municipality_id=municipalities.by_ars(session, key).id if key else None,
                rule=rule if (rule := values.get("rule", [""])[0]) in law.rule_set().rules else "",
            ),
            key,
            Position.read(values.get("after", [""])[0]),
        )

    def pairs(self, *, without: tuple[str, str] | None = None) -> list[tuple[str, str]]:
        """The parameters that ask the same, but for one value and for the page."""
        found = [(name, value) for name in FACETS for value in getattr(self.wanted, name)]
        found += [("current", "1")] if self.wanted.is_current else []
        found += [("municipality", self.municipality)] if self.municipality else []
        found += [("rule", self.wanted.rule)] if self.wanted.rule else []
        return [pair for pair in found if pair != without]
